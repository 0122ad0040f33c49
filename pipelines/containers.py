"""The element of a page that holds the article: one that a CMS names, else the one that holds most prose."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from lxml import etree, html

_IDS = frozenset({"ucap-content", "zoom", "vsb_content", "newscontent", "ivs_content", "div_zhengwen", "neirong", "conn"})
_CLASSES = frozenset(
    [
        "trs_editor",
        "trs_editor_view",
        "custom_unionstyle",
        "j-fontcontent",
        "wzcon",
        "v_news_content",
        "article-content",
        "article_content",
        "article-con",
        "scroll_cont",
        "zfxxgk_content",
        "pages_content",
        "newscontnet",
        "xxgk_content",
        "xl_cont",
        "xl_content",
        "art_con",
        "contxt",
        "news_cont_d_wrap",
        "main-txt",
        "text-main",
        "wzzw-article",
        "tyxlcenter",
        "xiangqnr",
        "gk_zn_con",
        "article-content-body",
    ]
)
_TAGS = frozenset({"ucapcontent", "zhengwen", "article"})
_MARKERS = ("总体情况", "主动公开政府信息", "收到和处理", "行政复议", "存在的主要问题", "其他需要报告", "依申请公开", "概述")

_STRING = etree.XPath("string()", smart_strings=False)
_OUTSIDE_LINKS = etree.XPath("descendant::text()[not(ancestor::a)]", smart_strings=False)
_HOLDERS = ("div", "td", "section", "article", "span", "font", *_TAGS)
_NOT_PLAIN = ("ul", "ol", "dl", "pre", "blockquote")
_SLOT = re.compile(r"〔表格(\d{1,6})此处占位〕")
_LINK_DENSITY = 0.4
_FEW_LINKS = 0.03
"""Share of links in a container below which no list of links stands in it; an annex's name is about that much."""
_CERTAIN = 4
"""Words of statutory headings in a container that make it the article's, of eight."""


@dataclass(frozen=True, slots=True)
class Container:
    """An element, its text without white space, and how many characters of that stand in links."""

    element: html.HtmlElement
    text: str
    linked: int

    @property
    def prose(self) -> int:
        """What an element says, links taken off twice: a list of links says nothing."""
        return len(self.text) - 2 * self.linked

    @property
    def link_share(self) -> float:
        """Which part of the text stands in links, 0–1."""
        return self.linked / max(1, len(self.text))


def slot(number: int) -> str:
    """Return the words that stand in the tree for a table that was taken out."""
    return f"〔表格{number}此处占位〕"


def put_back(text: str, tables: Sequence[str]) -> str:
    """Return a text with each table in its slot; a number that no table has stays as printed."""
    return _SLOT.sub(lambda found: tables[int(found[1])] if int(found[1]) < len(tables) else found[0], text)


def find_container(page: html.HtmlElement, tables: Sequence[str]) -> tuple[Container, str]:
    """Return the element that holds the article, and how it was found: named or dense. `tables` are those that stand in slots."""
    named = [_weighed(element, tables) for element in page.iter(*_HOLDERS) if _is_named(element)]
    best = max(named, key=lambda each: each.prose, default=None)
    if best is not None and best.prose > 200 and best.link_share < _LINK_DENSITY:
        return best, "named"
    return _densest(_weighed(page, tables), tables), "dense"


def lost_markers(
    page: html.HtmlElement, tables: Sequence[str], container: Container, found_by: str, packed: str | None = None
) -> list[str]:
    """Return the words of statutory headings that stand in the page but not in the container.

    A word that is not in `packed`, the page's text without white space, is in no part of it.

    The page's links count only against a container that no CMS names: 依申请公开 in a menu is no chapter that an article lacks.
    """
    absent = [marker for marker in _MARKERS if marker not in container.text and (packed is None or marker in packed)]
    if not absent:
        return []
    lost = _among(absent, put_back(str(_STRING(page)), tables))
    return _among(lost, put_back("".join(_OUTSIDE_LINKS(page)), tables)) if lost and found_by == "named" else lost


def names_chapter(text: str) -> bool:
    """Say whether a text holds a word of statutory headings."""
    return bool(_among(list(_MARKERS), text))


def _among(markers: list[str], text: str) -> list[str]:
    plain = "".join(text.split())
    return [marker for marker in markers if marker in plain]


def is_certain(container: Container) -> bool:
    """Say whether a container is beyond doubt an article of plain paragraphs and tables: trafilatura has nothing to judge there."""
    headings = sum(marker in container.text for marker in _MARKERS)
    is_plain = next(container.element.iter(*_NOT_PLAIN), None) is None
    return headings >= _CERTAIN and container.link_share < _FEW_LINKS and is_plain


def _is_named(element: html.HtmlElement) -> bool:
    if element.tag in _TAGS:
        return True
    name, classes = element.get("id"), element.get("class")
    if name is not None and name.lower() in _IDS:
        return True
    return classes is not None and not _CLASSES.isdisjoint(classes.lower().split())


def _densest(node: Container, tables: Sequence[str]) -> Container:
    """The deepest element that still holds nearly all of the page's prose."""
    while len(node.element):
        child = max((_weighed(each, tables) for each in node.element), key=lambda each: each.prose)
        if child.element.tag in {"p", "tr", "tbody", "ul", "ol"} or child.prose < 0.85 * node.prose:
            return node
        node = child
    return node


def _weighed(element: html.HtmlElement, tables: Sequence[str]) -> Container:
    text = "".join(put_back(str(_STRING(element)), tables).split())
    links = (link.text or "" if len(link) == 0 else str(_STRING(link)) for link in element.iter("a"))
    return Container(element, text, len("".join("".join(links).split())))

"""The body of a page: its container found, the tree pruned, tables set aside, prose read by trafilatura, tables put back.

trafilatura's cost follows the number of elements it walks (`BASELINES.md` §1), so everything here makes them fewer first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from lxml import etree, html
from trafilatura import extract
from trafilatura.settings import Extractor

from pipelines.statistics.dom import is_hidden

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

_DROPPED = (
    "script",
    "style",
    "noscript",
    "iframe",
    "select",
    "button",
    "textarea",
    "svg",
    "canvas",
    "object",
    "embed",
    "input",
)
_INLINE = ("span", "font", "strong", "b", "em", "i", "u", "big", "small", "sub", "sup", "o:p", "st1:chsdate")
_WRAPPERS = tuple(tag for tag in _INLINE if tag not in ("sub", "sup"))
"""Inline elements that say nothing in a table; a footnote's mark does."""
_UNWRAPPED = (*_INLINE, "a", "label", "form", "center", "ucapcontent", "zhengwen", "pagebreak")
_LAYOUT = ("table", "tbody", "thead", "tfoot", "tr", "td", "th", "colgroup", "col", "caption")

_STRING = etree.XPath("string()")
_ARTICLE_HOLDERS = etree.XPath(
    "descendant::*[@id or @class][self::div or self::td or self::section or self::span or self::font]"
    "|descendant::ucapcontent|descendant::zhengwen|descendant::article"
)
_LONG_CELL = 600
"""More characters than any cell of a statutory table holds (changchun-jk-wenjiao-2020 prints definitions of 130)."""
_MANY_PARAGRAPHS = 6
"""More elements than a cell of a statutory table has: header cells are broken into two or three."""
_LINK_DENSITY = 0.4
_ORNAMENT = re.compile(
    r"logo|icon|ewm|erweima|qr|weixin|wechat|banner|share|jiucuo|dzjg|gongan|ghs|top|btn|arrow", re.IGNORECASE
)
_PROSE_ONLY = Extractor(fast=True, comments=False, tables=False)
"""Made once: reading trafilatura's own settings takes as long as walking a short page."""
_SLOT = "〔表格{}此处占位〕"


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """The text of a page's body, one paragraph or table row a line, and how it was found.

    `found_by` is named (a container that a CMS names), dense (the element that holds most prose) or page (the whole page,
    where no container was beyond doubt); `images` counts the page's pictures, logos and codes left out.
    """

    text: str
    found_by: str
    reasons: tuple[str, ...] = ()
    images: int = 0


def unwrap_cells(root: html.HtmlElement) -> None:
    """Take the inline wrappers out of tables, and what they hide: Word puts three around each number, and whoever reads the cells pays for them.

    The XPath of a cell stays what it is in the page as captured: only what lies inside cells goes. A table that holds tables
    is left alone, since a wrapper may stand on the inner cells' paths.
    """
    for table in root.iter("table"):
        if next(table.iterdescendants("table"), None) is None:
            for hidden in [each for each in table.iter(*_WRAPPERS) if is_hidden(each)]:
                hidden.drop_tree()
            etree.strip_tags(table, *_WRAPPERS)


def extract_body(root: html.HtmlElement) -> Body:
    """Return the body of a page. The tree is consumed: whoever needs its places must have read them before."""
    page = _body_element(root)
    images = sum(1 for image in page.iter("img") if not _ORNAMENT.search(image.get("src") or ""))
    return replace(_extract(page), images=images)


def _extract(page: html.HtmlElement) -> Body:
    etree.strip_elements(page, *_DROPPED, with_tail=False)
    etree.strip_tags(page, etree.Comment, etree.ProcessingInstruction)
    container, found_by = find_container(page)
    if lost := lost_markers(page, container):
        return _read(page, "page", (f"body: the container was doubtful, it lacks {'、'.join(lost)}; read from the full page",))
    return _read(container, found_by, ())


def find_container(page: html.HtmlElement) -> tuple[html.HtmlElement, str]:
    """Return the element that holds the article, and how it was found: named or dense."""
    named = [element for element in _ARTICLE_HOLDERS(page) if _is_named(element)]
    best = max(named, key=_prose_length, default=None)
    if best is not None and _prose_length(best) > 200 and _link_share(best) < _LINK_DENSITY:
        return best, "named"
    return _densest(page), "dense"


def lost_markers(page: html.HtmlElement, container: html.HtmlElement) -> list[str]:
    """Return the words of statutory headings that stand in the page but not in the container."""
    whole, part = _squeezed(page), _squeezed(container)
    return [marker for marker in _MARKERS if marker in whole and marker not in part]


def plain_body(text: str) -> str:
    """Return a text input as a body: one kind of line end, no trailing spaces, at most one empty line in a row."""
    lines = [
        line.lstrip(" \t\xa0\u200b\ufeff").rstrip(" \t\xa0\u3000\u200b\ufeff")
        for line in re.split(r"\r\n|[\r\n\x0b\x0c\u2028\u2029]", text)
    ]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")


def _body_element(root: html.HtmlElement) -> html.HtmlElement:
    found = root.find("body") if root.tag == "html" else None
    return root if found is None else found


def _is_named(element: html.HtmlElement) -> bool:
    names = (element.get("class") or "").lower().split()
    return element.tag in _TAGS or (element.get("id") or "").lower() in _IDS or any(name in _CLASSES for name in names)


def _densest(page: html.HtmlElement) -> html.HtmlElement:
    """Return the deepest element that still holds nearly all of the page's prose."""
    node = page
    while len(node):
        total = _prose_length(node)
        child = max(node, key=_prose_length)
        if child.tag in {"p", "tr", "tbody", "ul", "ol"} or _prose_length(child) < 0.85 * total:
            return node
        node = child
    return node


def _prose_length(element: html.HtmlElement) -> int:
    return len(_squeezed(element)) - 2 * _link_length(element)


def _link_length(element: html.HtmlElement) -> int:
    return sum(len(_squeezed(link)) for link in element.iter("a"))


def _link_share(element: html.HtmlElement) -> float:
    return _link_length(element) / max(1, len(_squeezed(element)))


def _squeezed(element: html.HtmlElement) -> str:
    if len(element) == 0:
        return "".join((element.text or "").split())
    return "".join(str(_STRING(element)).split())


def _read(container: html.HtmlElement, found_by: str, reasons: tuple[str, ...]) -> Body:
    document = html.Element("html")
    etree.SubElement(document, "body").append(container)
    if found_by != "page":
        etree.strip_tags(container, *_UNWRAPPED)
    tables = _take_tables(document)
    if found_by != "page":
        for element in container.iter():
            element.attrib.clear()
    prose, doubt = _prose(document)
    return Body(text=_put_back(prose, tables), found_by=found_by, reasons=reasons + doubt)


def _take_tables(root: html.HtmlElement) -> list[str]:
    """Replace every data table by a paragraph that names it, and unwrap layout tables; return the tables as text."""
    taken: list[str] = []
    for table in list(root.iter("table")):
        if table.getroottree().getroot() is root and is_data_table(table):
            taken.append(table_text(table))
            _replace(table, _SLOT.format(len(taken) - 1))
    for node in root.iter(*_LAYOUT):
        node.tag = "div"
    return taken


def is_data_table(table: html.HtmlElement) -> bool:
    """Say whether a table holds data: several cells, none as long as an article, no further table."""
    cells = list(table.iter("td", "th"))
    nested = next(table.iterdescendants("table"), None) is not None
    return len(cells) >= 3 and not nested and all(_is_cell(cell) for cell in cells)


def _is_cell(cell: html.HtmlElement) -> bool:
    """Say whether a cell is as small as one of a statutory table: a label or a number, not the page's main part."""
    if len(cell) == 0:
        return len(cell.text or "") <= _LONG_CELL or len(_squeezed(cell)) <= _LONG_CELL
    return len(cell) <= _MANY_PARAGRAPHS and (len(str(_STRING(cell))) <= _LONG_CELL or len(_squeezed(cell)) <= _LONG_CELL)


def table_text(table: html.HtmlElement) -> str:
    """Return a table as lines of cells with ` | ` between them; empty cells stay as empty places."""
    rows = table.xpath("./tr|./tbody/tr|./thead/tr|./tfoot/tr")
    return "\n".join(" | ".join(_cell_text(cell) for cell in row if cell.tag in {"td", "th"}) for row in rows)


def _cell_text(cell: html.HtmlElement) -> str:
    if len(cell) == 0:
        return " ".join((cell.text or "").split())
    if len(cell) == 1 and len(cell[0]) == 0:
        return " ".join(str(_STRING(cell)).split())
    return " ".join(" ".join(str(part) for part in cell.itertext()).split())


def _replace(table: html.HtmlElement, text: str) -> None:
    table.clear(keep_tail=True)
    table.tag, table.text = "p", text


def _prose(document: html.HtmlElement) -> tuple[str, tuple[str, ...]]:
    """Return the prose by trafilatura, or by our own walk where trafilatura left out what stands in the container."""
    walked = _walk(document)
    found = extract(document, options=_PROSE_ONLY) or ""
    if _letters(found) >= 0.9 * _letters(walked) and found.count("此处占位〕") == walked.count("此处占位〕"):
        return found, ()
    return walked, ("body: trafilatura left out part of the container; read paragraph by paragraph",)


def _letters(text: str) -> int:
    return sum(map(len, text.split()))


_BLOCKS = frozenset(
    [
        "p",
        "div",
        "li",
        "ul",
        "ol",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "section",
        "article",
        "dd",
        "dt",
        "dl",
        "blockquote",
        "pre",
        "body",
        "header",
        "footer",
        "main",
        "hr",
    ]
)


def _walk(root: html.HtmlElement) -> str:
    parts: list[str] = []
    for event, node in etree.iterwalk(root, events=("start", "end")):
        edge = "\n" if node.tag in _BLOCKS or node.tag == "br" else ""
        text = node.text if event == "start" else node.tail
        parts += (
            [edge, " ".join((text or "").split())]
            if event == "start"
            else [edge if node.tag != "br" else "", " ".join((text or "").split())]
        )
    lines = (line.strip() for line in "".join(parts).split("\n"))
    return "\n".join(line for line in lines if line)


def _put_back(prose: str, tables: list[str]) -> str:
    for number, table in enumerate(tables):
        prose = prose.replace(_SLOT.format(number), table, 1)
    return prose

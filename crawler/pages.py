"""A fetched page as the finder sees it: its text, its headings, and its links with their surroundings. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

from lxml.html import HtmlElement
from parsel import Selector

from crawler.payloads import is_data
from crawler.references import references, Scripts
from crawler.script import from_json
from crawler.states import join_drawn
from crawler.urls import join, posted, posting

_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6", "dt", "caption", "legend", "summary"))
_TITLE_CLASS = re.compile(r"(?:^|[\s_-])(?:tit|title|head|hd|caption|colname)(?:$|[\s_-]|\d)", re.IGNORECASE)
_SUBHEADING = re.compile(
    r"^(?:(?:19|20)\d\d(?:年度?)?|[\u4e00-\u9fff、]{0,8}(?:部门|单位|乡镇|街道|机构|政府|办事处|园区)(?:[（(].{1,6}[）)])?)$"
)
"""A heading that only divides what stands under the one before it: by years, by kinds of organs."""
_ROWS = frozenset(("li", "tr", "dd", "p", "option"))
_BARE = re.compile(
    r"^(?:[\[【（(<]*(?:点击|请)?(?:查看|浏览|打开|进入|下载|阅读|详情|详细|查阅|公开|链接|附件|正文|原文)(?:全文|详情|详细|报告|原文|正文|更多|下载|查看|文件|年报|链接)?[\]】）)>]*"
    r"|[>»→√●○◎★☆\-—·]+|pdf|word|html|docx?|ofd|wps|view|detail|more|点击这里|此处|请点击|(?:pdf|word|网页|图片)版)[>»]*$",
    re.IGNORECASE,
)
_DATE = re.compile(r"((?:19|20)\d\d)\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})")
_SPACE = re.compile(r"[\s\u00a0\u3000\u200b\ufeff]+")
APIS = frozenset(("api", "annual-api"))
"""Tags of links to data: what a page's script asks for, and what is known to be the annual reports' list."""
_LONGEST_ROW = 400
_HIDDEN = "ancestor-or-self::script or ancestor-or-self::style or ancestor-or-self::noscript"


def squeeze(text: str) -> str:
    r"""Return a text without any white space: letter-spaced and wrapped anchors read the same as plain ones.

    >>> squeeze(" 依 申 请\u3000公 开 ")
    '依申请公开'
    """
    return _SPACE.sub("", text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One reference on a page. `text` and `heading` are squeezed; `title` is the longest name the page gives it.

    `heading` is the nearest heading before it, `section` the nearest that is no mere year or kind of organs, `listed_on` the date in its list row, `group` a number shared by the rows
    of one list, `tag` the element that holds the reference (a, area, frame, option, onclick), `data` for a row of data, `api` for the
    interface that gives the page's list, `annual-api` for one that gives annual reports wherever it is named, `jump` for a
    node of a tree that is on another host, `mapped` for a row of a site map.
    """

    url: str
    text: str
    title: str
    heading: str = ""
    section: str = ""
    row: str = ""
    listed_on: date | None = None
    group: int = 0
    tag: str = "a"


@dataclass(frozen=True)
class Page:
    """A decoded page, or data that a page's script asks for, and where it came from.

    `asked_by` is the page whose script asked for data: what it holds is relative to that page. `url` holds the form of a POST.
    `templates` are the addresses that the page which asked makes of a row's fields (`/show?id={id}`), `site_maps`
    those that the host's robots.txt names. `is_drawn` says that a browser drew it: its links may be routes of an application.
    """

    url: str
    html: str
    asked_by: str | None = None
    charset: str = "utf-8"
    templates: tuple[str, ...] = ()
    site_maps: tuple[str, ...] = ()
    library: str = ""
    is_drawn: bool = False

    @cached_property
    def is_data(self) -> bool:
        """Whether it is data (JSON, XML) and no page."""
        return is_data(self.html)

    @cached_property
    def data(self) -> Any:
        """The value of a JSON answer, None for anything else."""
        return from_json(self.html.lstrip("\ufeff").strip()) if self.is_data else None

    @cached_property
    def root(self) -> HtmlElement:
        """The parsed document; an empty input, and data, give an empty document."""
        root: HtmlElement = Selector(text="" if self.is_data else self.html, type="html").root
        return root

    @cached_property
    def base(self) -> str:
        """What references are resolved against: `<base href>`, where there is one."""
        found = self.root.xpath("//base/@href")
        here = self.asked_by or self.url
        return (join(here, str(found[0])) or here) if found else here

    @cached_property
    def scripts(self) -> Scripts:
        """The inline scripts, templates left out."""
        parts = self.root.xpath("//script[not(@type) or contains(@type, 'javascript') or @type='module']/text()")
        return Scripts("\n".join(map(str, parts)), self.templates, self.library)

    @cached_property
    def text(self) -> str:
        """The visible text, squeezed; of data, all of it."""
        return squeeze(self.html) if self.is_data else squeeze("".join(map(str, self.root.xpath(f"//text()[not({_HIDDEN})]"))))

    @cached_property
    def title(self) -> str:
        """The `<title>`, squeezed."""
        return squeeze("".join(map(str, self.root.xpath("//title//text()"))))

    @cached_property
    def headline(self) -> str:
        """What the page calls itself: ArticleTitle, the first h1, else the title."""
        return self.meta("ArticleTitle") or next(filter(None, map(_text, self.root.xpath("//h1"))), "") or self.title

    @cached_property
    def column_names(self) -> tuple[str, ...]:
        """What the page says its column is: ColumnName and ColumnType, the end of the path, h1 and h2, the title's first parts."""
        current = self.root.xpath("//*[contains(@class, 'CurrChnlCls')]")
        names = [self.meta("ColumnName"), self.meta("ColumnType"), *map(_text, current[-1:])]
        names += [_text(element) for element in self.root.xpath("//h1|//h2")]
        names += [*_trail_end(self.root), *filter(None, re.split(r"[-_|—–·>]+", self.title)[:2])]
        return tuple(dict.fromkeys(name for name in names if name))

    @cached_property
    def site_name(self) -> str | None:
        """The site's own name (meta SiteName), None where it gives none."""
        return self.meta("SiteName") or None

    def meta(self, name: str) -> str:
        """Return a meta tag's content by its name in any case, squeezed; empty where it is missing."""
        for element in self.root.xpath("//meta[@name]"):
            if str(element.get("name")).lower() == name.lower() and (content := squeeze(element.get("content") or "")):
                return content
        return ""

    @cached_property
    def links(self) -> tuple[Link, ...]:
        """All references in document order, each URL once for each name it goes by."""
        seen: dict[tuple[str, str], Link] = {}
        for link in _links(self):
            seen.setdefault((link.url, link.text), link)
        return tuple(seen.values())


def is_bare(text: str) -> bool:
    """Say whether a link's (squeezed) text names nothing: 查看, 下载, √, PDF版, or no text at all."""
    return not text or bool(_BARE.match(text))


def _text(element: HtmlElement) -> str:
    return squeeze(str(element.text_content()))


def _trail_end(root: HtmlElement) -> list[str]:
    """Return the last entry of the path that a page shows (当前位置), none where the page is an article in it (正文)."""
    for element in root.xpath("//*[contains(text(), '位置')]"):
        text = _text(element) if re.search(r"[>»›→/]", _text(element)) else _text(element.getparent())
        found = re.split(r"(?:&gt;|[>»›→/＞])+", text.partition("位置")[2])
        if len(found) > 1 and len(text) < _LONGEST_ROW and not re.search(r"正文|详情|内容", found[-1]):
            return [found[-1].strip(":：")]
    return []


def _links(page: Page) -> Iterator[Link]:
    heading, section, groups = "", "", {}  # type: ignore[var-annotated]
    for element in page.root.iter():
        if not isinstance(element.tag, str):
            continue
        heading = _heading(element) or heading
        section = section if _SUBHEADING.match(heading) else heading
        for tag, href in references(element, page.scripts):
            url = _joined(page, href)
            if url is not None:
                row = _row(element)
                group = groups.setdefault(row.getparent(), len(groups) + 1)
                yield replace(_link(element, row, url, heading=heading, group=group, tag=tag), section=section)


def _joined(page: Page, href: str) -> str | None:
    """Return the absolute address of a reference; one that sends a form keeps it, and without an address sends it to the page itself."""
    address, form = posted(href)
    join_it = join_drawn if page.is_drawn else join
    url = join_it(page.base, address if address or form is None else posted(page.url)[0], page.charset)
    return posting(url, form) if url else None


def _heading(element: HtmlElement) -> str:
    is_one = element.tag in _HEADINGS or (
        element.tag in {"div", "span", "p", "b"} and _TITLE_CLASS.search(element.get("class") or "")
    )
    text = squeeze(element.get("label") or "") if element.tag == "optgroup" else _text(element) if is_one else ""
    return text if len(text) <= 60 else ""


def _row(element: HtmlElement) -> HtmlElement:
    """Return the list row that an element stands in: the nearest li, tr, dd, p, or else its parent."""
    row = element
    for ancestor in element.iterancestors():
        if ancestor.tag in _ROWS:
            return ancestor
        if ancestor.tag in {"ul", "table", "body"}:
            break
        row = ancestor if row is element else row
    return row


def _link(element: HtmlElement, row: HtmlElement, url: str, *, heading: str, group: int, tag: str) -> Link:
    text, about = _text(element) or _pictured(element), _about(element, row)
    title = squeeze(element.get("title") or "")
    name = title if len(title) > len(text.rstrip(".…")) or not text else text
    if about and is_bare(text):
        name = title if len(title) > len(about) else about
    return Link(
        url=url,
        text=text,
        title=name,
        heading=heading if heading != text else "",
        row=about,
        listed_on=_row_date(row, element),
        group=group,
        tag=tag,
    )


def _pictured(element: HtmlElement) -> str:
    """Return what a link without text is called: the text for its picture, or its own label; of a button, what stands on it."""
    names = [
        element.get("alt"),
        element.get("aria-label"),
        element.get("value") if element.tag == "input" else None,
        *element.xpath(".//img/@alt"),
        *element.xpath(".//img/@title"),
    ]
    return next((squeeze(str(name)) for name in names if name and squeeze(str(name))), "")


def _about(element: HtmlElement, row: HtmlElement) -> str:
    """Return what a row says besides its links: in a table the row's first words and the head over the link's cell."""
    if row.tag == "tr":
        return _of_cell(element, row)
    if row.tag == "body" or len(str(row.text_content())) > _LONGEST_ROW:
        return ""
    return _without_dates("".join(map(str, row.xpath(".//text()[not(ancestor::a) and not(ancestor::script)]"))))


def _of_cell(element: HtmlElement, row: HtmlElement) -> str:
    cells = [one for one in row if one.tag in {"td", "th"}]
    own = next((one for one in element.iterancestors() if one.tag in {"td", "th"}), None)
    others = [_text(one) for one in cells if one is not own and not one.xpath(".//a")]
    names = [text for text in others if 1 < len(text) <= 60 and not text.isdigit()]
    years = [text for text in others if re.fullmatch(r"(?:19|20)\d\d", text)]
    said = "".join(map(_without_dates, [*names[:2], *years]))
    return said + (_column_head(cells, own) if own is not None and own in cells else "")


def _column_head(cells: list[HtmlElement], own: HtmlElement) -> str:
    """Return the year in the head of a cell's column, empty for none: other heads (操作、发布日期) say nothing of the row."""
    place = sum(
        int(one.get("colspan") or 1) if (one.get("colspan") or "1").isdigit() else 1 for one in cells[: cells.index(own)]
    )
    table = next((one for one in own.iterancestors() if one.tag == "table"), None)
    first = table.xpath("(.//tr)[1]/*[self::td or self::th]") if table is not None else []
    head = _text(first[place]) if place < len(first) and first[place] is not own else ""
    return head if re.fullmatch(r"(?:19|20)\d\d年?度?(?:年报|年度报告)?", head) else ""


def _without_dates(text: str) -> str:
    found = squeeze(_DATE.sub("", text)).strip("[]【】()（）:：|·-—>»日")
    return found if re.search(r"[\u4e00-\u9fff]|^(?:19|20)\d\d$", found) and len(found) <= 60 else ""


def _row_date(row: HtmlElement, element: HtmlElement) -> date | None:
    text = str(row.text_content())
    if len(text) > _LONGEST_ROW or row.tag == "body":
        return first_date(str(element.text_content()))
    return first_date(text)


def first_date(text: str) -> date | None:
    """Return the first date that a text prints in full, None where there is none."""
    for year, month, day in _DATE.findall(text):
        try:
            return date(int(year), int(month), int(day))
        except ValueError:
            continue
    return None

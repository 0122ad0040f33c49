"""A fetched page as the finder sees it: its text, its headings, and its links with their surroundings. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from lxml.html import HtmlElement
from parsel import Selector

from crawler.urls import join

_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6", "dt", "caption", "legend"))
_TITLE_CLASS = re.compile(r"(?:^|[\s_-])(?:tit|title|head|hd|caption|colname)(?:$|[\s_-]|\d)", re.IGNORECASE)
_ROWS = frozenset(("li", "tr", "dd", "p", "option"))
_QUOTED = re.compile(r"""['"]([^'"\s<>]+)['"]""")
_LOOKS_LIKE_PATH = re.compile(r"^(?:https?://|\.{0,2}/|[\w./-]+\.(?:s?html?|jsp|aspx?|pdf|docx?|action))", re.IGNORECASE)
_DATE = re.compile(r"((?:19|20)\d\d)\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})")
_SPACE = re.compile(r"[\s\u00a0\u3000\u200b\ufeff]+")
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

    `heading` is the nearest heading before it, `listed_on` the date in its list row, `group` a number shared by the rows
    of one list, `tag` the element that holds the reference (a, area, frame, option, onclick), `data` for a row of data, `api` for the
    interface that gives the list.
    """

    url: str
    text: str
    title: str
    heading: str = ""
    listed_on: date | None = None
    group: int = 0
    tag: str = "a"


@dataclass(frozen=True)
class Page:
    """A decoded HTML page and where it came from."""

    url: str
    html: str

    @cached_property
    def data(self) -> Any:
        """The value of a JSON answer, None for a page. A page that begins like JSON and is none is a page."""
        if self.html.lstrip()[:1] not in {"{", "["}:
            return None
        try:
            return json.loads(self.html)
        except ValueError:
            return None

    @cached_property
    def root(self) -> HtmlElement:
        """The parsed document; an empty input, and a JSON answer, give an empty document."""
        root: HtmlElement = Selector(text=self.html if self.data is None else "", type="html").root
        return root

    @cached_property
    def base(self) -> str:
        """What references are resolved against: `<base href>`, where there is one."""
        found = self.root.xpath("//base/@href")
        return (join(self.url, str(found[0])) or self.url) if found else self.url

    @cached_property
    def text(self) -> str:
        """The visible text, squeezed."""
        return squeeze("".join(map(str, self.root.xpath(f"//text()[not({_HIDDEN})]"))))

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
        """What the page says its column is: ColumnName and ColumnType, the current entry of the path, h1 and h2."""
        current = self.root.xpath("//*[contains(@class, 'CurrChnlCls')]")
        names = [self.meta("ColumnName"), self.meta("ColumnType"), *map(_text, current[-1:])]
        names += [_text(element) for element in self.root.xpath("//h1|//h2")]
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


def _text(element: HtmlElement) -> str:
    return squeeze(str(element.text_content()))


def _links(page: Page) -> Iterator[Link]:
    heading, groups = "", {}  # type: ignore[var-annotated]
    for element in page.root.iter():
        if not isinstance(element.tag, str):
            continue
        heading = _heading(element) or heading
        for tag, href in _references(element):
            url = join(page.base, href)
            if url is not None:
                row = _row(element)
                group = groups.setdefault(row.getparent(), len(groups) + 1)
                yield _link(element, row, url, heading=heading, group=group, tag=tag)


def _heading(element: HtmlElement) -> str:
    is_one = element.tag in _HEADINGS or (
        element.tag in {"div", "span", "p", "b"} and _TITLE_CLASS.search(element.get("class") or "")
    )
    text = _text(element) if is_one else ""
    return text if len(text) <= 60 else ""


def _references(element: HtmlElement) -> Iterator[tuple[str, str]]:
    match element.tag:
        case "a" | "area":
            yield from _anchor(element.get("href") or "", element.get("onclick") or "")
        case "iframe" | "frame":
            yield "frame", element.get("src") or ""
        case "option":
            value = element.get("value") or ""
            if "/" in value or ".htm" in value:
                yield "option", value
        case _ if element.get("onclick"):
            yield from (("onclick", path) for path in quoted_paths(element.get("onclick") or ""))


def _anchor(href: str, onclick: str) -> Iterator[tuple[str, str]]:
    if href.strip().lower().startswith("javascript:"):
        yield from (("onclick", path) for path in quoted_paths(href))
    elif href.strip() not in {"", "#"}:
        yield "a", href
    yield from (("onclick", path) for path in quoted_paths(onclick))


def quoted_paths(script: str) -> tuple[str, ...]:
    """Return the URLs and paths that stand as string literals in a piece of script."""
    return tuple(found for found in _QUOTED.findall(script) if _LOOKS_LIKE_PATH.match(found))


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
    text = _text(element)
    title = squeeze(element.get("title") or "")
    return Link(
        url=url,
        text=text,
        title=title if len(title) > len(text.rstrip(".…")) or not text else text,
        heading=heading if heading != text else "",
        listed_on=_row_date(row, element),
        group=group,
        tag=tag,
    )


def _row_date(row: HtmlElement, element: HtmlElement) -> date | None:
    text = str(row.text_content())
    if len(text) > 400 or row.tag == "body":
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

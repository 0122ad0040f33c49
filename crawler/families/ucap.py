"""UCAP (开普云): static lists `zwgklist_2.shtml`, and lists that a script fetches as JSON by channel (`PORTALS.md` §3.4, §3.5)."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from crawler.asking import by_parameter
from crawler.calls import address
from crawler.families import Family, generic
from crawler.pagers import by_query, by_ucap_call, resolve
from crawler.pages import Link, Page
from crawler.urls import join

_API = "/common/search/"
_QUERY = "page=1&_pageSize=15&_isAgg=true&_isJson=true&_template=index"
_EVIDENCE = (
    (
        "the page says its channel",
        re.compile(r"""<meta[^>]+name=["']channelId["'][^>]+content=["'][0-9a-f]{32}""", re.IGNORECASE),
    ),
    ("createPageHTML names its element first", re.compile(r"createPageHTML\(\s*['\"]")),
    ("the text stands in UCAPCONTENT", re.compile(r"UCAPCONTENT|UCAP-CONTENT")),
    ("the list stands in listData", re.compile(r"var\s+listData\s*=|loadPageData\(")),
    ("a script asks the list's interface", re.compile(r"/common/search/[0-9a-f]{32}")),
)


def recognise(page: Page) -> tuple[str, ...]:
    """Return the marks of UCAP that a page shows; an answer of its list interface is known by its address."""
    marks = tuple(mark for mark, pattern in _EVIDENCE if pattern.search(page.html))
    return (*marks, "the list's interface") if _API in page.url else marks


def items(page: Page) -> tuple[Link, ...]:
    """Return the page's links, and its list's interface where a script is to fill the list."""
    links = generic.items(page)
    channel = page.meta("channelId")
    asks = _API in page.html and re.fullmatch(r"[0-9a-f]{32}", channel)
    url = join(page.url, f"{_API}{channel}?{_QUERY}") if asks else None
    return (*links, Link(url=url, text="", title="", tag="api")) if url else links


def next_pages(page: Page, number: int) -> tuple[str, ...]:
    """Return the next page's alternatives: of the interface until its total is reached, else by the paging call."""
    if _API in page.url:
        return resolve(page, number, (by_interface,))
    return resolve(page, number, (by_parameter, by_ucap_call, by_query_list, *generic.RESOLVERS))


def by_query_list(page: Page, number: int) -> tuple[str, ...]:
    """The new template: its script asks `/queryList` with the page's own parameters, of which `current` is the number."""
    given = page.scripts.variables.get("params") if "loadPageData(" in page.html else None
    asked = address(page.url, "/queryList", {**given, "current": number + 1}, post=True) if isinstance(given, dict) else None
    return (asked,) if asked else ()


def by_interface(page: Page, number: int) -> tuple[str, ...]:
    """The interface says `total` and `rows` a page; `page` is counted up as long as there are more."""
    data = page.data.get("data") if isinstance(page.data, dict) else None
    if not isinstance(data, dict) or not urlsplit(page.url).query:
        return ()
    total, rows = data.get("total"), data.get("rows")
    return by_query(page, number) if isinstance(total, int) and isinstance(rows, int) and number * rows < total else ()


FAMILY = Family(name="ucap", recognise=recognise, next_pages=next_pages, items=items, attachments=generic.attachments)

"""Hanweb JCMS (大汉): the first rows stand as XML in a script, the rest comes by POST from dataproxy.jsp (`PORTALS.md` §3.7, §3.8)."""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from crawler.families import Family, generic
from crawler.pagers import by_anchor, by_query, resolve
from crawler.pages import Page
from crawler.script import Reader
from crawler.urls import join, posted, posting

_EVIDENCE = (
    ("columns are /col/colN", re.compile(r"/col/col\d+/")),
    ("articles are /art/…/art_", re.compile(r"/art/\d{4}/(?:\d{1,2}/\d{1,2}/)?art_[0-9a-f]")),
    ("the list is a datastore", re.compile(r"<datastore>|jquery\.jpage|default_pgContainer", re.IGNORECASE)),
    ("the text stands between Hanweb's comments", re.compile(r"<!--<\$\[")),
    ("modules are under /module/", re.compile(r"/module/(?:jslib|xxgk|web/jpage|download)/")),
)
_JPAGE = re.compile(r"\.jpage\s*\(\s*(?=\{)")
_NEXT_GROUP = re.compile(r"<nextgroup>\s*<!\[CDATA\[.*?href=[\"']([^\"']+)", re.DOTALL | re.IGNORECASE)
_RECORD = re.compile(r"<record>", re.IGNORECASE)
_TOTAL = re.compile(r"<totalrecord>(\d+)|totalRecord\s*:\s*(\d+)", re.IGNORECASE)
_PROXY = "dataproxy.jsp"
_GROUP = 45


def recognise(page: Page) -> tuple[str, ...]:
    """Return the marks of Hanweb that a page shows; none where its newer gateway fills the lists (jpaas)."""
    seen = f"{page.url}\n{page.html}"
    return () if "/jpaas-publish-server/" in seen else tuple(mark for mark, pattern in _EVIDENCE if pattern.search(seen))


def next_pages(page: Page, number: int) -> tuple[str, ...]:
    """Return the next group of rows; the module's lists page on by `currpage`, others as anywhere."""
    return resolve(page, number, (by_group, by_anchor, by_query, *generic.RESOLVERS))


def by_group(page: Page, number: int) -> tuple[str, ...]:  # noqa: ARG001 - a resolver's signature
    """The rows after those that are here: by POST with the list's own parameters, else by the address of its next group."""
    said = _TOTAL.search(page.html)
    total = int(said[1] or said[2]) if said else 0
    start, size, form, proxy = _asked(page) if _PROXY in page.url else _embedded(page)
    if not proxy or start > total:
        return ()
    records = urlencode({"startrecord": start, "endrecord": min(total, start + _GROUP - 1), "perpage": size})
    return (posting(f"{proxy}?{records}", form),)


def _asked(page: Page) -> tuple[int, int, str, str]:
    """Return what comes after an answer of the proxy: first row, rows a page, form, address."""
    url, form = posted(page.url)
    asked = dict(parse_qsl(urlsplit(url).query))
    last = int(asked["endrecord"]) if asked.get("endrecord", "").isdigit() else 0
    return last + 1, int(asked.get("perpage") or 15), form or "", urlunsplit(urlsplit(url)._replace(query=""))


def _embedded(page: Page) -> tuple[int, int, str, str]:
    """Return what comes after the rows that a page holds; the address is empty for a page that has no such list."""
    found, group = _JPAGE.search(page.html), _NEXT_GROUP.search(page.html)
    settings: dict[str, Any] = Reader(page.html, {}, found.end()).expression() or {} if found else {}
    following = unescape(group[1]) if group else ""
    given = settings.get("ajaxParam") or dict(parse_qsl(urlsplit(following).query, keep_blank_values=True))
    address = str(settings.get("proxyUrl") or following.partition("?")[0])
    proxy = join(page.base, address) if address else None
    return len(_RECORD.findall(page.html)) + 1, int(settings.get("perPage") or 15), urlencode(given), proxy or ""


FAMILY = Family(name="hanweb", recognise=recognise, next_pages=next_pages, items=generic.items, attachments=generic.attachments)

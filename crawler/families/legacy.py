"""ASP.NET and JSP of the 2000s (Yunnan, Hebei's education department, Mianzhu …): lists by query or postback (`PORTALS.md` §3.13)."""

from __future__ import annotations

import re

from crawler.asking import by_form, by_postback
from crawler.families import Family, generic
from crawler.pagers import by_anchor, by_query, resolve
from crawler.pages import Page

_EVIDENCE = (
    ("the page keeps its state in a form", re.compile(r"__VIEWSTATE|__doPostBack")),
    (
        "lists are asked by query",
        re.compile(r"(?:InfoPublic|Category_\d+/Index|Search)\.aspx|(?:column|iList|list)\.jsp\?", re.IGNORECASE),
    ),
)


def recognise(page: Page) -> tuple[str, ...]:
    """Return the marks of these systems that a page shows."""
    seen = f"{page.url}\n{page.html}"
    return tuple(mark for mark, pattern in _EVIDENCE if pattern.search(seen))


def next_pages(page: Page, number: int) -> tuple[str, ...]:
    """Return the next page's alternatives: its link, the query counted up, the postback, or the form with a page field."""
    return resolve(page, number, (by_anchor, by_query, by_postback, by_form, *generic.RESOLVERS))


FAMILY = Family(name="legacy", recognise=recognise, next_pages=next_pages, items=generic.items, attachments=generic.attachments)

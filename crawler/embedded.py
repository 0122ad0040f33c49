"""Links that no element of a page holds: of data that came instead of a page, and of what scripts hold (`PORTALS.md` §9.3)."""

from __future__ import annotations

from dataclasses import replace
from itertools import count

from crawler.calls import calls
from crawler.pages import Link, Page
from crawler.payloads import as_html, embedded, templates_of

_FIRST_GROUP = 1001
_MOST_CALLS = 6


def embedded_links(page: Page) -> tuple[Link, ...]:
    """Return the links of data, or of the records, literals and templates in a page's scripts; their groups begin at 1001."""
    html = embedded_html(page)
    if not html:
        return ()
    scripts = f"<script>{page.scripts.text}</script>" if "javascript:" in html or "onclick" in html else ""
    found = Page(page.url, scripts + html, asked_by=page.base, charset=page.charset).links
    return tuple(replace(link, group=link.group + _FIRST_GROUP) for link in found)


def embedded_html(page: Page) -> str:
    """Return what a page's data or scripts hold, as HTML rows; empty for nothing."""
    if page.is_data:
        return as_html(page.html, page.templates)
    return embedded(page.html, page.scripts.text, row_templates(page))


def row_templates(page: Page) -> tuple[str, ...]:
    """Return the addresses that a page's scripts make of a row's fields, empty for a page without scripts."""
    return templates_of(page.html, page.scripts.targets) if page.scripts.text else ()


def asked_for(page: Page) -> tuple[Link, ...]:
    """Return the interfaces that a page's scripts ask for data."""
    numbers = count()
    found = calls(page.scripts.text, page.base)
    return tuple(Link(url=url, text="", title="", tag="api", group=-next(numbers)) for url in found[:_MOST_CALLS])

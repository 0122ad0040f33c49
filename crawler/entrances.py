"""Other ways in, for a portal whose menus lead nowhere: its site map, and its own search (`PORTALS.md` §3.2). Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlencode

from crawler.pages import Link, Page
from crawler.urls import join, posting

ENTRANCES = frozenset(("sitemap", "search"))
_MOST_MAPS = 5
_ASKED = "政府信息公开年度报告"
_WORDS = re.compile(
    r"^(?:q|s|k|kw|wd|word|words|query|keyword|keywords|searchword|searchwords|searchkey|key|text|title|content|sw|qt)$",
    re.IGNORECASE,
)


def entrances(page: Page) -> tuple[Link, ...]:
    """Return the site maps (those of robots.txt, else the usual address) and what the page's search forms ask for the reports' name."""
    named = page.site_maps[:_MOST_MAPS] or ("/sitemap.xml",)
    maps = (Link(url=url, text="", title="", tag="sitemap") for one in named if (url := join(page.url, one)))
    return (*maps, *(Link(url=url, text="", title="", tag="search") for url in _searches(page)))


def _searches(page: Page) -> Iterator[str]:
    for form in page.root.xpath("//form"):
        fields = {str(one.get("name")): str(one.get("value") or "") for one in form.xpath(".//input[@name]")}
        asked = next((name for name in fields if _WORDS.match(name)), None)
        action = (form.get("action") or "").strip()
        url = join(page.base, action.partition("?")[0], page.charset) if asked and action and action != "#" else None
        if url and asked:
            given = urlencode({**fields, asked: _ASKED}, encoding=page.charset, errors="replace")
            yield posting(url, given) if (form.get("method") or "").lower() == "post" else f"{url}?{given}"

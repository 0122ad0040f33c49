"""Lists that are not markup: records in CDATA, JSON answers, and script literals (`PORTALS.md` §3.5–§3.9, §9.3). Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import count
from typing import Any

from crawler.pages import first_date, Link, Page, squeeze
from crawler.urls import join

_TITLES = ("title", "doctitle", "docTitle", "TITLE", "FILENAME", "name", "subTitle")
_URLS = ("url", "URL", "docpuburl", "docpubUrl", "urls", "pcUrl", "linkUrl", "href", "DOCPUBURL", "URL_COMMP", "link")
_CDATA = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
_LITERAL = re.compile(
    r"""["']?title["']?\s*:\s*("(?:[^"\\\n]|\\.)*")(?P<between>[^{}]{0,300}?)["']?urls?["']?\s*:\s*("(?:[^"\\\n]|\\.)*")"""
)


def embedded_links(page: Page) -> tuple[Link, ...]:
    """Return the links of a page that no element holds: rows of a JSON answer, of CDATA records, of literals in scripts."""
    groups = count(1001)
    if page.data is not None:
        return tuple(_of_json(page, page.data, groups))
    records = "".join(record for record in _CDATA.findall(page.html) if "<a" in record and "dataproxy" not in record)
    return (*_of_markup(page, records), *_of_literals(page, next(groups)))


def _of_json(page: Page, value: Any, groups: Iterator[int]) -> Iterator[Link]:
    if isinstance(value, list):
        group = next(groups)
        for each in value:
            row = _row(page, each, group) if isinstance(each, dict) else None
            yield from (row,) if row else _of_json(page, each, groups)
    elif isinstance(value, dict):
        for each in value.values():
            yield from _of_json(page, each, groups)
    elif isinstance(value, str) and "<a " in value:
        yield from _of_markup(page, value)


def _row(page: Page, row: dict[str, Any], group: int) -> Link | None:
    title = next((squeeze(row[key]) for key in _TITLES if isinstance(row.get(key), str) and row[key]), "")
    url = next((join(page.base, _address(row[key])) for key in _URLS if isinstance(row.get(key), str) and row[key]), None)
    if not title or url is None:
        return None
    days = (
        first_date(value)
        for key, value in row.items()
        if isinstance(value, str) and re.search(r"time|date", key, re.IGNORECASE)
    )
    return Link(url=url, text=title, title=title, listed_on=next(filter(None, days), None), group=group, tag="data")


def _address(value: str) -> str:
    """Return the address in a value: itself, or the one for computers in a JSON text (`{"pc": …}`)."""
    if not value.startswith("{"):
        return value
    try:
        return str(json.loads(value).get("pc") or "")
    except ValueError:
        return ""


def _of_markup(page: Page, html: str) -> tuple[Link, ...]:
    return Page(page.base, html).links if html else ()


def _of_literals(page: Page, group: int) -> Iterator[Link]:
    for title, between, address in _LITERAL.findall(page.html):
        try:
            row = {"title": json.loads(title), "urls": json.loads(address), "date": between}
        except ValueError:
            continue
        found = _row(page, row, group)
        if found is not None:
            yield found

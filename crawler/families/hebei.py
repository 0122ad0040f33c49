"""Hebei's columns: every column, template and block has a UUID, and a block gives its next pages as fragments (`PORTALS.md` §3.13)."""

from __future__ import annotations

import re

from crawler.calls import address
from crawler.families import Family, generic
from crawler.pagers import resolve
from crawler.pages import Page
from crawler.urls import join

_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_EVIDENCE = (
    ("the column's address is a UUID", re.compile(rf"/columns/{_UUID}/", re.IGNORECASE)),
    ("a block's address is a UUID", re.compile(rf"/templates/{_UUID}/blocks/{_UUID}", re.IGNORECASE)),
)
_BLOCK = re.compile(rf"[^\s\"'<>]*/columns/{_UUID}/templates/{_UUID}/blocks/{_UUID}", re.IGNORECASE)


def recognise(page: Page) -> tuple[str, ...]:
    """Return the marks of Hebei's system that a page shows."""
    seen = f"{page.url}\n{page.html}"
    return tuple(mark for mark, pattern in _EVIDENCE if pattern.search(seen))


def next_pages(page: Page, number: int) -> tuple[str, ...]:
    """Return the next page's alternatives: the block's next fragment, else as anywhere."""
    return resolve(page, number, (by_block, *generic.RESOLVERS))


def by_block(page: Page, number: int) -> tuple[str, ...]:
    """The block's address with `page` counted up; whether there is more is seen by what it brings."""
    here = _BLOCK.match(page.url)
    found = here[0] if here else next(iter(_BLOCK.findall(page.html)), None)
    url = join(page.base, found) if found else None
    asked = address(page.base, url, {"page": number + 1, "fix": 0}, post=False) if url else None
    return (asked,) if asked else ()


FAMILY = Family(name="hebei", recognise=recognise, next_pages=next_pages, items=generic.items, attachments=generic.attachments)

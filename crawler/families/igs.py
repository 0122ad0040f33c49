"""TRS IGS and WAS (拓尔思): lists that a search interface gives as JSON, or that lie beside the page as `.json` (`PORTALS.md` §3.2)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from crawler.asking import by_parameter
from crawler.calls import address
from crawler.families import Family, generic
from crawler.pagers import resolve
from crawler.pages import Link, Page

_INTERFACE = re.compile(r"/igs/front/search|/was[45]\d?/web/search|/\w+app/search\b|/front/search/publish/data")
_STORED = re.compile(r"""["']([\w./-]+\.json)(?:\?[^"']*)?["']""")
_ROWS = re.compile(r"DOCPUBURL|docpuburl|chnldocurl|FILENAME")


def recognise(page: Page) -> tuple[str, ...]:
    """Return the marks of TRS's interfaces that a page, or their answer, shows."""
    marks = (
        ("a script asks TRS's search", bool(_INTERFACE.search(page.html))),
        ("the answer of TRS's search", bool(_INTERFACE.search(page.url))),
        ("the answer has TRS's fields", page.is_data and bool(_ROWS.search(page.html))),
    )
    return tuple(mark for mark, is_there in marks if is_there)


def items(page: Page) -> tuple[Link, ...]:
    """Return the page's links, what its scripts ask, and the stored lists that they name."""
    return (*generic.items(page), *_stored(page))


def _stored(page: Page) -> Iterator[Link]:
    for name in dict.fromkeys(_STORED.findall(page.scripts.text)):
        url = address(page.base, name, None, post=False)
        if url is not None:
            yield Link(url=url, text="", title="", tag="api")


def next_pages(page: Page, number: int) -> tuple[str, ...]:
    """Return the next page's alternatives: `pageNumber` or `page` of the interface goes up until the total is reached."""
    return resolve(page, number, (by_parameter, *generic.RESOLVERS))


FAMILY = Family(name="igs", recognise=recognise, next_pages=next_pages, items=items, attachments=generic.attachments)

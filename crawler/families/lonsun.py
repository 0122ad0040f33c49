"""Lonsun (龙讯): a tree of organs, and for each a column of type 3 whose list comes as a fragment (`PORTALS.md` §3.11)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from crawler.families import Family, generic
from crawler.pagers import by_query, resolve
from crawler.pages import Link, Page, squeeze
from crawler.urls import join

_LABEL = re.compile(r"/site/label/\d+")
_LIST = re.compile(r"""["'](/site/label/\d+\?[^"']*labelName=publicInfoList[^"']*)["']""")
_TREE = re.compile(r"""["'](/site/label/\d+)["'][^;]{0,40}labelName\s*:\s*["']columnTree["']""")
_COUNT = re.compile(r"pageCount\s*:\s*(\d+)")
_OTHER_TYPE = re.compile(r"/public/column/\d+\?(?:.*&)?type=[^3]")
_COLUMN = re.compile(r"/public/column/(\d+)\?type=\d+")


def recognise(page: Page) -> tuple[str, ...]:
    """Return the marks of Lonsun that a page shows."""
    marks = (
        ("the path is a column's", bool(_COLUMN.search(page.url))),
        ("the answer of a label", bool(_LABEL.search(page.url))),
        ("a script asks a label", bool(_LABEL.search(page.html))),
        ("the text is j-fontContent", "j-fontContent" in page.html),
    )
    return tuple(mark for mark, is_there in marks if is_there)


def items(page: Page) -> tuple[Link, ...]:
    """Return the page's links but those to an organ's other types; the lists and the tree that scripts ask for; and of the tree, each organ's annual column."""
    links = (link for link in generic.items(page) if not _OTHER_TYPE.search(link.url))
    return (*links, *_asked(page), *_organs(page))


def _asked(page: Page) -> Iterator[Link]:
    for address in _LIST.findall(page.html):
        if "type=3" in address and (url := join(page.url, address)):
            yield Link(url=url, text="", title="", tag="annual-api")
    for address in _TREE.findall(page.html):
        if url := join(page.url, f"{address}?labelName=columnTree&isJson=true&id=&isChild=true"):
            yield Link(url=url, text="", title="", tag="annual-api")


def _organs(page: Page) -> Iterator[Link]:
    rows = page.data if isinstance(page.data, list) else ()
    for row in rows:
        path, name = str(row.get("htmlPath") or ""), squeeze(str(row.get("name") or ""))
        found = _COLUMN.search(path)
        url = join(page.url, f"/public/column/{found.group(1)}?type=3") if found else None
        if url and name:
            yield Link(url=url, text=name, title=name, group=1001, tag="data")


def next_pages(page: Page, number: int) -> tuple[str, ...]:
    """Return the next page's alternatives: `pageIndex` of a fragment goes up to its `pageCount`."""
    return resolve(page, number, (by_fragment,) if _LABEL.search(page.url) else generic.RESOLVERS)


def by_fragment(page: Page, number: int) -> tuple[str, ...]:
    """A fragment says how many there are (`pageCount:3 ,`), its address which one it is."""
    found = _COUNT.search(page.html)
    return by_query(page, number) if found and _LABEL.search(page.url) and number < int(found.group(1)) else ()


FAMILY = Family(name="lonsun", recognise=recognise, next_pages=next_pages, items=items, attachments=generic.attachments)

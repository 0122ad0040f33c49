"""Guangdong gkmlpt: one tree of directories for a county and its towns, each list a JSON interface (`PORTALS.md` §3.10)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from crawler.families import Family, generic
from crawler.links import names_column
from crawler.pagers import by_query, resolve
from crawler.pages import Link, Page, squeeze
from crawler.urls import join

_PATH = "/gkmlpt/"
_API = "/gkmlpt/api/all/"
_SID = re.compile(r"""\bSID\s*:\s*["'](\w+)["']""")
_TREE = re.compile(r"\bTREE\s*:\s*(?=\[)")
_PER_PAGE = 100


def recognise(page: Page) -> tuple[str, ...]:
    """Return the marks of gkmlpt that a page shows."""
    marks = (
        ("the path is gkmlpt's", _PATH in urlsplit(page.url).path),
        ("the page holds its configuration", "window._CONFIG" in page.html),
        ("the page holds the tree", bool(_TREE.search(page.html))),
    )
    return tuple(mark for mark, is_there in marks if is_there)


def items(page: Page) -> tuple[Link, ...]:
    """Return the page's links, and of its tree: the interface of each list of annual reports, and nodes on other hosts."""
    return (*generic.items(page), *_of_tree(page))


def _of_tree(page: Page) -> Iterator[Link]:
    start, sid = _TREE.search(page.html), _SID.search(page.html)
    if start is None or sid is None:
        return
    try:
        tree, _ = json.JSONDecoder().raw_decode(page.html[start.end() :])
    except ValueError:
        return
    for node in _nodes(tree):
        yield from _of_node(page, node, sid.group(1))


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    for node in tree if isinstance(tree, list) else ():
        if isinstance(node, dict):
            yield node
            yield from _nodes(node.get("children"))


def _of_node(page: Page, node: dict[str, Any], sid: str) -> Iterator[Link]:
    name, jump = squeeze(str(node.get("name") or "")), str(node.get("jump_url") or "")
    before = page.url.partition(_PATH)[0]
    url = join(page.url, jump) if jump else join(page.url, f"{before}{_API}{node.get('id')}?page=1&sid={sid}")
    if url and (jump or names_column(name)):
        yield Link(url=url, text=name, title=name, tag="jump" if jump else "annual-api")


def next_pages(page: Page, number: int) -> tuple[str, ...]:
    """Return the next page's alternatives: a list has a hundred rows a page, and says its total."""
    return resolve(page, number, (by_interface,) if _API in page.url else generic.RESOLVERS)


def by_interface(page: Page, number: int) -> tuple[str, ...]:
    """Pages 0 and 1 are the same, so it is counted from 1; `total` says how many rows there are."""
    total = page.data.get("total") if isinstance(page.data, dict) else None
    return by_query(page, number) if isinstance(total, int) and number * _PER_PAGE < total else ()


FAMILY = Family(name="gkmlpt", recognise=recognise, next_pages=next_pages, items=items, attachments=generic.attachments)

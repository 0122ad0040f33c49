"""Hanweb jpaas (大汉): lists that a gateway gives as HTML within JSON (`PORTALS.md` §3.9)."""

from __future__ import annotations

import json
import re
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from crawler.families import Family, generic
from crawler.pagers import resolve
from crawler.pages import Link, Page
from crawler.urls import join

_GATEWAY = "/jpaas-publish-server/front/page/build/unit"
_ROWS = re.compile(r"""class=\\?["']pagination\\?["'][^>]*?\brows=\\?["'](\d+)\\?["'][^>]*?\bcount=\\?["'](\d+)""")


def recognise(page: Page) -> tuple[str, ...]:
    """Return the marks of jpaas that a page shows."""
    marks = (("containers ask the gateway", _GATEWAY in page.html), ("the gateway's answer", _GATEWAY in page.url))
    return tuple(mark for mark, is_there in marks if is_there)


def items(page: Page) -> tuple[Link, ...]:
    """Return the page's links, and the gateway's address for each container that a script would fill."""
    containers = page.root.xpath("//*[@querydata and @url]")
    urls = (_unit(page, str(one.get("url")), str(one.get("querydata"))) for one in containers)
    return (*generic.items(page), *(Link(url=url, text="", title="", tag="api") for url in urls if url))


def _unit(page: Page, address: str, said: str) -> str | None:
    """Return a container's request: its `queryData` has single quotes, and every name goes along exactly once."""
    try:
        query = json.loads(said.replace("'", '"'))
    except ValueError:
        return None
    url = join(page.base, address)
    return f"{url}?{urlencode(query)}" if url and isinstance(query, dict) else None


def next_pages(page: Page, number: int) -> tuple[str, ...]:
    """Return the next page's alternatives: of the gateway as long as rows are left, else by the page's own links."""
    return resolve(page, number, (by_unit,) if _GATEWAY in page.url else generic.RESOLVERS)


def by_unit(page: Page, number: int) -> tuple[str, ...]:
    """The answer says `rows` a page and the `count` of all; the page is asked for in `paramJson`, at the list's own size."""
    found = _ROWS.search(page.html)
    if found is None or number * int(found.group(1)) >= int(found.group(2)):
        return ()
    parts = urlsplit(page.url)
    asked = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] != "paramJson"]
    wanted = json.dumps({"pageNo": number + 1, "pageSize": found.group(1)}, separators=(",", ":"))
    return (urlunsplit(parts._replace(query=urlencode([*asked, ("paramJson", wanted)]))),)


FAMILY = Family(name="jpaas", recognise=recognise, next_pages=next_pages, items=items, attachments=generic.attachments)

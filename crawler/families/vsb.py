"""VSB 站群 (博达): static pages whose later list pages are numbered downwards, files behind a Referer (`PORTALS.md` §3.12)."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from crawler.families import Family, generic
from crawler.pagers import by_anchor, resolve, said_total
from crawler.pages import Page
from crawler.urls import join

_EVIDENCE = (
    ("the text is vsb_content", re.compile(r"vsb_content|v_news_content")),
    ("the pager is pb_sys", re.compile(r"pb_sys_(?:common|normal|style)|class=[\"']p_next")),
    ("articles are /info/n/n.htm", re.compile(r"/info/\d+/\d+\.htm\b")),
    ("the article's form is _newscontent_fromname", re.compile(r"_newscontent_fromname")),
    ("rows are line_u…", re.compile(r"""id=["']line_u\d+_\d+""")),
)
_NUMBERED = re.compile(r"/(\d+)\.htm$")


def recognise(page: Page) -> tuple[str, ...]:
    """Return the marks of VSB that a page shows."""
    return tuple(mark for mark, pattern in _EVIDENCE if pattern.search(page.html))


def next_pages(page: Page, number: int) -> tuple[str, ...]:
    """Return the next page's alternatives: 下页 where it stands, else one number lower."""
    return resolve(page, number, (by_anchor, by_descent, *generic.RESOLVERS))


def by_descent(page: Page, number: int) -> tuple[str, ...]:
    """Of N pages the second is `slug/{N-1}.htm` and the last `slug/1.htm`: old pages keep their numbers as the list grows."""
    total = said_total(page)
    path = urlsplit(page.url).path
    found = _NUMBERED.search(path)
    if number > 1 and found is not None:
        name = f"{int(found[1]) - 1}.htm" if int(found[1]) > 1 else None
    else:
        slug = path.rpartition("/")[2].removesuffix(".htm")
        name = f"{slug}/{total - 1}.htm" if total is not None and total > 1 and slug else None
    url = join(page.base, name) if name else None
    return (url,) if url else ()


FAMILY = Family(name="vsb", recognise=recognise, next_pages=next_pages, items=generic.items, attachments=generic.attachments)

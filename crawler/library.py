"""Functions that a page's clicks call and that stand in the site's own script files (`openDoc(5)` in `/js/common.js`).

A file is asked for only where a click that promises something can't be read without it, once a crawl.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, MutableMapping

from scrapy.core.engine import ExecutionEngine

from archive.model import Finding
from crawler.attached import fetch_script
from crawler.embedded import scripts_beside
from crawler.frontier import Entry
from crawler.links import is_annual_column, ORGAN, score
from crawler.pages import Link, Page, squeeze
from crawler.session import Session
from crawler.urls import identity

_CALLED = re.compile(r"(?<![\w.$])([A-Za-z_$][\w$]*)\s*\(")
_LONGEST = 60
Library = MutableMapping[str, str]
"""The texts of script files by the identity of their URL; empty for one that could not be had."""


def needed(page: Page, *, in_column: bool) -> tuple[Link, ...]:
    """Return the script files of a page some of whose promising clicks call functions that the page does not define."""
    if page.is_data or not any(_promises(link, in_column=in_column) for link in _unread(page)):
        return ()
    return scripts_beside(page)


def _unread(page: Page) -> Iterator[Link]:
    """Yield what is clicked on and leads, as far as the page itself says, nowhere: its address is the page's own."""
    for element in page.root.xpath("//*[@onclick]|//a[starts-with(@href, 'javascript:')]"):
        code = f"{element.get('onclick') or ''};{(element.get('href') or '')[11:]}"
        called = [name for name in _CALLED.findall(code) if name not in page.scripts.functions]
        text = squeeze(str(element.text_content()))
        if called and text and len(text) <= _LONGEST and not page.scripts.targets(code):
            yield Link(url=page.url, text=text, title=squeeze(element.get("title") or "") or text)


def _promises(link: Link, *, in_column: bool) -> bool:
    return score(link, in_column=in_column).value > ORGAN


async def library_of(engine: ExecutionEngine, session: Session, page: Page, entry: Entry, known: Library) -> str:
    """Return the texts of the script files that a page needs to be read, those not `known` fetched under the page's lease."""
    files = needed(page, in_column=entry.in_column or is_annual_column(page))
    for link in files:
        if identity(link.url) not in known:
            known[identity(link.url)] = await _had(engine, session, page, link, entry.key)
    return "\n".join(known[identity(link.url)] for link in files)


async def _had(engine: ExecutionEngine, session: Session, page: Page, link: Link, owner: str) -> str:
    """Return a script's text. One that the interrupted part of this crawl had is given by the archive, not asked for again."""
    is_ours = session.frontier.claim(Entry(url=link.url, score=0, referer=page.url), owner)
    text = await fetch_script(engine, session, link, page) if is_ours or session.taken_up else None
    if text is None:
        says = f"The script {link.url}, which links of {page.url} call, could not be had: where they lead is not known."
        session.note(Finding(kind="script", says=says, url=page.url))
    return text or ""

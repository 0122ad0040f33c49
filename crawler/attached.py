"""What belongs to an article: its files (附件), and its further pages (上一页 1 2 下一页). Fetched each once, with the article as Referer."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.core.engine import ExecutionEngine
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from archive.errors import UnwritableArchive
from archive.model import Attachment, Capture, Finding
from crawler.budget import HostHeld
from crawler.calls import names_page
from crawler.frontier import Entry
from crawler.hours import OutsideVisitTime
from crawler.pagers import by_anchor, by_trs_call, by_ucap_call
from crawler.pages import Link, Page
from crawler.responses import file_name, html_of, is_file
from crawler.session import Session
from crawler.urls import identity

_MOST_PARTS = 12


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file that belongs to an article, as it came; or one of its further pages (`is_part`)."""

    link: Link
    response: Response
    capture: Capture
    is_part: bool = False

    @property
    def attachment(self) -> Attachment:
        """The file as the report names it."""
        name = self.link.title or self.link.text or file_name(self.link.url)
        digest = self.capture.payload_sha256
        return Attachment(url=self.link.url, name=name, media_type=self.capture.media_type, sha256=digest, is_part=self.is_part)


async def fetch_files(
    engine: ExecutionEngine, session: Session, page: Page, links: Iterable[Link], *, owner: str
) -> AsyncIterator[Fetched]:
    """Yield the files of an article that nobody had yet; one that can't be had becomes a finding. Scope is the caller's.

    Raises HostHeld and OutsideVisitTime: then the article waits with its files.
    `owner` is the key of the article's lease, under which its files are taken.
    """
    for link in links:
        if session.frontier.claim(Entry(url=link.url, score=0, referer=page.url), owner):
            response = await _fetch(engine, session, link, page)
            if response is not None:
                yield Fetched(link, response, response.meta["capture"])


async def _fetch(engine: ExecutionEngine, session: Session, link: Link, page: Page) -> Response | None:
    response = await _had(engine, session, link, page)
    if response is not None and (response.status != 200 or not is_file(response.body)):
        _note(session, link, response.request, f"is no file: status {response.status}, {len(response.body)} bytes")
        return None
    return response


async def fetch_script(engine: ExecutionEngine, session: Session, link: Link, page: Page) -> str | None:
    """Return the text of a script file that a page loads, None where it is not to be had."""
    response = await _had(engine, session, link, page)
    return html_of(response) if response is not None and response.status == 200 and not is_file(response.body) else None


async def fetch_parts(engine: ExecutionEngine, session: Session, page: Page, *, owner: str) -> AsyncIterator[Fetched]:
    """Yield the further pages of an article that is cut into pages; one that can't be had becomes a finding, and ends it."""
    last = page
    for number in range(2, _MOST_PARTS + 1):
        url = next_part(page, last, number)
        if url is None or not session.frontier.claim(Entry(url=url, score=0, referer=page.url), owner):
            return
        link = Link(url=url, text="", title=f"第{number}页", tag="a")
        response = await _had(engine, session, link, last)
        if response is None or response.status != 200 or is_file(response.body):
            _note(session, link, response.request if response else None, "is not the article's next page")
            return
        yield Fetched(link, response, response.meta["capture"], is_part=True)
        last = Page(url, html_of(response))


def next_part(first: Page, last: Page, number: int) -> str | None:
    """Return the address of an article's next page, None for none: by a link 下一页 or a paging call, differing by a page number alone."""
    found = (*by_anchor(last, number - 1), *by_trs_call(last, number - 1), *by_ucap_call(last, number - 1))
    return next((url for url in found if _stem(url) == _stem(first.url) and identity(url) != identity(last.url)), None)


def _stem(url: str) -> tuple[str, str]:
    """Return an address without the page number in its file name (`12_2.html`) or its query (`&page=2`)."""
    parts = urlsplit(url)
    query = "&".join(one for one in parts.query.split("&") if not names_page(one.partition("=")[0]))
    return re.sub(r"_\d{1,2}(?=\.\w+$)", "", parts.path), query


async def _had(engine: ExecutionEngine, session: Session, link: Link, page: Page) -> Response | None:
    request = Request(link.url, headers={"Referer": page.url}, callback=NO_CALLBACK)
    try:
        return await engine.download_async(request)
    except (UnwritableArchive, HostHeld, OutsideVisitTime):
        raise
    except Exception as error:  # noqa: BLE001 - the article is read all the same, and the finding says what is missing
        _note(session, link, request, f"could not be had: {error}")
        return None


def _note(session: Session, link: Link, request: Request | None, problem: str) -> None:
    capture: Capture | None = request.meta.get("capture") if request else None
    says = f"The attachment {link.url} {problem}."
    session.note(Finding(kind="attachment", says=says, url=link.url, capture=capture.id if capture else None))

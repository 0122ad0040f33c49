"""The files of an article (附件): fetched each once, with the article as Referer, without which some portals give none."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass

from scrapy import Request
from scrapy.core.engine import ExecutionEngine
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from archive.errors import UnwritableArchive
from archive.model import Attachment, Capture, Finding
from crawler.frontier import Entry
from crawler.pages import Link, Page
from crawler.responses import file_name, is_file
from crawler.session import Session


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file that belongs to an article, as it came."""

    link: Link
    response: Response
    capture: Capture

    @property
    def attachment(self) -> Attachment:
        """The file as the report names it."""
        name = self.link.title or self.link.text or file_name(self.link.url)
        digest = self.capture.payload_sha256
        return Attachment(url=self.link.url, name=name, media_type=self.capture.media_type, sha256=digest)


async def fetch_files(
    engine: ExecutionEngine, session: Session, page: Page, links: Iterable[Link], *, owner: str
) -> AsyncIterator[Fetched]:
    """Yield the files of an article that nobody had yet; one that can't be had becomes a finding. Scope is the caller's.

    `owner` is the key of the article's lease, under which its files are taken.
    """
    for link in links:
        if session.frontier.claim(Entry(url=link.url, score=0, referer=page.url), owner):
            response = await _fetch(engine, session, link, page)
            if response is not None:
                yield Fetched(link, response, response.meta["capture"])


async def _fetch(engine: ExecutionEngine, session: Session, link: Link, page: Page) -> Response | None:
    request = Request(link.url, headers={"Referer": page.url}, callback=NO_CALLBACK)
    try:
        response = await engine.download_async(request)
    except UnwritableArchive:
        raise
    except Exception as error:  # noqa: BLE001 - the article is read all the same, and the finding says what is missing
        _note(session, link, request, f"could not be had: {error}")
        return None
    if response.status != 200 or not is_file(response.body):
        _note(session, link, response.request, f"is no file: status {response.status}, {len(response.body)} bytes")
        return None
    return response


def _note(session: Session, link: Link, request: Request | None, problem: str) -> None:
    capture: Capture | None = request.meta.get("capture") if request else None
    says = f"The attachment {link.url} {problem}."
    session.note(Finding(kind="attachment", says=says, url=link.url, capture=capture.id if capture else None))

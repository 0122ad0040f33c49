"""Asks a host for an address that can't exist, once a week at most, and tells by the answer which pages are not there.

Only a page that should be a report and does not look like one gives occasion. What is alike to the host's answer for nothing is a
soft 404, if the host does not give it for a report that we know, too; else it is a block, which says nothing of any page.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Literal
from urllib.parse import urljoin, urlsplit

from scrapy import Request
from scrapy.core.engine import ExecutionEngine
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from archive.clock import now, stamp
from archive.errors import Damaged, NotInArchive, UnwritableArchive
from archive.schema import Row
from crawler.budget import HostHeld
from crawler.frontier import Entry
from crawler.hours import OutsideVisitTime
from crawler.judge import Judgement, statutory_headings
from crawler.pages import Page
from crawler.responses import html_of, is_file
from crawler.session import Session
from crawler.soft404 import Absent, absent_url, is_absent, print_of
from crawler.urls import identity
from pipelines.decode import decode

Verdict = Literal["not_found", "softblock"]

_FRESH = timedelta(days=7)
_PROVED, _UNSURE = "absent", "absent_unsure"
"""How the journal names a visit of an address that can't exist: proved to be the answer for nothing, or not yet."""
_LAST = """
SELECT c.id, c.url, c.status, c.location, v.page_kind FROM visits v JOIN captures c ON c.id = v.capture
WHERE (v.page_kind = 'absent' OR v.page_kind = 'absent_unsure' AND c.fetched_at >= ?1) AND (c.url LIKE ?2 OR c.url LIKE ?3)
ORDER BY c.fetched_at DESC, v.event DESC LIMIT 1
"""
_REPORT = """
SELECT d.url FROM derivations d JOIN documents o ON o.sha256 = d.document WHERE o.kind = 'annual_report'
AND (d.url LIKE ?1 OR d.url LIKE ?2) ORDER BY d.at DESC LIMIT 20
"""


class Absence:
    """What the hosts of one crawl answer for what is not there."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known: dict[str, Absent] = {}

    async def verdict(self, engine: ExecutionEngine, page: Page, entry: Entry, judged: Judgement) -> Verdict | None:
        """Return what a page is that should be a report, None for one that may be one, and where nothing can be proved."""
        site = urlsplit(page.url).netloc
        if not self._is_doubtful(page, entry, judged):
            return None
        absent = self._known.get(site) or self._stored(site) or await self._ask(engine, page.url)
        self._learn(site, absent)
        if not is_absent(page, absent, title=entry.title or entry.anchor):
            return None
        if absent.is_proved:
            return "not_found"
        return await self._proved(engine, site, page, absent)

    def _learn(self, site: str, absent: Absent) -> None:
        self._known[site] = absent
        if absent.is_proved and absent.location is not None:
            self._session.absent_targets.add(absent.location)

    def _is_doubtful(self, page: Page, entry: Entry, judged: Judgement) -> bool:
        """Say whether a page should be a report and does not look like one."""
        is_awaited = judged.is_candidate or entry.key in self._session.known
        return is_awaited and not page.is_data and not judged.files and statutory_headings(page) < 3

    async def _ask(self, engine: ExecutionEngine, url: str) -> Absent:
        request = Request(absent_url(url, secrets.token_hex(12)), meta={"dont_redirect": True}, callback=NO_CALLBACK)
        response = await _answer(engine, request)
        if response is None:
            return Absent(None)
        self._session.run.visited(response.meta["capture"], links=(), page_kind=_UNSURE)
        return _absent(response.url, response.status, _location(response), html_of(response))

    async def _proved(self, engine: ExecutionEngine, site: str, page: Page, absent: Absent) -> Verdict | None:
        """Ask for a report that we know: if it does not get the answer for nothing as well, that answer is proved."""
        self._session.archive.catalog.catch_up()
        rows = self._session.archive.catalog.rows(_REPORT, _like(site))
        url = next((row["url"] for row in rows if identity(row["url"]) != identity(page.url)), None)
        response = await _answer(engine, Request(url, callback=NO_CALLBACK)) if url else None
        if response is None or response.status != 200:
            return None
        if not is_file(response.body) and is_absent(Page(response.url, html_of(response)), absent, title=None):
            self._session.run.visited(response.meta["capture"], links=(), page_kind="blocked:softblock")
            return "softblock"
        self._keep(site)
        return "not_found"

    def _keep(self, site: str) -> None:
        row = self._row(site)
        if row is not None:
            self._session.run.visited(self._session.archive.capture(row["id"]), links=(), page_kind=_PROVED)
            self._learn(site, _of_row(self._session, {**row, "page_kind": _PROVED}))

    def _stored(self, site: str) -> Absent | None:
        row = self._row(site)
        return _of_row(self._session, row) if row else None

    def _row(self, site: str) -> Row | None:
        return self._session.archive.catalog.one(_LAST, [stamp(now() - _FRESH), *_like(site)])


async def _answer(engine: ExecutionEngine, request: Request) -> Response | None:
    """Return the response, None where there is none; what keeps all requests to the host back is raised."""
    try:
        return await engine.download_async(request)
    except (UnwritableArchive, HostHeld, OutsideVisitTime):
        raise
    except Exception:  # noqa: BLE001 - the exchange is recorded; without an answer nothing is proved
        return None


def _of_row(session: Session, row: Row) -> Absent:
    body = _body(session, row["id"])
    if body is None:
        return Absent(None)
    text = decode(body).text if body and not is_file(body) else ""
    return _absent(row["url"], row["status"], row["location"], text, is_proved=row["page_kind"] == _PROVED)


def _body(session: Session, capture: str) -> bytes | None:
    try:
        return session.archive.payload_of(capture).body
    except (NotInArchive, Damaged):
        return None


def _absent(url: str, status: int | None, location: str | None, text: str, *, is_proved: bool = False) -> Absent:
    if location and status and 300 <= status < 400:
        return Absent(status, location=identity(urljoin(url, location)), is_proved=is_proved)
    return Absent(status, page=print_of(Page(url, text)) if text else None, is_proved=is_proved)


def _location(response: Response) -> str | None:
    return (response.headers.get("Location") or b"").decode("latin-1") or None


def _like(site: str) -> tuple[str, str]:
    return f"http://{site}/%", f"https://{site}/%"

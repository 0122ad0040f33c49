"""Asking only for what has changed: conditional requests (RFC 9110 §13.1), and the stored payload in the place of a 304.

So a page that was seen before costs a few bytes, and is read, followed and stored again all the same, from the archive. What
the interrupted part of the same crawl has fetched is not asked for at all: the journal is the truth, whatever the frontier
lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urlencode, urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Headers, Response
from scrapy.responsetypes import responsetypes

from archive.addresses import is_noise, page_key
from archive.codec import dumps
from archive.errors import Damaged, NotInArchive
from archive.facts import capture_of
from archive.model import Capture
from archive.store import Archive
from archive.wire import Headers as WireHeaders
from crawler.browser_gate import is_for_browser
from crawler.session import Session
from crawler.urls import host_of

_CONDITIONS = {"etag": "If-None-Match", "last-modified": "If-Modified-Since"}
_OF_THE_TRANSFER = frozenset(("content-encoding", "transfer-encoding", "content-length", "connection", "keep-alive"))
_REFUSED = "EXISTS (SELECT 1 FROM visits WHERE capture = captures.id AND page_kind LIKE 'blocked%')"
"""A block that came with status 200 is no answer of the page."""
_LAST = f"""
SELECT id, url, coalesce(revisit_of, id) AS original, media_type FROM captures
WHERE key = ? AND method = 'GET' AND status = 200 AND failure IS NULL AND truncated IS NULL AND NOT {_REFUSED}
ORDER BY fetched_at DESC, id DESC LIMIT 20
"""  # noqa: S608 - text of our own

# Answers that asking again would not better; an error of the server, or a block, is asked for again.
_FETCHED = f"""
SELECT * FROM captures WHERE url = ? AND run IN (SELECT value FROM json_each(?)) AND method = 'GET' AND failure IS NULL
AND truncated IS NULL AND status IN (200, 301, 302, 303, 304, 307, 308, 404, 410) AND NOT {_REFUSED} ORDER BY fetched_at DESC, id DESC LIMIT 1
"""  # noqa: S608


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A payload that the archive has: the capture that holds it, and what its server said of it."""

    original: str
    media_type: str | None
    headers: WireHeaders
    body: bytes

    @property
    def conditions(self) -> dict[str, str]:
        """The headers that ask for it only if it has changed; empty where the server named nothing to compare."""
        return conditions(self.headers)


def conditions(headers: WireHeaders) -> dict[str, str]:
    """Return If-None-Match and If-Modified-Since for a stored response's ETag and Last-Modified."""
    named = {name.lower(): value for name, value in headers}
    return {asks: named[name] for name, asks in _CONDITIONS.items() if named.get(name)}


def last_known(archive: Archive, url: str) -> Known | None:
    """Return what the last whole answer of a URL was, None where there is none that can be read.

    Links that carry a new session id at each visit are the same URL.
    """
    rows = archive.catalog.rows(_LAST, [page_key(url)])
    row = next((row for row in rows if _bare(row["url"]) == _bare(url)), None)
    if row is None:
        return None
    try:
        headers, body = archive.payload_of(row["id"])
    except (NotInArchive, Damaged):
        return None
    return Known(original=row["original"], media_type=row["media_type"], headers=headers, body=body)


def _bare(url: str) -> str:
    """Return a URL without the parameters that say nothing about the page, in Latin-1, which keeps any charset's bytes apart."""
    parts = urlsplit(url)
    pairs = parse_qsl(parts.query, keep_blank_values=True, encoding="latin-1")
    kept = [pair for pair in pairs if not is_noise(*pair)]
    return url if len(kept) == len(pairs) else parts._replace(query=urlencode(kept, encoding="latin-1")).geturl()


def fetched_already(archive: Archive, url: str, runs: Iterable[str]) -> tuple[Capture, int, WireHeaders, bytes] | None:
    """Return the last answer to a URL in some runs, with its status, None where there is none that settles it."""
    row = archive.catalog.one(_FETCHED, [url, dumps(list(runs))])
    if row is None:
        return None
    try:
        headers, body = archive.payload_of(row["id"])
    except (NotInArchive, Damaged):
        return None
    return capture_of(row, row["id"]), 200 if row["status"] == 304 else row["status"], headers, body


class ConditionalMiddleware:
    """Makes requests conditional, and answers a 304 with what the archive has."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> ConditionalMiddleware:
        """Return the middleware of a crawl."""
        return cls(crawler)

    def process_request(self, request: Request) -> Response | None:
        """Name what we have of a page that is asked for with GET; answer what this crawl has fetched already."""
        if is_for_browser(request):
            return None
        if (answer := self._fetched(request)) is not None:
            return answer
        known = last_known(self._archive, request.url) if request.method == "GET" else None
        asked: Mapping[str, str] = known.conditions if known else {}
        for name in _CONDITIONS.values():
            request.headers.pop(name, None)
        request.meta.pop("known", None)
        if known is not None and asked:
            request.headers.update(asked)
            request.meta["known"] = known
        return None

    def _fetched(self, request: Request) -> Response | None:
        session: Session = self.crawler.spider.session  # type: ignore[union-attr]
        runs = session.taken_up
        if request.url in session.drawn_with:
            session.archive.catalog.catch_up()
            runs = (session.run.id, *runs)
        if session.refusals.has_refused(host_of(request.url), str(request.meta.get("key"))):
            return None  # what the archive may have of it is the refusal, if a kill came before the crawl said so
        if not runs or request.method != "GET" or request.meta.get("is_robots_txt"):
            return None
        if request.url in request.meta.get("redirect_urls", ()):
            return None  # a gate leads back to where it stands: what the archive has of it is the gate, as long as one asks
        found = fetched_already(session.archive, request.url, runs)
        if found is None:
            return None
        request.meta["capture"], status, headers, body = found
        return _response(request, status, headers, body)

    def process_response(self, request: Request, response: Response) -> Response:
        """Return the stored answer in the place of a 304 that confirms it, any other response as it is."""
        known: Known | None = request.meta.get("known")
        if response.status != 304 or known is None:
            return response
        capture: Capture = request.meta["capture"]
        request.meta["capture"] = replace(capture, media_type=known.media_type)
        return _response(request, 200, known.headers, known.body)

    @property
    def _archive(self) -> Archive:
        assert self.crawler.spider is not None
        archive: Archive = self.crawler.spider.session.archive  # type: ignore[attr-defined]
        return archive


def _response(request: Request, status: int, headers: WireHeaders, body: bytes) -> Response:
    given = Headers()
    for name, value in headers:
        if name.lower() not in _OF_THE_TRANSFER:
            given.appendlist(name, value)
    kind = responsetypes.from_args(headers=given, url=request.url, body=body)
    return kind(url=request.url, status=status, headers=given, body=body, request=request)

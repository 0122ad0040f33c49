"""Asking only for what has changed: conditional requests (RFC 9110 §13.1), and the stored payload in the place of a 304.

So a page that was seen before costs a few bytes, and is read, followed and stored again all the same, from the archive.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Headers, Response
from scrapy.responsetypes import responsetypes

from archive.errors import Damaged, NotInArchive
from archive.model import Capture
from archive.store import Archive
from archive.wire import Headers as WireHeaders

_CONDITIONS = {"etag": "If-None-Match", "last-modified": "If-Modified-Since"}
_OF_THE_TRANSFER = frozenset(("content-encoding", "transfer-encoding", "content-length", "connection", "keep-alive"))
_LAST = """
SELECT id, coalesce(revisit_of, id) AS original, media_type FROM captures
WHERE url = ? AND method = 'GET' AND status = 200 AND failure IS NULL AND truncated IS NULL ORDER BY fetched_at DESC, id DESC LIMIT 1
"""


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
    """Return what the last whole answer of a URL was, None where there is none that can be read."""
    row = archive.catalog.one(_LAST, [url])
    if row is None:
        return None
    try:
        headers, body = archive.payload_of(row["id"])
    except (NotInArchive, Damaged):
        return None
    return Known(original=row["original"], media_type=row["media_type"], headers=headers, body=body)


class ConditionalMiddleware:
    """Makes requests conditional, and answers a 304 with what the archive has."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> ConditionalMiddleware:
        """Return the middleware of a crawl."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Name what we have of a page that is asked for with GET."""
        known = last_known(self._archive, request.url) if request.method == "GET" else None
        asked: Mapping[str, str] = known.conditions if known else {}
        for name in _CONDITIONS.values():
            request.headers.pop(name, None)
        request.meta.pop("known", None)
        if known is not None and asked:
            request.headers.update(asked)
            request.meta["known"] = known

    def process_response(self, request: Request, response: Response) -> Response:
        """Return the stored answer in the place of a 304 that confirms it, any other response as it is."""
        known: Known | None = request.meta.get("known")
        if response.status != 304 or known is None:
            return response
        capture: Capture = request.meta["capture"]
        request.meta["capture"] = replace(capture, media_type=known.media_type)
        given = Headers()
        for name, value in known.headers:
            if name.lower() not in _OF_THE_TRANSFER:
                given.appendlist(name, value)
        kind = responsetypes.from_args(headers=given, url=request.url, body=known.body)
        return kind(url=request.url, status=200, headers=given, body=known.body, request=request)

    @property
    def _archive(self) -> Archive:
        assert self.crawler.spider is not None
        archive: Archive = self.crawler.spider.session.archive  # type: ignore[attr-defined]
        return archive

"""Waiting when a server asks for it: 429 and 503, by Retry-After (RFC 9110 §10.2.3)."""

from __future__ import annotations

import asyncio
from datetime import datetime, UTC
from email.utils import parsedate_to_datetime

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response


def wait_seconds(retry_after: str | None, *, now: datetime, default: float, longest: float) -> float:
    """Return how long to wait: seconds or an HTTP date as the header says, `default` without one, never over `longest`."""
    if not retry_after:
        return min(default, longest)
    if retry_after.strip().isdigit():
        return min(float(retry_after), longest)
    try:
        until = parsedate_to_datetime(retry_after)
    except ValueError:
        return min(default, longest)
    return max(0.0, min((until - now).total_seconds(), longest))


class BackOffMiddleware:
    """Holds an answer that asks for patience until the time is over; nothing else is asked of the host meanwhile."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.default = crawler.settings.getfloat("BACKOFF_SECONDS")
        self.longest = crawler.settings.getfloat("BACKOFF_MAX_SECONDS")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> BackOffMiddleware:
        """Return the middleware with the settings of a crawl."""
        return cls(crawler)

    async def process_response(self, request: Request, response: Response) -> Response:  # noqa: ARG002 - Scrapy's signature
        """Return the response, after the wait that it asks for."""
        if response.status in {429, 503}:
            said = (response.headers.get("Retry-After") or b"").decode("latin-1")
            await self._wait(wait_seconds(said, now=datetime.now(UTC), default=self.default, longest=self.longest))
        return response

    async def _wait(self, seconds: float) -> None:
        while seconds > 0 and self.crawler.engine is not None and self.crawler.engine.running:
            await asyncio.sleep(min(0.5, seconds))
            seconds -= 0.5

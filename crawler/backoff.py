"""Waiting when a server asks for it: 429 and 503, by Retry-After (RFC 9110 §10.2.3)."""

from __future__ import annotations

import time
from datetime import datetime, UTC
from email.utils import parsedate_to_datetime

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from crawler.urls import host_of


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


_LONGEST_HOLD = 86400.0


class BackOffMiddleware:
    """Leaves a host alone that asks for patience, by holding its budget: for all processes, and for a day at most."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.default = crawler.settings.getfloat("BACKOFF_SECONDS")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> BackOffMiddleware:
        """Return the middleware with the settings of a crawl."""
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Response:
        """Return the response; the host's next turn comes after the wait that it asks for."""
        if response.status in {429, 503}:
            said = (response.headers.get("Retry-After") or b"").decode("latin-1")
            seconds = wait_seconds(said, now=datetime.now(UTC), default=self.default, longest=_LONGEST_HOLD)
            self.crawler.spider.session.budget.hold(host_of(request.url), seconds, time.time())  # type: ignore[union-attr]
        return response

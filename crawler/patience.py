"""The handler that waits for its host's turn right before the request goes out, and relaxes TLS only where it must.

Retries, files and robots.txt pass here too.
"""

from __future__ import annotations

import asyncio
import time
from typing import Any

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from archive.clock import now
from archive.model import Finding
from crawler.budget import HostBudget, HostHeld
from crawler.handlers import RecordingHandler, Stopped, what_failed
from crawler.hours import refuse_outside
from crawler.session import Session
from crawler.tls import RelaxedContextFactory
from crawler.urls import host_of

_STEP = 0.5


class PatientHandler(RecordingHandler):
    """Takes a turn of the host's budget for each request, and notes how long the host took to answer."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._relaxed = RelaxedContextFactory.from_crawler(crawler)
        self._longest = crawler.settings.getfloat("BACKOFF_MAX_SECONDS")

    async def download_request(self, request: Request) -> Response:
        """Return the response, asked for when it was our turn. Raises HostHeld for a host that wants to be left alone."""
        try:
            return await self._take_turn(request)
        except Exception as error:
            if not self._may_relax(request, error):
                raise
        return await self._take_turn(request)

    async def _take_turn(self, request: Request) -> Response:
        host, delay = host_of(request.url), self._delay(request)
        await self._wait_for_turn(host, delay)
        self._session.refuse_outside_hours()
        refuse_outside(request.meta.get("hours"), now(), f"{host}, by its robots.txt,")
        began = time.monotonic()
        try:
            return await super().download_request(request)
        finally:
            if delay:
                self._budget.answered(host, time.monotonic() - began, time.time())

    def _may_relax(self, request: Request, error: Exception) -> bool:
        """Say whether a failure was one of TLS that a relaxed handshake may heal; note it, once a host."""
        host = host_of(request.url)
        kind, detail, _ = what_failed(error)
        if kind != "tls" or host in self._session.relaxed:
            return False
        self._session.relaxed.add(host)
        says = f"{host} fails a normal TLS handshake ({detail}); from here on this run takes its certificate and ciphers as they are."
        capture = request.meta.get("capture")
        self._session.note(Finding(kind="tls-relaxed", says=says, url=request.url, capture=capture.id if capture else None))
        return True

    def _context_for(self, request: Request) -> Any:
        return self._relaxed if host_of(request.url) in self._session.relaxed else super()._context_for(request)

    async def _wait_for_turn(self, host: str, delay: float) -> None:
        while True:
            turn = self._budget.turn(host, delay, time.time())
            if turn.held > self._longest:
                raise HostHeld(f"{host} asked to be left alone for {turn.held:.0f} seconds more.", turn.held)
            await self._sleep(turn.wait)
            if not turn.held:
                return

    async def _sleep(self, seconds: float) -> None:
        ends = time.monotonic() + seconds
        while (left := ends - time.monotonic()) > 0:
            if not self._engine_runs():
                raise Stopped("The crawl was stopped before the request went out.")
            await asyncio.sleep(min(_STEP, left))

    def _delay(self, request: Request) -> float:
        assert self._crawler.engine is not None
        slot = self._crawler.engine.downloader.slots.get(str(request.meta.get("download_slot")))
        delay = float(slot.delay if slot else self._crawler.settings.getfloat("DOWNLOAD_DELAY"))
        return max(delay, self._session.refusals.delay(host_of(request.url)))

    @property
    def _budget(self) -> HostBudget:
        return self._session.budget

    @property
    def _session(self) -> Session:
        assert self._crawler.spider is not None
        session: Session = self._crawler.spider.session  # type: ignore[attr-defined]
        return session

"""The live view of a crawl, for a person at a terminal: one line that moves, on stderr. Timers and pipes see nothing of it."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress

from rich.console import Console
from rich.live import Live
from rich.text import Text
from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured

from crawler.session import Session

_PERIOD = 0.5


def view(session: Session, seconds: float, host: str | None) -> Text:
    """Return the line: portal, pages read and waiting, reports and new ones, blocks and failures, rate, and where it is."""
    tally = session.tally
    pages = sum(tally.kinds.values())
    new = sum(1 for one in tally.stored if one.is_new)
    blocked = sum(count for kind, count in tally.kinds.items() if kind.startswith("blocked"))
    line = Text(no_wrap=True, overflow="ellipsis")
    line.append(session.portal.name, style="bold")
    line.append(f"  {pages} pages, {session.frontier.waiting()} waiting  ")
    line.append(f"{tally.reports} reports ({new} new)", style="green")
    line.append(f"  {blocked} blocked, {len(tally.findings)} findings", style="yellow" if tally.findings else "")
    line.append(f"  {pages / seconds if seconds else 0:.1f} pages/s, {seconds:.0f} s  {host or ''}", style="dim")
    return line


class LiveView:
    """Draws the view twice a second while the engine runs, where stderr is a terminal and nobody asked for silence."""

    def __init__(self, crawler: Crawler) -> None:
        console = Console(stderr=True)
        if not console.is_terminal or not crawler.settings.getbool("LIVE_VIEW"):
            raise NotConfigured
        self._crawler = crawler
        self._live = Live(console=console, auto_refresh=False, transient=True)
        self._began = time.monotonic()
        self._task: asyncio.Task[None] | None = None
        crawler.signals.connect(self._start, signals.engine_started)
        crawler.signals.connect(self._stop, signals.engine_stopped)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> LiveView:
        """Return the view of a crawl; raises NotConfigured where nobody would see it."""
        return cls(crawler)

    def _start(self) -> None:
        self._live.start()
        self._task = asyncio.ensure_future(self._draw())

    async def _draw(self) -> None:
        while True:
            session: Session = self._crawler.spider.session  # type: ignore[union-attr]
            self._live.update(view(session, time.monotonic() - self._began, self._host()), refresh=True)
            await asyncio.sleep(_PERIOD)

    def _host(self) -> str | None:
        engine = self._crawler.engine
        return next(iter(engine.downloader.slots), None) if engine else None

    async def _stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        self._live.stop()

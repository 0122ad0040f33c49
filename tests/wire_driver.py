"""Runs our download handler, and nothing else of the crawler, over some URLs; prints what was recorded as JSON Lines.

Its own process, because a Twisted reactor can't be started twice: `python wire_driver.py '{"urls": […], "settings": {…}}'`.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings

from archive.model import Capture, Exchange

HANDLERS = dict.fromkeys(("http", "https"), "crawler.handlers.RecordingHandler")


@dataclass
class Recorder:
    """Stands where the archive's run does, and keeps the exchanges in order."""

    kept: list[Exchange] = field(default_factory=list)

    def record(self, exchange: Exchange) -> Capture:
        self.kept.append(exchange)
        return Capture(
            id=f"n{len(self.kept)}",
            url=exchange.url,
            fetched_at=exchange.fetched_at,
            status=None,
            media_type=None,
            payload_sha256=None,
        )


@dataclass
class Session:
    run: Recorder


class Driver(Spider):
    name = "driver"

    def __init__(self, urls: list[str], proxy: str | None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.urls, self.proxy = urls, proxy
        self.session = Session(Recorder())
        self.said: list[dict[str, Any]] = []

    async def start(self) -> Any:
        for url in self.urls:
            request = Request(url, meta={"proxy": self.proxy} if self.proxy else {}, dont_filter=True)
            try:
                response = await self.crawler.engine.download_async(request)
                told = {"status": response.status, "body": response.body.hex(), "capture": response.meta["capture"].id}
            except Exception as error:  # noqa: BLE001 - every failure is told
                told = {"error": type(error).__name__, "capture": getattr(request.meta.get("capture"), "id", None)}
            self.said.append({"url": url, **told})
        for request in ():
            yield request


def main() -> None:
    task = json.loads(sys.argv[1])
    fixed = {
        "DOWNLOAD_HANDLERS": HANDLERS,
        "TWISTED_REACTOR": "twisted.internet.asyncioreactor.AsyncioSelectorReactor",
        "ALLOW_LOOPBACK": True,
        "RETRY_ENABLED": False,
        "REDIRECT_ENABLED": False,
        "LOG_ENABLED": False,
        "TELNETCONSOLE_ENABLED": False,
        "DOWNLOAD_TIMEOUT": 2,
        "DOWNLOAD_MAXSIZE": 100_000,
    }
    process = AsyncCrawlerProcess(Settings({**fixed, **task.get("settings", {})}))
    crawler = process.create_crawler(Driver)
    process.crawl(crawler, urls=task["urls"], proxy=task.get("proxy"))
    process.start()
    spider: Any = crawler.spider
    for exchange in spider.session.run.kept:
        print(json.dumps({name: _plain(getattr(exchange, name)) for name in Exchange.__dataclass_fields__}))
    print(json.dumps({"said": spider.said}))


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return {"hex": value.hex()}
    return value.isoformat() if isinstance(value, datetime) else value


if __name__ == "__main__":
    main()

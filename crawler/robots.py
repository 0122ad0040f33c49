"""robots.txt as RFC 9309 has it: 4xx means no rules, 5xx or no answer means: do not crawl now."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from archive.clock import now
from crawler.budget import HostHeld
from crawler.hours import Hours, OutsideVisitTime, refuse_outside
from crawler.session import Session

_MOST_BYTES = 512 * 1024
_LONGEST_DELAY = 60.0


class DisallowedByRobots(IgnoreRequest):
    """The host's robots.txt disallows the URL."""


class RobotsUnreachable(IgnoreRequest):
    """The host's robots.txt could not be had: complete disallow until it can (RFC 9309 §2.3.1.4)."""


class HostUnreachable(RobotsUnreachable):
    """The host gave no answer at all when it was asked for robots.txt."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What a host's robots.txt says. `parser` is None where there are no rules; `unreachable` says why it could not be had, and
    `is_silent` that the host gave no answer at all.
    """

    parser: Protego | None = None
    unreachable: str | None = None
    is_silent: bool = False

    def decision(self, url: str, agent: str) -> str:
        """Return `allowed`, `disallowed`, `no-robots` (there are no rules) or `unreachable` for a URL."""
        if self.unreachable is not None:
            return "unreachable"
        if self.parser is None:
            return "no-robots"
        return "allowed" if self.parser.can_fetch(url, agent) else "disallowed"

    def delay(self, agent: str) -> float:
        """Return the crawl-delay or request-rate that the rules ask for in seconds, 0 for none, capped at a minute."""
        said = self.parser.crawl_delay(agent) if self.parser else None
        rate = self.parser.request_rate(agent) if self.parser else None
        return min(max(float(said or 0), rate.seconds / rate.requests if rate else 0.0), _LONGEST_DELAY)

    def hours(self, agent: str) -> Hours | None:
        """Return the hours (UTC) that the rules name for visits, None where they name none."""
        said = self.parser.visit_time(agent) if self.parser else None
        return Hours(said.start_time, said.end_time, UTC) if said else None


def rules_of(status: int, body: bytes) -> Rules:
    """Return the rules of a robots.txt response by its final status and body (RFC 9309 §2.3.1).

    2xx is parsed (the first 500 KiB at least); 4xx, and 3xx that led nowhere, mean no rules; 5xx, and 429 as a temporary
    refusal, mean unreachable.
    """
    if 200 <= status < 300:
        return Rules(parser=Protego.parse(body[:_MOST_BYTES].decode("utf-8", "replace")))
    if status >= 500 or status == 429:
        return Rules(unreachable=f"robots.txt answered {status}")
    return Rules()


class RobotsMiddleware:
    """Asks each origin's robots.txt once, and puts the decision into `request.meta["robots"]` for the capture."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.agent: str = crawler.settings["ROBOTSTXT_USER_AGENT"]
        self._asked: dict[str, asyncio.Future[Rules]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RobotsMiddleware:
        """Return the middleware of a crawl."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Return None for an allowed request; raises DisallowedByRobots, RobotsUnreachable, OutsideVisitTime or HostHeld.

        The hours that robots.txt names are left in `request.meta["hours"]` for the handler, which looks again when the request goes out.
        """
        if request.meta.get("is_robots_txt"):
            return
        self._session.refuse_outside_hours()
        parts = urlsplit(request.url)
        rules = await self._rules(f"{parts.scheme}://{parts.netloc}")
        decision = rules.decision(request.url, self.agent)
        request.meta["robots"] = decision
        request.meta["site_maps"] = tuple(rules.parser.sitemaps) if rules.parser else ()
        if decision == "unreachable":
            kind = HostUnreachable if rules.is_silent else RobotsUnreachable
            raise kind(f"{parts.netloc} is not crawled now: {rules.unreachable}.")
        request.meta["hours"] = rules.hours(self.agent)
        refuse_outside(request.meta["hours"], now(), f"{parts.netloc}, by its robots.txt,")
        if decision == "disallowed":
            raise DisallowedByRobots(f"robots.txt of {parts.netloc} disallows {request.url}.")

    async def _rules(self, origin: str) -> Rules:
        if origin not in self._asked:
            self._asked[origin] = asyncio.ensure_future(self._ask(origin))
        try:
            return await asyncio.shield(self._asked[origin])
        except (HostHeld, OutsideVisitTime):
            self._asked.pop(origin, None)  # it was never asked: the next request may
            raise

    async def _ask(self, origin: str) -> Rules:
        request = Request(f"{origin}/robots.txt", meta={"is_robots_txt": True}, callback=NO_CALLBACK)
        assert self.crawler.engine is not None
        try:
            response: Response = await self.crawler.engine.download_async(request)
        except (HostHeld, OutsideVisitTime):
            raise
        except Exception as error:  # noqa: BLE001 - whatever kept robots.txt from us, the answer is: not now
            return Rules(unreachable=f"robots.txt could not be had ({error})", is_silent=True)
        rules = rules_of(response.status, response.body)
        self._slow_down(response, rules.delay(self.agent))
        return rules

    @property
    def _session(self) -> Session:
        assert self.crawler.spider is not None
        session: Session = self.crawler.spider.session  # type: ignore[attr-defined]
        return session

    def _slow_down(self, response: Response, delay: float) -> None:
        assert self.crawler.engine is not None
        downloader = self.crawler.engine.downloader
        key = str(response.meta["download_slot"])
        longest = max(delay, self.crawler.settings.getfloat("DOWNLOAD_DELAY"))
        downloader.per_slot_settings.setdefault(key, {})["delay"] = longest
        if key in downloader.slots:
            downloader.slots[key].delay = longest

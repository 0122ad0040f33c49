"""Hands out the frontier's best page, and no more of a host than it has free slots: so best-first holds, and a stop is quick."""

from __future__ import annotations

from collections import Counter, deque
from time import monotonic

from scrapy import Request, Spider
from scrapy.core.scheduler import BaseScheduler
from scrapy.crawler import Crawler

from archive.space import enough
from crawler.browser_gate import is_drawn
from crawler.frontier import Entry
from crawler.links import GOAL_FLOOR, LAST_RESORT
from crawler.session import Session
from crawler.urls import host_of, posted

_FEWER = 3
"""The part of the unpromising pages that is tried where a report was found, but no list of them."""


def request_of(entry: Entry, spider: Spider) -> Request:
    """Return the request for a leased page; its lease's key and its entry stand in `meta`."""
    headers = {"Referer": entry.referer} if entry.referer else {}
    url, form = posted(entry.url)
    url = spider.session.addressed(url)  # type: ignore[attr-defined]
    if entry.is_data:
        headers["X-Requested-With"] = "XMLHttpRequest"
    if form is not None:
        headers["Content-Type"] = "application/json" if form[:1] in {"{", "["} else "application/x-www-form-urlencoded"
    return Request(
        url,
        method="GET" if form is None else "POST",
        body=(form or "").encode(),
        callback=spider.parse,
        errback=spider.failed,  # type: ignore[attr-defined]
        headers=headers,
        # What a browser draws waits for its own requests: it must not hold the slot of the host that they need.
        meta={"entry": entry, "key": entry.key, **({"download_slot": "browser"} if is_drawn(entry) else {})},
    )


class FrontierScheduler(BaseScheduler):
    """Scrapy's scheduler over a `Frontier`: a new request is pushed, a retry or redirect goes on under its lease."""

    session: Session
    spider: Spider

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        settings = crawler.settings
        self.per_host = settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN")
        self.most_pages = settings.getint("CRAWL_MAX_PAGES")
        self.most_seconds = settings.getfloat("CRAWL_MAX_SECONDS")
        self.most_unpromising = settings.getint("CRAWL_MAX_UNPROMISING")
        self.reserve = settings.getint("DISK_RESERVE")
        self.began = monotonic()
        self.handed_out = 0
        self.unpromising = 0
        self.continued: deque[Request] = deque()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> FrontierScheduler:
        """Return the scheduler of a crawl."""
        return cls(crawler)

    def open(self, spider: Spider) -> None:
        """Take the spider's session: its frontier, and its tally."""
        self.spider = spider
        self.session = spider.session  # type: ignore[attr-defined]

    def has_pending_requests(self) -> bool:
        """Say whether there is anything left to ask for within the budget."""
        return bool(self.continued) or (not self._spent() and self.session.frontier.has_waiting(floor=self._floor()))

    def enqueue_request(self, request: Request) -> bool:
        """Push a new page, or go on with a leased one that is retried or redirected; False for one that is known."""
        entry: Entry = request.meta["entry"]
        if "key" not in request.meta:
            return self.session.frontier.push([entry]) > 0
        if request.url != posted(entry.url)[0] and not self.session.may_redirect(request):
            return False
        self.continued.append(request)
        return True

    def next_request(self) -> Request | None:
        """Return the best page of a host with a free slot, None for none now."""
        busy = self._busy()
        for _ in range(len(self.continued)):
            request = self.continued.popleft()
            if host_of(request.url) not in busy:
                return request
            self.continued.append(request)
        entry = None if self._spent() else self.session.frontier.lease(floor=self._floor(), busy=busy)
        if entry is None:
            return None
        self.handed_out += 1
        self.unpromising += entry.score < GOAL_FLOOR
        return request_of(entry, self.spider)

    def _busy(self) -> set[str]:
        """Hosts that rest, or whose slots are taken, by what is downloading and by what is being read: its links may be better."""
        engine = self.crawler.engine
        assert engine is not None
        slot = engine.scraper.slot
        at_work = [*engine.downloader.active, *(slot.active if slot else ()), *((r for _, r, _ in slot.queue) if slot else ())]
        counts = Counter(host_of(request.url) for request in at_work)
        return {host for host, count in counts.items() if count >= self.per_host} | self.session.refusals.resting()

    def _floor(self) -> int:
        """Return the score under which nothing is asked for: menu entries are tried until a list of reports was found.

        A report that no list named (it stands among the home's notices) is not the portal's: a few entries more are tried.
        """
        if self.session.plan is not None or (self.session.tally.reports and self.session.list_items):
            return GOAL_FLOOR
        most = self.most_unpromising // _FEWER if self.session.tally.reports else self.most_unpromising
        return GOAL_FLOOR if self.unpromising >= most else LAST_RESORT

    def _spent(self) -> bool:
        if self.session.tally.fatal is None and not enough(self.session.archive.root, self.reserve):
            self.session.tally.fatal = (
                f"The disk has less than {self.reserve >> 20} MiB free: the crawl stops, and can be taken up."
            )
        if self.session.tally.fatal is not None:
            return True
        spent = self.handed_out >= self.most_pages or monotonic() - self.began >= self.most_seconds
        if spent and self.session.frontier.has_waiting(floor=self._floor()):
            self.session.tally.out_of_budget = True
        return spent

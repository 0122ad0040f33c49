"""The spider `revisit`: looks again at what is known of a portal, lists first, and follows only what is new or due."""

from __future__ import annotations

from collections.abc import AsyncIterator

from scrapy import Request

from crawler.frontier import Entry
from crawler.plan import Plan
from crawler.spiders.annual_reports import AnnualReports


class Revisit(AnnualReports):
    """Asks for what its session's plan names; each page is read as at first."""

    name = "revisit"

    @property
    def plan(self) -> Plan:
        """What this revisit asks for."""
        return self.session.plan or Plan()

    async def start(self) -> AsyncIterator[Request]:
        """Yield the requests of the plan."""
        for entry in self.plan.entries:
            yield Request(entry.url, meta={"entry": entry})

    def _in_scope(self, entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
        return self.plan.wanted(super()._in_scope(entries))

"""The spider `probe`: a short crawl that remembers what each page was judged, for `python -m scrapy probe`."""

from __future__ import annotations

from typing import Any

from scrapy.http import Response

from crawler.frontier import Entry
from crawler.judge import judge
from crawler.probing import Seen
from crawler.responses import decoded, page_of
from crawler.session import Session
from crawler.spiders.annual_reports import AnnualReports
from pipelines.visits import Visit


class Probe(AnnualReports):
    """Crawls as `annual_reports` does, and keeps what it saw."""

    name = "probe"

    def __init__(self, session: Session, **kwargs: Any) -> None:
        super().__init__(session, **kwargs)
        self.seen: list[Seen] = []
        self.title = ""

    async def _page(self, response: Response, entry: Entry) -> Visit:
        page = page_of(decoded(response), response.url, entry)
        self.title = self.title or page.title
        self.seen.append(Seen(entry, response.url, judge(page, entry, family_name=self.session.portal.family)))
        return await super()._page(response, entry)

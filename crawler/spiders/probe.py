"""The spider `probe`: a short crawl that remembers what each page was judged, for `python -m scrapy probe`."""

from __future__ import annotations

from typing import Any

from crawler.frontier import Entry
from crawler.judge import Judgement
from crawler.pages import Page
from crawler.probing import Seen
from crawler.session import Session
from crawler.spiders.annual_reports import AnnualReports


class Probe(AnnualReports):
    """Crawls as `annual_reports` does, and keeps what it saw."""

    name = "probe"

    def __init__(self, session: Session, **kwargs: Any) -> None:
        super().__init__(session, **kwargs)
        self.seen: list[Seen] = []
        self.title = ""

    def _judged(self, page: Page, entry: Entry) -> Judgement:
        judged = super()._judged(page, entry)
        self.title = self.title or page.title
        self.seen.append(Seen(entry, page.url, judged))
        return judged

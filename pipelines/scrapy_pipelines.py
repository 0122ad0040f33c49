"""The thin Scrapy classes of a visit's way into the archive: read the report, store it, record the visit.

They find the run, and the tally that counts what they did, at the spider's session; what can't be read becomes a finding.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Self

from archive.errors import Unreadable
from archive.model import Finding, Report
from pipelines import READER_VERSION
from pipelines.attached import with_files
from pipelines.parts import read_whole
from pipelines.reader import read
from pipelines.visits import Candidate, Visit

_NO_CONTENT = frozenset(("other", "empty", "challenge_page", "not_found"))


def unread_finding(candidate: Candidate, report: Report) -> Finding | None:
    """Return a finding for a page titled as a report that was read as nothing of the kind, None for any other."""
    if not candidate.is_titled or report.kind not in _NO_CONTENT:
        return None
    says = f"{candidate.context.title or candidate.capture.url} is titled as an annual report, but was read as {report.kind!r}."
    return Finding(kind="unread_report", says=says, url=candidate.capture.url, capture=candidate.capture.id)


class _OfSession:
    def __init__(self, crawler: Any) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Any) -> Self:
        return cls(crawler)

    @property
    def session(self) -> Any:
        return self.crawler.spider.session


class ReadReport(_OfSession):
    """Reads a candidate as a report."""

    def process_item(self, item: Visit) -> Visit:
        """Return the visit with its report; one that can't be read is noted, and its page is `unreadable`."""
        candidate = item.candidate
        if candidate is None:
            return item
        try:
            report = read_whole(candidate.payload, candidate.context, candidate.files, read)
        except Unreadable as error:
            self.session.note(Finding(kind="unreadable", says=str(error), url=item.url, capture=candidate.capture.id))
            self._refuse(candidate, "unreadable")
            return replace(item, page_kind="unreadable")
        finding = unread_finding(candidate, report)
        if finding is not None:
            self.session.note(finding)
        report, unread = with_files(report, candidate.files, candidate.payload, candidate.context)
        for says in unread:
            self.session.note(Finding(kind="attachment", says=says, url=item.url, capture=candidate.capture.id))
        if report.kind != "annual_report":
            self._refuse(candidate, report.kind)
        return replace(item, report=report, page_kind=report.kind)

    def _refuse(self, candidate: Candidate, kind: str) -> None:
        facts = {"attachments": [one.attachment for one in candidate.files], "context": context_of(candidate)}
        self.session.run.refuse(candidate.capture, kind, reader_version=READER_VERSION, **facts)


class StoreReport(_OfSession):
    """Stores what was read as an annual report."""

    def process_item(self, item: Visit) -> Visit:
        """Return the visit unchanged, its report in the archive and counted."""
        if item.report is None or item.candidate is None or item.report.kind != "annual_report":
            return item
        context = context_of(item.candidate)
        stored = self.session.run.store(item.candidate.capture, item.report, reader_version=READER_VERSION, context=context)
        self.session.count(item.report, stored.document, is_new=stored.is_new, url=item.url)
        return item


class EndVisit(_OfSession):
    """Records the visit with its links, and ends the page's lease."""

    def process_item(self, item: Visit) -> Visit:
        """Return the visit unchanged, now durable."""
        self.session.run.visited(item.capture, links=item.links, page_kind=item.page_kind)
        item.ended(item.page_kind)
        return item


def context_of(candidate: Candidate) -> dict[str, Any]:
    """Return what the crawl knew of a payload, as JSON for the derivation event; what is not known is left out."""
    context = candidate.context
    names = ("url", "title", "anchor", "listed_on", "year_hint", "agency_hint", "site_name", "file_name")
    values = {name: getattr(context, name) for name in names}
    return {name: str(value) if name == "listed_on" else value for name, value in values.items() if value is not None}

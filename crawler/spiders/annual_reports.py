"""The spider `annual_reports`: from a portal's address to its annual reports (政府信息公开工作年度报告)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import Any, Self

from scrapy import Request, signals, Spider
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider, DontCloseSpider
from scrapy.http import Response
from scrapy.settings import BaseSettings
from twisted.python.failure import Failure

from archive.errors import UnwritableArchive
from archive.model import Capture, Finding, Portal
from crawler.absence import Absence
from crawler.attached import fetch_files, fetch_parts
from crawler.browser_gate import why_no_browser
from crawler.browser_need import is_undrawn, put_off
from crawler.browser_refusals import NotNeeded
from crawler.browser_rows import drawn_on, drawn_page, further
from crawler.budget import HostHeld
from crawler.challenges import challenge, fingerprint
from crawler.frontier import Entry
from crawler.guard import in_scope
from crawler.hours import OutsideVisitTime
from crawler.judge import judge, Judgement, names_a_report, statutory_headings, titled
from crawler.library import library_of
from crawler.links import COLUMN, PLATFORM
from crawler.pages import Page
from crawler.responses import answer_of, decoded, file_name, is_file, page_of, waits, why_failed
from crawler.robots import HostUnreachable
from crawler.second_look import SecondLook
from crawler.session import Session
from crawler.urls import goes_round, host_of, identity, posted, posting
from crawler.visiting import Visiting
from pipelines.attached import AttachedFile
from pipelines.reader import Context
from pipelines.visits import Candidate, Visit

_OF_ONE_REQUEST = ("download_latency", "redirect_", "retry_times")
"""What Scrapy's own parts keep of one request, and warn of where it is found in another."""

_MOST_SENT_ON = 3


def seeds(portal: Portal) -> Iterator[Entry]:
    """Yield where a crawl of a portal starts: its known columns, else and also its home."""
    for column in portal.columns:
        yield Entry(url=column, score=COLUMN, in_column=True, reasons=("a column of the registry",))
    yield Entry(url=portal.home, score=PLATFORM, reasons=("the portal's home",))


def user_agent(contact: str) -> str:
    """Return the honest user agent. Some portals refuse whatever does not begin with Mozilla/, robots.txt included."""
    return f"Mozilla/5.0 (compatible; Gongkai/0.1{f'; +{contact}' if contact else ''})"


class AnnualReports(Spider):
    """Finds a portal's annual reports, best link first, and gives one visit a page to the item pipelines."""

    name = "annual_reports"

    def __init__(self, session: Session, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.session = session
        self.absence = Absence(session)
        self.visiting = Visiting(session)
        self.second_look = SecondLook(session)
        self.library: dict[str, str] = {}
        self.last = self._last()

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Return the spider; errors of ours, in callbacks and item pipelines, are counted from here on."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        for signal in (signals.spider_error, signals.item_error):
            crawler.signals.connect(spider.count_error, signal)
        crawler.signals.connect(spider.look_again, signals.spider_idle)
        return spider

    def count_error(self, failure: Failure) -> None:
        """Count an error of ours, and keep the first one's sentence for the summary."""
        self.session.tally.errors += 1
        says = f"{type(failure.value).__name__}: {failure.value}"
        self.session.tally.first_error = self.session.tally.first_error or says

    def look_again(self) -> None:
        """When nothing else is left, ask for what a crawl asks last."""
        engine = self.crawler.engine
        requests = () if engine is None or self.session.tally.fatal else next(filter(None, self.last), ())
        for request in requests:
            engine.crawl(request)
        if requests:
            raise DontCloseSpider

    def _last(self) -> Iterator[tuple[Request, ...]]:
        """Yield the known reports that the portal's own ways did not lead to, one may be withdrawn; then proofs that the host means it."""
        if self.session.plan is None:
            left = self._in_scope(self.second_look.entries())
            yield tuple(Request(entry.url, meta={"entry": entry}) for entry in left)
        yield tuple(self.second_look.proofs())

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        """Put the user agent together from CONTACT, unless one is given on the command line."""
        super().update_settings(settings)
        settings.set("USER_AGENT", user_agent(settings["CONTACT"]), priority="spider")

    async def start(self) -> AsyncIterator[Request]:
        """Yield the requests that a crawl starts with; the frontier drops those that an interrupted crawl already had."""
        for entry in seeds(self.session.portal):
            yield Request(entry.url, meta={"entry": entry})

    async def parse(self, response: Response, **_: Any) -> AsyncIterator[Visit | Request]:
        """Yield the visit of one fetched page; for one that sends on to itself under another name (`/` to `/index.htm`), that request."""
        entry: Entry = response.meta["entry"]
        self.session.heard.add(host_of(response.url))
        blocked = challenge(answer_of(response))
        if blocked is not None:
            yield self.visiting.blocked(response, entry, blocked)
        elif response.status >= 400 or not response.body:
            yield self.visiting.missing(response, entry, "not_found" if response.status in {404, 410} else "error")
        elif is_file(response.body):
            yield self.visiting.visit(response, entry, "file", candidate=self._file_candidate(response, entry))
        else:
            try:
                yield await self._page(response, entry)
            except (HostHeld, OutsideVisitTime) as refusal:
                self._put_off(response.url, entry, refusal)

    def failed(self, failure: Failure) -> Request | None:
        """End the lease of a page that could not be had, with a finding that says why; or ask once by the other scheme."""
        request: Request = failure.request  # type: ignore[attr-defined]
        entry: Entry = request.meta["entry"]
        if isinstance(failure.value, UnwritableArchive):
            self.session.tally.fatal = str(failure.value)
            raise CloseSpider("unwritable archive")
        if self.crawler.engine is not None and not self.crawler.engine.running:
            return None  # the crawl was stopped: the lease is given back at the next start
        if isinstance(failure.value, NotNeeded):
            self.session.frontier.end(entry.key, "filled")
            return None
        if waits(failure.value):
            self._put_off(request.url, entry, failure.value)
            return None
        kind = why_failed(failure.value)
        other = self.session.other_scheme(request.url) if kind == "unreachable" else None
        if other is not None:
            says = f"{host_of(request.url)} gives no answer to {request.url} ({failure.value}); it is asked as {other} instead."
            self.session.note(Finding(kind="scheme", says=says, url=request.url))
            return request.replace(url=other, dont_filter=True)
        capture: Capture | None = request.meta.get("capture")
        says = f"{entry.url} could not be had: {failure.value or type(failure.value).__name__}"
        self.session.note(Finding(kind=kind, says=says, url=entry.url, capture=capture.id if capture else None))
        if isinstance(failure.value, HostUnreachable):
            self.session.frontier.blocked_hosts.add(host_of(request.url))
        self.session.frontier.end(entry.key, kind)
        return None

    def _put_off(self, url: str, entry: Entry, refusal: BaseException | None) -> None:
        self.visiting.put_off(url, entry, refusal, longest=self.settings.getfloat("REST_MAX_SECONDS"))

    async def _page(self, response: Response, entry: Entry) -> Visit | Request:
        address = posting(response.url, posted(entry.url)[1])
        page = page_of(decoded(response), address, entry, site_maps=response.meta.get("site_maps", ()))
        assert self.crawler.engine is not None
        library = await library_of(self.crawler.engine, self.session, page, entry, self.library)
        page = replace(page, library=library) if library else page
        page = drawn_page(page) if entry.drawn_from else page
        if leads_to := response.meta.get("leads_to"):
            sent_on = replace(entry, url=leads_to, drawn_from=None, referer=response.url)
            return self.visiting.visit(response, entry, "shell", follow=drawn_on(self._in_scope((sent_on,)), entry))
        judged = self._judged(page, entry)
        if (onward := self._same_page(response, entry, judged)) is not None:
            return onward
        is_shell = is_undrawn(page, entry, judged)
        if is_shell:
            has_browser = why_no_browser(self.settings) is None
            judged = put_off(page, entry, judged, response.meta["capture"], has_browser=has_browser)
        if judged.kind == "script_only":
            says = f"{response.url} holds nothing but script: it may be a challenge that we do not know."
            self.session.note(Finding(kind="script_only", says=says, url=response.url, capture=response.meta["capture"].id))
        if judged.kind == "empty_column":
            says = f"The column {response.url} is empty: it says so itself."
            self.session.note(Finding(kind="empty_column", says=says, url=response.url, capture=response.meta["capture"].id))
        if self._answers_with_index(page, entry, judged):
            is_decided = self.session.refusals.is_decided(host_of(response.url), entry.key, "softblock")
            verdict = await self.absence.verdict(self.crawler.engine, page, entry, judged) if is_decided else None
            return (
                self.visiting.missing(response, entry, verdict)
                if verdict == "not_found"
                else self.visiting.blocked(response, entry, "softblock")
            )
        # An application answers with the same shell for every address: that says nothing of what it would show.
        verdict = None if is_shell else await self.absence.verdict(self.crawler.engine, page, entry, judged)
        if verdict == "softblock":
            return self.visiting.blocked(response, entry, verdict)
        if judged.kind == "not_found" or verdict == "not_found":
            return self.visiting.missing(response, entry, "not_found")
        # All pages of an application come as the same shell: what the browser draws of them is compared.
        is_copy = not is_shell and self._is_copy(response, page, entry)
        named = (*judged.follow, *self._further(response, page, entry, judged))
        follow = () if is_copy else drawn_on((*self._in_scope(named), *self._next_page(judged, entry)), entry)
        if judged.kind == "list_page" and entry.key in self.session.known:
            self.visiting.sent_away(response, to_list=True)
        # What stands at a known report's address is read, whatever it is called now: it may be another paper.
        is_read = judged.is_candidate or (judged.kind == "other" and entry.key in self.session.known)
        candidate = await self._candidate(response, page, entry, judged) if is_read else None
        visit = self.visiting.visit(response, entry, judged.kind, follow=follow, candidate=candidate)
        is_named_anew = entry.drawn_from is not None and entry.url != response.url
        return (
            replace(visit, links=(*visit.links, entry.url)) if is_named_anew else visit
        )  # the click that a revisit knows it by

    def _further(self, response: Response, page: Page, entry: Entry, judged: Judgement) -> tuple[Entry, ...]:
        """Return what a drawn page leads to besides its links."""
        if entry.drawn_from is None:
            return ()
        turned = ((one.turns, one.html) for one in response.meta.get("turned", ()))
        depth = self.settings.getint("CRAWL_MAX_DEPTH")
        return further(page, entry, judged, turned, family=self.session.portal.family, most_depth=depth)

    def _judged(self, page: Page, entry: Entry) -> Judgement:
        depth = self.settings.getint("CRAWL_MAX_DEPTH")
        return judge(page, replace(entry, drawn_from=None), family_name=self.session.portal.family, most_depth=depth)

    def _same_page(self, response: Response, entry: Entry, judged: Judgement) -> Request | None:
        """Return the request for where a shell sends on to under its own identity, which goes on under its lease; None for any other."""
        onward = next((one.url for one in judged.follow if judged.kind == "shell" and one.key == entry.key), None)
        sent_on = response.meta.get("sent_on", 0)
        if response.request is None or onward is None or onward == response.url or sent_on >= _MOST_SENT_ON:
            return None
        own = {name: value for name, value in response.meta.items() if not name.startswith(_OF_ONE_REQUEST)}
        return response.request.replace(url=onward, meta={**own, "sent_on": sent_on + 1}, dont_filter=True)

    def _is_copy(self, response: Response, page: Page, entry: Entry) -> bool:
        """Say whether this page came from another address before: its relative links would lead round for ever.

        Exactly this page; where the address goes in rounds itself (`/gk/nb/gk/`), one with the same words.
        """
        digest: str | None = response.meta["capture"].payload_sha256
        if digest is None or entry.is_data or entry.number > 1:
            return False
        known = [digest, fingerprint(page)] if page.text else [digest]
        first = [self.session.first_seen(one, response.url, in_column=entry.in_column) for one in known]
        here = identity(response.url)
        return first[0] != here or (goes_round(response.url) and first[-1] != here)

    def _answers_with_index(self, page: Page, entry: Entry, judged: Judgement) -> bool:
        """Say whether an article's address gave a list page that is known from another address; remember list pages."""
        seen = fingerprint(page)
        if titled(entry) and seen in self.session.index_prints:
            return True
        if judged.kind == "list_page":
            self.session.index_prints.add(seen)
        return False

    def _in_scope(self, entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
        return tuple(entry for entry in entries if self._is_inside(entry.url))

    def _is_inside(self, url: str) -> bool:
        return in_scope(url, self.session.portal.home, self.settings.getlist("EXTRA_PUBLIC_SUFFIXES"))

    def _next_page(self, judged: Judgement, entry: Entry) -> tuple[Entry, ...]:
        """Return the next page of a list as long as this one brought new rows, else another address for this one."""
        if judged.kind != "list_page" and judged.following is None:
            return ()
        first = entry.list_of or (judged.following.list_of if judged.following else None) or entry.key
        if not self.session.brings_new(first, judged.items) and entry.number > 1:
            other = entry.next_alternative()
            return (other,) if other else ()
        onward = judged.following
        if onward is None or onward.number > self.settings.getint("CRAWL_MAX_LIST_PAGES"):
            return ()
        return self._in_scope((onward,))

    async def _candidate(self, response: Response, page: Page, entry: Entry, judged: Judgement) -> Candidate:
        assert self.crawler.engine is not None
        within = [link for link in judged.files if self._is_inside(link.url)][: self.settings.getint("CRAWL_MAX_ATTACHMENTS")]
        files = [fetched async for fetched in fetch_files(self.crawler.engine, self.session, page, within, owner=entry.key)]
        if not judged.report_is_file and (titled(entry) or statutory_headings(page)):
            files += [fetched async for fetched in fetch_parts(self.crawler.engine, self.session, page, owner=entry.key)]
        attached = tuple(AttachedFile(attachment=one.attachment, payload=one.response.body) for one in files)
        context = self._context(response, entry, page)
        main = next((fetched for fetched in files if is_file(fetched.response.body)), None) if judged.report_is_file else None
        if main is not None:
            context = replace(context, content_type=main.capture.media_type, file_name=file_name(main.link.url))
            return self._of(main.response.body, main.capture, context, entry, attached)
        return self._of(response.body, response.meta["capture"], context, entry, attached)

    def _file_candidate(self, response: Response, entry: Entry) -> Candidate:
        context = replace(self._context(response, entry), file_name=file_name(response.url))
        return self._of(response.body, response.meta["capture"], context, entry, ())

    def _of(
        self, payload: bytes, capture: Capture, context: Context, entry: Entry, files: tuple[AttachedFile, ...]
    ) -> Candidate:
        return Candidate(payload=payload, capture=capture, context=context, files=files, is_titled=names_a_report(entry))

    def _context(self, response: Response, entry: Entry, page: Page | None = None) -> Context:
        return Context(
            url=response.url,
            title=entry.title,
            anchor=entry.anchor,
            fetched_at=response.meta["capture"].fetched_at,
            content_type=(response.headers.get("Content-Type") or b"").decode("latin-1") or None,
            listed_on=entry.listed_date,
            year_hint=entry.year_hint,
            agency_hint=entry.agency_hint,
            site_name=page.site_name if page else None,
        )

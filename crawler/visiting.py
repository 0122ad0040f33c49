"""What becomes of a fetched page and of its lease: a visit that ends it, or a refusal after which it waits."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import partial

from scrapy.http import Response

from archive.model import Finding
from crawler.budget import HostHeld
from crawler.frontier import Entry
from crawler.links import LAST_RESORT
from crawler.refusals import Fate
from crawler.responses import why_failed
from crawler.session import Session
from crawler.urls import host_of
from pipelines.visits import Candidate, Visit


class Visiting:
    """Makes the visits of one crawl, and gives back the leases of pages that were refused."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def put_off(self, url: str, entry: Entry, refusal: BaseException | None, *, longest: float) -> None:
        """Let a page wait that can't be asked for now: until its host has rested, `longest` seconds at most, or for another day."""
        host = host_of(url)
        if isinstance(refusal, HostHeld) and refusal.seconds <= longest:
            self.session.refusals.rest(host, refusal.seconds)
        else:
            self.session.frontier.blocked_hosts.add(host)
            self.session.note(Finding(kind=why_failed(refusal), says=f"{entry.url} could not be had: {refusal}", url=entry.url))
        self.session.frontier.give_back(entry.key)

    def blocked(self, response: Response, entry: Entry, kind: str) -> Visit:
        """Return the visit of a page that was refused by a challenge or block: it waits, and its host rests or is left alone."""
        host, said = host_of(response.url), f"blocked:{kind}"
        if not any(one.kind == said and host_of(one.url or "") == host for one in self.session.tally.findings):
            says = f"{host} answered {response.url} with a challenge or block ({kind}, status {response.status})."
            self.session.note(Finding(kind=said, says=says, url=response.url, capture=response.meta["capture"].id))
        fate = self.session.refusals.refused(host, entry.key, kind)
        if fate.rest is None:
            self.session.frontier.blocked_hosts.add(host)
        elif fate.rest:
            self.session.budget.hold(host, fate.rest, time.time())  # for other processes, too
        visit = self.visit(response, entry, said)
        return visit if fate.is_its_own else replace(visit, ended=partial(self._give_back, entry.key, fate))

    def _give_back(self, key: str, fate: Fate, kind: str) -> None:
        self.session.tally.kinds[kind] += 1
        self.session.frontier.give_back(key, today=not fate.is_wall, behind=not fate.comes_first)

    def missing(self, response: Response, entry: Entry, kind: str) -> Visit:
        """Return the visit of a page that is not there; a list's next page is tried under its other address."""
        other = entry.next_alternative()
        if kind == "not_found":
            self.sent_away(response)
        if entry.number == 1 and entry.score > LAST_RESORT:
            says = f"{entry.title or entry.url} is not there: {response.url} answered {response.status}."
            self.session.note(Finding(kind=kind, says=says, url=entry.url, capture=response.meta["capture"].id))
        return self.visit(response, entry, kind, follow=(other,) if other else ())

    def sent_away(self, response: Response, *, to_list: bool = False) -> None:
        """Note of the page that a redirect led away from that nothing of it is there any more."""
        if (sent_by := response.meta.get("sent_by")) is not None:
            self.session.run.visited(sent_by, links=(), page_kind="not_found")
            if to_list:
                self.session.sends_away(sent_by)

    def visit(
        self, response: Response, entry: Entry, kind: str, *, follow: tuple[Entry, ...] = (), candidate: Candidate | None = None
    ) -> Visit:
        """Return the visit of a page, which ends its lease with what it leads to."""
        return Visit(
            url=response.url,
            capture=response.meta["capture"],
            page_kind=kind,
            links=tuple(one.url for one in follow),
            candidate=candidate,
            ended=partial(self._end, response.url, entry.key, follow),
        )

    def _end(self, url: str, key: str, follow: tuple[Entry, ...], kind: str) -> None:
        self.session.tally.kinds[kind] += 1
        self.session.frontier.end(key, kind, follow)
        is_report = kind == "annual_report"
        if self.session.refusals.gave(host_of(url), is_page=bool(follow), is_report=is_report):
            self.session.frontier.call_back(host_of(url))

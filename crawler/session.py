"""One crawl of one portal: what its parts share, how it is opened, and how it ends."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.settings import BaseSettings

from archive.clock import now
from archive.codec import loads
from archive.errors import Misuse
from archive.model import Capture, Finding, Portal, Report
from archive.run import Run
from archive.store import Archive
from crawler.budget import HostBudget
from crawler.due import SHANGHAI
from crawler.frontier import Entry, Frontier
from crawler.hours import hours_of, refuse_outside
from crawler.index_prints import index_prints
from crawler.known import known_reports, KnownReport, unfinished_runs
from crawler.links import COLUMN
from crawler.monitors import alarms, overdue
from crawler.plan import KNOWN, Plan, plan
from crawler.portals import find_portal, load_portals
from crawler.refusals import Refusals
from crawler.scratch_files import opened
from crawler.tally import StoredReport, Tally
from crawler.urls import host_of, identity

_KEPT_SETTINGS = (
    "CONTACT",
    "DOWNLOAD_DELAY",
    "CONCURRENT_REQUESTS_PER_DOMAIN",
    "CRAWL_MAX_PAGES",
    "CRAWL_MAX_DEPTH",
    "CRAWL_MAX_SECONDS",
    "ALLOW_LOOPBACK",
)


@dataclass
class Session:
    """What the parts of a crawl share. `family` and `most_*` come from the registry and the settings."""

    portal: Portal
    archive: Archive
    run: Run
    frontier: Frontier
    budget: HostBudget
    tally: Tally = field(default_factory=Tally)
    index_prints: set[str] = field(default_factory=set)
    """Fingerprints of list pages: an article that looks like one is a block that answers with the index."""
    pages: dict[tuple[str, bool], str] = field(default_factory=dict)
    """Where each page was first seen, by its digest and whether it was in the column."""
    list_items: dict[str, set[str]] = field(default_factory=dict)
    relaxed: set[str] = field(default_factory=set)
    """Hosts that failed a normal TLS handshake."""
    heard: set[str] = field(default_factory=set)
    """Hosts that have given an answer."""
    schemes: dict[str, str] = field(default_factory=dict)
    """The scheme by which a host is asked that gave no answer by the one that its links name."""
    taken_up: tuple[str, ...] = ()
    """The interrupted runs that this one goes on with: what they have fetched is not asked for again."""
    drawn_with: set[str] = field(default_factory=set)
    """Scripts that a browser has asked for: this run does not ask for them again to read them."""
    absent_targets: set[str] = field(default_factory=set)
    """Where hosts send whoever asks for what is not there, by identity, as proved."""
    sent_away: dict[str, list[Capture]] = field(default_factory=dict)
    """Redirects by which a host led from known reports to a list or the home."""
    refusals: Refusals = field(default_factory=Refusals)
    plan: Plan | None = None
    """What a revisit asks for, None for a crawl that looks for reports."""
    known: Mapping[str, KnownReport] = field(default_factory=dict)
    """The portal's reports that the archive had when this run began, by the identity of their URL."""

    def note(self, finding: Finding) -> None:
        """Store a finding with the run, and count it."""
        self.run.note(finding)
        self.tally.findings.append(finding)

    def count(self, report: Report, document: str, *, is_new: bool, url: str) -> None:
        """Count a stored report."""
        self.tally.stored.append(StoredReport(report=report, document=document, is_new=is_new, url=url))

    def other_scheme(self, url: str) -> str | None:
        """Return a URL by the other scheme, to be tried once a host; None where it was, where the host has answered, or where the URL names a port."""
        parts = urlsplit(url)
        host = parts.hostname or ""
        if parts.port is not None or host in self.schemes or host in self.heard:
            return None
        self.schemes[host] = "https" if parts.scheme == "http" else "http"
        return self.addressed(url)

    def addressed(self, url: str) -> str:
        """Return the URL by the scheme that its host answers to."""
        parts = urlsplit(url)
        scheme = self.schemes.get(parts.hostname or "") if parts.port is None else None
        return parts._replace(scheme=scheme).geturl() if scheme else url

    def refuse_outside_hours(self) -> None:
        """Raise OutsideVisitTime where the registry names hours for the portal and it is another time now."""
        hours = hours_of(self.portal.visit, SHANGHAI) if self.portal.visit else None
        refuse_outside(hours, now(), f"{self.portal.name}, by the registry,")

    def may_redirect(self, request: Request) -> bool:
        """Say whether a redirect's target is still to be fetched; one that somebody has had ends the lease as a duplicate."""
        entry: Entry = request.meta["entry"]
        if identity(request.url) == entry.key or request.meta.get("claimed") == identity(request.url):
            return True
        sent_by: Capture = request.meta.get("sent_by") or request.meta["capture"]
        is_away = entry.key in self.known and self.is_entrance(identity(request.url))
        if is_away:
            self.sends_away(sent_by)
        if self.frontier.claim(replace(entry, url=request.url), entry.key):
            request.meta["claimed"] = identity(request.url)
            request.meta["sent_by"] = sent_by
            return True
        kind = "not_found" if is_away or identity(request.url) in self.absent_targets else "duplicate"
        if kind == "not_found":
            self.run.visited(sent_by, links=(), page_kind=kind)
        self.frontier.end(entry.key, kind)
        self.tally.kinds[kind] += 1
        return False

    def is_entrance(self, target: str) -> bool:
        """Say whether a redirect's target, by identity, is the home or a list that was met before."""
        return target == identity(self.portal.home) or self.frontier.is_column(target, least=COLUMN)

    def sends_away(self, capture: Capture) -> None:
        """Remember a redirect that leads from a known report to a list or the home."""
        self.sent_away.setdefault(host_of(capture.url), []).append(capture)

    def first_seen(self, digest: str, url: str, *, in_column: bool) -> str:
        """Return the identity of the address at which this crawl first had exactly this page."""
        return self.pages.setdefault((digest, in_column), identity(url))

    def brings_new(self, list_of: str, items: frozenset[str]) -> bool:
        """Say whether a list page has rows that no page before it of the same list had, and remember them."""
        known = self.list_items.setdefault(list_of, set())
        is_new = bool(items - known)
        known |= items
        return is_new

    def changes(self) -> dict[str, int]:
        """Return how many changes of which verdict the pages of this run showed; after `close`."""
        return {row["verdict"]: row["n"] for row in self.archive.catalog.rows(_CHANGES, [self.run.id])}

    def _monitor(self) -> None:
        if self.plan is None:
            for alarm in alarms(self.tally.counts(), _past_counts(self.archive, self.portal.id), portal=self.portal.name):
                self.note(alarm)
        self.archive.catalog.catch_up()
        today = now().astimezone(SHANGHAI).date()
        for alarm in overdue(_years(self.archive, self.portal.id), today, portal=self.portal.name):
            self.note(alarm)

    def close(self) -> str:
        """End the run with its outcome and close the frontier; return the outcome.

        What was stopped is taken up by the next crawl; an error of ours is not, lest the same page fail for ever.
        """
        if self.plan is None:
            silent = {host for host in self.frontier.blocked_hosts if not self.refusals.has_given(host)}
            self.frontier.let_be(silent - {host_of(self.portal.home)}, reason=KNOWN)
        self.tally.cut_off = self.frontier.has_blocked()
        outcome = self.tally.outcome()
        if outcome not in {"stopped", "failed"}:
            self._monitor()
        self.budget.close()
        is_open = outcome in {"stopped", "budget"} or self.tally.fatal or self.tally.cut_off
        self.frontier.close(finished=not is_open)
        self.run.finish(outcome, self.tally.counts())
        return outcome


def _past_counts(archive: Archive, portal: str) -> list[dict[str, int]]:
    rows = archive.catalog.rows(_PAST, [portal])
    return [loads(row["counts"]) for row in rows]


def _years(archive: Archive, portal: str) -> dict[int, int]:
    return {row["report_year"]: row["n"] for row in archive.catalog.rows(_YEARS, [portal])}


_CHANGES = """
SELECT verdict, count(*) AS n FROM changes WHERE new_capture IN (SELECT id FROM captures WHERE run = ?)
GROUP BY verdict ORDER BY verdict
"""
_PAST = """
SELECT counts FROM runs WHERE portal = ? AND kind = 'crawl' AND outcome = 'finished' ORDER BY id DESC LIMIT 10
"""
_YEARS = """
SELECT p.report_year, count(*) AS n FROM reports p WHERE p.kind = 'annual_report' AND p.report_year IS NOT NULL
AND p.identity IN (SELECT s.identity FROM sightings s JOIN runs r ON r.id = s.run WHERE r.portal = ?) GROUP BY p.report_year
"""


def open_session(
    settings: BaseSettings, named: str, *, revisit: bool = False, due_only: bool = False, budget_of: Path | None = None
) -> Session:
    """Return the session of a crawl of a portal given by id or URL; of a revisit, with its plan.

    `budget_of` is the archive whose hosts' budget is shared, its own where it is None.

    Raises UnknownPortal, BadRegistry, UnwritableArchive, AlreadyRunning, or Misuse for a portal that is paused.
    """
    portal = find_portal(named, registered(settings))
    if portal.paused:
        raise Misuse(f"The portal {portal.id} is paused in the registry{f': {portal.note}' if portal.note else ''}.")
    archive = Archive.open(Path(settings["ARCHIVE_ROOT"]))
    kind = "revisit" if revisit else "crawl"
    kept = {**kept_settings(settings), "home": portal.home}
    before = unfinished_runs(archive, portal.id, kind, now())
    run = archive.start_run(kind, portal=portal.id, settings=kept)
    try:
        path = archive.root / "frontier" / f"{portal.id}{'.revisit' if revisit else ''}.sqlite"
        frontier, anew = opened(path, lambda file: Frontier(file, may_resume=bool(before)))
        budget, turns_anew = opened((budget_of or archive.root) / "locks" / "hosts.sqlite", HostBudget)
        archive.repairs += anew + turns_anew
        planned = plan(archive, portal.id, now=now(), due_only=due_only) if revisit else None
    except BaseException:
        run.finish("failed", {})
        raise
    known = known_reports(archive, portal.id)
    session = Session(portal=portal, archive=archive, run=run, frontier=frontier, budget=budget, plan=planned, known=known)
    session.refusals = Refusals(settings.getfloat("BACKOFF_SECONDS"))
    session.taken_up = before if frontier.resumed or frontier.is_new else ()
    session.index_prints |= index_prints(archive, session.taken_up) if session.taken_up else set()
    session.tally.is_revisit = revisit
    if frontier.resumed:
        session.tally.reports_before = frontier.outcomes().get("annual_report", 0)
    return session


def registered(settings: BaseSettings) -> dict[str, Portal]:
    """Return the portals of the registries that the settings name. Raises BadRegistry."""
    return load_portals(Path(path) for path in settings.getlist("PORTAL_REGISTRIES"))


def kept_settings(settings: BaseSettings) -> Mapping[str, Any]:
    """Return the settings that a run's journal event keeps: those that say how it asked and how far it went."""
    kept: dict[str, Any] = {}
    for name in _KEPT_SETTINGS:
        kept[name] = settings[name]
        with suppress(TypeError, ValueError):
            kept[name] = int(settings[name])
    return kept

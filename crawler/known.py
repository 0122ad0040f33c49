"""What the archive knows of a portal: its reports with the links that led to them, and the lists that named them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from archive.clock import moment, stamp
from archive.codec import dumps, Json, loads
from archive.journal import read_lines
from archive.schema import Row
from archive.store import Archive
from crawler.states import clicked
from crawler.urls import identity

_PAGES = frozenset(("list_page", "other", "shell"))
_REPORTS = """
SELECT d.url, d.context, o.report_year FROM derivations d
JOIN runs r ON r.id = d.run JOIN documents o ON o.sha256 = d.document
WHERE r.portal = ? AND o.kind = 'annual_report' ORDER BY d.at, d.event
"""
_ASKED = "SELECT DISTINCT url FROM captures WHERE run IN (SELECT value FROM json_each(?))"
_LAST_LOOK = """
SELECT fetched_at, status, EXISTS (SELECT 1 FROM visits WHERE capture = captures.id AND page_kind = 'not_found') AS is_missing
FROM captures WHERE url = ? ORDER BY fetched_at DESC, id DESC LIMIT 1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """The last look at a page: when (None for never), and whether it was gone."""

    at: datetime | None = None
    is_gone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownReport:
    """A report's page. `context` is what the crawl knew of it: title, anchor and hints of the link that led to it."""

    url: str
    report_year: int | None
    context: Json


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownList:
    """A page that leads to reports. `is_column` says that most of what it names are reports; else it leads to such pages."""

    url: str
    is_column: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Visited:
    """A page that a crawl has read: what it was, and what it led to."""

    url: str
    page_kind: str
    links: tuple[str, ...]


def known_reports(archive: Archive, portal: str) -> dict[str, KnownReport]:
    """Return the pages of a portal's reports by the identity of their URL, as read last."""
    found: dict[str, KnownReport] = {}
    for row in archive.catalog.rows(_REPORTS, [portal]):
        context = loads(row["context"])
        url = context.get("url") or row["url"]
        found[identity(url)] = KnownReport(url=url, report_year=row["report_year"], context=context)
    return found


def last_look(archive: Archive, url: str) -> Look:
    """Return the last look at a URL, whatever it answered."""
    row = archive.catalog.one(_LAST_LOOK, [url])
    if row is None:
        return Look()
    return Look(at=moment(row["fetched_at"]), is_gone=row["status"] in {404, 410} or bool(row["is_missing"]))


def asked_in(archive: Archive, runs: Iterable[str]) -> frozenset[str]:
    """Return the identities of the pages that some runs have asked for, whatever came."""
    rows = archive.catalog.rows(_ASKED, [dumps(list(runs))])
    return frozenset(identity(row["url"]) for row in rows)


def visits_of(archive: Archive, portal: str) -> Iterator[Visited]:
    """Yield the pages that crawls of a portal have read, oldest first, from the journals: they alone keep the links."""
    runs = archive.catalog.rows("SELECT id FROM runs WHERE portal = ? ORDER BY id", [portal])
    for run in runs:
        yield from (_visited(event) for event in events_of(archive, run["id"]) if event["event"] == "visited")


def events_of(archive: Archive, run: str) -> Iterator[Row]:
    """Yield the events that a run has journalled, in order; damaged lines are `verify`'s to name."""
    for path in sorted((archive.root / "journal").glob(f"*/*/*/{run}.jsonl")):
        yield from (line.event for line in read_lines(path) if line.event is not None)


def _visited(event: Json) -> Visited:
    return Visited(url=event["url"], page_kind=event["page_kind"], links=tuple(event["links"]))


_RUNS = "SELECT id, outcome, started_at FROM runs WHERE portal = ? AND kind = ? AND started_at >= ? ORDER BY id DESC"
_UNFINISHED = frozenset((None, "killed", "stopped", "budget", "failed", "blocked"))


_STALE = {"crawl": timedelta(days=30), "revisit": timedelta(days=3)}
"""What an interrupted run has fetched longer ago is asked for afresh."""
_BLOCKED_STALE = timedelta(days=3)
"""So long the rest of what a blocked crawl left is tried; after that the portal is looked through anew, lest new reports be missed."""


def unfinished_runs(archive: Archive, portal: str, kind: str, now: datetime) -> tuple[str, ...]:
    """Return the runs of a portal's last crawl (or revisit) that did not come to its end, newest first; none that are stale.

    Where an error of ours ended one it counts only as the last: the crawl after it began afresh.
    """
    rows = archive.catalog.rows(_RUNS, [portal, kind, stamp(now - _STALE[kind])])
    found: list[str] = []
    for row in rows:
        is_stale = row["outcome"] == "blocked" and moment(row["started_at"]) < now - _BLOCKED_STALE
        if row["outcome"] not in _UNFINISHED or is_stale or (found and row["outcome"] == "failed"):
            break
        found.append(row["id"])
    return tuple(found)


def clicks_of(archive: Archive, portal: str, reports: dict[str, KnownReport]) -> frozenset[str]:
    """Return the identities of the clicks that opened known reports of an application: other names of theirs."""
    found: set[str] = set()
    for one in visits_of(archive, portal):
        if identity(one.url) in reports:
            found |= {identity(link) for link in one.links if clicked(link)[1]}
        elif clicked(one.url)[1] and any(identity(link) in reports for link in one.links):
            found.add(identity(one.url))
    return frozenset(found)


def known_lists(
    archive: Archive, portal: str, reports: dict[str, KnownReport], clicks: frozenset[str] = frozenset()
) -> list[KnownList]:
    """Return the pages that named a portal's reports, and those that named these, as they were read last.

    `clicks` name reports too; a page that is one of them is none of the lists.
    """
    named = reports.keys() | clicks
    pages = {identity(one.url): one for one in visits_of(archive, portal) if one.page_kind in _PAGES}
    leads = {key: [identity(link) for link in page.links] for key, page in pages.items() if key not in named}
    near = {key: sum(link in named for link in links) for key, links in leads.items()}
    columns = {key for key, count in near.items() if count}
    above = {key for key, links in leads.items() if key not in columns and any(link in columns for link in links)}
    found = [KnownList(url=pages[key].url, is_column=near[key] * 2 >= len(leads[key])) for key in leads if key in columns]
    return found + [KnownList(url=pages[key].url, is_column=False) for key in leads if key in above]

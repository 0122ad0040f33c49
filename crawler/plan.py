"""What a revisit of a portal asks for: its lists first, since they name what is new, then its reports, newest first."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from archive.store import Archive
from crawler.due import is_due, list_interval, report_interval, SHANGHAI
from crawler.frontier import Entry
from crawler.known import clicks_of, known_lists, known_reports, KnownList, KnownReport, last_look
from crawler.links import GOAL_FLOOR, REPORT

_LIST_SCORE = REPORT + 20
KNOWN = "a known report"
"""Why a report is asked for that no page of this crawl names."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a revisit asks for, and the keys of all known reports: asked for now, or left for another day."""

    entries: tuple[Entry, ...] = ()
    known: frozenset[str] = frozenset()

    def wanted(self, entries: Iterable[Entry]) -> tuple[Entry, ...]:
        """Return the entries that lead to something new."""
        return tuple(entry for entry in entries if entry.key not in self.known)


def plan(archive: Archive, portal: str, *, now: datetime, due_only: bool) -> Plan:
    """Return the plan for a portal; with `due_only` what was seen lately is left out."""
    reports = known_reports(archive, portal)
    clicks = clicks_of(archive, portal, reports)
    lists = known_lists(archive, portal, reports, clicks)
    wanted = {key for key, one in reports.items() if not due_only or _report_due(archive, one, now)}
    first = [list_entry(one) for one in lists if not due_only or _list_due(archive, one, now)]
    known = sorted((report_entry(reports[key], now) for key in wanted), key=lambda entry: -entry.score)
    return Plan((*first, *known), clicks | reports.keys())


def unlisted(reports: Mapping[str, KnownReport], asked: Container[str], now: datetime) -> tuple[Entry, ...]:
    """Return the entries of known reports, by identity, that a crawl has not asked for: no list that it read names them any more."""
    return tuple(report_entry(one, now) for key, one in reports.items() if key not in asked)


def list_entry(one: KnownList) -> Entry:
    """Return the entry of a known list."""
    why = ("a list that named reports",) if one.is_column else ("it leads to lists of reports",)
    return Entry(url=one.url, score=_LIST_SCORE, in_column=one.is_column, reasons=why)


def report_entry(one: KnownReport, now: datetime) -> Entry:
    """Return the entry of a known report, with the words that led to it at first; older reports score less."""
    age = max(0, now.astimezone(SHANGHAI).year - (one.report_year or 0))
    names = ("title", "anchor", "listed_on", "year_hint", "agency_hint")
    said: dict[str, Any] = {name: one.context.get(name) for name in names}
    return Entry(url=one.url, score=max(GOAL_FLOOR, GOAL_FLOOR + 30 - age), reasons=(KNOWN,), **said)


def _report_due(archive: Archive, one: KnownReport, now: datetime) -> bool:
    look = last_look(archive, one.url)
    today = now.astimezone(SHANGHAI).date()
    return is_due(look.at, report_interval(one.report_year, today, is_gone=look.is_gone), now)


def _list_due(archive: Archive, one: KnownList, now: datetime) -> bool:
    return is_due(last_look(archive, one.url).at, list_interval(now.astimezone(SHANGHAI).date()), now)


def crawled_portals(archive: Archive) -> list[str]:
    """Return the portals that have been crawled, by id."""
    rows = archive.catalog.rows("SELECT DISTINCT portal FROM runs WHERE kind = 'crawl' AND portal IS NOT NULL ORDER BY portal")
    return [row["portal"] for row in rows]

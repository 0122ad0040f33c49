"""Why a report is not there: what a portal's crawls prove, and what else may be the cause. Never that a report does not exist."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal

from archive.coverage_organs import Organ
from archive.coverage_seen import Crawl, crawls_of, nameless_reports, portals_of, Region, Unread, unread_pages
from archive.tables import Tables


@dataclass(frozen=True, slots=True, kw_only=True)
class Absent:
    """What is known of a report that was not read: `not_due`, `unreadable`, `not_found` or `unknown`, why, and by which run."""

    state: Literal["not_due", "unreadable", "not_found", "unknown"]
    says: str
    portal: str | None = None
    run: str | None = None
    url: str | None = None


def judged(crawls: list[Crawl], portal: str, due: date, *, nameless: int, unread: int) -> Absent:
    """Return what the crawls of one portal, newest first, say of a report that they did not bring. Pure.

    `nameless` counts reports of that portal that name no agency or year, `unread` pages that may be the report: it may be among them.
    """
    if not crawls:
        return Absent(state="unknown", says=f"{portal} was never crawled", portal=portal)
    whole = next((crawl for crawl in crawls if crawl.is_whole), None)
    if whole is None or whole.on <= due:
        return _not_whole(crawls[0], whole, due)
    doubts = [f"{nameless} reports there name no agency or year"] if nameless else []
    doubts += [f"{unread} pages there could not be read"] if unread else []
    says = f"{portal} was crawled whole on {whole.on}, after the deadline"
    if doubts:
        return Absent(state="unknown", says=f"{says}; but {' and '.join(doubts)}", portal=portal, run=whole.run)
    return Absent(state="not_found", says=f"{says}, and it was not there", portal=portal, run=whole.run)


def _not_whole(last: Crawl, whole: Crawl | None, due: date) -> Absent:
    unseen = ", ".join(f"{kind} {n}" for kind, n in last.unseen)
    ended = last.outcome if last.outcome != "finished" else f"not seen: {unseen}" if unseen else "whole"
    says = f"{last.portal} was last crawled on {last.on} ({ended})"
    if last is whole or last.on <= due:
        says += ", not since the deadline"
    return Absent(state="unknown", says=says, portal=last.portal, run=last.run)


@dataclass
class Witness:
    """What can be said of the reports that a region lacks. Asks the catalog once for each portal, and only where one is lacking."""

    tables: Tables
    region: Region

    def __post_init__(self) -> None:
        """Know no portal yet."""
        self._crawls: dict[str, list[Crawl]] = {}
        self._nameless: dict[tuple[str, int], int] = {}
        self._unread: dict[str, list[Unread]] = {}
        self._doubtful: dict[str, list[frozenset[str]]] = {}

    def of(self, organ: Organ, name: str, year: int, due: date, today: date) -> Absent:
        """Return what is known of an organ's report for a year that the archive does not hold."""
        portal = self._portals.get(organ) or self._of_place.get(organ.place)
        found = self._unreadable(organ, name, year, portal) if portal else None
        if found is not None:
            return found
        if today <= due:
            return Absent(state="not_due", says=f"due on {due}")
        if portal is None:
            return Absent(state="unknown", says="no portal that would publish it was ever crawled")
        return self._by_portal(portal, year, due)

    def _by_portal(self, portal: str, year: int, due: date) -> Absent:
        if portal not in self._crawls:
            self._crawls[portal] = list(crawls_of(self.tables, portal))
        nameless = self._nameless.get((portal, year))
        if nameless is None:
            nameless = self._nameless[portal, year] = nameless_reports(self.tables, portal, year)
        # A page that names no organ, and no year or this one, may be the report.
        unread = sum(not years or str(year) in years for years in self._doubtful_of(portal))
        return judged(self._crawls[portal], portal, due, nameless=nameless, unread=unread)

    def _unreadable(self, organ: Organ, name: str, year: int, portal: str) -> Absent | None:
        names = {name, *(seen.row["agency"] for seen in self.region.reports.get(organ, {}).values())}
        for page in self._unread_of(portal):
            if str(year) in page.says and any(each in page.says for each in names):
                return Absent(state="unreadable", says=page.says, portal=portal, url=page.url)
        return None

    def _doubtful_of(self, portal: str) -> list[frozenset[str]]:
        if portal not in self._doubtful:
            self._doubtful[portal] = doubtful(self._unread_of(portal), self._known_names)
        return self._doubtful[portal]

    def _unread_of(self, portal: str) -> list[Unread]:
        if portal not in self._unread:
            self._unread[portal] = unread_pages(self.tables, portal)
        return self._unread[portal]

    @cached_property
    def _known_names(self) -> frozenset[str]:
        return frozenset(seen.row["agency"] for years in self.region.reports.values() for seen in years.values())

    @cached_property
    def _portals(self) -> dict[Organ, str]:
        """The portal on which each organ was seen last."""
        last = {organ: years[max(years)].row["capture"] for organ, years in self.region.reports.items()}
        portals = portals_of(self.tables, last.values())
        return {organ: portals[capture] for organ, capture in last.items() if capture in portals}

    @cached_property
    def _of_place(self) -> dict[str | None, str]:
        """The portal that most organs of each place publish on."""
        counts: dict[str | None, Counter[str]] = {}
        for organ, portal in self._portals.items():
            counts.setdefault(organ.place, Counter())[portal] += 1
        return {place: max(sorted(found), key=lambda each: found[each]) for place, found in counts.items()}


def doubtful(pages: Iterable[Unread], names: frozenset[str]) -> list[frozenset[str]]:
    """Return, for each page that could not be read and names no organ that is known, the years that it names. Pure."""
    titles = (page.says.partition(" is titled ")[0] for page in pages if not any(name in page.says for name in names))
    return [frozenset(_YEAR.findall(title)) for title in titles]


_YEAR = re.compile(r"20\d\d")

"""What the catalog holds about the organs of a region: their reports, what became of them, and how their portals were crawled.

Every look-up goes by an index: reports of a region by the range of their identities, all else by what was found there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from archive.clock import moment
from archive.codec import loads
from archive.coverage_due import today_there
from archive.coverage_organs import Organ, organ_of
from archive.schema import Row
from archive.tables import Tables

HARMLESS = ("attachment", "scheme", "tls-relaxed", "monitor", "unread_report", "unreadable", "out-of-scope", "no_identity")
"""Kinds of findings that do not say that a crawl left a part of its portal unseen. What could not be read is asked for by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One report that the archive holds: whose, for which year, and the row of it."""

    organ: Organ
    year: int
    row: Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Crawl:
    """How a portal was crawled at a time: its run, the outcome, and what of it was not seen, by kind."""

    portal: str
    run: str
    started_at: datetime
    outcome: str
    unseen: tuple[tuple[str, int], ...]

    @property
    def is_whole(self) -> bool:
        """Whether the crawl came to its end and left nothing of the portal unseen, as far as it knows."""
        return self.outcome == "finished" and not self.unseen

    @property
    def on(self) -> date:
        """The date in Asia/Shanghai on which it began."""
        return today_there(self.started_at)


@dataclass(frozen=True, slots=True)
class Unread:
    """A page that is titled as a report and could not be read: what the finding says, and where it is."""

    says: str
    url: str | None
    portal: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """When a report was withdrawn, and by what it is known."""

    at: str
    says: str
    change: str


@dataclass
class Region:
    """All reports of a region's organs, by organ and year."""

    reports: dict[Organ, dict[int, Seen]] = field(default_factory=dict)

    def add(self, row: Row) -> None:
        """Take a report in."""
        key, _, year = str(row["identity"]).rpartition("|")
        seen = Seen(organ=organ_of(key), year=int(year), row=row)
        self.reports.setdefault(seen.organ, {})[seen.year] = seen


def reports_of_region(tables: Tables, prefix: str) -> Region:
    """Return the reports of all organs whose place begins with these digits."""
    return _region(tables.rows(_IN_RANGE, [prefix, prefix + ":"]))


def reports_of_names(tables: Tables) -> Region:
    """Return the reports of all organs that are called by a name alone: ministries, and those whose division is not known."""
    return _region(tables.rows(_IN_RANGE, ["\x80", "\U0010ffff"]))


def reports_of_keys(tables: Tables, keys: Iterable[str]) -> Region:
    """Return the reports of the organs of these keys."""
    return _region(row for key in keys for row in list(tables.rows(_IN_RANGE, [f"{key}|", f"{key}}}"])))


def keys_named(tables: Tables, part: str) -> frozenset[str]:
    """Return the keys of the organs that have a report under a name that contains `part`."""
    rows = tables.rows(_NAMED, [part])
    return frozenset(str(row["identity"]).rpartition("|")[0] for row in rows)


def _region(rows: Iterable[Row]) -> Region:
    found = Region()
    for row in rows:
        found.add(row)
    return found


def printed_dates(tables: Tables, documents: Iterable[str]) -> dict[str, Row]:
    """Return, by document, the date that a report says it was published on, its title and how many cells could not be read."""
    return {row["sha256"]: row for row in tables.among(_DOCUMENTS, documents)}


def portals_of(tables: Tables, captures: Iterable[str]) -> dict[str, str]:
    """Return, by capture, the portal over which it was made; those that no crawl made are left out."""
    return {row["id"]: row["portal"] for row in tables.among(_PORTALS, captures)}


def withdrawals(tables: Tables, identities: Iterable[str]) -> dict[str, Gone]:
    """Return the withdrawals that stand, by identity: not those of reports that were restored since."""
    last: dict[str, Row] = {}
    for row in tables.among(_WITHDRAWN, identities):
        last[row["identity"]] = row
    return {
        identity: Gone(at=row["seen_at"], says=row["says"], change=row["id"])
        for identity, row in last.items()
        if row["verdict"] == "withdrawn"
    }


def crawls_of(tables: Tables, portal: str) -> Iterator[Crawl]:
    """Yield the crawls of a portal that look for reports, newest first; revisits do not count: they ask for what is known."""
    for row in list(tables.rows(_CRAWLS, [portal])):
        yield Crawl(
            portal=portal,
            run=row["id"],
            started_at=moment(row["started_at"]),
            outcome=row["outcome"] or "running",
            unseen=_unseen(loads(row["counts"] or "{}")),
        )


def _unseen(counts: dict[str, int]) -> tuple[tuple[str, int], ...]:
    found = ((name.removeprefix("findings."), n) for name, n in sorted(counts.items()) if name.startswith("findings."))
    noted = tuple((kind, n) for kind, n in found if kind.partition(":")[0] not in HARMLESS)
    undrawn = counts.get("pages.undrawn", 0)
    return (*noted, ("undrawn", undrawn)) if undrawn else noted


def unread_pages(tables: Tables, portal: str) -> list[Unread]:
    """Return every page of a portal that a crawl took for a report and no reader could read, once for each page."""
    rows = {row["url"]: row for row in tables.rows(_UNREAD, [portal])}
    return [Unread(row["says"], row["url"], portal) for row in rows.values()]


def nameless_reports(tables: Tables, portal: str, year: int) -> int:
    """Return how many reports found on a portal, of this year or of a year not known, name no agency that is certain."""
    row = tables.one(_NAMELESS, [year, portal])
    return int(row["n"]) if row else 0


_IN_RANGE = """
SELECT identity, agency, source_class, url, capture, document, first_seen, last_seen FROM reports
WHERE identity >= ?1 AND identity < ?2 AND provisional = 0
"""
_NAMED = """
SELECT DISTINCT identity FROM reports WHERE agency IN (SELECT name FROM agencies WHERE instr(name, ?)) AND provisional = 0
"""
_DOCUMENTS = """
SELECT sha256, published_on, title, cells_unread FROM documents WHERE sha256 IN (SELECT value FROM json_each(?1))
"""
_PORTALS = """
SELECT c.id, r.portal FROM captures c JOIN runs r ON r.id = c.run
WHERE c.id IN (SELECT value FROM json_each(?1)) AND r.portal IS NOT NULL
"""
_WITHDRAWN = """
SELECT identity, verdict, seen_at, says, id FROM changes
WHERE identity IN (SELECT value FROM json_each(?1)) AND +verdict IN ('withdrawn', 'restored') ORDER BY seen_at, id
"""
"""By the reports' identities (`+` leaves the verdicts' index alone): withdrawn reports of all regions are many."""
_CRAWLS = (
    "SELECT id, started_at, outcome, counts FROM runs WHERE portal = ? AND kind = 'crawl' ORDER BY started_at DESC, id DESC"
)
_UNREAD = """
SELECT f.says, f.url FROM runs r JOIN findings f ON f.run = r.id
WHERE r.portal = ? AND f.kind IN ('unread_report', 'unreadable') ORDER BY f.at, f.id
"""
_NAMELESS = """
SELECT count(*) AS n FROM (
    SELECT capture FROM reports WHERE report_year IS NULL AND kind = 'annual_report'
    UNION ALL SELECT capture FROM reports WHERE report_year = ?1 AND agency IS NULL AND kind = 'annual_report'
) p JOIN captures c ON c.id = p.capture JOIN runs r ON r.id = c.run WHERE r.portal = ?2
"""

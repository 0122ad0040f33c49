"""Judges a crawl of a sample portal: what it found against what is there, and every request against what was allowed.

The found rows are those of `python -m archive list --json`; the requests are the server's own log.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from samples.portals import portals, report_of
from samples.reports import SampleReport
from samples.site import Portal

Found = Mapping[str, Any]
Log = Iterable[Mapping[str, Any]]
WALL_REQUESTS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The verdict on one crawl. A wrong cell is a number that is not what the report prints; an unread one is no fault."""

    portal: str
    expected: int
    found: int
    missing: tuple[str, ...]
    extra: tuple[str, ...]
    requests: int
    most_requests: int
    fetched_twice: tuple[str, ...]
    forbidden: tuple[str, ...]
    cells_right: int
    cells_unread: int
    cells_wrong: tuple[str, ...] = field(default=())

    @property
    def faults(self) -> tuple[str, ...]:
        """Return what is wrong with the crawl, a sentence each; empty for a crawl as it should be."""
        lists = {
            "missing": self.missing,
            "not there": self.extra,
            "fetched twice": self.fetched_twice,
            "forbidden": self.forbidden,
            "wrong cell": self.cells_wrong,
        }
        many = [f"{self.requests} requests, at most {self.most_requests}"] if self.requests > self.most_requests else []
        return (*(f"{name}: {one}" for name, ones in lists.items() for one in ones), *many)


def judge(name: str, found: Iterable[Found], log: Log, season: int = 1) -> Judgement:
    """Judge a crawl of one portal by the rows it stored and the requests it made; other portals' are left out.

    Raises KeyError for an id that is no sample portal.
    """
    portal = portals(season)[name]
    rows = {_identity(row): row for row in found if _of(portal, row["url"])}
    asked = [one for one in log if one["host"] in portal.hosts and not one["path"].startswith("/robots.txt")]
    wanted = {f"{one.agency} {one.year}": one for one in portal.expected}
    verdicts = [_cells(report_of(one), rows[key]) for key, one in wanted.items() if key in rows]
    return Judgement(
        portal=name,
        expected=len(wanted),
        found=len(rows),
        missing=tuple(sorted(wanted.keys() - rows.keys())),
        extra=tuple(sorted(rows.keys() - wanted.keys())),
        requests=len(asked),
        most_requests=_most_requests(portal),
        fetched_twice=_twice(asked),
        forbidden=tuple(one["url"] for one in asked if any(part in one["url"] for part in portal.never)),
        cells_right=sum(right for right, _, _ in verdicts),
        cells_unread=sum(unread for _, unread, _ in verdicts),
        cells_wrong=tuple(wrong for _, _, wrongs in verdicts for wrong in wrongs),
    )


def _identity(row: Found) -> str:
    return f"{(row['agency'] or {}).get('name')} {row['report_year']}"


def _of(portal: Portal, url: str) -> bool:
    return url.partition("://")[2].partition("/")[0].partition(":")[0] in portal.hosts


def _most_requests(portal: Portal) -> int:
    if portal.blocked and not portal.expected:
        return WALL_REQUESTS
    return 4 * (len(portal.expected) + portal.lists)


def _twice(asked: Log) -> tuple[str, ...]:
    counts = Counter(one["url"] for one in asked if one["method"] == "GET" and one["status"] == 200 and not one["conditional"])
    return tuple(url for url, count in counts.items() if count > 1)


def _cells(report: SampleReport, row: Found) -> tuple[int, int, list[str]]:
    tables = row["statistics"]
    pairs = [
        (f"{report.agency} {report.year} {table}.{cell}", truth.value, _stored(tables.get(table), cell))
        for table, cells in report.truth.items()
        for cell, truth in cells.items()
    ]
    wrong = [f"{name}: {stored} for {value}" for name, value, stored in pairs if stored is not None and stored != value]
    unread = sum(stored is None and value is not None for _, value, stored in pairs)
    return len(pairs) - len(wrong) - unread, unread, wrong


def _stored(table: Mapping[str, Any] | None, cell: str) -> Any:
    return None if table is None else table["cells"][cell]["value"]

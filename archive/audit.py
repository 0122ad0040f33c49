"""Every check of the current reports as rows: their own, those against the year before, those against the organs below."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain
from typing import Any

from archive.across import against_children, against_year_before
from archive.catalog import Catalog
from archive.codec import check_from_json, Json, loads
from archive.decisions import decided, finding_fingerprint, fingerprint
from archive.documents import read_document
from archive.model import Check
from archive.panel import children, stored, year_before
from archive.records import current_rows, Filters, findings_rows
from archive.schema import Row
from archive.store import Archive


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which checks: of which reports, only rules whose id begins with `rule`, only failed ones, only undecided ones.

    Checks that hold are left out unless `whole`.
    """

    filters: Filters
    rule: str = ""
    failed: bool = False
    undecided: bool = False
    whole: bool = False


def check_rows(archive: Archive, asked: Asked) -> Iterator[Json]:
    """Yield a row for each check that is asked for, by agency and year: fingerprint, both sides, evidence, documents, decision."""
    rows = chain.from_iterable(_rows_of(archive, report, asked) for report in current_rows(archive.catalog, asked.filters))
    for row in decided(archive.catalog, (row for row in rows if _is_wanted(row, asked))):
        if not (asked.undecided and row["decision"] in ("confirmed", "dismissed")):
            yield row


def finding_rows(catalog: Catalog, *, kind: str | None) -> Iterator[Json]:
    """Yield the findings, newest first, each with its fingerprint and the decision on it."""
    rows = ({**row, "fingerprint": finding_fingerprint(row)} for row in findings_rows(catalog, kind=kind))
    yield from decided(catalog, rows)


def _is_wanted(row: Json, asked: Asked) -> bool:
    return row["check"].startswith(asked.rule) and (
        row["verdict"] == "fails" if asked.failed else asked.whole or row["verdict"] != "holds"
    )


def _rows_of(archive: Archive, report: Row, asked: Asked) -> Iterator[Json]:
    own = _whole(archive, report) if asked.whole else _kept(archive.catalog, report)
    yield from _rows(report, own, (report["document"],))
    this = stored(archive.catalog, report["identity"])
    if this is None:
        return
    before = year_before(archive.catalog, this)
    if before is not None:
        yield from _rows(report, against_year_before(this, before), (this.document, before.document))
    below = tuple(children(archive.catalog, this))
    yield from _rows(report, against_children(this, below), (this.document, *(one.document for one in below)))


def _whole(archive: Archive, report: Row) -> Iterator[Check]:
    content = read_document(archive.root / "documents", report["path"])
    yield from map(check_from_json, content["checks"])


def _kept(catalog: Catalog, report: Row) -> Iterator[Check]:
    """The checks that the catalog keeps: all that don't hold."""
    for row in list(catalog.rows("SELECT * FROM checks WHERE document = ? ORDER BY nth", [report["document"]])):
        yield Check(
            id=row["id"],
            verdict=row["verdict"],
            says=row["says"],
            severity=row["severity"],
            left=_number(row["left"]),
            right=_number(row["right"]),
            blanks_as_zero=bool(row["blanks_as_zero"]),
            evidence=tuple(loads(row["evidence"])),
        )


def _number(value: int | str | None) -> Any:
    return Decimal(value) if isinstance(value, str) else value


def _rows(report: Row, checks: Iterable[Check], documents: tuple[str, ...]) -> Iterator[Json]:
    for check in checks:
        yield {
            "fingerprint": fingerprint(check.id, report["identity"], _subject(check)),
            "identity": report["identity"],
            "agency": report["agency"],
            "report_year": report["report_year"],
            "check": check.id,
            "verdict": check.verdict,
            "severity": check.severity,
            "left": check.left,
            "right": check.right,
            "blanks_as_zero": check.blanks_as_zero,
            "says": check.says,
            "evidence": list(check.evidence),
            "documents": list(documents),
            "url": report["url"],
        }


def _subject(check: Check) -> str:
    """What tells two checks of one rule in one report apart: the quote that a prose figure stands in."""
    return check.evidence[0] if check.id.startswith("prose.") and check.evidence else ""

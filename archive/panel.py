"""The numbers of stored reports, read from the catalog's wide tables: enough to compare reports, without their documents.

A cell has its value, kind and reading; its printed text is the number's, its place is not kept here: the document has both.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from archive.catalog import Catalog
from archive.forms import form, FORM_IDS, table_form
from archive.model import Cell, Number, Statistics, Table
from archive.schema import cells_table, LETTER_OF, Row

_KIND_AND_READING = {letter: key for key, letter in LETTER_OF.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A current report: whose, for which year, in which document, and its numbers."""

    identity: str
    agency: str
    report_year: int
    level: str | None
    document: str
    url: str
    statistics: Statistics


_REPORT = """
SELECT r.identity, r.agency, r.report_year, d.level, r.document, r.url
FROM reports r JOIN documents d ON d.sha256 = r.document WHERE r.kind = 'annual_report' AND r.provisional = 0 AND
"""


def stored(catalog: Catalog, identity: str) -> Stored | None:
    """Return the current report of this identity, None where there is none that is certain."""
    row = catalog.one(f"{_REPORT} r.identity = ?", [identity])
    return _stored(catalog, row) if row else None


def year_before(catalog: Catalog, report: Stored) -> Stored | None:
    """Return the same organ's report for the year before, through renamings of its division; None where there is none."""
    who, _, year = report.identity.rpartition("|")
    return stored(catalog, f"{who}|{int(year) - 1}")


def children(catalog: Catalog, report: Stored) -> Iterator[Stored]:
    """Yield the reports for the same year of the organs that stand right under this one."""
    who, _, _ = report.identity.rpartition("|")
    sql = f"{_REPORT} d.parent = ? AND d.report_year = ? AND r.identity <> ? ORDER BY r.identity"
    for row in list(catalog.rows(sql, [who, report.report_year, report.identity])):
        yield _stored(catalog, row)


def _stored(catalog: Catalog, row: Row) -> Stored:
    return Stored(**row, statistics=statistics_of(catalog, row["document"]))


def statistics_of(catalog: Catalog, document: str) -> Statistics:
    """Return the named tables of a document as the catalog has them."""
    tables: dict[str, Any] = {}
    for form_id in FORM_IDS:
        for name in form(form_id).tables:
            sql = f"SELECT * FROM [{cells_table(form_id, name)}] WHERE document = ? AND nth = 0"  # noqa: S608
            row = catalog.one(sql, [document])
            if row:
                tables[name] = _table(form_id, name, row)
    return Statistics(**tables)


def _table(form_id: str, name: str, row: Row) -> Table:
    specs = table_form(form_id, name).cells
    cells = {
        spec.id: _cell(row[spec.id], letter, spec.unit)
        for spec, letter in zip(specs, row["packed"], strict=True)
        if letter != "."
    }
    return Table(form=form_id, status=row["status"], scope=row["scope"], cells=cells)


def _cell(value: int | str | None, letter: str, unit: str | None) -> Cell:
    kind, reading = _KIND_AND_READING[letter]
    number: Number | None = Decimal(value) if isinstance(value, str) else value
    return Cell(value=number, raw="" if value is None else str(value), kind=kind, reading=reading, unit=unit)

"""What a crawl prints when it ends: the reports, what else a person should know, and where the archive lies. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from archive.model import Report
from crawler.session import Session
from crawler.tally import StoredReport


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: whose report for which year, its forms, cells read of all, checks failed of all, new or known."""

    agency: str
    year: str
    form: str
    cells: str
    checks: str
    state: str


HEADINGS = Row("agency", "year", "form", "cells read", "checks failed", "archive")


def row_of(stored: StoredReport) -> Row:
    """Return the table's line for a stored report; what is not known shows as a question mark, no table as a hyphen."""
    report = stored.report
    read, total = cells_read(report)
    failed = sum(1 for check in report.checks if check.verdict == "fails")
    forms = dict.fromkeys(table.form for table in report.statistics.tables().values())
    return Row(
        agency=report.agency.name if report.agency else "?",
        year=str(report.report_year or "?"),
        form="+".join(forms) or "-",
        cells=f"{read}/{total}" if total else "-",
        checks=f"{failed}/{len(report.checks)}" if report.checks else "-",
        state="new" if stored.is_new else "known",
    )


def cells_read(report: Report) -> tuple[int, int]:
    """Return how many cells of the report's own tables were read (printed or inferred), and how many they have."""
    cells = [cell for table in report.statistics.tables().values() for cell in table.cells.values()]
    return sum(1 for cell in cells if cell.reading in {"printed", "inferred"}), len(cells)


def summary(session: Session, outcome: str) -> Iterator[str]:
    """Yield the lines of a crawl's summary."""
    tally = session.tally
    rows = sorted((row_of(one) for one in tally.stored), key=lambda row: (row.agency, row.year))
    if rows:
        yield from table([HEADINGS, *rows])
        yield ""
    yield f"{session.portal.name}: {tally.reports} reports, {outcome.replace('_', ' ')}."
    if changes := session.changes():
        yield f"Changes: {', '.join(f'{verdict} {count}' for verdict, count in changes.items())}."
    if tally.reports_before:
        yield f"{tally.reports_before} of them had been stored before this crawl was interrupted."
    if tally.unlisted:
        yield f"{tally.unlisted} known reports more are there, though no list names them any more."
    if tally.fatal:
        yield tally.fatal
    if tally.first_error:
        yield f"{tally.errors} errors of ours, which are bugs; the first: {tally.first_error}"
    for kind, count in sorted(Counter(finding.kind for finding in tally.findings).items()):
        first = next(finding.says for finding in tally.findings if finding.kind == kind)
        yield f"{kind} ({count}): {first}"
    yield f"The archive lies in {session.archive.root}."


def facts(session: Session, outcome: str) -> dict[str, Any]:
    """Return the summary as JSON holds it: one object a crawl, for logs that machines read."""
    tally = session.tally
    findings = Counter(finding.kind for finding in tally.findings)
    return {
        "portal": session.portal.id,
        "run": session.run.id,
        "outcome": outcome,
        "reports": tally.reports,
        "unlisted": tally.unlisted,
        "new": sum(1 for one in tally.stored if one.is_new),
        "pages": dict(tally.kinds),
        "changes": session.changes(),
        "findings": dict(findings),
        "first": {kind: next(one.says for one in tally.findings if one.kind == kind) for kind in findings},
        "error": tally.fatal or tally.first_error,
    }


def table(rows: list[Row]) -> Iterator[str]:
    """Yield rows as lines of aligned columns, counting East Asian characters as two wide."""
    lines = [(row.agency, row.year, row.form, row.cells, row.checks, row.state) for row in rows]
    widths = [max(width(line[column]) for line in lines) for column in range(len(lines[0]))]
    for line in lines:
        yield "  ".join(text + " " * (wide - width(text)) for text, wide in zip(line, widths, strict=True)).rstrip()


def width(text: str) -> int:
    """Return how many columns a terminal gives a text."""
    return sum(2 if "\u2e80" <= char <= "\uffef" else 1 for char in text)

"""Two readings of the same tables: a page and its attachments, a file's grids and its text, compared cell by cell.

A disagreement is a check that fails, with both printed texts; agreement is counted in the reasons. Nothing is ever corrected: the
page's own tables stay the named ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from archive.agencies import canonical
from archive.model import Attachment, Cell, Check, OtherTable, Report, Severity, Statistics, Table, TABLE_NAMES, TextPlace
from pipelines.statistics.compare import disagreements

_SURE = ("printed", "inferred")
LABELS = {
    "proactive_disclosure": "表二",
    "applications": "表三",
    "review_litigation": "表四",
    "summary_2014": "统计表",
    "local_2008": "指标统计表",
}
"""What the tables are called in the sentences of checks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadFile:
    """An attached file, and the report that it is by itself."""

    attachment: Attachment
    report: Report


def beside(report: Report, files: Sequence[ReadFile]) -> Report:
    """Return a page's report with the tables of its attachments beside its own.

    A file of another organ or year is only kept (`others`). Of the same report's, each table is compared with the page's; where the
    page has none, the attachments' becomes the named one, unless two of them disagree.
    """
    copies = [(file, is_same_report(report, file.report)) for file in files if file.report.statistics.tables()]
    if not copies or report.kind != "annual_report":
        return report
    merged, checks = report.statistics, list[Check]()
    for name in TABLE_NAMES:
        same = [(file.attachment, table) for file, is_same in copies if is_same and (table := _table(file, name))]
        merged, compared = _merged(merged, name, same)
        checks += compared
    kept = [
        _other(file.attachment, other.name, other.table, other.why)
        for file, _ in copies
        for other in file.report.statistics.others
    ]
    strange = [
        _other(file.attachment, name, table, "另一机关或年度的表")
        for file, is_same in copies
        if not is_same
        for name, table in file.report.statistics.tables().items()
    ]
    statistics = replace(merged, others=(*merged.others, *kept, *strange))
    return replace(
        report, statistics=statistics, checks=(*report.checks, *checks), reasons=(*report.reasons, *agreements(checks))
    )


def is_same_report(page: Report, file: Report) -> bool:
    """Say whether nothing that a file says of its agency and year contradicts the page that it hangs on."""
    if None not in (page.report_year, file.report_year) and page.report_year != file.report_year:
        return False
    if page.agency is None or file.agency is None:
        return True
    names = canonical(page.agency.name), canonical(file.agency.name)
    return names[0].endswith(names[1]) or names[1].endswith(names[0])


def grids_and_text(statistics: Statistics, text: Statistics) -> tuple[Check, ...]:
    """Return the checks of a file's tables as its grids have them against those that its text has, for tables read from grids."""
    theirs = text.tables()
    return tuple(
        compared(name, table, theirs[name], rule="readings.text", says=f"{LABELS[name]}按表格线读与按文字读逐格相同")
        for name, table in statistics.tables().items()
        if name in theirs and not _is_of_text(table) and is_comparable(table, theirs[name])
    )


def compared(name: str, one: Table, other: Table, *, rule: str, says: str, severity: Severity = "soft") -> Check:
    """Return the check of one table against another reading: `left` cells that both have, `right` those that agree.

    A blank beside a nought is no disagreement; the check then says `blanks_as_zero`. Evidence: cell, the one's and the other's text.
    """
    both = [cell for cell in one.cells if cell in other.cells and _sure(one.cells[cell]) and _sure(other.cells[cell])]
    found = disagreements(replace(Statistics(), **{name: one}), replace(Statistics(), **{name: other}))  # type: ignore[arg-type]
    odd = [each.cell for each in found if each.cell in both and not _blank_and_zero(each.one, each.other)]
    verdict = "cannot_be_assessed" if not both else "fails" if odd else "holds"
    return Check(
        id=f"{rule}.{name}",
        verdict=verdict,  # type: ignore[arg-type]
        says=says,
        severity=severity,
        left=len(both) if both else None,
        right=len(both) - len(odd) if both else None,
        blanks_as_zero=any(_blank_and_zero(each.one, each.other) for each in found),
        evidence=tuple(f"{cell}: {one.cells[cell].raw} | {other.cells[cell].raw}" for cell in odd),
    )


def agreements(checks: Iterable[Check]) -> tuple[str, ...]:
    """Return a sentence for each comparison of two readings, for the report's reasons."""
    return tuple(f"{check.id}: {check.right} of {check.left} cells agree" for check in checks if check.left is not None)


def _table(file: ReadFile, name: str) -> Table | None:
    return file.report.statistics.tables().get(name)


def _merged(statistics: Statistics, name: str, copies: Sequence[tuple[Attachment, Table]]) -> tuple[Statistics, list[Check]]:
    """The copies of one table put beside the page's, or the first in its place where the page has none and no two disagree."""
    printed = statistics.tables().get(name)
    own = None if printed is not None and printed.status == "image_only" and copies else printed
    base = own or (copies[0][1] if copies else None)
    if base is None:
        return statistics, []
    further = copies if own else copies[1:]
    checks = [_check(name, base, attachment, table) for attachment, table in further if is_comparable(base, table)]
    if own is None and not any(check.verdict == "fails" for check in checks):
        named: Mapping[str, Table] = {name: replace(base, attachment=copies[0][0].sha256)}
    else:
        named, further = {}, copies
    others = [_other(attachment, name, table, "同一张表") for attachment, table in further]
    return replace(statistics, **named, others=(*statistics.others, *others)), checks


def _check(name: str, base: Table, attachment: Attachment, table: Table) -> Check:
    says = f"{LABELS[name]}与附件“{attachment.name}”中的逐格相同"
    return compared(name, base, table, rule="readings.attachment", says=says)


def _other(attachment: Attachment, name: str, table: Table, why: str) -> OtherTable:
    return OtherTable(name=name, why=f"附件“{attachment.name}”：{why}", table=replace(table, attachment=attachment.sha256))


def is_comparable(one: Table, other: Table) -> bool:
    """Say whether two tables are of one form, and nothing says that they are of different scope."""
    return one.form == other.form and (one.scope == other.scope or "unknown" in (one.scope, other.scope))


def _is_of_text(table: Table) -> bool:
    return any(isinstance(cell.at, TextPlace) for cell in table.cells.values())


def _sure(cell: Cell) -> bool:
    return cell.reading in _SURE


def _blank_and_zero(one: object, other: object) -> bool:
    return (one is None and other == 0) or (other is None and one == 0)

"""Checks that need more than one report: the year before, and the organs below (`FORMS.md` §2.3, §2.4). Pure."""

from __future__ import annotations

from collections.abc import Sequence

from archive.checks import check_expectation, cross_year_checks
from archive.forms import table_form
from archive.forms.expectations import Expectation, Term
from archive.model import Cell, Check
from archive.panel import Stored

_TABLE = "applications"


def against_year_before(report: Stored, previous: Stored) -> tuple[Check, ...]:
    """Return the checks of a report against the same organ's report for the year before."""
    return cross_year_checks(report.statistics, previous.statistics, report.level)


def against_children(report: Stored, below: Sequence[Stored]) -> tuple[Check, ...]:
    """Return a check for each total of table three: what the reports found below add up to is at most what the report states.

    A lower bound, since some reports may not have been found. Only organs whose numbers the report says that it includes are added
    up: all below for a region, departments for a government; a county government's report that does not say includes all below
    (国办发〔2014〕32号), any other is not tried. Empty where there is no table three, or nobody below has one.
    """
    table = report.statistics.applications
    if table is None:
        return ()
    found = [one for one in below if one.statistics.applications is not None and _is_included(one, report, table.scope)]
    if not found:
        return ()
    totals = [spec for spec in table_form(table.form, _TABLE).cells if spec.column == "total"]
    return tuple(_bounded(report, found, spec.id, spec.label) for spec in totals)


def _is_included(one: Stored, report: Stored, scope: str) -> bool:
    states_all = scope == "region" or (
        scope == "unknown"
        and report.level == "county"
        and report.agency.endswith(("县人民政府", "市人民政府", "区人民政府", "旗人民政府"))
    )
    return states_all or (scope == "government" and one.level == report.level)


def _bounded(report: Stored, below: Sequence[Stored], cell: str, label: str) -> Check:
    """Unread cells below are left out: what is left is a lower bound all the same."""
    cells: dict[str, Cell | None] = {"": _cell_of(report, cell)}
    cells |= {one.agency: _cell_of(one, cell) for one in below}
    stated = [name for name, one in cells.items() if name and one is not None and _is_stated(one)]
    expectation = Expectation(
        id=f"children.{_TABLE}.{cell}",
        left=tuple(Term(table=name, cell=cell) for name in stated) or (Term(constant=0),),
        op="<=",
        right=(Term(cell=cell),),
        says=f"已收录的下级报告之和 ≤ 本级〔{label}〕",
        source="国办发〔2014〕32号：逐级汇总",
    )
    return check_expectation(expectation, lambda term: cells[term.table])


def _cell_of(report: Stored, cell: str) -> Cell | None:
    assert report.statistics.applications is not None
    return report.statistics.applications.cells.get(cell)


def _is_stated(cell: Cell) -> bool:
    return cell.value is not None and cell.reading in ("printed", "inferred")

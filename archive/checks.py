"""The identities (勾稽关系) of the statutory tables, and what else their numbers should satisfy, tried on what a report prints.

Nothing is ever repaired here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from archive.forms import expectations_of, identities_of, Identity
from archive.forms.expectations import Expectation, Relation, Term
from archive.model import Cell, Check, Number, Statistics, Table, Verdict

_NOT_SURE = frozenset({"unread", "unconfirmed"})


def run_checks(statistics: Statistics, level: str | None = None) -> tuple[Check, ...]:
    """Return every identity and expectation of the forms that are present, tried on the named tables, in printed order.

    An unread or worded cell makes its identity `cannot_be_assessed`. A blank or a dash counts as nought only beside a number on
    both sides (the check then says `blanks_as_zero`); a side that is blank throughout states nothing, unless the other is nought.
    `level` is the agency's: some expectations are for townships only. Those over two years are not tried: see `cross_year_checks`.
    """
    tables = statistics.tables()
    numbers = {name: _numbers(table) for name, table in tables.items()}
    identities = [
        _held(one, numbers[name]) or check_identity(one, table.cells)
        for name, table in tables.items()
        for one in identities_of(table.form, name)
    ]
    expected = [
        _met(one, numbers) or _tried(one, statistics, None) for one in _expectations(statistics, level) if not one.spans_years
    ]
    return (*identities, *[check for check in expected if check is not None])


def cross_year_checks(statistics: Statistics, previous: Statistics, level: str | None = None) -> tuple[Check, ...]:
    """Return every expectation over two years that both reports of one agency have the cells for."""
    found = (_tried(one, statistics, previous) for one in _expectations(statistics, level) if one.spans_years)
    return tuple(check for check in found if check is not None)


def _numbers(table: Table) -> dict[str, Number]:
    """The cells of a table that state a number. Nearly all rules hold between such alone: these need no look at each cell anew."""
    return {name: cell.value for name, cell in table.cells.items() if cell.value is not None and cell.reading not in _NOT_SURE}


def _held(identity: Identity, numbers: Mapping[str, Number]) -> Check | None:
    """The identity, where every cell of it is a number and it holds; None where somebody must look closer."""
    try:
        left, right = sum(map(numbers.__getitem__, identity.left)), sum(map(numbers.__getitem__, identity.right))
    except KeyError:
        return None
    return Check(identity.id, "holds", identity.says, identity.severity, left, right) if left == right else None


def _met(expectation: Expectation, numbers: Mapping[str, Mapping[str, Number]]) -> Check | None:
    """The expectation, where every cell of it is a number and it is met; None where somebody must look closer."""
    try:
        left, right = _total(expectation.left, numbers), _total(expectation.right, numbers)
    except KeyError:
        return None
    if not _HOLDS[expectation.op](left, right):
        return None
    return Check(expectation.id, "holds", expectation.says, expectation.severity, left, right)


def _total(terms: Iterable[Term], numbers: Mapping[str, Mapping[str, Number]]) -> Number:
    return sum([term.sign * (numbers[term.table][term.cell] if term.constant is None else term.constant) for term in terms])


def check_identity(identity: Identity, cells: Mapping[str, Cell]) -> Check:
    """Return one identity tried on a table's cells (by cell id)."""
    return _check(identity, _terms(identity.left), "=", _terms(identity.right), lambda term: cells.get(term.cell))


def check_expectation(expectation: Expectation, cell_of: Callable[[Term], Cell | None]) -> Check:
    """Return one expectation tried on the cells that `cell_of` finds for its terms."""
    return _check(expectation, expectation.left, expectation.op, expectation.right, cell_of)


@cache
def _terms(names: tuple[str, ...]) -> tuple[Term, ...]:
    return tuple(Term(cell=name) for name in names)


class _Side(NamedTuple):
    total: Number
    numbers: int
    blanks: bool
    unknown: tuple[str, ...]


def _expectations(statistics: Statistics, level: str | None) -> list[Expectation]:
    found = [one for name, table in statistics.tables().items() for one in expectations_of(table.form, name)]
    return [one for one in found if not one.levels or level in one.levels]


def _tried(expectation: Expectation, statistics: Statistics, previous: Statistics | None) -> Check | None:
    """The expectation tried, None where a report has no such table, or its form no such cell."""
    now, before = statistics.tables(), previous.tables() if previous else {}

    def cell_of(term: Term) -> Cell | None:
        table = (before if term.previous else now).get(term.table)
        return table.cells.get(term.cell) if table else None

    if any(term.constant is None and cell_of(term) is None for term in expectation.terms):
        return None
    return check_expectation(expectation, cell_of)


def _check(
    rule: Identity | Expectation,
    before: Sequence[Term],
    op: Relation,
    behind: Sequence[Term],
    cell_of: Callable[[Term], Cell | None],
) -> Check:
    left, right = _side(before, cell_of), _side(behind, cell_of)
    verdict = _related(left, op, right)
    assessed = verdict != "cannot_be_assessed"
    return Check(
        id=rule.id,
        verdict=verdict,
        says=rule.says,
        severity=rule.severity,
        left=left.total if assessed else None,
        right=right.total if assessed else None,
        blanks_as_zero=assessed and (left.blanks or right.blanks),
        evidence=_printed((*before, *behind), cell_of) if verdict == "fails" else left.unknown + right.unknown,
    )


def _side(terms: Iterable[Term], cell_of: Callable[[Term], Cell | None]) -> _Side:
    total: Number = 0
    numbers, blanks, unknown = 0, False, []
    for term in terms:
        cell = cell_of(term) if term.constant is None else _constant(term.constant)
        if cell is None or _is_unknown(cell):
            unknown.append(_name(term))
        elif cell.value is None:
            blanks = True
        else:
            total, numbers = total + term.sign * cell.value, numbers + 1
    return _Side(total, numbers, blanks, tuple(unknown))


def _printed(terms: Iterable[Term], cell_of: Callable[[Term], Cell | None]) -> tuple[str, ...]:
    """What stands in the cells of an equation that fails."""
    found = ((term, cell_of(term)) for term in terms if term.constant is None)
    return tuple(f"{_name(term)}: {cell.raw}" for term, cell in found if cell is not None and cell.value)


def _constant(value: int) -> Cell:
    return Cell(value=value, raw=str(value), kind="number")


def _name(term: Term) -> str:
    return str(term).removeprefix("-") if term.table else term.cell


def _is_unknown(cell: Cell) -> bool:
    """A cell that stands for some number which we don't know: unread, unconfirmed, or put in words."""
    return cell.reading in _NOT_SURE or (cell.value is None and cell.kind == "text")


def _equal(left: _Side, right: _Side) -> Verdict:
    if left.unknown or right.unknown or not (left.numbers or right.numbers):
        return "cannot_be_assessed"
    if (not left.numbers or not right.numbers) and left.total != right.total:
        return "cannot_be_assessed"
    return "holds" if left.total == right.total else "fails"


_HOLDS: Mapping[Relation, Callable[[Number, Number], bool]] = {
    "=": lambda left, right: left == right,
    "<=": lambda left, right: left <= right,
    ">=": lambda left, right: left >= right,
    "implies": lambda left, right: left <= 0 or right > 0,
}


def _related(left: _Side, op: Relation, right: _Side) -> Verdict:
    """A side that is blank throughout states nothing: only an equation of two sides of nought holds all the same."""
    if op == "=":
        return _equal(left, right)
    if left.unknown or right.unknown or not left.numbers or not right.numbers:
        return "cannot_be_assessed"
    return "holds" if _HOLDS[op](left.total, right.total) else "fails"

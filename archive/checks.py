"""The identities (勾稽关系) of the statutory tables, tried on what a report prints. Nothing is ever repaired here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from archive.forms import identities_of, Identity
from archive.model import Cell, Check, Number, Statistics, Verdict


def run_checks(statistics: Statistics) -> tuple[Check, ...]:
    """Return every identity of the forms that are present, tried on the named tables, in printed order.

    An unread or worded cell makes its identity `cannot_be_assessed`. A blank or a dash counts as nought only beside a number on
    both sides (the check then says `blanks_as_zero`); a side that is blank throughout states nothing, unless the other is nought.
    """
    tables = statistics.tables()
    return tuple(
        check_identity(identity, table.cells) for name, table in tables.items() for identity in identities_of(table.form, name)
    )


def check_identity(identity: Identity, cells: Mapping[str, Cell]) -> Check:
    """Return one identity tried on a table's cells (by cell id)."""
    left, right = _side(identity.left, cells), _side(identity.right, cells)
    verdict = _verdict(left, right)
    assessed = verdict != "cannot_be_assessed"
    return Check(
        id=identity.id,
        verdict=verdict,
        says=identity.says,
        severity=identity.severity,
        left=left.total if assessed else None,
        right=right.total if assessed else None,
        blanks_as_zero=assessed and (left.blanks or right.blanks),
        evidence=left.unknown + right.unknown,
    )


@dataclass(frozen=True, slots=True)
class _Side:
    total: Number
    numbers: int
    blanks: bool
    unknown: tuple[str, ...]


def _side(ids: Iterable[str], cells: Mapping[str, Cell]) -> _Side:
    chosen = [(name, cells.get(name)) for name in ids]
    values = [cell.value for _, cell in chosen if cell is not None and cell.value is not None]
    unknown = tuple(name for name, cell in chosen if cell is None or _is_unknown(cell))
    blanks = any(cell is not None and cell.value is None and not _is_unknown(cell) for _, cell in chosen)
    return _Side(total=_sum(values), numbers=len(values), blanks=blanks, unknown=unknown)


def _is_unknown(cell: Cell) -> bool:
    """A cell that stands for some number which we don't know: unread, unconfirmed, or put in words."""
    return cell.reading in ("unread", "unconfirmed") or (cell.value is None and cell.kind == "text")


def _sum(values: Iterable[Number]) -> Number:
    total: Number = 0
    for value in values:
        total = Decimal(total) + value if isinstance(value, Decimal) else total + value
    return total


def _verdict(left: _Side, right: _Side) -> Verdict:
    if left.unknown or right.unknown or not (left.numbers or right.numbers):
        return "cannot_be_assessed"
    if (not left.numbers or not right.numbers) and left.total != right.total:
        return "cannot_be_assessed"
    return "holds" if left.total == right.total else "fails"

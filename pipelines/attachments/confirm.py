"""Recognised numbers are guesses; the identities (勾稽关系) of their table confirm them, or they stay unconfirmed."""

from __future__ import annotations

from dataclasses import replace

from archive.checks import check_identity
from archive.forms import identities_of
from archive.model import Cell, ExtraRow, Statistics, Table


def confirm(statistics: Statistics) -> Statistics:
    """Return statistics that were recognised from pictures (OCR), each cell marked by what proves it.

    A number is `inferred` where every identity that it stands in could be assessed without blanks, and holds; every other
    cell that is not unread, blanks included, is `unconfirmed`. Nothing of table two is ever confirmed: it has no identities.
    """
    named = {name: _confirmed(name, table) for name, table in statistics.tables().items()}
    others = tuple(replace(other, table=_confirmed(other.name, other.table)) for other in statistics.others)
    return replace(statistics, **named, others=others)


def _confirmed(name: str, table: Table) -> Table:
    proven = _proven(name, table)
    cells = {cell_id: _marked(cell, proven=cell_id in proven) for cell_id, cell in table.cells.items()}
    sure = all(cell.reading in ("printed", "inferred") for cell in cells.values())
    status = "partial" if table.status == "complete" and not sure else table.status
    return replace(table, cells=cells, status=status, extra=tuple(_doubted(row) for row in table.extra))


def _proven(name: str, table: Table) -> set[str]:
    """Return the cells all of whose identities hold over printed numbers alone."""
    stands_in: set[str] = set()
    doubted: set[str] = set()
    for identity in identities_of(table.form, name):
        cells = {*identity.left, *identity.right}
        check = check_identity(identity, table.cells)
        stands_in |= cells
        if check.verdict != "holds" or check.blanks_as_zero:
            doubted |= cells
    return stands_in - doubted


def _marked(cell: Cell, *, proven: bool) -> Cell:
    if cell.reading == "unread":
        return cell
    return cell._replace(reading="inferred" if proven and cell.value is not None else "unconfirmed")


def _doubted(row: ExtraRow) -> ExtraRow:
    return replace(row, cells=tuple(_marked(cell, proven=False) for cell in row.cells))

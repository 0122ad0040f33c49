"""Two readings of the same tables beside one another: markup and text, page and attachment."""

from __future__ import annotations

from dataclasses import dataclass

from archive.model import Number, Statistics, Table


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A cell that two readings both took from print, with different results; None is a blank."""

    table: str
    cell: str
    one: Number | None
    other: Number | None


def disagreements(one: Statistics, other: Statistics) -> tuple[Disagreement, ...]:
    """Return the cells of tables of the same form that both readings have and read differently, in printed order.

    A cell that either reading leaves unread, and a table that only one of them has, is no disagreement.
    """
    theirs = other.tables()
    return tuple(
        Disagreement(name, cell, table.cells[cell].value, theirs[name].cells[cell].value)
        for name, table in one.tables().items()
        if name in theirs and theirs[name].form == table.form
        for cell in table.cells
        if _differ(table, theirs[name], cell)
    )


def _differ(one: Table, other: Table, cell: str) -> bool:
    mine, yours = one.cells[cell], other.cells[cell]
    return "unread" not in (mine.reading, yours.reading) and mine.value != yours.value

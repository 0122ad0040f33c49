"""A table as a rectangular grid, or as its printed cells line by line: the shapes that label alignment reads, whatever file it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from archive.model import Place


class GridCell(NamedTuple):
    """One printed cell: its text as it stands, the top-left position it covers and how far it spans."""

    text: str
    row: int
    column: int
    row_span: int = 1
    column_span: int = 1
    at: Place | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A table with spans resolved: `rows[r][c]` is the cell that covers the position, None where the markup has none.

    `before` is the text that stands between the table before and this one (headings, captions, the scope sentence); `hidden`
    says that nobody sees the table on the page.
    """

    rows: tuple[tuple[GridCell | None, ...], ...]
    before: str = ""
    place: Place | None = None
    hidden: bool = False

    def printed(self) -> Lines:
        """Return the cells where they begin, row by row."""
        lines = [
            [
                (cell.text, column, cell.at)
                for column, cell in enumerate(row)
                if cell is not None and cell.row == number and cell.column == column
            ]
            for number, row in enumerate(self.rows)
        ]
        return Lines(lines=lines, before=self.before, hidden=self.hidden)


Printed = tuple[str, int, Place | None]
"""A cell where it begins: its text, its column, and where it stands. A plain tuple, since a page has hundreds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """A table as its printed cells, line by line, spans resolved; `before` and `hidden` as in `Grid`."""

    lines: Sequence[Sequence[Printed]]
    before: str = ""
    hidden: bool = False

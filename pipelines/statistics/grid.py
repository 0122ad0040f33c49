"""A table as a rectangular grid, whatever file it came from: one of the shapes that label alignment reads."""

from __future__ import annotations

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

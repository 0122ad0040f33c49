"""Rows of Word's binary format and of RTF, which name each cell's right edge instead of a column count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from archive.errors import Refused
from pipelines.attachments.reading import MAX_CELLS
from pipelines.attachments.tables import grid_rows
from pipelines.statistics.grid import Grid, GridCell

SNAP = 60
"""Twips (1/20 point) within which two cell edges are the same: Word lets the rows of a table differ by a hair."""

ALONE, MERGED, STARTS = 0, 1, 3
"""How a cell stands in vertical merging: not at all, one with the cell above, the first of several."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A table's row: the texts of its cells, their edges in twips (empty where unknown), their vertical merging."""

    texts: tuple[str, ...]
    edges: tuple[int, ...]
    merges: tuple[int, ...]


def row_grid(rows: Sequence[Row], what: str) -> Grid:
    """Return the rows as a grid: columns by the edges where every row has them, else by count; `what` names the file."""
    if sum(len(row.texts) for row in rows) > MAX_CELLS:
        raise Refused(f"The {what} has a table of more than {MAX_CELLS} cells.")
    edges = _all_edges(rows) if all(row.edges for row in rows) else []
    cells: list[GridCell] = []
    above: dict[tuple[int, int], int] = {}
    for r, row in enumerate(rows):
        here: dict[tuple[int, int], int] = {}
        for i, text in enumerate(row.texts):
            left, right = (_index(edges, row.edges[i]), _index(edges, row.edges[i + 1])) if edges else (i, i + 1)
            upper = above.get((left, right))
            if right <= left:
                continue
            if row.merges[i] == MERGED and upper is not None:
                cells[upper] = cells[upper]._replace(row_span=cells[upper].row_span + 1)
                here[left, right] = upper
            else:
                cells.append(GridCell(text=text, row=r, column=left, column_span=right - left))
                if row.merges[i] in (MERGED, STARTS):
                    here[left, right] = len(cells) - 1
        above = here
    width = max((cell.column + cell.column_span for cell in cells), default=0)
    return Grid(rows=grid_rows(cells, width))


def _all_edges(rows: Sequence[Row]) -> list[int]:
    edges: list[int] = []
    for edge in sorted({edge for row in rows for edge in row.edges}):
        if not edges or edge - edges[-1] > SNAP:
            edges.append(edge)
    return edges


def _index(edges: Sequence[int], edge: int) -> int:
    return min(range(len(edges)), key=lambda i: abs(edges[i] - edge))

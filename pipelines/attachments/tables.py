"""Tables that go on over a page break: pieces of pages → one table."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce

from archive.model import PagePlace
from pipelines.attachments.ruling import SNAP
from pipelines.statistics.grid import Grid, GridCell

Rows = tuple[tuple[GridCell | None, ...], ...]

_NUMBER = re.compile(r"[\s\d０-９.,，.+\-—－/%％]+")
_PLAIN = re.compile(r"[0-9A-Za-z０-９.,，．]")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_ENUMERATOR = re.compile(r"\s*([（(]?[一二三四五六七八九十]+[）)、]|\d{1,2}[.．、])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A cell of a table on a page; `open_top` and `open_bottom` say that no line closes it there."""

    text: str
    row: int
    column: int
    row_span: int
    column_span: int
    at: PagePlace
    open_top: bool = False
    open_bottom: bool = False

    @property
    def end(self) -> int:
        """Row after the last that the piece covers."""
        return self.row + self.row_span

    @property
    def columns(self) -> tuple[int, int]:
        """Columns that the piece covers, half-open."""
        return self.column, self.column + self.column_span


@dataclass(frozen=True, slots=True, kw_only=True)
class PagedTable:
    """A table as it stands on pages `place.page` to `last_page`: column edges in points, and its cells."""

    xs: tuple[float, ...]
    pieces: tuple[Piece, ...]
    place: PagePlace
    last_page: int

    @property
    def height(self) -> int:
        """Number of rows."""
        return max((piece.end for piece in self.pieces), default=0)

    def grid(self, before: str) -> Grid:
        """Return the table as a grid, with the text that stands before it."""
        cells = [_cell(piece) for piece in self.pieces]
        return Grid(rows=grid_rows(cells, len(self.xs) - 1), before=before, place=self.place)


def grid_rows(cells: Sequence[GridCell], width: int) -> Rows:
    """Return the rectangle of cells: each position names the cell that covers it, None where none does."""
    height = max((cell.row + cell.row_span for cell in cells), default=0)
    rows: list[list[GridCell | None]] = [[None] * width for _ in range(height)]
    for cell in cells:
        for r in range(cell.row, cell.row + cell.row_span):
            for c in range(cell.column, min(width, cell.column + cell.column_span)):
                rows[r][c] = cell
    return tuple(tuple(row) for row in rows)


def grid_text(rows: Rows) -> str:
    """Return a table as text: one line a row, cells parted by tabs, a spanning cell at its first position only."""
    return "\n".join("\t".join(_text_at(cell, r, c) for c, cell in enumerate(row)) for r, row in enumerate(rows))


def continues(table: PagedTable, following: PagedTable) -> bool:
    """Tell whether the second table is the first one's rest: next page, same outline, columns that agree."""
    fewer, more = sorted((table.xs, following.xs), key=len)
    if following.place.page != table.last_page + 1 or not (_near(fewer[0], more[0]) and _near(fewer[-1], more[-1])):
        return False
    return sum(any(_near(x, other) for other in more) for x in fewer) >= 0.8 * len(fewer)


def join(table: PagedTable, following: PagedTable) -> PagedTable:
    """Return one table of two: a head that is printed again is dropped, cells that the page break cut are one again."""
    xs = _all_edges(table.xs, following.xs)
    above = [_widened(piece, table.xs, xs) for piece in table.pieces]
    below = _without_head(above, [_widened(piece, following.xs, xs) for piece in following.pieces])
    height = table.height
    tails = _tails(above, below, height)
    pieces = [_rejoined(piece, below[tails[i]]) if i in tails else piece for i, piece in enumerate(above)]
    pieces += [replace(piece, row=piece.row + height) for i, piece in enumerate(below) if i not in tails.values()]
    return replace(table, xs=xs, pieces=tuple(_without_covered_rows(pieces)), last_page=following.last_page)


def _cell(piece: Piece) -> GridCell:
    return GridCell(
        text=piece.text,
        row=piece.row,
        column=piece.column,
        row_span=piece.row_span,
        column_span=piece.column_span,
        at=piece.at,
    )


def _text_at(cell: GridCell | None, row: int, column: int) -> str:
    if cell is None or (cell.row, cell.column) != (row, column):
        return ""
    lines = [line for line in cell.text.splitlines() if line]
    return reduce(lambda text, line: f"{text} {line}" if _would_glue(text, line) else text + line, lines, "")


def _would_glue(text: str, line: str) -> bool:
    return bool(text) and bool(_PLAIN.match(text[-1])) and bool(_PLAIN.match(line[0]))


def _near(one: float, other: float) -> bool:
    return abs(one - other) <= 2 * SNAP


def _all_edges(xs: Sequence[float], others: Sequence[float]) -> tuple[float, ...]:
    return tuple(sorted([*xs, *(x for x in others if not any(_near(x, known) for known in xs))]))


def _widened(piece: Piece, xs: Sequence[float], wider: Sequence[float]) -> Piece:
    left, right = (_index(xs[column], wider) for column in piece.columns)
    return replace(piece, column=left, column_span=right - left)


def _index(x: float, edges: Sequence[float]) -> int:
    return min(range(len(edges)), key=lambda i: abs(edges[i] - x))


def _without_head(above: Sequence[Piece], below: Sequence[Piece]) -> list[Piece]:
    """Drop the first rows of the second part as far as they repeat the first rows of the first, digits never."""
    height = max((piece.end for piece in below), default=0)
    repeated = next((n for n in range(height, 0, -1) if _is_head(above, below, n)), 0)
    return [replace(piece, row=piece.row - repeated) for piece in below if piece.row >= repeated]


def _is_head(above: Sequence[Piece], below: Sequence[Piece], rows: int) -> bool:
    heads = [[piece for piece in part if piece.row < rows] for part in (above, below)]
    if any(piece.end > rows for head in heads for piece in head):
        return False
    first, second = ([(p.row, p.column, "".join(p.text.split())) for p in head] for head in heads)
    return first == second and any(_CHINESE.search(text) for *_, text in first) and not _has_numbers(heads[0])


def _has_numbers(pieces: Sequence[Piece]) -> bool:
    return any(_NUMBER.fullmatch(piece.text) for piece in pieces)


def _tails(above: Sequence[Piece], below: Sequence[Piece], height: int) -> dict[int, int]:
    """Return which piece of the second part goes on which piece of the first, by their indexes."""
    ends = {piece.columns: i for i, piece in enumerate(above) if piece.end == height}
    pairs = {ends[piece.columns]: i for i, piece in enumerate(below) if piece.row == 0 and piece.columns in ends}
    whole_rows = any(_are_two_rows(above[i].text, below[j].text) for i, j in pairs.items())
    last_label = max((p.column for p in below if p.row == 0 and _CHINESE.search(p.text)), default=-1)
    return {i: j for i, j in pairs.items() if _is_tail(above[i], below[j], last_label, whole_rows=whole_rows)}


def _are_two_rows(first: str, second: str) -> bool:
    """Two numbers, or a text that starts with a number of its own, are two rows: nothing was cut."""
    return bool((_NUMBER.fullmatch(first) and _NUMBER.fullmatch(second)) or (first and _ENUMERATOR.match(second)))


def _is_tail(piece: Piece, tail: Piece, last_label: int, *, whole_rows: bool) -> bool:
    """Tell whether the second piece goes on the first: no line closes them, or it is the empty rest of a group's label.

    A group's label stands left of a row's own label (`last_label` is its column): an empty cell elsewhere is a blank.
    """
    if whole_rows or not (piece.open_bottom and tail.open_top):
        is_group = _CHINESE.search(piece.text) is not None and (piece.row_span > 1 or tail.row_span > 1)
        return is_group and not tail.text and tail.column < last_label
    return True


def _rejoined(piece: Piece, tail: Piece) -> Piece:
    text = f"{piece.text}\n{tail.text}".strip("\n")
    at = piece.at if piece.text or not tail.text else tail.at
    return replace(piece, text=text, row_span=piece.row_span + tail.row_span, at=at, open_bottom=tail.open_bottom)


def _without_covered_rows(pieces: Sequence[Piece]) -> list[Piece]:
    """Drop rows in which no cell begins: they were one row, cut by the page break."""
    starts = sorted({piece.row for piece in pieces})
    new = {old: i for i, old in enumerate(starts)}
    new_end = {piece.end: sum(start < piece.end for start in starts) for piece in pieces}
    return sorted(
        (replace(p, row=new[p.row], row_span=new_end[p.end] - new[p.row]) for p in pieces),
        key=lambda piece: (piece.row, piece.column),
    )

"""Line codes (代码、行次) between label and values: printed numbers that are no values."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from pipelines.statistics.align import Row
from pipelines.statistics.cells import is_count
from pipelines.statistics.pieces import label_name, Piece
from pipelines.statistics.regions import Region

_CODES = ("代码", "行次", "序号", "编号", "行号")
_NAMES = ("统计指标", "指标名称")
_HEADER = 12
"""Pieces of a region among which a column's header is looked for."""
_LONGEST = 60


def without_codes(rows: Sequence[Row], region: Region) -> list[Row]:
    """Return the rows without the line codes that their table prints in a column of their own, and without any values where it prints
    some that can't be told from them.

    In a grid the codes are what stands below their header; in a text they are the first values behind the labels, in the tables of one
    column whose header has them behind the labels' own. Codes rise from row to row; other numbers are none.
    """
    found = next(((i, piece) for i, piece in enumerate(region.pieces[:_HEADER]) if _is_header(piece)), None)
    if found is None:
        return list(rows)
    place, header = found
    if header.column < 0 and region.kind != "summary":
        return _emptied(rows)
    first = header.column < 0 and not any(name in piece.text for piece in region.pieces[: place + 1] for name in _NAMES)
    codes = [None if first else _code(row, header.column) for row in rows]
    if not any(codes):
        return list(rows)
    return _without(rows, codes) if _rise(codes, sum(bool(row.pieces) for row in rows)) else _emptied(rows)


def _is_header(piece: Piece) -> bool:
    """Whether a piece is the header of codes, or a line of headers among which that is."""
    name = (label_name(piece.text) or "") if len(piece.text) < _LONGEST else ""
    return name in _CODES if piece.column >= 0 else any(code in name for code in _CODES)


def _code(row: Row, column: int) -> Piece | None:
    """What may be the code of a row: in a grid the piece of that column, in a text the first one."""
    if column < 0:
        return row.pieces[0] if row.pieces else None
    return next((piece for piece in row.pieces if piece.column == column), None)


def _rise(codes: Sequence[Piece | None], count: int) -> bool:
    """Whether every row that has values has a number among the codes, and each is larger than the one above."""
    numbers = [int(code.text) for code in codes if code is not None and is_count(code.text)]
    return len(numbers) == count and all(one < other for one, other in pairwise(numbers))


def _emptied(rows: Sequence[Row]) -> list[Row]:
    return [row._replace(pieces=()) for row in rows]


def _without(rows: Sequence[Row], codes: Sequence[Piece | None]) -> list[Row]:
    return [
        row._replace(pieces=tuple(piece for piece in row.pieces if piece is not code))
        for row, code in zip(rows, codes, strict=True)
    ]

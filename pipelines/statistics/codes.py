"""Line codes (代码、行次) between label and values: printed numbers that are no values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from pipelines.statistics.align import Region, Row
from pipelines.statistics.labels import fingerprint
from pipelines.statistics.pieces import Piece

_CODES = frozenset({"代码", "行次", "序号", "编号", "行号"})
_NAMES = ("统计指标", "指标名称", "指标")
_HEADER = 12
"""Pieces of a region among which a column's header is looked for."""


def without_codes(rows: Sequence[Row], region: Region) -> list[Row]:
    """Return the rows without the line codes that their table prints in a column of their own; as they are where that is not certain.

    In a grid that is what stands below the header; in a text the first value behind each label, where the code's header stands
    behind that of the labels, in the tables of one column. Codes rise from row to row; other numbers are none.
    """
    found = next(((i, piece) for i, piece in enumerate(region.pieces[:_HEADER]) if fingerprint(piece.text) in _CODES), None)
    if found is None:
        return list(rows)
    place, header = found
    behind = region.kind == "summary" and any(fingerprint(piece.text) in _NAMES for piece in region.pieces[:place])
    codes = [_code(row, header.column, behind=behind) for row in rows]
    numbers = [int(code.text) for code in codes if code is not None and code.text.isascii() and code.text.isdigit()]
    if len(numbers) < sum(bool(row.pieces) for row in rows) or any(one >= other for one, other in pairwise(numbers)):
        return list(rows)
    return [
        replace(row, pieces=tuple(piece for piece in row.pieces if piece is not code))
        for row, code in zip(rows, codes, strict=True)
    ]


def _code(row: Row, column: int, *, behind: bool) -> Piece | None:
    """What may be the code of a row: in a grid the piece of that column, in a text the first one."""
    if column >= 0:
        return next((piece for piece in row.pieces if piece.column == column), None)
    return row.pieces[0] if behind and row.pieces else None

"""From the pieces of a table to its rows: what stands after each label."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from pipelines.statistics.anchors import anchors, is_unknown
from pipelines.statistics.labels import Outline, UNITS
from pipelines.statistics.pieces import label_name, Piece

_ONLY_SIGNS = re.compile(r"[\s）)」”\"’、，。；;:：（(]+")


class Row(NamedTuple):
    """One row as printed: its place in the outline (None for a row that no form has), label, and the pieces after it."""

    place: int | None
    label: Piece
    pieces: tuple[Piece, ...]
    begins: int
    """Where the label stands in the region."""
    line: int = -1
    """The printed line on which the label ends."""


def rows_of(pieces: Sequence[Piece], outline: Outline) -> list[Row]:
    """Return the rows of a region in printed order: the form's, each label in its place, and rows that no form has."""
    labels = [i for i, piece in enumerate(pieces) if label_name(piece.text) is not None]
    found = anchors(pieces, labels, outline)
    if not found:
        return []
    rows = [Row(place, pieces[start], _after(pieces, start, end), start, pieces[end - 1].row) for start, end, place in found]
    covered = {i for start, end, _ in found for i in range(start, end)}
    last = max(end for _, end, _ in found)
    rows += [
        Row(None, pieces[i], after, i, pieces[i].row)
        for i in labels
        if i not in covered and found[0][0] < i < last + 12 and is_unknown(pieces[i])
        for after in [_after(pieces, i, i + 1)]
        if any(one.text for one in after)
    ]
    return sorted(rows, key=lambda row: row.begins)


@lru_cache(maxsize=2048)
def _is_no_value(text: str) -> bool:
    """Whether a text beside a label is a unit, or signs only."""
    return text in UNITS or _ONLY_SIGNS.fullmatch(text) is not None


def _after(pieces: Sequence[Piece], start: int, end: int) -> tuple[Piece, ...]:
    """The pieces that belong to a label: of a grid the rest of its printed row, else all up to the next label.

    Where a grid's label ends its row, the rows below it that have no label are its own, unless values stand before it.
    """
    label = pieces[start]
    stop = end
    if label.gap is None and end < len(pieces) and pieces[end].gap is None and pieces[end].row == label.row:
        line = label.row
        while stop < len(pieces) and pieces[stop].row == line:
            stop += 1
    else:
        while stop < len(pieces) and (label_name(pieces[stop].text) is None or pieces[stop].text in UNITS):
            stop += 1
        if label.gap is None:
            stop = _end_of_rows(pieces, start, end, stop)
    return tuple([piece for piece in pieces[end:stop] if not _is_no_value(piece.text)])


def _end_of_rows(pieces: Sequence[Piece], start: int, end: int, stop: int) -> int:
    """Where the values below a grid's label end: before the row of the next label, and at once where the label's own row has some."""
    before = pieces[start - 1] if start else None
    if before is not None and before.row == pieces[start].row and not before.is_label:
        return end
    while stop < len(pieces) and stop > end and pieces[stop - 1].row == pieces[stop].row:
        stop -= 1
    return stop

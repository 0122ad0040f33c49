"""Which piece behind a label fills which cell of its row; none where positions are not certain."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.statistics.cells import is_value
from pipelines.statistics.pieces import Piece


def assign(pieces: Sequence[Piece], count: int) -> list[Piece] | None:
    """Return the pieces that fill `count` cells, a blank one for an empty cell; None where positions are not certain."""
    values = [piece for piece in pieces if piece.text]
    if len(values) == count and not (count > 1 and values[0].glued):
        return None if len(values) < len(pieces) and not _is_whole(pieces) else values
    if not values:
        return _blanks(pieces, count)
    if len(pieces) == count and all(piece.sure for piece in pieces if piece.blank):
        return list(pieces)
    return _spaced(values[0], count) if len(values) == 1 and not values[0].glued else None


def without_padding(pieces: Sequence[Piece]) -> Sequence[Piece]:
    """Return the pieces without those at the end that may be lost cells or bars of the layout alone."""
    end = len(pieces)
    while end and pieces[end - 1].blank and not pieces[end - 1].sure:
        end -= 1
    return pieces[:end]


def _is_whole(pieces: Sequence[Piece]) -> bool:
    """Whether as many values as cells, with empty pieces beside them, are all of these cells': none stands between, and all are values."""
    filled = [i for i, piece in enumerate(pieces) if not piece.blank]
    interrupted = any(piece.blank and piece.sure for piece in pieces[filled[0] : filled[-1]])
    return not interrupted and all(is_value(piece.text) for piece in pieces)


def is_wrapped(pieces: Sequence[Piece]) -> bool:
    """Say whether the empty cells of a text's row may be the ends of its lines: it stands on several, more than one value on some."""
    lines = [piece.row for piece in pieces if piece.text]
    return len(lines) < len(pieces) and pieces[0].gap is not None and 1 < len(set(lines)) < len(lines)


def _blanks(pieces: Sequence[Piece], count: int) -> list[Piece] | None:
    """As many empty cells as the form has: one merged empty cell stands for all; a row of a few has its others elsewhere."""
    if not pieces or (1 < len(pieces) < count and all(piece.sure for piece in pieces)):
        return None
    return [pieces[min(k, len(pieces) - 1)] for k in range(count)]


def _spaced(piece: Piece, count: int) -> list[Piece] | None:
    """One piece that holds exactly as many numbers, dashes or 无 as there are cells, spaces between them."""
    numbers = piece.text.split()
    if len(numbers) != count or count < 2 or not all(is_value(number) for number in numbers):
        return None
    return [Piece(number, piece.row, piece.at, piece.gap) for number in numbers]

"""Page numbers (页码) without signs around them, which look like values where a text has a cell a line."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from itertools import zip_longest

from archive.model import TextPlace
from pipelines.statistics.pieces import Piece

MOST_SIGNS = 2_500
"""Characters of a page, at most: A4 holds about 1,500 of running text."""

MOST_PAGES = 30
"""Pages of a report: they have five to fifteen."""


def folios(pieces: Sequence[Piece]) -> frozenset[int]:
    """Return where the numbers begin that may number the pages of a text; none in grids.

    Such a number stands alone on its line, and the numbers of the pages before and behind do so too, no further away than a page is
    long, unless the text begins or ends within a page of it.
    """
    end = pieces[-1].at if pieces else None
    if not isinstance(end, TextPlace):
        return frozenset()
    places: dict[int, list[int]] = {}
    lines = Counter(piece.row for piece in pieces if piece.text)
    for piece, following in zip_longest(pieces, pieces[1:]):
        if isinstance(piece.at, TextPlace) and lines[piece.row] == 1 and _is_folio(piece.text) and not _is_barred(following):
            places.setdefault(int(piece.text), []).append(piece.at.start)
    return frozenset(
        start
        for number, starts in places.items()
        for start in starts
        if (start < MOST_SIGNS or _stands_within(places.get(number - 1, []), start - MOST_SIGNS, start))
        and (end.end - start < MOST_SIGNS or _stands_within(places.get(number + 1, []), start + 1, start + MOST_SIGNS))
    )


def _is_barred(following: Piece | None) -> bool:
    """Whether a bar or tab ends the line before a piece: no page number's line has one."""
    return following is not None and any(sign in (following.gap or "") for sign in "|\t")


def _is_folio(text: str) -> bool:
    return len(text) < 3 and text.isascii() and text.isdigit() and text[0] != "0" and int(text) <= MOST_PAGES


def _stands_within(starts: Sequence[int], low: int, high: int) -> bool:
    k = bisect_left(starts, low)
    return k < len(starts) and starts[k] < high

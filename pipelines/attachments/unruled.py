"""Tables without ruling lines: which column a number stands in is told by the full rows above and below it, or by the headers over it.

A row whose every number stands in a column of its own is written with tabs between its cells, so that a blank keeps its place; any other
row stays the line that it is, to be read by its words alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from pipelines.attachments.lines import Line, line_of, rows_of, words_of
from pipelines.attachments.page import Glyph
from pipelines.statistics.cells import is_count

_VALUE = re.compile(r"[+-]?\d[\d.,]*(?:件|元|万元)?|[-—/－]+")
_APPLICANTS = 7
_LEAST_FULL = 3
"""Full rows from which the columns of table three are known."""

_HEADERS = "信息内容"
_OFF_CENTRE = 0.35
"""How far from a column's middle, as a share of the distance to the next one, a number may stand."""

Words = Sequence[Line]


def spread_lines(glyphs: Sequence[Glyph]) -> list[Line]:
    """Return the lines of glyphs, the cells of unruled tables' rows parted by tabs where their columns are certain."""
    rows = [(line_of(row), words_of(row)) for row in rows_of(glyphs)]
    applicants = _middles_of_full_rows([words for _, words in rows])
    headers: tuple[float, ...] = ()
    lines = []
    for line, words in rows:
        headers = _middles_of_headers(words, headers)
        lines.append(replace(line, text=_spread(words, applicants, headers) or line.text))
    return lines


def _spread(words: Words, applicants: Sequence[float], headers: Sequence[float]) -> str | None:
    """A row's text with tabs, None where it is no row with blanks or its columns are not certain."""
    label, values = _parted(words)
    if not label or not values:
        return None
    if len(values) < len(applicants) and (cells := _placed(values, applicants)) and _sums_up(cells):
        return "\t".join([label, *cells])
    cells = _placed(values, headers) if len(values) < len(headers) else None
    return "\t".join([label, *cells]) if cells else None


def _parted(words: Words) -> tuple[str, list[Line]]:
    """The label of a row and the values behind it."""
    count = next((k for k, word in enumerate(reversed(words)) if not _VALUE.fullmatch(word.text)), len(words))
    return " ".join(word.text for word in words[: len(words) - count]), list(words[len(words) - count :])


def _middles_of_full_rows(rows: Sequence[Words]) -> tuple[float, ...]:
    """The middles of table three's columns, from rows of seven values that stand one below the other; none where they don't."""
    full = [values for words in rows for _, values in [_parted(words)] if len(values) == _APPLICANTS]
    if len(full) < _LEAST_FULL:
        return ()
    columns = [(min(row[k].x0 for row in full), max(row[k].x1 for row in full)) for k in range(_APPLICANTS)]
    apart = all(one[1] < other[0] for one, other in pairwise(columns))
    return tuple((left + right) / 2 for left, right in columns) if apart else ()


def _middles_of_headers(words: Words, before: tuple[float, ...]) -> tuple[float, ...]:
    """The middles of table two's columns, from the line of their headers; those above where a line is none, none at a block's title."""
    if words[0].text == _HEADERS and len(words) > 1:
        return tuple((word.x0 + word.x1) / 2 for word in words[1:])
    return () if any("条" in word.text or "、" in word.text for word in words) else before


def _placed(values: Words, middles: Sequence[float]) -> list[str] | None:
    """The cells of a row, each value in the column that it stands in; None where one stands in none, or two in the same."""
    cells = [""] * len(middles)
    for value in values:
        columns = list(_columns(value, middles))
        if len(columns) != 1 or cells[columns[0]]:
            return None
        cells[columns[0]] = value.text
    return cells if len(middles) > 1 else None


def _columns(value: Line, middles: Sequence[float]) -> Iterator[int]:
    middle = (value.x0 + value.x1) / 2
    for k, centre in enumerate(middles):
        step = min(abs(other - centre) for other in middles if other != centre)
        if abs(middle - centre) < _OFF_CENTRE * step:
            yield k


def _sums_up(cells: Sequence[str]) -> bool:
    """Whether a row's last cell is the sum of the others, blanks counting as nought: the proof that its columns were told right."""
    numbers = [int(cell) if is_count(cell) else 0 if cell == "" else None for cell in cells]
    known = [number for number in numbers if number is not None]
    return bool(cells[-1]) and len(known) == len(cells) and sum(known[:-1]) == known[-1]

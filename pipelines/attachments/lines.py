"""Glyphs → lines of text in reading order, and lines → paragraphs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from pipelines.attachments.page import Glyph

WORD_GAP = 0.28
"""Gap between two glyphs, as a share of their height, from which they stand apart: “0 0” is two numbers."""

NUMBER_GAP = 0.15
"""The same between two digits: what is not surely one number is two."""

_LATIN = re.compile(r"[0-9A-Za-z]")
_NUMBERS_BEHIND = re.compile(r"\t|(?:\s[\d.,—/-]+){2}$")
"""A line of cells: it ends in several numbers, and no sentence goes on behind it."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text and its box."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float

    @property
    def height(self) -> float:
        """Height of the line."""
        return self.bottom - self.top


def lines_of(glyphs: Iterable[Glyph]) -> list[Line]:
    """Return the lines that glyphs stand on, from top to bottom, glyphs from left to right.

    Spaces are put where glyphs stand apart, and where one is printed between Latin letters or digits.
    """
    return [line_of(row) for row in rows_of(glyphs)]


def rows_of(glyphs: Iterable[Glyph]) -> list[list[Glyph]]:
    """Return the glyphs of each line, from top to bottom and left to right; one printed twice in one place (false bold) is there once."""
    rows: list[list[Glyph]] = []
    for glyph in sorted(glyphs, key=lambda g: g.middle[1]):
        if rows and _same_row(rows[-1], glyph):
            rows[-1].append(glyph)
        else:
            rows.append([glyph])
    return [row for row in map(_once, rows) if any(not glyph.text.isspace() for glyph in row)]


def paragraphs_of(lines: Sequence[Line]) -> list[str]:
    """Return the paragraphs of prose lines: a line that fills its column goes on in the next one that is not indented."""
    if not lines:
        return []
    left, right = min(line.x0 for line in lines), max(line.x1 for line in lines)
    paragraphs = [lines[0].text]
    for before, line in pairwise(lines):
        em = max(line.height, before.height, 1.0)
        goes_on = before.x1 > right - 1.6 * em and line.x0 < left + 0.9 * em and right - left > 12 * em
        if goes_on and not _NUMBERS_BEHIND.search(before.text):
            paragraphs[-1] = joined(paragraphs[-1], line.text)
        else:
            paragraphs.append(line.text)
    return paragraphs


def joined(first: str, second: str) -> str:
    """Return two pieces of one paragraph as one text: Chinese without a space, Latin words with one."""
    apart = bool(first and second and _LATIN.match(first[-1]) and _LATIN.match(second[0]))
    return f"{first} {second}" if apart and first[-1].isalpha() else first + second


def _same_row(row: Sequence[Glyph], glyph: Glyph) -> bool:
    y = median(g.middle[1] for g in row[-8:])
    height = min(glyph.height, median(g.height for g in row[-8:]))
    return abs(glyph.middle[1] - y) < 0.45 * height


def _once(row: Sequence[Glyph]) -> list[Glyph]:
    kept: list[Glyph] = []
    for glyph in sorted(row, key=lambda g: g.x0):
        if not any(_is_reprint(glyph, other) for other in kept[-3:]):
            kept.append(glyph)
    return kept


def _is_reprint(glyph: Glyph, other: Glyph) -> bool:
    return (
        glyph.text == other.text
        and abs(glyph.x0 - other.x0) < 0.3 * (other.x1 - other.x0)
        and abs(glyph.top - other.top) < 0.3 * other.height
    )


def line_of(row: Sequence[Glyph]) -> Line:
    """Return the line of some glyphs that stand on it, left to right."""
    return _spanning([glyph for glyph in row if not glyph.text.isspace()], " ".join(word.text for word in words_of(row)))


def words_of(row: Sequence[Glyph]) -> list[Line]:
    """Return the words of a line: glyphs that stand apart from one another, each word with its box."""
    printed = [glyph for glyph in row if not glyph.text.isspace()]
    spaces = [glyph.middle[0] for glyph in row if glyph.text.isspace()]
    words = [[printed[0]]]
    for before, glyph in pairwise(printed):
        if _is_apart(before, glyph, spaces):
            words.append([glyph])
        else:
            words[-1].append(glyph)
    return [_spanning(word, "".join(glyph.text for glyph in word).strip()) for word in words]


def _spanning(glyphs: Sequence[Glyph], text: str) -> Line:
    return Line(
        text,
        min(g.x0 for g in glyphs),
        min(g.top for g in glyphs),
        max(g.x1 for g in glyphs),
        max(g.bottom for g in glyphs),
    )


def _is_apart(before: Glyph, glyph: Glyph, spaces: Sequence[float]) -> bool:
    gap = (glyph.x0 - before.x1) / min(before.height, glyph.height)
    if not (_LATIN.match(before.text[-1]) and _LATIN.match(glyph.text)):
        return gap > WORD_GAP
    digits = before.text[-1].isdigit() and glyph.text[0].isdigit()
    return gap > (NUMBER_GAP if digits else WORD_GAP) or any(before.middle[0] < x < glyph.middle[0] for x in spaces)

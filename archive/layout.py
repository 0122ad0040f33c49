"""Rows laid out for a terminal: aligned columns, and what has no room beside them on lines of its own, whole. Pure.

Nothing is cut: a name that can't be read, or an id that can't be copied, is of no use. Chinese signs are two columns wide.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from rich.cells import cell_len

AT_ONCE = 500
"""So many rows are looked at for the widths of the columns: who lists a million of them sees the first at once."""

_GAP = "  "
_INDENT = "    "
_TIME = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?Z")

Texts = Sequence[str]


@dataclass(frozen=True, slots=True)
class _Layout:
    """How wide each column is, and which stand beside one another; the others have lines of their own."""

    names: Texts
    widths: Sequence[int]
    beside: frozenset[int]
    width: int

    def head(self) -> str:
        """The names of the columns; those with lines of their own stand behind, in their order."""
        below = ", ".join(name for number, name in enumerate(self.names) if number not in self.beside)
        return self._line(self.names) + (f"{_GAP}({below})" if below else "")

    def lines(self, texts: Texts) -> Iterator[str]:
        yield self._line(texts)
        below = ""
        for number, text in enumerate(texts):
            if number in self.beside or not text:
                continue
            told = f"{self.names[number]}: {text}"
            if below and cell_len(_INDENT + below + _GAP + told) > self.width:
                yield _INDENT + below
                below = ""
            below = f"{below}{_GAP}{told}" if below else told
        if below:
            yield _INDENT + below

    def _line(self, texts: Texts) -> str:
        padded = (
            text + " " * (self.widths[number] - cell_len(text)) for number, text in enumerate(texts) if number in self.beside
        )
        return _GAP.join(padded).rstrip()


def laid_out(names: Texts, rows: Iterable[Texts], width: int) -> Iterator[str]:
    """Yield the lines of a table within `width` columns of a terminal, the names of its columns first; times to the second."""
    shown = (tuple(map(_shown, row)) for row in rows)
    first = list(islice(shown, AT_ONCE))
    layout = _layout(names, first, width)
    yield layout.head()
    while first:
        for texts in first:
            yield from layout.lines(texts)
        first = list(islice(shown, AT_ONCE))


def _shown(text: str) -> str:
    return _TIME.sub(r"\1 \2", " ".join(text.split()))


def _layout(names: Texts, rows: Sequence[Texts], width: int) -> _Layout:
    widths = [max(map(cell_len, column)) for column in zip(names, *rows, strict=True)]
    beside = set(range(len(names)))
    # The widest goes first, and of equal ones the last; the first column is what a row is known by.
    for number in sorted(beside, key=lambda each: (not each and widths[each] * 2 <= width, -widths[each], -each)):
        if len(beside) == 1 or sum(widths[each] + len(_GAP) for each in beside) - len(_GAP) <= width:
            break
        beside.discard(number)
    return _Layout(names, widths, frozenset(beside), width)

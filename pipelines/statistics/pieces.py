"""A document as one stream of printed pieces, cell by cell, whether it came from grids or from running text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from archive.model import Place, TextPlace
from pipelines.statistics.cells import is_value
from pipelines.statistics.glued import has_glue, split_glued
from pipelines.statistics.grid import Grid
from pipelines.statistics.labels import fingerprint, is_known, is_wording, UNITS

_PAD = " \u00a0\u2002\u2003\u2009\u200b\ufeff"
_LINE = re.compile(r"([^\n\r\x0b\x0c\u2028]*)([\n\r\x0b\x0c\u2028]+|\Z)")
_CELL = re.compile(r"[^\t|\u3000\x07]+")
_BARS = str.maketrans(dict.fromkeys("｜│┃┆┇║", "|"))
_CORNERS = "+┌┬┐├┼┤└┴┘┏┳┓┣╋┫┗┻┛╔╦╗╠╬╣╚╩╝"
_RULE = re.compile(
    r"^[ \t]*+\|?(?:[ \t]*+:?-{3,}:?[ \t]*+\|)+[ \t]*+(?::?-{3,}:?)?[ \t]*+$"
    rf"|^[ \t]*+(?=[^\n]*[{_CORNERS}])(?=[^\n]*(?:[-=]{{2}}|[─━═]))[|{_CORNERS}─━═=: \t-]+$",
    re.MULTILINE,
)
_PAGE_NUMBER = re.compile(r"[-—–―－·]+\s*\d{1,3}\s*[-—–―－·]+|第\s*\d+\s*页(?:\s*[,，/]?\s*共\s*\d+\s*页)?")
_NUMBERED = frozenset("-—–―－·第")
"""The signs with which the number of a page begins."""
_SPACE = re.compile(r"\s+")
_ONE = rf"(?:[+\-−－]?\d[\d.,，+\-−－]*(?:{'|'.join(sorted(UNITS, key=len, reverse=True))})?|[-—–―－/／]{{1,2}}|无)"
_VALUES_AFTER = re.compile(
    rf"^(?P<label>.*[^\s\d.,，+\-−－—/])(?<!\s无)(?P<space>\s+)(?P<values>{_ONE}(?:\s+{_ONE})*)$",
    re.DOTALL,
)
_VALUE_GLUED = re.compile(r"^(?P<label>.*[\u4e00-\u9fff）)”\"])(?P<values>\d[\d.]*)$", re.DOTALL)

_VALUE_STATED = re.compile(rf"^(?P<label>.+?)\s*[:：]\s*(?P<values>{_ONE})[；;，,。]?$", re.DOTALL)
"""`收到申请数：12件`, where the label is a row's."""

_UNIT_NOTE = re.compile(r"[(（](?:单位[:：])?[条件次篇个人万元]{1,2}[)）]$")

_LEAST_OPEN_ROWS = 3
"""From so many rows on that end without a bar, a bar at the end of a row is an empty cell's."""

_NOT_INDENTED = 0.05

_LONGEST_NAME = 400
"""Characters of a row's label as printed, definitions and letter-spacing included."""

_LEAST_PAIRS = 8
"""A rhythm of line ends is believed from so many pairs of values on."""


class Piece(NamedTuple):
    """One printed cell, line or paragraph.

    `row` numbers the printed lines of the whole stream; `gap` is what separates a piece of text from the one before, None
    in a grid; `sure` says that an empty piece is a printed empty cell; `glued` that nothing separates it from the label;
    `column` is the position in a grid; `cut` that the text ends with it, so that it may go on in what was cut off.
    """

    text: str
    row: int
    at: Place | None = None
    gap: str | None = None
    sure: bool = True
    glued: bool = False
    column: int = -1
    cut: bool = False

    @property
    def blank(self) -> bool:
        """Whether nothing is printed in it."""
        return not self.text

    @property
    def is_label(self) -> bool:
        """Whether it holds words that are no value."""
        return _is_label(self.text)


@lru_cache(maxsize=2048)
def _is_label(text: str) -> bool:
    return is_wording(text) and not is_value(text) and not _are_values(text)


@lru_cache(maxsize=2048)
def label_name(text: str) -> str | None:
    """Return the fingerprint of a piece's text, None where the piece is no label."""
    return fingerprint(text) if _is_label(text) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """A table as the cells that it prints, in reading order; `before` and `hidden` as in `Grid`, `element` is its markup where it has any.

    Its rows are numbered from one above `row` on, which is the number of what stands before it.
    """

    pieces: Sequence[Piece]
    row: int
    before: str = ""
    hidden: bool = False
    element: object = None


def pieces_of_grids(grids: Iterable[Grid]) -> list[Piece]:
    """Return the cells of all grids in reading order, each where its span begins, with the text before each grid as one piece."""
    tables, row = [], 0
    for grid in grids:
        tables.append(Printed(pieces=_cells_of(grid, row), row=row, before=grid.before))
        row += len(grid.rows) + 1
    return pieces_of_tables(tables)


def _cells_of(grid: Grid, row: int) -> list[Piece]:
    return [
        Piece(cell.text.strip(), row + number + 1, cell.at, column=column)
        for number, cells in enumerate(grid.rows)
        for column, cell in enumerate(cells)
        if cell is not None and cell.row == number and cell.column == column
    ]


def pieces_of_tables(tables: Iterable[Printed]) -> list[Piece]:
    """Return the cells of all tables in reading order, with the text before each table as one piece."""
    found: list[Piece] = []
    for table in tables:
        if before := table.before.strip():
            found.append(Piece(before, table.row))
        found += table.pieces
    return [piece for piece in found if piece.text[:1] not in _NUMBERED or not _is_page_number(piece.text)]


@lru_cache(maxsize=2048)
def _is_page_number(text: str) -> bool:
    return _PAGE_NUMBER.fullmatch(text) is not None


def pieces_of_text(text: str) -> list[Piece]:
    """Return the pieces of a text, split at line ends, tabs, bars and U+3000; empty cells within a line are pieces too.

    A line that holds label and values, and a paragraph whose cells are glued together, are taken apart.
    """
    ruled = _RULE.sub(lambda match: " " * len(match[0]), text.translate(_BARS))
    pieces = [part for piece in _split(ruled) if not _is_page_number(piece.text) for part in _parts(piece)]
    return restore_blanks([piece._replace(cut=piece.cut and piece is pieces[-1]) if piece.cut else piece for piece in pieces])


@dataclass(frozen=True, slots=True)
class _Bars:
    """How a text uses bars and tabs: `padded` rows end with bars that may be lost cells, so none behind the last filled cell is
    sure; `closed` rows end with a bar that is no cell's; `indented` rows nearly all begin with a tab, which is no cell's either.
    """

    padded: bool
    closed: bool
    indented: bool


def _bars(text: str) -> _Bars:
    rows = [line.strip() for line in text.split("\n") if "|" in line.strip(" |\t")]
    tabbed = [line[0] for line in text.split("\n") if "\t" in line.strip()]
    return _Bars(
        padded="||" in text,
        closed=sum(not row.endswith("|") for row in rows) < _LEAST_OPEN_ROWS,
        indented=sum(sign != "\t" for sign in tabbed) < _NOT_INDENTED * len(tabbed),
    )


def _split(text: str) -> Iterator[Piece]:
    """Every cell of every line."""
    bars = _bars(text)
    gap = ""
    for row, match in enumerate(_LINE.finditer(text)):
        line = list(_line(match[1], match.start(), row, gap, bars))
        yield from line
        gap = _rest(match[1]) + match[2] if line else gap + match[0]
        if not line and "||" in match[1]:
            yield Piece("", row, TextPlace(match.start(), match.start()), gap, sure=False)


def _line(line: str, start: int, row: int, gap: str, bars: _Bars) -> Iterator[Piece]:
    """The cells of one line, empty ones among them where at least two are filled."""
    cells = [match for match in _CELL.finditer(line) if match[0].strip(_PAD)]
    if len(cells) > 1 and is_value(cells[0][0]):
        yield from _empty(line[: cells[0].start()].count("\t"), row, start, sure=not bars.indented)
    end = 0
    for cell in cells:
        between = line[end : cell.start()]
        at = start + cell.start() + len(cell[0]) - len(cell[0].lstrip(_PAD))
        if end:
            yield from _empty(max(between.count("\t"), between.count("|")) - 1, row, at, sure=True)
        text = cell[0].strip(_PAD)
        whole = cell.end() == len(line) == len(cell[0].rstrip(_PAD)) + cell.start()
        yield Piece(text, row, TextPlace(at, at + len(text)), gap + between, cut=whole)
        end, gap = cell.end(), ""
    if cells:
        yield from _trailing(line[end:], start + end, row, bars, alone=len(cells) == 1, framed=line.lstrip(_PAD)[0] == "|")


def _trailing(rest: str, at: int, row: int, bars: _Bars, *, alone: bool, framed: bool) -> Iterator[Piece]:
    """The empty cells after a line's last: sure where tabs, or bars of which none closes the row, stand for them."""
    if alone:
        yield from _empty(int(rest.count("|") > 2 or rest.count("\t") > 1), row, at, sure=False)
    elif "|" in rest:
        sure = not bars.padded and (framed or not bars.closed)
        yield from _empty(rest.count("|") - int(bars.closed or framed), row, at, sure=sure)
    else:
        yield from _empty(rest.count("\t"), row, at, sure=not bars.indented)


def _empty(count: int, row: int, at: int, *, sure: bool) -> Iterator[Piece]:
    yield from [Piece("", row, TextPlace(at, at), "", sure=sure)] * max(count, 0)


def _rest(line: str) -> str:
    """The separators after a line's last cell."""
    return line[len(line.rstrip(_PAD + "\t|\u3000\x07")) :]


def restore_blanks(pieces: Sequence[Piece]) -> list[Piece]:
    """Put back the empty cells of a text in which every cell, empty or not, ends with the same number of line ends.

    The ends between two values of a row (`step`), and between a row's last value and the next label (`turn`), are those that
    most gaps have; a gap that is longer by whole steps has that many empty cells in it. A text without such a step, or with a
    single line end as its step, is left as it is.
    """
    ends = [_line_ends(piece.gap) for piece in pieces]
    step, turn = _rhythm(pieces, ends)
    if step < 2 or turn <= step:
        return list(pieces)
    restored: list[Piece] = []
    for before, piece, end in zip([None, *pieces], pieces, ends, strict=False):
        count = _lost(before, piece, end, step, turn) if before is not None else 0
        restored += [Piece("", piece.row, piece.at, "")] * count
        restored.append(piece)
    return restored


def _line_ends(gap: str | None) -> int:
    """How many line ends a gap is made of, 0 where it has anything else in it."""
    plain = (gap or "").replace("\r\n", "\n")
    return len(plain) if plain.strip("\r\n") == "" else 0


def _rhythm(pieces: Sequence[Piece], ends: Sequence[int]) -> tuple[int, int]:
    pairs = list(zip(pieces, pieces[1:], ends[1:], strict=False))
    steps = Counter(end for before, piece, end in pairs if not piece.is_label and (not before.is_label or before.text in UNITS))
    turns = Counter(end for before, piece, end in pairs if not before.is_label and piece.is_label)
    if sum(steps.values()) < _LEAST_PAIRS or not turns:
        return 0, 0
    return steps.most_common(1)[0][0], turns.most_common(1)[0][0]


def _lost(before: Piece, piece: Piece, end: int, step: int, turn: int) -> int:
    """How many empty cells stand between two pieces: the gap, less one plain gap of its kind, in whole steps."""
    inside = not before.is_label and not piece.is_label
    plain = [step] if inside else [turn] if not before.is_label else [step, turn]
    counts = {(end - one) // step for one in plain if end >= one and (end - one) % step == 0}
    return counts.pop() if len(counts) == 1 else 0


@lru_cache(maxsize=2048)
def _are_values(text: str) -> bool:
    """Whether a text is several values with spaces between, words such as 无 among them."""
    parts = text.split()
    return len(parts) > 1 and text[-1].isdigit() and all(map(is_value, parts))


def _parts(piece: Piece) -> list[Piece]:
    if not piece.is_label or is_known(fingerprint(piece.text)):
        return [piece]
    if has_glue(piece.text):
        return _placed(piece, split_glued(piece.text), glued=True)
    for pattern, glued in ((_VALUES_AFTER, False), (_VALUE_GLUED, True)):
        if match := pattern.match(piece.text):
            return _placed(piece, [*_group_and_label(match), match.span("values")], glued=glued)
    if (match := _stated(piece.text)) is not None:
        return _placed(piece, [*_label_and_unit(match), match.span("values")], glued=False)
    return [piece]


def _stated(text: str) -> re.Match[str] | None:
    match = _VALUE_STATED.match(text) if ":" in text or "：" in text else None
    return match if match is not None and is_known(fingerprint(_UNIT_NOTE.sub("", match["label"]))) else None


def _group_and_label(match: re.Match[str]) -> list[tuple[int, int]]:
    """The spans of a row's label, of the group's that a space parts from it before, and of the unit behind."""
    first, *rest = _label_and_unit(match)
    label = match.string[: first[1]]
    if not is_known(fingerprint(label)):
        for space in _SPACE.finditer(label, max(0, len(label) - _LONGEST_NAME)):
            if is_known(fingerprint(label[space.end() :])):
                return [(0, space.start()), (space.end(), first[1]), *rest]
    return [first, *rest]


def _label_and_unit(match: re.Match[str]) -> list[tuple[int, int]]:
    """The spans of a label and of the unit behind it, which only spaces or nothing parts from a row's name."""
    end = match.end("label")
    for unit in UNITS:
        label = match["label"].removesuffix(unit)
        if label != match["label"] and (label[-1:].isspace() or is_known(fingerprint(label))):
            return [(0, len(label.rstrip())), (end - len(unit), end)]
    return [match.span("label")]


def _placed(piece: Piece, spans: Sequence[tuple[int, int]], *, glued: bool) -> list[Piece]:
    base = piece.at.start if isinstance(piece.at, TextPlace) else 0
    return [
        Piece(
            piece.text[a:b],
            piece.row,
            TextPlace(base + a, base + b),
            piece.gap if a == 0 else "",
            sure=False,
            glued=glued and a > 0 and not piece.text[a - 1].isspace(),
            cut=piece.cut and b == len(piece.text),
        )
        for a, b in spans
    ]

"""Signs that the numbers of a text no longer stand where they were printed: lines removed, values before labels, a text cut off, more columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise

from archive.forms import CellSpec, TableForm
from archive.model import TextPlace
from pipelines.statistics.align import Row
from pipelines.statistics.cells import is_count, is_value
from pipelines.statistics.labels import fingerprint, is_known
from pipelines.statistics.pieces import Piece
from pipelines.statistics.regions import Region

_SHORT_ROWS = 4
_WIDER_ROWS = 2
_WIDER = 0.2
"""The share of rows from which on more values than cells are a further column's; page numbers stand beside fewer."""
_LINED_ROWS = 2
_LINED = 0.6
_APPLICANTS = 7
_LEAST_PARTS = 2
"""A number that is the sum of fewer others proves nothing."""


def is_deduplicated(region: Region, printed: Mapping[str, Row], specs: Mapping[str, Sequence[CellSpec]]) -> bool:
    """Say whether equal lines were removed from a text, so that its numbers can't be placed.

    Told by rows that lack values while no value, or no repeated header, stands twice in the whole table.
    """
    if any(piece.gap is None for piece in region.pieces) or any(piece.blank or piece.glued for piece in region.pieces):
        return False
    short = [name for name, row in printed.items() if len(row.pieces) < len(specs[name])]
    texts = [piece.text for row in printed.values() for piece in row.pieces]
    headers = sum(piece.text.startswith("信息内容") for piece in region.pieces)
    clauses = sum(piece.text.startswith("第二十条") for piece in region.pieces)
    once = len(texts) == len(set(texts)) and any(len(text) == 1 for text in texts)
    return len(short) >= _SHORT_ROWS and (once or (clauses > 2 and headers == 1))


def shifted(
    rows: Sequence[Row], printed: Mapping[str, Row], region: Region, specs: Mapping[str, Sequence[CellSpec]]
) -> set[str]:
    """Return the rows of a text whose values may stand before their label instead of after it.

    Told by values that stand after no row's label, and by a row with values for two; values on a line that has no other row's
    label are that row's own.
    """
    if not printed or any(row.label.gap is None for row in printed.values()):
        return set()
    lines = Counter(row.label.row for row in rows)
    own = {name for name, row in printed.items() if lines[row.label.row] == 1 and _on_its_line(row)}
    if _has_stray_values(rows, region):
        return set(printed) - own
    found = set()
    shifting = False
    for name, row in sorted(printed.items(), key=lambda pair: pair[1].begins):
        surplus = sum(map(_numbers, row.pieces)) - len(specs[name])
        shifting = (shifting or surplus >= len(specs[name]) > 1) and surplus >= 0 and name not in own
        found |= {name} if shifting else set()
    return found


def _has_stray_values(rows: Sequence[Row], region: Region) -> bool:
    """Whether a value stands between the labels that belongs to none of them."""
    owned = {piece.at for row in rows for piece in row.pieces}
    last = max((row.begins for row in rows), default=0)
    return any(
        not piece.is_label and piece.at not in owned and piece.text and is_value(piece.text.split()[0])
        for piece in region.pieces[:last]
    )


def _numbers(piece: Piece) -> int:
    """How many values a piece holds: several where spaces stand between them."""
    return len(piece.text.split())


def _on_its_line(row: Row) -> bool:
    return bool(row.pieces) and row.pieces[0].row == row.label.row and not row.pieces[0].blank


def on_their_lines(printed: Mapping[str, Row], specs: Mapping[str, Sequence[CellSpec]]) -> dict[str, Row]:
    """Return the rows without values from other lines, where a text prints a row a line: those are page numbers, or torn off.

    A row that has such values stays as it is on its own line only where it is full there and its last value is the sum of the
    others; else nothing of it is certain.
    """
    if any(row.label.gap is None for row in printed.values()):
        return dict(printed)
    own = {name: tuple(piece for piece in row.pieces if piece.row == row.line) for name, row in printed.items()}
    filled = [name for name, row in printed.items() if any(not piece.blank for piece in row.pieces)]
    lined = [name for name in filled if own[name] == printed[name].pieces]
    if len(lined) < max(_LINED_ROWS, _LINED * len(filled)):
        return dict(printed)
    sure = {name for name in printed if own[name] == printed[name].pieces or _sums_up(own[name], len(specs[name]))}
    return {name: row._replace(pieces=own[name] if name in sure else ()) for name, row in printed.items()}


def against_their_sum(printed: Mapping[str, Row], specs: Mapping[str, Sequence[CellSpec]]) -> set[str]:
    """Return the rows of a text's table three whose last value is not the sum of the others, where other rows lost their blanks.

    As many values as cells prove nothing there: a page number may stand for the value that was dropped.
    """
    wide = {name: row for name, row in printed.items() if len(specs[name]) == _APPLICANTS and row.label.gap is not None}
    counts = {name: sum(map(_numbers, row.pieces)) for name, row in wide.items()}
    if sum(1 < count < _APPLICANTS for count in counts.values()) < _SHORT_ROWS:
        return set()
    return {name for name, row in wide.items() if counts[name] == _APPLICANTS and not _sums_up(row.pieces, _APPLICANTS)}


def _sums_up(pieces: Sequence[Piece], count: int) -> bool:
    """Whether these are `count` whole numbers, several, of which the last is the sum of the others."""
    numbers = [number for piece in pieces for number in piece.text.split()]
    if count < _APPLICANTS or len(numbers) != count or not all(number.isascii() and number.isdigit() for number in numbers):
        return False
    *parts, total = map(int, numbers)
    return sum(parts) == total


def beside_more_columns(printed: Mapping[str, Row], specs: Mapping[str, Sequence[CellSpec]]) -> set[str]:
    """Return the rows with empty cells of a table that has more columns than its form (last year, a subtotal, a share).

    Told by two rows with more values than cells, or by rows of one width whose values, taken together, stand in more columns
    than the form has: to which of them an empty cell belongs nobody can say.
    """
    lossy = _beside_wider_lines(printed, specs)
    empty = {name for name, row in printed.items() if any(not piece.text and piece.sure for piece in row.pieces)}
    if lossy or not empty:
        return lossy | empty
    if sum(sum([1 for piece in row.pieces if piece.text]) > len(specs[name]) for name, row in printed.items()) >= _WIDER_ROWS:
        return empty
    columns: dict[tuple[int, int], set[int]] = {}
    for name, row in printed.items():
        width = (len(row.pieces), len(specs[name]))
        columns.setdefault(width, set()).update([k for k, piece in enumerate(row.pieces) if piece.text])
    wide = {width for width, filled in columns.items() if filled and max(filled) - min(filled) >= width[1]}
    return {name for name in empty if (len(printed[name].pieces), len(specs[name])) in wide}


def _beside_wider_lines(printed: Mapping[str, Row], specs: Mapping[str, Sequence[CellSpec]]) -> set[str]:
    """The rows of a text with no more values than cells, where many others of as many cells have more: a blank was lost, of which column?"""
    found = set()
    for count in {len(specs[name]) for name, row in printed.items() if row.label.gap is not None}:
        values = {name: sum(map(_numbers, row.pieces)) for name, row in printed.items() if len(specs[name]) == count}
        wider = sum(number > count for number in values.values())
        if wider >= max(_WIDER_ROWS, _WIDER * sum(map(bool, values.values()))):
            found |= {name for name, number in values.items() if 0 < number <= count}
    return found


def cut_off(printed: Mapping[str, Row], form: TableForm) -> set[str]:
    """Return the row in whose last number the text ends, rows of the form still to come: it may have had more digits."""
    return {
        name
        for name, row in printed.items()
        if row.pieces and row.pieces[-1].cut and name != form.rows[-1] and (row.pieces[-1].text != "0" or row.pieces[-1].glued)
    }


def beside_labels(printed: Mapping[str, Row]) -> set[str]:
    """Return the rows among whose values another row's label stands: the table was turned, or two tables stand side by side."""
    return {
        name
        for name, row in printed.items()
        if any(piece.is_label and is_known(fingerprint(piece.text)) for piece in row.pieces)
    }


def stacked(printed: Mapping[str, Row]) -> set[str]:
    """Return the rows of a grid that hold several lines of numbers in several cells: two printed rows in one."""
    return {
        name
        for name, row in printed.items()
        if row.label.gap is None and sum("\n" in piece.text and not piece.is_label for piece in row.pieces) > 1
    }


def before_folios(
    rows: Sequence[Row], printed: Mapping[str, Row], specs: Mapping[str, Sequence[CellSpec]], folios: frozenset[int]
) -> set[str]:
    """Return the rows of a text one of whose values may be the number of the page that ends there, a value of the row being lost.

    Only where the table itself shows that values were lost or that other numbers stand among them: rows with fewer or with more than
    they have cells, but for those that were split into rows of no form. A row whose last value is the sum of the others has its own.
    """
    if not folios:
        return set()
    split = {row.begins for row, following in pairwise(rows) if not row.pieces and following.place is None}
    counts = {name: sum(not piece.blank for piece in row.pieces) for name, row in printed.items() if row.begins not in split}
    if all(count == len(specs[name]) for name, count in counts.items()):
        return set()
    full = {name: printed[name] for name, count in counts.items() if count == len(specs[name])}
    return {name for name, row in full.items() if _holds_one_of(folios, row.pieces)}


def _holds_one_of(folios: frozenset[int], pieces: Sequence[Piece]) -> bool:
    """Whether a value of a row stands at one of the places; not one that the row's last value, the sum of the others, needs."""
    values = [piece for piece in pieces if not piece.blank]
    places = [k for k, piece in enumerate(values) if isinstance(piece.at, TextPlace) and piece.at.start in folios]
    numbers = [int(piece.text) for piece in values if is_count(piece.text)]
    if not places or len(numbers) < len(values) or not _is_sum(numbers):
        return bool(places)
    return any(_is_sum(numbers[:k] + numbers[k + 1 :]) for k in places)


def _is_sum(numbers: Sequence[int]) -> bool:
    return len(numbers) > _LEAST_PARTS and sum(numbers[:-1]) == numbers[-1]

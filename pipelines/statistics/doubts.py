"""Signs that the numbers of a text no longer stand where they were printed: lines removed, values before labels, a text cut off."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from archive.forms import CellSpec, TableForm
from pipelines.statistics.align import Region, Row
from pipelines.statistics.pieces import Piece

_SHORT_ROWS = 4


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
    for name, row in sorted(printed.items(), key=lambda pair: pair[1].index):
        surplus = sum(map(_numbers, row.pieces)) - len(specs[name])
        shifting = (shifting or surplus >= len(specs[name]) > 1) and surplus >= 0 and name not in own
        found |= {name} if shifting else set()
    return found


def _has_stray_values(rows: Sequence[Row], region: Region) -> bool:
    """Whether a value stands between the labels that belongs to none of them."""
    owned = {piece.at for row in rows for piece in row.pieces}
    last = max((row.index for row in rows), default=0)
    return any(
        not piece.is_label and piece.at not in owned and any(sign.isdigit() for sign in piece.text)
        for piece in region.pieces[:last]
    )


def _numbers(piece: Piece) -> int:
    """How many values a piece holds: several where spaces stand between them."""
    return len(piece.text.split())


def _on_its_line(row: Row) -> bool:
    return bool(row.pieces) and row.pieces[0].row == row.label.row and not row.pieces[0].blank


def cut_off(printed: Mapping[str, Row], form: TableForm) -> set[str]:
    """Return the row in whose last number the text ends, rows of the form still to come: it may have had more digits."""
    return {
        name
        for name, row in printed.items()
        if row.pieces and row.pieces[-1].cut and name != form.rows[-1] and (row.pieces[-1].text != "0" or row.pieces[-1].glued)
    }

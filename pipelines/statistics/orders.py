"""Signs that a table's columns stand in another order than the form's, where no grid tells which value stands in which."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from pipelines.statistics.align import Row
from pipelines.statistics.cells import is_count
from pipelines.statistics.labels import fingerprint
from pipelines.statistics.pieces import Piece

_LEAST_SUMS = 2


def are_turned(names: Sequence[str], rows: Mapping[str, Row], headers: Sequence[Piece]) -> bool:
    """Say whether the columns of table three stand in another order than that of `names`, its headers (其他 and 总计 the last two).

    Told by headers of applicants that stand in another order, or by rows whose first number, not the last, is the sum of the others.
    """
    words = "".join(fingerprint(piece.text) for piece in headers if piece.is_label)
    places = [words.find(name) for name in names[:-2] if words.count(name) == 1]
    if places != sorted(places):
        return True
    numbers = [_numbers(row.pieces, len(names)) for row in rows.values()]
    last_sums = sum(row[-1] == sum(row[:-1]) for row in numbers if any(row))
    first_sums = sum(row[0] == sum(row[1:]) for row in numbers if any(row))
    return last_sums < first_sums >= _LEAST_SUMS


def _numbers(pieces: Sequence[Piece], count: int) -> tuple[int, ...]:
    """The whole numbers of a full row, blanks as nought; none of another row."""
    parts = [part for piece in pieces for part in piece.text.split() or ["0"]]
    return tuple(map(int, parts)) if len(parts) == count and all(map(is_count, parts)) else ()


def are_turned_above(names: Collection[str], line: str) -> bool:
    """Say whether a line that holds all headers of a row of table two (`信息内容 现行有效件数 本年制发件数 …`) has them in another order.

    `line` is the line's fingerprint, `names` those of the headers in the form's order.
    """
    places = [line.find(name) for name in names]
    return -1 not in places and places != sorted(places)

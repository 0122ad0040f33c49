"""The columns of a row in the form's order, where a report prints them in another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from archive.forms import table_form, TableForm
from pipelines.statistics.align import Row
from pipelines.statistics.labels import fingerprint
from pipelines.statistics.orders import are_turned, are_turned_above
from pipelines.statistics.pieces import label_name, Piece
from pipelines.statistics.regions import Region

LEAST_ROWS = 10
"""From so many rows on that stand under the same columns, a grid's spans are trusted."""


def in_form_order(
    rows: Mapping[str, Row], chosen: Mapping[str, list[Piece] | None], form: TableForm, region: Region
) -> dict[str, list[Piece] | None]:
    """Return the pieces of each row, put in the form's order where the headers above it are all there but stand in another order.

    Headers that are incomplete, doubled or misspelt, and grids with broken spans, say nothing: then the printed order is the form's,
    unless the numbers or what is left of the headers speak against it: then nothing of the row is certain.
    """
    names = _names(form.form, form.name)
    if form.name == "applications":
        order = _by_column(names[form.rows[0]], rows, chosen, region)
        if order is None and are_turned(names[form.rows[0]], rows, region.pieces[: _first(rows)]):
            return dict.fromkeys(chosen)
        if order is None or order == list(range(len(order))):
            return dict(chosen)
        return {name: [pieces[k] for k in order] if pieces else pieces for name, pieces in chosen.items()}
    labels = [(i, name) for i, piece in enumerate(region.pieces) if (name := label_name(piece.text)) is not None]
    return {
        name: _by_header(pieces, names[name], [label for i, label in labels if i < rows[name].begins])
        if pieces is not None and len(names[name]) > 1
        else pieces
        for name, pieces in chosen.items()
    }


@cache
def _names(form_id: str, table: str) -> Mapping[str, tuple[str, ...]]:
    """The fingerprints of the headers that each row of a form stands under."""
    rows = table_form(form_id, table).by_row
    return {row: tuple(fingerprint(spec.column_label or "") for spec in specs) for row, specs in rows.items()}


def _by_header(pieces: list[Piece], names: Sequence[str], before: Sequence[str]) -> list[Piece] | None:
    """Table two: the headers of a block stand in one line after 信息内容; `before` are the labels above the row."""
    line = next((name for name in reversed(before) if name.startswith("信息内容")), "")
    if are_turned_above(names, line):
        return None
    begin = max((i for i, name in enumerate(before) if name == "信息内容"), default=None)
    if begin is None:
        return pieces
    printed = before[begin + 1 :][: len(names)]
    return [pieces[printed.index(name)] for name in names] if sorted(printed) == sorted(set(names)) else pieces


def _first(rows: Mapping[str, Row]) -> int:
    return min((row.begins for row in rows.values()), default=0)


def _by_column(
    names: Sequence[str], rows: Mapping[str, Row], chosen: Mapping[str, list[Piece] | None], region: Region
) -> list[int] | None:
    """Table three in a grid: each header stands in the column of its values, the same in all rows."""
    places = {tuple([piece.column for piece in pieces]) for pieces in chosen.values() if pieces}
    columns = _columns(names, region.pieces[: _first(rows)])
    if columns is None or len(places) != 1 or sum(bool(pieces) for pieces in chosen.values()) < LEAST_ROWS:
        return None
    standing = places.pop()
    if sorted(columns.values()) != sorted(standing):
        return None
    return [standing.index(columns[name]) for name in names]


def _columns(names: Sequence[str], headers: Sequence[Piece]) -> Mapping[str, int] | None:
    found: dict[str, int] = {}
    for piece in headers:
        name = label_name(piece.text)
        if name is not None and name in names and piece.column >= 0:
            if name in found:
                return None
            found[name] = piece.column
    return found if len(found) == len(names) else None

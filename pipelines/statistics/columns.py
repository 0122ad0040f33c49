"""The columns of a row in the form's order, where a report prints them in another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from archive.forms import TableForm
from pipelines.statistics.align import Region, Row
from pipelines.statistics.labels import fingerprint
from pipelines.statistics.pieces import Piece

LEAST_ROWS = 10
"""From so many rows on that stand under the same columns, a grid's spans are trusted."""


def in_form_order(
    rows: Mapping[str, Row], chosen: Mapping[str, list[Piece] | None], form: TableForm, region: Region
) -> dict[str, list[Piece] | None]:
    """Return the pieces of each row, put in the form's order where the headers above it are all there but stand in another order.

    Headers that are incomplete, doubled or misspelt, and grids with broken spans, say nothing: then the printed order is the form's.
    """
    if form.name == "applications":
        order = _by_column(
            [fingerprint(spec.column_label or "") for spec in form.cells[: len(form.columns)]], rows, chosen, region
        )
        return {name: [pieces[k] for k in order] if pieces and order else pieces for name, pieces in chosen.items()}
    headers: dict[str, list[str]] = {}
    for spec in form.cells:
        headers.setdefault(spec.row, []).append(fingerprint(spec.column_label or ""))
    return {name: _by_header(pieces, headers[name], region.pieces[: rows[name].index]) for name, pieces in chosen.items()}


def _by_header(pieces: list[Piece] | None, names: Sequence[str], before: Sequence[Piece]) -> list[Piece] | None:
    """Table two: the headers of a block stand in one line after 信息内容."""
    if pieces is None or len(names) < 2:
        return pieces
    begin = max((i for i, piece in enumerate(before) if piece.is_label and fingerprint(piece.text) == "信息内容"), default=None)
    if begin is None:
        return pieces
    printed = [fingerprint(piece.text) for piece in before[begin + 1 :] if piece.is_label][: len(names)]
    return [pieces[printed.index(name)] for name in names] if sorted(printed) == sorted(set(names)) else pieces


def _by_column(
    names: Sequence[str], rows: Mapping[str, Row], chosen: Mapping[str, list[Piece] | None], region: Region
) -> list[int] | None:
    """Table three in a grid: each header stands in the column of its values, the same in all rows."""
    places = {tuple(piece.column for piece in pieces) for pieces in chosen.values() if pieces}
    first = min((row.index for row in rows.values()), default=0)
    columns = _columns(names, region.pieces[:first])
    if columns is None or len(places) != 1 or sum(bool(pieces) for pieces in chosen.values()) < LEAST_ROWS:
        return None
    standing = places.pop()
    if sorted(columns.values()) != sorted(standing):
        return None
    return [standing.index(columns[name]) for name in names]


def _columns(names: Sequence[str], headers: Sequence[Piece]) -> Mapping[str, int] | None:
    found: dict[str, int] = {}
    for piece in headers:
        name = fingerprint(piece.text) if piece.is_label else ""
        if name in names and piece.column >= 0:
            if name in found:
                return None
            found[name] = piece.column
    return found if len(found) == len(names) else None

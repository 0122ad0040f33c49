"""The columns of a row in the form's order, where a report prints them in another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from archive.forms import CellSpec
from pipelines.statistics.align import Region, Row
from pipelines.statistics.labels import fingerprint
from pipelines.statistics.pieces import Piece


def in_form_order(pieces: list[Piece] | None, specs: Sequence[CellSpec], row: Row, region: Region) -> list[Piece] | None:
    """Return the pieces of a row, put in the form's order where the headers above it are all there but stand in another order.

    Headers that are incomplete, doubled or misspelt say nothing: then the printed order is taken for the form's.
    """
    if pieces is None or len(specs) < 2:
        return pieces
    names = [fingerprint(spec.column_label or "") for spec in specs]
    headers = region.pieces[: row.index]
    order = _by_column(names, headers, pieces) if specs[0].column == "natural_person" else _by_sequence(names, headers)
    return [pieces[k] for k in order] if order else pieces


def _by_sequence(names: Sequence[str], headers: Sequence[Piece]) -> list[int] | None:
    """Table two: the headers of a block stand in one line after 信息内容."""
    begin = max(
        (i for i, piece in enumerate(headers) if piece.is_label and fingerprint(piece.text) == "信息内容"), default=None
    )
    if begin is None:
        return None
    printed = [fingerprint(piece.text) for piece in headers[begin + 1 :] if piece.is_label][: len(names)]
    return [printed.index(name) for name in names] if sorted(printed) == sorted(names) and printed != list(names) else None


def _by_column(names: Sequence[str], headers: Sequence[Piece], pieces: Sequence[Piece]) -> list[int] | None:
    """Table three in a grid: each header stands in the column of its values."""
    columns = _columns(names, headers)
    if columns is None or sorted(columns.values()) != sorted(piece.column for piece in pieces):
        return None
    place = {piece.column: k for k, piece in enumerate(pieces)}
    order = [place[columns[name]] for name in names]
    return order if order != sorted(order) else None


def _columns(names: Sequence[str], headers: Sequence[Piece]) -> Mapping[str, int] | None:
    found: dict[str, int] = {}
    for piece in headers[-40:]:
        name = fingerprint(piece.text) if piece.is_label else ""
        if name in names and piece.column >= 0:
            if name in found:
                return None
            found[name] = piece.column
    return found if len(found) == len(names) else None

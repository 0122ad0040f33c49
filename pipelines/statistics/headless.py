"""Table four without the words of its header: fifteen values under the heading of chapter four, or a table that is said to be there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from archive.forms import identities_of, table_form, TableForm
from archive.model import Cell, Table
from pipelines.statistics.cells import inferred_cell, is_value, read_cell, unread_cell
from pipelines.statistics.pieces import Piece
from pipelines.statistics.regions import Region
from pipelines.statistics.review import AFTER, holds, in_form_order, NAME
from pipelines.statistics.scope import scope_of
from pipelines.statistics.tables import Found, status_of

_HEADING = re.compile(r"行政复议\W{0,2}(?:被?提起)?行政诉讼(?:工作)?(?:的)?情况[）)：:\s]*$")
_LEAST = 10
"""So many values, or printed empty cells, under that heading are a table; a sentence's numbers stand among its words."""


def headless_review(pieces: Sequence[Piece], form_id: str) -> Found | None:
    """Return table four of a stream in which no word of its header begins it; None where its chapter holds no values.

    Its values are taken by their order, as `inferred`, only where they are fifteen and all its sums hold.
    """
    start = max((i for i, piece in enumerate(pieces) if _is_heading(piece)), default=None)
    if start is None:
        return None
    chapter = tuple(_chapter(pieces[start + 1 :]))
    values = [part for piece in chapter if not piece.is_label for part in _values(piece)]
    if len(values) < _LEAST and sum(piece.blank and piece.sure for piece in chapter) < _LEAST:
        return None
    form = table_form(form_id, NAME)
    cells = (_by_order(values, form) if _is_in_order(chapter) else {}) or {spec.id: unread_cell(spec) for spec in form.cells}
    scope, quote = scope_of(pieces[start].text[-40:])
    table = Table(
        form=form.form, status=status_of(cells.values()), cells=cells, place=chapter[0].at, scope=scope, scope_quote=quote
    )
    return Found(NAME, table, Region(NAME, chapter, pieces[start].text))


def _is_heading(piece: Piece) -> bool:
    return "诉讼" in piece.text[-20:] and piece.is_label and _HEADING.search(piece.text) is not None


def _chapter(pieces: Sequence[Piece]) -> Iterator[Piece]:
    for piece in pieces:
        if piece.is_label and AFTER.search(piece.text[:40]):
            return
        yield piece


def _is_in_order(chapter: Sequence[Piece]) -> bool:
    """Whether nothing that is left of the headers stands in another order than the form's."""
    words = "".join(piece.text for piece in chapter if piece.is_label)
    places = [words.find(word) for word in ("维持", "纠正") if word in words]
    return in_form_order(chapter) and places == sorted(places)


def _values(piece: Piece) -> list[Piece]:
    """The values of a piece: several where spaces stand between them."""
    parts = piece.text.split()
    return [piece._replace(text=part) for part in parts] if all(map(is_value, parts)) else []


def _by_order(values: Sequence[Piece], form: TableForm) -> dict[str, Cell]:
    if len(values) != len(form.cells):
        return {}
    read = {spec.id: read_cell(piece.text, spec, piece.at) for spec, piece in zip(form.cells, values, strict=True)}
    numbers = {spec.id: cell.value for spec in form.cells if (cell := read[spec.id]).value is not None}
    if len(numbers) != len(read) or not all(holds(read, one.left, one.right) for one in identities_of(form.form, NAME)):
        return {}
    return {spec.id: inferred_cell(numbers[spec.id], spec, read[spec.id].raw, read[spec.id].at) for spec in form.cells}

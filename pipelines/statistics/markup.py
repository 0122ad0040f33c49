"""Tables written as HTML inside a text, as converters leave them in Markdown where cells span; places stay offsets into the text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from archive.model import TextPlace
from pipelines.statistics.grid import Grid, GridCell
from pipelines.statistics.spans import MOST_SPAN

_TABLE = re.compile(r"<table\b[^<>]*>(.*?)</table\s*>", re.IGNORECASE | re.DOTALL)
_CLOSE = re.compile(r"</table\s*>", re.IGNORECASE)
_ROW = re.compile(r"<tr\b[^<>]*>(.*?)(?=<tr\b|\Z)", re.IGNORECASE | re.DOTALL)
_CELL = re.compile(r"<t[dh]\b([^<>]*)>(.*?)(?=<t[dh]\b|</t[dhr]|\Z)", re.IGNORECASE | re.DOTALL)
_SPAN = re.compile(r"(row|col)span\s*=\s*[\"']?\s*(\d{1,4})", re.IGNORECASE)
_BREAK = re.compile(r"<(?:br|/?p|/?div)\b[^<>]*>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_BEFORE = 300
_MOST_COVERED = 50_000
"""Positions of a table beyond which the rest is an attack: the statutory tables have about 300."""


def grids_in_text(text: str) -> list[Grid]:
    """Return the HTML tables that stand in a text, each with the end of the text before it."""
    grids, end = [], 0
    last = max((close.end() for close in _CLOSE.finditer(text)), default=0)
    for table in _TABLE.finditer(text, 0, last):
        before = _TAG.sub("", text[max(end, table.start() - _BEFORE) : table.start()])
        rows = _rows(text, table.start(1), table.end(1))
        grids.append(Grid(rows=rows, before=before, place=TextPlace(table.start(), table.end())))
        end = table.end()
    return grids


def _rows(text: str, start: int, end: int) -> tuple[tuple[GridCell | None, ...], ...]:
    """The rows between two offsets, spans resolved."""
    covered: dict[tuple[int, int], GridCell] = {}
    rows = []
    for number, row in enumerate(_ROW.finditer(text, start, end)):
        if len(covered) > _MOST_COVERED:
            break
        column = 0
        for cell in _cells(text, row.start(1), row.end(1)):
            while (number, column) in covered:
                column += 1
            placed = GridCell(
                text=cell.text, row=number, column=column, row_span=cell.row_span, column_span=cell.column_span, at=cell.at
            )
            covered |= {(number + r, column + c): placed for r in range(cell.row_span) for c in range(cell.column_span)}
        while (number, column) in covered:
            column += 1
        rows.append(tuple(covered.get((number, k)) for k in range(column)))
    return tuple(rows)


def _cells(text: str, start: int, end: int) -> Iterator[GridCell]:
    """The cells between two offsets, not yet placed."""
    for cell in _CELL.finditer(text, start, end):
        spans = {name.lower(): min(max(int(count), 1), MOST_SPAN) for name, count in _SPAN.findall(cell[1])}
        yield GridCell(
            text=unescape(_TAG.sub("", _BREAK.sub("\n", cell[2]))).strip(),
            row=0,
            column=0,
            row_span=spans.get("row", 1),
            column_span=spans.get("col", 1),
            at=TextPlace(cell.start(2), cell.end(2)),
        )

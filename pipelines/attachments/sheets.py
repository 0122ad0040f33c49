"""XLSX and XLS annexes: what stands between headings or empty rows of a sheet is a table, merged ranges are spans.

XLSX is read from its XML (ECMA-376, part 1, 18.3), XLS by xlrd.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element

import xlrd

from archive.errors import Refused, Unreadable
from pipelines.attachments.blocks import Block, written
from pipelines.attachments.container import Container, open_container, refuse_macros
from pipelines.attachments.doc import ole_streams
from pipelines.attachments.reading import FileReading, MAX_CELLS
from pipelines.attachments.sniffing import XLS, XLSX
from pipelines.attachments.tables import grid_rows
from pipelines.statistics.grid import Grid, GridCell

MAX_SHEETS = 30
"""Most sheets that are read."""

MAX_MERGED = 1_000
"""Most merged ranges of a sheet."""

MAX_XLS = 16 * 2**20
"""Largest XLS, in bytes: xlrd holds some ten times as much."""

_REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_HEADING = re.compile(r"\s*[一二三四五六七八]、.*(情况|事项|公开|申请)\s*")
_WORKBOOK = "xl/workbook.xml"


@dataclass(frozen=True, slots=True)
class _Range:
    """A merged range: first row and column, rows and columns after the last."""

    row: int
    column: int
    row_end: int
    column_end: int


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A sheet: printed text by (row, column), and its merged ranges."""

    texts: Mapping[tuple[int, int], str]
    merged: Sequence[_Range]


def read_xlsx(payload: bytes) -> FileReading:
    """Return the visible sheets of an XLSX; raises Refused for macros, bombs and crowded sheets, Unreadable for damage."""
    container = open_container(payload, "XLSX")
    refuse_macros(container)
    strings = _shared_strings(container)
    sheets = [_xlsx_sheet(container.xml(name), strings) for name in _visible_sheets(container)]
    return _reading(sheets, XLSX)


def read_xls(payload: bytes) -> FileReading:
    """Return the visible sheets of an XLS; raises Refused for encryption, macros and crowded sheets, Unreadable for damage."""
    if len(payload) > MAX_XLS:
        raise Refused(f"The XLS has {len(payload)} bytes, more than the {MAX_XLS} that are read.")
    ole_streams(payload, "XLS", ())
    try:
        book = xlrd.open_workbook(file_contents=payload, formatting_info=True, logfile=io.StringIO())
    except xlrd.XLRDError as error:
        if "encrypt" in str(error).lower():
            raise Refused("The XLS is encrypted.") from error
        raise Unreadable(f"The XLS is damaged: {error}") from error
    visible = [sheet for sheet in book.sheets()[:MAX_SHEETS] if sheet.visibility == 0]
    return _reading([_xls_sheet(sheet) for sheet in visible], XLS)


def _reading(sheets: Sequence[_Sheet], media_type: str) -> FileReading:
    text, grids = written([block for sheet in sheets for block in _blocks(sheet)])
    if not text:
        raise Unreadable("The workbook's sheets are empty.")
    return FileReading(text=text, grids=grids, media_type=media_type)


def _visible_sheets(container: Container) -> Iterator[str]:
    targets = {one.get("Id"): one.get("Target", "") for one in container.xml("xl/_rels/workbook.xml.rels")}
    sheets = [one for one in container.xml(_WORKBOOK).iter() if _name(one) == "sheet"]
    for sheet in sheets[:MAX_SHEETS]:
        key = next((value for name, value in sheet.attrib.items() if name.endswith("}id")), None)
        target = targets.get(key, "").removeprefix("/xl/")
        if sheet.get("state", "visible") == "visible" and "worksheets" in target:
            yield f"xl/{target}"


def _shared_strings(container: Container) -> list[str]:
    if "xl/sharedStrings.xml" not in container.names:
        return []
    return [_text(item) for item in container.xml("xl/sharedStrings.xml")]


def _text(item: Element) -> str:
    """Return a rich text's characters; phonetic hints (rPh) are not printed in the cell."""
    if _name(item) == "t":
        return item.text or ""
    return "".join(_text(child) for child in item if _name(child) != "rPh")


def _xlsx_sheet(root: Element, strings: Sequence[str]) -> _Sheet:
    texts: dict[tuple[int, int], str] = {}
    for cell in (one for one in root.iter() if _name(one) == "c"):
        place = _place(cell.get("r", ""))
        if place is not None:
            texts[place] = _cell_text(cell, strings)
        if len(texts) > MAX_CELLS:
            raise Refused(f"The XLSX has a sheet of more than {MAX_CELLS} cells.")
    ranges = (_range(one.get("ref", "")) for one in root.iter() if _name(one) == "mergeCell")
    return _Sheet(texts, [found for found in ranges if found is not None])


def _cell_text(cell: Element, strings: Sequence[str]) -> str:
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        return _text(cell)
    value = next((child.text or "" for child in cell if _name(child) == "v"), "")
    if kind == "s":
        return strings[int(value)] if value.isdigit() and len(value) < 10 and int(value) < len(strings) else ""
    return _number(value) if kind == "n" else value


def _number(value: str) -> str:
    """Return a stored number as it is shown: 7730.2799999999997 is what 7730.28 is stored as, 5.0 is 5."""
    try:
        number = float(value)
    except ValueError:
        return value
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)


def _place(reference: str) -> tuple[int, int] | None:
    found = _REFERENCE.fullmatch(reference)
    if found is None:
        return None
    column = 0
    for letter in found[1]:
        column = 26 * column + ord(letter) - 64
    return int(found[2]) - 1, column - 1


def _range(reference: str) -> _Range | None:
    first, _, last = reference.partition(":")
    start, end = _place(first), _place(last)
    return None if start is None or end is None else _Range(start[0], start[1], end[0] + 1, end[1] + 1)


def _name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _xls_sheet(sheet: xlrd.sheet.Sheet) -> _Sheet:
    if sheet.nrows * sheet.ncols > 10 * MAX_CELLS:
        raise Refused(f"The XLS has a sheet of {sheet.nrows} rows and {sheet.ncols} columns.")
    texts = {
        (r, c): _number(str(cell.value)) if cell.ctype == xlrd.XL_CELL_NUMBER else str(cell.value)
        for r in range(sheet.nrows)
        for c, cell in enumerate(sheet.row(r))
        if cell.ctype not in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK, xlrd.XL_CELL_ERROR)
    }
    return _Sheet(texts, [_Range(r0, c0, r1, c1) for r0, r1, c0, c1 in sheet.merged_cells])


def _blocks(sheet: _Sheet) -> Iterator[Block]:
    if len(sheet.merged) > MAX_MERGED:
        raise Refused(f"The workbook has a sheet of {len(sheet.merged)} merged ranges, more than {MAX_MERGED}.")
    filled = {place: text.strip() for place, text in sheet.texts.items() if text.strip()}
    by_row: dict[int, list[str]] = {}
    for (r, _), text in sorted(filled.items()):
        by_row.setdefault(r, []).append(text)
    covered = {
        r for one in sheet.merged if (one.row, one.column) in filled for r in range(one.row, min(one.row_end, one.row + 200))
    }
    rows: list[int] = []
    for r in sorted({*by_row, *covered}):
        texts = by_row.get(r, [])
        heading = len(texts) == 1 and _HEADING.fullmatch(texts[0]) is not None
        if heading or (rows and r > rows[-1] + 1):
            yield from _table(rows, filled, sheet.merged)
            rows = []
        if heading:
            yield texts[0]
        else:
            rows.append(r)
    yield from _table(rows, filled, sheet.merged)


def _table(rows: Sequence[int], filled: Mapping[tuple[int, int], str], merged: Iterable[_Range]) -> Iterator[Block]:
    """Yield some rows of a sheet as a table; as a paragraph where only one cell is filled."""
    if not rows:
        return
    first, last = rows[0], rows[-1] + 1
    here = {place: text for place, text in filled.items() if first <= place[0] < last}
    spans = [one for one in merged if first <= one.row < last]
    if len(here) == 1:
        yield from here.values()
        return
    left = min(c for _, c in here)
    right = max([c + 1 for _, c in here] + [one.column_end for one in spans if (one.row, one.column) in here])
    cells = _cells(here, spans, (first, last), (left, right))
    yield Grid(rows=grid_rows([c._replace(row=c.row - first, column=c.column - left) for c in cells], right - left))


def _cells(
    here: Mapping[tuple[int, int], str], spans: Iterable[_Range], rows: tuple[int, int], columns: tuple[int, int]
) -> Iterator[GridCell]:
    if (rows[1] - rows[0]) * (columns[1] - columns[0]) > MAX_CELLS:
        raise Refused(f"The workbook has a table of {rows[1] - rows[0]} rows and {columns[1] - columns[0]} columns.")
    covered: set[tuple[int, int]] = set()
    for span in spans:
        row_end, column_end = min(span.row_end, rows[1]), min(span.column_end, columns[1])
        inside = {(r, c) for r in range(span.row, row_end) for c in range(span.column, column_end)}
        if span.column >= columns[0] and inside and not inside & covered:
            covered |= inside
            yield GridCell(
                text=here.get((span.row, span.column), ""),
                row=span.row,
                column=span.column,
                row_span=row_end - span.row,
                column_span=column_end - span.column,
            )
    for r in range(*rows):
        for c in range(*columns):
            if (r, c) not in covered:
                yield GridCell(text=here.get((r, c), ""), row=r, column=c)

"""DOCX: the XML itself, since spans, tracked changes and text boxes are what python-docx leaves to its user."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from archive.errors import Refused, Unreadable
from pipelines.attachments.blocks import Block, cell_text, written
from pipelines.attachments.container import open_container, refuse_macros
from pipelines.attachments.reading import FileReading, MAX_CELLS
from pipelines.attachments.sniffing import DOCX
from pipelines.attachments.tables import grid_rows
from pipelines.statistics.cells import PICTURE
from pipelines.statistics.grid import Grid, GridCell

MAX_DEPTH = 60
"""Deepest nesting of elements that is followed; Word writes about 20."""

MAX_SPAN = 60
"""Most columns that one cell may span."""

_GONE = frozenset({"del", "moveFrom", "delText", "instrText", "pPr", "rPr", "Fallback", "sectPr", "tcPr", "trPr", "tblPr"})
"""Elements whose text is not printed: deleted and moved-away text, field codes, the second form of a drawing, properties."""

_RAISED = {
    "superscript": str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"),
    "subscript": str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"),
}
"""A footnote's mark is no digit of the number before it."""


@dataclass(frozen=True, slots=True)
class _Merge:
    """How a cell stands in vertical merging: it starts one, goes on with the one above, or neither (both False)."""

    starts: bool
    goes_on: bool


def read_docx(payload: bytes) -> FileReading:
    """Return a DOCX's paragraphs and tables in order, without headers, footers, comments and deleted text.

    A table inside a cell is a grid of its own, and its text stands in the cell too. Raises Refused for macros and bombs,
    Unreadable for a damaged file.
    """
    container = open_container(payload, "DOCX")
    refuse_macros(container)
    name = next((n for n in container.names if n in ("word/document.xml", "word/document2.xml")), "word/document.xml")
    body = _child(container.xml(name), "body")
    if body is None:
        raise Unreadable("The DOCX has no body.")
    if sum(_name(element) == "tc" for element in body.iter()) > MAX_CELLS:
        raise Refused(f"The DOCX has more than {MAX_CELLS} table cells.")
    text, grids = written(list(_blocks(body, 0)))
    pictures = any(n.startswith("word/media/") for n in container.names)
    if not text and not pictures:
        raise Unreadable("The DOCX holds neither text nor a picture.")
    return FileReading(text=text, grids=grids, media_type=DOCX, image_only=not text)


def _name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _child(element: Element | None, name: str) -> Element | None:
    return None if element is None else next((child for child in element if _name(child) == name), None)


def _attribute(element: Element | None, name: str) -> str | None:
    if element is None:
        return None
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == name), None)


def _blocks(element: Element, depth: int) -> Iterator[Block]:
    """Yield what stands in a body or cell: paragraphs as text, tables as grids (a nested table after its own cell's)."""
    if depth > MAX_DEPTH:
        raise Refused(f"The DOCX nests its elements deeper than {MAX_DEPTH}.")
    for child in element:
        kind = _name(child)
        if kind == "p":
            yield _text(child, 0)
            yield from _boxed(child, depth + 1)
        elif kind == "tbl":
            yield from _table(child, depth + 1)
        elif kind not in _GONE:
            yield from _blocks(child, depth + 1)


def _boxed(paragraph: Element, depth: int) -> Iterator[Block]:
    """Yield what stands in a paragraph's text boxes; the drawing's fallback repeats them and is left out."""
    for child in paragraph:
        if _name(child) == "txbxContent":
            yield from _blocks(child, depth)
        elif _name(child) not in _GONE:
            yield from _boxed(child, depth + 1)


def _text(element: Element, depth: int) -> str:
    """Return the printed text of a paragraph: tabs and line breaks kept, deleted text, field codes and text boxes out."""
    if depth > MAX_DEPTH:
        raise Refused(f"The DOCX nests its elements deeper than {MAX_DEPTH}.")
    kind = _name(element)
    if kind == "t":
        return element.text or ""
    if kind in ("tab", "ptab"):
        return "\t"
    if kind in ("br", "cr"):
        return "\n"
    if kind == "noBreakHyphen":
        return "-"
    if kind in _GONE or kind == "txbxContent" or (kind == "r" and _is_hidden(element)):
        return ""
    text = "".join(_text(child, depth + 1) for child in element)
    return _apart(element, text) if kind == "r" and text[-1:].isdigit() else text


def _apart(run: Element, text: str) -> str:
    """The text of a run that ends with a digit: raised digits as raised signs, what was struck out marked as no text."""
    properties = _child(run, "rPr")
    if _is_on(properties, "strike") or _is_on(properties, "dstrike"):
        return PICTURE + text
    raised = _attribute(_child(properties, "vertAlign"), "val")
    return text.translate(_RAISED.get(raised or "", {}))


def _is_hidden(run: Element) -> bool:
    return _is_on(_child(run, "rPr"), "vanish")


def _is_on(properties: Element | None, name: str) -> bool:
    switch = _child(properties, name)
    return switch is not None and _attribute(switch, "val") not in ("0", "false", "off")


def _rows(table: Element, name: str) -> Iterator[Element]:
    for child in table:
        if _name(child) == name:
            if name != "tr" or not _is_deleted(child):
                yield child
        elif _name(child) in ("sdt", "sdtContent", "customXml", "ins", "moveTo"):
            yield from _rows(child, name)


def _is_deleted(row: Element) -> bool:
    return _child(_child(row, "trPr"), "del") is not None


def _table(table: Element, depth: int) -> Iterator[Block]:
    cells: list[GridCell] = []
    nested: list[Block] = []
    above: dict[int, int] = {}
    width = 0
    for r, row in enumerate(_rows(table, "tr")):
        column = _number(_child(_child(row, "trPr"), "gridBefore"), 0)
        open_cells: dict[int, int] = {}
        for element in _rows(row, "tc"):
            properties = _child(element, "tcPr")
            span = max(1, min(MAX_SPAN, _number(_child(properties, "gridSpan"), 1)))
            merge = _merge(properties)
            inner = list(_blocks(element, depth))
            nested += [block for block in inner if isinstance(block, Grid)]
            upper = above.get(column)
            if merge.goes_on and upper is not None and cells[upper].column_span == span:
                cells[upper] = cells[upper]._replace(row_span=cells[upper].row_span + 1)
                open_cells[column] = upper
            else:
                cells.append(GridCell(text=cell_text(inner), row=r, column=column, column_span=span))
                if merge.starts or merge.goes_on:
                    open_cells[column] = len(cells) - 1
            column += span
        width = max(width, column)
        above = open_cells
    if cells:
        yield Grid(rows=grid_rows(cells, width))
    yield from nested


def _merge(properties: Element | None) -> _Merge:
    found = _child(properties, "vMerge")
    starts = found is not None and _attribute(found, "val") == "restart"
    return _Merge(starts=starts, goes_on=found is not None and not starts)


def _number(element: Element | None, default: int) -> int:
    value = _attribute(element, "val")
    return int(value) if value is not None and value.isascii() and value.isdigit() and len(value) < 10 else default

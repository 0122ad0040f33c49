"""Tables of an HTML element as grids, spans resolved as browsers do; and the element's text with a way back to the markup."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby, islice

import lxml.html
from lxml import etree

from archive.model import Cell, ExtraRow, HtmlPlace, Place, Statistics, Table, TextPlace
from pipelines.statistics.cells import PICTURE
from pipelines.statistics.grid import Grid, GridCell

MOST_SPAN = 100
"""Spans beyond this are a slip of the editor, or an attack."""

_BLOCKS = frozenset(
    [
        "p",
        "div",
        "li",
        "tr",
        "td",
        "th",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "section",
        "article",
        "table",
        "ul",
        "ol",
        "dl",
        "dt",
        "dd",
        "tbody",
        "thead",
        "blockquote",
        "pre",
    ]
)
_BREAKS = _BLOCKS | {"br"}
_SILENT = frozenset({"script", "style", "noscript", "template"})
_TWO_DIGITS = re.compile(r"\d\D*\d")
_STRUCK = frozenset({"del", "s", "strike"})
_APART = _STRUCK | {"sup", "sub"}
"""A footnote's mark, and what was struck out, is no digit of the number beside it."""
_ODD = (*_APART, "input", "img")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_WORDS = re.compile(r"[\u4e00-\u9fff]")
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
_BEFORE = 300
_CLIMB = 4

Element = lxml.html.HtmlElement


def grids_of(root: Element) -> list[Grid]:
    """Return the rows of tables below an element as grids, in document order.

    A row that holds a further table gives way to the rows of that table; a table of one cell is that cell. Rows that nobody
    sees are left out; a table that nobody sees is marked. `before` of a grid is the end of the text before its table.
    """
    tree = root.getroottree()
    holding = _lines_with_tables(root)
    lines = ((line, _table_of(line)) for line in root.iter("tr") if line not in holding and not is_hidden(line))
    grids = []
    for table, group in groupby(lines, key=lambda pair: pair[1]):
        if table is not None and not _is_cell(table):
            rows = _rows([line for line, _ in group], tree)
            place = HtmlPlace(tree.getpath(table))
            grids.append(Grid(rows=rows, before=_before(table), place=place, hidden=_is_out_of_sight(table)))
    return grids


def _is_out_of_sight(table: Element) -> bool:
    """Whether the style of a table, or of what it stands in, keeps it off the page (tabs, the copy for another device)."""
    return is_hidden(table) or any(above.tag in _SILENT or is_hidden(above) for above in table.iterancestors())


def is_hidden(element: Element) -> bool:
    """Say whether an element's own style keeps it off the page."""
    if not element.keys():
        return False
    style = element.get("style")
    return (style is not None and _HIDDEN.search(style) is not None) or element.get("hidden") is not None


def _table_of(line: Element) -> Element | None:
    above = line.getparent()
    while above is not None and above.tag != "table":
        above = above.getparent()
    return above


def _lines_with_tables(root: Element) -> frozenset[Element]:
    """The rows that hold a further table."""
    return frozenset(line for table in root.iter("table") if not _is_cell(table) for line in table.iterancestors("tr"))


def _is_cell(table: Element) -> bool:
    """Whether a table has one cell only and stands in another's cell: some editors put every number into one."""
    cells = islice(table.iter("td", "th"), 2)
    return len(list(cells)) < 2 and next(table.iterancestors("td", "th"), None) is not None


def _before(table: Element) -> str:
    """The end of the text of what stands before a table, or before what it stands in."""
    element: Element | None = table
    for _ in range(_CLIMB):
        if element is None or element.tag == "body":
            return ""
        earlier = element.getprevious()
        while earlier is not None and not isinstance(earlier.tag, str):
            earlier = earlier.getprevious()
        if earlier is not None:
            return (
                ""
                if earlier.tag in ("table", "script", "style")
                else ("".join(earlier.itertext()) + (earlier.tail or ""))[-_BEFORE:]
            )
        element = element.getparent()
    return ""


def _rows(lines: Sequence[Element], tree: etree._ElementTree) -> tuple[tuple[GridCell | None, ...], ...]:
    hanging: dict[int, tuple[GridCell, int]] = {}
    rows = []
    paths = _paths(lines, tree)
    for number, line in enumerate(lines):
        row, begun = _row(line, number, hanging, paths[line])
        hanging = {column: (cell, left - 1) for column, (cell, left) in hanging.items() if left > 1}
        hanging |= {cell.column + k: (cell, cell.row_span - 1) for cell in begun for k in range(cell.column_span)}
        rows.append(tuple(row))
    return tuple(rows)


def _paths(lines: Sequence[Element], tree: etree._ElementTree) -> dict[Element, str]:
    """The XPath of each row; lxml's own counts all earlier siblings anew for every row."""
    paths: dict[Element, str] = {}
    for parent in {parent for line in lines if (parent := line.getparent()) is not None}:
        above = tree.getpath(parent)
        twins = list(parent.iterchildren("tr"))
        paths |= {twin: f"{above}/tr[{place}]" if len(twins) > 1 else f"{above}/tr" for place, twin in enumerate(twins, 1)}
    return {line: paths.get(line) or tree.getpath(line) for line in lines}


def _row(
    line: Element, number: int, hanging: dict[int, tuple[GridCell, int]], path: str
) -> tuple[list[GridCell | None], list[GridCell]]:
    """One row with the cells that hang into it, and those of its own that hang further down."""
    row: list[GridCell | None] = []
    begun = []
    for element, step in _cells(line):
        while hanging and len(row) in hanging:
            row.append(hanging[len(row)][0])
        cell = _cell(element, number, len(row), path + step)
        row += [cell] * cell.column_span
        if cell.row_span > 1:
            begun.append(cell)
    for column in sorted(column for column in hanging if column >= len(row)):
        row += [None] * (column - len(row)) + [hanging[column][0]]
    return row, begun


def _cells(line: Element) -> Iterator[tuple[Element, str]]:
    """The cells of a row that are seen, each with its step of an XPath: its number among its like."""
    counts = {"td": 0, "th": 0}
    for element in line:
        tag = element.tag
        if tag in counts:
            counts[tag] += 1
            if not is_hidden(element):
                yield element, f"/{tag}[{counts[tag]}]"


def _cell(element: Element, row: int, column: int, path: str) -> GridCell:
    plain = etree.tostring(element, method="text", encoding="unicode", with_tail=False) if len(element) else element.text or ""
    down, across = element.get("rowspan"), element.get("colspan")
    text = _printed(element, plain) if len(element) else plain
    return GridCell(
        text=(text if text.isascii() else text.translate(_INVISIBLE)).strip(),
        row=row,
        column=column,
        row_span=_span(down) if down else 1,
        column_span=_span(across) if across else 1,
        at=HtmlPlace(path, len(plain) - len(plain.lstrip())),
    )


def _printed(element: Element, plain: str) -> str:
    """What a cell shows: its text, numbers kept apart, the value of a form's field, and a picture as `PICTURE`."""
    odd = {each.tag for each in element.iter(*_ODD)}
    if not plain.strip() and odd:
        return "\n".join(each.get("value") or "" for each in element.iter("input")).strip() or PICTURE * ("img" in odd)
    if not odd & _APART and not _TWO_DIGITS.search(plain):
        return plain
    worded = _WORDS.search(plain) is not None
    return PICTURE * (bool(odd & _STRUCK) and not worded) + _spaced(element, marks=not worded)


def _spaced(element: Element, *, marks: bool) -> str:
    """The text of a cell, a line end wherever a block or a `<br>` keeps two numbers apart; without `marks` no footnote's mark."""
    parts: list[str] = []
    silent = 0
    for event, each in etree.iterwalk(element, events=("start", "end", "comment", "pi")):
        apart = each.tag in _APART
        silent += {"start": 1, "end": -1}.get(event, 0) * (apart and not marks)
        parts += ["\n"] if (each.tag in _BREAKS or (apart and marks)) and each is not element else []
        text = each.text if event == "start" else each.tail if each is not element else None
        parts += [text] if text and not silent else []
    return "\n".join(line for line in "".join(parts).split("\n") if line.strip())


@lru_cache(maxsize=512)
def _span(value: str) -> int:
    """A span attribute as browsers read it: leading digits, 1 where there are none."""
    digits = re.match(r"\s*([0-9]{1,4})", value)
    return min(max(int(digits[1]), 1), MOST_SPAN) if digits else 1


@dataclass(frozen=True, slots=True)
class Runs:
    """Where each run of a text came from: its offset in the text, and the element whose text (or, if `True`, tail) it is."""

    starts: tuple[int, ...]
    sources: tuple[tuple[Element, bool], ...]
    tree: etree._ElementTree


def text_of(root: Element, without: Collection[Element] = ()) -> tuple[str, Runs]:
    """Return the text of an element, a line for each block, and where each run of it stands in the markup.

    What stands in an element of `without` is left out.
    """
    parts: list[str] = []
    starts: list[int] = []
    sources: list[tuple[Element, bool]] = []
    length = 0
    for text, element, is_tail in _runs(root, without):
        parts.append(text)
        if element is not None:
            starts.append(length)
            sources.append((element, is_tail))
        length += len(text)
    return "".join(parts), Runs(tuple(starts), tuple(sources), root.getroottree())


def _runs(root: Element, without: Collection[Element]) -> Iterable[tuple[str, Element | None, bool]]:
    """Each text and tail below an element with where it stands; line ends of ours stand nowhere."""
    walk = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
    for event, element in walk:
        spoken = isinstance(element.tag, str) and element.tag not in _SILENT and element not in without
        if event == "start" and element in without:
            walk.skip_subtree()
        if spoken and element.tag in _BREAKS:
            yield "\n", None, False
        if event == "start" and spoken and element.text:
            yield element.text, element, False
        if event != "start" and element is not root and element.tail:
            yield element.tail, element, True


def place_in_html(statistics: Statistics, runs: Runs) -> Statistics:
    """Return the statistics with every place in the text turned into one in the markup."""
    tables = {name: _replaced(table, runs) for name, table in statistics.tables().items()}
    others = tuple(replace(other, table=_replaced(other.table, runs)) for other in statistics.others)
    return replace(statistics, **tables, others=others)


def _replaced(table: Table, runs: Runs) -> Table:
    cells = {name: _moved(cell, runs) for name, cell in table.cells.items()}
    extra = tuple(_moved_row(row, runs) for row in table.extra)
    return replace(table, cells=cells, extra=extra, place=_place(table.place, runs))


def _moved_row(row: ExtraRow, runs: Runs) -> ExtraRow:
    return replace(row, cells=tuple(_moved(cell, runs) for cell in row.cells))


def _moved(cell: Cell, runs: Runs) -> Cell:
    return replace(cell, at=_place(cell.at, runs))


def _place(at: Place | None, runs: Runs) -> Place | None:
    if not isinstance(at, TextPlace) or not runs.starts:
        return at
    k = max(bisect_right(runs.starts, at.start) - 1, 0)
    element, is_tail = runs.sources[k]
    owner = element.getparent() if is_tail else element
    within = _length_before_tail(element) if is_tail else 0
    return HtmlPlace(runs.tree.getpath(owner if owner is not None else element), within + at.start - runs.starts[k])


def _length_before_tail(element: Element) -> int:
    """How many characters of the parent's text stand before the element's tail."""
    parent = element.getparent()
    before = len(parent.text or "") if parent is not None else 0
    for earlier in element.itersiblings(preceding=True):
        before += _length(earlier) + len(earlier.tail or "")
    return before + _length(element)


def _length(element: Element) -> int:
    return sum(map(len, element.itertext())) if isinstance(element.tag, str) else 0

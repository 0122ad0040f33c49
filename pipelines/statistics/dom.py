"""Tables of an HTML element; and the element's text with a way back to the markup."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from itertools import groupby

from lxml import etree

from archive.model import Cell, ExtraRow, HtmlPlace, Place, Statistics, Table, TextPlace
from pipelines.statistics.pieces import Printed
from pipelines.statistics.spans import BREAKS, Element, is_cell, is_hidden, printed_cells

_SILENT = frozenset({"script", "style", "noscript", "template"})
_BEFORE = 300
_CLIMB = 4


def tables_of(root: Element) -> list[Printed]:
    """Return the tables below an element, their cells row by row, in document order.

    A row that holds a further table gives way to the rows of that table; a table of one cell is that cell. Rows that nobody
    sees are left out; a table that nobody sees is marked. `before` is the end of the text before its table.
    """
    tree = root.getroottree()
    holding = _lines_with_tables(root)
    lines = ((line, _table_of(line)) for line in root.iter("tr") if line not in holding and not is_hidden(line))
    tables, row = [], 0
    for table, group in groupby(lines, key=lambda pair: pair[1]):
        if table is not None and not is_cell(table):
            shown = _as_shown([line for line, _ in group])
            cells = printed_cells(shown, tree, row)
            tables.append(Printed(pieces=cells, row=row, before=_before(table), hidden=_is_out_of_sight(table), element=table))
            row += len(shown) + 1
    return tables


def _as_shown(lines: list[Element]) -> list[Element]:
    """The rows of a table with those of its foot last, wherever the markup has them."""
    foot = [line for line in lines if (above := line.getparent()) is not None and above.tag == "tfoot"]
    return [line for line in lines if line not in foot] + foot if foot else lines


def _is_out_of_sight(table: Element) -> bool:
    """Whether the style of a table, or of what it stands in, keeps it off the page (tabs, the copy for another device)."""
    return is_hidden(table) or any(above.tag in _SILENT or is_hidden(above) for above in table.iterancestors())


def _table_of(line: Element) -> Element | None:
    above = line.getparent()
    while above is not None and above.tag != "table":
        above = above.getparent()
    return above


def _lines_with_tables(root: Element) -> frozenset[Element]:
    """The rows that hold a further table."""
    return frozenset(line for table in root.iter("table") if not is_cell(table) for line in table.iterancestors("tr"))


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
        if spoken and element.tag in BREAKS:
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
    return cell._replace(at=_place(cell.at, runs))


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

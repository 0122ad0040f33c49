"""Reading the statutory tables (统计表) off a page, a text or a file's grids; see `FORMS.md` and `DESIGN.md` §6.

One stream of printed pieces, whatever it came from, is cut into regions at the labels with which a table begins; the labels
of a region are put in the form's order, and what stands after each label fills its cells only when positions are certain.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

import lxml.html

from archive.model import OtherTable, Statistics, Table, TABLE_NAMES
from pipelines.statistics.align import rows_of
from pipelines.statistics.compare import disagreements
from pipelines.statistics.dom import place_in_html, tables_of, text_of
from pipelines.statistics.grid import Grid
from pipelines.statistics.headless import headless_review
from pipelines.statistics.labels import outline
from pipelines.statistics.markup import grids_in_text
from pipelines.statistics.pieces import Piece, pieces_of_grids, pieces_of_tables, pieces_of_text, Printed
from pipelines.statistics.regions import Region, regions
from pipelines.statistics.review import is_next_block, read_review
from pipelines.statistics.tables import Found, read_region
from pipelines.statistics.traces import with_traces

__all__ = [
    "HIDDEN",
    "disagreements",
    "statistics_from_grids",
    "statistics_from_html",
    "statistics_from_text",
    "text_beside",
]

HIDDEN = "页面上不显示的一份"
"""Why a table stands in `others` that the page's own style keeps out of sight."""

_LEAST_ROWS = 3
_BEGINNINGS = re.compile(r"第二十条第|勾稽关系|申请人情况|结果\s*维持|统计指标|指标名称")


def statistics_from_html(root: lxml.html.HtmlElement, tables: Sequence[Printed] | None = None) -> Statistics:
    """Return the statutory tables of an HTML element, cells placed by XPath. `tables` are its tables, for who has read them already.

    Tables that the markup does not have, but the text has, are read from the text. A table that nobody sees is named only
    where the page shows none.
    """
    read = _of_tables(tables_of(root) if tables is None else tables)
    if len(read.tables()) >= 3 or read.summary_2014 is not None:
        return read
    if not _BEGINNINGS.search("".join(root.itertext())):
        return read
    text, runs = text_of(root)
    return with_traces(_completed(read, place_in_html(_in_text(text), runs)), text)


def _of_tables(tables: Sequence[Printed]) -> Statistics:
    shown = [table for table in tables if not table.hidden]
    read = read_pieces(pieces_of_tables(shown))
    if len(shown) == len(tables):
        return read
    unseen = read_pieces(pieces_of_tables([table for table in tables if table.hidden])).tables()
    named = {name: table for name, table in unseen.items() if name not in read.tables()}
    kept = [OtherTable(name=name, why=HIDDEN, table=table) for name, table in unseen.items() if name not in named]
    return replace(read, **named, others=(*read.others, *kept))


def text_beside(root: lxml.html.HtmlElement, tables: Collection[lxml.html.HtmlElement]) -> Statistics:
    """Return the statutory tables that the text of an HTML element holds beside the given ones, cells placed by XPath."""
    text, runs = text_of(root, without=tables)
    return place_in_html(statistics_from_text(text), runs)


def statistics_from_text(text: str) -> Statistics:
    """Return the statutory tables of a running text, HTML tables inside it included, cells placed by offsets into it."""
    marked = read_pieces(pieces_of_grids(grids_in_text(text)))
    if len(marked.tables()) >= 3 or marked.summary_2014 is not None:
        return marked
    return with_traces(_completed(marked, _in_text(text)), text)


def _in_text(text: str) -> Statistics:
    return read_pieces(pieces_of_text(text))


def statistics_from_grids(grids: Sequence[Grid], text: str) -> Statistics:
    """Return the statutory tables of a file's grids; those that no grid has, or only in part, are read from its whole text."""
    read = read_pieces(pieces_of_grids(grids))
    if len(read.tables()) >= 3 and all(table.status == "complete" for table in read.tables().values()):
        return read
    return with_traces(_completed(read, _in_text(text)), text)


def _completed(first: Statistics, second: Statistics) -> Statistics:
    """Tables of the first reading, or of the second where the first has none, or reads fewer cells and contradicts none."""
    ours, theirs = first.tables(), second.tables()
    contradicted = {each.table for each in disagreements(first, second)}
    better = {
        name: theirs[name]
        for name in theirs
        if name not in ours or (name not in contradicted and unread(theirs[name]) < unread(ours[name]))
    }
    return replace(first, **better)  # type: ignore[arg-type]


def unread(table: Table) -> int:
    """Return how many cells of a table could not be read."""
    return sum(cell.reading == "unread" for cell in table.cells.values())


def read_pieces(pieces: Sequence[Piece]) -> Statistics:
    """Return the statutory tables of a stream of pieces."""
    found: list[Found] = []
    form: str | None = None
    for region in _rejoined(regions(pieces)):
        if region.kind == "review_litigation":
            one = read_review(region, form or "2021", whole=_is_whole(found))
        else:
            one = read_region(region, form)
        if one is not None:
            found.append(one)
            form = form if one.table.form in ("2008", "2014") else form or one.table.form
    if found and not any(one.name == "review_litigation" for one in found):
        found += [one for one in [headless_review(pieces, form or "2021")] if one is not None]
    return _arranged(found)


def _is_whole(found: Sequence[Found]) -> bool:
    return any(one.name == "applications" and one.table.status == "complete" for one in found)


def _rejoined(found: Sequence[Region]) -> list[Region]:
    """Join a table that goes on after its header was repeated (a page break) to its beginning."""
    joined: list[Region] = []
    for region in found:
        if joined and _continues(joined[-1], region):
            joined[-1] = replace(joined[-1], pieces=joined[-1].pieces + region.pieces)
        else:
            joined.append(region)
    return joined


def _continues(first: Region, second: Region) -> bool:
    if first.kind != second.kind:
        return False
    if first.kind == "review_litigation":
        return is_next_block(first.pieces, second.pieces)
    if first.kind == "summary":
        return any(_fit(first, second, name) for name in ("summary_2014", "local_2008"))
    before, after = (_places(one.pieces, one.kind) for one in (first, second))
    return not before or (bool(after) and max(before) < min(after))


def _fit(first: Region, second: Region, name: str) -> bool:
    """Whether the rows of two regions are one table's: together they have as many rows in order as each by itself."""
    counts = [len(_places(pieces, name)) for pieces in (first.pieces, second.pieces, first.pieces + second.pieces)]
    return counts[0] + counts[1] == counts[2] >= _LEAST_ROWS


def _places(pieces: Sequence[Piece], name: str) -> list[int]:
    return [row.place for row in rows_of(pieces, outline(name)) if row.place is not None]


def _arranged(found: Sequence[Found]) -> Statistics:
    """Name the reporting organ's own table, or the first; further ones are `others`."""
    named: dict[str, Table] = {}
    others: list[OtherTable] = []
    for name in TABLE_NAMES:
        tables = [one.table for one in found if one.name == name]
        chosen = next((table for table in tables if table.scope == "own_organ"), tables[0] if tables else None)
        if chosen is not None:
            named[name] = chosen
        others += [OtherTable(name=name, why=_why(table), table=table) for table in tables if table is not chosen]
    return Statistics(**named, others=tuple(others))


def _why(table: Table) -> str:
    return {"region": "汇总表", "government": "本级政府表", "own_organ": "本机关表"}.get(table.scope, "同页另一张表")

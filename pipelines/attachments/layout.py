"""Pages of geometry → the text and the grids of a file: page numbers out, tables over a page break joined."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from archive.errors import Refused
from archive.model import PagePlace
from pipelines.attachments.lines import Line, lines_of, paragraphs_of
from pipelines.attachments.page import Box, Glyph, Page
from pipelines.attachments.reading import MAX_CELLS
from pipelines.attachments.ruling import ruled_tables, RuledTable
from pipelines.attachments.tables import continues, grid_text, join, PagedTable, Piece
from pipelines.attachments.unruled import spread_lines
from pipelines.statistics.grid import Grid

Block = Line | PagedTable

MARGIN = 0.1
"""Share of a page's height, above and below, in which page numbers stand."""

_DASHES = r"[-—–－―·•~\s]*"
_PAGE_NUMBER = re.compile(rf"{_DASHES}(第\s*)?(\d{{1,4}})(\s*页)?{_DASHES}(([/共，,]|of)\s*(共\s*)?\d{{1,4}}\s*页?)?{_DASHES}")


def read_pages(pages: Sequence[Page]) -> tuple[str, tuple[Grid, ...]]:
    """Return the text of pages in reading order (a table's row is a line, cells parted by tabs) and their ruled tables.

    Raises Refused where the tables have more than `MAX_CELLS` cells.
    """
    numbers = _page_numbers(pages)
    blocks: list[Block] = []
    cells = 0
    for page in pages:
        for block in _blocks(page, numbers):
            _append(blocks, block)
            cells += len(block.pieces) if isinstance(block, PagedTable) else 0
        if cells > MAX_CELLS:
            raise Refused(f"The first {page.number} pages hold {cells} table cells, more than {MAX_CELLS}.")
    return _written(blocks)


def _page_numbers(pages: Sequence[Page]) -> frozenset[tuple[int, Line]]:
    """Return the lines that are page numbers: in the margin, and decorated or counting the pages.

    A bare number that does not count pages may be the report's own.
    """
    marginal = [(page.number, line, *_marginal(line)) for page in pages for line in _margin_lines(page)]
    shifts = Counter(printed - number for number, _, printed, _ in marginal)
    return frozenset(
        (number, line)
        for number, line, printed, bare in marginal
        if not bare or printed == number or shifts[printed - number] > 1
    )


def _margin_lines(page: Page) -> list[Line]:
    edge = MARGIN * page.height
    glyphs = [g for g in page.glyphs if g.bottom < edge or g.top > page.height - edge]
    return [line for line in lines_of(glyphs) if _PAGE_NUMBER.fullmatch(line.text)]


def _marginal(line: Line) -> tuple[int, bool]:
    found = _PAGE_NUMBER.fullmatch(line.text)
    return (int(found[2]), line.text.isdigit()) if found else (0, True)


def _blocks(page: Page, numbers: frozenset[tuple[int, Line]]) -> list[Block]:
    tables = ruled_tables(page.rules)
    inside: list[list[list[Glyph]]] = [[[] for _ in table.regions] for table in tables]
    owners = [table.owners() for table in tables]
    outside: list[Glyph] = []
    for glyph in page.glyphs:
        own = next(((t, at) for t, table in enumerate(tables) if (at := table.position(*glyph.middle)) is not None), None)
        (inside[own[0]][owners[own[0]][own[1]]] if own else outside).append(glyph)
    blocks: list[Block] = [
        _paged(table, glyphs, page.number) for table, glyphs in zip(tables, inside, strict=True) if any(glyphs)
    ]
    blocks += [line for line in spread_lines(outside) if (page.number, line) not in numbers]
    return sorted(blocks, key=lambda block: block.place.box[1] if isinstance(block, PagedTable) else block.top)


def _paged(table: RuledTable, glyphs: Sequence[Sequence[Glyph]], page: int) -> PagedTable:
    last = len(table.ys) - 1
    pieces = tuple(
        Piece(
            text="\n".join(line.text for line in lines_of(own)),
            row=region.row,
            column=region.column,
            row_span=region.row_span,
            column_span=region.column_span,
            at=_place(page, region.box),
            open_top=region.open_top and region.row == 0,
            open_bottom=region.open_bottom and region.row + region.row_span == last,
        )
        for region, own in zip(table.regions, glyphs, strict=True)
    )
    return PagedTable(xs=table.xs, pieces=pieces, place=_place(page, table.box), last_page=page)


def _place(page: int, box: Box) -> PagePlace:
    x0, top, x1, bottom = (round(edge, 1) for edge in box)
    return PagePlace(page, (x0, top, x1, bottom))


def _append(blocks: list[Block], block: Block) -> None:
    before = blocks[-1] if blocks else None
    if isinstance(block, PagedTable) and isinstance(before, PagedTable) and continues(before, block):
        blocks[-1] = join(before, block)
    else:
        blocks.append(block)


def _written(blocks: Sequence[Block]) -> tuple[str, tuple[Grid, ...]]:
    parts: list[str] = []
    grids: list[Grid] = []
    lines: list[Line] = []
    for block in blocks:
        if isinstance(block, Line):
            lines.append(block)
            continue
        before = "\n".join(paragraphs_of(lines))
        grids.append(block.grid(before))
        parts += [before, grid_text(grids[-1].rows)]
        lines = []
    parts.append("\n".join(paragraphs_of(lines)))
    return "\n".join(part for part in parts if part), tuple(grids)

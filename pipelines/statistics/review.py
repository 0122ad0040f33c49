"""Table four (行政复议、行政诉讼): one row of fifteen cells under headers that are often broken or cut."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import pairwise

from archive.forms import CellSpec, identities_of, table_form, TableForm
from archive.model import Cell, Table, TextPlace
from pipelines.statistics.assigning import assign, without_padding
from pipelines.statistics.cells import inferred_cell, is_value, read_cell, unread_cell
from pipelines.statistics.pieces import label_name, Piece
from pipelines.statistics.regions import BLOCKS, Region
from pipelines.statistics.scope import scope_of
from pipelines.statistics.solver import forced, summing
from pipelines.statistics.tables import Found, status_of

NAME = "review_litigation"
_BLOCK = 5
_NEARLY_ALL = 13
"""With fewer of the fifteen headers left, what they say about order is the layout's."""
AFTER = re.compile(r"存在的?(?:主要)?问题|其他需要报告|主要问题和改进")
"""The headings of the chapters behind table four."""
_DIGITS = re.compile(r"\d{15,60}")


def read_review(region: Region, form_id: str, *, whole: bool) -> Found | None:
    """Return table four of a region, as form `form_id` (the rows of both forms are the same); None where only a header word is there.

    `whole` says that no cell of table three was lost: only then can glued digits be taken for all fifteen cells.
    """
    form = table_form(form_id, NAME)
    pieces = _within(region.pieces)
    if len(_HEADER & {label_name(piece.text) for piece in pieces}) < 2:
        return None
    cells = _read(pieces, form, whole=whole) if in_form_order(pieces) else _unread(form)
    if region.folios and _holds_one_of(region.folios, cells, form):
        cells = _unread(form)
    scope, quote = scope_of(region.before)
    table = Table(
        form=form.form,
        status=status_of(cells.values()),
        cells=cells,
        scope=scope,
        scope_quote=quote,
        place=region.pieces[0].at,
    )
    return Found(NAME, table, region)


def _unread(form: TableForm) -> dict[str, Cell]:
    return {spec.id: unread_cell(spec) for spec in form.cells}


def _holds_one_of(folios: frozenset[int], cells: Mapping[str, Cell], form: TableForm) -> bool:
    """Whether a value may be the number of the page that ends there, a blank being lost: the sums don't hold."""
    found = any(isinstance(cell.at, TextPlace) and cell.at.start in folios for cell in cells.values())
    return found and not all(holds(cells, one.left, one.right) for one in identities_of(form.form, NAME))


def in_form_order(pieces: Sequence[Piece]) -> bool:
    """Say whether reconsideration stands before litigation, suits brought directly before those after it, and results in order."""
    names = [name for piece in pieces if (name := label_name(piece.text)) is not None]
    turns = [_RESULTS.index(name) for name in names if name in _RESULTS]
    if len(turns) >= _NEARLY_ALL and any((one + 1) % _BLOCK != other for one, other in pairwise(turns)):
        return False
    pairs = (("行政复议", "行政诉讼"), ("未经复议直接起诉", "复议后起诉"))
    return all(names.index(one) < names.index(other) for one, other in pairs if one in names and other in names)


_RESULTS = ("结果维持", "结果纠正", "其他结果", "尚未审结", "总计")
_HEADER = BLOCKS | {"结果维持", "结果纠正", "其他结果", "尚未审结", "结果", "尚未", "维持", "纠正"}


def is_next_block(first: Sequence[Piece], second: Sequence[Piece]) -> bool:
    """Say whether a region goes on with the table that another began: with its values, or with the suits after the reviews."""
    count = sum(not piece.is_label and not piece.blank for piece in first)
    if not count:
        return True
    before, after = (BLOCKS & {label_name(piece.text) for piece in pieces} for pieces in (first, second))
    return count <= 2 * _BLOCK and "复议后起诉" not in before and "行政复议" not in after and bool(after)


def _within(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces up to the next section's heading."""
    end = next((i for i, piece in enumerate(pieces) if _is_after(piece.text)), len(pieces))
    return list(pieces[:end])


@lru_cache(maxsize=2048)
def _is_after(text: str) -> bool:
    """Whether a text is a label that names a chapter behind table four's."""
    return label_name(text) is not None and AFTER.search(text[:40]) is not None


def _read(pieces: Sequence[Piece], form: TableForm, *, whole: bool) -> dict[str, Cell]:
    runs = _runs(pieces)
    rows = [row for run in runs if (row := _row(run, len(form.cells))) is not None]
    filled = [row for row in rows if any(not piece.blank for piece in row)]
    if len({tuple(piece.text for piece in row) for row in filled}) > 1:
        return _unread(form)
    for row in (*filled, *rows):
        return {spec.id: read_cell(piece.text, spec, piece.at) for spec, piece in zip(form.cells, row, strict=True)}
    for run in runs:
        if len(run) == 1 and _DIGITS.fullmatch(run[0].text) and not run[0].cut and (whole or not run[0].text.strip("0")):
            return _glued(run[0], form)
    return _in_parts(runs, form) or _unread(form)


def _runs(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """Pieces without words one after another; in a grid, one printed row each."""
    runs: list[list[Piece]] = [[]]
    for before, piece in zip([None, *pieces], pieces, strict=False):
        new_row = before is not None and piece.gap is None and before.row != piece.row
        is_label = label_name(piece.text) is not None
        if is_label or new_row:
            runs.append([])
        if not is_label:
            runs[-1].append(piece)
    return [run for run in runs if run]


def _row(run: Sequence[Piece], count: int) -> list[Piece] | None:
    """The fifteen cells of a run; a row of blanks counts only when its cells are printed ones, a share (%) is none of them."""
    if not any(not piece.blank for piece in run):
        return list(run) if len(run) == count and all(piece.sure for piece in run) else None
    row = assign(run, count) or assign(_on_one_line(run), count)
    return row if row is not None and all(is_value(piece.text) for piece in row) else None


def _on_one_line(run: Sequence[Piece]) -> Sequence[Piece]:
    """The run without the bars that end its own line and the header's lines, where all values stand on one line."""
    lines = {piece.row for piece in run if not piece.blank}
    return without_padding([piece for piece in run if piece.row in lines]) if len(lines) == 1 else run


def _in_parts(runs: Sequence[Sequence[Piece]], form: TableForm) -> dict[str, Cell]:
    """Fifteen values in blocks of five, or each under its own header: taken when every identity holds."""
    values = [list(run) if _is_block(run) else [piece for piece in run if not piece.blank] for run in runs]
    sizes = [len(run) for run in values if run]
    flat = [piece for run in values for piece in run]
    if len(flat) != len(form.cells) or not (all(size % _BLOCK == 0 for size in sizes) or set(sizes) == {1}):
        return {}
    cells = {spec.id: read_cell(piece.text, spec, piece.at) for spec, piece in zip(form.cells, flat, strict=True)}
    return cells if all(holds(cells, one.left, one.right) for one in identities_of(form.form, NAME)) else {}


def _is_block(run: Sequence[Piece]) -> bool:
    """Whether a run is one printed block, empty cells among its five."""
    return len(run) == _BLOCK and all(piece.sure for piece in run) and any(not piece.blank for piece in run)


def holds(cells: Mapping[str, Cell], left: Sequence[str], right: Sequence[str]) -> bool:
    """Say whether the sum of the left cells is that of the right ones, blanks counting as nought."""
    return sum(cells[one].value or 0 for one in left) == sum(cells[one].value or 0 for one in right)


def _glued(piece: Piece, form: TableForm) -> dict[str, Cell]:
    """Cells that every reading with all three sums agrees on; where none sums up, what length alone forces."""
    ways = readings(piece.text)
    sure = forced(piece.text, len(form.cells))
    return {
        spec.id: _agreed(spec, piece, [way[k] for way in ways], sure[k] if sure else None) for k, spec in enumerate(form.cells)
    }


def _agreed(spec: CellSpec, piece: Piece, values: Sequence[int], sure: int | None) -> Cell:
    options = sorted(set(values))
    value = options[0] if len(options) == 1 else sure if not options else None
    if value is not None:
        return inferred_cell(value, spec, str(value), piece.at)
    return unread_cell(spec, tuple(options), piece.text, piece.at)


def readings(digits: str) -> list[tuple[int, ...]]:
    """Return every reading of a run of digits as three blocks of five numbers, each block's last the sum of its four."""
    found: list[tuple[int, ...]] = []
    for a in range(_BLOCK, len(digits) - 2 * _BLOCK + 1):
        first = summing(digits[:a], _BLOCK)
        for b in range(a + _BLOCK, len(digits) - _BLOCK + 1) if first else ():
            found += [x + y + z for x in first for y in summing(digits[a:b], _BLOCK) for z in summing(digits[b:], _BLOCK)]
    return found

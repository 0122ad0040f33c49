"""From one region of the stream to one statutory table: which form it is, every cell of it, and rows that no form has."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from archive.forms import CellSpec, table_form, TableForm
from archive.model import Cell, ExtraRow, Number, Table, TableStatus
from pipelines.statistics.align import Row, rows_of
from pipelines.statistics.assigning import assign, is_wrapped, without_padding
from pipelines.statistics.cells import fold, is_value, read_cell, unread_cell
from pipelines.statistics.codes import without_codes
from pipelines.statistics.columns import in_form_order
from pipelines.statistics.doubts import (
    against_their_sum,
    before_folios,
    beside_labels,
    beside_more_columns,
    cut_off,
    is_deduplicated,
    on_their_lines,
    shifted,
    stacked,
)
from pipelines.statistics.labels import fingerprint, Outline, outline
from pipelines.statistics.pieces import Piece
from pipelines.statistics.regions import Region
from pipelines.statistics.rescue import confirmed, read_glued, rows_by_count, totals_by_identity
from pipelines.statistics.scope import scope_of

_MARKS = {
    "2021": re.compile(r"制发件数|废止件数|现行有效|本年处理决定数量|收费金额"),
    "2019": re.compile(r"制作数量|公开总?数量|对外公开|上一年项目|本年增[/／]?减|采购"),
}
_MONEY_HEADERS = {"central_procurement.amount": "采购总金额", "administrative_fees.amount_wan_yuan": "本年收费金额"}
_LEAST_LISTED = 8
_TIGHT = re.compile(r"[\s|]+")
_EXTRA_COUNTS = {"proactive_disclosure": (1, 2, 3), "applications": (7,), "summary_2014": (1,), "local_2008": (1,)}


@dataclass(frozen=True, slots=True)
class Found:
    """A table read from a region, and the words around it that say whose it is."""

    name: str
    table: Table
    region: Region


def read_region(region: Region, hint: str | None) -> Found | None:
    """Return the table of a region, None where its rows are not there; `hint` is the form of the document's other tables."""
    if region.kind == "summary":
        return _summary(region)
    rows = rows_of(region.pieces, outline(region.kind))
    if not any(row.place is not None for row in rows):
        return None
    form = form_of(region, rows, hint)
    return _found(region, table_form(form, region.kind), without_codes(rows, region))


def form_of(region: Region, rows: Sequence[Row], hint: str | None) -> str:
    """Return the form of a region of table two or three, by its headers or by the rows that only one form has."""
    places = outline(region.kind).rows
    present = {places[row.place] for row in rows if row.place is not None}
    if region.kind == "applications":
        filled = {places[row.place] for row in rows if row.place is not None and row.pieces}
        if present & {"other_no_correction", "other_fee_unpaid"} or "other_misc" in filled:
            return "2021"
        closed = present & {"total_processed", "carried_out"}
        return "2019" if closed and "other_handling" in present else hint or "2021"
    words = _TIGHT.sub("", "".join(piece.text for piece in region.pieces[:80]))
    score = {form: len(set(mark.findall(words))) for form, mark in _MARKS.items()}
    if score["2019"] != score["2021"]:
        return max(score, key=lambda form: score[form])
    return "2019" if present & {"other_external_services", "central_procurement"} else hint or "2021"


def _summary(region: Region) -> Found | None:
    tries = [(name, rows_of(region.pieces, outline(name))) for name in ("summary_2014", "local_2008")]
    name, rows = max(tries, key=lambda one: sum(row.place is not None for row in one[1]))
    rows = without_codes(rows, region)
    if sum(row.place is not None for row in rows) < _least_rows(region):
        return None
    form = table_form("2014" if name == "summary_2014" else "2008", name)
    if name == "summary_2014":
        return _found(region, form, rows)
    found = _found(region, form, [_period_only(row, region) for row in rows])
    return replace(found, table=replace(found.table, extra=found.table.extra + _cumulative(rows, region)))


def _least_rows(region: Region) -> int:
    """From how many rows on a region is a table: where neither header nor unit stands, a report's own list may have some."""
    return 3 if len(region.pieces) > 1 and (region.pieces[1].is_label or "单位" in region.pieces[0].text) else _LEAST_LISTED


def _found(region: Region, form: TableForm, rows: Sequence[Row]) -> Found:
    specs = form.by_row
    order = outline(form.name)
    printed = {order.rows[row.place]: row for row in rows if row.place is not None and order.rows[row.place] in specs}
    if is_deduplicated(region, printed, specs):
        cells = {spec.id: unread_cell(spec) for spec in form.cells}
        return Found(form.name, _scoped(Table(form=form.form, status="skeleton_only", cells=cells), region), region)
    printed = on_their_lines(printed, specs)
    ordinary = {name for name, row in printed.items() if is_ordinary(row, len(specs[name]))}
    others = {name: row for name, row in printed.items() if name not in ordinary}
    shapes = learn_shapes(others, specs) | ({(0, 0)} if ordinary else set())
    doubtful = shifted(rows, printed, region, specs) | cut_off(printed, form)
    doubtful |= beside_more_columns(printed, specs) | against_their_sum(printed, specs)
    doubtful |= beside_labels(others) | stacked(others)
    doubtful |= before_folios(rows, printed, specs, region.folios)
    chosen: dict[str, list[Piece] | None] = {
        name: None if name in doubtful else list(row.pieces) if name in ordinary else fill(row, len(specs[name]), shapes)
        for name, row in printed.items()
    }
    extra = _extra(rows, form.name)
    chosen = in_form_order(printed, chosen, form, region)
    chosen = _unfilled_parents(chosen, rows, extra, order)
    cells = _cells(specs, printed, chosen)
    cells |= read_glued(form, specs, printed)
    if has_unread(cells.values()):
        cells |= _by_count(form, region, cells)
        cells |= totals_by_identity(form, printed, cells)
        cells |= confirmed(form, cells)
    cells |= {name: _with_unit(cells[name], header, region) for name, header in _MONEY_HEADERS.items() if name in cells}
    table = Table(
        form=form.form,
        status=status_of(cells.values()),
        cells=cells,
        place=region.pieces[0].at if region.pieces else None,
        extra=tuple(each for _, each in extra),
    )
    return Found(form.name, _scoped(table, region), region)


def is_ordinary(row: Row, count: int) -> bool:
    """Say whether a grid's row has a plain number for each cell, as nearly all rows have: then nothing about it is in doubt by itself."""
    texts = [piece.text for piece in row.pieces]
    digits = "".join(texts)
    return row.label.gap is None and len(texts) == count and all(texts) and digits.isascii() and digits.isdigit()


def learn_shapes(printed: Mapping[str, Row], specs: Mapping[str, Sequence[CellSpec]]) -> frozenset[tuple[int, int]]:
    """Return how many empty cells stand before and after the values in the rows that are full: traces of lost spans."""
    shapes = set()
    for name, row in printed.items():
        filled = [i for i, piece in enumerate(row.pieces) if piece.text]
        if len(filled) == len(specs[name]) and filled[-1] - filled[0] + 1 == len(filled):
            shapes.add((filled[0], len(row.pieces) - 1 - filled[-1]))
    return frozenset(shapes)


def fill(row: Row, count: int, shapes: frozenset[tuple[int, int]]) -> list[Piece] | None:
    """Return the pieces of a row's cells, None where their positions are not certain.

    Where all full rows have empty cells around their values, a row with blanks must have them too.
    """
    if len(row.pieces) == 1 < count and row.pieces[0].gap is None and row.pieces[0].blank and not shapes:
        return None
    if is_wrapped(row.pieces):
        return None
    whole = assign(row.pieces, count)
    padded = bool(shapes) and (0, 0) not in shapes and 0 < sum(not piece.blank for piece in row.pieces) < count
    if whole is not None and not padded:
        return whole
    if any(piece.blank and not piece.sure for piece in row.pieces):
        return _unpadded(row, count, shapes)
    fits = {shape for shape in shapes if sum(shape) == len(row.pieces) - count}
    ways = {tuple(row.pieces[lead : lead + count]) for lead, trail in fits if _outside_blank(row.pieces, lead, trail)}
    return list(ways.pop()) if len(ways) == 1 else None


def _unpadded(row: Row, count: int, shapes: frozenset[tuple[int, int]]) -> list[Piece] | None:
    """A row with printed empty cells between its values: as many pieces as cells up to the last filled one, so none was lost.

    An empty piece before the first value may stand for a column that the label spans, unless a full row shows none there.
    """
    core = without_padding(row.pieces)
    leads = {lead for lead, _ in shapes}
    certain = len(core) == count and not core[-1].blank and (leads == {0} or (not leads and not core[0].blank))
    return list(core) if certain and all(piece.sure for piece in core if piece.blank) else None


def _outside_blank(pieces: Sequence[Piece], lead: int, trail: int) -> bool:
    return all(piece.blank for piece in (*pieces[:lead], *pieces[len(pieces) - trail :]))


def _extra(rows: Sequence[Row], name: str) -> list[tuple[int, ExtraRow]]:
    """Rows that no form has, with the statutory row they stand under."""
    spec = CellSpec(id="extra", row="extra", label="", unit=None, signed=True)
    found, parent = [], None
    for row in rows:
        if row.place is not None:
            parent = row.label.text
            continue
        values = [piece for piece in row.pieces if not piece.blank]
        if (
            len(values) in _EXTRA_COUNTS[name]
            and all(is_value(piece.text) for piece in values)
            and not _is_fragment(row.label, name)
        ):
            cells = tuple(read_cell(piece.text, spec, piece.at) for piece in values)
            found.append((row.begins, ExtraRow(label=row.label.text, parent=parent, cells=cells)))
    return found


def _is_fragment(label: Piece, name: str) -> bool:
    """A piece of a statutory label that the layout tore off."""
    words = fingerprint(label.text)
    return any(words in one for names in outline(name).names for one in names)


def _unfilled_parents(
    chosen: dict[str, list[Piece] | None],
    rows: Sequence[Row],
    extra: Sequence[tuple[int, ExtraRow]],
    order: Outline,
) -> dict[str, list[Piece] | None]:
    """Leave a statutory row unread that was split into other rows: nothing stands beside its own label."""
    extras = {index for index, _ in extra}
    split = {
        order.rows[row.place]
        for row, following in pairwise(rows)
        if row.place is not None
        and following.begins in extras
        and not any(not piece.blank for piece in row.pieces)
        and (not row.pieces or row.label.row == following.label.row)
    }
    return {name: None if name in split else pieces for name, pieces in chosen.items()}


def _cells(
    specs: Mapping[str, Sequence[CellSpec]],
    printed: Mapping[str, Row],
    chosen: Mapping[str, list[Piece] | None],
) -> dict[str, Cell]:
    cells: dict[str, Cell] = {}
    for name, row_specs in specs.items():
        pieces = chosen.get(name)
        if pieces is not None and name in printed:
            for spec, piece in zip(row_specs, pieces, strict=True):
                cells[spec.id] = read_cell(piece.text, spec, piece.at)
        else:
            possible = _possible(printed[name], row_specs[0]) if name in printed else ()
            cells |= {spec.id: unread_cell(spec, possible) for spec in row_specs}
    return cells


def _possible(row: Row, spec: CellSpec) -> tuple[Number, ...]:
    """The numbers that stand in a row whose positions are lost."""
    values = (read_cell(piece.text, spec, None).value for piece in row.pieces if not piece.glued)
    return tuple(dict.fromkeys(value for value in values if value is not None))


def _by_count(form: TableForm, region: Region, cells: Mapping[str, Cell]) -> dict[str, Cell]:
    """Cells of table three by their order alone, where the count is exact and all identities hold."""
    if form.name != "applications" or not has_unread(cells.values()):
        return {}
    return rows_by_count(form, region, cells)


def _with_unit(cell: Cell, header: str, region: Region) -> Cell:
    """The unit that the header of a money column states, where the cell itself states none."""
    if "元" in cell.raw:
        return cell
    words = fold("".join(piece.text for piece in region.pieces))
    match = re.search(rf"{header}\((?:单位:?)?(万元|元|亿元)\)", words.replace(" ", ""))
    return cell._replace(unit=match[1]) if match else cell


def _has_cumulative(region: Region) -> bool:
    return any("累计" in piece.text for piece in region.pieces[:12])


def _period_only(row: Row, region: Region) -> Row:
    """A row of 2008's table with its first value column (本期) alone."""
    return row._replace(pieces=row.pieces[:1]) if _has_cumulative(region) and len(row.pieces) == 2 else row


def _cumulative(rows: Sequence[Row], region: Region) -> tuple[ExtraRow, ...]:
    """The second value column (本年累计) of 2008's table, never merged with the first."""
    spec = CellSpec(id="extra", row="extra", label="", unit=None)
    return tuple(
        ExtraRow(
            label=f"{row.label.text}（累计）",
            parent=row.label.text,
            cells=(read_cell(row.pieces[1].text, spec, row.pieces[1].at),),
        )
        for row in rows
        if row.place is not None and _has_cumulative(region) and len(row.pieces) == 2
    )


def has_unread(cells: Iterable[Cell]) -> bool:
    """Say whether any cell could not be read."""
    return "unread" in [cell.reading for cell in cells]


def status_of(cells: Iterable[Cell]) -> TableStatus:
    """Return `complete` where no cell is unread, `skeleton_only` where none says anything, else `partial`."""
    listed = list(cells)
    if not has_unread(listed):
        return "complete"
    return "partial" if any(cell.value is not None for cell in listed) else "skeleton_only"


def _scoped(table: Table, region: Region) -> Table:
    scope, quote = scope_of(region.before)
    return replace(table, scope=scope, scope_quote=quote)

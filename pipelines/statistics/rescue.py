"""Cells that the layout lost, won back by the identities where they leave one reading: glued cells, lost labels, lost blanks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import islice, pairwise

from archive.checks import check_identity
from archive.forms import CellSpec, identities_of, TableForm
from archive.model import Cell, Number
from pipelines.statistics.align import Row
from pipelines.statistics.cells import inferred_cell, is_count, read_cell, unread_cell
from pipelines.statistics.labels import fingerprint, outline
from pipelines.statistics.orders import are_turned
from pipelines.statistics.pieces import label_name, Piece
from pipelines.statistics.regions import Region
from pipelines.statistics.solver import forced, solve, splits

MOST_WAYS = 400
"""With more ways to split a run of digits, its candidates are not worth listing."""

_LEAST_PROOFS = 2
"""A row's own sum is never enough."""

_LEAST_LABEL = 4
"""其他 and 总计 are headers too."""

MOST_CANDIDATES = 12
"""More possible values than these help nobody."""


def read_glued(form: TableForm, specs: Mapping[str, Sequence[CellSpec]], printed: Mapping[str, Row]) -> dict[str, Cell]:
    """Return the cells of rows whose digits stand together, for a table whose cells were glued; none for other tables.

    Where any row has fewer digits than cells, blanks were dropped on the way, and only rows of noughts are certain.
    """
    rows = {name: row for name, row in printed.items() if len(specs[name]) > 1}
    glued = {name: row.pieces[0] for name, row in rows.items() if len(row.pieces) == 1 and _is_run(row.pieces[0])}
    if not glued or not any(piece.glued for piece in glued.values()):
        return {}
    lossy = any(piece.cut for piece in glued.values()) or any(
        name not in glued or len(glued[name].text) < len(specs[name]) for name in rows
    )
    read = _solved(form, specs, glued) if not lossy else {}
    return {
        spec.id: cell
        for name, piece in glued.items()
        for spec, cell in zip(specs[name], _row(piece, specs[name], read.get(name), lossy=lossy), strict=True)
    }


def _is_run(piece: Piece) -> bool:
    return piece.text.isascii() and piece.text.isdigit()


def _solved(
    form: TableForm, specs: Mapping[str, Sequence[CellSpec]], glued: Mapping[str, Piece]
) -> dict[str, tuple[int | None, ...]]:
    if form.name != "applications":
        return {}
    last = {spec.id: spec for name in specs for spec in specs[name][-1:]}
    equations = [
        ([last[one].row for one in identity.left], [last[one].row for one in identity.right])
        for identity in identities_of(form.form, form.name)
        if all(one in last for one in (*identity.left, *identity.right))
    ]
    return solve({name: piece.text for name, piece in glued.items()}, len(form.columns), equations)


def _row(piece: Piece, specs: Sequence[CellSpec], values: Sequence[int | None] | None, *, lossy: bool) -> list[Cell]:
    sure = forced(piece.text, len(specs))
    if sure and (piece.cut or (any(sure) and (lossy or sure[-1] != sum(sure[:-1])))):
        sure = None
    known: Sequence[int | None] = values or sure or (None,) * len(specs)
    ways = [] if lossy else list(islice(splits(piece.text, len(specs)), MOST_WAYS + 1))
    return [
        inferred_cell(value, spec, str(value), piece.at)
        if value is not None
        else unread_cell(spec, _options(ways, k), piece.text, piece.at)
        for k, (value, spec) in enumerate(zip(known, specs, strict=True))
    ]


def _options(ways: Sequence[tuple[int, ...]], k: int) -> tuple[Number, ...]:
    options = sorted({way[k] for way in ways})
    return tuple(options) if len(ways) <= MOST_WAYS and len(options) <= MOST_CANDIDATES else ()


def rows_by_count(form: TableForm, region: Region, cells: Mapping[str, Cell]) -> dict[str, Cell]:
    """Return table three read by order alone: exactly as many numbers as cells, in agreement with every cell already
    read, labels and headers in the form's order as far as they are there, and every identity holds. Nothing otherwise.
    """
    if not _is_in_order(form, region):
        return {}
    numbers = [(part, piece) for piece in region.pieces for part in _integers(piece)]
    if len(numbers) != len(form.cells):
        return {}
    read = {
        spec.id: inferred_cell(value, spec, str(value), piece.at)
        for spec, (value, piece) in zip(form.cells, numbers, strict=True)
    }
    if any(cell.value is not None and cell.value != read[name].value for name, cell in cells.items()):
        return {}
    if any(check_identity(identity, read).verdict != "holds" for identity in identities_of(form.form, form.name)):
        return {}
    return {name: cell for name, cell in read.items() if cells[name].reading == "unread"}


def _is_in_order(form: TableForm, region: Region) -> bool:
    """Whether the labels with values behind them, and the headers before them, stand in the form's order: the identities hold in any."""
    labels = {name: places for name, places in outline(form.name).labels.items() if len(name) >= _LEAST_LABEL}
    filled = [(i, one) for i, (one, other) in enumerate(pairwise(region.pieces)) if other.text and not other.is_label]
    found = [(i, labels.get(label_name(piece.text) or "", ())) for i, piece in filled]
    places = [place for _, own in found if len(own) == 1 for place in own]
    first = next((i for i, own in found if len(own) == 1), len(region.pieces))
    names = [fingerprint(spec.column_label or "") for spec in form.cells[: len(form.columns)]]
    return places == sorted(places) and not are_turned(names, {}, region.pieces[:first])


def _integers(piece: Piece) -> list[int]:
    parts = piece.text.split()
    return [int(part) for part in parts] if parts and all(map(is_count, parts)) else []


def totals_by_identity(form: TableForm, printed: Mapping[str, Row], cells: Mapping[str, Cell]) -> dict[str, Cell]:
    """Return the totals of rows whose blank cells were dropped: the last number where it is the sum of those before it.

    Only when every row is there and, with these totals and none where a row is empty, results and balance both hold in the column
    of totals; the other cells stay unread.
    """
    lost = any(cell.reading == "unread" for cell in cells.values())
    if not lost or form.name != "applications" or set(printed) != set(form.rows):
        return {}
    tries = {f"{name}.total": _total_of(form, name, row, cells) for name, row in printed.items()}
    found = {name: cell for name, cell in tries.items() if cell is not None}
    tried = {**cells, **_empty_totals(printed), **found}
    columns = [one for one in identities_of(form.form, form.name) if all(name.endswith(".total") for name in one.left)]
    checks = [check_identity(one, tried) for one in columns if len(one.left) + len(one.right) > 3 and not _crosses(one.right)]
    return found if checks and all(check.verdict == "holds" for check in checks) else {}


def _empty_totals(printed: Mapping[str, Row]) -> dict[str, Cell]:
    return {
        f"{name}.total": Cell(value=None, raw="", kind="blank")
        for name, row in printed.items()
        if not any(not piece.blank for piece in row.pieces)
    }


def _crosses(names: Sequence[str]) -> bool:
    return any(not name.endswith(".total") for name in names)


def _total_of(form: TableForm, name: str, row: Row, cells: Mapping[str, Cell]) -> Cell | None:
    spec = next((spec for spec in form.cells if spec.row == name and spec.column == "total"), None)
    if spec is None or cells[spec.id].reading != "unread":
        return None
    values = [read_cell(piece.text, spec, piece.at).value for piece in row.pieces if not piece.blank]
    if len(values) < 2 or any(value is None for value in values):
        return None
    numbers = [value for value in values if value is not None]
    if not numbers[-1] or numbers[-1] != sum(numbers[:-1]):
        return None
    last = next(piece for piece in reversed(row.pieces) if not piece.blank)
    return inferred_cell(numbers[-1], spec, last.text, last.at)


def confirmed(form: TableForm, cells: Mapping[str, Cell]) -> dict[str, Cell]:
    """Return the unclear cells (a letter O, a space inside a number) that all identities confirm: none fails, and two at least hold for each."""
    unclear = {
        name: cell for name, cell in cells.items() if cell.reading == "unread" and cell.raw and len(cell.candidates) == 1
    }
    if not unclear:
        return {}
    specs = {spec.id: spec for spec in form.cells}
    tried = {name: inferred_cell(cell.candidates[0], specs[name], cell.raw, cell.at) for name, cell in unclear.items()}
    identities = identities_of(form.form, form.name)
    checks = [(one, check_identity(one, {**cells, **tried}).verdict) for one in identities]
    if any(verdict == "fails" for _, verdict in checks):
        return {}
    held = Counter(name for one, verdict in checks if verdict == "holds" for name in (*one.left, *one.right))
    return {name: cell for name, cell in tried.items() if held[name] >= _LEAST_PROOFS}

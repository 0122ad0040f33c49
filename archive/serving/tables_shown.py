"""A statutory table as people see it: rows and columns of the form, each cell with what it says and how it was read. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from archive.codec import Json
from archive.forms import CellSpec, FORM_IDS, table_form
from archive.zeros import proved_zeros

TITLES = {
    "proactive_disclosure": "二、主动公开政府信息情况",
    "applications": "三、收到和处理政府信息公开申请情况",
    "review_litigation": "四、政府信息公开行政复议、行政诉讼情况",
    "summary_2014": "政府信息公开情况统计表（2014）",
    "local_2008": "政府信息公开情况统计表（2008）",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One cell: its id, the text, a class for its look, and what is to be said of it."""

    id: str
    text: str
    look: str
    says: str
    is_zero_proved: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row: what it stands under (where that changes), its label, its cells."""

    group: str | None
    label: str
    cells: tuple[Shown | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """One table: its name, form and status, the column labels, and the rows."""

    name: str
    title: str
    form: str
    status: str
    scope: str
    why: str | None
    columns: tuple[str, ...]
    lines: tuple[Line, ...]
    extra: tuple[Json, ...]


def grids(statistics: Json) -> Iterator[Grid]:
    """Yield every table of a report's statistics (JSON), its own first, then the further instances."""
    for name in TITLES:
        if statistics.get(name):
            yield _grid(name, statistics[name], None)
    for other in statistics["others"]:
        yield _grid(other["name"], other, other["why"])


def shown(cell_id: str, cell: Json, *, is_zero_proved: bool = False) -> Shown:
    """Return how one cell looks. A blank says so and is never 0; what could not be read says so, with its candidates."""
    reading, kind = cell["reading"], cell["kind"]
    unit = f", {cell['unit']}" if cell["unit"] else ""
    if reading == "unread":
        guesses = f" (may be {', '.join(str(each) for each in cell['candidates'])})" if cell["candidates"] else ""
        return Shown(id=cell_id, text="未读", look="unread", says=f"could not be read{guesses}; printed: “{cell['raw']}”")
    if cell["value"] is not None:
        look = reading if reading != "printed" else "zero" if kind == "zero" else "number"
        return Shown(id=cell_id, text=str(cell["value"]), look=look, says=f"{_READINGS[reading]}: “{cell['raw']}”{unit}")
    if kind == "text":
        return Shown(id=cell_id, text=cell["raw"], look="text", says="a text stands where a number should")
    proof = "; a printed total proves it to be zero" if is_zero_proved else ""
    text, says = ("空", "blank") if kind == "blank" else (cell["raw"] or "—", "a dash")
    return Shown(id=cell_id, text=text, look=kind, says=f"{says}, not 0{proof}", is_zero_proved=is_zero_proved)


_READINGS = {
    "printed": "printed",
    "inferred": "inferred: the identities leave one reading",
    "unconfirmed": "not confirmed",
}


def _grid(name: str, table: Json, why: str | None) -> Grid:
    form = table["form"]
    specs = table_form(form, name).cells if form in FORM_IDS else ()
    lines = tuple(_lines(specs, table["cells"], proved_zeros(name, table))) if specs else tuple(_plain(table["cells"]))
    return Grid(
        name=name,
        title=TITLES.get(name, name),
        form=form,
        status=table["status"],
        scope=table["scope"],
        why=why,
        columns=_columns(specs),
        lines=lines,
        extra=tuple(table["extra"]),
    )


def _columns(specs: tuple[CellSpec, ...]) -> tuple[str, ...]:
    """The column labels where every row has the same columns; else one column: each row says its own."""
    rows = {tuple(spec.column_label or "" for spec in group) for _, group in groupby(specs, key=lambda spec: spec.row)}
    return next(iter(rows)) if len(rows) == 1 else ("",)


def _lines(specs: tuple[CellSpec, ...], cells: Mapping[str, Json], zeros: frozenset[str]) -> Iterator[Line]:
    columns = _columns(specs)
    above: str | None = None
    for _, group in groupby(specs, key=lambda spec: spec.row):
        row = tuple(group)
        under = row[0].group if row[0].group != above else None
        above = row[0].group
        made = tuple(_cell(spec.id, cells, zeros) for spec in row)
        if len(columns) == len(row):
            yield Line(group=under, label=row[0].label, cells=made)
            continue
        for number, (spec, cell) in enumerate(zip(row, made, strict=True)):
            label = f"{spec.label}〔{spec.column_label}〕" if spec.column_label else spec.label
            yield Line(group=under if number == 0 else None, label=label, cells=(cell,))


def _cell(cell_id: str, cells: Mapping[str, Json], zeros: frozenset[str]) -> Shown | None:
    cell = cells.get(cell_id)
    return shown(cell_id, cell, is_zero_proved=cell_id in zeros) if cell else None


def _plain(cells: Mapping[str, Json]) -> Iterator[Line]:
    """The cells of a form that is none of ours, by their ids."""
    for cell_id, cell in cells.items():
        yield Line(group=None, label=cell_id, cells=(shown(cell_id, cell),))

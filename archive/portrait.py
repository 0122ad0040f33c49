"""A report for a person to read: who, when, from where, what its tables say, and which checks fail. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from archive.codec import Json
from archive.forms import CellSpec, table_form, TableForm
from archive.model import TABLE_NAMES

_HEAD = (
    *("title", "report_year", "report_year_from", "published_on", "kind", "source_class", "url", "fetched_at", "first_seen"),
    *("last_seen", "versions", "document", "capture"),
)
_SIGNS = {"blank": "·", "dash": "—"}


def portrait(record: Json) -> Iterator[str]:
    """Yield the lines that show a record as `record_json` gives it; `·` is a blank, `?` a cell that could not be read."""
    agency = record["agency"] or {}
    yield f"{agency.get('name') or '(agency not known)'} {record['report_year'] or '(year not known)'}"
    yield from (f"  {name:17}{record[name]}" for name in _HEAD if record.get(name) not in (None, ""))
    yield from (f"  {'why':17}{reason}" for reason in record["reasons"])
    for name in TABLE_NAMES:
        if table := record["statistics"].get(name):
            yield from _table(name, table)
    yield from _checks(record["checks"])
    yield from _prose(record)


def _table(name: str, table: Json) -> Iterator[str]:
    form = table_form(table["form"], name)
    yield ""
    yield f"{name}: form {table['form']}, {table['status']}, scope {table['scope']}"
    if columns := _columns(form):
        yield f"  {'':34} {columns}"
    yield from (f"  {label:34} {values}" for label, values in _rows(form, table))
    yield from (f"  + {row['label']:32} {' '.join(_shown(cell) for cell in row['cells'])}" for row in table["extra"])


def _columns(form: TableForm) -> str:
    """The names of the columns over table three, in the order of its values; empty for tables whose rows have columns of their own."""
    names = dict.fromkeys(spec.column_label for spec in form.cells) if form.name == "applications" else ()
    return " / ".join(name for name in names if name)


def _rows(form: TableForm, table: Json) -> Iterator[tuple[str, str]]:
    for row in form.rows:
        specs = [spec for spec in form.cells if spec.row == row and spec.id in table["cells"]]
        if specs:
            yield row, " ".join(_value(form, spec, table) for spec in specs)


def _value(form: TableForm, spec: CellSpec, table: Json) -> str:
    """Table two's rows have columns of their own, so each of its values needs its name."""
    shown = _shown(table["cells"][spec.id])
    return f"{spec.column_label} {shown};" if form.name == "proactive_disclosure" else f"{shown:>6}"


def _shown(cell: Json) -> str:
    if cell["reading"] == "unread":
        return "?"
    if cell["value"] is None:
        return _SIGNS.get(cell["kind"]) or str(cell["raw"])
    return f"{cell['value']}{'' if cell['reading'] == 'printed' else '*'}"


def _checks(checks: list[Json]) -> Iterator[str]:
    failing = [check for check in checks if check["verdict"] == "fails"]
    yield ""
    yield f"checks: {len(checks)}, of which {len(failing)} fail"
    yield from (f"  {check['id']}: {check['left']} against {check['right']} ({check['severity']})" for check in failing)


def _prose(record: Json) -> Iterator[str]:
    yield ""
    yield f"text: {len(record['body'])} characters in {len(record['sections'])} chapters; the whole record: --json"
    yield from (
        f"  {figure['id']} {figure['value']}{figure['unit'] or ''}  “{figure['quote']}”" for figure in record["prose_figures"]
    )

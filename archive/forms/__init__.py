"""The statutory forms (表式) as data: one JSON file a form, named by its first report year.

A form is a newcomer's one-file change: put `<form>.json` here and everything that takes a `Form` knows it.
Sources of rows, columns and identities: 国办发〔2014〕32号 (2014), 国办公开办函〔2019〕60号 (2019),
国办公开办函〔2021〕30号 (2021); the local system of 2008 after 定政办发〔2008〕46号.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from itertools import groupby
from typing import Any, Literal

from archive.forms.expectations import Expectation, parse_expectations
from archive.model import Severity

CellType = Literal["int", "decimal"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CellSpec:
    """One cell of a form: its id (`row.column` or a plain id), the labels it stands under, and what it holds.

    `group` is what the form prints above or before the row: the clause of table two, the group cell of table three,
    the header path of table four. `column` is None where the form has one value column.
    """

    id: str
    row: str
    label: str
    group: str | None = None
    column: str | None = None
    column_label: str | None = None
    unit: str | None = None
    type: CellType = "int"
    signed: bool = False
    variants: tuple[str, ...] = ()
    """Further labels that this row is printed under."""


@dataclass(frozen=True, kw_only=True)
class TableForm:
    """One table of a form: its cells in printed order, those of a row together. `headings` are labels of rows that hold no number."""

    form: str
    name: str
    cells: tuple[CellSpec, ...]
    headings: tuple[str, ...] = ()

    @cached_property
    def by_row(self) -> Mapping[str, tuple[CellSpec, ...]]:
        """The cells of each row, in printed order."""
        return {row: tuple(specs) for row, specs in groupby(self.cells, key=lambda spec: spec.row)}

    @cached_property
    def rows(self) -> tuple[str, ...]:
        """Row ids in printed order, each once."""
        return tuple(self.by_row)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Column ids in printed order, each once; empty where the table has one value column."""
        return tuple(dict.fromkeys(spec.column for spec in self.cells if spec.column is not None))


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """An equation that the numbers of one table must satisfy: the sum of `left` equals the sum of `right`.

    Both sides are cell ids of `table`. `id` is unique: a rule over rows or columns is unrolled (`applications.balance.total`).
    """

    id: str
    table: str
    left: tuple[str, ...]
    right: tuple[str, ...]
    says: str
    severity: Severity = "hard"


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A statutory form: its tables, the identities within them, and what may be expected beyond these."""

    id: str
    tables: Mapping[str, TableForm]
    identities: tuple[Identity, ...]
    expectations: tuple[Expectation, ...] = ()


FORM_IDS = ("2008", "2014", "2019", "2021")


@cache
def form(form_id: str) -> Form:
    """Return the form of this id; raises KeyError for an id that is no form."""
    if form_id not in FORM_IDS:
        raise KeyError(form_id)
    text = files(__package__).joinpath(f"{form_id}.json").read_text(encoding="utf-8")
    return parse_form(json.loads(text))


@cache
def table_form(form_id: str, table: str) -> TableForm:
    """Return one table of a form; raises KeyError where the form has no such table."""
    return form(form_id).tables[table]


@cache
def identities_of(form_id: str, table: str) -> tuple[Identity, ...]:
    """Return the identities of one table of a form, in the form's order; empty where it has none."""
    return tuple(identity for identity in form(form_id).identities if identity.table == table)


@cache
def expectations_of(form_id: str, table: str) -> tuple[Expectation, ...]:
    """Return the expectations of a form that are tried where this table is there, in the form's order."""
    return tuple(one for one in form(form_id).expectations if one.owner == table)


def forms_of(table: str) -> tuple[TableForm, ...]:
    """Return every form's version of a table, newest first."""
    found = (form(form_id).tables.get(table) for form_id in reversed(FORM_IDS))
    return tuple(each for each in found if each is not None)


def parse_form(raw: Mapping[str, Any]) -> Form:
    """Return a form from its JSON: see any file of this folder for the shape."""
    readers = {
        "proactive_disclosure": _proactive,
        "applications": _applications,
        "review_litigation": _review,
        "summary_2014": _summary,
        "local_2008": _summary,
    }
    tables = {name: read(raw, name) for name, read in readers.items() if name in raw}
    identities = tuple(one for rule in raw["identities"] for one in _unroll(rule, tables))
    return Form(
        id=raw["form"], tables=tables, identities=identities, expectations=parse_expectations(raw, _names_of_rows(tables))
    )


def _names_of_rows(tables: Mapping[str, TableForm]) -> dict[str, str]:
    specs = [spec for table in tables.values() for spec in table.cells]
    columns = {spec.column: spec.column_label for spec in specs if spec.column and spec.column_label}
    return columns | {spec.row: spec.label for spec in specs}


def _proactive(raw: Mapping[str, Any], name: str) -> TableForm:
    cells = [
        CellSpec(
            id=f"{row['row']}.{column['id']}",
            row=row["row"],
            label=row["label"],
            group=row["clause"],
            column=column["id"],
            column_label=column["label"],
            unit=column["unit"],
            type=column["type"],
            signed=column.get("signed", False),
            variants=tuple(row.get("variants", ())),
        )
        for row in raw[name]
        for column in row["cols"]
    ]
    return TableForm(form=raw["form"], name=name, cells=tuple(cells))


def _applications(raw: Mapping[str, Any], name: str) -> TableForm:
    cells = [
        CellSpec(
            id=f"{row['id']}.{column['id']}",
            row=row["id"],
            label=row["label"],
            group=None if row["group"] == "—" else row["group"],
            column=column["id"],
            column_label=column["label"],
            unit=row["unit"],
            type=row["type"],
            variants=tuple(row.get("variants", ())),
        )
        for row in raw[name]
        for column in raw["columns_applications"]
    ]
    return TableForm(form=raw["form"], name=name, cells=tuple(cells))


def _review(raw: Mapping[str, Any], name: str) -> TableForm:
    cells = [
        CellSpec(id=c["id"], row=c["id"], label=c["label"], group=c["path"], unit=c["unit"], type=c["type"]) for c in raw[name]
    ]
    return TableForm(form=raw["form"], name=name, cells=tuple(cells))


def _summary(raw: Mapping[str, Any], name: str) -> TableForm:
    numeric = [row for row in raw[name] if row["numeric"]]
    cells = [
        CellSpec(
            id=row["id"],
            row=row["id"],
            label=row["label"],
            unit=row["unit"],
            type=row["type"],
            variants=tuple(row.get("variants", ())),
        )
        for row in numeric
    ]
    headings = tuple(row["label"] for row in raw[name] if not row["numeric"])
    return TableForm(form=raw["form"], name=name, cells=tuple(cells), headings=headings)


def _unroll(rule: Mapping[str, Any], tables: Mapping[str, TableForm]) -> list[Identity]:
    table, _, _ = rule["id"].partition(".")
    key = next((key for key in ("row", "column") if f"for_each_{key}" in rule), None)
    values: list[str] = rule[f"for_each_{key}"] if key else [""]
    labels = _labels(tables[table])
    return [_identity(rule, table, {key: value} if key else {}, labels) for value in values]


def _identity(rule: Mapping[str, Any], table: str, names: Mapping[str, str], labels: Mapping[str, str]) -> Identity:
    left = tuple(one.format(**names) for one in rule["left"])
    right = tuple(one.format(**names) for one in rule["right"])
    says = f"{' + '.join(labels[one] for one in left)} = {' + '.join(labels[one] for one in right)}"
    return Identity(
        id=".".join([rule["id"], *names.values()]),
        table=table,
        left=left,
        right=right,
        says=rule.get("says", says),
        severity=rule["severity"],
    )


def _labels(table: TableForm) -> dict[str, str]:
    return {c.id: c.label if c.column_label is None else f"{c.label}〔{c.column_label}〕" for c in table.cells}

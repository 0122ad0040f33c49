"""Numbers for a report that keep every identity of its form, from nothing but the organ's name and the year.

Every cell is drawn on its own, so that a later year can recompute an earlier one: what was carried out of a year is
carried into the next. The cells that an identity defines are then solved, never drawn.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from fnmatch import fnmatchcase
from random import Random

from archive.forms import CellSpec, form, Identity, TableForm
from archive.model import Number

Numbers = dict[str, Number]

RANGES: tuple[tuple[str, int, int, float], ...] = (
    ("regulations.*", 0, 0, 0.0),
    ("start.*", 15, 90, 0.0),
    ("*.issued", 0, 6, 0.3),
    ("*.repealed", 0, 2, 0.5),
    ("*.newly_*", 0, 9, 0.3),
    ("*.total_disclosed", 20, 90, 0.0),
    ("*.items_change", -3, 4, 0.3),
    ("*.decisions", 0, 1400, 0.25),
    ("*.amount_wan_yuan", 0, 90_000, 0.4),
    ("central_procurement.projects", 0, 40, 0.3),
    ("central_procurement.amount", 1_000, 90_000_000, 0.3),
    ("carried_out.natural_person", 0, 3, 0.4),
    ("carried_out.*", 0, 1, 0.9),
    ("disclosed.natural_person", 1, 40, 0.0),
    ("*.natural_person", 0, 6, 0.5),
    ("*.business_enterprise", 0, 3, 0.8),
    ("*.*", 0, 2, 0.95),
    ("recon_*", 0, 3, 0.5),
    ("suit_*", 0, 3, 0.6),
    ("channel_gazette", 0, 40, 0.3),
    ("channel_website", 100, 1900, 0.0),
    ("channel_we*", 0, 90, 0.2),
    ("channel_other", 0, 60, 0.2),
    ("proactive_normative_documents", 0, 30, 0.2),
    ("*_by_head", 0, 1, 0.3),
    ("press_conferences", 1, 6, 0.0),
    ("online_interviews", 1, 6, 0.0),
    ("received_*", 0, 1, 0.4),
    ("reply_disclosed", 4, 30, 0.0),
    ("concluded_extended", 0, 2, 0.5),
    ("denied_*", 0, 1, 0.7),
    ("request_fees_wan_yuan", 0, 300, 0.7),
    ("budget_wan_yuan", 100, 9_000, 0.1),
    ("trained_persons", 10, 400, 0.0),
    ("*", 0, 9, 0.2),
)
"""Pattern of cell ids, smallest, largest, share of zeros; the first that fits. Decimals are drawn in hundredths."""

HABITS: tuple[Identity, ...] = (
    Identity(
        id="habit.proactive",
        table="summary_2014",
        left=("proactive_items",),
        right=("channel_website", "channel_other"),
        says="what stands in several channels counts once",
    ),
    Identity(
        id="habit.concluded",
        table="summary_2014",
        left=("concluded_on_time", "concluded_extended"),
        right=("replies",),
        says="every concluded request is replied to",
    ),
    Identity(
        id="habit.received",
        table="summary_2014",
        left=("received_online", "received_in_person", "received_fax", "received_letter"),
        right=("requests_concluded",),
        says="every request is concluded within the year",
    ),
)
"""Equations that no statute asks for and that our organs keep, so that no soft check complains."""


def numbers_of(organ: str, year: int, form_id: str, seed: int = 0) -> dict[str, Numbers]:
    """Return every table's numbers by table name and cell id; all identities of the form hold.

    Deterministic in all four arguments. Raises KeyError for an id that is no form.
    """
    sheet = form(form_id)
    drawer = _Drawer(organ, seed)
    tables = {name: drawer.draw(table, year, sheet.identities) for name, table in sheet.tables.items()}
    return {name: _solved(name, numbers, sheet.identities) for name, numbers in tables.items()}


def broken(form_id: str, tables: Mapping[str, Mapping[str, Number]]) -> tuple[str, ...]:
    """Return the ids of the identities that these numbers break, in the form's order."""
    found = (one for one in form(form_id).identities if one.table in tables)
    return tuple(one.id for one in found if _sum(tables[one.table], one.left) != _sum(tables[one.table], one.right))


class _Drawer:
    def __init__(self, organ: str, seed: int) -> None:
        self.organ, self.seed = organ, seed

    def draw(self, table: TableForm, year: int, identities: Iterable[Identity]) -> Numbers:
        defined = {one.left[0] for one in (*identities, *HABITS) if one.table == table.name}
        drawn = {spec.id: self.cell(spec, year) for spec in table.cells if spec.id not in defined}
        return _room_for_carried(drawn)

    def cell(self, spec: CellSpec, year: int) -> Number:
        row, _, column = spec.id.partition(".")
        if row == "carried_in":
            return self.number(f"carried_out.{column}", year - 1)
        if column == "items_prev_year":
            return self.number(f"start.{row}", 0) + sum(self.number(f"{row}.items_change", y) for y in range(2019, year))
        if column == "in_force":
            return self.in_force(row, year)
        return self.number(spec.id, year, decimal=spec.type == "decimal")

    def in_force(self, row: str, year: int) -> Number:
        years = range(2021, year + 1)
        start = 0 if row == "regulations" else self.number(f"start.{row}", 0)
        change = (self.number(f"{row}.issued", one) - self.number(f"{row}.repealed", one) for one in years)
        return start + sum(change)

    def number(self, cell: str, year: int, *, decimal: bool = False) -> Number:
        low, high, zeros = next(rest for pattern, *rest in RANGES if fnmatchcase(cell, pattern))
        dice = Random(f"{self.organ}|{year}|{cell}|{self.seed}")
        value = 0 if dice.random() < zeros else dice.randint(int(low), int(high))
        return Decimal(value) / 100 if decimal and value else value


def _room_for_carried(drawn: Numbers) -> Numbers:
    for cell in [cell for cell in drawn if cell.startswith("carried_in.")]:
        drawn[cell.replace("carried_in", "disclosed")] += drawn[cell]
    return drawn


def _solved(table: str, drawn: Numbers, identities: Iterable[Identity]) -> Numbers:
    open_ones = [one for one in (*identities, *HABITS) if one.table == table]
    while open_ones:
        ready = [one for one in open_ones if {*one.left, *one.right} - drawn.keys() <= {one.left[0]}]
        for one in ready:
            drawn.setdefault(one.left[0], _sum(drawn, one.right) - _sum(drawn, one.left[1:]))
        open_ones = [one for one in open_ones if one not in ready]
    return drawn


def _sum(numbers: Mapping[str, Number], cells: Iterable[str]) -> Number:
    total: Number = 0
    for cell in cells:
        total += numbers[cell]
    return total

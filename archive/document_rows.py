"""How a document becomes the catalog's rows. Pure: touches no database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache
from typing import Any, get_args

from archive.codec import Json, packed
from archive.forms import form, FORM_IDS, table_form
from archive.model import TABLE_NAMES, Verdict
from archive.schema import cells_table, LETTER_OF, Row
from archive.versions import agency_identity


def document_rows(sha256: str, path: str, content: Mapping[str, Any]) -> Iterator[tuple[str, Row]]:
    """Yield (table, row) for everything that the catalog keeps of a document."""
    row = _document_row(sha256, path, content)
    yield "documents", row
    if row["agency"]:
        yield "agencies", {"name": row["agency"]}
    yield "bodies", {"document": sha256, "body": content["body"]}
    for nth, check in enumerate(content["checks"]):
        if check["verdict"] != "holds":
            yield "checks", _check_row(sha256, nth, check)
    for name, nth, why, table in _tables_of(content["statistics"]):
        if table["form"] in FORM_IDS and name in form(table["form"]).tables:
            yield cells_table(table["form"], name), _cells_row(sha256, name, nth, why, table)


def damaged_row(sha256: str, path: str, damage: str) -> Row:
    """Return the row of a document whose file can't be read: visible, and empty."""
    return {"sha256": sha256, "path": path, "damage": damage}


def _document_row(sha256: str, path: str, content: Mapping[str, Any]) -> Row:
    agency = content["agency"] or {}
    cells = [cell for _, _, _, table in _tables_of(content["statistics"]) for cell in table["cells"].values()]
    verdicts = [check["verdict"] for check in content["checks"]]
    hold, fail, open_ = (verdicts.count(verdict) for verdict in get_args(Verdict))
    same = ("reader_version", "title", "report_year", "published_on", "kind", "source_class")
    digests = ("content_sha256", "text_sha256", "figures_sha256")
    return {
        "sha256": sha256,
        "path": path,
        **{name: content[name] for name in (*same, *digests)},
        "agency": agency.get("name"),
        "level": agency.get("level"),
        "division": agency.get("division"),
        "parent": _identity_above(agency, content["report_year"]),
        "forms": " ".join(sorted({table["form"] for _, nth, _, table in _tables_of(content["statistics"]) if nth == 0}))
        or None,
        "cells_read": sum(cell["reading"] != "unread" for cell in cells),
        "cells_unread": sum(cell["reading"] == "unread" for cell in cells),
        "checks_hold": hold,
        "checks_fail": fail,
        "checks_open": open_,
    }


def _identity_above(agency: Mapping[str, Any], year: int | None) -> str | None:
    """What the organ above is called in identities, None where it is not certain."""
    return agency_identity(agency["parent"], year, None) if agency.get("parent") and year else None


def _check_row(sha256: str, nth: int, check: Mapping[str, Any]) -> Row:
    same = ("id", "verdict", "severity", "blanks_as_zero", "says")
    numbers = {side: storable(check[side]) for side in ("left", "right")}
    return {
        "document": sha256,
        "nth": nth,
        **{name: check[name] for name in same},
        **numbers,
        "evidence": packed(check["evidence"]),
    }


def _tables_of(statistics: Json) -> Iterator[tuple[str, int, str | None, Json]]:
    for name in TABLE_NAMES:
        if statistics.get(name):
            yield name, 0, None, statistics[name]
    for nth, other in enumerate(statistics["others"], 1):
        yield other["name"], nth, other["why"], other


def _cells_row(sha256: str, name: str, nth: int, why: str | None, table: Json) -> Row:
    cells = table["cells"]
    head = {"document": sha256, "nth": nth, "why": why, "status": table["status"], "scope": table["scope"]}
    ids = _cell_ids(table["form"], name)
    found = [cells.get(cell_id) for cell_id in ids]
    letters = "".join([LETTER_OF[cell["kind"], cell["reading"]] if cell else "." for cell in found])
    values = {cell_id: storable(cell["value"]) for cell_id, cell in zip(ids, found, strict=True) if cell}
    return {**head, "packed": letters, **values}


@cache
def _cell_ids(form_id: str, name: str) -> tuple[str, ...]:
    return tuple(spec.id for spec in table_form(form_id, name).cells)


def storable(value: Decimal | int | None) -> int | str | None:
    """Return a number as SQLite keeps it exactly: an int as it is, a decimal (or an int beyond 64 bits) as its text."""
    if value is None or (type(value) is int and -_HUGE < value < _HUGE):
        return value
    return str(value)


_HUGE = 1 << 63

"""Reports as JSON and back: the contract of `DESIGN.md` §6, one shape for stdout, documents and exports.

Numbers are exact: a `Decimal` is written as its own digits and read back as the same `Decimal`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
import simplejson

from archive.model import (
    Agency,
    Attachment,
    Cell,
    Check,
    ExtraRow,
    Furniture,
    HtmlPlace,
    OtherTable,
    PagePlace,
    Place,
    ProseFigure,
    Report,
    Section,
    Statistics,
    Table,
    TABLE_NAMES,
    TextPlace,
)

SCHEMA = 1
"""Version of the JSON contract; rises when a key changes its meaning."""

Json = dict[str, Any]


def dumps(value: Any, *, pretty: bool = False) -> str:
    """Return JSON text: one line, Chinese as itself, exact decimals; indented for people with `pretty`."""
    return simplejson.dumps(value, ensure_ascii=False, use_decimal=True, indent=2 if pretty else None, allow_nan=False)


_SORTING = msgspec.json.Encoder(decimal_format="number", order="sorted")
_ENCODER = msgspec.json.Encoder(decimal_format="number")


def canonical(value: Any) -> bytes:
    """Return the one UTF-8 byte form of a JSON value: keys sorted, no spaces. Equal values have equal bytes.

    A value holds no NaN and no infinity, as JSON does not. Raises TypeError for what JSON has no form for.
    """
    return _SORTING.encode(value)


def packed(value: Any) -> str:
    """Return JSON text for a column of the catalog: without spaces, exact, and ten times as fast as `dumps`; `loads` reads it."""
    return _ENCODER.encode(value).decode()


_DECODER = msgspec.json.Decoder(float_hook=Decimal)


def loads(text: str | bytes) -> Any:
    """Return the JSON value of a text, with every number that has a point or exponent as an exact `Decimal`.

    Raises ValueError for what is no JSON.
    """
    try:
        return _DECODER.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError):
        # What the fast reader refuses (half a surrogate pair, a byte order mark) may be JSON all the same.
        return simplejson.loads(text, use_decimal=True)


def report_to_json(report: Report) -> Json:
    """Return the contract's keys that come from a report; path, url, error and digests are added by who has them."""
    return {
        "title": report.title,
        "report_year": report.report_year,
        "report_year_from": report.report_year_from,
        "published_on": report.published_on.isoformat() if report.published_on else None,
        "agency": agency_to_json(report.agency),
        "kind": report.kind,
        "source_class": report.source_class,
        "reasons": list(report.reasons),
        "body": report.body,
        "sections": [{"number": s.number, "heading": s.heading, "text": s.text} for s in report.sections],
        "statistics": statistics_to_json(report.statistics),
        "prose_figures": [
            {"id": f.id, "value": f.value, "unit": f.unit, "quote": f.quote, "at": list(f.at)} for f in report.prose_figures
        ],
        "checks": [check_to_json(check) for check in report.checks],
        "attachments": [
            {"url": a.url, "name": a.name, "media_type": a.media_type, "sha256": a.sha256}
            for a in report.attachments
            if not a.is_part
        ],
        "furniture": [{"rule": f.rule, "text": f.text} for f in report.furniture],
    }


def report_from_json(raw: Mapping[str, Any]) -> Report:
    """Return the report that `report_to_json` wrote; keys of other owners (url, digests …) are left out."""
    return Report(
        title=raw["title"],
        report_year=raw["report_year"],
        report_year_from=raw["report_year_from"],
        published_on=date.fromisoformat(raw["published_on"]) if raw["published_on"] else None,
        agency=agency_from_json(raw["agency"]),
        kind=raw["kind"],
        source_class=raw["source_class"],
        reasons=tuple(raw["reasons"]),
        body=raw["body"],
        sections=tuple(Section(**section) for section in raw["sections"]),
        statistics=statistics_from_json(raw["statistics"]),
        prose_figures=tuple(ProseFigure(**{**f, "at": tuple(f["at"])}) for f in raw["prose_figures"]),
        checks=tuple(check_from_json(check) for check in raw["checks"]),
        attachments=tuple(Attachment(**attachment) for attachment in raw["attachments"]),
        furniture=tuple(Furniture(**furniture) for furniture in raw.get("furniture", ())),
    )


def agency_to_json(agency: Agency | None) -> Json | None:
    """Return the contract's `agency`, null for an unknown one."""
    if agency is None:
        return None
    return {
        "name": agency.name,
        "level": agency.level,
        "division": agency.division,
        "parent": agency.parent,
        "from": agency.found_in,
    }


def agency_from_json(raw: Mapping[str, Any] | None) -> Agency | None:
    """Return the agency that `agency_to_json` wrote."""
    if raw is None:
        return None
    return Agency(name=raw["name"], level=raw["level"], division=raw["division"], parent=raw["parent"], found_in=raw["from"])


def statistics_to_json(statistics: Statistics) -> Json:
    """Return the contract's `statistics`: every named table, null where the page has none, and `others`."""
    named: Json = {name: table_to_json(getattr(statistics, name)) for name in TABLE_NAMES}
    others = [{"name": o.name, "why": o.why, **(table_to_json(o.table) or {})} for o in statistics.others]
    return {**named, "others": others}


def statistics_from_json(raw: Mapping[str, Any]) -> Statistics:
    """Return the statistics that `statistics_to_json` wrote."""
    named = {name: table_from_json(raw[name]) for name in TABLE_NAMES if raw.get(name) is not None}
    others = tuple(OtherTable(name=o["name"], why=o["why"], table=table_from_json(o)) for o in raw["others"])
    return Statistics(**named, others=others)


def table_to_json(table: Table | None) -> Json | None:
    """Return the contract's TABLE, None for a table that is not there."""
    if table is None:
        return None
    return {
        "form": table.form,
        "status": table.status,
        "scope": table.scope,
        "scope_quote": table.scope_quote,
        "attachment": table.attachment,
        "place": place_to_json(table.place),
        "cells": {name: cell_to_json(cell) for name, cell in table.cells.items()},
        "extra": [{"label": e.label, "parent": e.parent, "cells": [cell_to_json(c) for c in e.cells]} for e in table.extra],
    }


def table_from_json(raw: Mapping[str, Any]) -> Table:
    """Return the table that `table_to_json` wrote."""
    extra = tuple(
        ExtraRow(label=e["label"], parent=e["parent"], cells=tuple(cell_from_json(c) for c in e["cells"])) for e in raw["extra"]
    )
    return Table(
        form=raw["form"],
        status=raw["status"],
        scope=raw["scope"],
        scope_quote=raw.get("scope_quote"),
        attachment=raw.get("attachment"),
        place=place_from_json(raw["place"]),
        cells={name: cell_from_json(cell) for name, cell in raw["cells"].items()},
        extra=extra,
    )


def cell_to_json(cell: Cell) -> Json:
    """Return the contract's CELL."""
    return {
        "value": cell.value,
        "raw": cell.raw,
        "kind": cell.kind,
        "unit": cell.unit,
        "reading": cell.reading,
        "candidates": list(cell.candidates),
        "at": place_to_json(cell.at),
    }


def cell_from_json(raw: Mapping[str, Any]) -> Cell:
    """Return the cell that `cell_to_json` wrote."""
    return Cell(**{**raw, "candidates": tuple(raw["candidates"]), "at": place_from_json(raw["at"])})


def check_to_json(check: Check) -> Json:
    """Return the contract's check."""
    return {
        "id": check.id,
        "verdict": check.verdict,
        "left": check.left,
        "right": check.right,
        "blanks_as_zero": check.blanks_as_zero,
        "severity": check.severity,
        "says": check.says,
        "evidence": list(check.evidence),
    }


def check_from_json(raw: Mapping[str, Any]) -> Check:
    """Return the check that `check_to_json` wrote."""
    return Check(**{**raw, "evidence": tuple(raw["evidence"])})


def place_to_json(place: Place | None) -> Json | None:
    """Return the contract's `at`: xpath and offset, page and box, or start and end."""
    match place:
        case None:
            return None
        case HtmlPlace(xpath, offset):
            return {"xpath": xpath, "offset": offset}
        case PagePlace(page, box):
            return {"page": page, "box": [Decimal(str(round(edge, 2))) for edge in box]}
        case TextPlace(start, end):
            return {"start": start, "end": end}


def place_from_json(raw: Mapping[str, Any] | None) -> Place | None:
    """Return the place that `place_to_json` wrote."""
    if raw is None:
        return None
    if "xpath" in raw:
        return HtmlPlace(raw["xpath"], raw["offset"])
    if "page" in raw:
        left, top, right, bottom = (float(edge) for edge in raw["box"])
        return PagePlace(raw["page"], (left, top, right, bottom))
    return TextPlace(raw["start"], raw["end"])

"""The catalog's tables as data, and how a document becomes their rows. Pure: touches no database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any, get_args

from archive.codec import dumps, Json
from archive.forms import form, FORM_IDS, table_form
from archive.hashing import sha256_hex
from archive.model import CellKind, CellReading, TABLE_NAMES, Verdict
from archive.versions import agency_identity

Row = dict[str, Any]
Columns = dict[str, type]

_LETTERS = {"printed": "nzbdt", "inferred": "NZBDT", "unconfirmed": "oylhx", "unread": "OYLHX"}
LETTER_OF = {
    (kind, reading): letter
    for reading in get_args(CellReading)
    for kind, letter in zip(get_args(CellKind), _LETTERS[reading], strict=True)
}
"""The letter of the packed column for a cell's kind and reading; `.` for a cell that the document does not list."""

TABLES: dict[str, tuple[Columns, tuple[str, ...]]] = {
    "runs": (
        {
            "id": str,
            "kind": str,
            "portal": str,
            "started_at": str,
            "ended_at": str,
            "outcome": str,
            "counts": str,
            "settings": str,
        },
        ("id",),
    ),
    "captures": (
        {
            "id": str,
            "event": str,
            "run": str,
            "url": str,
            "key": str,
            "fetched_at": str,
            "method": str,
            "status": int,
            "location": str,
            "media_type": str,
            "payload_sha256": str,
            "wire_sha256": str,
            "record_type": str,
            "failure": str,
            "truncated": str,
            "robots": str,
            "revisit_of": str,
            "recovered": int,
            "file": str,
            "offset": int,
            "length": int,
        },
        ("id",),
    ),
    "capture_files": ({"file": str, "run": str, "end": int}, ("file",)),
    "visits": ({"event": str, "capture": str, "page_kind": str, "links": int}, ("event",)),
    "derivations": (
        {
            "event": str,
            "at": str,
            "run": str,
            "capture": str,
            "url": str,
            "key": str,
            "fetched_at": str,
            "document": str,
            "reader_version": str,
            "context": str,
            "furniture": str,
            "attachments": str,
        },
        ("event",),
    ),
    "documents": (
        {
            "sha256": str,
            "path": str,
            "damage": str,
            "reader_version": str,
            "title": str,
            "report_year": int,
            "published_on": str,
            "agency": str,
            "level": str,
            "division": str,
            "parent": str,
            "kind": str,
            "source_class": str,
            "content_sha256": str,
            "text_sha256": str,
            "figures_sha256": str,
            "forms": str,
            "cells_read": int,
            "cells_unread": int,
            "checks_hold": int,
            "checks_fail": int,
            "checks_open": int,
        },
        ("sha256",),
    ),
    "bodies": ({"document": str, "body": str}, ("document",)),
    "checks": (
        {
            "document": str,
            "id": str,
            "nth": int,
            "verdict": str,
            "severity": str,
            "left": bytes,
            "right": bytes,
            "blanks_as_zero": int,
            "says": str,
            "evidence": str,
        },
        ("document", "id", "nth"),
    ),
    "sightings": (
        {
            "capture": str,
            "identity": str,
            "document": str,
            "content_sha256": str,
            "url": str,
            "fetched_at": str,
            "source_class": str,
            "run": str,
        },
        ("capture",),
    ),
    "versions": (
        {
            "identity": str,
            "content_sha256": str,
            "number": int,
            "is_current": int,
            "document": str,
            "first_seen": str,
            "first_capture": str,
            "first_url": str,
            "last_seen": str,
            "last_capture": str,
            "last_url": str,
            "sightings": int,
        },
        ("identity", "content_sha256"),
    ),
    "reports": (
        {
            "identity": str,
            "provisional": int,
            "agency": str,
            "report_year": int,
            "kind": str,
            "source_class": str,
            "url": str,
            "fetched_at": str,
            "capture": str,
            "document": str,
            "content_sha256": str,
            "first_seen": str,
            "last_seen": str,
            "versions": int,
            "sightings": int,
            "urls": int,
        },
        ("identity",),
    ),
    "segments": (
        {"key": str, "number": int, "identity": str, "first_seen": str, "last_seen": str, "looks": int},
        ("key", "number"),
    ),
    "changes": (
        {
            "id": str,
            "owner": str,
            "verdict": str,
            "key": str,
            "site": str,
            "url": str,
            "identity": str,
            "agency": str,
            "report_year": int,
            "seen_at": str,
            "since": str,
            "old_capture": str,
            "new_capture": str,
            "old_document": str,
            "new_document": str,
            "says": str,
            "evidence": str,
        },
        ("id",),
    ),
    "cell_changes": (
        {
            "change": str,
            "table": str,
            "cell": str,
            "owner": str,
            "identity": str,
            "old": bytes,
            "new": bytes,
            "old_raw": str,
            "new_raw": str,
            "unit": str,
            "seen_at": str,
        },
        ("change", "table", "cell"),
    ),
    "cell_history": (
        {
            "key": str,
            "segment": int,
            "table": str,
            "cell": str,
            "nth": int,
            "identity": str,
            "value": bytes,
            "raw": str,
            "kind": str,
            "first_seen": str,
            "last_seen": str,
            "superseded_at": str,
            "superseded_by": bytes,
            "capture": str,
            "document": str,
        },
        ("key", "segment", "table", "cell", "nth"),
    ),
    "frame_differences": ({"change": str, "token": str, "key": str, "site": str}, ("change", "token")),
    "prints": (
        {
            "band": int,
            "at": str,
            "capture": str,
            "identity": str,
            "document": str,
            "reader_version": str,
        },
        ("band", "identity"),
    ),
    "findings": (
        {"id": str, "at": str, "run": str, "kind": str, "says": str, "url": str, "capture": str, "evidence": str},
        ("id",),
    ),
    "decisions": (
        {"event": str, "at": str, "fingerprint": str, "verdict": str, "note": str, "state": str, "says": str},
        ("event",),
    ),
    "notifications": (
        {"event": str, "change": str, "target": str, "service": str, "at": str},
        ("event", "change"),
    ),
    "takedowns": ({"event": str, "at": str, "capture": str, "payload_sha256": str, "reason": str}, ("event",)),
    "hidden_derivations": ({"event": str, "capture": str, "document": str}, ("event",)),
    "sealed": ({"file": str, "run": str, "day": str, "size": int, "sha256": str}, ("file",)),
    "sealed_parts": ({"file": str, "into": str, "base": int}, ("file",)),
    "seals": (
        {"run": str, "day": str, "at": str, "manifest": str, "sha256": str, "merkle_root": str, "files": int, "known": int},
        ("run", "day"),
    ),
    "journal_offsets": ({"path": str, "offset": int, "line": int, "sha256": str}, ("path",)),
}

INDEXES: dict[str, tuple[tuple[str, ...], ...]] = {
    "captures": (("url", "fetched_at"), ("wire_sha256",), ("run",), ("key",), ("file",), ("payload_sha256",)),
    "notifications": (("target", "change"),),
    "takedowns": (("payload_sha256",), ("capture",)),
    "hidden_derivations": (("document",),),
    "sealed_parts": (("into",),),
    "visits": (("capture",),),
    "derivations": (("capture",), ("document",), ("key",)),
    "segments": (("identity",),),
    "changes": (("seen_at",), ("verdict", "seen_at"), ("agency", "seen_at"), ("identity",), ("owner",), ("url",)),
    "cell_changes": (("owner",), ("identity",)),
    "cell_history": (("identity",),),
    "frame_differences": (("site",),),
    "prints": (("band", "at", "capture"), ("identity",)),
    "documents": (("content_sha256",), ("parent", "report_year")),
    "sightings": (("identity",), ("document",)),
    "reports": (("agency", "report_year"), ("report_year", "agency", "identity"), ("url",), ("document",)),
    "checks": (("verdict", "id"),),
}


_DIVISIONS = tuple(files("archive.divisions").joinpath(name) for name in ("divisions.tsv.gz", "townships.tsv.gz"))


def cells_table(form_id: str, table: str) -> str:
    """Return the name of the wide table for one table of a form."""
    return f"cells_{form_id}_{table}"


def cells_tables() -> dict[str, tuple[Columns, tuple[str, ...]]]:
    """Return columns and key of every wide table. Cells are declared BLOB, so that SQLite converts neither int nor text."""
    found: dict[str, tuple[Columns, tuple[str, ...]]] = {}
    for form_id in FORM_IDS:
        for name, spec in form(form_id).tables.items():
            head: Columns = {"document": str, "nth": int, "why": str, "status": str, "scope": str, "packed": str}
            columns = {**head, **{cell.id: bytes for cell in spec.cells}}
            found[cells_table(form_id, name)] = (columns, ("document", "nth"))
    return found


def all_tables() -> dict[str, tuple[Columns, tuple[str, ...]]]:
    """Return every table of the catalog: columns with their types, and the primary key."""
    return {**TABLES, **cells_tables()}


RULES = 2
"""Rises when the same facts are judged otherwise: other verdicts, other names of pages. A catalog judged before is built anew."""


@cache
def schema_version() -> int:
    """Return a number that changes with any table, column, index or rule of judging: a catalog of another number is rebuilt."""
    shape = {name: [{k: v.__name__ for k, v in columns.items()}, key] for name, (columns, key) in all_tables().items()}
    return int(sha256_hex(dumps([shape, INDEXES, _LETTERS, _divisions_digest(), RULES]).encode())[:7], 16)


def _divisions_digest() -> str:
    # Identities follow from the table of divisions: with another table they are made anew.
    return "".join(sha256_hex(path.read_bytes()) for path in _DIVISIONS)


def document_rows(sha256: str, path: str, content: Mapping[str, Any]) -> Iterator[tuple[str, Row]]:
    """Yield (table, row) for everything that the catalog keeps of a document."""
    yield "documents", _document_row(sha256, path, content)
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
        "evidence": dumps(check["evidence"]),
    }


def _tables_of(statistics: Json) -> Iterator[tuple[str, int, str | None, Json]]:
    for name in TABLE_NAMES:
        if statistics.get(name):
            yield name, 0, None, statistics[name]
    for nth, other in enumerate(statistics["others"], 1):
        yield other["name"], nth, other["why"], other


def _cells_row(sha256: str, name: str, nth: int, why: str | None, table: Json) -> Row:
    ids = [spec.id for spec in table_form(table["form"], name).cells]
    cells = table["cells"]
    values = {cell_id: storable(cells[cell_id]["value"]) for cell_id in ids if cell_id in cells}
    head = {"document": sha256, "nth": nth, "why": why, "status": table["status"], "scope": table["scope"]}
    return {**head, "packed": "".join(_letter(cells.get(cell_id)) for cell_id in ids), **values}


def _letter(cell: Json | None) -> str:
    return LETTER_OF[cell["kind"], cell["reading"]] if cell else "."


def storable(value: Decimal | int | None) -> int | str | None:
    """Return a number as SQLite keeps it exactly: an int as it is, a decimal (or an int beyond 64 bits) as its text."""
    if isinstance(value, Decimal) or (value is not None and abs(value) >= 1 << 63):
        return str(value)
    return value

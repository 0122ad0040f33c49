"""Content hashes that tell one kind of change from another (`DESIGN.md` §4)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from archive.codec import canonical
from archive.model import Cell, Report, Statistics, Table


@dataclass(frozen=True, slots=True)
class Digests:
    """The three hex SHA-256 digests of a report: everything it says, its body, its statistics' values."""

    content_sha256: str
    text_sha256: str
    figures_sha256: str


def sha256_hex(payload: bytes) -> str:
    """Return the hex SHA-256 of some bytes."""
    return hashlib.sha256(payload).hexdigest()


def digests_of(report: Report) -> Digests:
    """Return the digests of a report.

    They depend on agency, year, title, body, statistics' values and attachments, never on places, markup or furniture: a
    redesigned page gives the same digests.
    """
    figures = _figures(report.statistics)
    content = {
        "agency": report.agency.name if report.agency else None,
        "year": report.report_year,
        "title": report.title,
        "body": report.body,
        "figures": figures,
        "attachments": sorted([a.name, a.sha256] for a in report.attachments if a.sha256 and not a.is_part),
    }
    return Digests(
        content_sha256=sha256_hex(canonical(content)),
        text_sha256=sha256_hex(report.body.encode("utf-8")),
        figures_sha256=sha256_hex(canonical(figures)),
    )


def _figures(statistics: Statistics) -> dict[str, Any]:
    named = {name: _values(table) for name, table in statistics.tables().items()}
    # A copy in an attachment is told by the attachment's digest: a file that was not to be had one night changes no figure.
    others = [[other.name, _values(other.table)] for other in statistics.others if other.table.attachment is None]
    return {**named, "others": others}


def _values(table: Table) -> dict[str, Any]:
    cells = {name: _value(cell) for name, cell in table.cells.items()}
    return {"form": table.form, "cells": cells, "extra": [[e.label, [_value(c) for c in e.cells]] for e in table.extra]}


def _value(cell: Cell) -> list[Any]:
    return [cell.kind, cell.value, cell.unit, cell.reading if cell.reading == "unread" else None]

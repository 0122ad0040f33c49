"""CSV, a report a row: who, which year, where, and how well it was read. No numbers of its tables."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from typing import Any, TextIO

from archive.codec import Json
from archive.model import TABLE_NAMES

NAME = "csv"
ABOUT = "a report a row"
COLUMNS = (
    *("agency", "level", "division", "report_year", "title", "published_on", "kind", "source_class"),
    *TABLE_NAMES,
    *("checks_failed", "url", "fetched_at", "first_seen", "last_seen", "versions", "portal"),
    *("content_sha256", "document", "capture"),
)


def write(records: Iterable[Json], out: TextIO) -> None:
    """Write a header and a row for each record; a table's column holds its form and status (`2021 complete`), blank if absent."""
    writer = csv.DictWriter(out, COLUMNS, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    for record in records:
        writer.writerow(_row(record))


def _row(record: Json) -> dict[str, Any]:
    agency = record["agency"] or {}
    tables = {name: _table(record["statistics"].get(name)) for name in TABLE_NAMES}
    failed = sum(check["verdict"] == "fails" for check in record["checks"])
    names = {"agency": agency.get("name"), "level": agency.get("level"), "division": agency.get("division")}
    return {**record, **names, **tables, "checks_failed": failed}


def _table(table: Json | None) -> str | None:
    return f"{table['form']} {table['status']}" if table else None

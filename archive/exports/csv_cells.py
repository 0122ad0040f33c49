"""CSV, a cell a row: each number with its raw text, how it was read, and the capture that it stands in."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from typing import Any, TextIO

from archive.codec import Json
from archive.model import TABLE_NAMES
from archive.zeros import proved_zeros

NAME = "csv-cells"
ABOUT = "a cell a row"
COLUMNS = (
    *("agency", "report_year", "table", "nth", "form", "scope", "cell", "value", "raw", "kind", "unit", "reading"),
    *("zero_by_identity", "document", "capture", "url"),
)


def write(records: Iterable[Json], out: TextIO) -> None:
    """Write a header and a row for each cell; `nth` is 0 for the named table, 1 … for those of `others`.

    `value` is empty where no number is printed or read: never 0 for a blank. `zero_by_identity` is 1 where a printed total
    proves a blank to be zero.
    """
    writer = csv.DictWriter(out, COLUMNS, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    for record in records:
        writer.writerows(_rows(record))


def _rows(record: Json) -> Iterator[dict[str, Any]]:
    agency = (record["agency"] or {}).get("name")
    same = {name: record[name] for name in ("report_year", "document", "capture", "url")}
    for name, nth, table in _tables(record["statistics"]):
        zeros = proved_zeros(name, table)
        place = {"agency": agency, "table": name, "nth": nth, "form": table["form"], "scope": table["scope"]}
        for cell_id, cell in table["cells"].items():
            yield {**same, **place, **cell, "cell": cell_id, "zero_by_identity": int(cell_id in zeros)}


def _tables(statistics: Json) -> Iterator[tuple[str, int, Json]]:
    yield from ((name, 0, statistics[name]) for name in TABLE_NAMES if statistics.get(name))
    yield from ((other["name"], nth, other) for nth, other in enumerate(statistics["others"], 1))

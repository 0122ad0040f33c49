"""The ledger of cells: for each cell that ever changed, what it said, first and last seen, and what superseded it. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import pairwise
from typing import Any

from archive.codec import Json
from archive.document_rows import storable
from archive.looks import Look
from archive.schema import Row
from archive.streams import Load, Segment

Said = tuple[Look, Json]


def history_rows(segment: Segment, cells: Collection[tuple[str, str]], load: Load) -> Iterator[Row]:
    """Yield a row for each value that each of the cells (table, cell id) had at a page, oldest first.

    A look at which the cell could not be read is passed over. `superseded_at` is None for what stands there now.
    """
    seen = [(look, load(look.newest.document)["statistics"]) for look in segment.looks] if cells else []
    for table, cell in sorted(cells):
        spans = _spans([(look, found) for look, statistics in seen if (found := _cell(statistics, table, cell))])
        for nth, (span, following) in enumerate(pairwise([*spans, None])):
            assert span is not None
            yield {**_row(span, following), "key": segment.key, "segment": segment.number, "nth": nth} | {
                "table": table,
                "cell": cell,
                "identity": segment.reading.identity,
            }


def _cell(statistics: Json, table: str, cell: str) -> Json | None:
    found = (statistics.get(table) or {"cells": {}})["cells"].get(cell)
    return found if found and found["reading"] in ("printed", "inferred") else None


def _spans(said: list[Said]) -> list[list[Said]]:
    spans: list[list[Said]] = []
    for look, cell in said:
        if spans and _same(spans[-1][-1][1], cell):
            spans[-1].append((look, cell))
        else:
            spans.append([(look, cell)])
    return spans


def _same(one: Json, other: Json) -> bool:
    return all(one[name] == other[name] for name in ("kind", "value", "unit"))


def _row(span: list[Said], following: list[Said] | None) -> dict[str, Any]:
    first, cell = span[0]
    return {
        "value": storable(cell["value"]),
        "raw": cell["raw"],
        "kind": cell["kind"],
        "first_seen": first.at,
        "last_seen": span[-1][0].at,
        "superseded_at": following[0][0].at if following else None,
        "superseded_by": storable(following[0][1]["value"]) if following else None,
        "capture": first.capture,
        "document": first.newest.document,
    }

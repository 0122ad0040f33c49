"""All looks at one page, fetched from the catalog's facts: captures, what crawls took them for, and what readers read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol
from urllib.parse import urljoin

from archive.addresses import page_key
from archive.codec import loads
from archive.comparison import Files
from archive.looks import Look, Reading, state_of
from archive.schema import Row
from archive.versions import identity_of


class Rows(Protocol):
    """Where rows come from: the catalog."""

    def rows(self, sql: str, parameters: Any = ()) -> Iterator[Row]:
        """Yield the rows of a query."""


def looks_of(catalog: Rows, key: str) -> list[Look]:
    """Return all looks at a page, by its key: at its own address, and at a file of it that holds the report."""
    derived = _grouped(catalog.rows(_DERIVATIONS, [key]))
    kinds = _grouped(catalog.rows(_VISITS, [key]))
    return [_look(key, row, derived.get(row["id"], []), kinds.get(row["id"], [])) for row in catalog.rows(_CAPTURES, [key])]


_MINE = "SELECT id FROM captures WHERE key = ?1 UNION SELECT capture FROM derivations WHERE key = ?1"
_CAPTURES = f"""
SELECT id, run, url, fetched_at, status, location, failure, payload_sha256, truncated FROM captures WHERE id IN ({_MINE})
"""  # noqa: S608 - text of our own
_VISITS = f"SELECT capture, page_kind FROM visits WHERE capture IN ({_MINE}) ORDER BY event"  # noqa: S608
_DERIVATIONS = """
SELECT d.capture, d.url, d.at, d.reader_version, d.document, d.attachments, o.agency, o.division, o.report_year, o.kind
FROM derivations d JOIN documents o ON o.sha256 = d.document AND o.damage IS NULL
WHERE d.key = ?1 ORDER BY d.at, d.event
"""


def _grouped(rows: Iterator[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row["capture"], []).append(row)
    return found


def _look(key: str, row: Row, derived: list[Row], visits: list[Row]) -> Look:
    state, why = state_of(
        url=row["url"],
        status=row["status"],
        failure=row["failure"],
        location=row["location"],
        page_kinds=[each["page_kind"] for each in visits],
        read_kinds=[each["kind"] for each in derived],
    )
    readings = {each["reader_version"]: _reading(each) for each in derived if each["kind"] == "annual_report"}
    return Look(
        key=key,
        url=row["url"],
        capture=row["id"],
        at=row["fetched_at"],
        run=row["run"],
        state=state,
        why=why,
        payload=row["payload_sha256"],
        target=page_key(urljoin(row["url"], row["location"])) if state == "redirected" and row["location"] else None,
        truncated=row["truncated"] is not None,
        readings=readings,
    )


def _reading(row: Row) -> Reading:
    facts = {name: row[name] for name in ("agency", "division", "report_year", "kind")}
    identity, _ = identity_of(**facts, url=row["url"])
    return Reading(
        version=row["reader_version"],
        at=row["at"],
        document=row["document"],
        identity=identity,
        agency=row["agency"],
        report_year=row["report_year"],
        files=_files(row["attachments"]),
    )


def _files(packed: str) -> Files:
    if packed == "[]":
        return ()
    return tuple((each.get("url"), each.get("name"), each.get("sha256")) for each in loads(packed))

"""All looks at one page, fetched from the catalog's facts: captures, what crawls took them for, and what readers read."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urljoin

from archive.addresses import page_key
from archive.codec import loads
from archive.comparison import Files
from archive.looks import Look, Reading, state_of
from archive.schema import Row
from archive.tables import Tables
from archive.versions import identity_of


def looks_of(tables: Tables, keys: Iterable[str]) -> dict[str, list[Look]]:
    """Return all looks at pages, by their keys: at a page's own address, and at a file of it that holds the report."""
    asked = sorted(keys)
    derived = _grouped(tables.among(_DERIVATIONS, asked), "key", "capture")
    kinds = _grouped(tables.among(_VISITS, asked), "capture")
    found: dict[str, list[Look]] = {key: [] for key in asked}
    for row in tables.among(_CAPTURES, asked):
        key = row["page"]
        found[key].append(_look(key, row, derived.get((key, row["id"]), []), kinds.get((row["id"],), [])))
    return found


_MINE = """
SELECT j.value AS page, c.id FROM json_each(?1) j JOIN captures c ON c.key = j.value
UNION SELECT j.value, d.capture FROM json_each(?1) j JOIN derivations d ON d.key = j.value
"""
_CAPTURES = f"""
WITH mine AS ({_MINE})
SELECT mine.page, c.id, c.run, c.url, c.fetched_at, c.status, c.location, c.failure, c.payload_sha256, c.truncated
FROM mine JOIN captures c ON c.id = mine.id
"""  # noqa: S608 - text of our own
_VISITS = f"""
WITH mine AS ({_MINE}) SELECT v.capture, v.page_kind FROM visits v WHERE v.capture IN (SELECT id FROM mine) ORDER BY v.event
"""  # noqa: S608
_DERIVATIONS = """
SELECT d.key, d.capture, d.url, d.at, d.reader_version, d.document, d.attachments, o.agency, o.division, o.report_year, o.kind
FROM json_each(?1) j JOIN derivations d ON d.key = j.value JOIN documents o ON o.sha256 = d.document AND o.damage IS NULL
ORDER BY d.at, d.event
"""


def _grouped(rows: Iterable[Row], *names: str) -> dict[tuple[str, ...], list[Row]]:
    found: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        found.setdefault(tuple(row[name] for name in names), []).append(row)
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
    return tuple((each.get("url"), each.get("name"), each.get("sha256")) for each in loads(packed) if not each.get("is_part"))

"""What follows from derivations, report by report: sightings, versions, and the report as it stands now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from archive.attributions import attributed, given
from archive.schema import Row
from archive.tables import Tables
from archive.versions import current_of, Sighting, Version, versions_of

CHUNK = 400
"""Reports computed at once: memory does not grow with the batch."""


def sighted(tables: Tables, captures: Iterable[str]) -> set[str]:
    """Write the sightings of captures anew, each by its newest reading; return the reports that they are and were of."""
    asked = sorted(captures)
    touched = {row["identity"] for row in tables.among(_BEFORE, asked)}
    effective = {row["capture"]: row for row in tables.among(_EFFECTIVE, asked)}
    known = given(tables)
    for capture in asked:
        if capture not in effective:
            tables.run("DELETE FROM sightings WHERE capture = ?", [capture])
    for row in effective.values():
        identity = attributed(row, known)["identity"]
        tables.put("sightings", {**{name: row[name] for name in _SIGHTING}, "identity": identity})
        touched.add(identity)
    return touched


def write_reports(tables: Tables, identities: Iterable[str]) -> None:
    """Write versions and reports anew from their sightings."""
    asked = sorted(identities)
    for first in range(0, len(asked), CHUNK):
        _write_chunk(tables, asked[first : first + CHUNK])


def _write_chunk(tables: Tables, identities: list[str]) -> None:
    found = {
        identity: [Sighting(**row) for row in rows]
        for identity, rows in groupby(tables.among(_SIGHTINGS, identities), key=lambda row: str(row["identity"]))
    }
    currents = {identity: current_of(sightings) for identity, sightings in found.items()}
    documents = {row["sha256"]: row for row in tables.among(_DOCUMENTS, {each.document for each in currents.values()})}
    for identity in identities:
        for table, key in (("versions", identity), ("reports", identity)):
            tables.change(f"DELETE FROM {table} WHERE identity = ?", (key,))  # noqa: S608 - names of our own
        tables.change("DELETE FROM findings WHERE id = ?", (f"no-identity {identity}",))
    known = given(tables)
    for identity, sightings in found.items():
        current = currents[identity]
        document = documents[current.document]
        facts = attributed({**document, "url": current.url, "content_sha256": current.content_sha256}, known)
        for table, row in _report_rows(identity, sightings, current, {**document, **facts}):
            tables.put(table, row)


def _report_rows(identity: str, sightings: list[Sighting], current: Sighting, document: Row) -> Iterator[tuple[str, Row]]:
    versions = versions_of(sightings)
    for version in versions:
        yield "versions", _version_row(version, current)
    yield "reports", _report_row(identity, sightings, current, document, len(versions))
    if identity.startswith("url:") and document["kind"] == "annual_report":
        yield "findings", _no_identity(identity, current, document)


def _no_identity(identity: str, current: Sighting, document: Row) -> Row:
    missing = " and ".join(name for name, key in (("agency", "agency"), ("report year", "report_year")) if not document[key])
    what = f"whose {missing} is not known" if missing else f"of {document['agency']}, which may be several agencies"
    says = f"an annual report {what}: {document['title'] or current.url}"
    same = {"at": current.fetched_at, "url": current.url, "capture": current.capture}
    return {"id": f"no-identity {identity}", "kind": "no_identity", "says": says, "evidence": "{}", **same}


def _version_row(version: Version, current: Sighting) -> Row:
    first, last = version.first, version.last
    return {
        "identity": version.identity,
        "content_sha256": version.content_sha256,
        "number": version.number,
        "is_current": int(version.content_sha256 == current.content_sha256),
        "document": last.document,
        "first_seen": first.fetched_at,
        "first_capture": first.capture,
        "first_url": first.url,
        "last_seen": last.fetched_at,
        "last_capture": last.capture,
        "last_url": last.url,
        "sightings": version.sightings,
    }


def _report_row(identity: str, sightings: list[Sighting], current: Sighting, document: Row, versions: int) -> dict[str, Any]:
    same = ("agency", "report_year", "kind", "source_class")
    return {
        "identity": identity,
        "provisional": int(identity.startswith("url:")),
        **{name: document[name] for name in same},
        "url": current.url,
        "fetched_at": current.fetched_at,
        "capture": current.capture,
        "document": current.document,
        "content_sha256": current.content_sha256,
        "first_seen": min(each.fetched_at for each in sightings),
        "last_seen": max(each.fetched_at for each in sightings),
        "versions": versions,
        "sightings": len(sightings),
        "urls": len({each.url for each in sightings}),
    }


_SIGHTING = ("capture", "document", "url", "fetched_at", "run", "content_sha256", "source_class")
_BEFORE = "SELECT identity FROM sightings WHERE capture IN (SELECT value FROM json_each(?1))"
_EFFECTIVE = """
SELECT d.capture, d.document, d.url, d.fetched_at, d.run, o.agency, o.division, o.report_year, o.kind,
       coalesce(o.content_sha256, 'damaged ' || d.document) AS content_sha256, coalesce(o.source_class, 'unknown') AS source_class
FROM derivations d JOIN documents o ON o.sha256 = d.document
WHERE d.capture IN (SELECT value FROM json_each(?1))
AND NOT EXISTS (SELECT 1 FROM refusals f WHERE f.capture = d.capture AND (f.at, f.event) > (d.at, d.event)) ORDER BY d.at, d.event
"""
"""By the newest reading: what a reader later found to be no report is a sighting of none."""
_SIGHTINGS = """
SELECT identity, capture, document, content_sha256, url, fetched_at, source_class FROM sightings
WHERE identity IN (SELECT value FROM json_each(?1)) ORDER BY identity
"""
_DOCUMENTS = """
SELECT sha256, agency, division, report_year, kind, source_class, title FROM documents WHERE sha256 IN (SELECT value FROM json_each(?1))
"""

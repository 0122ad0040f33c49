"""One report: its numbers in the statutory tables, checks, text, versions, addresses, what it is like; and two versions against each other."""

from __future__ import annotations

from typing import Any

from archive.codec import Json
from archive.diffs import diff_json, diff_of
from archive.documents import read_document
from archive.errors import NotInArchive
from archive.news import changes_rows, Wanted
from archive.records import find_record, record_json
from archive.schema import Row
from archive.serving.answers import Page, Route
from archive.serving.asked import Query
from archive.serving.tables_shown import grids
from archive.serving.window import Window
from archive.succession import versions_rows
from archive.takedowns import TAKEN_DOWN

_URLS = """
SELECT url, min(fetched_at) AS first, max(fetched_at) AS last, count(*) AS looks, max(source_class) AS source_class,
       max(capture) AS capture FROM sightings WHERE identity = ? GROUP BY url ORDER BY first
"""
_VERSION = "SELECT * FROM versions WHERE identity = ? AND document >= ?2 AND document < ?2 || 'g' LIMIT 1"
_REPORT_OF = """
SELECT s.identity FROM document_pages g JOIN derivations d ON d.key = g.key AND d.document = g.document
JOIN sightings s ON s.capture = d.capture AND s.document = d.document WHERE g.document = ? LIMIT 1
"""
_LIKE = ("copied", "republished")


def _report(window: Window, query: Query) -> Page:
    record = _named(window, query.needed("id"), query.text("version"))
    content = record_json(window, record)
    changes = list(changes_rows(window.catalog, Wanted(identity=record["identity"], limit=200)))
    context = {
        "record": record,
        "report": content,
        "grids": list(grids(content["statistics"])),
        "checks": [each for each in content["checks"] if each["verdict"] != "holds"],
        "held": sum(each["verdict"] == "holds" for each in content["checks"]),
        "versions": list(versions_rows(window, record["identity"])),
        "sources": list(window.catalog.rows(_URLS, [record["identity"]])),
        "changes": [each for each in changes if each["verdict"] not in (*_LIKE, "page_only")],
        "alike": [each for each in changes if each["verdict"] in _LIKE],
    }
    return Page(template="report.html", context=context, as_json=content)


def _named(window: Window, name: str, version: str | None) -> Row:
    """The record of a name, as of a version; a document that stands for no report any more is a version of the one it was. Raises NotInArchive."""
    try:
        return _as_version(window, find_record(window, name), version)
    except NotInArchive:
        told = window.catalog.one(_REPORT_OF, [name])
        if told is None:
            raise
        return _as_version(window, find_record(window, told["identity"]), name)


def _as_version(window: Window, record: Row, document: str | None) -> Row:
    """The record with an earlier version's document and capture in place of the current ones. Raises NotInArchive."""
    if document is None:
        return {**record, "is_current": True}
    version = window.catalog.one(_VERSION, [record["identity"], document])
    row = version and window.catalog.one("SELECT path, damage, title FROM documents WHERE sha256 = ?", [version["document"]])
    if not version or not row or row["damage"] == TAKEN_DOWN:
        raise NotInArchive(f"the report {record['identity']} has no version {document!r}")
    same = {"document": version["document"], "capture": version["last_capture"], "url": version["last_url"]}
    seen = {"first_seen": version["first_seen"], "last_seen": version["last_seen"], "fetched_at": version["last_seen"]}
    return {**record, **same, **seen, **row, "is_current": bool(version["is_current"])}


def _diff(window: Window, query: Query) -> Page:
    found = diff_of(window, query.needed("old"), query.text("new"))
    as_json = diff_json(found)
    return Page(template="diff.html", context={"diff": as_json, "before": found.before, "after": found.after}, as_json=as_json)


def _alike(window: Window, query: Query) -> Page:
    from archive.alike import alike_rows  # noqa: PLC0415 - brings numpy, which no other page waits for

    name = query.needed("id")
    record = find_record(window, name)
    rows: list[Json] = alike_rows(window, record["document"], limit=30)
    return Page(template="alike.html", context={"record": record, "rows": rows}, as_json=rows)


def cell_of(window: Window, capture: str, where: str) -> dict[str, Any] | None:
    """Return a cell as the newest reading of a capture has it, with its table; `where` is `table.cell`, None where it is not there."""
    table, _, cell = where.partition(".")
    sql = """SELECT o.path, o.damage FROM derivations d JOIN documents o ON o.sha256 = d.document
             WHERE d.capture = ? ORDER BY d.at DESC, d.event DESC LIMIT 1"""
    row = window.catalog.one(sql, [capture])
    if row is None or row["damage"]:
        return None
    found = (read_document(window.root / "documents", row["path"])["statistics"].get(table) or {}).get("cells", {}).get(cell)
    return {"table": table, "id": cell, **found} if isinstance(found, dict) else None


REPORT = Route(path="/report", answer=_report, formats=("json",))
DIFF = Route(path="/diff", answer=_diff, formats=("json",))
ALIKE = Route(path="/alike", answer=_alike, formats=("json",))

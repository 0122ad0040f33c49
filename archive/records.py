"""Current records: what the archive knows of each report now, as the rows and JSON objects that people take away."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from archive.catalog import Catalog
from archive.codec import Json, loads, packed
from archive.documents import read_document
from archive.errors import Damaged, Misuse, NotInArchive
from archive.schema import Row
from archive.store import Archive
from archive.takedowns import IS_HIDDEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Which records: None means all. `agency` is a part of the name, the others are exact.

    `new_since` is a UTC time as text: only reports whose current wording was seen first at or after it.
    """

    agency: str | None = None
    year: int | None = None
    kind: str | None = None
    portal: str | None = None
    source_class: str | None = None
    new_since: str | None = None


_CURRENT = """
SELECT r.identity, r.agency, r.report_year, d.title, r.kind, r.source_class, d.forms, d.cells_read, d.cells_unread,
       d.checks_hold, d.checks_fail, d.checks_open, d.published_on, r.url, r.fetched_at, r.first_seen, r.last_seen,
       r.versions, r.sightings, r.urls, u.portal, r.capture, r.document, r.content_sha256, d.path, d.damage
FROM reports r JOIN documents d ON d.sha256 = r.document
LEFT JOIN captures c ON c.id = r.capture LEFT JOIN runs u ON u.id = c.run
"""
_WHERE = {
    "agency": "r.agency IN (SELECT name FROM agencies WHERE instr(name, :agency))",
    "year": "r.report_year = :year",
    "kind": "r.kind = :kind",
    "portal": "u.portal = :portal",
    "source_class": "r.source_class = :source_class",
    "new_since": "r.identity IN (SELECT identity FROM versions WHERE is_current AND first_seen >= :new_since)",
}
_ORDER = " ORDER BY r.agency, r.report_year, r.identity"


def current_rows(catalog: Catalog, filters: Filters) -> Iterator[Row]:
    """Yield a flat row for each current record, by agency and year. Raises Misuse for a portal that no run was over."""
    check_portal(catalog, filters.portal)
    where, asked = _condition(filters)
    yield from catalog.rows(_CURRENT + where + _ORDER, asked)


def _condition(filters: Filters) -> tuple[str, dict[str, Any]]:
    asked = {name: getattr(filters, name) for name in _WHERE if getattr(filters, name) is not None}
    return (" WHERE " + " AND ".join(_WHERE[name] for name in asked) if asked else ""), asked


def records_of(catalog: Catalog, documents: Iterable[str], filters: Filters) -> dict[str, Row]:
    """Return the current records that stand on some documents, by document; documents of earlier versions have none."""
    where, asked = _condition(filters)
    among = "r.document IN (SELECT value FROM json_each(:documents))"
    sql = f"{_CURRENT}{where} AND {among}" if where else f"{_CURRENT} WHERE {among}"
    return {row["document"]: row for row in catalog.rows(sql, {**asked, "documents": packed(list(documents))})}


def record_json(archive: Archive, row: Row) -> Json:
    """Return a current record with its whole document, furniture and attachments' URLs included: the contract's keys.

    Raises Damaged or NotInArchive where the document's file is not what it should be.
    """
    content = read_document(archive.root / "documents", row["path"])
    told = archive.catalog.one(_DERIVATION, [row["capture"], row["document"]]) or {}
    own = ("identity", "url", "fetched_at", "first_seen", "last_seen", "versions", "sightings", "portal", "capture", "document")
    facts = {name: row[name] for name in own}
    context = {name: loads(told[name]) for name in ("furniture", "attachments") if told}
    return {**facts, **content, **context, **_attributed(row, content)}


def _attributed(row: Row, content: Json) -> Json:
    """Return agency and year of a record whose document does not name them, and a person did; empty for any other."""
    if row["report_year"] == content["report_year"] and row["agency"] == (content["agency"] or {}).get("name"):
        return {}
    agency = {"name": row["agency"], "level": None, "division": None, "parent": None, "from": "attribution"}
    year_from = content["report_year_from"] if row["report_year"] == content["report_year"] else "attribution"
    return {"agency": agency, "report_year": row["report_year"], "report_year_from": year_from}


def readable(archive: Archive, rows: Iterable[Row], shape: Callable[[Archive, Row], Json]) -> Iterator[Json]:
    """Yield the records of all rows whose documents can be read; then raise Damaged, if some can't, with their names."""
    bad: list[str] = []
    for row in rows:
        try:
            yield shape(archive, row)
        except (Damaged, NotInArchive) as damage:
            bad.append(f"{row['identity']}: {damage}")
    if bad:
        raise Damaged(f"{len(bad)} records are left out, since their documents can't be read: {'; '.join(bad)}")


_DERIVATION = (
    "SELECT furniture, attachments FROM derivations WHERE capture = ? AND document = ? ORDER BY at DESC, event DESC LIMIT 1"
)
_SUMMARY_LEAVES_OUT = ("body", "sections", "furniture", "prose_figures")


def summary_json(archive: Archive, row: Row) -> Json:
    """Return a current record without its texts: what `list --json` prints."""
    record = record_json(archive, row)
    return {name: value for name, value in record.items() if name not in _SUMMARY_LEAVES_OUT}


def find_record(archive: Archive, name: str) -> Row:
    """Return the current record that has this agency and year (`agency|year`), URL, capture or document (12 digits do).

    Raises NotInArchive.
    """
    for where, value in _names(name):
        row = archive.catalog.one(f"{_CURRENT} WHERE {where}{_ORDER} LIMIT 1", [value])
        if row:
            return row
    raise NotInArchive(f"the archive holds no report {name!r}: neither as agency|year nor as URL, capture or document")


def _names(name: str) -> list[tuple[str, Any]]:
    sighted = "r.identity IN (SELECT identity FROM sightings WHERE {} = ?)"
    found = [
        ("r.identity = ?", name),
        ("r.agency = rtrim(rtrim(?1, '0123456789'), '|') AND r.agency || '|' || r.report_year = ?1", name),
        ("r.url = ?", name),
        (sighted.format("url"), name),
        (sighted.format("capture"), name),
    ]
    return [*found, ("r.document >= ?1 AND r.document < ?1 || 'g'", name)] if len(name) >= 12 else found


def find_capture(archive: Archive, name: str, at: str | None = None) -> str:
    """Return the id of a capture, given as itself or as URL; of several, the last one (not after `at`, a UTC time or date as text).

    Without `at`, another name of a report gives the capture that it was read from.

    Raises NotInArchive.
    """
    sql = f"""
    SELECT c.id FROM captures c WHERE (c.id = ?1 OR c.url = ?1) AND substr(c.fetched_at, 1, length(?2)) <= ?2 AND NOT {IS_HIDDEN}
    ORDER BY c.fetched_at DESC, c.id DESC LIMIT 1
    """  # noqa: S608 - text of our own
    row = archive.catalog.one(sql, [name, at or "9999"])
    if row:
        return str(row["id"])
    if at:
        raise NotInArchive(f"the archive holds no capture of {name!r} up to {at}")
    return str(find_record(archive, name)["capture"])


def runs_rows(catalog: Catalog, *, portal: str | None) -> Iterator[Row]:
    """Yield the runs, newest first, with how many captures each made; counts and settings as JSON values.

    Raises Misuse for a portal that no run was over.
    """
    check_portal(catalog, portal)
    where = "WHERE portal = ?" if portal else ""
    sql = f"SELECT *, (SELECT count(*) FROM captures c WHERE c.run = runs.id) AS captures FROM runs {where} ORDER BY started_at DESC, id"  # noqa: S608
    for row in catalog.rows(sql, [portal] if portal else []):
        yield {**row, "counts": loads(row["counts"] or "{}"), "settings": loads(row["settings"] or "{}")}


def check_portal(catalog: Catalog, portal: str | None) -> None:
    """Refuse a portal that no run of the archive was over: an empty list would look like an answer. Raises Misuse."""
    if portal and not catalog.one("SELECT 1 FROM runs WHERE portal = ?", [portal]):
        known = [
            str(row["portal"]) for row in catalog.rows("SELECT DISTINCT portal FROM runs WHERE portal IS NOT NULL ORDER BY 1")
        ]
        some = ", ".join(known[:8]) + (" …" if len(known) > 8 else "") if known else "none yet"
        raise Misuse(f"no run of this archive was over the portal {portal!r}; those that were: {some}")


def findings_rows(catalog: Catalog, *, kind: str | None) -> Iterator[Row]:
    """Yield the findings, newest first; evidence as a JSON value."""
    where = "WHERE kind = ?" if kind else ""
    sql = f"SELECT * FROM findings {where} ORDER BY at DESC, id"  # noqa: S608
    for row in catalog.rows(sql, [kind] if kind else []):
        yield {**row, "evidence": loads(row["evidence"])}

"""Reports and agencies under all the names that they had: through renamings and mergers, followed both ways.

An identity names one agency in one year. Where a page showed a report first under one name and then under another, its versions
stand under two identities; where a county went into another, so do the reports of its offices.
"""

from __future__ import annotations

from collections.abc import Iterator

from archive.catalog import Catalog
from archive.codec import Json
from archive.divisions import successors
from archive.errors import NotInArchive
from archive.news import history_rows
from archive.records import find_record
from archive.schema import Row
from archive.store import Archive


def identities_named(archive: Archive, name: str) -> tuple[str, ...]:
    """Return the identities that a name stands for: of one report, by whatever `find_record` takes; of an agency, all its reports.

    An agency alone (某县教育局), or with a year of which there is a report under another of its names, stands for all that it was
    called, before and after. Raises NotInArchive.
    """
    try:
        return (str(find_record(archive, name)["identity"]),)
    except NotInArchive:
        agency, _, year = name.partition("|")
        found = tuple(_reports_of(archive.catalog, agency_keys(archive.catalog, agency), year))
        if not found:
            raise
        return found


def all_identities(archive: Archive, name: str) -> tuple[str, ...]:
    """Return the identities that a name stands for, and those under which pages showed the same reports. Raises NotInArchive."""
    own = identities_named(archive, name)
    told = (row["identity"] for identity in own for row in told_together(archive.catalog, identity))
    return tuple(dict.fromkeys((*own, *told)))


def agency_keys(catalog: Catalog, agency: str) -> frozenset[str]:
    """Return the keys (`510822//教育局`) of an agency of this name, of what it was before and of what it became; empty for none."""
    rows = catalog.rows("SELECT DISTINCT identity FROM reports WHERE agency = ? AND NOT provisional", [agency])
    keys = {_key(row["identity"]) for row in rows}
    new = set(keys)
    while new:
        new = {other for key in new for other in (*_renamed(catalog, key), *_merged(catalog, key))} - keys
        keys |= new
    return frozenset(keys)


def versions_rows(archive: Archive, name: str | None) -> Iterator[Row]:
    """Yield the versions of one report, of one agency, or of all, oldest first: those under other names beside their own."""
    if name is None:
        yield from archive.catalog.rows(f"{_VERSIONS} ORDER BY v.identity, v.number")
        return
    seen: set[tuple[str, str]] = set()
    for identity in identities_named(archive, name):
        own = archive.catalog.rows("SELECT identity, content_sha256 FROM versions WHERE identity = ?", [identity])
        wanted = {(row["identity"], row["content_sha256"]) for row in (*own, *told_together(archive.catalog, identity))} - seen
        rows = [row for pair in sorted(wanted) for row in archive.catalog.rows(_VERSION, pair)]
        yield from sorted(_with_one_name_current(rows), key=lambda row: (row["first_seen"], row["first_capture"]))
        seen |= wanted


def _with_one_name_current(rows: list[Row]) -> list[Row]:
    """What a report said under a name is not current where a later name came after it."""
    begun = {
        name: min(row["first_seen"] for row in rows if row["identity"] == name) for name in {row["identity"] for row in rows}
    }
    ended = {name: max(row["last_seen"] for row in rows if row["identity"] == name) for name in begun}
    left = {name for name, last in ended.items() if any(first > last for first in begun.values())}
    return [{**row, "is_current": 0} if row["identity"] in left else row for row in rows]


def history_of(archive: Archive, name: str | None) -> Iterator[Json]:
    """Yield the ledger of cells of one report, of one agency, or of all: each value with when it was first and last seen."""
    if name is None:
        yield from history_rows(archive.catalog, None)
        return
    for identity in identities_named(archive, name):
        yield from archive.catalog.rows(_HISTORY, [identity])


def told_together(catalog: Catalog, identity: str) -> list[Row]:
    """Return what pages showed of a report under other names: rows of identity and content_sha256, its own among them."""
    return list(catalog.rows(_TOLD, [identity]))


def _reports_of(catalog: Catalog, keys: frozenset[str], year: str) -> Iterator[str]:
    for key in sorted(keys):
        found = (str(row["identity"]) for row in catalog.rows(_REPORTS, [key]))
        yield from (identity for identity in found if not year or identity == f"{key}|{year}")


def _key(identity: str) -> str:
    return identity.rpartition("|")[0]


def _renamed(catalog: Catalog, key: str) -> Iterator[str]:
    """The agencies under whose names pages showed reports of this one, for the same year."""
    for row in list(catalog.rows(_REPORTS, [key])):
        year = str(row["identity"]).rpartition("|")[2]
        for told in told_together(catalog, row["identity"]):
            if told["identity"].rpartition("|")[2] == year:
                yield _key(told["identity"])


def _merged(catalog: Catalog, key: str) -> Iterator[str]:
    """The same office of the county that this one's went into, and of those that went into this one's."""
    yield from _successor(key)
    place, _, office = key.partition("/")
    sql = "SELECT DISTINCT identity FROM reports WHERE identity GLOB '[0-9]*@[0-9]*/*' AND identity LIKE ? ORDER BY identity"
    if place.isdigit():
        for row in list(catalog.rows(sql, [f"%/{office}|%"])):
            yield from (_key(row["identity"]) for goal in _successor(_key(row["identity"])) if goal == key)


def _successor(key: str) -> Iterator[str]:
    place, _, office = key.partition("/")
    code, at, last = place.partition("@")
    goals = successors(code, int(last)) if at else ()
    if len(goals) == 1:
        yield f"{goals[0]}/{office}"


_REPORTS = "SELECT identity FROM reports WHERE identity >= ?1 || '|' AND identity < ?1 || '}' ORDER BY identity"
_PAGES = """
WITH pages AS (
    SELECT key, number, first_seen, last_seen FROM segments WHERE identity = ?1
    UNION SELECT g.key, g.number, g.first_seen, g.last_seen FROM sightings s JOIN derivations d ON d.capture = s.capture
    JOIN segments g ON g.key = d.key AND s.fetched_at BETWEEN g.first_seen AND g.last_seen WHERE s.identity = ?1)
"""
_TOLD = f"""
{_PAGES} SELECT DISTINCT s.identity, s.content_sha256 FROM pages p
JOIN derivations d ON d.key = p.key AND d.fetched_at BETWEEN p.first_seen AND p.last_seen
JOIN sightings s ON s.capture = d.capture ORDER BY s.identity, s.content_sha256
"""  # noqa: S608 - text of our own
_HISTORY = f"""
{_PAGES} SELECT h.* FROM pages p JOIN cell_history h ON h.key = p.key AND h.segment = p.number
ORDER BY h.identity, h.key, h.segment, h."table", h.cell, h.nth
"""  # noqa: S608 - text of our own
_VERSIONS = """
SELECT v.identity, v.number, v.is_current, d.title, v.first_seen, v.last_seen, v.sightings, v.first_url, v.last_url,
       v.first_capture, v.last_capture, v.document, v.content_sha256, d.text_sha256, d.figures_sha256, d.reader_version
FROM versions v JOIN documents d ON d.sha256 = v.document
"""
_VERSION = f"{_VERSIONS} WHERE v.identity = ? AND v.content_sha256 = ?"

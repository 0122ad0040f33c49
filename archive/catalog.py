"""The catalog: an SQLite index over journals and documents, caught up from the journals, and deletable at any time.

Facts are stored by their own ids and everything else is computed from them, so the order and repetition of journals do not
matter. How far each journal was applied is kept in the same transaction as the rows.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice, takewhile
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from archive.addresses import page_key
from archive.codec import dumps, Json
from archive.documents import read_document
from archive.errors import Damaged, NotInArchive, UnwritableArchive
from archive.journal import journal_sizes, Line, read_lines
from archive.judging import Judge
from archive.schema import all_tables, damaged_row, document_rows, INDEXES, Row, schema_version, TABLES
from archive.takedowns import empty, hidden_by, hide, is_empty, takedown_of, TAKEN_DOWN
from archive.versions import current_of, identity_of, Sighting, versions_of

BATCH = 1000
"""Events applied in one transaction."""


@dataclass(frozen=True, slots=True)
class Touched:
    """What a batch of events touched, to be computed anew."""

    captures: set[str] = field(default_factory=set)
    identities: set[str] = field(default_factory=set)
    pages: set[str] = field(default_factory=set)


class Catalog:
    """An open catalog; `root` is the archive that it indexes."""

    def __init__(self, path: Path, root: Path) -> None:
        """Open a catalog, made if absent; one of another schema is emptied, since it can be built again.

        Raises UnwritableArchive where SQLite can't open or write the file, Damaged where it is no database.
        """
        self.path = path
        self._root = root
        try:
            self._open()
        except sqlite3.OperationalError as reason:
            raise UnwritableArchive(f"the catalog {path} can't be opened: {reason}") from reason
        except sqlite3.DatabaseError as reason:
            raise Damaged(f"the catalog {path} is no readable database: {reason}") from reason

    def _open(self) -> None:
        self._connect(sqlite3.connect(self.path, timeout=60, isolation_level=None, check_same_thread=False))
        version = self.db.conn.execute("PRAGMA user_version").fetchone()[0]
        if version != schema_version():
            self._make()

    def _connect(self, connection: sqlite3.Connection) -> None:
        self.db = Database(connection)
        self.db.conn.row_factory = sqlite3.Row

    def _make(self) -> None:
        self.db.conn.execute("PRAGMA journal_mode=WAL")
        with self._writing():
            if self.db.conn.execute("PRAGMA user_version").fetchone()[0] == schema_version():
                return
            for name in self.db.table_names():
                self.db.table(name).drop()
            for name, (columns, key) in all_tables().items():
                self.db.table(name).create(columns, pk=key)
            for name, indexes in INDEXES.items():
                for columns_of_index in indexes:
                    self.db.table(name).create_index(columns_of_index)
            self.db.conn.execute(f"PRAGMA user_version = {schema_version()}")

    @contextmanager
    def _writing(self) -> Iterator[None]:
        self.db.conn.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.db.conn.execute("ROLLBACK")
            raise
        self.db.conn.execute("COMMIT")

    def rows(self, sql: str, parameters: Iterable[Any] | Mapping[str, Any] = ()) -> Iterator[Row]:
        """Yield the rows of a query as dicts."""
        for row in self.db.conn.execute(sql, parameters if isinstance(parameters, Mapping) else tuple(parameters)):
            yield dict(row)

    def one(self, sql: str, parameters: Iterable[Any] = ()) -> Row | None:
        """Return the first row of a query, None if there is none."""
        return next(self.rows(sql, parameters), None)

    def run(self, sql: str, parameters: Iterable[Any] = ()) -> None:
        """Run a statement, within a transaction of `catch_up`."""
        self.db.conn.execute(sql, tuple(parameters))

    def close(self) -> None:
        """Close the database."""
        self.db.close()

    # ------------------------------------------------------------------ catching up

    def catch_up(self, until: Mapping[str, int] | None = None) -> int:
        """Apply what the journals hold beyond what was applied; return the number of lines applied.

        `until` gives, by path under `journal/`, the offsets beyond which nothing shall be applied: 0 for a journal not named.
        """
        folder = self._root / "journal"
        known = {row["path"]: row["offset"] for row in self.rows("SELECT path, offset FROM journal_offsets")}
        todo = [name for name, size in journal_sizes(folder).items() if size > known.get(name, 0)]
        # Seals first: what they moved must be found where it is now, by whatever is judged from it.
        todo.sort(key=lambda name: ("-seal-" not in name, name))
        return sum(self._catch_up_file(folder / name, name, None if until is None else until.get(name, 0)) for name in todo)

    def _catch_up_file(self, path: Path, name: str, until: int | None) -> int:
        applied = 0
        while count := self._apply_batch(path, name, until):
            applied += count
        return applied

    def _apply_batch(self, path: Path, name: str, until: int | None) -> int:
        with self._writing():
            at = self.one("SELECT offset, line, sha256 FROM journal_offsets WHERE path = ?", [name]) or {}
            reader = read_lines(path, offset=at.get("offset", 0), number=at.get("line", 0), prev=at.get("sha256"))
            wanted = reader if until is None else takewhile(lambda line: line.end <= until, reader)
            lines = list(islice(wanted, BATCH))
            if lines:
                self._apply_lines(name, lines)
        return len(lines)

    def _apply_lines(self, name: str, lines: list[Line]) -> None:
        touched = Touched()
        for line in lines:
            if line.damage:
                self.put("findings", _damaged_line(name, line))
            if line.event:
                self._apply(line.event, touched)
        self._compute(touched)
        last = lines[-1]
        self.put("journal_offsets", {"path": name, "offset": last.end, "line": last.number, "sha256": last.sha256})

    def put(self, table: str, row: Row, conflict: str = "REPLACE") -> None:
        """Write a row of a table, within a transaction of `catch_up`."""
        names = ", ".join(f"[{name}]" for name in row)
        marks = ", ".join("?" * len(row))
        self.db.conn.execute(f"INSERT OR {conflict} INTO [{table}] ({names}) VALUES ({marks})", tuple(row.values()))  # noqa: S608

    def _apply(self, event: Json, touched: Touched) -> None:
        if "records" in event:
            self._file_row(event)
        match event["event"]:
            case "run_started":
                self._run_row(event["run"], _run_started(event))
            case "run_ended":
                self._run_row(
                    event["run"], {"ended_at": event["at"], "outcome": event["outcome"], "counts": dumps(event["counts"])}
                )
            case "run_abandoned":
                self._run_row(event["abandoned"], {"ended_at": event["at"], "outcome": "killed"}, only_open=True)
            case "exchange":
                self._capture_row(event)
                self._hide_if_down(event["capture"], touched)
                touched.pages.add(page_key(event["url"]))
            case "visited":
                touched.pages.add(page_key(event["url"]))
                row = {"event": event["id"], "capture": event["capture"], "page_kind": event["page_kind"]}
                self.put("visits", {**row, "links": len(event["links"])})
            case "derivation":
                self.put("derivations", _derivation_row(event))
                self._document(event["document"], event["path"])
                touched.captures.add(event["capture"])
                touched.pages.update((page_key(event["url"]), _derivation_key(event)))
                self._hide_if_down(event["capture"], touched)
            case "document_found":
                self._document(event["document"], event["path"])
            case "finding":
                self.put("findings", _finding_row(event))
            case "decision":
                self.put("decisions", {"event": event["id"], **{name: event[name] for name in _DECISION}})
            case "notification_sent":
                self._notified(event)
            case "takedown":
                self._takedown(event, touched)
            case "sealed":
                self._sealed(event)
            case "day_sealed":
                self.put("seals", {name: event[name] for name in TABLES["seals"][0]})

    def _notified(self, event: Json) -> None:
        same = {"event": event["id"], **{name: event[name] for name in ("target", "service", "at")}}
        for change in event["changes"]:
            self.put("notifications", {**same, "change": change})

    def _run_row(self, run: str, facts: Row, *, only_open: bool = False) -> None:
        self.put("runs", {"id": run}, "IGNORE")
        changes = ", ".join(f"[{name}] = ?" for name in facts)
        still = " AND outcome IS NULL" if only_open else ""
        self.db.conn.execute(f"UPDATE runs SET {changes} WHERE id = ?{still}", (*facts.values(), run))  # noqa: S608

    def _file_row(self, event: Json) -> None:
        end = max(each["offset"] + each["length"] for each in event["records"])
        self.put("capture_files", {"file": event["file"], "run": event["file_run"], "end": 0}, "IGNORE")
        self.db.conn.execute("UPDATE capture_files SET [end] = max([end], ?) WHERE file = ?", [end, event["file"]])

    def _capture_row(self, event: Json) -> None:
        row = _capture_row(event)
        twin = self.one("SELECT event FROM captures WHERE id = ?", [row["id"]])
        if twin is None or row["event"] < twin["event"]:
            self.put("captures", self._placed(row))

    def _placed(self, row: Row) -> Row:
        # The journal tells a record's first place; the catalog tells where a seal has put it since.
        part = self.one("SELECT [into], base FROM sealed_parts WHERE file = ?", [row["file"]])
        return row | {"file": part["into"], "offset": row["offset"] + part["base"]} if part else row

    def _sealed(self, event: Json) -> None:
        self.put("sealed", {name: event[name] for name in TABLES["sealed"][0]})
        for part in event["parts"]:
            self.put("sealed_parts", {"file": part["file"], "into": event["file"], "base": part["base"]})
            if part["file"] != event["file"]:
                sql = "UPDATE captures SET file = ?, [offset] = [offset] + ? WHERE file = ?"
                self.db.conn.execute(sql, [event["file"], part["base"], part["file"]])

    def _takedown(self, event: Json, touched: Touched) -> None:
        row = {"event": event["id"], **{name: event[name] for name in ("at", "capture", "payload_sha256", "reason")}}
        self.put("takedowns", row)
        for capture in hidden_by(self, row):
            self._hide(capture, touched)

    def _hide_if_down(self, capture: str, touched: Touched) -> None:
        if takedown_of(self, capture):
            self._hide(capture, touched)

    def _hide(self, capture: str, touched: Touched) -> None:
        for row in hide(self, capture):
            touched.captures.add(capture)
            touched.pages.add(row["key"])
            self._document(row["document"], row["path"])

    def _document(self, sha256: str, path: str) -> None:
        known = self.one("SELECT path, damage FROM documents WHERE sha256 = ?", [sha256])
        first = min(path, known["path"]) if known else path
        was_empty = known is not None and known["damage"] == TAKEN_DOWN
        if is_empty(self, sha256):
            empty(self, sha256, first)
        elif known is None or was_empty:
            for table, row in self._document_rows(sha256, first):
                self.put(table, row)
        elif path < known["path"]:
            self.db.conn.execute("UPDATE documents SET path = ? WHERE sha256 = ?", [path, sha256])

    def _document_rows(self, sha256: str, path: str) -> list[tuple[str, Row]]:
        try:
            return list(document_rows(sha256, path, read_document(self._root / "documents", path)))
        except (Damaged, NotInArchive) as damage:
            return [("documents", damaged_row(sha256, path, str(damage)))]

    # ------------------------------------------------------------------ what follows from the facts

    def _compute(self, touched: Touched) -> None:
        for capture in sorted(touched.captures):
            touched.identities.update(self._sighting(capture))
        for identity in sorted(touched.identities):
            self._report(identity)
        Judge(self, self._root).judge(touched.pages)

    def _sighting(self, capture: str) -> set[str]:
        before = self.one("SELECT identity FROM sightings WHERE capture = ?", [capture])
        row = self.one(_EFFECTIVE, [capture])
        if row is None:
            self.run("DELETE FROM sightings WHERE capture = ?", [capture])
            return {before["identity"]} if before else set()
        facts = {name: row.pop(name) for name in ("agency", "division", "report_year", "kind")}
        identity, _ = identity_of(**facts, url=row["url"])
        self.put("sightings", {**row, "capture": capture, "identity": identity})
        return {identity, before["identity"]} if before else {identity}

    def _report(self, identity: str) -> None:
        for table in ("versions", "reports"):
            self.db.conn.execute(f"DELETE FROM {table} WHERE identity = ?", [identity])  # noqa: S608
        self.db.conn.execute("DELETE FROM findings WHERE id = ?", [f"no-identity {identity}"])
        found = [Sighting(**row) for row in self.rows(_SIGHTINGS, [identity])]
        if found:
            self._report_rows(identity, found)

    def _report_rows(self, identity: str, sightings: list[Sighting]) -> None:
        current = current_of(sightings)
        versions = versions_of(sightings)
        for version in versions:
            self.put("versions", _version_row(version, current))
        document = self.one("SELECT * FROM documents WHERE sha256 = ?", [current.document])
        assert document is not None
        self.put("reports", _report_row(identity, sightings, current, document, len(versions)))
        if identity.startswith("url:") and document["kind"] == "annual_report":
            self.put("findings", _no_identity(identity, current, document))


def remove_catalog(path: Path) -> None:
    """Delete a catalog with the files that SQLite keeps beside it."""
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


_EFFECTIVE = """
SELECT d.document, d.url, d.fetched_at, d.run, o.agency, o.division, o.report_year, o.kind,
       coalesce(o.content_sha256, 'damaged ' || d.document) AS content_sha256, coalesce(o.source_class, 'unknown') AS source_class
FROM derivations d JOIN documents o ON o.sha256 = d.document
WHERE d.capture = ? ORDER BY d.at DESC, d.event DESC LIMIT 1
"""
_SIGHTINGS = (
    "SELECT identity, capture, document, content_sha256, url, fetched_at, source_class FROM sightings WHERE identity = ?"
)


_DECISION = ("at", "fingerprint", "verdict", "note", "state", "says")


def _run_started(event: Json) -> Row:
    return {"kind": event["kind"], "portal": event["portal"], "started_at": event["at"], "settings": dumps(event["settings"])}


def _capture_row(event: Json) -> Row:
    main = event["records"][0]
    same = ("run", "url", "fetched_at", "method", "status", "media_type", "payload_sha256", "wire_sha256", "failure")
    more = ("truncated", "robots", "revisit_of", "recovered", "file")
    place = {"record_type": main["type"], "offset": main["offset"], "length": main["length"]}
    place |= {"key": page_key(event["url"]), "location": event.get("location")}
    return {"id": event["capture"], "event": event["id"], **{name: event[name] for name in (*same, *more)}, **place}


def _derivation_row(event: Json) -> Row:
    same = ("at", "run", "capture", "url", "fetched_at", "document", "reader_version")
    packed = {name: dumps(event[name]) for name in ("context", "furniture", "attachments")}
    return {"event": event["id"], "key": _derivation_key(event), **{name: event[name] for name in same}, **packed}


def _derivation_key(event: Json) -> str:
    """The page that a report is of: where a page's file holds it, the page."""
    return page_key(event["context"].get("url") or event["url"])


def _finding_row(event: Json) -> Row:
    same = ("id", "at", "run", "kind", "says", "url", "capture")
    return {**{name: event[name] for name in same}, "evidence": dumps(event["evidence"])}


def _damaged_line(name: str, line: Line) -> Row:
    says = f"journal/{name}, line {line.number}: {line.damage}"
    return {"id": f"damaged {name}:{line.number}", "kind": "damaged_journal", "says": says, "evidence": "{}"}


def _no_identity(identity: str, current: Sighting, document: Row) -> Row:
    missing = " and ".join(name for name, key in (("agency", "agency"), ("report year", "report_year")) if not document[key])
    what = f"whose {missing} is not known" if missing else f"of {document['agency']}, which may be several agencies"
    says = f"an annual report {what}: {document['title'] or current.url}"
    same = {"at": current.fetched_at, "url": current.url, "capture": current.capture}
    return {"id": f"no-identity {identity}", "kind": "no_identity", "says": says, "evidence": "{}", **same}


def _version_row(version: Any, current: Sighting) -> Row:
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


def _report_row(identity: str, sightings: list[Sighting], current: Sighting, document: Row, versions: int) -> Row:
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

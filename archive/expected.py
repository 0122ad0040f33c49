"""What the journals say must be there, in a database on disk that dies with the process."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import NamedTuple

from archive.codec import dumps, Json


class Place(NamedTuple):
    """Where a record must stand in its file, and what must stand there; `line` is the journal line that says so."""

    offset: int
    length: int
    sha256: str
    id: str
    facts: str | None
    line: str


class Expected:
    """Collects events, then answers for records, documents and seals. `settle` comes between."""

    def __init__(self) -> None:
        """Expect nothing yet."""
        self._db = sqlite3.connect("")
        self._db.execute("CREATE TABLE records (file, run, offset, length, sha256, id, facts, line)")
        self._db.execute("CREATE TABLE documents (path PRIMARY KEY, line)")
        self._db.execute("CREATE TABLE events (id PRIMARY KEY, line)")
        self._db.execute("CREATE TABLE sealed (file PRIMARY KEY, sha256, run)")
        self._db.execute("CREATE TABLE parts (file PRIMARY KEY, [into], base)")
        self._db.execute("CREATE TABLE ended (run PRIMARY KEY)")
        self._db.execute("CREATE TABLE manifests (path PRIMARY KEY, sha256, merkle_root, line)")

    def add(self, event: Json, line: str) -> Iterator[str]:
        """Take an event in; yield what is wrong with its standing there."""
        twin = self._db.execute("SELECT line FROM events WHERE id = ?", [event["id"]]).fetchone()
        if twin:
            yield f"the event {event['id']} stands in {twin[0]} already"
        self._db.execute("INSERT OR IGNORE INTO events VALUES (?, ?)", [event["id"], line])
        for number, each in enumerate(event.get("records", ())):
            facts = dumps(event) if number == 0 and event["event"] == "exchange" else None
            place = [each[name] for name in ("offset", "length", "sha256", "id")]
            self._db.execute(
                "INSERT INTO records VALUES (?,?,?,?,?,?,?,?)", [event["file"], event["file_run"], *place, facts, line]
            )
        if "document" in event:
            self._db.execute("INSERT OR IGNORE INTO documents VALUES (?, ?)", [event["path"], line])
        if event["event"] in ("run_ended", "run_abandoned"):
            self._db.execute("INSERT OR IGNORE INTO ended VALUES (?)", [event.get("abandoned", event["run"])])
        self._add_seal(event, line)

    def _add_seal(self, event: Json, line: str) -> None:
        if event["event"] == "sealed":
            self._db.execute("INSERT OR IGNORE INTO sealed VALUES (?, ?, ?)", [event["file"], event["sha256"], event["run"]])
            for part in event["parts"]:
                self._db.execute("INSERT OR IGNORE INTO parts VALUES (?, ?, ?)", [part["file"], event["file"], part["base"]])
        if event["event"] == "day_sealed":
            seal = [event["manifest"], event["sha256"], event["merkle_root"], line]
            self._db.execute("INSERT OR IGNORE INTO manifests VALUES (?, ?, ?, ?)", seal)

    def settle(self) -> None:
        """Put the records of joined files where the seal has put them. Comes after the last event, before any answer."""
        self._db.execute("CREATE INDEX of_file ON records (file, offset)")
        joined = list(self._db.execute("SELECT file, [into], base FROM parts WHERE file <> [into]"))
        self._db.executemany(
            "UPDATE records SET file = ?2, run = '', offset = offset + ?3 WHERE file = ?1",
            joined,
        )

    def ended(self) -> frozenset[str]:
        """Return the runs that have ended, or were found killed."""
        return frozenset(run for (run,) in self._db.execute("SELECT run FROM ended"))

    def files(self) -> dict[str, str]:
        """Return every WARC file and the run that wrote it; of a joined file the run is empty."""
        return dict(self._db.execute("SELECT DISTINCT file, run FROM records"))

    def records(self, file: str) -> Iterator[Place]:
        """Yield the records of a file in their order."""
        sql = "SELECT offset, length, sha256, id, facts, line FROM records WHERE file = ? ORDER BY offset"
        yield from (Place(*row) for row in self._db.execute(sql, [file]))

    def documents(self) -> dict[str, str]:
        """Return every document's path and the line that tells of it."""
        return dict(self._db.execute("SELECT path, line FROM documents"))

    def joined_into(self, file: str) -> str | None:
        """Return the file that this one was joined into, None if it was not."""
        row = self._db.execute("SELECT [into] FROM parts WHERE file = ? AND file <> [into]", [file]).fetchone()
        return row[0] if row else None

    def sealed(self, file: str) -> str | None:
        """Return the whole-file hash of a sealed WARC file, None if it is not sealed."""
        row = self._db.execute("SELECT sha256 FROM sealed WHERE file = ?", [file]).fetchone()
        return row[0] if row else None

    def manifests(self) -> dict[str, tuple[str, str, str]]:
        """Return every manifest's path with its hash, its Merkle root, and the line that tells of it."""
        rows = self._db.execute("SELECT path, sha256, merkle_root, line FROM manifests")
        return {path: (sha256, root, line) for path, sha256, root, line in rows}

"""Proof that the archive is what it was: every byte of it, every row its record, every record its row.

Reads only. The journal's lines prove themselves and each other; they name every WARC member and every document with their
SHA-256; a CDXJ must say what its WARC says; the catalog must equal its rebuild.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from archive.capture_files import index_path
from archive.cdxj import cdxj_line
from archive.codec import dumps, Json, loads
from archive.errors import Damaged
from archive.facts import recovered_facts
from archive.hashing import sha256_hex
from archive.journal import genesis, Line, read_lines
from archive.locks import Lock, run_names
from archive.rebuild import differences
from archive.store import MARKER, MARKER_BYTES
from archive.warc import decode, Record

COMPARED = ("url", "fetched_at", "status", "media_type", "payload_sha256", "wire_sha256")
"""Facts of an exchange that its stored record must give again."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is not as it should be: the file (relative to the archive), where in it, and a sentence."""

    path: str
    where: str | None
    says: str

    def __str__(self) -> str:
        return f"{self.path}{f', {self.where}' if self.where else ''}: {self.says}"


def verify(root: Path) -> Iterator[Fault]:
    """Yield every fault of an archive; none for one that is whole. Files of runs that are going on may grow meanwhile."""
    living = _living(root / "locks")
    sizes = _sizes(root / "journal", living)
    expected = _Expected()
    yield from _marker(root)
    yield from _journals(root / "journal", expected, living)
    yield from _captures(root / "captures", expected, living)
    yield from _documents(root / "documents", expected, living)
    yield from _catalog(root, sizes)


def _living(locks: Path) -> frozenset[str]:
    found = set()
    for name in run_names(locks):
        lock = Lock(locks, f"run-{name}")
        if lock.take():
            lock.release()
        else:
            found.add(name)
    return frozenset(found)


def _sizes(journal: Path, living: frozenset[str]) -> dict[str, int]:
    paths = (path for path in journal.glob("*/*/*/*.jsonl") if path.stem in living)
    return {path.relative_to(journal).as_posix(): path.stat().st_size for path in paths}


class _Place(NamedTuple):
    offset: int
    length: int
    sha256: str
    id: str
    facts: str | None
    line: str


class _Expected:
    """What the journals say must be there, in a database on disk that dies with the process."""

    def __init__(self) -> None:
        self._db = sqlite3.connect("")
        self._db.execute("CREATE TABLE records (file, run, offset, length, sha256, id, facts, line)")
        self._db.execute("CREATE TABLE documents (path PRIMARY KEY, line)")
        self._db.execute("CREATE TABLE events (id PRIMARY KEY, line)")

    def add(self, event: Json, line: str) -> Iterator[str]:
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

    def files(self) -> dict[str, str]:
        return dict(self._db.execute("SELECT DISTINCT file, run FROM records"))

    def records(self, file: str) -> Iterator[_Place]:
        sql = "SELECT offset, length, sha256, id, facts, line FROM records WHERE file = ? ORDER BY offset"
        yield from (_Place(*row) for row in self._db.execute(sql, [file]))

    def documents(self) -> dict[str, str]:
        return dict(self._db.execute("SELECT path, line FROM documents"))


def _marker(root: Path) -> Iterator[Fault]:
    path = root / MARKER
    if not path.is_file() or path.read_bytes() != MARKER_BYTES:
        yield Fault(MARKER, None, "is not what an archive's marker holds")


def _journals(folder: Path, expected: _Expected, living: frozenset[str]) -> Iterator[Fault]:
    last: dict[str, str] = {}
    for path in _files(folder):
        name = f"journal/{path.relative_to(folder).as_posix()}"
        if path.suffix != ".jsonl":
            yield Fault(name, None, "is no journal and has no business here")
            continue
        yield from _journal(path, name, expected, last, path.stem in living)


def _journal(path: Path, name: str, expected: _Expected, last: dict[str, str], is_living: bool) -> Iterator[Fault]:
    run = path.stem
    end = 0
    for line in read_lines(path, prev=last.get(run, genesis(run))):
        where = f"line {line.number}"
        yield from (Fault(name, where, says) for says in _line_faults(line, run, expected, f"{name}:{line.number}"))
        end, last[run] = line.end, line.sha256
    if path.stat().st_size > end and not is_living:
        yield Fault(name, f"offset {end}", "a last line without its line end")
    if end == 0 and not is_living:
        yield Fault(name, None, "is empty")


def _line_faults(line: Line, run: str, expected: _Expected, place: str) -> Iterator[str]:
    if line.damage:
        yield line.damage
    if line.event is None:
        return
    if line.event["run"] != run:
        yield f"an event of the run {line.event['run']}"
    yield from expected.add(line.event, place)


def _captures(folder: Path, expected: _Expected, living: frozenset[str]) -> Iterator[Fault]:
    runs = expected.files()
    there = {path.relative_to(folder).as_posix() for path in _files(folder)}
    indexes = {index_path(Path(file)).as_posix() for file in runs}
    for file in sorted(there - set(runs) - indexes):
        if not file.rsplit("/", 1)[-1].startswith(tuple(living) or ("\0",)):
            yield Fault(f"captures/{file}", None, "no journal knows this file")
    for file in sorted(runs):
        if file in there:
            yield from _capture_file(folder, file, expected, runs[file] in living)
        else:
            yield Fault(f"captures/{file}", None, "the file is missing")


def _capture_file(folder: Path, file: str, expected: _Expected, is_living: bool) -> Iterator[Fault]:
    name = f"captures/{file}"
    lines: list[bytes] = []
    end, is_whole = 0, True
    with (folder / file).open("rb") as warc:
        for at in expected.records(file):
            if at.offset != end:
                says = f"bytes that the journal counts twice or not at all, before the record {at.id}"
                yield Fault(name, f"offset {min(at.offset, end)}", says)
            faults, line = _member(warc, (folder / file).name, at)
            yield from (Fault(name, f"offset {at.offset}", f"{says} ({at.line})") for says in faults)
            is_whole = is_whole and not faults
            lines += [line] if line else []
            end = at.offset + at.length
    if (folder / file).stat().st_size > end and not is_living:
        yield Fault(name, f"offset {end}", f"{(folder / file).stat().st_size - end} bytes that no journal knows")
    if is_whole and not is_living:
        yield from _index(index_path(folder / file), index_path(Path(name)).as_posix(), lines)


def _member(warc: BinaryIO, name: str, at: _Place) -> tuple[list[str], bytes | None]:
    warc.seek(at.offset)
    raw = warc.read(at.length)
    if len(raw) < at.length:
        return [f"the record {at.id} is cut or missing"], None
    if sha256_hex(raw) != at.sha256:
        return [f"the record {at.id} differs from its hash in the journal"], None
    try:
        record = decode(raw)
    except Damaged as damage:
        return [str(damage)], None
    line = cdxj_line(record, name=name, offset=at.offset, length=at.length)
    return list(_facts_faults(record, at.id, loads(at.facts) if at.facts else None)), line


def _facts_faults(record: Record, record_id: str, facts: Mapping[str, Any] | None) -> Iterator[str]:
    if record.id != record_id:
        yield f"holds the record {record.id} where {record_id} should stand"
    if facts is None:
        return
    again = recovered_facts(record, None, None)
    names = COMPARED if record.type != "revisit" else COMPARED[:4]
    for name in names:
        if again[name] != facts[name]:
            yield f"the journal says {name} = {facts[name]!r}, the record says {again[name]!r}"


def _index(path: Path, name: str, lines: list[bytes]) -> Iterator[Fault]:
    if not path.is_file():
        yield Fault(name, None, "the CDXJ of a WARC file is missing")
        return
    found = path.read_bytes()
    wanted = sorted(lines)
    if found == b"".join(wanted):
        return
    at = next((n for n, pair in enumerate(zip(found.splitlines(True), wanted, strict=False), 1) if pair[0] != pair[1]), None)
    yield Fault(name, f"line {at or len(wanted)}", "the CDXJ differs from what its WARC file says")


def _documents(folder: Path, expected: _Expected, living: frozenset[str]) -> Iterator[Fault]:
    known = expected.documents()
    there = {path.relative_to(folder).as_posix(): path for path in _files(folder)}
    for name, path in there.items():
        if name not in known and not living:
            yield Fault(f"documents/{name}", None, "no journal knows this document")
        if sha256_hex(path.read_bytes()) != path.name.removesuffix(".json"):
            yield Fault(f"documents/{name}", None, "the document differs from its name, the hash of its bytes")
    for name in sorted(set(known) - set(there)):
        yield Fault(f"documents/{name}", None, f"the document is missing ({known[name]})")


def _catalog(root: Path, until: Mapping[str, int]) -> Iterator[Fault]:
    try:
        for says in differences(root, until):
            yield Fault("catalog.db", None, says)
    except sqlite3.DatabaseError as reason:
        yield Fault("catalog.db", None, f"can't be read: {reason}")


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if not path.is_dir())

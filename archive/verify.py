"""Proof that the archive is what it was: every byte of it, every row its record, every record its row.

Reads only. The journal's lines prove themselves and each other; they name every WARC member and every document with their
SHA-256; a CDXJ must say what its WARC says; the catalog must equal its rebuild.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from archive.capture_files import index_path
from archive.cdxj import cdxj_line
from archive.codec import loads
from archive.errors import Damaged
from archive.expected import Expected, Place
from archive.facts import recovered_facts
from archive.hashing import sha256_hex
from archive.journal import genesis, journal_sizes, Line, read_lines
from archive.locks import is_held, reading, run_names
from archive.manifest import Entry, entry_of, FOLDER, Manifest, read_manifest
from archive.rebuild import differences, lost_lines
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
    """Yield every fault of an archive; none for one that is whole. Others may write and read it meanwhile."""
    with reading(root):
        now = _moment(root)
        expected = Expected()
        yield from _marker(root)
        yield from _journals(root / "journal", expected, now)
        yield from _captures(root / "captures", expected, now)
        yield from _documents(root / "documents", expected, now)
        yield from _seals(root, expected, now.living)
        yield from _catalog(root)


class _Moment(NamedTuple):
    """The moment that is verified: how long each journal was, and which runs were going on. What came later is not looked at."""

    journal: Path
    sizes: dict[str, int]
    living: frozenset[str]

    def is_later(self, name: str) -> bool:
        """Say whether a file, by its name, is of a run that began since."""
        run = "-".join(name.split("-")[:3]).partition(".")[0]
        paths = (path.relative_to(self.journal).as_posix() for path in self.journal.glob(f"*/*/*/{run}.jsonl"))
        return any(path not in self.sizes for path in paths)


def _moment(root: Path) -> _Moment:
    # Locks and journals can't be looked at in one instant: a run that began or wrote between the looks counts as going on.
    before, sizes = _held(root / "locks"), journal_sizes(root / "journal")
    after, again = _held(root / "locks"), journal_sizes(root / "journal")
    grown = {Path(name).stem for name, size in again.items() if sizes.get(name) != size}
    return _Moment(root / "journal", sizes, before | after | grown)


def _held(locks: Path) -> frozenset[str]:
    return frozenset(name for name in run_names(locks) if is_held(locks / f"run-{name}.lock"))


def _marker(root: Path) -> Iterator[Fault]:
    path = root / MARKER
    if not path.is_file() or path.read_bytes() != MARKER_BYTES:
        yield Fault(MARKER, None, "is not what an archive's marker holds")


def _readable(name: str, faults: Iterator[Fault]) -> Iterator[Fault]:
    """Yield faults found in a file; where it can't be read (its rights, a bad sector), that is one, and the next file's turn."""
    try:
        yield from faults
    except OSError as reason:
        yield Fault(name, None, f"can't be read: {reason.strerror}")


def _journals(folder: Path, expected: Expected, now: _Moment) -> Iterator[Fault]:
    last: dict[str, str] = {}
    paths: dict[str, str] = {}
    for path in _files(folder):
        name = path.relative_to(folder).as_posix()
        if name in now.sizes:
            paths[path.stem] = f"journal/{name}"
            yield from _readable(f"journal/{name}", _journal(path, name, expected, last, now))
        elif path.suffix != ".jsonl" or name.count("/") != 3:
            yield Fault(f"journal/{name}", None, "is no journal and has no business here")
    for run in sorted(paths.keys() - expected.ended() - now.living):
        yield Fault(paths[run], None, "its run has no end, and nobody writes it: its last lines are missing")
    expected.settle()


def _journal(path: Path, key: str, expected: Expected, last: dict[str, str], now: _Moment) -> Iterator[Fault]:
    run, name, end = path.stem, f"journal/{key}", 0
    lines = read_lines(path, prev=last.get(run, genesis(run)))
    for line in takewhile(lambda line: line.end <= now.sizes[key], lines):
        where = f"line {line.number}"
        yield from (Fault(name, where, says) for says in _line_faults(line, run, expected, f"{name}:{line.number}"))
        end, last[run] = line.end, line.sha256
    if run not in now.living and path.stat().st_size > end:
        yield Fault(name, f"offset {end}", "a last line without its line end")
    if run not in now.living and end == 0:
        yield Fault(name, None, "is empty")


def _line_faults(line: Line, run: str, expected: Expected, place: str) -> Iterator[str]:
    if line.damage:
        yield line.damage
    if line.event is None:
        return
    if line.event["run"] != run:
        yield f"an event of the run {line.event['run']}"
    yield from expected.add(line.event, place)


def _captures(folder: Path, expected: Expected, now: _Moment) -> Iterator[Fault]:
    runs = expected.files()
    there = {path.relative_to(folder).as_posix() for path in _files(folder)}
    indexes = {index_path(Path(file)).as_posix() for file in runs}
    for file in sorted(there - set(runs) - indexes):
        if into := expected.joined_into(file.replace(".cdxj", ".warc.gz")):
            yield Fault(f"captures/{file}", None, f"was joined into {into} and should be gone: the next seal removes it")
        elif not _is_of_living(file.rsplit("/", 1)[-1], now):
            yield Fault(f"captures/{file}", None, "no journal knows this file")
    for file in sorted(runs):
        if file in there:
            yield from _readable(f"captures/{file}", _capture_file(folder, file, expected, runs[file] in now.living))
        else:
            yield Fault(f"captures/{file}", None, "the file is missing")


def _is_of_living(name: str, now: _Moment) -> bool:
    return name.startswith(tuple(now.living) or ("\0",)) or now.is_later(name)


def _capture_file(folder: Path, file: str, expected: Expected, is_living: bool) -> Iterator[Fault]:
    name = f"captures/{file}"
    lines: list[bytes] = []
    end, is_whole, digest = 0, True, hashlib.sha256()
    with (folder / file).open("rb") as warc:
        for at in expected.records(file):
            if at.offset != end:
                says = f"bytes that the journal counts twice or not at all, before the record {at.id}"
                yield Fault(name, f"offset {min(at.offset, end)}", says)
            faults, line = _member(warc, (folder / file).name, at, digest)
            yield from (Fault(name, f"offset {at.offset}", f"{says} ({at.line})") for says in faults)
            is_whole = is_whole and not faults
            lines += [line] if line else []
            end = at.offset + at.length
    if (folder / file).stat().st_size > end and not is_living:
        yield Fault(name, f"offset {end}", f"{(folder / file).stat().st_size - end} bytes that no journal knows")
    sealed = expected.sealed(file)
    if is_whole and sealed and sealed != digest.hexdigest():
        yield Fault(name, None, f"the file differs from its hash {sealed} in the seal")
    if is_whole and not is_living:
        index = index_path(Path(name)).as_posix()
        yield from _readable(index, _index(index_path(folder / file), index, lines))


def _member(warc: BinaryIO, name: str, at: Place, digest: Any) -> tuple[list[str], bytes | None]:
    warc.seek(at.offset)
    raw = warc.read(at.length)
    digest.update(raw)
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
        yield Fault(name, None, "the CDXJ of a WARC file is missing: `rebuild` writes it anew")
        return
    found = path.read_bytes()
    wanted = sorted(lines)
    if found == b"".join(wanted):
        return
    at = next((n for n, pair in enumerate(zip(found.splitlines(True), wanted, strict=False), 1) if pair[0] != pair[1]), None)
    yield Fault(
        name, f"line {at or len(wanted)}", "the CDXJ differs from what its WARC file says: without it, `rebuild` writes it anew"
    )


def _documents(folder: Path, expected: Expected, now: _Moment) -> Iterator[Fault]:
    known = expected.documents()
    there = {path.relative_to(folder).as_posix(): path for path in _files(folder)}
    living = now.living or journal_sizes(now.journal) != now.sizes
    for name, path in there.items():
        if name not in known and not living:
            yield Fault(f"documents/{name}", None, "no journal knows this document")
        yield from _readable(f"documents/{name}", _document(path, f"documents/{name}"))
    for name in sorted(set(known) - set(there)):
        yield Fault(f"documents/{name}", None, f"the document is missing ({known[name]})")


def _document(path: Path, name: str) -> Iterator[Fault]:
    if sha256_hex(path.read_bytes()) != path.name.removesuffix(".json"):
        yield Fault(name, None, "the document differs from its name, the hash of its bytes")


def _seals(root: Path, expected: Expected, living: frozenset[str]) -> Iterator[Fault]:
    known = expected.manifests()
    there = {path.relative_to(root).as_posix() for path in _files(root / FOLDER)}
    for name in sorted(there - set(known)):
        if Path(name).stem not in living:
            yield Fault(name, None, "no journal knows this manifest")
    for name in sorted(known):
        if name in there:
            yield from _readable(name, _seal(root, name, expected, known[name]))
        else:
            yield Fault(name, None, "the manifest is missing")


def _seal(root: Path, name: str, expected: Expected, at: tuple[str, str, str]) -> Iterator[Fault]:
    sha256, merkle_root, line = at
    raw = (root / name).read_bytes()
    if sha256_hex(raw) != sha256:
        yield Fault(name, None, f"the manifest differs from its hash in the journal ({line})")
        return
    try:
        manifest = read_manifest(raw)
    except Damaged as damage:
        yield Fault(name, None, str(damage))
        return
    if manifest.root != merkle_root:
        yield Fault(name, None, f"the manifest's Merkle root is not {merkle_root} ({line})")
    yield from _manifest_files(root, name, manifest, expected)


def _manifest_files(root: Path, name: str, manifest: Manifest, expected: Expected) -> Iterator[Fault]:
    for entry in manifest.files:
        yield from _readable(entry.path, _manifest_file(root, name, entry, expected))


def _manifest_file(root: Path, name: str, entry: Entry, expected: Expected) -> Iterator[Fault]:
    if not (root / entry.path).is_file():
        yield Fault(entry.path, None, f"the file is missing, which the manifest {name} names")
    elif (root / entry.path).stat().st_size != entry.size or _digest(root, entry.path, expected) != entry.sha256:
        yield Fault(entry.path, None, f"the file differs from its hash in the manifest {name}")


def _digest(root: Path, path: str, expected: Expected) -> str:
    # A sealed WARC file was read through already, and its hash compared with that of the seal; a document's is its name.
    proved = expected.sealed(path.removeprefix("captures/")) if path.endswith(".warc.gz") else None
    return proved or (Path(path).stem if path.startswith("documents/") else entry_of(root, path).sha256)


def _catalog(root: Path) -> Iterator[Fault]:
    try:
        for path, says in lost_lines(root):
            yield Fault(f"journal/{path}", None, says)
        for says in differences(root):
            yield Fault("catalog.db", None, says)
    except (sqlite3.DatabaseError, OSError) as reason:
        yield Fault("catalog.db", None, f"can't be read, or compared with its rebuild: {reason}")


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if not path.is_dir())

"""Several finished WARC files joined into one: their gzip members one after the other, unchanged, and one CDXJ.

A member is proved before it is taken over: by its hash in the journal of its run, its gzip checksum and its block digest. A
file that has anything wrong in it is left as it is, and named.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from archive.capture_files import index_path, member_of, write_index
from archive.cdxj import cdxj_line
from archive.codec import Json
from archive.durable import make_folder, sync_folder, write_all
from archive.errors import Damaged
from archive.hashing import sha256_hex
from archive.journal import read_lines
from archive.warc import decode, members

Known = Mapping[int, str]
"""The SHA-256 of a file's members by their offsets, as far as the journal of its run tells them."""


@dataclass(frozen=True, slots=True)
class Part:
    """A file that became part of another: its path under `captures/`, and where in the other it begins."""

    file: str
    base: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """A file that was made of others, or one that stayed as it is (its only part is itself)."""

    file: str
    size: int
    sha256: str
    parts: tuple[Part, ...]

    def to_json(self) -> Json:
        """Return the fields of the journal's `sealed` event."""
        parts = [{"file": part.file, "base": part.base} for part in self.parts]
        return {"file": self.file, "size": self.size, "sha256": self.sha256, "parts": parts}


class Joiner:
    """Writes one joined file under a scratch name; `place` puts it and its CDXJ where they belong."""

    def __init__(self, captures: Path, file: str, scratch: Path) -> None:
        """Begin the file that shall stand at `file` under `captures`."""
        make_folder(scratch)
        self.file = file
        self.parts: list[Part] = []
        self.size = 0
        self._captures = captures
        self._scratch = scratch
        self._path = scratch / Path(file).name
        self._lines: list[bytes] = []
        self._hash = hashlib.sha256()
        self._fd = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o644)

    def add(self, file: str, known: Known) -> None:
        """Take over a whole file. Raises Damaged, and then has taken over nothing of it."""
        before, digest, lines = self.size, self._hash.copy(), len(self._lines)
        try:
            self._take(self._captures / file, known)
        except Damaged:
            os.ftruncate(self._fd, before)
            os.lseek(self._fd, before, os.SEEK_SET)
            self.size, self._hash = before, digest
            del self._lines[lines:]
            raise
        self.parts.append(Part(file, before))

    def _take(self, path: Path, known: Known) -> None:
        base = self.size
        for offset, raw, line in proved_members(path, known, name=Path(self.file).name, base=base):
            assert base + offset == self.size
            write_all(self._fd, raw)
            self._hash.update(raw)
            self.size += len(raw)
            self._lines += [line] if line else []

    def place(self) -> Joined:
        """Put file and CDXJ in their places, durably."""
        os.fsync(self._fd)
        self.close()
        path = self._captures / self.file
        self._path.replace(path)
        sync_folder(path.parent)
        write_index(index_path(path), self._lines, self._scratch)
        return Joined(file=self.file, size=self.size, sha256=self._hash.hexdigest(), parts=tuple(self.parts))

    def close(self) -> None:
        """Close the scratch file."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def discard(self) -> None:
        """Take back what was placed: nothing was journalled."""
        self.close()
        for path in (self._path, self._captures / self.file, index_path(self._captures / self.file)):
            path.unlink(missing_ok=True)


def proved_members(path: Path, known: Known, *, name: str, base: int) -> Iterator[tuple[int, bytes, bytes | None]]:
    """Yield offset, bytes and CDXJ line (for a file `name` in which this one begins at `base`) of each proved member.

    Raises Damaged where the file can't be read, or anything in it is not what was written.
    """
    end = 0
    try:
        for offset, raw in members(path):
            if sha256_hex(raw) != known.get(offset, sha256_hex(raw)):
                raise Damaged(f"{path.name}, offset {offset}: the record differs from its hash in the journal")
            record = decode(raw)
            at = member_of(record, raw, offset)
            yield offset, raw, cdxj_line(record, name=name, offset=base + offset, length=at.length)
            end = offset + len(raw)
        size = path.stat().st_size
    except OSError as reason:
        raise Damaged(f"{path.name} can't be read: {reason}") from reason
    if size != end or (known and max(known) >= end):
        raise Damaged(f"{path.name}, offset {end}: the file is not whole")


def known_members(journals: Sequence[Path], file: str) -> dict[int, str]:
    """Return the hashes of a file's members that these journals tell; damaged lines tell nothing."""
    events = (line.event for path in journals for line in read_lines(path) if line.event)
    mine = (event for event in events if event.get("file") == file and "records" in event)
    return {each["offset"]: each["sha256"] for event in mine for each in event["records"]}

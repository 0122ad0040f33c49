"""The WARC files of one run: one at a time, rolled over by size and at midnight UTC, each with its CDXJ beside."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from archive.cdxj import cdxj_line
from archive.codec import Json
from archive.durable import AppendFile, write_atomic
from archive.hashing import sha256_hex
from archive.warc import encode, Record, warcinfo

MAX_SIZE = 1 << 30
"""Bytes after which a run opens its next file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One stored record: its id and type, where its gzip member stands in its file, and the SHA-256 of the member."""

    id: str
    type: str
    offset: int
    length: int
    sha256: str

    def to_json(self) -> Json:
        """Return the journal's form."""
        return {"id": self.id, "type": self.type, "offset": self.offset, "length": self.length, "sha256": self.sha256}


class CaptureFile:
    """One WARC file that is being written, and its CDXJ."""

    def __init__(self, captures: Path, name: str, run: str, at: datetime) -> None:
        """Make the file `name` (`2026/11/22/….warc.gz`) under `captures` and write its warcinfo record, durably."""
        self.name = name
        self.path = captures / name
        self._warc = AppendFile(self.path)
        self._index = AppendFile(index_path(self.path))
        self._lines: list[bytes] = []
        info = warcinfo(self.path.name, run, at)
        self.info = info.id
        self.opening = self.append([info])

    @property
    def size(self) -> int:
        """Bytes written so far."""
        return self._warc.size

    def append(self, records: Iterable[Record]) -> tuple[Member, ...]:
        """Write the records of one exchange durably, each as its own gzip member; return where they stand. Raises OSError."""
        encoded = [(record, encode(record)) for record in records]
        offset = self._warc.append(b"".join(raw for _, raw in encoded))
        found = []
        for record, raw in encoded:
            found.append(member_of(record, raw, offset))
            offset += len(raw)
        return tuple(found)

    def index(self, records: Iterable[Record], places: Iterable[Member]) -> None:
        """Add the records' lines to the CDXJ: derivable, hence not waited for."""
        found = (_line(record, at, self.path.name) for record, at in zip(records, places, strict=True))
        lines = [line for line in found if line]
        self._lines += lines
        # The exchange is committed already: what the disk has no room for now is written when the file is closed.
        with suppress(OSError):
            self._index.append(b"".join(lines), sync=False)

    def take_back(self, size: int) -> None:
        """Cut off what was written beyond `size`: an exchange that could not be journalled."""
        self._warc.cut(size)

    def let_go(self) -> None:
        """Close the file as it is: its CDXJ is written by whoever closes the run."""
        self._warc.close()
        self._index.close()

    def close(self, scratch: Path) -> None:
        """Close the file, and sort its CDXJ as replay tools want it."""
        self.let_go()
        write_index(index_path(self.path), self._lines, scratch)


def file_name(run: str, day: str, number: int) -> str:
    """Return the name of a run's `number`-th file under `captures/`; `day` is `2026/11/22`."""
    return f"{day}/{run}-{number:05d}.warc.gz"


def index_path(warc: Path) -> Path:
    """Return the path of the CDXJ that belongs to a WARC file."""
    return warc.with_name(warc.name.removesuffix(".warc.gz") + ".cdxj")


def member_of(record: Record, raw: bytes, offset: int) -> Member:
    """Return the place of a record whose gzip member is `raw`."""
    return Member(id=record.id, type=record.type, offset=offset, length=len(raw), sha256=sha256_hex(raw))


def write_index(path: Path, lines: Iterable[bytes], scratch: Path) -> None:
    """Put a sorted CDXJ in its place."""
    write_atomic(path, b"".join(sorted(lines)), scratch / path.name)


def _line(record: Record, at: Member, name: str) -> bytes | None:
    return cdxj_line(record, name=name, offset=at.offset, length=at.length)

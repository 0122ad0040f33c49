"""The journal: append-only facts as JSON Lines, one file per run and UTC day, hash-chained. A line is the commit.

A line is canonical JSON and carries `prev`, the SHA-256 of the line before (without its line end), and `sum`, the SHA-256 of
the line itself without its `sum`: the one shows a line that is missing or replaced, the other a flipped bit in the last line.
The first line of a run's first file chains from `genesis(run)`; a file of a later day goes on from the file before.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from archive.clock import day_folder, stamp
from archive.codec import canonical, Json, loads
from archive.durable import AppendFile, truncate
from archive.errors import Damaged
from archive.hashing import sha256_hex


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a journal: its event (None where `damage` says what is wrong), its number from 1, and where it ends."""

    number: int
    end: int
    sha256: str
    event: Json | None
    damage: str | None = None


def journal_sizes(folder: Path, ended: Collection[str] = ()) -> dict[str, int]:
    """Return every journal's path under `folder` (`2026/11/22/RUN.jsonl`) with its bytes now, by path; those that `ended` are left out.

    Asked at every opening, of tens of thousands of files: hence no `Path` for each, and none is looked at that can't have grown.
    """
    found: dict[str, int] = {}
    for day in _folders(folder, 3):
        with os.scandir(folder / day) as entries:
            new = [each for each in entries if each.name.endswith(".jsonl") and f"{day}/{each.name}" not in ended]
        found |= {f"{day}/{each.name}": each.stat().st_size for each in new}
    return dict(sorted(found.items()))


def _folders(folder: Path, depth: int) -> Iterator[str]:
    with os.scandir(folder) as entries:
        names = [entry.name for entry in entries if entry.is_dir()]
    for name in names:
        yield from (f"{name}/{below}" for below in _folders(folder / name, depth - 1)) if depth > 1 else (name,)


def genesis(run: str) -> str:
    """Return what the first line of a run chains from: the SHA-256 of `gongkai journal ` and the run's id."""
    return sha256_hex(f"gongkai journal {run}".encode())


def seal_line(event: Json, prev: str) -> bytes:
    """Return an event as a journal line, without its line end."""
    chained = {**event, "prev": prev}
    return canonical({**chained, "sum": sha256_hex(canonical(chained))})


def open_line(raw: bytes) -> Json:
    """Return the event of a line. Raises Damaged where the bytes are not what was written."""
    try:
        event = loads(raw)
        mark = f',"sum":"{event["sum"]}"'.encode()
    except (ValueError, TypeError, KeyError) as reason:
        raise Damaged(f"the line is no JSON object with a checksum: {reason!r}") from reason
    # The checksum is over the bytes of the line without it: what they decode to need not be written out again to be proved.
    before, found, after = raw.partition(mark)
    if not found or mark in after or sha256_hex(before + after) != event["sum"]:
        raise Damaged("the line differs from its own checksum")
    return dict(event)


def read_lines(path: Path, *, offset: int = 0, number: int = 0, prev: str | None = None) -> Iterator[Line]:
    """Yield the lines of a journal from an offset on; a torn tail (no line end, or zeros in it) is left out.

    `number` and `prev` are number and SHA-256 of the line before the offset; with `prev` None the chain is not checked for
    the first line read.
    """
    with path.open("rb") as file:
        file.seek(offset)
        for raw in file:
            if not raw.endswith(b"\n") or (b"\0" in raw and offset + len(raw) == os.fstat(file.fileno()).st_size):
                return
            offset, number = offset + len(raw), number + 1
            line = _line(raw[:-1], number, offset, prev)
            prev = line.sha256
            yield line


def _line(raw: bytes, number: int, end: int, prev: str | None) -> Line:
    sha256 = sha256_hex(raw)
    try:
        event = open_line(raw)
    except Damaged as damage:
        return Line(number=number, end=end, sha256=sha256, event=None, damage=str(damage))
    broken = prev is not None and event.get("prev") != prev
    damage_says = "the line does not follow from the line before it" if broken else None
    return Line(number=number, end=end, sha256=sha256, event=event, damage=damage_says)


def events_named(folder: Path, names: Iterable[str]) -> Iterator[Json]:
    """Yield the events of these ids, each once, looked for in the journals of their own runs first. Raises Damaged where one is not there."""
    left = set(names)
    runs = {name.partition("#")[0] for name in left}
    paths = sorted(folder.glob("*/*/*/*.jsonl"), key=lambda path: (path.stem not in runs, path))
    for path in paths:
        if not left:
            return
        for line in read_lines(path):
            if line.event and line.event["id"] in left:
                left.discard(line.event["id"])
                yield line.event
    if left:
        raise Damaged(f"the journals under {folder} do not hold the event {min(left)}")


def repair_tail(path: Path) -> str | None:
    """Cut a torn last line of a dead run's journal, end it if only its line end is missing; return what was done.

    A journal without a whole line goes away.

    A last line whose line end was altered is damage, no tear: it is left for `verify` to name, and None is returned. One
    that holds zeros is a tear: a disk writes the end of a line before its beginning, or a file's length before its bytes.
    """
    raw = path.read_bytes()
    start = raw.rfind(b"\n") + 1
    if start == len(raw) and b"\0" in raw[(before := raw.rfind(b"\n", 0, -1) + 1) :]:
        start = before
    tail = raw[start:]
    if start == 0 and not _is_whole(tail) and not _is_whole(tail[:-1]):
        path.unlink()
        return f"{path.name}: removed a journal in which a crash had left no whole line"
    if not tail or _is_whole(tail[:-1]):
        return None
    if _is_whole(tail):
        file = AppendFile(path)
        file.append(b"\n")
        file.close()
        return f"{path.name}: ended its last line, which a crash had left without a line end"
    truncate(path, start)
    return f"{path.name}: cut {len(tail)} bytes of a line that a crash had torn"


def _is_whole(raw: bytes) -> bool:
    try:
        open_line(raw)
    except Damaged:
        return False
    return True


class Journal:
    """The writing end of one run's journal."""

    def __init__(self, folder: Path, run: str, clock: Callable[[], datetime], day: str = "") -> None:
        """Make nothing yet: the first `append` opens the file of its day under `folder`, never of one before `day` (`2026/11/22`)."""
        self._folder = folder
        self._run = run
        self._clock = clock
        self._prev = genesis(run)
        self._count = 0
        self._day = day
        self._file: AppendFile | None = None

    def append(self, name: str, /, **facts: Any) -> Json:
        """Write one event durably and return it with `event`, `id`, `run` and `at` added. Raises OSError."""
        at = self._clock()
        event = {**facts, "event": name, "id": f"{self._run}#{self._count + 1}", "run": self._run, "at": stamp(at)}
        line = seal_line(event, self._prev)
        self._file_of(at).append(line + b"\n")
        self._prev, self._count = sha256_hex(line), self._count + 1
        return event

    def close(self) -> None:
        """Close the file."""
        if self._file:
            self._file.close()

    def _file_of(self, at: datetime) -> AppendFile:
        # A clock that was set back must not reopen yesterday's file: the chain goes on in one direction.
        day = max(day_folder(at), self._day)
        if self._file is None or day != self._day:
            self.close()
            self._file, self._day = AppendFile(self._folder / day / f"{self._run}.jsonl"), day
        return self._file

"""The archive on disk: open it, start a run, and read back what it holds."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Self, TypeVar

from archive.catalog import Catalog, condemn, condemned, remove_catalog
from archive.clock import now
from archive.codec import canonical, loads
from archive.durable import make_folder, write_atomic
from archive.errors import Damaged, Misuse, NotInArchive, UnwritableArchive
from archive.facts import capture_of
from archive.indexes import restore_indexes
from archive.locks import Lock
from archive.model import Capture
from archive.payloads import Payload, payload_at, wire_at
from archive.read_only import is_writable, open_catalog
from archive.repair import repair, unfinished
from archive.run import Run
from archive.schema import Row
from archive.scratch import REBUILD, scratch_folder
from archive.takedowns import hidden_by, takedown_of, takedowns_of

_T = TypeVar("_T")

FOLDERS = ("captures", "documents", "journal", "locks", "tmp")
MARKER = "archive.json"
FORMAT = 1
MARKER_BYTES = canonical({"archive": "gongkai", "format": FORMAT}) + b"\n"
"""What `archive.json` holds: it says that the folder is an archive, and in which format."""


class Archive:
    """An open archive. `repairs` are sentences that say what opening it repaired.

    `read_only` says, in a sentence, that the archive can't be written and what is read instead; None where it can.
    """

    def __init__(self, root: Path, clock: Callable[[], datetime] = now, *, writable: bool = True) -> None:
        """Wrap a folder that is an archive: people call `open` or `open_existing`."""
        self.root = root
        self._clock = clock
        self.repairs: tuple[str, ...] = ()
        self.read_only: str | None = None
        if writable:
            self.catalog, self.repairs = _open_catalog(root)
        else:
            self.catalog, self.read_only = open_catalog(root)

    @classmethod
    def open(cls, root: Path, *, clock: Callable[[], datetime] = now, is_copy: bool = False) -> Self:
        """Open an archive for writing, made if absent; repair what a crash left.

        A copy of an archive has no locks of the runs that were going on: `is_copy` closes these too, and restores CDXJ files.
        Raises UnwritableArchive, also for one whose format a newer program made.
        """
        try:
            _make(root)
            archive = cls(root, clock)
            archive._catch_up()
            also = unfinished(root, archive.catalog) if is_copy else ()
            archive.repairs += repair(root, archive.catalog, lambda: archive.start_run("repair"), also=also)
            if is_copy:
                with scratch_folder(root, REBUILD) as scratch:
                    archive.repairs += tuple(restore_indexes(root, archive.catalog, scratch))
            archive.catalog.catch_up()
        except (OSError, sqlite3.OperationalError) as reason:
            raise UnwritableArchive(f"the archive {root} can't be made or written: {reason}") from reason
        except sqlite3.DatabaseError as reason:
            condemn(root / "catalog.db", reason)
            raise
        return archive

    @classmethod
    def open_existing(cls, root: Path) -> Self:
        """Open an archive to read it: what is not there is not made. Raises Misuse where there is none.

        One that can't be written is read all the same, without locks and repairs: see `read_only`.
        """
        require_archive(root)
        if not is_writable(root):
            return cls(root, writable=False)
        try:
            return cls.open(root)
        except UnwritableArchive as reason:  # a full disk, for instance: who reads needs no room on it
            archive = cls(root, writable=False)
            archive.read_only = f"{reason}; a copy of its catalog is read"
            return archive

    def _catch_up(self) -> None:
        try:
            self.catalog.catch_up()
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError as reason:
            self.catalog.close()
            self.catalog, says = _anew(self.root, f"the catalog is damaged ({reason})")
            self.repairs += says

    def require_writable(self) -> None:
        """Raise UnwritableArchive where the archive was opened read-only."""
        if self.read_only:
            raise UnwritableArchive(f"the archive {self.root} can't be written by this process")

    def start_run(self, kind: str, *, portal: str | None = None, settings: Mapping[str, Any] | None = None) -> Run:
        """Start a run of a kind (`crawl`, `ingest`, …). Raises AlreadyRunning if another process crawls the portal."""
        self.require_writable()
        self.catalog.catch_up()
        try:
            return Run(self.root, self.catalog, kind, portal=portal, settings=settings or {}, clock=self._clock)
        except OSError as reason:
            raise UnwritableArchive(f"the archive {self.root} can't be written: {reason}") from reason

    def capture(self, capture_id: str) -> Capture:
        """Return a capture by its id. Raises NotInArchive."""
        return capture_of(self._capture_row(capture_id), capture_id)

    def payload_of(self, capture_id: str) -> Payload:
        """Return headers and decoded body of a capture, a revisit's body from its original.

        Raises NotInArchive (also for a failure, which has no payload) and Damaged.
        """
        return self._read(capture_id, payload_at)

    def wire_of(self, capture_id: str) -> bytes:
        """Return what came over the wire for a capture: head, and body with its codings, a revisit's body from its original.

        Raises NotInArchive (also for a failure) and Damaged.
        """
        return self._read(capture_id, wire_at)

    def _read(self, capture_id: str, read: Callable[[Path, Row, Callable[[str], Row]], _T]) -> _T:
        try:
            return read(self.root / "captures", self._capture_row(capture_id), self._capture_row)
        except Damaged:
            # Between the look into the catalog and the look into the file, a seal may have moved the record: once more, then.
            return read(self.root / "captures", self._capture_row(capture_id), self._capture_row)

    def take_down(self, capture_id: str, reason: str) -> int:
        """Hide a capture and all others of the same payload; return how many. Raises NotInArchive, UnwritableArchive."""
        capture = self.capture(capture_id)
        with self.start_run("takedown") as run:
            run.adopt("takedown", capture=capture.id, payload_sha256=capture.payload_sha256, reason=reason)
            run.finish("finished", {})
        return len(hidden_by(self.catalog, {"capture": capture.id, "payload_sha256": capture.payload_sha256}))

    def lift(self, capture_id: str, reason: str) -> int:
        """Show again what takedowns hide of a capture; return how many were lifted. Raises NotInArchive, also where none hides it."""
        downs = takedowns_of(self.catalog, capture_id)
        if not downs:
            capture = self.capture(capture_id)
            raise NotInArchive(f"nothing hides the capture {capture.id}: there is no takedown to lift")
        with self.start_run("lift") as run:
            for down in downs:
                run.adopt("takedown_lifted", takedown=down["event"], reason=reason)
            run.finish("finished", {})
        return len(downs)

    def close(self) -> None:
        """Close the catalog."""
        self.catalog.close()

    def _capture_row(self, capture_id: str) -> Row:
        row = self.catalog.one("SELECT * FROM captures WHERE id = ?", [capture_id])
        if row is None:
            self.catalog.catch_up()
            row = self.catalog.one("SELECT * FROM captures WHERE id = ?", [capture_id])
        if row is None:
            raise NotInArchive(f"the archive holds no capture {capture_id}")
        if down := takedown_of(self.catalog, capture_id):
            raise NotInArchive(f"the capture {capture_id} was taken down on {down['at'][:10]}: {down['reason']}")
        return row


def _open_catalog(root: Path) -> tuple[Catalog, tuple[str, ...]]:
    path = root / "catalog.db"
    if condemned(path).exists():
        return _anew(root, f"the catalog {path} was found damaged while it was used")
    try:
        catalog = Catalog(path, root)
    except Damaged as damage:
        return _anew(root, str(damage))
    return catalog, ("the catalog is another version's; it was made anew from the journals",) if catalog.emptied else ()


def _anew(root: Path, why: str) -> tuple[Catalog, tuple[str, ...]]:
    remove_catalog(root / "catalog.db")
    return Catalog(root / "catalog.db", root), (f"{why}; it was made anew from the journals",)


def _make(root: Path) -> None:
    for name in FOLDERS:
        make_folder(root / name)
    if not (root / MARKER).exists():
        guard = Lock(root / "locks", "make")
        guard.take(wait=60)
        write_atomic(root / MARKER, MARKER_BYTES, root / "tmp" / MARKER)
        guard.release()
    _require_known(root)


def require_archive(root: Path) -> None:
    """Raise Misuse where there is no archive, or one of another format."""
    if not (root / MARKER).is_file():
        raise Misuse(f"there is no archive at {root} (no {MARKER} in it)")
    _require_known(root)


def _require_known(root: Path) -> None:
    try:
        found = loads((root / MARKER).read_bytes())["format"]
    except (ValueError, TypeError, KeyError):
        return  # damaged: `verify` names it
    if found != FORMAT:
        raise UnwritableArchive(f"the archive {root} has the format {found}, this program knows {FORMAT}: use a newer one")

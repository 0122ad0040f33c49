"""The daily seal: a finished day's small WARC files are joined, and a manifest with one Merkle root stands for the day.

At every step the bytes are on the disk at least once: the joined file and its CDXJ, then the journal's `sealed` event, then the
catalog, and only then do the files go that it was made of. What a kill leaves in between, `archive.leftovers` clears up.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from archive.capture_files import MAX_SIZE
from archive.clock import now
from archive.durable import write_atomic
from archive.errors import AlreadyRunning, Damaged, Misuse
from archive.hashing import sha256_hex
from archive.joining import Joined, Joiner, known_members, Part
from archive.leftovers import remove_joined
from archive.locks import Lock
from archive.manifest import Entry, entry_of, Manifest, manifest_of, manifest_path
from archive.model import Finding
from archive.run import Run
from archive.sealable import due_days, known_count, loose_files, LooseFile, names_of_day
from archive.store import Archive

LOCK = "seal"
LOCK_WAIT = 60.0
"""Seconds to wait for those who read the WARC files as a whole (verify, pack)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedDay:
    """What was done to a day: its manifest's Merkle root, and how many files were joined into how many."""

    day: str
    merkle_root: str
    manifest: str
    files: int
    joined: int
    into: int
    damaged: tuple[str, ...]


def seal(archive: Archive, before: date, *, max_size: int = MAX_SIZE) -> list[SealedDay]:
    """Seal the finished days (UTC) before a date; return what was done, nothing where nothing is left to do.

    Raises Misuse for a date after today, AlreadyRunning while another process seals or reads, UnwritableArchive.
    """
    if before > now().date():
        raise Misuse(f"{before} is not over: only days before today (UTC) can be sealed")
    archive.require_writable()
    archive.catalog.catch_up()
    guard = Lock(archive.root / "locks", LOCK)
    if not guard.take(wait=LOCK_WAIT):
        raise AlreadyRunning(f"the archive {archive.root} is being sealed, verified or packed by process {guard.holder()}")
    try:
        remove_joined(archive.root, archive.catalog)
        days = due_days(archive.catalog, before.isoformat())
        return _seal_days(archive, days, before, max_size) if days else []
    finally:
        guard.release()


def _seal_days(archive: Archive, days: Sequence[str], before: date, max_size: int) -> list[SealedDay]:
    with archive.start_run("seal", settings={"before": before.isoformat()}) as run:
        try:
            done = [_Day(archive, run, day, max_size).seal() for day in days]
        except BaseException:
            run.leave()  # what it had joined and not cleared away (a full disk) the next start clears, as after a kill
            raise
        run.finish("finished", {"days": len(done), "joined": sum(each.joined for each in done)})
    return done


class _Day:
    """One day that is being sealed."""

    def __init__(self, archive: Archive, run: Run, day: str, max_size: int) -> None:
        self._root = archive.root
        self._catalog = archive.catalog
        self._run = run
        self._day = day
        self._max_size = max_size
        self._scratch = archive.root / "tmp" / run.id
        self._damaged: list[str] = []
        self._made = self._left_out = 0

    def seal(self) -> SealedDay:
        loose = list(loose_files(self._root, self._catalog, self._day))
        joined = [each for bundle in bundles(loose, self._max_size) for each in self._join(bundle)]
        self._catalog.catch_up()
        parts = sum(len(each.parts) for each in joined if len(each.parts) > 1)
        remove_joined(self._root, self._catalog, run=self._run.id)
        path, manifest = self._manifest()
        return SealedDay(
            day=self._day,
            merkle_root=manifest.root,
            manifest=path,
            files=len(manifest.files),
            joined=parts,
            into=sum(len(each.parts) > 1 for each in joined),
            damaged=tuple(self._damaged),
        )

    def _join(self, bundle: list[LooseFile]) -> Iterator[Joined]:
        file = f"{self._day.replace('-', '/')}/{self._run.id}-{self._made:05d}.warc.gz"
        self._made += 1
        joiner = Joiner(self._root / "captures", file, self._scratch)
        try:
            for each in bundle:
                self._add(joiner, each)
            if joiner.parts:
                yield self._commit(joiner)
        finally:
            joiner.close()

    def _add(self, joiner: Joiner, each: LooseFile) -> None:
        try:
            joiner.add(each.file, known_members(each.journals, each.file))
        except Damaged as damage:
            self._say(f"captures/{each.file}", damage)
            self._left_out += 1

    def _commit(self, joiner: Joiner) -> Joined:
        if len(joiner.parts) == 1:
            return self._keep(joiner)
        try:
            joined = joiner.place()
            self._run.adopt("sealed", day=self._day, **joined.to_json())
        except BaseException:
            joiner.discard()
            raise
        return joined

    def _keep(self, joiner: Joiner) -> Joined:
        joiner.discard()
        (part,) = joiner.parts
        entry = entry_of(self._root / "captures", part.file)
        joined = Joined(file=part.file, size=entry.size, sha256=entry.sha256, parts=(Part(part.file, 0),))
        self._run.adopt("sealed", day=self._day, **joined.to_json())
        return joined

    def _manifest(self) -> tuple[str, Manifest]:
        names = names_of_day(self._catalog, self._day)
        manifest = manifest_of(self._day, self._run.id, self._entries(names))
        path = manifest_path(self._day, self._run.id)
        raw = manifest.to_bytes()
        write_atomic(self._root / path, raw, self._scratch / "manifest.json")
        facts = {"day": self._day, "manifest": path, "merkle_root": manifest.root, "files": len(manifest.files)}
        try:
            self._run.adopt("day_sealed", **facts, sha256=sha256_hex(raw), known=known_count(names) + 2 * self._left_out)
        except BaseException:
            (self._root / path).unlink(missing_ok=True)
            raise
        return path, manifest

    def _entries(self, names: Iterable[str]) -> Iterator[Entry]:
        for name in names:
            try:
                entry = _proved_entry(self._root, name)
            except (OSError, Damaged) as damage:
                self._say(name, damage)
                continue
            yield entry

    def _say(self, name: str, damage: Exception) -> None:
        self._damaged.append(name)
        self._run.note(Finding(kind="damaged_file", says=f"{name} is left out of the seal: {damage}"))


def _proved_entry(root: Path, name: str) -> Entry:
    entry = entry_of(root, name)
    if name.startswith("documents/") and entry.sha256 != Path(name).stem:
        raise Damaged("the document differs from its name, the hash of its bytes")
    return entry


def bundles(files: Iterable[LooseFile], max_size: int) -> list[list[LooseFile]]:
    """Return files in their order, grouped so that no group of several is larger than `max_size` bytes."""
    found: list[list[LooseFile]] = []
    size = 0
    for file in files:
        if not found or size + file.size > max_size:
            found.append([])
            size = 0
        found[-1].append(file)
        size += file.size
    return found

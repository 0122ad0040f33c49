"""After a crash: what a killed run left behind is made whole, and said. Nothing whole is thrown away.

A run that was killed leaves its lock file, which nobody holds. Its torn journal line and torn WARC tail are cut; whole WARC
records and documents without a journal line are journalled as recovered, in the journal of the run that repairs.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from archive.capture_files import index_path, Member, member_of
from archive.catalog import Catalog
from archive.durable import truncate
from archive.errors import Damaged
from archive.facts import recovered_facts
from archive.hashing import sha256_hex
from archive.indexes import rewrite_index
from archive.journal import repair_tail
from archive.leftovers import repair_seal
from archive.locks import Lock, run_names
from archive.run import Run
from archive.scratch import REBUILD, remove_left
from archive.warc import decode, members, next_capture, Record

LOCK_WAIT = 600.0
"""Seconds to wait for another process that repairs the same archive."""


def repair(root: Path, catalog: Catalog, start: Callable[[], Run], *, also: Iterable[str] = ()) -> tuple[str, ...]:
    """Repair what killed runs left; return a sentence for each thing done. `start` opens the run that journals it.

    Killed are the runs that left a lock file which nobody holds, and those of `also` that nobody writes.
    """
    locks = root / "locks"
    removed = tuple(remove_left(root, REBUILD))
    names = sorted({*run_names(locks), *also})
    if not names:
        return removed
    guard = Lock(locks, "repair")
    if not guard.take(wait=LOCK_WAIT):
        return (*removed, f"another process (pid {guard.holder()}) is still repairing the archive")
    try:
        return (*removed, *_repair_dead(root, catalog, start, names))
    finally:
        guard.release()


def unfinished(root: Path, catalog: Catalog) -> set[str]:
    """Return the runs without an end, and those that left WARC files but no journal: what a copy of a living archive has.

    A joined file without its seal's journal is none of them: its records are told of where they stood before.
    """
    known = {row["file"] for row in catalog.rows("SELECT file FROM capture_files UNION SELECT file FROM sealed")}
    paths = (root / "captures").glob("*/*/*/*.warc.gz")
    orphans = {
        path.name[: -len("-00000.warc.gz")] for path in paths if path.relative_to(root / "captures").as_posix() not in known
    }
    return {name for name in orphans if "-seal-" not in name} | {
        row["id"] for row in catalog.rows("SELECT id FROM runs WHERE outcome IS NULL")
    }


def _repair_dead(root: Path, catalog: Catalog, start: Callable[[], Run], names: Iterable[str]) -> tuple[str, ...]:
    dead = {name: lock for name in names if (lock := Lock(root / "locks", f"run-{name}")).take()}
    torn = [said for name in dead for path in _journals(root, name) if (said := repair_tail(path))]
    catalog.catch_up()
    open_runs = [name for name in dead if not _has_ended(root, catalog, name)]
    says: list[str] = list(torn)
    if open_runs:
        with start() as run:
            for name in open_runs:
                says += _repair_run(root, catalog, run, name)
            run.finish("finished", {"runs_repaired": len(open_runs)})
    for name, lock in dead.items():
        shutil.rmtree(root / "tmp" / name, ignore_errors=True)
        lock.release(remove=True)
    return tuple(says)


def _has_ended(root: Path, catalog: Catalog, name: str) -> bool:
    row = catalog.one("SELECT outcome FROM runs WHERE id = ?", [name])
    if row:
        return bool(row["outcome"])
    # Its journal is gone, with it the line that tells of it: what it captured is there all the same.
    return not _files_of(root / "captures", name, ".warc.gz")


def _repair_run(root: Path, catalog: Catalog, run: Run, name: str) -> list[str]:
    files = [] if "-seal-" in name else _files_of(root / "captures", name, ".warc.gz")
    says = [said for path in files for said in _repair_file(root, catalog, run, name, path)]
    catalog.catch_up()
    for path in files:
        if path.exists():
            rewrite_index(root, catalog, path.relative_to(root / "captures").as_posix(), root / "tmp" / run.id)
    says += repair_seal(root, catalog, name)
    for path in _days(root / "documents", name):
        says += _adopt_documents(root, catalog, run, path)
    run.adopt("run_abandoned", abandoned=name, repairs=says)
    return [f"the run {name} was killed", *says]


def _repair_file(root: Path, catalog: Catalog, run: Run, name: str, path: Path) -> Iterator[str]:
    relative = path.relative_to(root / "captures").as_posix()
    row = catalog.one("SELECT end FROM capture_files WHERE file = ?", [relative])
    end = row["end"] if row else 0
    for group in _groups(_tail(path, end)):
        run.adopt(
            _event_of(group), **_facts_of(catalog, group), file=relative, file_run=name, records=[m.to_json() for _, m in group]
        )
        end = group[-1][1].offset + group[-1][1].length
        yield f"{path.name}: journalled the {group[0][0].type} record {group[0][0].id}, which a crash had left without its line"
    if path.stat().st_size > end:
        yield f"{path.name}: cut {path.stat().st_size - end} bytes of a record that a crash had torn"
        truncate(path, end)
    if not end:
        path.unlink()
        index_path(path).unlink(missing_ok=True)


def _tail(path: Path, offset: int | None) -> Iterator[tuple[Record, Member]]:
    while offset is not None and offset < path.stat().st_size:
        for at, raw in members(path, offset):
            try:
                record = decode(raw)
            except Damaged:
                break
            yield record, member_of(record, raw, at)
            offset = at + len(raw)
        # Only the last exchange can be torn by a crash: where whole ones follow, it is damage, and they are kept.
        offset = next_capture(path, offset) if offset < path.stat().st_size else None


def _groups(tail: Iterator[tuple[Record, Member]]) -> list[list[tuple[Record, Member]]]:
    groups: list[list[tuple[Record, Member]]] = []
    for record, member in tail:
        if record.type == "request" and groups:
            groups[-1].append((record, member))
        else:
            groups.append([(record, member)])
    return groups


def _event_of(group: list[tuple[Record, Member]]) -> str:
    return "capture_file" if group[0][0].type == "warcinfo" else "exchange"


def _facts_of(catalog: Catalog, group: list[tuple[Record, Member]]) -> dict[str, Any]:
    record = group[0][0]
    if record.type == "warcinfo":
        return {}
    original = catalog.one("SELECT * FROM captures WHERE id = ?", [(record.field("WARC-Refers-To") or "").strip("<>")])
    request = group[1][0] if len(group) > 1 else None
    return {"capture": record.id, **recovered_facts(record, request, original)}


def _adopt_documents(root: Path, catalog: Catalog, run: Run, day: Path) -> Iterator[str]:
    for path in sorted(day.glob("*/*.json")):
        if catalog.one("SELECT 1 FROM documents WHERE sha256 = ?", [path.stem]) is None:
            relative = path.relative_to(root / "documents").as_posix()
            if sha256_hex(path.read_bytes()) != path.stem:
                yield f"{path.name}: left a document that differs from its name, the hash of its bytes: see `verify`"
                continue
            run.adopt("document_found", document=path.stem, path=relative)
            yield f"{path.name}: journalled a document that a crash had left without its line"


def _journals(root: Path, name: str) -> list[Path]:
    return _files_of(root / "journal", name, ".jsonl")


def _files_of(folder: Path, name: str, suffix: str) -> list[Path]:
    return sorted(
        path
        for day in _days(folder, name)
        for path in day.iterdir()
        if path.name.startswith(name) and path.name.endswith(suffix)
    )


def _days(folder: Path, name: str) -> list[Path]:
    first = f"{name[:4]}/{name[4:6]}/{name[6:8]}"
    return sorted(day for day in folder.glob("*/*/*") if day.relative_to(folder).as_posix() >= first)

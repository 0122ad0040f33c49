"""What a seal leaves behind: files that were joined into another, and after a kill also copies that no journal knows."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from archive.capture_files import index_path
from archive.catalog import Catalog
from archive.durable import sync_folder
from archive.manifest import entry_of, FOLDER
from archive.warc import decode, members


def repair_seal(root: Path, catalog: Catalog, run: str) -> Iterator[str]:
    """Bring a killed seal to its end: what it had not journalled goes, what it had journalled is done. Yield what was done.

    A run of another kind wrote no copies, but the only bytes there are: nothing of it is touched.
    """
    if run.split("-")[1] != "seal":
        return
    for path in _copies(root, catalog, run):
        if not _is_spare(root, catalog, path):
            yield f"{path.name}: left a copy that a killed seal had not journalled, since what it was made of is not there"
            continue
        path.unlink()
        sync_folder(path.parent)
        yield f"{path.name}: removed a copy that a killed seal had not journalled; what it was made of is there"
    for name in remove_joined(root, catalog, run=run):
        yield f"{name}: removed, since a killed seal had joined it into another file"


def _copies(root: Path, catalog: Catalog, run: str) -> list[Path]:
    kept = {root / "captures" / row["file"] for row in catalog.rows("SELECT file FROM sealed WHERE run = ?", [run])}
    kept |= {index_path(path) for path in kept}
    kept |= {root / row["manifest"] for row in catalog.rows("SELECT manifest FROM seals WHERE run = ?", [run])}
    found = [*(root / "captures").glob(f"*/*/*/{run}-*"), *(root / FOLDER).glob(f"*/*/*/{run}.json")]
    return sorted(set(found) - kept)


def _is_spare(root: Path, catalog: Catalog, path: Path) -> bool:
    """Say whether every capture of a joined file also stands in another file that is there; a copy of an archive may lack it."""
    if not path.name.endswith(".warc.gz"):
        return True
    for _, raw in members(path):
        row = catalog.one("SELECT file FROM captures WHERE id = ?", [decode(raw).id])
        if row and not (root / "captures" / row["file"]).is_file():
            return False
    return True


def remove_joined(root: Path, catalog: Catalog, *, run: str | None = None) -> list[str]:
    """Remove files that were joined into another (by one run, or any) where the other is proved whole; return their names."""
    where = "WHERE s.run = ?" if run else ""
    rows = catalog.rows(f"{_PARTS} {where} ORDER BY s.file, p.file", [run] if run else [])
    removed: list[str] = []
    for into, group in groupby(list(rows), key=lambda row: (row["into"], row["size"], row["sha256"])):
        left = [path for row in group for path in _left(root / "captures" / row["file"])]
        if left and _is_whole(root / "captures", *into):
            for path in left:
                path.unlink()
            sync_folder(left[0].parent)
            removed += [path.name for path in left]
    return removed


def _left(path: Path) -> list[Path]:
    return [each for each in (path, index_path(path)) if each.exists()]


def _is_whole(captures: Path, file: str, size: int, sha256: str) -> bool:
    try:
        entry = entry_of(captures, file)
    except OSError:
        return False
    return (entry.size, entry.sha256) == (size, sha256) and index_path(captures / file).exists()


_PARTS = """
SELECT p.file, s.file AS [into], s.size, s.sha256 FROM sealed_parts p JOIN sealed s ON s.file = p.[into] AND s.file <> p.file
"""

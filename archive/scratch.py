"""Folders for work in progress under `tmp/`, each held by its process's lock, so that what a kill leaves is known and removed."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from archive.locks import Lock

REBUILD = "rebuild"


@contextmanager
def scratch_folder(root: Path, kind: str) -> Iterator[Path]:
    """Make an empty folder under an archive's `tmp/` and remove it afterwards. Raises OSError."""
    name = f"{kind}-{secrets.token_hex(8)}"
    lock = Lock(root / "locks", name)
    lock.take()
    folder = root / "tmp" / name
    try:
        folder.mkdir(parents=True)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        lock.release(remove=True)


def remove_left(root: Path, kind: str) -> Iterator[str]:
    """Remove the folders of a kind whose process was killed; yield a sentence for each. Those of living processes stay."""
    left = {path.stem for path in (root / "locks").glob(f"{kind}-*.lock")} | {
        path.name for path in (root / "tmp").glob(f"{kind}-*")
    }
    for name in sorted(left):
        lock = Lock(root / "locks", name)
        if not lock.take():
            continue
        folder = root / "tmp" / name
        if folder.is_dir():
            size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
            shutil.rmtree(folder, ignore_errors=True)
            yield f"tmp/{name}: removed {size} bytes that a killed {kind} had left"
        lock.release(remove=True)

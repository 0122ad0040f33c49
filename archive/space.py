"""Room on the disk: how much an archive takes, how much is left, and whether a crawl may go on."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

DEFAULT_RESERVE = 2 << 30
"""Bytes that a crawl leaves free: room to end its run, to repair, and to seal a file of 1 GiB."""


def free(root: Path) -> int:
    """Return the bytes that this user may still write on the disk of an archive (of the folder above it, where it is not yet)."""
    return shutil.disk_usage(next(path for path in (root, *root.absolute().parents) if path.exists())).free


def enough(root: Path, reserve: int = DEFAULT_RESERVE) -> bool:
    """Say whether more than `reserve` bytes are free on the disk of an archive. Cheap: a crawl may ask before every request."""
    return free(root) > reserve


def used(root: Path) -> dict[str, int]:
    """Return the bytes of the files in each folder of an archive, and of those that lie beside the folders."""
    sizes: dict[str, int] = {}
    for path, size in _files(root):
        sizes[path] = sizes.get(path, 0) + size
    return sizes


def _files(root: Path) -> Iterator[tuple[str, int]]:
    for folder, _, names in os.walk(root):
        top = Path(folder).relative_to(root).parts[:1]
        for name in names:
            try:
                size = (Path(folder) / name).stat().st_size
            except FileNotFoundError:
                continue  # A living run's file may be sealed or renamed meanwhile.
            yield top[0] if top else name, size

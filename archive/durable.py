"""Bytes that survive a crash: append and fsync, or temporary name, fsync, rename, fsync of the folder.

Everything that the archive writes, except the catalog, goes through these three.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path


class AppendFile:
    """A file that only grows. What `append` returned from is on the disk; what it raised in left no bytes behind."""

    def __init__(self, path: Path) -> None:
        """Open a file for appending, made if absent (with its folders, durably)."""
        make_folder(path.parent)
        self.path = path
        is_new = not path.exists()
        self._fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
        self.size = os.fstat(self._fd).st_size
        self._is_torn = False
        if is_new:
            sync_folder(path.parent)

    def append(self, payload: bytes, *, sync: bool = True) -> int:
        """Write bytes at the end, wait until they are on the disk unless `sync` is off, and return their offset.

        Raises OSError (disk full, I/O error) after cutting off what was written of them. Where even that fails, nothing is
        appended behind it: the next call cuts first, or raises again.
        """
        offset = self.size
        if self._is_torn:
            self.cut(offset)
        try:
            write_all(self._fd, payload)
            if sync:
                os.fsync(self._fd)
        except OSError:
            with contextlib.suppress(OSError):
                self.cut(offset)
            raise
        self.size += len(payload)
        return offset

    def cut(self, size: int) -> None:
        """Take back what was appended beyond `size`. Raises OSError; then the next `append` tries it again first."""
        self.size, self._is_torn = size, True
        os.ftruncate(self._fd, size)
        self._is_torn = False

    def close(self) -> None:
        """Close the file; further appends raise OSError."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1


def write_all(fd: int, payload: bytes) -> None:
    """Write all bytes to a descriptor, however short the single writes are."""
    view = memoryview(payload)
    while view:
        view = view[os.write(fd, view) :]


def write_atomic(path: Path, payload: bytes, scratch: Path) -> None:
    """Put a file in its place whole or not at all; `scratch` is a free name on the same file system."""
    make_folder(path.parent)
    make_folder(scratch.parent)
    fd = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o644)
    try:
        write_all(fd, payload)
        os.fsync(fd)
    finally:
        os.close(fd)
    scratch.replace(path)
    sync_folder(path.parent)


def truncate(path: Path, size: int) -> None:
    """Cut a file to `size` bytes, durably."""
    fd = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    try:
        os.ftruncate(fd, size)
        os.fsync(fd)
    finally:
        os.close(fd)


def make_folder(folder: Path) -> None:
    """Make a folder and those above it, each durable in its parent; no more than a look where it is there already."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Make the names within a folder durable."""
    fd = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)

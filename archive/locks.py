"""Locks that die with their process: one per crawled portal, one per living run."""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from archive.errors import AlreadyRunning


class Lock:
    """A lock file; the operating system lets go of it when its process ends, however it ends."""

    def __init__(self, folder: Path, name: str) -> None:
        """Name a lock `name` in `folder`; nothing is taken yet."""
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / f"{re.sub(r'[^0-9A-Za-z._-]', '_', name)}.lock"
        self._lock = FileLock(self._path)

    @property
    def _holder(self) -> Path:
        return self._path.with_suffix(".pid")

    def take(self, *, wait: float = 0) -> bool:
        """Take the lock, waiting `wait` seconds at most; False if another process (or object of this one) holds it."""
        try:
            self._lock.acquire(timeout=wait)
        except Timeout:
            return False
        self._holder.write_text(str(os.getpid()))
        return True

    def holder(self) -> str:
        """Return the process id of who took the lock last, `?` where it is not known."""
        try:
            return self._holder.read_text() or "?"
        except FileNotFoundError:
            return "?"

    def release(self, *, remove: bool = False) -> None:
        """Let go of the lock; `remove` takes its file away too, for a name that is never locked again."""
        self._holder.unlink(missing_ok=True)
        if remove:
            self._path.unlink(missing_ok=True)
        self._lock.release()


def portal_lock(folder: Path, portal: str) -> Lock:
    """Take the lock of a portal. Raises AlreadyRunning with the portal and the process that holds it."""
    lock = Lock(folder, f"portal-{portal}")
    if not lock.take():
        raise AlreadyRunning(f"the portal {portal!r} is being crawled by process {lock.holder()}")
    return lock


@contextmanager
def reading(root: Path) -> Iterator[None]:
    """Keep a seal from moving WARC files while they are read as a whole; any number of readers may.

    Needs no right to write: where the lock's file is not there and can't be made, nobody seals either.
    """
    path = root / "locks" / "seal.lock"
    fd = _opened(path, os.O_CREAT)
    fd = _opened(path, 0) if fd is None else fd
    try:
        if fd is not None:
            fcntl.flock(fd, fcntl.LOCK_SH)
        yield
    finally:
        if fd is not None:
            os.close(fd)


def is_held(path: Path) -> bool:
    """Say whether a living process holds the lock of this file. Needs no right to write."""
    fd = _opened(path, 0)
    if fd is None:
        return False
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(fd)
    return False


def _opened(path: Path, flags: int) -> int | None:
    try:
        return os.open(path, os.O_RDONLY | os.O_CLOEXEC | flags, 0o644)
    except OSError:
        return None


def run_names(folder: Path) -> Iterator[str]:
    """Yield the ids of the runs that left a lock file: alive, or killed."""
    for path in sorted(folder.glob("run-*.lock")):
        yield path.stem.removeprefix("run-")

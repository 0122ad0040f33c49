"""SQLite files that save work and hold no fact: a damaged one is begun anew, since the journal knows what it knew."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from archive.errors import UnwritableArchive

WAIT = 30.0
"""Seconds to wait for other crawls, which share the file of the hosts' turns."""
_T = TypeVar("_T")


def opened(path: Path, make: Callable[[Path], _T]) -> tuple[_T, tuple[str, ...]]:
    """Return what `make` opens of a file, and a sentence where the file was damaged and had to be begun anew.

    Raises UnwritableArchive where it is busy, or can't be made or written.
    """
    try:
        if path.exists():
            require_whole(path)
        return make(path), ()
    except sqlite3.OperationalError as reason:
        raise UnwritableArchive(f"{path} can't be used now: {reason}") from reason
    except sqlite3.DatabaseError as reason:
        if type(reason) is not sqlite3.DatabaseError:
            raise
        says = f"{path.name} is damaged ({reason}); it was begun anew, from what the journal knows"
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    return make(path), (says,)


def require_whole(path: Path) -> None:
    """Raise sqlite3.DatabaseError where SQLite finds a file damaged. These are small: a look at all of it costs milliseconds."""
    connection = sqlite3.connect(path, timeout=WAIT)
    try:
        ((found,),) = connection.execute("PRAGMA quick_check(1)")
    finally:
        connection.close()
    if found != "ok":
        raise sqlite3.DatabaseError(found)

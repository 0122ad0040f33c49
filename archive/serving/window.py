"""The archive as a web page sees it: read-only, a connection a thread, always the catalog that lies there now."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from archive.errors import GongkaiError
from archive.read_only import CatalogAsItIs, is_writable
from archive.store import Archive

_T = TypeVar("_T")

CACHE_KIB = 16 * 1024
"""Page cache of each thread's window: there are several, and a page asks for little."""

LONGEST = 10.0
"""Seconds after which a page's query is given up."""
COUNTING = 0.3
"""Seconds after which counting for a facet is."""
_STEP = 2000
"""Instructions of SQLite between two looks at the clock: on a slow disk each takes long."""


class TooBroad(GongkaiError):
    """A page's query took too long: it must be narrowed down."""


class Window(Archive):
    """An archive read through its catalog as it lies there; nothing is caught up, repaired or written by it.

    The indexes of search and likeness beside the catalog are derived, and are filled by whoever asks, as from the command line.
    """

    def __init__(self, root: Path, catalog: Path) -> None:
        """Open the catalog at a path: the archive's own, or a copy of it where that can't be written."""
        self.root = root
        self.repairs = ()
        self.read_only = None if is_writable(root) else "served read-only"
        self.catalog = CatalogAsItIs(catalog, root)
        self.catalog.connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        self._until = 0.0
        self.catalog.connection.set_progress_handler(self._is_over, _STEP)

    def _is_over(self) -> bool:
        return time.monotonic() > self._until

    def ask(self, question: Callable[[Window], _T]) -> _T:
        """Return what a question finds out. Raises TooBroad where it takes too long, and whatever the question raises."""
        self._until = time.monotonic() + LONGEST
        try:
            return question(self)
        except sqlite3.OperationalError as reason:
            if "interrupted" in str(reason):
                raise TooBroad("this takes too long to find: narrow it down by region, year or agency") from reason
            raise

    def counted(self, sql: str, parameters: dict[str, object]) -> list[tuple[object, int]] | None:
        """Return the rows (value, count) of a query, None where counting takes too long."""
        until = self._until
        self._until = min(until, time.monotonic() + COUNTING)
        try:
            return [(row[0], row[1]) for row in self.catalog.connection.execute(sql, parameters)]
        except sqlite3.OperationalError as reason:
            if "interrupted" not in str(reason):
                raise
            return None
        finally:
            self._until = until


def mark_of(path: Path) -> tuple[object, ...]:
    """Return what tells one catalog file from another that took its place, and an abandoned one from one in use."""
    found = path.stat()
    return found.st_dev, found.st_ino, path.with_name(path.name + "-shm").exists()


class Windows:
    """Windows for the threads of a pool; where the catalog was made anew, a thread opens its window anew."""

    def __init__(self, root: Path, catalog: Path, *, threads: int = 3) -> None:
        """Look at an archive's folder and a catalog of it."""
        self._root, self._catalog = root, catalog
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="window")
        self._local = threading.local()
        self._opened: list[Window] = []

    async def ask(self, question: Callable[[Window], _T]) -> _T:
        """Return what a question finds out, asked in a thread of its own. Raises what the question raises."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._ask, question)

    def _ask(self, question: Callable[[Window], _T]) -> _T:
        mark = mark_of(self._catalog)
        window: Window | None = getattr(self._local, "window", None)
        if window is None or self._local.mark != mark:
            if window is not None:
                self._opened.remove(window)
                window.close()
            window = self._local.window = Window(self._root, self._catalog)
            self._opened.append(window)
            self._local.mark = mark_of(self._catalog)
        return window.ask(question)

    def close(self) -> None:
        """Close every window, once nobody asks any more."""
        self._pool.shutdown()
        for window in self._opened:
            window.close()

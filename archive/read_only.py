"""An archive that can't be written: a read-only disk, or somebody else's folder. It is read without locks and without a trace."""

from __future__ import annotations

import os
import shutil
import sqlite3
from pathlib import Path
from tempfile import TemporaryDirectory

from archive.catalog import Catalog
from archive.errors import Damaged

COPY_UP_TO = 2 << 30
"""Bytes of a catalog up to which a copy of it is made and caught up; a larger one is read as it is."""


class CatalogCopy(Catalog):
    """A catalog in a temporary folder, caught up from the journals of an archive that can't be written."""

    def __init__(self, root: Path) -> None:
        """Copy the archive's catalog where there is a readable one, else make a new one; `close` deletes it."""
        self._folder = TemporaryDirectory(prefix="gongkai-catalog-")
        path = Path(self._folder.name) / "catalog.db"
        if (root / "catalog.db").exists():
            _copy(root / "catalog.db", path)
        try:
            super().__init__(path, root)
        except Damaged:
            path.unlink()
            super().__init__(path, root)
        self.catch_up()

    def close(self) -> None:
        """Close the copy and delete it."""
        super().close()
        self._folder.cleanup()


class CatalogAsItIs(Catalog):
    """A large catalog read as it lies there: what the journals hold beyond it is not seen."""

    def _open(self) -> None:
        self._connect(connect_read_only(self.path))

    def catch_up(self, until: object = None) -> int:
        """Do nothing: there is nothing that could be written."""
        del until
        return 0


def open_catalog(root: Path) -> tuple[Catalog, str]:
    """Return a catalog of an archive that can't be written, and a sentence that says what it is."""
    path = root / "catalog.db"
    if path.exists() and path.stat().st_size > COPY_UP_TO:
        return CatalogAsItIs(path, root), f"{root} can't be written: its catalog is read as it is, later events are not seen"
    return CatalogCopy(root), f"{root} can't be written: a copy of its catalog is read"


def is_writable(root: Path) -> bool:
    """Say whether this process may write the archive at all."""
    places = [root, *(path for name in ("locks", "journal", "catalog.db") if (path := root / name).exists())]
    return all(os.access(path, os.W_OK) for path in places)


def connect_read_only(path: Path) -> sqlite3.Connection:
    """Return a connection that never writes, also not the files that SQLite keeps beside a database. Raises sqlite3.Error."""
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, check_same_thread=False, isolation_level=None)
    try:
        connection.execute("SELECT count(*) FROM sqlite_master")
    except sqlite3.OperationalError:
        connection.close()
        connection = sqlite3.connect(f"file:{path}?immutable=1", uri=True, check_same_thread=False, isolation_level=None)
    return connection


def _copy(origin: Path, path: Path) -> None:
    for suffix in ("", "-wal"):
        if (beside := origin.with_name(origin.name + suffix)).exists():
            shutil.copyfile(beside, path.with_name(path.name + suffix))

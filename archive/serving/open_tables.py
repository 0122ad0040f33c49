"""What whoever writes SQL in a browser may read: tables that hold nothing of what was taken down, and no statement but SELECT.

SQLite itself asks before it reads a column (an authorizer), so neither a trick of SQL nor a page of Datasette passes by it.
"""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from datasette.app import Datasette
from datasette.database import Database

from archive.read_only import connect_read_only
from archive.schema import cells_tables
from archive.serving.window import mark_of

OPEN_TABLES = frozenset(
    (
        *("reports", "documents", "bodies", "agencies", "checks", "versions", "changes", "cell_changes", "cell_history"),
        *("sightings", "runs"),
        *cells_tables(),
    )
)
"""Tables that are made anew from what is not hidden. Captures, findings and takedowns are not among them: they tell of what is."""

_SCHEMA_TABLES = frozenset(("sqlite_master", "sqlite_schema"))
_PRIVATE = frozenset((("runs", "settings"),))
"""Columns that read as NULL: who runs the crawls is nobody's business."""

# The shape of tables is no secret.
_PRAGMAS = frozenset(
    ("table_info", "table_xinfo", "foreign_key_list", "index_list", "index_info", "index_xinfo", "schema_version", "table_list")
)
_FORBIDDEN_FUNCTIONS = frozenset(("load_extension", "fts3_tokenizer", "edit", "readfile", "writefile"))
LONGEST = 8 << 20
"""Bytes of the longest text or blob that a query may make."""


def authorize(action: int, one: str | None, two: str | None, _: str | None, __: str | None) -> int:
    """Say whether SQLite may do this: select from open tables, ask for their shape, call functions that compute."""
    if action in (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_RECURSIVE):
        return sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_READ:
        if (one, two) in _PRIVATE:
            return sqlite3.SQLITE_IGNORE
        is_open = one in OPEN_TABLES or one in _SCHEMA_TABLES or one in _TABLE_FUNCTIONS
        return sqlite3.SQLITE_OK if is_open else sqlite3.SQLITE_DENY
    if action == sqlite3.SQLITE_PRAGMA:
        return sqlite3.SQLITE_OK if one in _PRAGMAS and not (one == "schema_version" and two) else sqlite3.SQLITE_DENY
    if action == sqlite3.SQLITE_FUNCTION:
        return sqlite3.SQLITE_DENY if two in _FORBIDDEN_FUNCTIONS else sqlite3.SQLITE_OK
    return sqlite3.SQLITE_DENY


_TABLE_FUNCTIONS = frozenset(("json_each", "json_tree"))


class OpenCatalog(Database):  # type: ignore[misc]
    """The catalog as Datasette's database: read-only, its open tables only, opened anew where it was made anew."""

    def __init__(self, datasette: Datasette, path: Path) -> None:
        """Take the catalog's path."""
        super().__init__(datasette, path=str(path), is_mutable=True)
        self._local = threading.local()

    def connect(self, write: bool = False) -> sqlite3.Connection:
        """Return a connection that reads. Raises PermissionError for one that is to write."""
        if write:
            raise PermissionError("the catalog is served read-only")
        connection = connect_read_only(Path(self.path))
        self._all_file_connections.append(connection)
        return connection

    async def execute_fn(self, fn: Callable[[sqlite3.Connection], Any]) -> Any:
        """Return what a function makes of a connection, in a thread of its own."""
        return await asyncio.get_running_loop().run_in_executor(self.ds.executor, lambda: fn(self._connection()))

    def _connection(self) -> sqlite3.Connection:
        mark = mark_of(Path(self.path))
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None or self._local.mark != mark:
            if connection is not None:
                self._all_file_connections.remove(connection)
                connection.close()
            connection = self._local.connection = self.connect()
            self.ds._prepare_connection(connection, self.name)  # noqa: SLF001 - as Datasette's own execute_fn does
            connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST)
            connection.set_authorizer(authorize)
            self._local.mark = mark_of(Path(self.path))
        return connection

    async def table_names(self) -> list[str]:
        """Return the names of the open tables."""
        return [name for name in await super().table_names() if name in OPEN_TABLES]

    async def hidden_table_names(self) -> list[str]:
        """Return no names: what is hidden here can't be read."""
        return []

    async def attached_databases(self) -> list[Any]:
        """Return nothing: none can be attached, and the path of this one is the machine's own business."""
        return []

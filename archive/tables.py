"""The catalog's tables as Python reads and writes them: rows go out as dicts, and come in many to a statement."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property, lru_cache
from typing import Any, TYPE_CHECKING

from archive.codec import packed
from archive.schema import Row

if TYPE_CHECKING:
    from archive.prints import Prints

CACHE_KIB = 128 * 1024
"""Page cache of a connection: with SQLite's own 2 MB the pages of a large catalog's indexes are read again and again."""


class Tables:
    """The tables of one open database. What was put waits until somebody reads, or until `flush`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Take an open connection that begins no transaction by itself."""
        connection.row_factory = sqlite3.Row
        connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        # The catalog can be made anew: after a power failure it may lack its last transactions, and catches up.
        connection.execute("PRAGMA synchronous = NORMAL")
        self.connection = connection
        self._waiting: dict[str, list[tuple[Any, ...]]] = {}

    def rows(self, sql: str, parameters: Iterable[Any] | Mapping[str, Any] = ()) -> Iterator[Row]:
        """Yield the rows of a query as dicts."""
        self.flush()
        for row in self.connection.execute(sql, parameters if isinstance(parameters, Mapping) else tuple(parameters)):
            yield dict(row)

    def one(self, sql: str, parameters: Iterable[Any] = ()) -> Row | None:
        """Return the first row of a query, None if there is none."""
        return next(self.rows(sql, parameters), None)

    def among(self, sql: str, values: Iterable[Any]) -> Iterator[Row]:
        """Yield the rows of a query that asks for many values at once: `?1` is a JSON array of them, for `json_each`."""
        yield from self.rows(sql, [packed(sorted(values))])

    def run(self, sql: str, parameters: Iterable[Any] = ()) -> None:
        """Run a statement, within a transaction."""
        self.flush()
        self.connection.execute(sql, tuple(parameters))

    def put(self, table: str, row: Row) -> None:
        """Write a row of a table, in place of one with the same key, within a transaction."""
        self._waiting.setdefault(_insert(table, tuple(row)), []).append(tuple(row.values()))

    def change(self, sql: str, parameters: tuple[Any, ...]) -> None:
        """Run a statement some time before the next reading, together with others of the same words."""
        self._waiting.setdefault(sql, []).append(parameters)

    def flush(self) -> None:
        """Write what waits."""
        if self._waiting:
            waiting, self._waiting = self._waiting, {}
            for sql, rows in waiting.items():
                self.connection.executemany(sql, rows)

    def forget_waiting(self) -> None:
        """Drop what waits: its transaction was rolled back."""
        self._waiting = {}
        self.__dict__.pop("prints", None)

    @cached_property
    def prints(self) -> Prints:
        """The prints of reports, some of them in memory."""
        from archive.prints import Prints  # noqa: PLC0415 - brings numpy, for which a mere look at the archive need not wait

        return Prints(self)


@lru_cache(maxsize=512)
def _insert(table: str, names: tuple[str, ...]) -> str:
    columns = ", ".join(f"[{name}]" for name in names)
    return f"INSERT OR REPLACE INTO [{table}] ({columns}) VALUES ({', '.join('?' * len(names))})"  # noqa: S608 - names of our own

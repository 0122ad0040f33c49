"""The prints of reports: by the keys of their bands, reports of nearly one wording are found.

Keys fall anywhere, so that each one written into a large tree would dirty a page of its own: eighteen for a report. A report's keys
stand in its row of `prints` first, and in memory, where they are searched; when many wait, all go into `print_bands` together, in the order of
that tree. Which of them waits is of no consequence to anybody, and no part of what two equal catalogs share (`all_bands`).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from functools import cache
from heapq import merge, nsmallest

import numpy as np
from numpy.typing import NDArray

from archive.schema import Row
from archive.tables import Tables

LOOKED_AT = 3
"""So many of the oldest reports that share a band are compared: a copy is a copy of the first."""

WAITING_AT_LEAST = 4096
WAITING_SHARE = 16
WAITING_AT_MOST = 32768
"""So many reports wait, or one in sixteen of all: then a page of the tree that is written takes several keys; and memory has an end."""

Place = tuple[int, int]
"""Where a print stands in order of time: microseconds since 1970, then its report's number."""

_Numbers = NDArray[np.int64]
_SLICE = 20_000
_FRESH = 8192


class Prints:
    """The prints in an open catalog, with those that wait in memory; every method within a transaction."""

    def __init__(self, tables: Tables) -> None:
        """Take the catalog's tables; what waits is read when it is asked for."""
        self._tables = tables
        self._waiting: _Sorted | None = None
        self._edition = -1

    def refresh(self) -> None:
        """Forget what waited if another process has written since."""
        found = self._tables.one("PRAGMA data_version") or {}
        if found["data_version"] != self._edition:
            self._waiting, self._edition = None, found["data_version"]

    def take_out(self, rows: Sequence[Row]) -> None:
        """Take the prints of some rows of `prints` out."""
        merged = sorted((band, *_place(row)) for row in rows if row["is_merged"] for band in bands_of(row))
        for each in merged:
            self._tables.change("DELETE FROM print_bands WHERE band = ? AND at = ? AND number = ?", each)
        for row in rows:
            self._tables.change("DELETE FROM prints WHERE identity = ?", (row["identity"],))
        self._known().remove([row["number"] for row in rows if not row["is_merged"]])

    def put_in(self, rows: Sequence[Row]) -> None:
        """Add rows of `prints`, which wait until there are many."""
        for row in rows:
            self._tables.put("prints", row | {"is_merged": 0})
        waiting = self._known()
        waiting.add(*_columns([(row["bands"], *_place(row)) for row in rows]))
        if waiting.reports >= min(WAITING_AT_MOST, max(WAITING_AT_LEAST, self._count() // WAITING_SHARE)):
            self.merge()

    def merge(self) -> None:
        """Bring what waits into the tree."""
        waiting = self._known()
        self._tables.flush()
        for rows in waiting.slices():
            self._tables.connection.executemany("INSERT OR REPLACE INTO print_bands VALUES (?, ?, ?)", rows)
        self._tables.run("UPDATE prints SET is_merged = 1 WHERE is_merged = 0")
        self._waiting = None

    def before(self, place: Place, bands: Sequence[int]) -> set[int]:
        """Return the numbers of the oldest reports before a place, of each band."""
        found: dict[int, list[Place]] = {}
        for band, *at in self._sharing(_BEFORE, place, bands):
            found.setdefault(band, []).append((at[0], at[1]))
        for band, other in self._known().sharing(bands):
            if other < place:
                found.setdefault(band, []).append(other)
        return {number for places in found.values() for _, number in nsmallest(LOOKED_AT, places)}

    def after(self, place: Place, bands: Sequence[int]) -> set[int]:
        """Return the numbers of the reports after a place that share a band."""
        merged = {number for _, _, number in self._sharing(_AFTER, place, bands)}
        return merged | {other[1] for _, other in self._known().sharing(bands) if other > place}

    def _sharing(self, which: str, place: Place, bands: Sequence[int]) -> Iterator[tuple[int, int, int]]:
        if bands:
            self._tables.flush()
            yield from map(tuple, self._tables.connection.execute(_in_bands(which, len(bands)), (*place, *bands)))

    def _known(self) -> _Sorted:
        if self._waiting is None:
            self._waiting = _waiting_in(self._tables.connection)
        return self._waiting

    def _count(self) -> int:
        last: int | None = (self._tables.one("SELECT max(rowid) AS n FROM prints") or {})["n"]
        return last or 0


class _Sorted:
    """Bands with the places of their reports: most in one sorted array, the latest in a small one beside it."""

    def __init__(self, bands: _Numbers, instants: _Numbers, numbers: _Numbers, reports: int) -> None:
        order = np.lexsort((numbers, instants, bands))
        self._main = np.stack((bands, instants, numbers))[:, order]
        self._fresh = self._main[:, :0]
        self.reports = reports

    def add(self, bands: _Numbers, instants: _Numbers, numbers: _Numbers, reports: int) -> None:
        self._fresh = _joined(self._fresh, np.stack((bands, instants, numbers)))
        self.reports += reports
        if self._fresh.shape[1] > _FRESH:
            self._main, self._fresh = _joined(self._main, self._fresh), self._fresh[:, :0]

    def remove(self, numbers: list[int]) -> None:
        if numbers:
            self._main, self._fresh = (each[:, ~np.isin(each[2], numbers)] for each in (self._main, self._fresh))
            self.reports -= len(numbers)

    def sharing(self, bands: Sequence[int]) -> Iterator[tuple[int, Place]]:
        """Yield each place under one of some bands, with its band."""
        asked = np.array(bands, dtype=np.int64)
        for held in (self._main, self._fresh):
            first, last = (np.searchsorted(held[0], asked, side=side) for side in ("left", "right"))
            for nth in np.flatnonzero(first < last).tolist():
                _, instants, numbers = held[:, first[nth] : last[nth]].tolist()
                yield from ((bands[nth], place) for place in zip(instants, numbers, strict=True))

    def slices(self) -> Iterator[list[tuple[int, int, int]]]:
        """Yield all rows in order, many at a time."""
        held = _joined(self._main, self._fresh)
        held = held[:, np.lexsort((held[2], held[1], held[0]))]
        for first in range(0, held.shape[1], _SLICE):
            yield list(zip(*held[:, first : first + _SLICE].tolist(), strict=True))


def packed_bands(bands: Sequence[int]) -> bytes:
    """Return the keys of bands as `prints` keeps them."""
    return np.array(bands, dtype=">i8").tobytes()


def bands_of(row: Row) -> list[int]:
    """Return the keys of bands of a row of `prints`."""
    found: list[int] = np.frombuffer(row["bands"], dtype=">i8").tolist()
    return found


def all_bands(connection: sqlite3.Connection) -> Iterator[tuple[int, int, int]]:
    """Yield (band, at, number) of all prints in order, whether they wait or not."""
    merged = map(tuple, connection.execute("SELECT band, at, number FROM print_bands ORDER BY band, at, number"))
    waiting = (row for rows in _waiting_in(connection).slices() for row in rows)
    yield from merge(merged, waiting)


def _waiting_in(connection: sqlite3.Connection) -> _Sorted:
    rows = connection.execute("SELECT bands, instant, number FROM prints WHERE is_merged = 0")
    return _Sorted(*_columns([(row[0], row[1], row[2]) for row in rows]))


def _columns(rows: list[tuple[bytes, int, int]]) -> tuple[_Numbers, _Numbers, _Numbers, int]:
    bands = np.frombuffer(b"".join(row[0] for row in rows), dtype=">i8").astype(np.int64)
    counts = [len(row[0]) // 8 for row in rows]
    instants, numbers = (np.repeat(np.array([row[at] for row in rows], dtype=np.int64), counts) for at in (1, 2))
    return bands, instants, numbers, len(rows)


def _joined(one: _Numbers, other: _Numbers) -> _Numbers:
    both = np.concatenate((one, other), axis=1)
    # Sorted runs are merged by this kind of sorting, not sorted anew.
    return both[:, np.argsort(both[0], kind="stable")]


def _place(row: Row) -> Place:
    return row["instant"], row["number"]


@cache
def _in_bands(which: str, count: int) -> str:
    return " UNION ALL ".join(which.format(band=f"?{number}") for number in range(3, 3 + count))


_BEFORE = f"""
SELECT band, at, number FROM (SELECT band, at, number FROM print_bands WHERE band = {{band}} AND (at, number) < (?1, ?2)
ORDER BY at, number LIMIT {LOOKED_AT})
"""  # noqa: S608 - numbers of our own
_AFTER = "SELECT band, at, number FROM print_bands WHERE band = {band} AND (at, number) > (?1, ?2)"

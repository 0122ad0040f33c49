"""The catalog made anew from journals and documents, and the comparison of two catalogs, table by table."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from archive.catalog import Catalog, condemned, remove_catalog
from archive.errors import Damaged, UnwritableArchive
from archive.journal import journal_sizes
from archive.locks import reading
from archive.read_only import connect_read_only
from archive.schema import all_tables
from archive.scratch import REBUILD, scratch_folder


def rebuild(root: Path) -> int:
    """Replace the catalog of an archive by a fresh one; return the number of journal lines applied.

    Readers see the old one until the new one is there. A restored back-up has no `tmp` yet. Raises UnwritableArchive.
    """
    try:
        with reading(root), scratch_folder(root, REBUILD) as scratch:
            return _rebuild(root, scratch)
    except OSError as reason:
        raise UnwritableArchive(f"the archive {root} can't be written: {reason}") from reason


def _rebuild(root: Path, scratch: Path) -> int:
    with closing(_throwaway(scratch, root)) as fresh:
        applied = fresh.catch_up()
        try:
            _replace(fresh, root)
        except sqlite3.Error as reason:
            raise UnwritableArchive(f"the catalog {root / 'catalog.db'} can't be written: {reason}") from reason
    return applied


def _throwaway(folder: Path, root: Path) -> Catalog:
    """An empty catalog of which nothing is worth keeping after a crash: its pages are written once, not twice."""
    catalog = Catalog(folder / "catalog.db", root)
    for pragma in ("journal_mode = OFF", "synchronous = OFF", "locking_mode = EXCLUSIVE"):
        catalog.connection.execute(f"PRAGMA {pragma}")
    return catalog


def _replace(fresh: Catalog, root: Path) -> None:
    path = root / "catalog.db"
    if condemned(path).exists():
        remove_catalog(path)
    try:
        old = Catalog(path, root)
    except Damaged:
        remove_catalog(path)
        old = Catalog(path, root)
    for each in (fresh, old):
        # Pages pass through once: neither side gains by keeping them.
        each.connection.execute("PRAGMA cache_size = -8192")
        each.connection.execute("PRAGMA shrink_memory")
    fresh.db.conn.backup(old.db.conn)
    old.close()


def dump(connection: sqlite3.Connection, table: str) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a table, of what two equal catalogs share, in the one order that they have."""
    if table == "print_bands":
        yield from _all_bands(connection)
        return
    columns = [name for name in all_tables()[table][0] if (table, name) != ("prints", "is_merged")]
    names = ", ".join(f"[{name}]" for name in columns)
    order = ", ".join(str(number) for number in range(1, min(len(columns), 6) + 1))
    for row in connection.execute(f"SELECT {names} FROM [{table}] ORDER BY {order}"):  # noqa: S608
        yield tuple(row)


def _all_bands(connection: sqlite3.Connection) -> Iterator[tuple[Any, ...]]:
    from archive.prints import all_bands  # noqa: PLC0415 - brings numpy, for which a mere look at the archive need not wait

    yield from all_bands(connection)


def differences(root: Path) -> Iterator[str]:
    """Yield a sentence for each table in which the archive's catalog differs from one that is made anew.

    The new one is made of what the catalog has applied, so that others may go on writing. Raises sqlite3.DatabaseError
    where the catalog can't be read.
    """
    path = root / "catalog.db"
    if not path.exists():
        yield "the catalog is missing: `rebuild` makes it anew"
        return
    with TemporaryDirectory(prefix="gongkai-rebuild-") as scratch, closing(connect_read_only(path)) as old:
        old.execute("BEGIN")
        yield from _broken(old)
        applied = dict(old.execute("SELECT path, offset FROM journal_offsets"))
        with closing(_throwaway(Path(scratch), root)) as fresh:
            fresh.catch_up(applied)
            yield from _compare(old, fresh.db.conn)


def lost_lines(root: Path) -> Iterator[tuple[str, str]]:
    """Yield the path (under `journal/`) of each journal of which the catalog knows more than is there, and a sentence."""
    if not (root / "catalog.db").exists():
        return
    with closing(connect_read_only(root / "catalog.db")) as catalog:
        sizes = journal_sizes(root / "journal")
        for path, offset in catalog.execute("SELECT path, [offset] FROM journal_offsets ORDER BY path"):
            if sizes.get(path, 0) < offset:
                yield path, f"{offset - sizes.get(path, 0)} bytes are missing of the {offset} that the catalog has read of it"


def _broken(old: sqlite3.Connection) -> Iterator[str]:
    # Tables may be as they should be while an index over them leads elsewhere.
    ((found,),) = old.execute("PRAGMA integrity_check(1)")
    if found != "ok":
        yield f"SQLite finds the catalog broken: {found}"


def _compare(old: sqlite3.Connection, fresh: sqlite3.Connection) -> Iterator[str]:
    for table in all_tables():
        try:
            pairs = zip_longest(dump(old, table), dump(fresh, table))
            differing = next(((a, b) for a, b in pairs if a != b), None)
        except sqlite3.DatabaseError as reason:
            yield f"the table {table} of the catalog can't be read: {reason}"
            continue
        if differing:
            yield f"the table {table} of the catalog differs from its rebuild: {_row(differing[0])} where {_row(differing[1])}"


def _row(row: tuple[Any, ...] | None) -> str:
    if row is None:
        return "there is no row"
    return " ".join(str(value)[:60] for value in row[:4] if value is not None)

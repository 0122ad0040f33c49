"""The catalog: an SQLite index over journals and documents, caught up from the journals, and deletable at any time.

Facts are stored by their own ids and everything else is computed from them, so the order and repetition of journals do not
matter. How far each journal was applied is kept in the same transaction as the rows.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import islice, takewhile
from pathlib import Path

from sqlite_utils import Database

from archive.applying import Facts
from archive.errors import Damaged, UnwritableArchive
from archive.fact_rows import damaged_line_row
from archive.journal import journal_sizes, Line, read_lines
from archive.judging import Judge
from archive.schema import schema_version, statements
from archive.sighted import sighted, write_reports
from archive.steady import settle
from archive.tables import Tables

BATCH = 3000
"""Events applied in one transaction: many, since what they bring is written and computed together."""


@dataclass(slots=True)
class _Ended:
    """The ended journals that an edition of the catalog was seen to have applied, up to a row of `journal_offsets`."""

    edition: int = -1
    upto: int = 0
    paths: set[str] = field(default_factory=set)


class Catalog(Tables):
    """An open catalog; `root` is the archive that it indexes."""

    def __init__(self, path: Path, root: Path) -> None:
        """Open a catalog, made if absent; one of another schema is emptied, since it can be built again.

        Raises UnwritableArchive where SQLite can't open or write the file, Damaged where it is no database.
        """
        self.path = path
        self.emptied = False
        """Whether it had another schema when it was opened, and was emptied."""
        self._root = root
        self._ended = _Ended()
        try:
            self._open()
        except sqlite3.OperationalError as reason:
            raise UnwritableArchive(f"the catalog {path} can't be opened: {reason}") from reason
        except sqlite3.DatabaseError as reason:
            raise Damaged(f"the catalog {path} is no readable database: {reason}") from reason

    def _open(self) -> None:
        self._connect(sqlite3.connect(self.path, timeout=60, isolation_level=None, check_same_thread=False))
        version = self.db.conn.execute("PRAGMA user_version").fetchone()[0]
        if version != schema_version():
            self._make()

    def _connect(self, connection: sqlite3.Connection) -> None:
        self.db = Database(connection)
        super().__init__(connection)

    def _make(self) -> None:
        self.db.conn.execute("PRAGMA journal_mode=WAL")
        with self._writing():
            if self.db.conn.execute("PRAGMA user_version").fetchone()[0] == schema_version():
                return
            self.emptied = bool(self.db.table_names())
            for name in self.db.table_names():
                if not name.startswith("sqlite_"):
                    self.db.table(name).drop(ignore=True)
            for statement in statements():
                self.db.conn.execute(statement)
            self.db.conn.execute(f"PRAGMA application_id = {secrets.randbits(31)}")
            self.db.conn.execute(f"PRAGMA user_version = {schema_version()}")

    @property
    def edition(self) -> int:
        """A number that a catalog gets when it is made, and keeps: another one has other numbers for its documents."""
        found: int = self.db.conn.execute("PRAGMA application_id").fetchone()[0]
        return found

    @contextmanager
    def _writing(self) -> Iterator[None]:
        self.db.conn.execute("BEGIN IMMEDIATE")
        try:
            yield
            self.flush()
        except BaseException:
            self.forget_waiting()
            if self.db.conn.in_transaction:  # a full disk or an I/O error has SQLite roll back by itself
                self.db.conn.execute("ROLLBACK")
            raise
        self.db.conn.execute("COMMIT")

    def close(self) -> None:
        """Close the database."""
        self.db.close()

    def catch_up(self, until: Mapping[str, int] | None = None) -> int:
        """Apply what the journals hold beyond what was applied; return the number of lines applied.

        `until` gives, by path under `journal/`, the offsets beyond which nothing shall be applied: 0 for a journal not named.
        """
        folder = self._root / "journal"
        sizes = journal_sizes(folder, self._ended_journals())
        known = {row["path"]: row["offset"] for row in self.among(_OFFSETS, sizes)}
        todo = [name for name, size in sizes.items() if size > known.get(name, 0)]
        # Seals first: what they moved must be found where it is now, by whatever is judged from it.
        todo.sort(key=lambda name: ("-seal-" not in name, name))
        applied = 0
        while todo:
            count, todo = self._apply_batch(todo, until)
            applied += count
        return applied

    def _ended_journals(self) -> set[str]:
        """The journals that were applied up to the end of their run: nothing is written to them any more."""
        if self._ended.edition != self.edition:
            self._ended = _Ended(edition=self.edition)
        for row in self.rows("SELECT rowid AS nth, path FROM journal_offsets WHERE is_ended AND rowid > ?", [self._ended.upto]):
            self._ended.paths.add(row["path"])
            self._ended.upto = max(self._ended.upto, row["nth"])
        return self._ended.paths

    def _apply_batch(self, names: list[str], until: Mapping[str, int] | None) -> tuple[int, list[str]]:
        """Apply the next lines of some journals in one transaction; return how many, and the journals that are not done."""
        with self._writing():
            batch: list[tuple[str, Line]] = []
            done = 0
            while done < len(names) and len(batch) < BATCH:
                batch += [(names[done], line) for line in islice(self._new_lines(names[done], until), BATCH - len(batch))]
                done += len(batch) < BATCH
            self._apply_lines(batch)
        return len(batch), names[done:]

    def _new_lines(self, name: str, until: Mapping[str, int] | None) -> Iterator[Line]:
        at = self.one("SELECT offset, line, sha256 FROM journal_offsets WHERE path = ?", [name]) or {}
        path = self._root / "journal" / name
        lines = read_lines(path, offset=at.get("offset", 0), number=at.get("line", 0), prev=at.get("sha256"))
        end = None if until is None else until.get(name, 0)
        return lines if end is None else takewhile(lambda line: line.end <= end, lines)

    def _apply_lines(self, batch: list[tuple[str, Line]]) -> None:
        facts = Facts(self, self._root)
        facts.apply([line.event for _, line in batch if line.event])
        self._compute(facts)
        for name, line in batch:
            if line.damage:
                self.put("findings", damaged_line_row(name, line))
        for name, last in dict(batch).items():
            is_ended = last.event is not None and last.event["event"] == "run_ended"
            read = {"path": name, "offset": last.end, "line": last.number, "sha256": last.sha256}
            self.put("journal_offsets", read | {"is_ended": int(is_ended)})

    def _compute(self, facts: Facts) -> None:
        touched = facts.touched
        settle(self, touched)
        write_reports(self, sighted(self, touched.captures))
        Judge(self, self._root, facts.bands).judge(touched.pages)


def condemn(path: Path, reason: sqlite3.DatabaseError) -> bool:
    """Have a catalog made anew at the next opening where SQLite says that it is damaged; say whether it says so.

    A catalog that is busy, a full disk (OperationalError) and a bug of ours (the other subclasses) are no damage.
    """
    if type(reason) is not sqlite3.DatabaseError:
        return False
    with suppress(OSError):
        condemned(path).touch()
    return True


def condemned(path: Path) -> Path:
    """Return the file whose presence says that the catalog was found damaged."""
    return path.with_name(f"{path.name}-damaged")


_OFFSETS = "SELECT path, offset FROM journal_offsets WHERE path IN (SELECT value FROM json_each(?1))"


def remove_catalog(path: Path) -> None:
    """Delete a catalog with the files that SQLite keeps beside it."""
    for suffix in ("", "-wal", "-shm", "-damaged"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)

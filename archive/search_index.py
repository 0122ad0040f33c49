"""The full-text index over titles, agencies and bodies: `search.db` beside the catalog, SQLite's FTS5 over `archive.search_words`.

Derived and rebuildable: delete it, and the next search makes it anew. It keeps which documents have a token, not where (`detail=none`,
no content): a fifth of the size of an index with places, and whether two words stand together is seen in the texts themselves.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from archive.arrivals import Mark
from archive.codec import packed
from archive.read_only import connect_read_only

SCHEME = "1"
"""Rises when a text would give other tokens: an index made before is made anew."""

HELD = 32 << 20
"""Bytes of new tokens that are held in memory before they are written: fewer, larger pieces to be merged later."""

_SCHEMA = """
CREATE TABLE made (scheme TEXT NOT NULL, edition INTEGER NOT NULL, upto INTEGER NOT NULL);
CREATE TABLE documents (number INTEGER PRIMARY KEY, sha256 TEXT NOT NULL UNIQUE);
CREATE VIRTUAL TABLE words USING fts5 (tokens, content = '', columnsize = 0, detail = none, tokenize = 'ascii');
"""


class SearchIndex:
    """The open index, a context manager; one writer at a time, as SQLite sees to."""

    def __init__(self, path: Path, *, writable: bool = True) -> None:
        """Open the index, made if absent and writable; one of another scheme is emptied. Raises sqlite3.Error."""
        if not writable:
            self._db = connect_read_only(path)
            return
        self._db = sqlite3.connect(path, timeout=60, isolation_level=None)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.execute("PRAGMA cache_size = -65536")
        if not self._is_current():
            self._start_anew()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._db.close()

    @property
    def mark(self) -> Mark:
        """Up to where the index was filled."""
        return Mark(*self._db.execute("SELECT edition, upto FROM made").fetchone())

    def _is_current(self) -> bool:
        if not self._db.execute("SELECT 1 FROM sqlite_master WHERE name = 'made'").fetchone():
            return False
        return self._db.execute("SELECT 1 FROM made WHERE scheme = ?", [SCHEME]).fetchone() is not None

    def _begin(self) -> None:
        self._db.execute("BEGIN IMMEDIATE")

    def update(self, mark: Mark, added: Iterable[tuple[str, set[str]]], removed: Iterable[tuple[str, set[str]]]) -> None:
        """Add and remove documents (SHA-256 and tokens), in one transaction with up to where the index is filled by them.

        What is there already is not added twice, what is not there is not removed.
        """
        self._begin()
        try:
            for sha256, tokens in removed:
                self._remove(sha256, tokens)
            for sha256, tokens in added:
                self._add(sha256, tokens)
            self._db.execute("UPDATE made SET edition = ?, upto = ?", [mark.edition, mark.upto])
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def _add(self, sha256: str, tokens: set[str]) -> None:
        made = self._db.execute("INSERT OR IGNORE INTO documents (sha256) VALUES (?)", [sha256])
        if made.rowcount == 1:
            self._db.execute("INSERT INTO words (rowid, tokens) VALUES (?, ?)", [made.lastrowid, " ".join(tokens)])

    def _remove(self, sha256: str, tokens: set[str]) -> None:
        found = self._db.execute("SELECT number FROM documents WHERE sha256 = ?", [sha256]).fetchone()
        if found:
            self._db.execute("INSERT INTO words (words, rowid, tokens) VALUES ('delete', ?, ?)", [found[0], " ".join(tokens)])
            self._db.execute("DELETE FROM documents WHERE number = ?", [found[0]])

    def unknown(self, documents: list[str]) -> list[str]:
        """Return those of some documents that are not in the index."""
        sql = "SELECT value FROM json_each(?) WHERE value NOT IN (SELECT sha256 FROM documents)"
        return [sha256 for (sha256,) in self._db.execute(sql, [packed(documents)])]

    def having(self, tokens: Iterable[str]) -> Iterator[str]:
        """Yield the documents that have all of some tokens, those added last first."""
        match = " ".join(f'"{token}"' for token in sorted(tokens))
        sql = "SELECT d.sha256 FROM words w JOIN documents d ON d.number = w.rowid WHERE words MATCH ? ORDER BY w.rowid DESC"
        for (sha256,) in self._db.execute(sql, [match]):
            yield sha256

    def _start_anew(self) -> None:
        self._begin()
        for table in ("made", "documents", "words"):
            self._db.execute(f"DROP TABLE IF EXISTS {table}")
        for statement in _SCHEMA.strip().split(";\n"):
            self._db.execute(statement)
        self._db.execute("INSERT INTO words (words, rank) VALUES ('hashsize', ?)", [HELD])
        self._db.execute("INSERT INTO made VALUES (?, 0, 0)", [SCHEME])
        self._db.execute("COMMIT")

"""The index that finds reports like a given one among all documents: `likeness.db` beside the catalog.

Derived and rebuildable: delete it, and the next look-up fills it anew. It holds for each document a MinHash signature of its
text with digits masked, and the keys of bands of that signature and of one of its telling figures (`archive.minhash`): documents that
share a key are candidates, to be judged by `archive.similarity`. Text alike with digits is alike without,
so one signature finds corrections, copies and mirrors; the figures find what was put into other words.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b
from itertools import chain, islice
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from archive.arrivals import Mark
from archive.codec import packed
from archive.minhash import band_keys, BINS, Signature, signature, signature_of_few
from archive.model import Report
from archive.shingles import Hashes, letters, mask_digits, own_shingles, scheme
from archive.signals import bits, telling_figures
from archive.similarity import FIGURES_BITS

TEXT_ROWS = 4
TEXT_BANDS = 48
FIGURE_ROWS = 3
FIGURE_VALUES = 48
AT_LEAST = 0.35
"""Estimated share of shingles, or of figures, in common below which a document is no candidate."""

BUCKET = 256
"""How many documents of one band are looked at, newest first: a template that thousands share can't slow a look-up."""

_BATCH = 5000
_SCHEMA = """
CREATE TABLE IF NOT EXISTS scheme (says TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS filled (edition INTEGER NOT NULL, upto INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS documents (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, signatures BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS bands (key INTEGER NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (key, number)) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Traces:
    """What the index keeps of one report: the signatures of its masked text and its telling figures.

    None for a text or figures that say too little to be found by.
    """

    text: Signature | None
    figures: Signature | None

    def bands(self) -> set[int]:
        """Return the keys of all bands."""
        by_text = [] if self.text is None else band_keys(self.text[: TEXT_BANDS * TEXT_ROWS], TEXT_ROWS)
        by_figures = [] if self.figures is None else band_keys(self.figures, FIGURE_ROWS, salt=1)
        return {*by_text, *by_figures}

    def values(self) -> NDArray[np.uint8]:
        """Return both signatures as one row, a byte a value: two different values look alike in one case of 256."""
        text = np.zeros(BINS) if self.text is None else self.text
        figures = np.zeros(FIGURE_VALUES) if self.figures is None else self.figures
        return np.concatenate((text, figures)).astype(np.uint32).astype(np.uint8)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A document that may be alike, with the estimated shares of masked shingles and of telling figures in common."""

    document: str
    masked: float
    figures: float


def traces_of(report: Report) -> Traces:
    """Return what the index keeps of a report."""
    masked = own_shingles(mask_digits(letters(report.body)))
    figures = telling_figures(report)
    return Traces(
        text=signature(masked) if masked.size else None,
        figures=signature_of_few(_hashes(figures), FIGURE_VALUES) if bits(figures) >= FIGURES_BITS else None,
    )


class LikenessIndex:
    """The open index, a context manager; one writer at a time, as SQLite sees to."""

    def __init__(self, path: Path) -> None:
        """Open or make the index file; one made by another scheme of hashing is emptied, to be filled anew."""
        self._db = sqlite3.connect(path, timeout=60)
        self._signatures = _Signatures()
        self._db.execute("PRAGMA journal_mode = WAL")
        # Keys fall anywhere in the tree: with SQLite's own 2 MB, filling a large index takes twice as long.
        self._db.execute("PRAGMA cache_size = -65536")
        self._db.executescript(_SCHEMA)
        if self._db.execute("SELECT says FROM scheme").fetchall() != [(scheme_of_index(),)]:
            self._start_anew()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def __len__(self) -> int:
        count: int = self._db.execute("SELECT count(*) FROM documents").fetchone()[0]
        return count

    def __contains__(self, document: str) -> bool:
        return self._db.execute("SELECT 1 FROM documents WHERE id = ?", [document]).fetchone() is not None

    def close(self) -> None:
        """Close the file; what was added is already durable."""
        self._db.close()

    @property
    def mark(self) -> Mark:
        """Up to where the index was filled from a catalog."""
        found = self._db.execute("SELECT edition, upto FROM filled").fetchone()
        return Mark(*found) if found else Mark()

    def set_mark(self, mark: Mark) -> None:
        """Keep up to where the index was filled."""
        with self._db:
            self._db.execute("DELETE FROM filled")
            self._db.execute("INSERT INTO filled VALUES (?, ?)", [mark.edition, mark.upto])

    def unknown(self, documents: list[str]) -> list[str]:
        """Return those of some documents that are not in the index."""
        sql = "SELECT value FROM json_each(?) WHERE value NOT IN (SELECT id FROM documents)"
        return [document for (document,) in self._db.execute(sql, [packed(documents)])]

    def add(self, documents: Iterable[tuple[str, Report]]) -> int:
        """Add (id, report) pairs, some thousand to a transaction; a known id is passed over. Returns how many were new."""
        return self.add_traces((document, traces_of(report)) for document, report in documents)

    def add_traces(self, documents: Iterable[tuple[str, Traces]]) -> int:
        """Add documents whose traces were made elsewhere, as `add` does."""
        rest, before = iter(documents), len(self)
        while batch := list(islice(rest, _BATCH)):
            with self._db:
                self._insert(batch)
        return len(self) - before

    def candidates(self, traces: Traces, *, limit: int = 20) -> list[Candidate]:
        """Return the documents alike by text or by figures, at most `limit`, those alike by both first."""
        numbers = self._sharing(traces.bands())
        self._signatures.catch_up(self._db)
        masked, figures = self._signatures.similarities(traces, numbers)
        enough = np.flatnonzero(np.maximum(masked, figures) >= AT_LEAST)
        best = enough[np.argsort(-(masked + figures)[enough], kind="stable")][:limit]
        return [Candidate(document=self._id(numbers[at]), masked=float(masked[at]), figures=float(figures[at])) for at in best]

    def _insert(self, batch: list[tuple[str, Traces]]) -> None:
        keys: list[tuple[int, int]] = []
        for document, traces in batch:
            row = [document, traces.values().tobytes()]
            made = self._db.execute("INSERT OR IGNORE INTO documents (id, signatures) VALUES (?, ?)", row)
            if made.rowcount == 1 and made.lastrowid is not None:
                keys += [(key, made.lastrowid) for key in traces.bands()]
        self._db.executemany("INSERT INTO bands (key, number) VALUES (?, ?)", sorted(keys))

    def _sharing(self, keys: set[int]) -> NDArray[np.int64]:
        if not keys:
            return np.empty(0, dtype=np.int64)
        one = f"SELECT number FROM (SELECT number FROM bands WHERE key = ? ORDER BY number DESC LIMIT {BUCKET})"  # noqa: S608 - a number of our own
        found = self._db.execute(" UNION ALL ".join([one] * len(keys)), sorted(keys)).fetchall()
        return np.unique(np.fromiter(chain.from_iterable(found), dtype=np.int64))

    def _id(self, number: int) -> str:
        found: str = self._db.execute("SELECT id FROM documents WHERE number = ?", [int(number)]).fetchone()[0]
        return found

    def _start_anew(self) -> None:
        with self._db:
            for table in ("scheme", "filled", "documents", "bands"):
                self._db.execute(f"DELETE FROM {table}")  # noqa: S608 - names of our own, above
            self._db.execute("INSERT INTO scheme VALUES (?)", [scheme_of_index()])


class _Signatures:
    """The signatures of all documents in memory, 304 bytes each, row n - 1 for document number n.

    Numbers have no gaps: they are given in one transaction with their document and none is ever taken out.
    """

    def __init__(self) -> None:
        self._rows = np.zeros((1024, BINS + FIGURE_VALUES), dtype=np.uint8)
        self._count = 0

    def catch_up(self, db: sqlite3.Connection) -> None:
        """Read the signatures of the documents that came since the last time."""
        for (row,) in db.execute("SELECT signatures FROM documents WHERE number > ? ORDER BY number", [self._count]):
            if self._count == len(self._rows):
                self._rows = np.concatenate((self._rows, np.zeros_like(self._rows)))
            self._rows[self._count] = np.frombuffer(row, dtype=np.uint8)
            self._count += 1

    def similarities(self, traces: Traces, numbers: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the estimated likeness of text and of figures to each of some documents; 0 where one has none."""
        equal = self._rows[numbers - 1] == traces.values()
        text, figures = equal[:, :BINS].mean(axis=1), equal[:, BINS:].mean(axis=1)
        return text * (traces.text is not None), figures * (traces.figures is not None)


def scheme_of_index() -> str:
    """Return what the stored keys depend on; keys made under another scheme can't be compared."""
    return f"1 {scheme()} {TEXT_ROWS} {TEXT_BANDS} {FIGURE_ROWS} {FIGURE_VALUES} {BINS}"


def _hashes(figures: Iterable[str]) -> Hashes:
    digests = b"".join(blake2b(figure.encode(), digest_size=8).digest() for figure in sorted(figures))
    return np.frombuffer(digests, dtype="<u8")

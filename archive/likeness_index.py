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

from archive.minhash import band_keys, BINS, Signature, signature, signature_of_few
from archive.model import Report
from archive.shingles import Hashes, letters, mask_digits, mix, scheme, shingles
from archive.signals import bits, telling_figures
from archive.similarity import FIGURES_BITS

TEXT_ROWS = 4
FIGURE_ROWS = 3
FIGURE_VALUES = 48
AT_LEAST = 0.35
"""Estimated share of shingles below which a candidate by text is none."""

BUCKET = 256
"""How many documents of one band are looked at, newest first: a template that thousands share can't slow a look-up."""

_BATCH = 1000
_SCHEMA = """
CREATE TABLE IF NOT EXISTS scheme (says TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS documents (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, signature BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS bands (key INTEGER NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (key, number)) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Traces:
    """What the index keeps of one report: its masked text's signature and the keys of its bands."""

    signature: Signature
    text_keys: list[int]
    figure_keys: list[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A document that may be alike: the estimated share of masked shingles in common, and whether figures led to it."""

    document: str
    masked: float
    by_figures: bool


def traces_of(report: Report) -> Traces:
    """Return what the index keeps of a report; no keys for a text or figures that say too little to be found by."""
    masked = shingles(mask_digits(letters(report.body)))
    values = signature(masked)
    figures = telling_figures(report)
    return Traces(
        signature=values,
        text_keys=band_keys(values, TEXT_ROWS) if masked.size else [],
        figure_keys=_figure_keys(figures) if bits(figures) >= FIGURES_BITS else [],
    )


class LikenessIndex:
    """The open index, a context manager; one writer at a time, as SQLite sees to."""

    def __init__(self, path: Path) -> None:
        """Open or make the index file; one made by another scheme of hashing is emptied, to be filled anew."""
        self._db = sqlite3.connect(path)
        self._signatures = _Signatures()
        self._db.execute("PRAGMA journal_mode = WAL")
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

    def ids(self) -> set[str]:
        """Return the ids of all documents in the index."""
        return {document for (document,) in self._db.execute("SELECT id FROM documents")}

    def add(self, documents: Iterable[tuple[str, Report]]) -> int:
        """Add (id, report) pairs, a thousand to a transaction; a known id is passed over. Returns how many were new."""
        return self.add_traces((document, traces_of(report)) for document, report in documents)

    def add_traces(self, documents: Iterable[tuple[str, Traces]]) -> int:
        """Add documents whose traces were made elsewhere, as `add` does."""
        rest, before = iter(documents), len(self)
        while batch := list(islice(rest, _BATCH)):
            with self._db:
                self._insert(batch)
        return len(self) - before

    def candidates(self, traces: Traces, *, limit: int = 20) -> list[Candidate]:
        """Return the documents that may be alike, those that figures led to and the best by text, best first."""
        by_text, by_figures = self._sharing(traces.text_keys), self._sharing(traces.figure_keys)
        numbers = np.union1d(by_text, by_figures)
        self._signatures.catch_up(self._db)
        masked = self._signatures.similarities(traces.signature, numbers)
        led = np.isin(numbers, by_figures)
        best = sorted(((led[at], masked[at], numbers[at]) for at in np.flatnonzero(led | (masked >= AT_LEAST))), reverse=True)
        return [Candidate(document=self._id(number), masked=float(m), by_figures=bool(f)) for f, m, number in best[:limit]]

    def _insert(self, batch: list[tuple[str, Traces]]) -> None:
        keys: list[tuple[int, int]] = []
        for document, traces in batch:
            row = [document, traces.signature.astype(np.uint16).tobytes()]
            made = self._db.execute("INSERT OR IGNORE INTO documents (id, signature) VALUES (?, ?)", row)
            if made.rowcount == 1 and made.lastrowid is not None:
                keys += [(key, made.lastrowid) for key in {*traces.text_keys, *traces.figure_keys}]
        self._db.executemany("INSERT INTO bands (key, number) VALUES (?, ?)", sorted(keys))

    def _sharing(self, keys: list[int]) -> NDArray[np.int64]:
        newest = "SELECT number FROM bands WHERE key = ? ORDER BY number DESC LIMIT ?"
        found = (self._db.execute(newest, (key, BUCKET)).fetchall() for key in keys)
        return np.unique(np.fromiter(chain.from_iterable(chain.from_iterable(found)), dtype=np.int64))

    def _id(self, number: int) -> str:
        found: str = self._db.execute("SELECT id FROM documents WHERE number = ?", [int(number)]).fetchone()[0]
        return found

    def _start_anew(self) -> None:
        with self._db:
            for table in ("scheme", "documents", "bands"):
                self._db.execute(f"DELETE FROM {table}")  # noqa: S608 - names of our own, above
            self._db.execute("INSERT INTO scheme VALUES (?)", [scheme_of_index()])


class _Signatures:
    """The signatures of all documents in memory, 256 bytes each, row n - 1 for document number n.

    Numbers have no gaps: they are given in one transaction with their document and none is ever taken out.
    """

    def __init__(self) -> None:
        self._rows = np.empty((1024, BINS), dtype=np.uint16)
        self._count = 0

    def catch_up(self, db: sqlite3.Connection) -> None:
        """Read the signatures of the documents that came since the last time."""
        new = db.execute("SELECT signature FROM documents WHERE number > ? ORDER BY number", [self._count]).fetchall()
        if not new:
            return
        end = self._count + len(new)
        if end > len(self._rows):
            self._rows = np.resize(self._rows, (max(end, 2 * len(self._rows)), BINS))
        self._rows[self._count : end] = np.frombuffer(b"".join(row for (row,) in new), dtype=np.uint16).reshape(-1, BINS)
        self._count = end

    def similarities(self, values: Signature, numbers: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the estimated similarity of a signature to each of some documents."""
        equal: NDArray[np.float64] = (self._rows[numbers - 1] == values.astype(np.uint16)).mean(axis=1)
        return equal


def scheme_of_index() -> str:
    """Return what the stored keys depend on; keys made under another scheme can't be compared."""
    return f"1 {scheme()} {TEXT_ROWS} {FIGURE_ROWS} {FIGURE_VALUES} {BINS}"


def _figure_keys(figures: Iterable[str]) -> list[int]:
    digests = b"".join(blake2b(figure.encode(), digest_size=8).digest() for figure in sorted(figures))
    hashes: Hashes = mix(np.frombuffer(digests, dtype=np.uint64))
    return band_keys(signature_of_few(hashes, FIGURE_VALUES), FIGURE_ROWS, salt=1)

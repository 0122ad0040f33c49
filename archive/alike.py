"""Which documents of an archive are like a given one, and how: the index looks, the judgement explains."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from archive.codec import report_from_json
from archive.documents import read_document
from archive.errors import Damaged, NotInArchive
from archive.likeness_index import LikenessIndex, traces_of
from archive.model import Report
from archive.signals import Signals, signals_of
from archive.similarity import compare, Likeness
from archive.store import Archive

INDEX = "likeness.db"


def alike(archive_root: Path, document: str, *, limit: int = 20) -> list[Likeness]:
    """Return what the archive holds that is like one document, given by its SHA-256 or the beginning of it.

    Most alike first, at most `limit`; unrelated documents are left out. Documents that came since the last time are put
    into the index before. Raises Misuse where there is no archive, NotInArchive for a document that it does not hold
    or a beginning that fits several, Damaged if the document or the index can't be read.
    """
    archive = Archive.open_existing(archive_root)
    try:
        return _alike(archive, _full_name(archive, document), limit)
    except sqlite3.DatabaseError as reason:
        index = archive_root / INDEX
        raise Damaged(
            f"the index {index} can't be used ({reason}); it can be deleted, the next look-up makes it anew"
        ) from reason
    finally:
        archive.close()


def fill(index: LikenessIndex, archive: Archive) -> int:
    """Put the archive's documents that are not there yet into the index; return how many. Damaged ones are passed over."""
    return index.add(_documents(archive, index.ids()))


def report_of(archive: Archive, document: str) -> Report:
    """Return the report of a document, without attachments (a document does not keep their URLs). Raises Damaged."""
    row = archive.catalog.one("SELECT path FROM documents WHERE sha256 = ?", [document])
    if row is None:
        raise NotInArchive(f"the archive holds no document {document}")
    return _report(read_document(archive.root / "documents", row["path"]))


def _alike(archive: Archive, document: str, limit: int) -> list[Likeness]:
    report = report_of(archive, document)
    with LikenessIndex(archive.root / INDEX) as index:
        fill(index, archive)
        found = index.candidates(traces_of(report), limit=limit + 1)
    signals = signals_of(report, url=_url(archive, document))
    others = (each.document for each in found if each.document != document)
    judged = [replace(compare(signals, _signals(archive, other)), other=other) for other in others]
    alike_ones = (each for each in judged if each.verdict != "unrelated")
    return sorted(alike_ones, key=lambda each: (-each.text - each.masked - each.figures_share, each.other))[:limit]


def _signals(archive: Archive, document: str) -> Signals:
    return signals_of(report_of(archive, document), url=_url(archive, document))


def _full_name(archive: Archive, beginning: str) -> str:
    bounds = (beginning, beginning + "g")
    rows = list(archive.catalog.rows("SELECT sha256 FROM documents WHERE sha256 >= ? AND sha256 < ? LIMIT 2", bounds))
    if len(rows) != 1:
        raise NotInArchive(f"the archive holds {'several documents' if rows else 'no document'} {beginning}")
    return str(rows[0]["sha256"])


def _documents(archive: Archive, known: set[str]) -> Iterator[tuple[str, Report]]:
    for row in archive.catalog.rows("SELECT sha256, path FROM documents WHERE damage IS NULL ORDER BY sha256"):
        if row["sha256"] not in known:
            yield row["sha256"], _report(read_document(archive.root / "documents", row["path"]))


def _report(content: dict[str, Any]) -> Report:
    return report_from_json({**content, "attachments": []})


def _url(archive: Archive, document: str) -> str | None:
    first = "SELECT url FROM derivations WHERE document = ? ORDER BY fetched_at, event LIMIT 1"
    row = archive.catalog.one(first, [document])
    return str(row["url"]) if row else None

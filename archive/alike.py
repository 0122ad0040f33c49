"""Which documents of an archive are like a given one, and how: the index looks, the judgement explains."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from archive.arrivals import arrivals
from archive.codec import Json, report_from_json
from archive.documents import read_document
from archive.errors import Damaged, NotInArchive
from archive.facts import plain
from archive.likeness_index import Candidate, LikenessIndex, traces_of
from archive.model import Report
from archive.records import find_record
from archive.signals import Signals, signals_of
from archive.similarity import compare, Likeness
from archive.store import Archive
from archive.takedowns import TAKEN_DOWN

INDEX = "likeness.db"
_DIGITS = re.compile("[0-9a-f]{12,64}")


def alike(archive: Archive, document: str, *, limit: int = 20) -> list[Likeness]:
    """Return what the archive holds that is like one document, named by its whole SHA-256.

    Most alike first, at most `limit`; unrelated documents are left out. Documents that came since the last time are put
    into the index before. Raises NotInArchive for a document that the archive does not hold, Damaged if it or the index
    can't be read.
    """
    report = report_of(archive, document)
    path = archive.root / INDEX
    try:
        with _writable(archive, path) as place, LikenessIndex(place) as index:
            fill(index, archive)
            found = index.candidates(traces_of(report), limit=limit + 1)
    except sqlite3.DatabaseError as reason:
        raise Damaged(f"the index {path} can't be used ({reason}); delete it, and the next look-up makes it anew") from reason
    return _judged(archive, document, report, found)[:limit]


@contextmanager
def _writable(archive: Archive, path: Path) -> Iterator[Path]:
    """Where the index can be written: in its place, or for an archive that can't be written as a copy, for this once."""
    if archive.read_only is None:
        yield path
        return
    with TemporaryDirectory(prefix="gongkai-likeness-") as folder:
        copy = Path(folder) / INDEX
        if path.exists():
            shutil.copyfile(path, copy)
        yield copy


def alike_rows(archive: Archive, name: str, *, limit: int = 20) -> list[Json]:
    """Return `alike` as rows that also say whose report the other is; `name` is what `find_document` takes."""
    return [_row(archive, each) for each in alike(archive, find_document(archive, name), limit=limit)]


def find_document(archive: Archive, name: str) -> str:
    """Return the SHA-256 of a document by its first twelve digits or more, or by what `find_record` takes.

    Raises NotInArchive, also where a beginning fits several.
    """
    if not _DIGITS.fullmatch(name):
        return str(find_record(archive, name)["document"])
    rows = list(
        archive.catalog.rows("SELECT sha256 FROM documents WHERE sha256 >= ? AND sha256 < ? LIMIT 2", (name, name + "g"))
    )
    if len(rows) != 1:
        raise NotInArchive(f"the archive holds {'several documents' if rows else 'no document'} {name}")
    return str(rows[0]["sha256"])


def fill(index: LikenessIndex, archive: Archive) -> int:
    """Put the archive's documents that are not there yet into the index; return how many.

    Those that the catalog knows as damaged are passed over. Raises Damaged for one found damaged now.
    """
    added = 0
    for arrived in arrivals(archive.catalog, index.mark, index.unknown):
        folder = archive.root / "documents"
        added += index.add((row["sha256"], _report(read_document(folder, row["path"]))) for row in arrived.fresh)
        index.set_mark(arrived.mark)
    return added


def report_of(archive: Archive, document: str) -> Report:
    """Return the report of a document, without attachments (a document does not keep their URLs).

    Raises Damaged, and NotInArchive also for one that was taken down.
    """
    row = archive.catalog.one("SELECT path, damage FROM documents WHERE sha256 = ?", [document])
    if row is None or row["damage"] == TAKEN_DOWN:
        raise NotInArchive(f"the archive holds no document {document}{' any more: it was taken down' if row else ''}")
    return _report(read_document(archive.root / "documents", row["path"]))


def _judged(archive: Archive, document: str, report: Report, found: list[Candidate]) -> list[Likeness]:
    signals = signals_of(report, url=_url(archive, document))
    others = (each.document for each in found if each.document != document and not _is_down(archive, each.document))
    judged = (replace(compare(signals, _signals(archive, other)), other=other) for other in others)
    alike_ones = (each for each in judged if each.verdict != "unrelated")
    return sorted(alike_ones, key=lambda each: (-each.text - each.masked - each.figures_share, each.other))


def _is_down(archive: Archive, document: str) -> bool:
    sql = "SELECT 1 FROM documents WHERE sha256 = ? AND damage = ?"
    return archive.catalog.one(sql, [document, TAKEN_DOWN]) is not None


def _row(archive: Archive, likeness: Likeness) -> Json:
    other = str(likeness.other)
    row = archive.catalog.one("SELECT agency, report_year, title FROM documents WHERE sha256 = ?", [other])
    return {**plain(likeness), **(row or {}), "url": _url(archive, other)}


def _signals(archive: Archive, document: str) -> Signals:
    return signals_of(report_of(archive, document), url=_url(archive, document))


def _report(content: dict[str, Any]) -> Report:
    return report_from_json({**content, "attachments": []})


def _url(archive: Archive, document: str) -> str | None:
    pages = "SELECT d.url FROM document_pages g JOIN derivations d ON d.key = g.key AND d.document = g.document"
    first = f"{pages} WHERE g.document = ? ORDER BY d.fetched_at, d.event LIMIT 1"
    row = archive.catalog.one(first, [document])
    return str(row["url"]) if row else None

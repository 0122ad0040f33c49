"""Captures as one WACZ file that ReplayWeb.page and pywb show: an archive's, a portal's, an agency's or a time's.

Records are copied byte for byte, each proved first. The originals of revisits come along; what was taken down stays out.
"""

from __future__ import annotations

import fcntl
import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from glob import escape
from itertools import islice
from pathlib import Path
from typing import Any

from archive.capture_files import MAX_SIZE
from archive.cdxj import cdxj_line
from archive.clock import moment, now
from archive.durable import sync_folder
from archive.errors import Damaged, Misuse, NotInArchive
from archive.locks import is_held, reading
from archive.schema import Row
from archive.store import Archive
from archive.takedowns import IS_HIDDEN
from archive.wacz import Sink, WaczWriter
from archive.warc import decode, encode, members, Record, warcinfo


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which captures: None means all. Times are UTC times or dates as text, both included; `agency` is a part of the name, `year` the year reported on."""

    since: str | None = None
    until: str | None = None
    portal: str | None = None
    agency: str | None = None
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Packed:
    """What was packed: captures, pages (reports as they were seen), and bytes of the file."""

    captures: int
    pages: int
    size: int


def pack(archive: Archive, output: Path, selection: Selection, *, max_size: int = MAX_SIZE) -> Packed:
    """Write the selected captures as a WACZ: whole, or not at all.

    Raises NotInArchive where nothing is selected, Damaged where a record is not what was written, Misuse where the file
    can't be written.
    """
    scratch = output.with_name(f".{output.name}.{os.getpid()}")
    try:
        _remove_left(output)
        with reading(archive.root), scratch.open("wb") as out:
            fcntl.flock(out, fcntl.LOCK_EX | fcntl.LOCK_NB)
            with closing(WaczWriter(out, now())) as wacz:
                packed = _Pack(archive, selection, max_size).write(wacz)
            out.flush()
            os.fsync(out.fileno())
        size = scratch.stat().st_size
        scratch.replace(output)
        sync_folder(output.absolute().parent)
    except OSError as reason:
        raise Misuse(f"{output} can't be written: {reason}") from reason
    finally:
        scratch.unlink(missing_ok=True)
    return Packed(*packed, size)


def _remove_left(output: Path) -> None:
    """Remove what killed packs to the same file left: nobody holds it any more."""
    for path in output.parent.glob(f".{escape(output.name)}.*"):
        if path.name.rpartition(".")[2].isdigit() and not is_held(path):
            path.unlink(missing_ok=True)


class _Pack:
    """One pack being written: the index's lines wait in a database on disk, since they must be sorted."""

    def __init__(self, archive: Archive, selection: Selection, max_size: int) -> None:
        self._archive = archive
        self._selection = selection
        self._max_size = max_size
        self._lines = sqlite3.connect("")
        self._lines.execute("CREATE TABLE lines (line)")

    def write(self, wacz: WaczWriter) -> tuple[int, int]:
        captures = self._warcs(wacz)
        if not captures:
            raise NotInArchive("the archive holds no captures like that: nothing is packed")
        wacz.index(line for (line,) in self._lines.execute("SELECT line FROM lines ORDER BY line"))
        pages = self._pages(wacz)
        self._lines.close()
        wacz.finish({"software": "Gongkai", "title": _title(self._selection)})
        return captures, pages

    def _warcs(self, wacz: WaczWriter) -> int:
        rows = self._rows()
        row = next(rows, None)
        count = number = 0
        while row is not None:
            name = f"captures-{number:05d}.warc.gz"
            with wacz.entry(f"archive/{name}", stored=True) as out:
                size = _write(out, encode(warcinfo(name, "pack", now())))
                while row is not None and size < self._max_size:
                    size += self._capture(out, row, name, size)
                    count += 1
                    row = next(rows, None)
            number += 1
        return count

    def _capture(self, out: Sink, row: Row, name: str, offset: int) -> int:
        size = 0
        for record, raw in _records(self._archive.root / "captures", row):
            line = cdxj_line(record, name=name, offset=offset + size, length=len(raw))
            if line:
                self._lines.execute("INSERT INTO lines VALUES (?)", [line])
            size += _write(out, raw)
        return size

    def _rows(self) -> Iterator[Row]:
        where, parameters = _where(self._selection)
        yield from self._archive.catalog.rows(_CAPTURES.format(where=where), parameters)

    def _pages(self, wacz: WaczWriter) -> int:
        where, parameters = _where(self._selection)
        count = 0
        with wacz.entry("pages/pages.jsonl") as out:
            _write(out, _json_line({"format": "json-pages-1.0", "id": "pages", "title": "Reports"}))
            for row in self._archive.catalog.rows(_PAGES.format(where=where), parameters):
                _write(out, _json_line(_page(row)))
                count += 1
        return count


def _records(captures: Path, row: Row) -> Iterator[tuple[Record, bytes]]:
    """Yield the records of a capture with their bytes: its own, and the request that stands after it."""
    found = islice(members(captures / row["file"], row["offset"]), 2)
    record = None
    for _, raw in found:
        each = decode(raw)
        if record is None and each.id != row["id"]:
            break
        if record is None or (each.type == "request" and each.field("WARC-Concurrent-To") == f"<{record.id}>"):
            yield each, raw
        record = each
    if record is None:
        raise Damaged(f"{row['file']} does not hold the capture {row['id']} at {row['offset']}")


def _write(out: Sink, raw: bytes) -> int:
    out.write(raw)
    return len(raw)


def _where(selection: Selection) -> tuple[str, dict[str, Any]]:
    asked = {name: value for name in _WHERE if (value := getattr(selection, name)) is not None}
    return " AND ".join(_WHERE[name] for name in asked) or "1", asked


def _title(selection: Selection) -> str:
    asked = (f"{name} {value}" for name in _WHERE if (value := getattr(selection, name)) is not None)
    return " ".join(("Annual reports on government information disclosure", *asked))


def _page(row: Row) -> dict[str, str]:
    at: datetime = moment(row["fetched_at"])
    found = {"id": row["id"].removeprefix("urn:uuid:"), "url": row["url"], "ts": at.strftime("%Y-%m-%dT%H:%M:%SZ")}
    return {**found, "title": row["title"] or row["url"]}


def _json_line(value: dict[str, str]) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode() + b"\n"


_OF_REPORTS = """c.id IN (
    SELECT s.capture FROM reports r CROSS JOIN sightings s ON s.identity = r.identity WHERE {which}
    UNION SELECT f.id FROM reports r CROSS JOIN sightings s ON s.identity = r.identity
    CROSS JOIN derivations d ON d.capture = s.capture CROSS JOIN json_each(d.attachments) a
    CROSS JOIN captures f ON f.url = json_extract(a.value, '$.url') WHERE {which})"""
"""Captures of some reports and of their attachments. In this order (`CROSS`): SQLite would begin with all captures."""
_WHERE = {
    "since": "c.fetched_at >= :since",
    "until": "substr(c.fetched_at, 1, length(:until)) <= :until",
    "portal": "u.portal = :portal",
    "agency": _OF_REPORTS.format(which="instr(r.agency, :agency)"),
    "year": _OF_REPORTS.format(which="r.report_year = :year"),
}
_SELECTED = f"SELECT c.id, c.revisit_of FROM captures c LEFT JOIN runs u ON u.id = c.run WHERE {{where}} AND NOT {IS_HIDDEN}"  # noqa: S608
_CAPTURES = f"""
WITH RECURSIVE chosen AS ({_SELECTED}),
needed (id) AS (SELECT id FROM chosen UNION SELECT c.revisit_of FROM captures c JOIN needed n ON n.id = c.id WHERE c.revisit_of IS NOT NULL)
SELECT id, file, [offset], length FROM captures c WHERE id IN (SELECT id FROM needed) AND NOT {IS_HIDDEN} ORDER BY file, [offset]
"""  # noqa: S608 - text of our own
_PAGES = """
SELECT c.id, c.url, c.fetched_at, o.title FROM captures c LEFT JOIN runs u ON u.id = c.run
JOIN sightings s ON s.capture = c.id JOIN documents o ON o.sha256 = s.document WHERE {where} ORDER BY c.fetched_at, c.id
"""

"""The catalog's verdicts: what a batch of events touched is judged anew, from all facts of the pages that it touched.

The judging itself is pure (`looks`, `streams`, `changes`); here the facts are fetched and the verdicts written. A page
is judged as a whole and a report as a whole, so the order in which facts came does not matter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache, partial
from itertools import islice
from pathlib import Path
from typing import TypeVar

from archive.addresses import site_of
from archive.changes import report_changes
from archive.codec import dumps, Json
from archive.document_rows import storable
from archive.documents import read_document
from archive.errors import Damaged, NotInArchive
from archive.frames import Frame, frame_difference, frame_of, redesigned
from archive.ledger import history_rows
from archive.looks import Look
from archive.payloads import payload_at
from archive.schema import Row
from archive.sights import looks_of
from archive.streams import Change, page_changes, Segment, segments_of
from archive.tables import Tables

CHUNK = 400
"""Pages, and reports, judged at once: memory does not grow with the batch."""

_T = TypeVar("_T")


class Judge:
    """Judges what a batch touched; it remembers pages and documents for this batch only."""

    def __init__(self, tables: Tables, root: Path, bands: Mapping[str, list[int]]) -> None:
        """Take the catalog's tables, the archive's folder, and the bands of the documents that are new."""
        self._tables = tables
        self._bands = bands
        self._root = root
        self._segments: dict[str, tuple[Segment, ...]] = {}
        self._sites: set[str] = set()
        self._load = lru_cache(maxsize=256)(self._read)
        self._frame = lru_cache(maxsize=64)(self._read_frame)

    def judge(self, pages: Iterable[str]) -> None:
        """Judge pages by their keys, the reports that they show or showed, and the redesigns of their sites."""
        identities: set[str] = set()
        for keys in _chunks(pages):
            identities |= self._pages([row["key"] for row in self._tables.among(_IS_SHOWN, keys)])
        for chunk in _chunks(identities):
            self._reports(chunk)
            self._copies(chunk)
        for site in sorted(self._sites):
            self._redesign(site)

    # ------------------------------------------------------------------ pages and reports

    def _pages(self, keys: list[str]) -> set[str]:
        """Judge some pages; return the reports that they show and showed."""
        identities = {row["identity"] for row in self._tables.among(_SHOWED, keys)}
        self.forget([f"page {key}" for key in keys])
        for table in ("segments", "cell_history"):
            sql = f"DELETE FROM {table} WHERE key = ?"  # noqa: S608 - names of our own
            for key in keys:
                self._tables.change(sql, (key,))
        self._fetch_segments(keys)
        for key in keys:
            for segment in self._segments[key]:
                self._tables.put("segments", _segment_row(segment))
                self._segment(segment)
                identities.add(segment.reading.identity)
        return identities

    def _segment(self, segment: Segment) -> None:
        changes = self.safely(segment.key, lambda: page_changes(segment, self._load, self._frames))
        self.write(f"page {segment.key}", changes)
        cells = {(cell["table"], cell["cell"]) for each in changes for cell in each.evidence.get("cells", ())}
        for row in self.safely(segment.key, lambda: history_rows(segment, cells, self._load)):
            self._tables.put("cell_history", row)

    def _reports(self, identities: list[str]) -> None:
        self.forget([f"report {identity}" for identity in identities])
        shown: dict[str, list[str]] = {}
        for row in self._tables.among(_SHOWN_BY, identities):
            shown.setdefault(row["identity"], []).append(row["key"])
        self._fetch_segments({key for keys in shown.values() for key in keys} - self._segments.keys())
        for identity, keys in shown.items():
            segments = [each for key in keys for each in self._segments[key] if each.reading.identity == identity]
            self._report(identity, segments)

    def _report(self, identity: str, segments: list[Segment]) -> None:
        owner = f"report {identity}"
        self.write(owner, self.safely(owner, lambda: report_changes(segments, self._load, self._frames)))

    def _copies(self, identities: list[str]) -> None:
        from archive.copied import Copies  # noqa: PLC0415 - brings numpy, for which a mere look at the archive need not wait

        Copies(self._tables, self, self._load, self._bands).judge(identities)

    def _fetch_segments(self, keys: Iterable[str]) -> None:
        for key, looks in looks_of(self._tables, keys).items():
            found = self.safely(key, partial(segments_of, looks, self._load, self._same_report))
            self._segments[key] = tuple(found)

    def safely(self, what: str, judged: Callable[[], Iterable[_T]]) -> list[_T]:
        """Return what was judged; a document that can't be read any more is a finding, and must not keep the archive shut."""
        try:
            return list(judged())
        except (Damaged, NotInArchive) as damage:
            says = f"{what} can't be judged: {damage}"
            self._tables.put("findings", {"id": f"unjudged {what}", "kind": "unjudged", "says": says, "evidence": "{}"})
            return []

    # ------------------------------------------------------------------ what is written

    def forget(self, owners: Iterable[str]) -> None:
        """Take out what owners (pages, reports, copies) were judged before."""
        judged = list(self._tables.among(_JUDGED, owners))
        self._sites |= {row["site"] for row in judged if row["site"] is not None}
        for owner, change in {(row["owner"], row["id"]) for row in judged}:
            self._tables.change("DELETE FROM frame_differences WHERE change = ?", (change,))
            self._tables.change("DELETE FROM cell_changes WHERE owner = ?", (owner,))
            self._tables.change("DELETE FROM changes WHERE owner = ?", (owner,))

    def write(self, owner: str, changes: Iterable[Change]) -> None:
        """Write verdicts with their cells and differences of frames."""
        for change in changes:
            self._tables.put("changes", _change_row(owner, change))
            for row in _cell_rows(owner, change):
                self._tables.put("cell_changes", row)
            for token in change.evidence.get("frame", ()):
                row = {"change": change.id, "token": token, "key": change.key, "site": site_of(change.key)}
                self._tables.put("frame_differences", row)
            if change.verdict == "page_only" and site_of(change.key):
                self._sites.add(str(site_of(change.key)))

    def _redesign(self, site: str) -> None:
        found: dict[str, tuple[str, list[str]]] = {}
        for row in self._tables.rows("SELECT change, key, token FROM frame_differences WHERE site = ?", [site]):
            found.setdefault(row["change"], (row["key"], []))[1].append(row["token"])
        alike = redesigned(found)
        for change in found:
            verdict = "redesigned" if change in alike else "page_only"
            self._tables.run("UPDATE changes SET verdict = ? WHERE id = ? AND verdict <> ?", [verdict, change, verdict])

    # ------------------------------------------------------------------ what is read

    def _read(self, document: str) -> Json:
        row = self._tables.one("SELECT path FROM documents WHERE sha256 = ?", [document])
        if row is None:
            raise NotInArchive(f"the archive holds no document {document}")
        return read_document(self._root / "documents", row["path"])

    def _frames(self, old: Look, new: Look) -> tuple[str, ...]:
        before, after = self._frame(old.capture), self._frame(new.capture)
        return frame_difference(before, after) if before and after else ()

    def _read_frame(self, capture: str) -> Frame:
        """The frame of a stored page; empty where the WARC is not here (a catalog merged from journals alone) or is damaged."""
        try:
            return frame_of(payload_at(self._root / "captures", self._capture(capture), self._capture).body)
        except (Damaged, NotInArchive):
            return frozenset()

    def _capture(self, capture: str) -> Row:
        row = self._tables.one("SELECT id, file, offset, length FROM captures WHERE id = ?", [capture])
        if row is None:
            raise NotInArchive(f"the archive holds no capture {capture}")
        return row

    def _same_report(self, old: Json, new: Json) -> bool:
        from archive.retitled import same_report  # noqa: PLC0415 - brings numpy, as above

        return same_report(old, new)


def _segment_row(segment: Segment) -> Row:
    return {
        "key": segment.key,
        "number": segment.number,
        "identity": segment.reading.identity,
        "first_seen": segment.looks[0].at,
        "last_seen": segment.looks[-1].at,
        "last_capture": segment.looks[-1].capture,
        "looks": len(segment.looks),
    }


def _change_row(owner: str, change: Change) -> Row:
    same = ("id", "verdict", "key", "url", "identity", "agency", "report_year", "seen_at", "since")
    sides = ("old_capture", "new_capture", "old_document", "new_document", "says")
    facts = {name: getattr(change, name) for name in (*same, *sides)}
    return {**facts, "owner": owner, "site": site_of(change.key), "evidence": dumps(change.evidence)}


def _cell_rows(owner: str, change: Change) -> Iterator[Row]:
    if change.verdict != "figures":
        return
    for cell in change.evidence.get("cells", ()):
        numbers = {side: storable(cell[side]) for side in ("old", "new")}
        facts = {"change": change.id, "owner": owner, "identity": change.identity, "seen_at": change.seen_at}
        yield {**facts, **{name: cell[name] for name in ("table", "cell", "old_raw", "new_raw", "unit")}, **numbers}


def _chunks(names: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(sorted(names))
    while chunk := list(islice(rest, CHUNK)):
        yield chunk


_IS_SHOWN = """
SELECT j.value AS key FROM json_each(?1) j
WHERE EXISTS (SELECT 1 FROM derivations WHERE key = j.value) OR EXISTS (SELECT 1 FROM segments WHERE key = j.value)
ORDER BY 1
"""
"""The pages that show a report, or were judged to show one: after a takedown nothing of it may stay."""

_SHOWED = "SELECT DISTINCT identity FROM segments WHERE key IN (SELECT value FROM json_each(?1))"
_SHOWN_BY = (
    "SELECT DISTINCT identity, key FROM segments WHERE identity IN (SELECT value FROM json_each(?1)) ORDER BY identity, key"
)
_JUDGED = "SELECT owner, id, site FROM changes WHERE owner IN (SELECT value FROM json_each(?1))"

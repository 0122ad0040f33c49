"""The catalog's verdicts: what a batch of events touched is judged anew, from all facts of the pages that it touched.

The judging itself is pure (`looks`, `streams`, `changes`); here the facts are fetched and the verdicts written. A page
is judged as a whole and a report as a whole, so the order in which facts came does not matter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol, TypeVar

from archive.addresses import site_of
from archive.changes import report_changes
from archive.codec import dumps, Json
from archive.documents import read_document
from archive.errors import Damaged, NotInArchive
from archive.frames import Frame, frame_difference, frame_of, redesigned
from archive.ledger import history_rows
from archive.looks import Look
from archive.payloads import payload_at
from archive.schema import Row, storable
from archive.sights import looks_of
from archive.streams import Change, page_changes, Segment, segments_of

_T = TypeVar("_T")


class Tables(Protocol):
    """What judging needs of the catalog, within a transaction."""

    def rows(self, sql: str, parameters: Iterable[Any] | Mapping[str, Any] = ()) -> Iterator[Row]:
        """Yield the rows of a query."""

    def one(self, sql: str, parameters: Iterable[Any] = ()) -> Row | None:
        """Return the first row of a query."""

    def put(self, table: str, row: Row, conflict: str = "REPLACE") -> None:
        """Write a row."""

    def run(self, sql: str, parameters: Iterable[Any] = ()) -> None:
        """Run a statement."""


class Judge:
    """Judges what a batch touched; it remembers pages and documents for this batch only."""

    def __init__(self, tables: Tables, root: Path) -> None:
        """Take the catalog's tables and the archive's folder."""
        self._tables = tables
        self._root = root
        self._segments: dict[str, tuple[Segment, ...]] = {}
        self._sites: set[str] = set()
        self._load = lru_cache(maxsize=256)(self._read)
        self._frame = lru_cache(maxsize=64)(self._read_frame)

    def judge(self, pages: Iterable[str]) -> None:
        """Judge pages by their keys, the reports that they show or showed, and the redesigns of their sites."""
        shown = [key for key in sorted(pages) if self._tables.one(_IS_SHOWN, [key])]
        identities = sorted({identity for key in shown for identity in self._page(key)})
        for identity in identities:
            self._report(identity)
        if identities:
            self._copies(identities)
        for site in sorted(self._sites):
            self._redesign(site)

    # ------------------------------------------------------------------ pages and reports

    def _page(self, key: str) -> set[str]:
        before = {row["identity"] for row in self._tables.rows("SELECT identity FROM segments WHERE key = ?", [key])}
        self.forget(f"page {key}")
        for table in ("segments", "cell_history"):
            self._tables.run(f"DELETE FROM {table} WHERE key = ?", [key])  # noqa: S608 - names of our own
        segments = self._segments_of(key)
        for segment in segments:
            self._tables.put("segments", _segment_row(segment))
            self._segment(segment)
        return before | {segment.reading.identity for segment in segments}

    def _segment(self, segment: Segment) -> None:
        changes = self.safely(segment.key, lambda: page_changes(segment, self._load, self._frames))
        self.write(f"page {segment.key}", changes)
        cells = {(cell["table"], cell["cell"]) for each in changes for cell in each.evidence.get("cells", ())}
        for row in self.safely(segment.key, lambda: history_rows(segment, cells, self._load)):
            self._tables.put("cell_history", row)

    def _report(self, identity: str) -> None:
        owner = f"report {identity}"
        self.forget(owner)
        keys = [row["key"] for row in self._tables.rows("SELECT DISTINCT key FROM segments WHERE identity = ?", [identity])]
        segments = [each for key in keys for each in self._segments_of(key) if each.reading.identity == identity]
        self.write(owner, self.safely(owner, lambda: report_changes(segments, self._load, self._frames)))

    def _copies(self, identities: list[str]) -> None:
        from archive.copied import Copies  # noqa: PLC0415 - brings numpy, for which a mere look at the archive need not wait

        Copies(self._tables, self, self._load).judge(identities)

    def _segments_of(self, key: str) -> tuple[Segment, ...]:
        if key not in self._segments:
            found = self.safely(key, lambda: segments_of(looks_of(self._tables, key), self._load, self._same_report))
            self._segments[key] = tuple(found)
        return self._segments[key]

    def safely(self, what: str, judged: Callable[[], Iterable[_T]]) -> list[_T]:
        """Return what was judged; a document that can't be read any more is a finding, and must not keep the archive shut."""
        try:
            return list(judged())
        except (Damaged, NotInArchive) as damage:
            says = f"{what} can't be judged: {damage}"
            self._tables.put("findings", {"id": f"unjudged {what}", "kind": "unjudged", "says": says, "evidence": "{}"})
            return []

    # ------------------------------------------------------------------ what is written

    def forget(self, owner: str) -> None:
        """Take out what an owner (a page, a report, a copy) was judged before."""
        for row in self._tables.rows("SELECT DISTINCT site FROM changes WHERE owner = ? AND site IS NOT NULL", [owner]):
            self._sites.add(row["site"])
        old = "(SELECT id FROM changes WHERE owner = ?)"
        self._tables.run(f"DELETE FROM frame_differences WHERE change IN {old}", [owner])  # noqa: S608 - text of our own
        self._tables.run("DELETE FROM cell_changes WHERE owner = ?", [owner])
        self._tables.run("DELETE FROM changes WHERE owner = ?", [owner])

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


_SHOWS = "SELECT 1 FROM derivations WHERE key = ?1 UNION ALL SELECT 1 FROM segments WHERE key = ?1 LIMIT 1"
"""Whether a page shows a report, or was judged to show one: after a takedown nothing of it may stay."""


def _segment_row(segment: Segment) -> Row:
    return {
        "key": segment.key,
        "number": segment.number,
        "identity": segment.reading.identity,
        "first_seen": segment.looks[0].at,
        "last_seen": segment.looks[-1].at,
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


_IS_SHOWN = "SELECT 1 FROM derivations WHERE key = ?1 UNION ALL SELECT 1 FROM segments WHERE key = ?1 LIMIT 1"

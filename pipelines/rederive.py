"""Today's reader over stored captures, without network: what it makes of them, and how that differs from before.

The work goes to several processes, each of which reads payloads and documents by itself; the archive is written by one.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from datetime import date
from functools import partial
from pathlib import Path

from archive.clock import moment
from archive.codec import Json, loads
from archive.documents import make_document, read_document
from archive.effects import Effect, effect_of, NO_EFFECT
from archive.errors import GongkaiError, NotInArchive
from archive.facts import capture_of
from archive.model import Attachment, Report
from archive.payloads import Payload, payload_at
from archive.schema import Row
from archive.store import Archive
from pipelines import READER_VERSION
from pipelines.attached import AttachedFile, with_attachments, with_files
from pipelines.reader import Context, read

_KNOWN = frozenset(field.name for field in fields(Context))


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A stored capture that was read before: its row, its original's row if it is a revisit, and its newest derivation."""

    row: Row
    original: Row | None
    derivation: Row
    files: tuple[tuple[Attachment, Row], ...] = ()
    """The attachments whose bytes the archive holds, each with the row of a capture that has them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Derived:
    """What today's reader made of a source: the report and its effect, or the sentence why there is none."""

    source: Source
    report: Report | None = None
    effect: Effect = NO_EFFECT
    error: str | None = None

    def to_json(self) -> Json:
        """Return it as a JSON object for the report of a re-derivation."""
        row, effect = self.source.derivation, self.effect
        names = {"changed": effect.changed, "gained": effect.gained, "lost": effect.lost}
        return {
            "capture": self.source.row["id"],
            "url": self.source.row["url"],
            "agency": row["agency"],
            "report_year": row["report_year"],
            "error": self.error,
            **{name: [".".join(cell) for cell in cells] for name, cells in names.items()},
            **{name: {"old": old, "new": new} for name, old, new in effect.said},
        }


def sources(archive: Archive, *, everything: bool = False, portal: str | None = None) -> Iterator[Source]:
    """Yield the captures that were read, oldest first; those that today's reader has read only with `everything`."""
    done = "" if everything else _NOT_DONE
    where = " AND r.portal = :portal" if portal else ""
    sql = f"{_SOURCES}{done}{where} ORDER BY c.fetched_at, c.id"
    for row in list(archive.catalog.rows(sql, {"version": READER_VERSION, "portal": portal})):
        capture = {name: row[name] for name in (*_CAPTURE, "status", "media_type", "payload_sha256", "failure", "truncated")}
        original = archive.catalog.one(_ORIGINAL, [row["revisit_of"]]) if row["revisit_of"] else None
        files = tuple(_files(archive, row))
        yield Source(row={**capture, "revisit_of": row["revisit_of"]}, original=original, derivation=row, files=files)


def _files(archive: Archive, derivation: Row) -> Iterator[tuple[Attachment, Row]]:
    for one in (Attachment(**each) for each in loads(derivation["attachments"])):
        row = archive.catalog.one(_FILE, [one.sha256]) if one.sha256 else None
        if row is not None:
            yield one, row


_CAPTURE = ("id", "url", "fetched_at", "file", "offset", "length")
_SOURCES = """
SELECT c.*, d.context, d.attachments, d.document, d.reader_version, o.path, o.agency, o.report_year
FROM captures c
JOIN derivations d ON d.event = (SELECT event FROM derivations WHERE capture = c.id ORDER BY at DESC, event DESC LIMIT 1)
JOIN documents o ON o.sha256 = d.document LEFT JOIN runs r ON r.id = c.run WHERE 1
"""
_NOT_DONE = " AND NOT EXISTS (SELECT 1 FROM derivations x WHERE x.capture = c.id AND x.reader_version = :version)"
_FILE = """
SELECT id, url, file, [offset], [length], revisit_of FROM captures
WHERE payload_sha256 = ? AND record_type IN ('response', 'resource') AND truncated IS NULL
  AND payload_sha256 NOT IN (SELECT payload_sha256 FROM takedowns WHERE payload_sha256 IS NOT NULL) ORDER BY fetched_at, id LIMIT 1
"""
_ORIGINAL = "SELECT id, file, [offset], [length] FROM captures WHERE id = ?"


def context_of_source(source: Source, payload: Payload) -> Context:
    """Return what was known of a capture when it was first read, from its derivation event and its headers."""
    known = {name: value for name, value in loads(source.derivation["context"]).items() if name in _KNOWN}
    if listed := known.get("listed_on"):
        known["listed_on"] = date.fromisoformat(listed)
    url = source.row["url"]
    headers = {name.lower(): value for name, value in payload.headers}
    facts = {"content_type": headers.get("content-type"), "url": None if url.startswith("urn:") else url, **known}
    return Context(**facts, fetched_at=moment(source.row["fetched_at"]))


def derive(root: Path, source: Source, *, reader: Callable[[bytes, Context], Report] = read) -> Derived:
    """Return what the reader makes of a source now. Never raises: what fails is said in `error`."""
    try:
        payload = payload_at(root / "captures", source.row, partial(_original, source))
        context = context_of_source(source, payload)
        named = with_attachments(reader(payload.body, context), _fetched(source))
        report, _ = with_files(named, _attached(root, source), payload.body, context)
        before = read_document(root / "documents", source.derivation["path"])
    except GongkaiError as error:
        return Derived(source=source, error=str(error))
    except Exception as bug:  # noqa: BLE001 - one capture that our reader fails on must not cost the others
        return Derived(source=source, error=f"the reader failed, which is a mistake of ours: {type(bug).__name__}: {bug}")
    after = loads(make_document(report, READER_VERSION).payload)
    return Derived(source=source, report=report, effect=effect_of(before, after))


def _original(source: Source, capture: str) -> Row:
    if source.original is None:
        raise NotInArchive(f"the archive holds no capture {capture}, which {source.row['id']} refers to")
    return source.original


def _fetched(source: Source) -> tuple[Attachment, ...]:
    return tuple(Attachment(**each) for each in loads(source.derivation["attachments"]))


def _attached(root: Path, source: Source) -> Iterator[AttachedFile]:
    for one, row in source.files:
        yield AttachedFile(attachment=one, payload=payload_at(root / "captures", row, partial(_original, source)).body)


def derive_all(root: Path, found: Iterator[Source], processes: int) -> Iterator[Derived]:
    """Yield what the reader makes of all sources, in order; with one process in this one."""
    if processes == 1:
        yield from (derive(root, source) for source in found)
        return
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        yield from pool.imap(partial(derive, root), found, chunksize=16)


@dataclass
class Summary:
    """The sum of a re-derivation."""

    captures: int = 0
    reports: int = 0
    changed: int = 0
    gained: int = 0
    lost: int = 0
    failed: int = 0
    unversioned: int = 0
    """Documents that differ from what this very version made: then the version must rise."""

    def add(self, derived: Derived) -> None:
        """Count one capture."""
        effect = derived.effect
        self.captures += 1
        self.reports += not effect.is_none
        self.changed += len(effect.changed)
        self.gained += len(effect.gained)
        self.lost += len(effect.lost)
        self.failed += derived.error is not None
        self.unversioned += derived.source.derivation["reader_version"] == READER_VERSION and not effect.is_none

    def __str__(self) -> str:
        return (
            f"{self.captures} captures read by reader {READER_VERSION}: {self.changed} cells changed, {self.gained} gained,"
            f" {self.lost} lost, in {self.reports} documents that differ; {self.failed} captures could not be read"
        )


def keep(archive: Archive, found: Iterator[Derived]) -> Iterator[Derived]:
    """Store what was derived as derivations of today's reader, in a run of its own; yield each after it was stored.

    What can't be read any more keeps its old document.
    """
    with archive.start_run("rederive", settings={"reader_version": READER_VERSION}) as run:
        for derived in found:
            if derived.report is not None:
                capture = capture_of(derived.source.row, derived.source.row["id"])
                context = loads(derived.source.derivation["context"])
                run.store(capture, derived.report, reader_version=READER_VERSION, context=context)
            yield derived

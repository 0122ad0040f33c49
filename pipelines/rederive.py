"""Today's reader over stored captures, without network: what it makes of them, and how that differs from before.

The work goes to several processes, each of which reads payloads and documents by itself; the archive is written by one.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, fields
from datetime import date
from functools import partial
from itertools import islice
from pathlib import Path

from archive.clock import moment
from archive.codec import Json, loads
from archive.documents import Document, document_bytes, make_document, same_content
from archive.effects import Effect, effect_on_page, NO_EFFECT
from archive.errors import GongkaiError, NotInArchive, Unreadable
from archive.facts import capture_of, plain
from archive.model import Attachment, Report
from archive.payloads import headers_at, payload_at
from archive.run import Run
from archive.schema import Row
from archive.store import Archive
from archive.wire import Headers
from pipelines import READER_VERSION
from pipelines.attached import AttachedFile, with_attachments, with_files
from pipelines.parts import read_whole
from pipelines.reader import Context, read
from pipelines.stored import Group, Source

Reader = Callable[[bytes, Context], Report]

BATCH = 8
"""Groups that a process is given at once."""
AHEAD = 4
"""Batches a process that may wait: more would hold the memory of what nobody took yet."""

_KNOWN = frozenset(field.name for field in fields(Context))


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What the reader made of a payload: what it took it for, its document, and the parts that stand in the journal beside it, as JSON.

    `document` is None for what can't be read, and for what is known to have given no report.
    """

    kind: str
    document: Document | None
    furniture: list[Json]
    attachments: list[Json]


@dataclass(frozen=True, slots=True, kw_only=True)
class Derived:
    """What today's reader made of a source and its effect, or the sentence why there is nothing."""

    source: Source
    made: Made | None = None
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


def derive(root: Path, group: Group, *, reader: Reader = read, everything: bool = False) -> list[Derived]:
    """Return what the reader makes now of each capture of a group, read once for all that came with the same Content-Type.

    What this reader version has done already is taken from its document, and not in the answer; with `everything` it is read
    again. Never raises: what fails is said in `error`.
    """
    made: dict[str | None, Made] = {}
    effects: dict[_Pair, Effect] = {}
    found = []
    for source in group:
        try:
            kind = _content_type(headers_at(root / "captures", source.row, partial(_original, source)))
            if source.is_done and not everything:
                made.setdefault(kind, _done(root, source))
                continue
            if kind not in made:
                made[kind] = _made(root, source, kind, reader)
            found.append(_derived(root, source, made[kind], effects))
        except GongkaiError as error:
            found.append(Derived(source=source, error=str(error)))
        except Exception as bug:  # noqa: BLE001 - one capture that our reader fails on must not cost the others
            says = f"the reader failed, which is a mistake of ours: {type(bug).__name__}: {bug}"
            found.append(Derived(source=source, error=says))
    return found


def _content_type(headers: Headers) -> str | None:
    return next((value for name, value in headers if name.lower() == "content-type"), None)


def _done(root: Path, source: Source) -> Made:
    row = source.derivation
    kept = (
        Document(sha256=row["document"], payload=document_bytes(root / "documents", row["path"])) if row["document"] else None
    )
    return Made(kind=row["kind"], document=kept, furniture=loads(row["furniture"]), attachments=loads(row["attachments"]))


def _made(root: Path, source: Source, content_type: str | None, reader: Reader) -> Made:
    payload = payload_at(root / "captures", source.row, partial(_original, source)).body
    context = context_of_source(source, content_type)
    files = tuple(_attached(root, source))
    try:
        report = read_whole(payload, context, files, reader)
    except Unreadable:
        if source.derivation["document"]:
            raise
        return Made(kind="unreadable", document=None, furniture=[], attachments=[])
    # What an earlier reader named and nobody fetched is for this reader to name, or not.
    fetched = (Attachment(**each) for each in loads(source.derivation["attachments"]) if each["sha256"])
    report, _ = with_files(with_attachments(report, fetched), files, payload, context)
    document = make_document(report, READER_VERSION)
    return Made(kind=report.kind, document=document, furniture=plain(report.furniture), attachments=plain(report.attachments))


def context_of_source(source: Source, content_type: str | None) -> Context:
    """Return what was known of a capture when it was first read, from its derivation event and its header."""
    known = {name: value for name, value in loads(source.derivation["context"]).items() if name in _KNOWN}
    if listed := known.get("listed_on"):
        known["listed_on"] = date.fromisoformat(listed)
    url = source.row["url"]
    facts = {"content_type": content_type, "url": None if url.startswith("urn:") else url, **known}
    return Context(**facts, fetched_at=moment(source.row["fetched_at"]))


def _original(source: Source, capture: str) -> Row:
    if source.original is None:
        raise NotInArchive(f"the archive holds no capture {capture}, which {source.row['id']} refers to")
    return source.original


def _attached(root: Path, source: Source) -> Iterator[AttachedFile]:
    for one, row in source.files:
        yield AttachedFile(attachment=one, payload=payload_at(root / "captures", row, partial(_original, source)).body)


_Pair = tuple[str | None, str, str | None, str]


def _derived(root: Path, source: Source, made: Made, effects: dict[_Pair, Effect]) -> Derived:
    path, kind = source.derivation["path"], source.derivation["kind"]
    pair = path, kind, made.document.sha256 if made.document else None, made.kind
    if pair not in effects:
        before = document_bytes(root / "documents", path) if path else None
        effects[pair] = _effect(before, made.document.payload if made.document else None, (kind, made.kind))
    return Derived(source=source, made=made, effect=effects[pair])


def _effect(before: bytes | None, after: bytes | None, kinds: tuple[str, str]) -> Effect:
    if before and after and same_content(before, after):
        return NO_EFFECT
    old, new = (loads(each) if each else None for each in (before, after))
    return effect_on_page(old, new, kinds)


def derive_all(root: Path, found: Iterator[Group], processes: int, *, everything: bool = False) -> Iterator[Derived]:
    """Yield what the reader makes of all groups, in order; with one process in this one. No more is read ahead than is needed."""
    work = partial(derive, root, everything=everything)
    if processes == 1:
        for group in found:
            yield from work(group)
        return
    waiting: deque[tuple[list[Group], Future[list[Derived]]]] = deque()
    with _pool(processes) as pool:
        while batch := list(islice(found, BATCH)):
            waiting.append((batch, pool.submit(_batch, work, batch)))
            if len(waiting) > AHEAD * processes:
                yield from _result(work, *waiting.popleft())
        while waiting:
            yield from _result(work, *waiting.popleft())


Work = Callable[[Group], list[Derived]]


def _pool(processes: int) -> ProcessPoolExecutor:
    """Workers out of a process that has loaded the reader once, and holds none of the archive's locks."""
    server = multiprocessing.get_context("forkserver")
    server.set_forkserver_preload([__name__])
    return ProcessPoolExecutor(processes, mp_context=server, initializer=_end_with_parent)


def _end_with_parent() -> None:
    """End this worker when who started it is killed: its queue alone would not tell."""
    parent = multiprocessing.parent_process()

    def wait() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def _batch(work: Work, batch: list[Group]) -> list[Derived]:
    return [derived for group in batch for derived in work(group)]


def _result(work: Work, batch: list[Group], future: Future[list[Derived]]) -> list[Derived]:
    try:
        return future.result()
    except BrokenProcessPool:
        return [derived for group in batch for derived in _alone(work, group)]


def _alone(work: Work, group: Group) -> list[Derived]:
    """What a process makes of one group; a library that brings its process down costs this group only."""
    try:
        with _pool(1) as pool:
            return pool.submit(work, group).result()
    except BrokenProcessPool:
        return [Derived(source=source, error="the reader's process died over it") for source in group]


@dataclass
class Summary:
    """The sum of a re-derivation. Cells are counted once a document, however many captures gave it."""

    captures: int = 0
    reports: int = 0
    changed: int = 0
    gained: int = 0
    lost: int = 0
    failed: int = 0
    became: int = 0
    """Pages that were taken for no report before, by payload, and are one now."""
    ceased: int = 0
    """Documents of pages that are taken for no report any more."""
    renamed: int = 0
    """Documents that are now of another agency or year."""
    unversioned: int = 0
    """Documents that differ from what this very version made: then the version must rise."""

    def __post_init__(self) -> None:
        """Begin with no document told."""
        self._told: set[tuple[str, str]] = set()

    @property
    def is_loss(self) -> bool:
        """Whether something that was read before is not read any more: then the change of our reader is to be looked at."""
        return bool(self.lost or self.failed or self.ceased)

    def add(self, derived: Derived) -> bool:
        """Count one capture; say whether it is to be told: it failed, or it is the first whose document reads otherwise so."""
        self.captures += 1
        self.failed += derived.error is not None
        if derived.made is None or derived.effect.is_none:
            return derived.error is not None
        before, after = derived.source.derivation["document"], derived.made.document
        pair = before or derived.source.row["payload_sha256"], after.sha256 if after else derived.made.kind
        is_new = pair not in self._told
        if is_new:
            self._told.add(pair)
            self._count(derived.effect)
            self.unversioned += derived.source.derivation["reader_version"] == READER_VERSION
        return is_new

    def _count(self, effect: Effect) -> None:
        self.reports += 1
        self.changed += len(effect.changed)
        self.gained += len(effect.gained)
        self.lost += len(effect.lost)
        said = {name: (old, new) for name, old, new in effect.said}
        before, after = (kind == "annual_report" for kind in said.get("kind", ("", "")))
        self.became += after and not before
        self.ceased += before and not after
        self.renamed += before == after and not said.keys().isdisjoint(("agency", "report_year"))

    def __str__(self) -> str:
        cells = f"{self.changed} cells changed, {self.gained} gained, {self.lost} lost, in {self.reports} documents that differ"
        parts = (
            f"{self.captures} captures read by reader {READER_VERSION}: {cells}",
            f"{self.became} became reports, {self.ceased} ceased to be reports, {self.renamed} are of another agency or year",
            f"{self.failed} captures could not be read",
        )
        return "; ".join(parts)


def keep(archive: Archive, found: Iterator[Derived]) -> Iterator[Derived]:
    """Store what was derived as derivations of today's reader, in a run of its own; yield each after it was stored.

    What can't be read any more keeps its old document.
    """
    with archive.start_run("rederive", settings={"reader_version": READER_VERSION}) as run:
        for derived in found:
            if derived.made is not None:
                _store(run, derived.source, derived.made)
            yield derived


def _store(run: Run, source: Source, made: Made) -> None:
    """Store what was made of a capture as crawl and ingest do: the crawl keeps documents of reports, ingest of whatever it was given."""
    capture = capture_of(source.row, source.row["id"])
    context = loads(source.derivation["context"])
    if made.document is None or (made.kind != "annual_report" and source.row["record_type"] != "resource"):
        attachments = loads(source.derivation["attachments"])
        run.refuse(capture, made.kind, reader_version=READER_VERSION, attachments=attachments, context=context)
        return
    run.store_document(
        capture,
        made.document,
        reader_version=READER_VERSION,
        context=context,
        furniture=made.furniture,
        attachments=made.attachments,
    )

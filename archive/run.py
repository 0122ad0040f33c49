"""One run (a crawl, an ingest, a repair): the writing end of the archive. WARC → document → journal line, in this order."""

from __future__ import annotations

import mimetypes
import secrets
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

from archive.capture_files import CaptureFile, file_name, index_path, MAX_SIZE
from archive.catalog import Catalog, condemn
from archive.clock import day_folder, moment
from archive.codec import Json
from archive.documents import Document, document_path, make_document, write_document
from archive.durable import sync_folder
from archive.errors import AlreadyRunning, UnwritableArchive
from archive.facts import capture_of, drawing_facts, exchange_facts, plain, resource_facts
from archive.hashing import sha256_hex
from archive.journal import Journal
from archive.locks import Lock, portal_lock
from archive.model import Capture, Drawing, Exchange, Finding, Report
from archive.warc import conversion, exchange_records, Original, Record, resource
from archive.wire import Message, read_response

LOCK_WAIT = 600.0
"""Seconds to wait for another process that looks after the dead."""

OUTCOMES = ("finished", "nothing_found", "blocked", "failed", "stopped", "budget")


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of a report: its document, whether it is new to the archive, and a sentence for people."""

    document: str
    is_new: bool
    says: str


class Run:
    """A run that is going on. As a context manager it ends as `failed` when left by an exception, else as `finished`."""

    def __init__(
        self,
        root: Path,
        catalog: Catalog,
        kind: str,
        *,
        portal: str | None,
        settings: Mapping[str, Any],
        clock: Callable[[], datetime],
        max_size: int = MAX_SIZE,
    ) -> None:
        """Take the portal's lock and write the first journal line. Raises AlreadyRunning, UnwritableArchive."""
        started = clock()
        self.id = f"{started.strftime('%Y%m%dT%H%M%SZ')}-{kind}-{secrets.token_hex(4)}"
        self._day = day_folder(started)
        self._root = root
        self._catalog = catalog
        self._clock = clock
        self._max_size = max_size
        self._guard = threading.RLock()
        self._originals: dict[str, Original] = {}
        self._documents: dict[str, str] = {}
        self._unsaid: dict[str, str] = {}
        self._file: CaptureFile | None = None
        self._files = 0
        self._ended = False
        self._scratch = root / "tmp" / self.id
        self._portal_lock = portal_lock(root / "locks", portal) if portal else None
        self._alive = _living(root / "locks", self.id)
        self._journal = Journal(root / "journal", self.id, clock, self._day)
        try:
            self._locked_write("run_started", kind=kind, portal=portal, settings=plain(settings))
        except UnwritableArchive:
            self._release(is_ended=False)
            raise

    def record(self, exchange: Exchange) -> Capture:
        """Store an exchange durably and return its capture. Raises UnwritableArchive; then nothing of it is kept."""
        with self._guard, _writable(self._root):
            message = read_response(exchange.response) if exchange.response else None
            original = self._original(exchange, message)
            file = self._open_file()
            records = exchange_records(exchange, file.info, original)
            facts = exchange_facts(exchange, message, original)
            return self._keep(file, records, facts)

    def record_file(
        self, path: Path, payload: bytes, url: str | None, fetched_at: datetime, *, media_type: str | None = None
    ) -> Capture:
        """Store a file that came over no wire; without a URL it is named by its hash and its file name.

        The media type is guessed from the file's name where none is given. Raises UnwritableArchive.
        """
        with self._guard, _writable(self._root):
            file = self._open_file()
            target = url or f"urn:sha256:{sha256_hex(payload)}#{quote(path.name)}"
            kind = media_type or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
            record = resource(target, payload, kind, fetched_at, file.info)
            return self._keep(file, (record,), resource_facts(record, path.name))

    def record_drawing(self, drawing: Drawing) -> Capture:
        """Store a page as a browser drew it, beside the capture that it was drawn from. Raises UnwritableArchive."""
        with self._guard, _writable(self._root):
            file = self._open_file()
            record = conversion(drawing, file.info)
            return self._keep(file, (record,), drawing_facts(record, drawing))

    def store(
        self, capture: Capture, report: Report, *, reader_version: str, context: Mapping[str, Any] | None = None
    ) -> Stored:
        """Store a report's document if its bytes are new, and that this capture gave it. Raises UnwritableArchive."""
        document = make_document(report, reader_version)
        facts = {"furniture": plain(report.furniture), "attachments": plain(report.attachments)}
        known = self.store_document(capture, document, reader_version=reader_version, context=context, **facts)
        return Stored(document.sha256, known is None, _says(report, document.sha256, known))

    def store_document(
        self,
        capture: Capture,
        document: Document,
        *,
        reader_version: str,
        furniture: list[Json],
        attachments: list[Json],
        context: Mapping[str, Any] | None = None,
    ) -> str | None:
        """Store a document as `store` does, made elsewhere; return its path where the archive had it, None for a new one."""
        with self._guard, _writable(self._root):
            known = self._document_path(document.sha256)
            path = known or document_path(self._today(self._clock()), document.sha256)
            if not (self._root / "documents" / path).exists():
                self._unsaid[document.sha256] = path
                write_document(self._root / "documents", path, document, self._scratch)
            self._write(
                "derivation",
                capture=capture.id,
                url=capture.url,
                fetched_at=plain(capture.fetched_at),
                document=document.sha256,
                path=path,
                is_new=known is None,
                reader_version=reader_version,
                furniture=furniture,
                attachments=attachments,
                context=plain(context or {}),
            )
            self._documents[document.sha256] = path
            self._unsaid.pop(document.sha256, None)
            return known

    def refuse(
        self,
        capture: Capture,
        kind: str,
        *,
        reader_version: str,
        attachments: Sequence[Any] = (),
        context: Mapping[str, Any] | None = None,
    ) -> None:
        """Store that a reader found no annual report in a capture, and what it knew of it: a later reader may find one.

        `kind` is what it took it for, `unreadable` where it could not be read at all. Raises UnwritableArchive.
        """
        self._locked_write(
            "refusal",
            capture=capture.id,
            url=capture.url,
            fetched_at=plain(capture.fetched_at),
            kind=kind,
            reader_version=reader_version,
            attachments=plain(attachments),
            context=plain(context or {}),
        )

    def visited(self, capture: Capture, *, links: Sequence[str], page_kind: str) -> None:
        """Make it durable that a page was read and what it links to."""
        self._locked_write("visited", capture=capture.id, url=capture.url, page_kind=page_kind, links=list(links))

    def note(self, finding: Finding) -> None:
        """Store a finding: what a person should see."""
        facts: Json = plain(finding)
        self._locked_write("finding", **facts)

    def finish(self, outcome: str, counts: Mapping[str, int]) -> None:
        """End the run; its files are closed, its locks given back, and the catalog catches up."""
        if outcome not in OUTCOMES:
            raise ValueError(f"{outcome!r} is no outcome of a run: {', '.join(OUTCOMES)}")
        with self._guard, _writable(self._root):
            self._close_file()
            self._say_documents()
            self._write("run_ended", outcome=outcome, counts=dict(counts))
            self._release(is_ended=True)
            self._catalog.catch_up()

    def leave(self) -> None:
        """End the run without saying so: the next start takes it for a killed one, and brings to an end what it had begun."""
        with self._guard:
            self._release(is_ended=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._ended:
            return
        if kind is None:
            self.finish("finished", {})
            return
        with suppress(UnwritableArchive):
            self.finish("failed", {})
        if not self._ended:
            self._release(is_ended=False)

    # ------------------------------------------------------------------

    def adopt(self, event: str, /, **facts: Any) -> None:
        """Journal facts of another run's leftovers (repair)."""
        self._locked_write(event, **facts)

    def _say_documents(self) -> None:
        # Where the disk was full between a document and its line, the document is there all the same.
        for sha256, path in self._unsaid.items():
            if (self._root / "documents" / path).exists():
                self._write("document_found", document=sha256, path=path)

    def _locked_write(self, event: str, /, **facts: Any) -> None:
        with self._guard, _writable(self._root):
            self._write(event, **facts)

    def _write(self, event: str, /, **facts: Any) -> Json:
        if self._ended:
            raise UnwritableArchive(f"the run {self.id} has ended")
        return self._journal.append(event, **facts)

    def _keep(self, file: CaptureFile, records: Sequence[Record], facts: Json) -> Capture:
        before = file.size
        places = file.append(records)
        capture = records[0].id
        try:
            members = [each.to_json() for each in places]
            self._write("exchange", capture=capture, file=file.name, file_run=self.id, records=members, **facts)
        except OSError:
            file.take_back(before)
            raise
        file.index(records, places)
        kept = capture_of(facts, capture)
        self._remember(records[0], facts, kept)
        return kept

    def _remember(self, record: Record, facts: Json, capture: Capture) -> None:
        if record.type == "response" and capture.truncated is None:
            original = Original(capture=capture.id, url=capture.url, fetched_at=capture.fetched_at)
            self._originals.setdefault(facts["wire_sha256"], original)

    def _original(self, exchange: Exchange, message: Message | None) -> Original | None:
        if message is not None and message.status == 304 and exchange.confirms:
            return self._confirmed(exchange.confirms)
        if message is None or not message.body or message.problem or exchange.truncated:
            return None
        digest = sha256_hex(message.body)
        return self._originals.get(digest) or self._catalog_original(digest)

    def _catalog_original(self, digest: str) -> Original | None:
        row = self._catalog.one(_ORIGINAL, [digest])
        return Original(capture=row["id"], url=row["url"], fetched_at=moment(row["fetched_at"])) if row else None

    def _confirmed(self, capture: str) -> Original | None:
        row = self._catalog.one("SELECT * FROM captures WHERE id = ? AND record_type = 'response'", [capture])
        if row is None:
            return None
        digests = {name: row[name] for name in ("payload_sha256", "wire_sha256")}
        return Original(capture=row["id"], url=row["url"], fetched_at=moment(row["fetched_at"]), confirmed=digests)

    def _document_path(self, sha256: str) -> str | None:
        if sha256 in self._documents:
            return self._documents[sha256]
        row = self._catalog.one("SELECT path FROM documents WHERE sha256 = ?", [sha256])
        return row["path"] if row else None

    def _today(self, at: datetime) -> str:
        # A clock that is set back must not put anything into a day before the run's own: there nobody looks for what a kill left.
        self._day = max(self._day, day_folder(at))
        return self._day

    def _open_file(self) -> CaptureFile:
        at = self._clock()
        day = self._today(at)
        if self._file and (self._file.size >= self._max_size or not self._file.name.startswith(day)):
            self._close_file()
        if self._file is None:
            name = file_name(self.id, day, self._files)
            self._files += 1
            self._file = self._new_file(name, at)
        return self._file

    def _new_file(self, name: str, at: datetime) -> CaptureFile:
        try:
            file = CaptureFile(self._root / "captures", name, self.id, at)
            self._write("capture_file", file=name, file_run=self.id, records=[each.to_json() for each in file.opening])
        except OSError:
            path = self._root / "captures" / name
            path.unlink(missing_ok=True)
            index_path(path).unlink(missing_ok=True)
            raise
        return file

    def _close_file(self) -> None:
        if self._file:
            self._file.close(self._scratch)
            self._file = None

    def _release(self, *, is_ended: bool) -> None:
        self._ended = True
        self._journal.close()
        if self._file:
            self._file.let_go()
        shutil.rmtree(self._scratch, ignore_errors=True)
        # A run that could not say that it ended keeps its lock file: the next start takes it for a killed one.
        self._alive.release(remove=is_ended)
        if self._portal_lock:
            self._portal_lock.release()


_ORIGINAL = """
SELECT id, url, fetched_at FROM captures WHERE wire_sha256 = ? AND record_type = 'response' AND truncated IS NULL
ORDER BY fetched_at, id LIMIT 1
"""


def _living(locks: Path, run: str) -> Lock:
    lock = Lock(locks, f"run-{run}")
    # Between the making of its file and the taking of its lock, a start that repairs may take the run for a dead one, for a while.
    if not lock.take(wait=LOCK_WAIT):
        raise AlreadyRunning(f"the run {run} is going on already")
    # The lock's file is what tells the next start that this run was killed: it must outlive a power failure.
    sync_folder(locks)
    return lock


def _says(report: Report, sha256: str, known: str | None) -> str:
    name = report.agency.name if report.agency else "an unknown agency"
    what = f"{name}, {report.report_year or 'no year'}: document {sha256[:12]}"
    return f"{what} is stored already ({known}), no second one was written" if known else f"{what} is new"


@contextmanager
def _writable(root: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, sqlite3.OperationalError) as reason:
        raise UnwritableArchive(f"the archive {root} can't be written: {reason}") from reason
    except sqlite3.DatabaseError as reason:
        if not condemn(root / "catalog.db", reason):
            raise
        raise UnwritableArchive(f"the catalog of {root} is damaged ({reason}): the next start makes it anew") from reason

"""Local files into the archive: the capture first, then what was read from it (`python -m pipelines ingest`)."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from datetime import datetime, UTC
from pathlib import Path
from typing import Any

from archive.codec import Json
from archive.errors import Unreadable
from archive.model import Capture, Finding
from archive.run import Run
from pipelines import READER_VERSION
from pipelines.inputs import bug_sentence, read_payload
from pipelines.manifest import Entry
from pipelines.reader import Context, read


def ingest(run: Run, entry: Entry) -> Json:
    """Store an input's bytes as a capture and what it says as a document; return the line that tells of it.

    `outcome` is new or known (the document), missing (no such file) or unreadable (the capture is stored, with a finding).
    """
    try:
        payload = read_payload(entry.path)
    except Unreadable as problem:
        run.note(Finding(kind="missing_file", says=str(problem), url=entry.context.url))
        return {"path": entry.path, "outcome": "missing", "error": str(problem)}
    return _stored(run, entry, payload)


def _stored(run: Run, entry: Entry, payload: bytes) -> Json:
    context = entry.context
    capture = run.record_file(Path(entry.path), payload, context.url, context.fetched_at or datetime.now(UTC))
    try:
        report = read(payload, context)
    except Unreadable as problem:
        run.refuse(capture, "unreadable", reader_version=READER_VERSION, context=dict(_known(context)))
        return _noted(run, entry, capture, "unreadable", str(problem))
    except Exception as bug:  # noqa: BLE001 - the capture is stored, and the other files must be too
        traceback.print_exc()
        return _noted(run, entry, capture, "unreadable", bug_sentence(bug))
    stored = run.store(capture, report, reader_version=READER_VERSION, context=dict(_known(context)))
    return {
        "path": entry.path,
        "capture": capture.id,
        "outcome": "new" if stored.is_new else "known",
        "error": None,
        "document": stored.document,
        "says": stored.says,
        "kind": report.kind,
        "agency": report.agency.name if report.agency else None,
        "report_year": report.report_year,
    }


def _noted(run: Run, entry: Entry, capture: Capture, kind: str, says: str) -> Json:
    run.note(Finding(kind=kind, says=says, url=capture.url, capture=capture.id))
    return {"path": entry.path, "capture": capture.id, "outcome": kind, "error": says}


def _known(context: Context) -> Iterator[tuple[str, Any]]:
    """Yield what was known besides URL and time, which the capture has."""
    for name in ("title", "anchor", "content_type"):
        if value := getattr(context, name):
            yield name, value

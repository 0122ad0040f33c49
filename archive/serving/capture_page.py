"""One capture: what was asked, what came, and its bytes to take away. What a stranger's server sent is never shown as a page of ours."""

from __future__ import annotations

import re

from archive.errors import NotInArchive
from archive.facts import plain
from archive.records import find_capture
from archive.schema import Row
from archive.serving.answers import File, Page, Route
from archive.serving.asked import Query
from archive.serving.report_page import cell_of
from archive.serving.window import Window
from archive.takedowns import IS_HIDDEN

_OTHERS = f"""
SELECT c.id, c.fetched_at, c.status, c.failure, c.payload_sha256, c.record_type FROM captures c
WHERE c.url = ? AND NOT {IS_HIDDEN} ORDER BY c.fetched_at DESC, c.id DESC LIMIT 100
"""  # noqa: S608 - text of our own
_REPORTS = """
SELECT DISTINCT s.identity, o.title FROM sightings s JOIN documents o ON o.sha256 = s.document WHERE s.capture = ?
"""
_ROW = "SELECT * FROM captures WHERE id = ?"
_SUFFIX = {
    "text/html": "html",
    "application/pdf": "pdf",
    "application/msword": "doc",
    "application/json": "json",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
}


def _capture(window: Window, query: Query) -> Page:
    name = find_capture(window, query.needed("id"), query.text("at"))
    capture = window.capture(name)
    row = window.catalog.one(_ROW, [name]) or {}
    headers = [] if capture.failure and capture.status is None else [list(each) for each in window.payload_of(name).headers]
    where = query.text("cell")
    context = {
        "capture": capture,
        "row": row,
        "headers": headers,
        "cell": cell_of(window, name, where) if where else None,
        "asked_cell": where,
        "reports": list(window.catalog.rows(_REPORTS, [name])),
        "others": list(window.catalog.rows(_OTHERS, [capture.url])),
    }
    return Page(template="capture.html", context=context, as_json={**plain(capture), "headers": headers})


def _payload(window: Window, query: Query) -> File:
    name = find_capture(window, query.needed("id"))
    capture = window.capture(name)
    media = (capture.media_type or "").partition(";")[0].strip().lower()
    return File(payload=window.payload_of(name).body, name=f"{_plain(name)}.{_SUFFIX.get(media, 'bin')}")


def _record(window: Window, query: Query) -> File:
    """The capture's WARC record, before it that of its original where it needs one: what any player of WARC replays."""
    name = find_capture(window, query.needed("id"))
    capture = window.capture(name)
    row = window.catalog.one(_ROW, [name])
    if row is None:
        raise NotInArchive(f"the archive holds no capture {name}")
    original = window.catalog.one(_ROW, [capture.revisit_of]) if capture.revisit_of else None
    if original is not None:
        window.capture(original["id"])  # raises where it was taken down
    parts = [_bytes(window, each) for each in (original, row) if each is not None]
    return File(payload=b"".join(parts), name=f"{_plain(name)}.warc.gz", media_type="application/gzip")


def _bytes(window: Window, row: Row) -> bytes:
    with (window.root / "captures" / row["file"]).open("rb") as file:
        file.seek(row["offset"])
        payload: bytes = file.read(row["length"])
    return payload


def _plain(name: str) -> str:
    return re.sub(r"[^0-9A-Za-z-]", "-", name.removeprefix("urn:uuid:"))


CAPTURE = Route(path="/capture", answer=_capture, formats=("json",))
PAYLOAD = Route(path="/capture/payload", answer=_payload)
RECORD = Route(path="/capture/record", answer=_record)

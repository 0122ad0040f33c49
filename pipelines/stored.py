"""Stored captures that a reader was given before, whatever it took them for, brought together where the same reading is due to them.

A report is looked at many times and seldom changes: captures of one payload, of which the crawl knew the same, are read once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from archive.codec import loads
from archive.model import Attachment
from archive.schema import Row
from archive.store import Archive
from archive.takedowns import IS_HIDDEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A stored capture that was read before: its row, its original's row if it is a revisit, and its newest reading.

    `derivation` has `kind`, what the reader took it for; where that gave no document, `document` and `path` are None.
    """

    row: Row
    original: Row | None
    derivation: Row
    files: tuple[tuple[Attachment, Row], ...] = ()
    """The attachments whose bytes the archive holds, each with the row of a capture that has them."""
    is_done: bool = False
    """Whether the newest derivation is by the reader version that was asked for."""


Group = tuple[Source, ...]
"""Captures of one payload with the same context and the same files, oldest first."""


def groups(archive: Archive, version: str, *, everything: bool = False, portal: str | None = None) -> Iterator[Group]:
    """Yield what a reader version has to read; with `everything` also what it has read already.

    Captures that it has read stand in a group beside others that it has not: what it made of the payload is known then.
    """
    where = " AND r.portal = :portal" if portal else ""
    sql = _SOURCES.format(where=where)
    rows = archive.catalog.rows(sql, {"version": version, "portal": portal})
    for _, found in groupby(rows, key=_reading_key):
        group = tuple(_source(archive, row, version) for row in found)
        if everything:
            yield group
        elif not all(each.is_done for each in group):
            yield tuple(sorted(group, key=lambda each: not each.is_done))


def _reading_key(row: Row) -> tuple[str, ...]:
    return row["payload_sha256"] or row["id"], row["context"], row["attachments"]


def _source(archive: Archive, row: Row, version: str) -> Source:
    capture = {name: row[name] for name in _CAPTURE}
    original = archive.catalog.one(_ORIGINAL, [row["revisit_of"]]) if row["revisit_of"] else None
    is_done = row["reader_version"] == version
    return Source(row=capture, original=original, derivation=row, files=tuple(_files(archive, row)), is_done=is_done)


def _files(archive: Archive, derivation: Row) -> Iterator[tuple[Attachment, Row]]:
    if derivation["attachments"] == "[]":
        return
    for one in (Attachment(**each) for each in loads(derivation["attachments"])):
        row = archive.catalog.one(_FILE, [one.sha256]) if one.sha256 else None
        if row is not None:
            yield one, row


_CAPTURE = (
    *("id", "url", "fetched_at", "file", "offset", "length", "status", "media_type", "payload_sha256", "failure", "truncated"),
    *("revisit_of", "record_type"),
)
_KINDS_OF_READERS = ("explainer", "notice", "website_report", "rule_of_law_report", "statistics_annex", "empty", "unreadable")
"""What only a reader takes a page for: journals of the time before refusals tell by it that one has read the page."""
_SOURCES = f"""
SELECT c.*, d.context, d.attachments, d.furniture, d.document, d.reader_version, o.kind, o.path, o.agency, o.report_year
FROM captures c
JOIN derivations d ON d.event = (SELECT event FROM derivations WHERE capture = c.id ORDER BY at DESC, event DESC LIMIT 1)
JOIN documents o ON o.sha256 = d.document LEFT JOIN runs r ON r.id = c.run
WHERE NOT EXISTS (SELECT 1 FROM refusals f WHERE f.capture = c.id AND (f.at, f.event) > (d.at, d.event)) {{where}}
UNION ALL
SELECT c.*, f.context, f.attachments, '[]', NULL, f.reader_version, f.kind, NULL, NULL, NULL
FROM captures c
JOIN refusals f ON f.event = (SELECT event FROM refusals WHERE capture = c.id ORDER BY at DESC, event DESC LIMIT 1)
LEFT JOIN runs r ON r.id = c.run
WHERE NOT EXISTS (SELECT 1 FROM derivations d WHERE d.capture = c.id AND (d.at, d.event) > (f.at, f.event)) {{where}}
UNION ALL
SELECT c.*, '{{{{}}}}', '[]', '[]', NULL, NULL, 'other', NULL, NULL, NULL
FROM captures c LEFT JOIN runs r ON r.id = c.run
WHERE c.payload_sha256 IS NOT NULL AND c.id IN (
    SELECT capture FROM visits WHERE page_kind IN {_KINDS_OF_READERS}
    UNION SELECT capture FROM findings WHERE kind IN ('unread_report', 'unreadable')
    UNION SELECT id FROM captures WHERE record_type = 'resource')
AND NOT EXISTS (SELECT 1 FROM derivations WHERE capture = c.id) AND NOT EXISTS (SELECT 1 FROM refusals WHERE capture = c.id)
AND NOT {IS_HIDDEN} {{where}}
ORDER BY payload_sha256, context, attachments, fetched_at, id
"""  # noqa: S608 - text of our own
"""Every capture that a reader was given, by its newest reading: as a report, as none, and as none before journals had refusals."""
_FILE = """
SELECT id, url, file, [offset], [length], revisit_of FROM captures
WHERE payload_sha256 = ? AND record_type IN ('response', 'resource') AND record_type <> 'revisit' AND truncated IS NULL
  AND payload_sha256 NOT IN (SELECT payload_sha256 FROM takedowns WHERE payload_sha256 IS NOT NULL) ORDER BY fetched_at, id LIMIT 1
"""
"""What is no revisit is said again, by which SQLite knows its index of payloads: else each file would walk through all captures."""
_ORIGINAL = "SELECT id, file, [offset], [length] FROM captures WHERE id = ?"

"""The files of an article (附件) read after it, within bounds, and put beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from archive.errors import Unreadable
from archive.hashing import sha256_hex
from archive.model import Attachment, Report
from pipelines.attachments import sniff
from pipelines.reader import Context, read
from pipelines.readings import beside, ReadFile

MOST_FILES = 5
"""Files of one article that are read: a report comes in two or three formats, a page with more is a list."""

MOST_BYTES = 16 * 2**20
"""Largest file that is read beside an article that can be read itself."""

_PICTURES = "image/"


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachedFile:
    """A file that was fetched with an article: what the report calls it, and its bytes."""

    attachment: Attachment
    payload: bytes


def with_attachments(report: Report, fetched: Iterable[Attachment]) -> Report:
    """Return a report whose attachments carry the digests of the files that were fetched; files it did not name are added."""
    by_url = {one.url: one for one in fetched}
    named = tuple(by_url.pop(one.url, one) for one in report.attachments)
    return replace(report, attachments=(*named, *by_url.values()))


def with_files(
    report: Report, files: Iterable[AttachedFile], payload: bytes, context: Context
) -> tuple[Report, tuple[str, ...]]:
    """Return an annual report with its attachments' digests and tables, and a sentence for each file that can't be read.

    `payload` is what the report was read from: where that is itself one of the files it is not read twice. Its own further pages are in it already. Pictures are not read
    beside an article (OCR takes seconds a page), nor files beyond the bounds: a reason says so.
    """
    known = tuple(files)
    named = with_attachments(report, (one.attachment for one in known))
    if report.kind != "annual_report":
        return named, ()
    own = sha256_hex(payload)
    beside_it = (one for one in known if not one.attachment.is_part and sha256_hex(one.payload) != own)
    further = [one for one in beside_it if not sniff(one.payload).startswith(_PICTURES)]
    bounded = [one for one in further if len(one.payload) <= MOST_BYTES][:MOST_FILES]
    left = tuple(
        f"attachment “{one.attachment.name}” is not read: beyond {MOST_FILES} files or {MOST_BYTES} bytes"
        for one in further
        if one not in bounded
    )
    tried = list(_read(bounded, context))
    read_files = [one for one in tried if isinstance(one, ReadFile)]
    done = beside(replace(named, reasons=(*named.reasons, *left)), read_files)
    return done, tuple(one for one in tried if isinstance(one, str))


def _read(files: Iterable[AttachedFile], context: Context) -> Iterator[ReadFile | str]:
    """What each file is by itself: its own words say whose it is and of which year, not the page's."""
    for one in files:
        alone = Context(file_name=one.attachment.name, fetched_at=context.fetched_at, division=context.division)
        try:
            yield ReadFile(attachment=one.attachment, report=read(one.payload, alone))
        except Unreadable as error:
            yield f"The attachment {one.attachment.url} can't be read: {error}"

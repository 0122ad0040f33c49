"""The files of an article (附件) read after it, within bounds, and put beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from archive.checks import run_checks
from archive.errors import Unreadable
from archive.hashing import sha256_hex
from archive.model import Attachment, Report
from pipelines.attachments import sniff
from pipelines.attachments.optional import can_recognise, MISSING
from pipelines.checks import prose_checks
from pipelines.reader import Context, read
from pipelines.readings import beside, ReadFile
from pipelines.text_checks import text_checks

MOST_FILES = 5
"""Files of one article that are read: a report comes in two or three formats, a page with more is a list."""

MOST_BYTES = 16 * 2**20
"""Largest file that is read beside an article that can be read itself."""

MOST_PICTURES = 12
"""Pictures of one article that are read: a report of pictures has a page each."""

_PICTURES = "image/"
_SHORT = 400
"""Characters of a body below which a report without tables is its pictures."""


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

    `payload` is what the report was read from: where that is itself one of the files it is not read twice. Its own further pages are
    in it already. Pictures are read where the article has tables as pictures only, or no text of its own (OCR takes seconds each), and
    the recogniser is installed; nothing is read beyond the bounds. A reason says what was left.
    """
    known = tuple(files)
    named = with_attachments(report, (one.attachment for one in known))
    if report.kind != "annual_report":
        return named, ()
    own = sha256_hex(payload)
    beside_it = [one for one in known if not one.attachment.is_part and sha256_hex(one.payload) != own]
    shown = [one for one in beside_it if sniff(one.payload).startswith(_PICTURES)]
    bounded, left = _bounded([one for one in beside_it if one not in shown], MOST_FILES)
    if shown and is_pictured(report):
        pictures, further = _bounded(shown, MOST_PICTURES) if can_recognise() else ([], _missing(shown))
        bounded, left = [*bounded, *pictures], left + further
    tried = list(_read(bounded, context))
    read_files = [one for one in tried if isinstance(one, ReadFile)]
    done = beside(replace(named, reasons=(*named.reasons, *left)), read_files)
    whole = done if done.statistics.tables() == named.statistics.tables() else _checked_anew(done)
    return whole, tuple(one for one in tried if isinstance(one, str))


def _checked_anew(report: Report) -> Report:
    """The report with the checks of its tables as they are now that a file gave some; what compares readings stays."""
    statistics, figures = report.statistics, report.prose_figures
    compared = [check for check in report.checks if check.id.startswith("readings.")]
    checks = (
        *run_checks(statistics, report.agency.level if report.agency else None),
        *prose_checks(figures, statistics, report.body),
        *compared,
        *text_checks(report, statistics, figures),
    )
    return replace(report, checks=checks)


def is_pictured(report: Report) -> bool:
    """Say whether tables of a report, or all of it, may stand in the pictures of its page."""
    tables = report.statistics.tables().values()
    return any(table.status == "image_only" for table in tables) or (not tables and len(report.body) < _SHORT)


def _bounded(files: Sequence[AttachedFile], most: int) -> tuple[list[AttachedFile], tuple[str, ...]]:
    """The files within the bounds, and a sentence for each of the others."""
    kept = [one for one in files if len(one.payload) <= MOST_BYTES][:most]
    says = "attachment “{}” is not read: beyond {} files or {} bytes"
    return kept, tuple(says.format(one.attachment.name, most, MOST_BYTES) for one in files if one not in kept)


def _missing(files: Sequence[AttachedFile]) -> tuple[str, ...]:
    return tuple(f"attachment “{one.attachment.name}” is not read: {MISSING}" for one in files)


def _read(files: Iterable[AttachedFile], context: Context) -> Iterator[ReadFile | str]:
    """What each file is by itself: its own words say whose it is and of which year, not the page's."""
    for one in files:
        alone = Context(file_name=one.attachment.name, fetched_at=context.fetched_at, division=context.division)
        try:
            yield ReadFile(attachment=one.attachment, report=read(one.payload, alone))
        except Unreadable as error:
            yield f"The attachment {one.attachment.url} can't be read: {error}"

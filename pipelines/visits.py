"""What a crawl hands to the item pipelines: one visit a fetched page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from archive.model import Capture, Report
from pipelines.attached import AttachedFile
from pipelines.reader import Context


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A payload that may be a report. `payload` is the entity body with its codings undone; `files` hang on it, as fetched.

    `is_titled` says that the link to it was titled as an annual report: if it can't be read as one, a person must know.
    """

    payload: bytes
    capture: Capture
    context: Context
    files: tuple[AttachedFile, ...] = ()
    is_titled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One visited page. `links` are durable after the visit is recorded; then `ended` is called with the page's final kind."""

    url: str
    capture: Capture
    page_kind: str
    links: tuple[str, ...]
    ended: Callable[[str], None]
    candidate: Candidate | None = None
    report: Report | None = None

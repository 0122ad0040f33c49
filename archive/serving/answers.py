"""What a page answers: a template with its context, a table that people may also take as CSV or JSON, or a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from archive.codec import Json
from archive.serving.asked import Query
from archive.serving.window import Window


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """An HTML page: its template, what it shows, and what it gives as JSON (None: nothing)."""

    template: str
    context: Mapping[str, Any]
    as_json: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """Bytes that a browser saves: never shown, whatever they are."""

    payload: bytes
    name: str
    media_type: str = "application/octet-stream"
    is_shown: bool = False
    """Whether it is of our own making (a feed), so that a browser may show it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Some rows of a listing, and where the next part begins: None after the last."""

    rows: Sequence[Json]
    after: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A listing that is shown part by part, and given whole as CSV, or part by part as JSON."""

    columns: Sequence[str]
    part: Callable[[Window, Query, str | None, int], Part]
    """The rows behind a place (None: from the start), at most so many."""
    page: Callable[[Window, Query, Part], Page]


Answer = Page | File
Handler = Callable[[Window, Query], Answer]


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A page's address without suffix, and how it answers: a handler, or a listing with `.csv` and `.json`."""

    path: str
    answer: Handler | Listing
    formats: Sequence[str] = field(default=())
    """Suffixes that a handler answers by itself, beside HTML: json."""

"""Manifests: JSON Lines that give, for each path, what a crawl would know about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, UTC
from pathlib import Path
from typing import Any

from archive.codec import loads
from archive.errors import Misuse
from pipelines.reader import Context


@dataclass(frozen=True, slots=True)
class Entry:
    """One row: the path as written, and the context of the input."""

    path: str
    context: Context


def read_manifest(path: Path) -> tuple[Entry, ...]:
    """Return the rows of a manifest in order. Raises Misuse, naming the line, for one that is no object with a path."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise Misuse(f"the manifest {path} can't be read: {problem}") from problem
    rows = enumerate(text.splitlines(), start=1)
    return tuple(_entry(line, f"{path}, line {number}") for number, line in rows if line.strip())


def _entry(line: str, place: str) -> Entry:
    try:
        row = loads(line)
    except ValueError as problem:
        raise Misuse(f"the manifest is broken at {place}: {problem}") from problem
    if not isinstance(row, dict) or not isinstance(row.get("path"), str) or not row["path"]:
        raise Misuse(f"the manifest is broken at {place}: a row is a JSON object with a path, this is {line[:60]}")
    try:
        return Entry(row["path"], context_of(row))
    except (TypeError, ValueError) as problem:
        raise Misuse(f"the manifest is broken at {place}: {problem}") from problem


def context_of(row: Mapping[str, Any]) -> Context:
    """Return the context of a row. Raises ValueError for a time or date that is none, TypeError for one that is no text."""
    fetched, listed = row.get("fetched_at"), row.get("listed_on")
    return Context(
        url=_text(row, "url"),
        title=_text(row, "title"),
        anchor=_text(row, "anchor"),
        content_type=_text(row, "content_type"),
        fetched_at=_instant(fetched) if fetched else None,
        listed_on=date.fromisoformat(listed) if listed else None,
    )


def _text(row: Mapping[str, Any], key: str) -> str | None:
    value = row.get(key)
    if value is not None and not isinstance(value, str):
        raise TypeError(f"{key} is text, not {value!r}")
    return value or None


def _instant(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)

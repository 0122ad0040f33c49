"""Formats that a researcher takes away: one module each, with `NAME`, `ABOUT` and `write(records, out)`.

A new format is a new file in this folder: `FORMATS` is read from it. Records are those of `archive.records.record_json`.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from pkgutil import iter_modules
from typing import Protocol, TextIO

from archive.codec import Json


class Format(Protocol):
    """What a module of this folder offers."""

    NAME: str
    ABOUT: str

    def write(self, records: Iterable[Json], out: TextIO) -> None:
        """Write the records one by one to a text stream (UTF-8, no newline translation)."""


def _formats() -> dict[str, Format]:
    modules = (import_module(f"{__name__}.{each.name}") for each in iter_modules(__path__))
    return {module.NAME: module for module in modules}


FORMATS = _formats()
"""Every format by its name."""

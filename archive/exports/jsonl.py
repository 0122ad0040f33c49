"""JSON Lines: a report a line, whole, by the contract of `DESIGN.md` §6."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TextIO

from archive.codec import dumps, Json

NAME = "jsonl"
ABOUT = "a report a line, whole"


def write(records: Iterable[Json], out: TextIO) -> None:
    """Write each record as one line of JSON with exact numbers."""
    out.writelines(dumps(record) + "\n" for record in records)

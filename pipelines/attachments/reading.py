"""What a reader of one file type hands back, and the limits that every reader keeps."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.statistics.grid import Grid

MAX_FILE = 64 * 2**20
"""Largest file read, in bytes; the largest genuine report seen is a scan of about 30 MB."""

MAX_PAGES = 200
"""Most pages of a paged file; reports have 4 to 20, yearbooks that hold one come near 200."""

MAX_CELLS = 20_000
"""Most cells of all tables of a file; the three statutory tables have about 300."""

MAX_TEXT = 2_000_000
"""Most characters of a file; a long report has 30,000."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReading:
    """A file's whole text in reading order (tables' rows as lines, cells parted by tabs) and its tables as grids.

    `image_only` means there is no text layer and no recogniser read the pictures; `recognised` means that the text was
    recognised from pictures (OCR), so that every number needs `confirm`. `html` is set where the file is only the wrapper
    of a page (MHT, gzip, ZIP): read that instead. `notes` are sentences for the report's reasons.
    """

    text: str
    grids: tuple[Grid, ...]
    media_type: str
    title: str | None = None
    image_only: bool = False
    recognised: bool = False
    html: bytes | None = None
    notes: tuple[str, ...] = ()

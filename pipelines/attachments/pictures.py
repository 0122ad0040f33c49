"""Picture files (PNG, JPEG, TIFF …) of a report's pages."""

from __future__ import annotations

import io

from PIL import Image, ImageSequence, UnidentifiedImageError

from archive.errors import Refused, Unreadable
from pipelines.attachments.layout import read_pages
from pipelines.attachments.optional import can_recognise, MISSING
from pipelines.attachments.reading import FileReading
from pipelines.attachments.recognise import page_of
from pipelines.attachments.sniffing import sniff

MAX_PIXELS = 40_000_000
"""Most pixels of a picture: an A4 page at 600 dpi has 35 million."""

MAX_FRAMES = 20
"""Most pictures of one file (TIFF) that are read."""

MAX_SIDE = 1_760
"""Pixels that the longer side is brought down to: more does not help the recogniser."""

_SMALLEST = 200


def read_picture(payload: bytes) -> FileReading:
    """Return what is recognised on a picture of a page, or `image_only` with a note where the recogniser is not installed.

    Raises Refused for an outsized picture, Unreadable for a damaged one or one too small to be a page.
    """
    pictures = _frames(payload)
    if not can_recognise():
        return FileReading(text="", grids=(), media_type=sniff(payload), image_only=True, notes=(MISSING,))
    text, grids = read_pages([page_of(picture, number) for number, picture in enumerate(pictures, 1)])
    return FileReading(text=text, grids=grids, media_type=sniff(payload), image_only=not text, recognised=True)


def shrunk(picture: Image.Image) -> Image.Image:
    """Return a picture whose longer side has at most `MAX_SIDE` pixels."""
    factor = MAX_SIDE / max(picture.size)
    return picture if factor >= 1 else picture.resize((round(picture.width * factor), round(picture.height * factor)))


def _frames(payload: bytes) -> list[Image.Image]:
    try:
        with Image.open(io.BytesIO(payload)) as opened:
            width, height = opened.size
            if width * height > MAX_PIXELS:
                raise Refused(f"The picture has {width} × {height} pixels, more than {MAX_PIXELS}.")
            if min(width, height) < _SMALLEST:
                raise Unreadable(f"The picture has {width} × {height} pixels: it is too small to be a page.")
            if getattr(opened, "n_frames", 1) > MAX_FRAMES:
                raise Refused(f"The picture file holds more than {MAX_FRAMES} pictures.")
            return [shrunk(frame.convert("RGB")) for frame in ImageSequence.Iterator(opened)]
    except (UnidentifiedImageError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Unreadable(f"The picture is damaged: {error}") from error

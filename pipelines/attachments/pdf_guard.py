"""PDF bombs, found before anything unpacks them: streams far larger than a report's, filters upon filters, huge pictures."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

from archive.errors import Refused

MAX_CONTENT = 48 * 2**20
"""Most bytes that all streams other than pictures and fonts may unpack to; a long report's have about 2 MB."""

MAX_STREAM = 256 * 2**20
"""Largest picture or font, unpacked, in bytes: an A4 scan in colour at 600 dpi has 105 MB."""

_STREAM = re.compile(rb"stream\r?\n")
_PACKED = re.compile(rb"/(?:FlateDecode|Fl)\b")
_PICTURE = re.compile(rb"/Subtype\s*/Image\b")
_FONT = re.compile(rb"/Length1\b|/Subtype\s*/(?:CIDFontType0C|Type1C|OpenType)\b")
_SIDE = re.compile(rb"/(?:Width|Height)\s+(\d{1,9})")
_LOOK_BACK = 1_024
_STEP = 1 << 20


def refuse_bomb(payload: bytes) -> None:
    """Raise Refused for a PDF whose streams unpack to more than any report's would."""
    content = 0
    for dictionary, start in _streams(payload):
        _refuse_picture(dictionary)
        filters = len(_PACKED.findall(dictionary))
        if filters > 1:
            raise Refused("The PDF packs a stream twice, as bombs do.")
        if filters:
            large = _PICTURE.search(dictionary) or _FONT.search(dictionary)
            limit = MAX_STREAM if large else MAX_CONTENT - content
            size = _unpacked_size(payload, start, limit)
            content += 0 if large else size
            if size > limit:
                raise Refused(f"The PDF's streams unpack to more than {MAX_STREAM if large else MAX_CONTENT} bytes.")


def _streams(payload: bytes) -> Iterator[tuple[bytes, int]]:
    """Yield each stream's dictionary (what precedes it since the object began) and where its bytes begin."""
    for found in _STREAM.finditer(payload):
        before = payload[max(0, found.start() - _LOOK_BACK) : found.start()]
        if before.rstrip().endswith(b">>"):
            yield before.rpartition(b" obj")[2], found.end()


def _refuse_picture(dictionary: bytes) -> None:
    sides = [int(side) for side in _SIDE.findall(dictionary)]
    if _PICTURE.search(dictionary) and len(sides) == 2 and sides[0] * sides[1] > MAX_STREAM // 3:
        raise Refused(f"The PDF holds a picture of {sides[0]} × {sides[1]} pixels.")


def _unpacked_size(payload: bytes, start: int, limit: int) -> int:
    """Return how many bytes a stream unpacks to, counted no further than just past the limit; damage ends the count."""
    unpacker = zlib.decompressobj()
    size = 0
    packed = payload[start : start + _STEP]
    try:
        while packed and size <= limit and not unpacker.eof:
            size += len(unpacker.decompress(packed, _STEP))
            start += 0 if unpacker.unconsumed_tail else _STEP
            packed = unpacker.unconsumed_tail or payload[start : start + _STEP]
    except zlib.error:
        return size
    return size

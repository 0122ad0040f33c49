"""A picture without a library: a grey page with black bars, standing in for a scanned report."""

from __future__ import annotations

import struct
import zlib
from random import Random


def scan(name: str, width: int = 620, height: int = 877) -> bytes:
    """Return a greyscale PNG that looks like a page of text from afar; the same name gives the same picture."""
    dice = Random(name)
    rows = b"".join(b"\0" + _line(dice, y, width) for y in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(rows, 9)) + _chunk(b"IEND", b"")


def _line(dice: Random, y: int, width: int) -> bytes:
    if y < 60 or y % 24 > 10:
        return b"\xf4" * width
    ink = dice.randint(width // 2, width - 80)
    return b"\xf4" * 40 + b"\x20" * (ink - 40) + b"\xf4" * (width - ink)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

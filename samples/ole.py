"""OLE2 compound files ([MS-CFB] version 3): the container of .doc and .wps."""

from __future__ import annotations

import struct
from collections.abc import Mapping

SECTOR = 512
END, FREE, FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD


def ole(streams: Mapping[str, bytes]) -> bytes:
    """Return streams in an OLE2 compound file ([MS-CFB] version 3); each is padded to 4096 bytes, so there is no mini FAT."""
    bodies = {name: body.ljust(max(4096, -(-len(body) // SECTOR) * SECTOR), b"\0") for name, body in streams.items()}
    directory_at = sum(len(body) for body in bodies.values()) // SECTOR
    directory = _directory(bodies)
    used = directory_at + len(directory) // SECTOR
    fat_size = next(size for size in range(1, 100) if size * 128 >= used + size)
    fat = _fat([len(body) // SECTOR for body in (*bodies.values(), directory)], used, fat_size)
    return _ole_header(directory_at, used, fat_size) + b"".join(bodies.values()) + directory + fat


def _fat(runs: list[int], used: int, fat_size: int) -> bytes:
    chain: list[int] = []
    for run in runs:
        chain += [*range(len(chain) + 1, len(chain) + run), END]
    chain += [FAT] * fat_size
    chain += [FREE] * (fat_size * 128 - used - fat_size)
    return struct.pack(f"<{len(chain)}I", *chain)


def _ole_header(directory_at: int, fat_at: int, fat_size: int) -> bytes:
    magic = bytes.fromhex("D0CF11E0A1B11AE1") + bytes(16)
    shape = struct.pack(
        "<HHHHH6xIIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, fat_size, directory_at, 0, 4096, END, 0, END, 0, fat_at
    )[:-4]
    places = [*range(fat_at, fat_at + fat_size), *[FREE] * (109 - fat_size)]
    return magic + shape + struct.pack("<109I", *places)


def _directory(bodies: Mapping[str, bytes]) -> bytes:
    """Root, then the streams as one right-leaning chain of siblings in the order of [MS-CFB] 2.6.4 (length, then name)."""
    entries = [_entry("Root Entry", 5, child=1, start=END, size=0)]
    starts = dict(zip(bodies, _starts(list(bodies.values())), strict=True))
    ordered = sorted(bodies, key=lambda name: (len(name), name.upper()))
    for number, name in enumerate(ordered, start=1):
        right = number + 1 if number < len(ordered) else FREE
        entries.append(_entry(name, 2, right=right, start=starts[name], size=len(bodies[name])))
    return b"".join(entries).ljust(-(-len(entries) // 4) * SECTOR, b"\0")


def _starts(bodies: list[bytes]) -> list[int]:
    return [sum(len(body) for body in bodies[:number]) // SECTOR for number in range(len(bodies))]


def _entry(name: str, kind: int, *, start: int, size: int, child: int = FREE, right: int = FREE) -> bytes:
    encoded = (name + "\0").encode("utf-16-le")
    links = struct.pack("<BBIII", kind, 1, FREE, right, child)
    return encoded.ljust(64, b"\0") + struct.pack("<H", len(encoded)) + links + bytes(36) + struct.pack("<IQ", start, size)

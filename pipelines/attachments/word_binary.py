"""The Word 97–2003 binary format (also written by WPS) as characters and paragraph properties.

Source: [MS-DOC], Microsoft's open specification: FIB (2.5), Clx and pieces (2.8.35, 2.9.38), formatted disk pages of
properties (2.9.23, 2.9.33), and the property modifiers named below (2.6).
"""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from archive.errors import Refused, Unreadable
from pipelines.attachments.reading import MAX_TEXT

_WORD97 = 0xA5EC
_ENCRYPTED, _TABLE_1 = 0x0100, 0x0200
_PAGE = 512
_PAIR_CHPX, _PAIR_PAPX, _PAIR_CLX = 12, 13, 33
_COMPRESSED = 0x4000_0000

IN_TABLE, ROW_END = 0x2416, 0x2417
TABLE_DEFINITION, VERTICAL_MERGE = 0xD608, 0xD62B
_HUGE = (0x6645, 0x6646)
_DELETED, _HIDDEN = 0x0800, 0x083C
_LONG_TABS = 0xC615
_SIZES = (1, 1, 2, 4, 2, 2, 0, 3)

Properties = Mapping[int, bytes]
"""Operands of property modifiers by their code; the last one of a code counts, vertical merges are strung together."""

_PropertyReader = Callable[[bytes, int, int], Properties]


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of characters that lies at `offset` of the stream, in `width` bytes a character."""

    first: int
    text: str
    offset: int
    width: int


@dataclass(frozen=True, slots=True)
class Ranges:
    """Properties of stretches of the stream: `starts` ascending, `values[i]` from `starts[i]` to `ends[i]`."""

    starts: tuple[int, ...]
    ends: tuple[int, ...]
    values: tuple[Properties, ...]

    def at(self, offset: int) -> Properties:
        """Return the properties at an offset of the stream; empty where none are written."""
        i = bisect_right(self.starts, offset) - 1
        return self.values[i] if i >= 0 and offset < self.ends[i] else {}


@dataclass(frozen=True, slots=True)
class WordFile:
    """The main text of a Word file, run by run, with its paragraph and character properties."""

    runs: tuple[Run, ...]
    paragraphs: Ranges
    characters: Ranges

    def marks(self) -> Iterator[tuple[str, int]]:
        """Yield each printed character with its offset; deleted and hidden ones are left out, but never a mark."""
        for run in self.runs:
            for i, character in enumerate(run.text):
                offset = run.offset + i * run.width
                if character in "\r\x07\x0c" or not _is_gone(self.characters.at(offset)):
                    yield character, offset


def is_macro_storage(name: str) -> bool:
    """Tell whether an OLE storage of this name holds macros."""
    return name.lower() in ("macros", "_vba_project_cur", "vba")


def parse_word(main: bytes, tables: Mapping[str, bytes], data: bytes) -> WordFile:
    """Return a Word file from its streams: WordDocument, 0Table/1Table by name, and Data (empty where there is none).

    Raises Refused for an encrypted file, Unreadable for Word 95 or older and for a damaged one.
    """
    if len(main) < 0x200 or struct.unpack_from("<H", main)[0] != _WORD97:
        raise Unreadable("The DOC was written by Word 95 or older, which is not read; save it as DOCX.")
    flags = struct.unpack_from("<H", main, 0x0A)[0]
    if flags & _ENCRYPTED:
        raise Refused("The DOC is encrypted.")
    name = "1Table" if flags & _TABLE_1 else "0Table"
    if name not in tables:
        raise Unreadable(f"The DOC is damaged: it has no stream {name!r}.")
    try:
        return _parsed(main, tables[name], data)
    except (struct.error, IndexError) as error:
        raise Unreadable(f"The DOC is damaged: {error}") from error


def _parsed(main: bytes, table: bytes, data: bytes) -> WordFile:
    words = struct.unpack_from("<H", main, 0x20)[0]
    longs = 0x22 + 2 * words
    length = struct.unpack_from("<i", main, longs + 2 + 4 * 3)[0]
    pairs = longs + 2 + 4 * struct.unpack_from("<H", main, longs)[0] + 2
    if not 0 <= length <= MAX_TEXT:
        raise Refused(f"The DOC says that it has {length} characters.")
    return WordFile(
        runs=tuple(_runs(main, _part(main, table, pairs, _PAIR_CLX), length)),
        paragraphs=_ranges(main, _part(main, table, pairs, _PAIR_PAPX), lambda page, i, count: _papx(page, i, count, data)),
        characters=_ranges(main, _part(main, table, pairs, _PAIR_CHPX), _chpx),
    )


def _part(main: bytes, table: bytes, pairs: int, index: int) -> bytes:
    start, length = struct.unpack_from("<II", main, pairs + 8 * index)
    return table[start : start + length]


def _runs(main: bytes, clx: bytes, length: int) -> Iterator[Run]:
    at = 0
    while clx[at] == 1:
        at += 3 + struct.unpack_from("<H", clx, at + 1)[0]
    if clx[at] != 2:
        raise Unreadable("The DOC is damaged: its piece table is missing.")
    size = struct.unpack_from("<I", clx, at + 1)[0]
    pieces = clx[at + 5 : at + 5 + size]
    count = (len(pieces) - 4) // 12
    ends = struct.unpack_from(f"<{count + 1}I", pieces)
    for i in range(count):
        first, last = ends[i], min(ends[i + 1], length)
        if first < last:
            yield _run(main, first, last - first, struct.unpack_from("<I", pieces, 4 * (count + 1) + 8 * i + 2)[0])


def _run(main: bytes, first: int, length: int, place: int) -> Run:
    if place & _COMPRESSED:
        offset = (place & ~_COMPRESSED) // 2
        text = main[offset : offset + length].decode("cp1252", "replace")
        return Run(first, _whole(text, length), offset, 1)
    encoded = main[place : place + 2 * length]
    characters = (encoded[i : i + 2].decode("utf-16-le", "surrogatepass") for i in range(0, len(encoded) - 1, 2))
    return Run(first, _whole("".join(characters), length), place, 2)


def _whole(text: str, length: int) -> str:
    if len(text) != length:
        raise Unreadable(f"The DOC is damaged: a piece of {length} characters has only {len(text)}.")
    return text


def _ranges(main: bytes, index: bytes, read: _PropertyReader) -> Ranges:
    found: list[tuple[int, int, Properties]] = []
    count = max(0, (len(index) - 4) // 8)
    for number in struct.unpack_from(f"<{count}I", index, 4 * (count + 1)) if count else ():
        page = main[(number & 0x3F_FFFF) * _PAGE :][:_PAGE]
        if len(page) == _PAGE:
            found += _page_ranges(page, read)
    found.sort(key=lambda entry: entry[0])
    return Ranges(tuple(f[0] for f in found), tuple(f[1] for f in found), tuple(f[2] for f in found))


def _page_ranges(page: bytes, read: _PropertyReader) -> Iterator[tuple[int, int, Properties]]:
    count = min(page[-1], (_PAGE - 5) // 5)
    bounds = struct.unpack_from(f"<{count + 1}I", page)
    for i in range(count):
        yield bounds[i], bounds[i + 1], read(page, i, count)


def _chpx(page: bytes, i: int, count: int) -> Properties:
    at = 2 * page[4 * (count + 1) + i]
    return _modifiers(page[at + 1 : at + 1 + page[at]]) if at else {}


def _papx(page: bytes, i: int, count: int, data: bytes) -> Properties:
    at = 2 * page[4 * (count + 1) + 13 * i]
    if not at:
        return {}
    start, size = (at + 1, 2 * page[at] - 1) if page[at] else (at + 2, 2 * page[at + 1])
    found = _modifiers(page[start + 2 : start + size])
    place = next((found[code] for code in _HUGE if code in found), None)
    return found if place is None else {**found, **_modifiers(_huge(data, place))}


def _huge(data: bytes, place: bytes) -> bytes:
    """Return the properties of a paragraph whose list is too long for its page (wide tables): they lie in the Data stream."""
    at = int.from_bytes(place, "little")
    return data[at + 2 : at + 2 + int.from_bytes(data[at : at + 2], "little")]


def _modifiers(packed: bytes) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    at = 0
    while at + 2 < len(packed):
        code = int.from_bytes(packed[at : at + 2], "little")
        start, size = _operand(code, packed, at + 2)
        if code == VERTICAL_MERGE:
            found[code] = found.get(code, b"") + packed[start : start + size]
        else:
            found[code] = packed[start : start + size]
        at = start + size
    return found


def _operand(code: int, packed: bytes, at: int) -> tuple[int, int]:
    size = _SIZES[code >> 13]
    if size:
        return at, size
    if code == TABLE_DEFINITION:
        return at + 2, max(0, int.from_bytes(packed[at : at + 2], "little") - 1)
    if code == _LONG_TABS and packed[at] == 255:
        return at + 1, len(packed)
    return at + 1, packed[at]


def _is_gone(properties: Properties) -> bool:
    return any(properties.get(code, b"\0")[:1] == b"\x01" for code in (_DELETED, _HIDDEN))

"""Word 97 files of a report ([MS-DOC]): text in one piece, and tables by the properties of their paragraphs.

Holds what a reader of text and tables needs, and no more: Word itself would miss the styles.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from itertools import accumulate

from samples.ole import ole
from samples.pdf import spread
from samples.reports import SampleReport
from samples.tables import Rows

Paragraph = tuple[str, bytes]
"""Text with its closing mark, and the property modifiers that differ from none."""

PAGE = 512
TEXT_AT = 3 * PAGE
CELL = struct.pack("<HB", 0x2416, 1)
ROW_END = CELL + struct.pack("<HB", 0x2417, 1)
ALONE, CONTINUED, RESTARTED = 0, 1 << 5, 3 << 5
WIDTH = 13_000
"""Width of a table in twips."""


def doc_of(report: SampleReport) -> bytes:
    """Return a report as a Word 97 file; the same report always gives the same bytes."""
    paragraphs = [(f"{report.title}\r", b""), *(one for block in report.blocks() for one in _paragraphs(block))]
    text = "".join(words for words, _ in paragraphs)
    body = _padded(text.encode("utf-16-le"))
    edges = [TEXT_AT + 2 * count for count in accumulate((len(words) for words, _ in paragraphs), initial=0)]
    pages = list(_property_pages(edges, [properties for _, properties in paragraphs]))
    first = (TEXT_AT + len(body)) // PAGE
    index = _index(pages, first, edges[-1])
    table = _clx(len(text)) + index
    head = _fib(len(text), len(table) - len(index), len(index))
    return ole({"WordDocument": head + body + b"".join(page for _, page in pages), "1Table": table})


def _padded(content: bytes) -> bytes:
    return content.ljust(-(-len(content) // PAGE) * PAGE, b"\0")


def _paragraphs(block: str | Rows) -> Iterator[Paragraph]:
    if isinstance(block, str):
        yield f"{block}\r", b""
        return
    grid, spans = spread(block)
    owners = {(x, y): (x, y, x, y) for y, row in enumerate(grid) for x in range(len(row))}
    for (left, top), (right, bottom) in spans:
        owners |= {(x, y): (left, top, right, bottom) for x in range(left, right + 1) for y in range(top, bottom + 1)}
    for y, texts in enumerate(grid):
        yield from _row(texts, y, [owners[x, y] for x in range(len(texts)) if owners[x, y][0] == x])


def _row(texts: Sequence[str], y: int, owners: list[tuple[int, int, int, int]]) -> Iterator[Paragraph]:
    for left, top, _, _ in owners:
        yield f"{texts[left] if top == y else ''}\a", CELL
    merges = [ALONE if top == bottom else RESTARTED if top == y else CONTINUED for _, top, _, bottom in owners]
    edges = [left * WIDTH // len(texts) for left, _, _, _ in owners] + [WIDTH]
    definition = bytes([len(owners)]) + struct.pack(f"<{len(edges)}h", *edges)
    definition += b"".join(struct.pack("<HH16x", merge, 0) for merge in merges)
    yield "\a", ROW_END + struct.pack("<HH", 0xD608, len(definition) + 1) + definition


def _property_pages(edges: list[int], properties: list[bytes]) -> Iterator[tuple[int, bytes]]:
    """[MS-DOC] 2.9.185 PapxFkp: as many paragraphs a page as fit; gives each page with the offset of its first text."""
    start = 0
    while start < len(properties):
        end = start + 1
        while end < len(properties) and _size(properties[start : end + 1]) <= PAGE:
            end += 1
        yield edges[start], _property_page(edges[start : end + 1], properties[start:end])
        start = end


def _size(properties: list[bytes]) -> int:
    return 1 + 4 + 17 * len(properties) + sum(len(_stored(one)) + 1 for one in dict.fromkeys(properties) if one)


def _stored(modifiers: bytes) -> bytes:
    """[MS-DOC] 2.9.186 PapxInFkp: the style (0), then the modifiers, with a count of words that says odd from even."""
    content = struct.pack("<H", 0) + modifiers
    if len(content) % 2:
        return bytes([(len(content) + 1) // 2]) + content
    return bytes([0, len(content) // 2]) + content


def _property_page(edges: list[int], properties: list[bytes]) -> bytes:
    places: dict[bytes, int] = {b"": 0}
    page, end = bytearray(PAGE), PAGE - 1
    for one in dict.fromkeys(one for one in properties if one):
        end = (end - len(_stored(one))) // 2 * 2
        page[end : end + len(_stored(one))] = _stored(one)
        places[one] = end // 2
    head = struct.pack(f"<{len(edges)}I", *edges) + b"".join(bytes([places[one]]) + bytes(12) for one in properties)
    page[: len(head)] = head
    page[-1] = len(properties)
    return bytes(page)


def _index(pages: list[tuple[int, bytes]], first: int, end: int) -> bytes:
    """[MS-DOC] 2.8.6 PlcBtePapx: where each page's text begins, then the pages' numbers in the main stream."""
    starts = [start for start, _ in pages]
    return struct.pack(f"<{2 * len(pages) + 1}I", *starts, end, *range(first, first + len(pages)))


def _fib(length: int, index_at: int, index_size: int) -> bytes:
    """[MS-DOC] 2.5.1 Fib: base, counts and places; the tables are in the stream 1Table."""
    text_end = TEXT_AT + 2 * length
    base = struct.pack("<HHHHHHHIBBHHII", 0xA5EC, 0x00C1, 0, 0x0804, 0, 0x0200, 0x00BF, 0, 0, 0, 0, 0, TEXT_AT, text_end)
    words = struct.pack("<H", 14) + bytes(28)
    longs = struct.pack("<HIIII", 22, text_end, 0, 0, length) + bytes(72)
    papx, clx = struct.pack("<II", index_at, index_size), struct.pack("<II", 0, index_at)
    pairs = struct.pack("<H", 93) + bytes(13 * 8) + papx + bytes(19 * 8) + clx + bytes(59 * 8)
    return (base + words + longs + pairs).ljust(TEXT_AT, b"\0")


def _clx(length: int) -> bytes:
    """[MS-DOC] 2.9.38: one piece descriptor; the text is not compressed."""
    plc = struct.pack("<IIHIH", 0, length, 0, TEXT_AT, 0)
    return b"\x02" + struct.pack("<I", len(plc)) + plc

"""Small office files of a report: DOCX, the OLE2 kinds (.doc, .wps) and OFD (GB/T 33190), made byte by byte the same."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from io import BytesIO
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from docx import Document
from docx.document import Document as DocxDocument

from samples.pdf import spread
from samples.reports import SampleReport
from samples.tables import Rows

EPOCH = (2024, 1, 1, 0, 0, 0)


def docx_of(report: SampleReport) -> bytes:
    """Return a report as a Word file (OOXML): headings, paragraphs, tables with merged cells."""
    document = Document()
    document.add_heading(report.title, level=0)
    for block in report.blocks():
        if isinstance(block, str):
            document.add_paragraph(block)
        else:
            _docx_table(document, block)
    out = BytesIO()
    document.save(out)
    return _zipped(_members(out.getvalue()))


def _docx_table(document: DocxDocument, rows: Rows) -> None:
    grid, spans = spread(rows)
    table = document.add_table(rows=len(grid), cols=len(grid[0]), style="Table Grid")
    cells = [row.cells for row in table.rows]
    for (left, top), (right, bottom) in spans:
        cells[top][left].merge(cells[bottom][right])
    for line, texts in zip(cells, grid, strict=True):
        for cell, text in zip(line, texts, strict=True):
            if text:
                cell.text = text


def _members(archive: bytes) -> dict[str, bytes]:
    with ZipFile(BytesIO(archive)) as members:
        return {name: members.read(name) for name in members.namelist()}


def _zipped(members: Mapping[str, bytes]) -> bytes:
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(ZipInfo(name, EPOCH), content, ZIP_DEFLATED)
    return out.getvalue()


def ofd_of(report: SampleReport) -> bytes:
    """Return a report as an OFD file: text objects at their places, a line of text or a table cell each."""
    pages = _ofd_pages(report)
    names = [f"Pages/Page_{number}/Content.xml" for number in range(len(pages))]
    listed = "".join(f'<ofd:Page ID="{number + 10}" BaseLoc="{name}"/>' for number, name in enumerate(names))
    box = "<ofd:PageArea><ofd:PhysicalBox>0 0 297 210</ofd:PhysicalBox></ofd:PageArea>"
    common = f"<ofd:CommonData><ofd:MaxUnitID>99999</ofd:MaxUnitID>{box}<ofd:PublicRes>PublicRes.xml</ofd:PublicRes></ofd:CommonData>"
    root = f"<ofd:DocBody><ofd:DocInfo><ofd:Title>{escape(report.title)}</ofd:Title></ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody>"
    parts = {
        "OFD.xml": _ofd("OFD", root, ' Version="1.1" DocType="OFD"'),
        "Doc_0/Document.xml": _ofd("Document", f"{common}<ofd:Pages>{listed}</ofd:Pages>"),
        "Doc_0/PublicRes.xml": _ofd("Res", '<ofd:Fonts><ofd:Font ID="3" FontName="宋体"/></ofd:Fonts>', ' BaseLoc="Res"'),
    }
    bodies = {
        f"Doc_0/{name}": _ofd("Page", f"<ofd:Content>{page}</ofd:Content>") for name, page in zip(names, pages, strict=True)
    }
    return _zipped({**parts, **bodies})


def _ofd(tag: str, inner: str, attributes: str = "") -> bytes:
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    return f'{head}<ofd:{tag} xmlns:ofd="http://www.ofdspec.org/2016"{attributes}>{inner}</ofd:{tag}>'.encode()


def _ofd_pages(report: SampleReport) -> list[str]:
    pages, y = [""], 20.0
    for block in (report.title, *report.blocks()):
        lines = [] if not isinstance(block, str) else [block[start : start + 60] for start in range(0, len(block), 60)]
        if not isinstance(block, str) or y + 7 * len(lines) > 190:
            pages, y = [*pages, ""], 20.0
        pages[-1] += "".join(_ofd_text(line, 15, y + 7 * number, 4.2) for number, line in enumerate(lines))
        y += 7 * len(lines)
        if not isinstance(block, str):
            pages, y = [*pages[:-1], _ofd_table(block), ""], 20.0
    return [f'<ofd:Layer ID="{number + 5000}">{page}</ofd:Layer>' for number, page in enumerate(pages) if page]


def _ofd_table(rows: Rows) -> str:
    grid, spans = spread(rows)
    ends = dict(spans)
    covered = {(x, y) for (left, top), (right, bottom) in spans for x in range(left, right + 1) for y in range(top, bottom + 1)}
    edges = _ofd_edges(len(grid[0]))
    places = ((x, y) for y in range(len(grid)) for x in range(len(grid[0])) if (x, y) in ends or (x, y) not in covered)
    return "".join(_ofd_cell(grid[y][x], edges, (x, y), ends.get((x, y), (x, y))) for x, y in places)


def _ofd_edges(columns: int) -> list[float]:
    widths = [15.0, 25.0, 92.0, *[19.0] * 7] if columns == 10 else [267 / columns] * columns
    return [15 + sum(widths[:count]) for count in range(columns + 1)]


def _ofd_cell(text: str, edges: list[float], start: tuple[int, int], end: tuple[int, int]) -> str:
    left, right, top, bottom = edges[start[0]], edges[end[0] + 1], 12 + 6.0 * start[1], 12 + 6.0 * (end[1] + 1)
    wide, high = f"{right - left:.2f}", f"{bottom - top:.2f}"
    line = f"M 0 0 L {wide} 0 L {wide} {high} L 0 {high} C"
    box = f'Boundary="{left:.2f} {top:.2f} {wide} {high}" LineWidth="0.3"'
    ruled = f'<ofd:PathObject ID="{9000 + start[1] * 20 + start[0]}" {box}><ofd:AbbreviatedData>{line}</ofd:AbbreviatedData></ofd:PathObject>'
    room = max(1, int((right - left - 1) / 2.2))
    lines = [text[at : at + room] for at in range(0, len(text), room)]
    texts = (_ofd_text(part, left + 0.5, top + 0.8 + 2.4 * number, 2.2) for number, part in enumerate(lines))
    return ruled + "".join(texts)


def _ofd_text(text: str, x: float, y: float, size: float) -> str:
    steps = [size if ord(character) > 0x2E80 else size / 2 for character in text]
    deltas = f' DeltaX="{" ".join(f"{step:g}" for step in steps[:-1])}"' if len(text) > 1 else ""
    code = f'<ofd:TextCode X="0" Y="{size}"{deltas}>{escape(text)}</ofd:TextCode>'
    box = f"{x:.2f} {y:.2f} {sum(steps):.2f} {size:.2f}"
    return f'<ofd:TextObject ID="{int(x * 1000 + y)}" Boundary="{box}" Font="3" Size="{size}">{code}</ofd:TextObject>'


def doc_of(report: SampleReport) -> bytes:
    """Return a report as a Word 97 file (MS-DOC): FIB, one piece of UTF-16 text, cells ended by U+0007."""
    text = "\r".join([report.title, *(_doc_block(block) for block in report.blocks())]) + "\r"
    return ole({"WordDocument": _fib(len(text)) + text.encode("utf-16-le"), "1Table": _clx(len(text))})


def _doc_block(block: str | Rows) -> str:
    if isinstance(block, str):
        return block
    return "".join("".join(f"{one.text}\a" for one in row) + "\a" for row in block)


TEXT_AT = 1536


def _fib(length: int) -> bytes:
    """[MS-DOC] 2.5: base, then counts and offsets; only what a reader of the text needs is set (nFib 0x00C1, 1Table)."""
    base = struct.pack(
        "<HHHHHHHIBBHHII", 0xA5EC, 0x00C1, 0, 0x0804, 0, 0x0200, 0x00BF, 0, 0, 0, 0, 0, TEXT_AT, TEXT_AT + 2 * length
    )
    words = struct.pack("<H", 14) + bytes(28)
    longs = struct.pack("<H", 22) + struct.pack("<III", TEXT_AT + 2 * length, 0, 0) + struct.pack("<I", length) + bytes(72)
    clx_place = struct.pack("<II", 0, len(_clx(length)))
    pairs = struct.pack("<H", 93) + bytes(33 * 8) + clx_place + bytes(59 * 8)
    return (base + words + longs + pairs).ljust(TEXT_AT, b"\0")


def _clx(length: int) -> bytes:
    """[MS-DOC] 2.9.38: one piece descriptor; the text is not compressed."""
    plc = struct.pack("<II", 0, length) + struct.pack("<HIH", 0, TEXT_AT, 0)
    return b"\x02" + struct.pack("<I", len(plc)) + plc


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

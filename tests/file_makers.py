"""One table in every file type that is read, written by us: the other half of each reader's round trip."""

import io
import struct
import zipfile
from dataclasses import dataclass
from html import escape

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from samples.ole import ole

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
TWIPS = 1200
"""Width of a column in twips, for the files that name edges."""


@dataclass(frozen=True)
class Spot:
    """A cell: text, first row and column, how many it covers."""

    text: str
    row: int
    column: int
    rows: int = 1
    columns: int = 1


def by_row(spots):
    """Return the cells that each row shows in order of columns, with whether a cell goes on from above."""
    height = max(s.row + s.rows for s in spots)
    shown = [sorted((s for s in spots if s.row <= r < s.row + s.rows), key=lambda s: s.column) for r in range(height)]
    return [[(spot, spot.row < r) for spot in row] for r, row in enumerate(shown)]


def zipped(parts, **options):
    """Return a ZIP of parts by name."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, **options) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def docx_of(spots, *, before="", extra=None):
    """Return a DOCX with a table; `extra` adds parts."""
    table = "".join(f"<w:tr>{''.join(_docx_cell(*cell) for cell in row)}</w:tr>" for row in by_row(spots))
    return docx_body(f"{before}<w:tbl>{table}</w:tbl>", extra)


def docx_body(body, extra=None):
    """Return a DOCX with this body XML."""
    return zipped({"word/document.xml": f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>', **(extra or {})})


def _docx_cell(spot, goes_on):
    merge = '<w:vMerge w:val="restart"/>' if spot.rows > 1 and not goes_on else "<w:vMerge/>" if goes_on else ""
    text = "" if goes_on else escape(spot.text)
    return f'<w:tc><w:tcPr><w:gridSpan w:val="{spot.columns}"/>{merge}</w:tcPr><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>'


def rtf_of(spots):
    """Return an RTF with a table, Chinese as Unicode words."""
    rows = "".join(_rtf_row(row) for row in by_row(spots))
    return rf"{{\rtf1\ansi\ansicpg936\uc1 {rows}\pard\par}}".encode("ascii")


def _rtf_row(row):
    edges = "".join(
        ("\\clvmrg" if goes_on else "\\clvmgf" if spot.rows > 1 else "") + f"\\cellx{TWIPS * (spot.column + spot.columns)}"
        for spot, goes_on in row
    )
    texts = "".join(f"{'' if goes_on else rtf_text(spot.text)}\\cell " for spot, goes_on in row)
    return f"\\trowd\\trleft0{edges}\\pard\\intbl {texts}\\row\n"


def rtf_text(text):
    """Return text with every character beyond ASCII as a Unicode word."""
    return "".join(c if ord(c) < 128 else f"\\u{ord(c) - 65536 if ord(c) > 32767 else ord(c)}?" for c in text)


def xlsx_of(spots, *, extra=None):
    """Return an XLSX with a sheet; numbers stand as numbers, other texts as shared strings."""
    strings = sorted({s.text for s in spots})
    cells = "".join(
        f'<row r="{r + 1}">{"".join(_xlsx_cell(s, strings) for s, goes_on in row if not goes_on)}</row>'
        for r, row in enumerate(by_row(spots))
    )
    merged = "".join(
        f'<mergeCell ref="{_ref(s.row, s.column)}:{_ref(s.row + s.rows - 1, s.column + s.columns - 1)}"/>'
        for s in spots
        if s.rows * s.columns > 1
    )
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    return zipped(
        {
            "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{rel}"><sheets><sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": '<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>',
            "xl/sharedStrings.xml": f'<sst xmlns="{main}">{"".join(f"<si><t>{escape(t)}</t></si>" for t in strings)}</sst>',
            "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{cells}</sheetData><mergeCells>{merged}</mergeCells></worksheet>',
            **(extra or {}),
        }
    )


def _ref(row, column):
    return f"{'ABCDEFGHIJ'[column]}{row + 1}"


def _xlsx_cell(spot, strings):
    place = _ref(spot.row, spot.column)
    if spot.text.isascii() and spot.text.replace(".", "").isdigit():
        return f'<c r="{place}"><v>{spot.text}</v></c>'
    return f'<c r="{place}" t="s"><v>{strings.index(spot.text)}</v></c>'


def xls_of(spots):
    """Return an XLS (BIFF8, [MS-XLS]): text records, number records, merged ranges."""
    records = [_biff(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0)), _biff(0x0200, bytes(14))]
    for s in spots:
        if s.text.isascii() and s.text.replace(".", "").isdigit():
            records.append(_biff(0x0203, struct.pack("<HHHd", s.row, s.column, 0, float(s.text))))
        elif s.text:
            head = struct.pack("<HHHHB", s.row, s.column, 0, len(s.text), 1)
            records.append(_biff(0x0204, head + s.text.encode("utf-16-le")))
    merged = [s for s in spots if s.rows * s.columns > 1]
    ranges = b"".join(struct.pack("<HHHH", s.row, s.row + s.rows - 1, s.column, s.column + s.columns - 1) for s in merged)
    sheet = b"".join([*records, _biff(0x00E5, struct.pack("<H", len(merged)) + ranges), _biff(0x000A, b"")])
    head = _biff(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0)) + _biff(0x0042, struct.pack("<H", 1200))
    font = _biff(0x0031, struct.pack("<HHHHHBBBBBB", 200, 0, 0x7FFF, 400, 0, 0, 0, 0, 0, 1, 0) + b"A")
    style = _biff(0x00E0, bytes(20))
    place = len(head + font + style) + 4 + 8 + 4
    bound = _biff(0x0085, struct.pack("<IBBBB", place, 0, 0, 1, 0) + b"a")
    place += len(bound) - 12
    bound = _biff(0x0085, struct.pack("<IBBBB", place - 0, 0, 0, 1, 0) + b"a")
    return ole({"Workbook": head + font + style + bound + _biff(0x000A, b"") + sheet})


def _biff(kind, body):
    return struct.pack("<HH", kind, len(body)) + body


def ofd_of(spots, *, extra=None):
    """Return an OFD of one page: each cell a stroked path and a text object with explicit steps."""
    things = "".join(_ofd_cell(s) for s in spots)
    ns = 'xmlns:ofd="http://www.ofdspec.org/2016"'
    return zipped(
        {
            "OFD.xml": f"<ofd:OFD {ns}><ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
            "Doc_0/Document.xml": f'<ofd:Document {ns}><ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea></ofd:CommonData><ofd:Pages><ofd:Page ID="1" BaseLoc="Pages/P.xml"/></ofd:Pages></ofd:Document>',
            "Doc_0/Pages/P.xml": f"<ofd:Page {ns}><ofd:Content><ofd:Layer>{things}</ofd:Layer></ofd:Content></ofd:Page>",
            **(extra or {}),
        }
    )


def _ofd_cell(s):
    x, y, w, h = 20 + 20 * s.column, 40 + 10 * s.row, 20 * s.columns, 10 * s.rows
    path = f'<ofd:PathObject Boundary="{x} {y} {w} {h}"><ofd:AbbreviatedData>M 0 0 L {w} 0 L {w} {h} L 0 {h} C</ofd:AbbreviatedData></ofd:PathObject>'
    steps = " ".join("3" if ord(c) > 0x2E7F else "1.5" for c in s.text[:-1])
    text = f'<ofd:TextCode X="0" Y="3" DeltaX="{steps}">{escape(s.text)}</ofd:TextCode>'
    return path + (f'<ofd:TextObject Boundary="{x + 1} {y + 2} {w} 4" Size="3">{text}</ofd:TextObject>' if s.text else "")


def pdf_of(spots, *, top=700, pages=None, **options):
    """Return a PDF of one page with a ruled table, or of several where `pages` is a list of functions that draw on a canvas."""
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(595, 842), invariant=1, **options)
    for draw in pages or [lambda c: draw_table(c, spots, top)]:
        draw(canvas)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def draw_table(canvas, spots, top, *, open_end=False, left=60):
    """Draw a table on a canvas: each cell's lines, then its text; `open_end` leaves out the lowest line, as at page breaks."""
    canvas.setFont("STSong-Light", 9)
    height = max(s.row + s.rows for s in spots)
    for s in spots:
        x0, x1 = left + 60 * s.column, left + 60 * (s.column + s.columns)
        y0, y1 = top - 24 * s.row, top - 24 * (s.row + s.rows)
        canvas.lines([(x0, y0, x1, y0), (x0, y0, x0, y1), (x1, y0, x1, y1)])
        if not (open_end and s.row + s.rows == height):
            canvas.line(x0, y1, x1, y1)
        canvas.drawString(x0 + 3, y0 - 15, s.text)


TEXT_AT = 1024


def doc_of(spots, *, before="", flags=0x0200, deleted=None):
    """Return a Word 97 file ([MS-DOC]) with a table: one piece, a page of paragraph properties for each row, cell edges in
    the row marks. `deleted` names a text that a tracked change took out."""
    text, paragraphs = (before + "\r" if before else ""), []
    if before:
        paragraphs.append((0, len(text), b""))
    for row in by_row(spots):
        for spot, goes_on in row:
            start, text = len(text), text + ("" if goes_on else spot.text) + "\x07"
            paragraphs.append((start, len(text), _sprm(0x2416, b"\x01")))
        start, text = len(text), text + "\x07"
        paragraphs.append((start, len(text), _sprm(0x2416, b"\x01") + _sprm(0x2417, b"\x01") + _definition(row)))
    start, text = len(text), text + "\r"
    paragraphs.append((start, len(text), b""))
    characters = []
    if deleted:
        at = text.index(deleted)
        characters = [(at, at + len(deleted), _sprm(0x0800, b"\x01"))]
    return _word(text, paragraphs, characters, flags)


def _sprm(code, operand):
    return struct.pack("<H", code) + operand


def _definition(row):
    edges = [TWIPS * spot.column for spot, _ in row] + [TWIPS * (row[-1][0].column + row[-1][0].columns)]
    cells = b"".join(struct.pack("<H", (1 if goes_on else 3 if s.rows > 1 else 0) << 5) + bytes(18) for s, goes_on in row)
    body = bytes([len(row)]) + struct.pack(f"<{len(edges)}h", *edges) + cells
    return struct.pack("<HH", 0xD608, len(body) + 1) + body


def _word(text, paragraphs, characters, flags):
    encoded = text.encode("utf-16-le")
    first = -(-(TEXT_AT + len(encoded)) // 512)
    papx = [_papx_page([entry]) for entry in paragraphs]
    chpx = [_chpx_page(characters)] if characters else []
    stream = (TEXT_AT * b"\0" + encoded).ljust(first * 512, b"\0") + b"".join(papx) + b"".join(chpx)
    plc = struct.pack("<II", 0, len(text)) + struct.pack("<HIH", 0, TEXT_AT, 0)
    clx = b"\x02" + struct.pack("<I", len(plc)) + plc
    papx_index = struct.pack(f"<{len(papx) + 1}I", *range(len(papx) + 1)) + struct.pack(
        f"<{len(papx)}I", *range(first, first + len(papx))
    )
    chpx_index = struct.pack("<II", 0, 1) + struct.pack("<I", first + len(papx)) if chpx else b""
    table = clx + papx_index + chpx_index
    pairs = [(0, 0)] * 93
    pairs[33] = (0, len(clx))
    pairs[13] = (len(clx), len(papx_index))
    pairs[12] = (len(clx) + len(papx_index), len(chpx_index))
    fib = struct.pack("<HHHHHH", 0xA5EC, 0x00C1, 0, 0x0804, 0, flags).ljust(32, b"\0")
    fib += struct.pack("<H", 14) + bytes(28) + struct.pack("<H", 22) + struct.pack("<IIII", 0, 0, 0, len(text)) + bytes(72)
    fib += struct.pack("<H", 93) + b"".join(struct.pack("<II", *pair) for pair in pairs)
    return ole({"WordDocument": fib + stream[len(fib) :], "1Table": table})


def _papx_page(entries):
    page = bytearray(512)
    bounds = [TEXT_AT + 2 * entries[0][0], *(TEXT_AT + 2 * end for _, end, _ in entries)]
    struct.pack_into(f"<{len(bounds)}I", page, 0, *bounds)
    at = 510
    for i, (_, _, modifiers) in enumerate(entries):
        packed = struct.pack("<H", 0) + modifiers
        packed += b"\0" * (len(packed) % 2)
        at -= len(packed) + 2
        at -= at % 2
        page[at : at + 2 + len(packed)] = bytes([0, len(packed) // 2]) + packed
        page[4 * len(bounds) + 13 * i] = at // 2
    page[511] = len(entries)
    return bytes(page)


def _chpx_page(entries):
    page = bytearray(512)
    (start, end, modifiers) = entries[0]
    struct.pack_into("<II", page, 0, TEXT_AT + 2 * start, TEXT_AT + 2 * end)
    page[8] = 200
    page[400 : 401 + len(modifiers)] = bytes([len(modifiers)]) + modifiers
    page[511] = 1
    return bytes(page)

"""Small office files of a report: DOCX, and OFD (GB/T 33190); the same report always gives the same bytes."""

from __future__ import annotations

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

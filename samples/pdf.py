"""Small PDFs of a report, with Chinese text and ruled tables; needs no font file (Adobe's standard CID font)."""

from __future__ import annotations

from io import BytesIO
from xml.sax.saxutils import escape

from reportlab.lib.colors import black
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Table, TableStyle

from samples.reports import Block, SampleReport
from samples.tables import Printed, Rows

FONT = "STSong-Light"
TEXT = ParagraphStyle("text", fontName=FONT, fontSize=11, leading=18, firstLineIndent=22, wordWrap="CJK")
TITLE = ParagraphStyle("title", fontName=FONT, fontSize=16, leading=26, alignment=1, wordWrap="CJK")
CELL = ParagraphStyle("cell", fontName=FONT, fontSize=7, leading=9, alignment=1, wordWrap="CJK")


def pdf_of(report: SampleReport) -> bytes:
    """Return a report as a PDF with a text layer; the same report always gives the same bytes."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    out = BytesIO()
    document = SimpleDocTemplate(out, pagesize=landscape(A4), title=report.title, invariant=1)
    blocks = (one for one in report.blocks() if one)
    document.build([Paragraph(escape(report.title), TITLE), *(_flowable(block) for block in blocks)])
    return out.getvalue()


def _flowable(block: Block) -> Flowable:
    return Paragraph(escape(block), TEXT) if isinstance(block, str) else _table(block)


def _table(rows: Rows) -> Table:
    grid, spans = spread(rows)
    cells = [[Paragraph(escape(text), CELL) for text in row] for row in grid]
    style = TableStyle([("GRID", (0, 0), (-1, -1), 0.5, black)])
    for side in ("LEFTPADDING", "RIGHTPADDING"):
        style.add(side, (0, 0), (-1, -1), 2)
    for start, end in spans:
        style.add("SPAN", start, end)
    return Table(cells, colWidths=_widths(len(grid[0])), style=style)


def _widths(columns: int) -> list[float]:
    """The table of requests has three label columns; a number must never break inside its cell."""
    return [80.0, 80.0, 220.0, *[44.0] * 7] if columns == 10 else [690.0 / columns] * columns


def spread(rows: Rows) -> tuple[list[list[str]], list[tuple[tuple[int, int], tuple[int, int]]]]:
    """Return printed rows as a full grid of texts, and the spans as pairs of (column, row): first and last covered."""
    taken: dict[tuple[int, int], str] = {}
    spans = []
    for y, row in enumerate(rows):
        for one in row:
            x = next(x for x in range(1000) if (x, y) not in taken)
            taken |= _covered(one, x, y)
            spans.append(((x, y), (x + one.across - 1, y + one.down - 1)))
    width = 1 + max(x for x, _ in taken)
    return [[taken.get((x, y), "") for x in range(width)] for y in range(len(rows))], [s for s in spans if s[0] != s[1]]


def _covered(one: Printed, x: int, y: int) -> dict[tuple[int, int], str]:
    places = ((x + dx, y + dy) for dx in range(one.across) for dy in range(one.down))
    return {place: one.text if place == (x, y) else "" for place in places}

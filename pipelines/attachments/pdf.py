"""PDF through pypdfium2: characters with their boxes and ruling lines, page by page."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pypdfium2 as pdfium
from pypdfium2 import raw

from archive.errors import Refused, Unreadable
from pipelines.attachments.layout import read_pages
from pipelines.attachments.lines import lines_of
from pipelines.attachments.optional import can_recognise, MISSING
from pipelines.attachments.page import Glyph, Page
from pipelines.attachments.pdf_guard import refuse_bomb
from pipelines.attachments.pdf_shapes import Shapes
from pipelines.attachments.pictures import MAX_SIDE
from pipelines.attachments.reading import FileReading, MAX_PAGES
from pipelines.attachments.recognise import page_of
from pipelines.attachments.ruling import ruled_tables

MEDIA_TYPE = "application/pdf"

MAX_OBJECTS = 100_000
"""Most drawing objects of a file: a statutory report has some 2,000 of them."""

MAX_SCANS = 20
"""Most scanned pages that are recognised: each takes seconds."""

SCAN_SCALE = 2.5
"""Pixels to the point at which scanned pages are recognised (180 dpi)."""

MAX_GLYPHS = 120_000
"""Most characters of a file: a long report has 30,000."""

MAX_RULES = 20_000
"""Most ruling lines of a file: a table drawn cell by cell has about a thousand."""

PICTURED, PICTURED_ALONE = 0.5, 0.05
"""Shares of a page from which its pictures make it a picture: where it has text too, and where it has none."""


_NUMBERS = re.compile(r"[\d\s.,|/—–-]*\d[\d\s.,|/—–-]*")


@dataclass(frozen=True, slots=True)
class _View:
    """From a page's own coordinates (up from the bottom left, before rotation) to the page as shown, down from the top left."""

    box: tuple[float, float, float, float]
    rotation: int

    def shown(self, x: float, y: float) -> tuple[float, float]:
        left, bottom, right, top = self.box
        turned = {0: (x - left, top - y), 90: (y - bottom, x - left), 180: (right - x, y - bottom), 270: (top - y, right - x)}
        return turned[self.rotation]

    def size(self) -> tuple[float, float]:
        left, bottom, right, top = self.box
        width, height = right - left, top - bottom
        return (width, height) if self.rotation % 180 == 0 else (height, width)


def read_pdf(payload: bytes) -> FileReading:
    """Return what a PDF prints. `image_only` where no page has text but pictures fill them.

    Raises Refused for an encrypted or outsized file, Unreadable for a damaged one.
    """
    refuse_bomb(payload)
    document = _opened(payload)
    try:
        title = document.get_metadata_value("Title") or None
        pages = list(_pages(document))
        scans = [page.number for page in pages if page.pictured and (page.layered or not page.glyphs)]
        if scans and can_recognise():
            pages = [_recognised(document, page) if page.number in scans[:MAX_SCANS] else page for page in pages]
    finally:
        document.close()
    text, grids = read_pages(pages)
    pictured = any(page.pictured for page in pages)
    if not text and not pictured:
        raise Unreadable("The PDF prints neither text nor a picture.")
    return FileReading(
        text=text,
        grids=grids,
        media_type=MEDIA_TYPE,
        title=title,
        image_only=not text,
        recognised=any(page.number in scans and _tells_numbers(page) for page in pages),
        notes=_notes(pages, scans),
    )


def _notes(pages: list[Page], scans: list[int]) -> tuple[str, ...]:
    if not scans:
        return ()
    unread = [str(page.number) for page in pages if page.number in scans and not page.glyphs]
    notes = [f"pages that are pictures: {', '.join(map(str, scans))}"]
    if unread:
        notes.append(f"pages that were not recognised: {', '.join(unread)}" if can_recognise() else MISSING)
    return tuple(notes)


def _tells_numbers(page: Page) -> bool:
    """Tell whether a page may hold statistics: a scanned cover beside printed tables must not put these in doubt."""
    numeric = sum(_NUMBERS.fullmatch(line.text) is not None for line in lines_of(page.glyphs))
    return bool(ruled_tables(page.rules)) or numeric > 1


def _recognised(document: pdfium.PdfDocument, page: Page) -> Page:
    """Return a scanned page as it is recognised from its picture; another program's text layer is a guess like ours."""
    scale = min(SCAN_SCALE, MAX_SIDE / max(page.width, page.height, 1.0))
    found = page_of(document[page.number - 1].render(scale=scale).to_pil(), page.number)
    return found if found.glyphs else page


def _opened(payload: bytes) -> pdfium.PdfDocument:
    try:
        document = pdfium.PdfDocument(payload)
    except pdfium.PdfiumError as error:
        if "password" in str(error).lower() or "security" in str(error).lower():
            raise Refused("The PDF is encrypted and opens only with a password.") from error
        raise Unreadable(f"The PDF is damaged: {error}") from error
    if len(document) > MAX_PAGES:
        count = len(document)
        document.close()
        raise Refused(f"The PDF has {count} pages, more than the {MAX_PAGES} that are read.")
    return document


def _pages(document: pdfium.PdfDocument) -> Iterator[Page]:
    characters = objects = rules = 0
    for i in range(len(document)):
        page = document[i]
        try:
            characters += page.get_textpage().count_chars()
            objects += raw.FPDFPage_CountObjects(page)
            if characters > MAX_GLYPHS or objects > MAX_OBJECTS:
                raise Refused(f"The PDF's first {i + 1} pages hold {characters} characters and {objects} objects, too many.")
            found = _page(page, i + 1)
            rules += len(found.rules)
            if rules > MAX_RULES:
                raise Refused(f"The PDF's first {i + 1} pages draw {rules} lines, too many.")
            yield found
        except pdfium.PdfiumError as error:
            raise Unreadable(f"Page {i + 1} of the PDF is damaged: {error}") from error
        finally:
            page.close()


def _page(page: pdfium.PdfPage, number: int) -> Page:
    view = _View(page.get_cropbox(), page.get_rotation())
    width, height = view.size()
    shapes = Shapes(view.shown)
    shapes.add_page(page.raw)
    glyphs = tuple(g for g in _glyphs(page, view) if 0 <= g.middle[0] <= width and 0 <= g.middle[1] <= height)
    return Page(
        number=number,
        width=width,
        height=height,
        glyphs=glyphs,
        rules=tuple(shapes.rules),
        pictured=shapes.pictured_area > (PICTURED if glyphs else PICTURED_ALONE) * width * height,
        layered=shapes.invisible_text,
    )


def _glyphs(page: pdfium.PdfPage, view: _View) -> Iterator[Glyph]:
    text_page = page.get_textpage()
    for i in range(text_page.count_chars()):
        code = raw.FPDFText_GetUnicode(text_page, i)
        text = "\ufffd" if raw.FPDFText_HasUnicodeMapError(text_page, i) == 1 else _character(code)
        if not text or not _is_upright(raw.FPDFText_GetCharAngle(text_page, i)):
            continue
        x0, y0, x1, y1 = _box(text_page, i)
        (left, top), (right, bottom) = view.shown(x0, y0), view.shown(x1, y1)
        if left != right and top != bottom:
            yield Glyph(text, min(left, right), min(top, bottom), max(left, right), max(top, bottom))


def _box(text_page: pdfium.PdfTextPage, i: int) -> tuple[float, float, float, float]:
    """Return a character's box as its font defines it, or, where a vertical font gives nonsense, as its ink fills it."""
    loose, matrix = raw.FS_RECTF(), raw.FS_MATRIX()
    raw.FPDFText_GetMatrix(text_page, i, matrix)
    em = raw.FPDFText_GetFontSize(text_page, i) * math.hypot(matrix.c, matrix.d)
    if raw.FPDFText_GetLooseCharBox(text_page, i, loose) and 0 < loose.top - loose.bottom < 2.5 * em:
        return loose.left, loose.bottom, loose.right, loose.top
    left, bottom, right, top = text_page.get_charbox(i)
    return left, bottom, right, top


def _character(code: int) -> str:
    return chr(code) if 0x20 <= code < 0x110000 and not 0xD800 <= code < 0xE000 and code not in (0xFFFE, 0xFFFF) else ""


def _is_upright(angle: float) -> bool:
    """Slanted text is a watermark; quarter turns are left to the page's rotation."""
    quarter = math.pi / 2
    return abs(angle / quarter - round(angle / quarter)) < 0.05

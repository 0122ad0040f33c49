"""OFD (GB/T 33190, 版式文档): pages of placed characters and paths, as geometry."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from xml.etree.ElementTree import Element

from archive.errors import Refused, Unreadable
from pipelines.attachments.container import Container, open_container
from pipelines.attachments.layout import read_pages
from pipelines.attachments.page import Box, Glyph, Page, Rule
from pipelines.attachments.reading import FileReading, MAX_PAGES
from pipelines.attachments.sniffing import OFD
from pipelines.attachments.strokes import filled_rules, stroked_rules

POINTS = 72 / 25.4
"""Points in a millimetre, the unit of OFD."""

MAX_OBJECTS = 100_000
"""Most objects of a file."""

MAX_GLYPHS = 120_000
"""Most characters of a file: a long report has 30,000."""

PICTURED, PICTURED_ALONE = 0.5, 0.05
"""Shares of a page from which its pictures make it a picture: where it has text too, and where it has none."""

_A4: Box = (0, 0, 210, 297)
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_OPERATION = re.compile(r"([SMLQBAC])([^SMLQBAC]*)")


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where an object's own coordinates lie on the page: its boundary's corner, after its matrix."""

    x: float
    y: float
    matrix: tuple[float, ...]

    def placed(self, x: float, y: float) -> tuple[float, float]:
        a, b, c, d, e, f = self.matrix
        return self.x + a * x + c * y + e, self.y + b * x + d * y + f


def read_ofd(payload: bytes) -> FileReading:
    """Return what an OFD prints, its first document's pages with their templates, annotations and seals left out.

    Raises Refused for encrypted and outsized files, Unreadable for damaged ones.
    """
    container = open_container(payload, "OFD")
    if any(name.rpartition("/")[2].lower() == "encryptions.xml" for name in container.names):
        raise Refused("The OFD is encrypted.")
    root = _located(container, "", _required(container.xml("OFD.xml"), "DocRoot"))
    document = container.xml(root)
    pages = list(_pages(container, document, posixpath.dirname(root)))
    text, grids = read_pages(pages)
    pictured = any(page.pictured for page in pages)
    if not text and not pictured:
        raise Unreadable("The OFD prints neither text nor a picture.")
    title = _find(container.xml("OFD.xml"), "Title")
    return FileReading(
        text=text, grids=grids, media_type=OFD, title=(title.text or None) if title is not None else None, image_only=not text
    )


def _pages(container: Container, document: Element, folder: str) -> Iterator[Page]:
    default = _box_of(_find(document, "CommonData")) or _A4
    templates = {one.get("ID", ""): one.get("BaseLoc", "") for one in _all(document, "TemplatePage")}
    pages = list(_all(_find(document, "Pages"), "Page"))
    if len(pages) > MAX_PAGES:
        raise Refused(f"The OFD has {len(pages)} pages, more than the {MAX_PAGES} that are read.")
    characters = objects = 0
    for number, reference in enumerate(pages, 1):
        page = container.xml(_located(container, folder, reference.get("BaseLoc", "")))
        used = [templates[t.get("TemplateID", "")] for t in _all(page, "Template") if t.get("TemplateID", "") in templates]
        layers = [page, *(container.xml(_located(container, folder, place)) for place in used)]
        read = _page(number, layers, _box_of(page) or default)
        characters += len(read.glyphs)
        objects += len(read.rules) + sum(1 for layer in layers for _ in layer.iter())
        if characters > MAX_GLYPHS or objects > MAX_OBJECTS:
            raise Refused(f"The OFD's first {number} pages hold {characters} characters and {objects} objects, too many.")
        yield read


def _page(number: int, layers: Sequence[Element], box: Box) -> Page:
    left, top, width, height = box
    glyphs: list[Glyph] = []
    rules: list[Rule] = []
    pictured = 0.0
    for thing in (thing for layer in layers for thing in layer.iter()):
        kind = _name(thing)
        if kind == "TextObject":
            glyphs += _glyphs(thing, left, top)
        elif kind == "PathObject":
            rules += _rules(thing, left, top)
        elif kind == "ImageObject":
            _, _, w, h = _box(thing.get("Boundary", "")) or (0, 0, 0, 0)
            pictured += w * h
    return Page(
        number=number,
        width=width * POINTS,
        height=height * POINTS,
        glyphs=tuple(glyphs),
        rules=tuple(rules),
        pictured=pictured > (PICTURED if glyphs else PICTURED_ALONE) * width * height,
    )


def _glyphs(thing: Element, left: float, top: float) -> Iterator[Glyph]:
    frame = _frame(thing, left, top)
    size = _number(thing.get("Size"), 3.5)
    wide = size * _number(thing.get("HScale"), 1.0)
    x, y = 0.0, 0.0
    for code in _all(thing, "TextCode"):
        text = (code.text or "").strip("\r\n")
        x, y = _number(code.get("X"), x), _number(code.get("Y"), y)
        widths = [0.0 if code.get("DeltaY") else _width(character, wide) for character in text]
        xs = _offsets(code.get("DeltaX"), x, widths)
        ys = _offsets(code.get("DeltaY"), y, [0.0] * len(text))
        for i, character in enumerate(text):
            yield _glyph(frame, character, (xs[i], ys[i]), (wide, size))


def _glyph(frame: _Frame, character: str, base: tuple[float, float], em: tuple[float, float]) -> Glyph:
    (x, y), (wide, size) = base, em
    width = _width(character, wide)
    x0, y0 = frame.placed(x, y - 0.85 * size)
    x1, y1 = frame.placed(x + width, y + 0.15 * size)
    left, right, upper, lower = min(x0, x1), max(x0, x1), min(y0, y1), max(y0, y1)
    return Glyph(character, left * POINTS, upper * POINTS, right * POINTS, lower * POINTS)


def _width(character: str, wide: float) -> float:
    full = character > "\u2e7f" or "\u2010" <= character <= "\u203f"
    return wide if full else 0.5 * wide


def _offsets(deltas: str | None, start: float, widths: Sequence[float]) -> list[float]:
    """Return the positions of characters from the steps between them, or from their widths where no step is written.

    “g n v” stands for n steps of v (GB/T 33190, 11.3).
    """
    steps: list[float] = []
    tokens = (deltas or "").split()
    at = 0
    while at < len(tokens) and len(steps) < len(widths):
        if tokens[at] == "g" and at + 2 < len(tokens):
            steps += [_number(tokens[at + 2], 0.0)] * max(0, min(len(widths), int(_number(tokens[at + 1], 0.0))))
            at += 3
        else:
            steps.append(_number(tokens[at], 0.0))
            at += 1
    return list(accumulate([*steps, *widths[len(steps) :]][: max(0, len(widths) - 1)], initial=start))


def _rules(thing: Element, left: float, top: float) -> Iterator[Rule]:
    data = _find(thing, "AbbreviatedData")
    if data is None or thing.get("Visible") == "false":
        return
    frame = _frame(thing, left, top)
    stroked, filled = thing.get("Stroke", "true") != "false", thing.get("Fill", "false") == "true"
    for outline in _outlines(data.text or ""):
        points = [(x * POINTS, y * POINTS) for x, y in (frame.placed(*point) for point in outline)]
        if filled:
            yield from filled_rules(points)
        if stroked:
            yield from stroked_rules(points)


def _outlines(data: str) -> Iterator[list[tuple[float, float]]]:
    points: list[tuple[float, float]] = []
    for operation, operands in _OPERATION.findall(data):
        numbers = [float(n) for n in _NUMBER.findall(operands)]
        if operation in "SM" and points:
            yield points
            points = []
        if operation == "C" and points:
            points.append(points[0])
        elif len(numbers) >= 2:
            points.append((numbers[-2], numbers[-1]))
    if points:
        yield points


def _frame(thing: Element, left: float, top: float) -> _Frame:
    x, y, _, _ = _box(thing.get("Boundary", "")) or (0, 0, 0, 0)
    numbers = tuple(float(n) for n in _NUMBER.findall(thing.get("CTM", "")))
    return _Frame(x - left, y - top, numbers if len(numbers) == 6 else (1, 0, 0, 1, 0, 0))


def _box_of(element: Element | None) -> Box | None:
    """Return the physical box (x, y, width, height in millimetres) that a page area names."""
    found = _find(element, "PhysicalBox")
    return None if found is None else _box(found.text or "")


def _box(text: str) -> Box | None:
    numbers = [float(n) for n in _NUMBER.findall(text)]
    return (numbers[0], numbers[1], numbers[2], numbers[3]) if len(numbers) == 4 else None


def _number(text: str | None, default: float) -> float:
    found = _NUMBER.fullmatch((text or "").strip())
    return float(found.group()) if found else default


def _name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _all(element: Element | None, name: str) -> Iterator[Element]:
    return iter(()) if element is None else (one for one in element.iter() if _name(one) == name)


def _find(element: Element | None, name: str) -> Element | None:
    return next(_all(element, name), None)


def _required(element: Element, name: str) -> str:
    found = _find(element, name)
    if found is None or not (found.text or "").strip():
        raise Unreadable(f"The OFD is damaged: it names no {name}.")
    return (found.text or "").strip()


def _located(container: Container, folder: str, place: str) -> str:
    """Return a part's name from a path that is absolute in the container, or relative to a folder of it."""
    names = (place.lstrip("/"), posixpath.normpath(posixpath.join(folder, place.lstrip("/"))))
    return next((name for name in (names if place.startswith("/") else names[::-1]) if name in container.names), names[-1])

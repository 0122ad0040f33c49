"""Drawing objects of a PDF page → ruling lines, and how much of the page pictures cover."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from pypdfium2 import raw

from archive.errors import Refused
from pipelines.attachments.page import Rule
from pipelines.attachments.strokes import filled_rules, Point, stroked_rules

Matrix = tuple[float, float, float, float, float, float]

IDENTITY: Matrix = (1, 0, 0, 1, 0, 0)

MAX_DEPTH = 8
"""Deepest nesting of form objects that is followed."""

MAX_SEGMENTS = 200_000
"""Most path segments of a page; a page of tables has under a thousand."""

_PALE = 240


@dataclass
class Shapes:
    """What one page draws, collected object by object. `shown` maps the page's coordinates to those of `Rule`."""

    shown: Callable[[float, float], Point]
    rules: list[Rule] = field(default_factory=list)
    pictured_area: float = 0.0
    invisible_text: bool = False
    segments: int = 0

    def add_page(self, page: Any) -> None:
        """Collect everything that a page (a raw FPDF_PAGE) draws; raises Refused where it draws too much."""
        for i in range(raw.FPDFPage_CountObjects(page)):
            self._add(raw.FPDFPage_GetObject(page, i), IDENTITY, 0)

    def _add(self, shape: Any, parent: Matrix, depth: int) -> None:
        kind = raw.FPDFPageObj_GetType(shape)
        if kind == raw.FPDF_PAGEOBJ_PATH:
            self._add_path(shape, _times(_matrix(shape), parent))
        elif kind == raw.FPDF_PAGEOBJ_IMAGE:
            self.pictured_area += _unit_area(_times(_matrix(shape), parent))
        elif kind == raw.FPDF_PAGEOBJ_TEXT:
            self.invisible_text |= raw.FPDFTextObj_GetTextRenderMode(shape) == raw.FPDF_TEXTRENDERMODE_INVISIBLE
        elif kind == raw.FPDF_PAGEOBJ_FORM and depth < MAX_DEPTH:
            inner = _times(_matrix(shape), parent)
            for i in range(raw.FPDFFormObj_CountObjects(shape)):
                self._add(raw.FPDFFormObj_GetObject(shape, i), inner, depth + 1)

    def _add_path(self, path: Any, matrix: Matrix) -> None:
        self.segments += raw.FPDFPath_CountSegments(path)
        if self.segments > MAX_SEGMENTS:
            raise Refused(f"A page of the PDF draws more than {MAX_SEGMENTS} lines.")
        stroked, filled = _drawn(path)
        for outline in _outlines(path):
            points = [self.shown(*_moved(point, matrix)) for point in outline]
            if stroked:
                self.rules += stroked_rules(points)
            if filled:
                self.rules += filled_rules(points)


def _matrix(shape: Any) -> Matrix:
    found = raw.FS_MATRIX()
    if not raw.FPDFPageObj_GetMatrix(shape, found):
        return IDENTITY
    return found.a, found.b, found.c, found.d, found.e, found.f


def _times(inner: Matrix, outer: Matrix) -> Matrix:
    a, b, c, d, e, f = inner
    p, q, r, s, t, u = outer
    return a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u


def _moved(point: Point, matrix: Matrix) -> Point:
    a, b, c, d, e, f = matrix
    x, y = point
    return a * x + c * y + e, b * x + d * y + f


def _unit_area(matrix: Matrix) -> float:
    a, b, c, d, _, _ = matrix
    return abs(a * d - b * c)


def _drawn(path: Any) -> tuple[bool, bool]:
    """Tell whether a path is stroked, and filled, in a colour that shows on white paper."""
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    raw.FPDFPath_GetDrawMode(path, fill, stroke)
    return (
        bool(stroke.value) and _shows(path, raw.FPDFPageObj_GetStrokeColor),
        bool(fill.value) and _shows(path, raw.FPDFPageObj_GetFillColor),
    )


def _shows(path: Any, colour_of: Callable[..., int]) -> bool:
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    if not colour_of(path, red, green, blue, alpha):
        return True
    return alpha.value > 0 and min(red.value, green.value, blue.value) < _PALE


def _outlines(path: Any) -> Iterator[list[Point]]:
    """Yield a path's subpaths as points; a curve ends a subpath, since no ruling is curved."""
    points: list[Point] = []
    x, y = ctypes.c_float(), ctypes.c_float()
    for i in range(raw.FPDFPath_CountSegments(path)):
        segment = raw.FPDFPath_GetPathSegment(path, i)
        raw.FPDFPathSegment_GetPoint(segment, x, y)
        kind = raw.FPDFPathSegment_GetType(segment)
        if kind != raw.FPDF_SEGMENT_LINETO and points:
            yield points
            points = []
        points.append((x.value, y.value))
        if raw.FPDFPathSegment_GetClose(segment):
            points.append(points[0])
    if points:
        yield points

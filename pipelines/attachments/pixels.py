"""A picture of a page as an array → its ruling lines, its lean, and where there is ink."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pipelines.attachments.page import Box, Rule

Ink = NDArray[np.bool_]
"""True where a picture is dark; rows from the top, columns from the left."""

SHORTEST = 26.0
"""Points from which a straight dark run is a ruling line: longer than a stroke of a heading, shorter than a row is wide."""

_STEPS = np.linspace(-2.0, 2.0, 41)


def ink_of(picture: Image.Image) -> Ink:
    """Return where a picture is dark: clearly darker than its paper."""
    grey = np.asarray(picture.convert("L"), dtype=np.float32)
    paper = float(np.percentile(grey, 90))
    dark: Ink = grey < paper * 0.72
    return dark


def lean_of(picture: Image.Image) -> float:
    """Return by how many degrees (−2 to 2) a picture must be turned counterclockwise for its lines to lie level."""
    small = picture.convert("L").resize((max(1, picture.width // 4), max(1, picture.height // 4)))
    flat = max(_STEPS, key=lambda step: (_evenness(small, float(step)), -abs(step)))
    return 0.0 if abs(flat) < 0.15 else float(flat)


def rules_of(ink: Ink, scale: float) -> list[Rule]:
    """Return the ruling lines of a picture that has `scale` pixels to the point."""
    shortest = max(8, int(SHORTEST * scale))
    flat = [Rule(False, y / scale, x0 / scale, x1 / scale) for y, x0, x1 in _runs(ink, shortest)]
    upright = [Rule(True, y / scale, x0 / scale, x1 / scale) for y, x0, x1 in _runs(ink.T, shortest)]
    return flat + upright


def has_ink(ink: Ink, box: Box, scale: float) -> bool:
    """Tell whether something is drawn inside a box (points), its borders left out."""
    x0, top, x1, bottom = (edge * scale for edge in box)
    rim = 3.5 * scale
    inside = ink[int(top + rim) : int(bottom - rim), int(x0 + rim) : int(x1 - rim)]
    return inside.size > 0 and int(inside.sum()) > max(6.0, 1.5 * scale * scale)


def _evenness(picture: Image.Image, angle: float) -> float:
    turned = np.asarray(picture.rotate(angle, fillcolor=255), dtype=np.float32)
    return float(np.var((255 - turned).sum(axis=1)))


def _runs(ink: Ink, shortest: int) -> list[tuple[int, int, int]]:
    """Return (row, start, end) of straight dark runs; a run may step to a neighbouring row, as slightly leaning lines do."""
    thick = ink.copy()
    thick[1:] |= ink[:-1]
    thick[:-1] |= ink[1:]
    found: list[tuple[int, int, int]] = []
    for y in np.flatnonzero(thick.sum(axis=1) >= shortest):
        edges = np.flatnonzero(np.diff(np.concatenate(([False], thick[y], [False])).astype(np.int8)))
        starts, ends = edges[::2], edges[1::2]
        found += [(int(y), int(starts[i]), int(ends[i])) for i in np.flatnonzero(ends - starts >= shortest)]
    return found

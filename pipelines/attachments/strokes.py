"""Drawn outlines → ruling lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from pipelines.attachments.page import Rule

Point = tuple[float, float]

THIN = 3.0
"""A filled shape this thin (points) is a ruling line."""

STRAIGHT = 1.0
"""Points by which a level or upright line may lean."""


def stroked_rules(points: Sequence[Point]) -> Iterator[Rule]:
    """Yield the level and upright lines of a stroked outline, given in points on the page as shown."""
    for (x0, y0), (x1, y1) in pairwise(points):
        if abs(y1 - y0) <= STRAIGHT < abs(x1 - x0):
            yield Rule(upright=False, at=(y0 + y1) / 2, start=min(x0, x1), end=max(x0, x1))
        elif abs(x1 - x0) <= STRAIGHT < abs(y1 - y0):
            yield Rule(upright=True, at=(x0 + x1) / 2, start=min(y0, y1), end=max(y0, y1))


def filled_rules(points: Sequence[Point]) -> Iterator[Rule]:
    """Yield the line that a filled outline is, if it is thin enough to be one."""
    x0, x1 = min(x for x, _ in points), max(x for x, _ in points)
    y0, y1 = min(y for _, y in points), max(y for _, y in points)
    if y1 - y0 <= THIN < x1 - x0:
        yield Rule(upright=False, at=(y0 + y1) / 2, start=x0, end=x1)
    elif x1 - x0 <= THIN < y1 - y0:
        yield Rule(upright=True, at=(x0 + x1) / 2, start=y0, end=y1)

"""A page as geometry: glyphs and ruling lines, whatever file it came from (PDF, OFD, recognised picture).

Coordinates are points (1/72 inch) from the top left corner of the page as shown, x to the right, y down.
"""

from __future__ import annotations

from dataclasses import dataclass

Box = tuple[float, float, float, float]
"""x0, top, x1, bottom."""


@dataclass(frozen=True, slots=True)
class Glyph:
    """One printed character (or one recognised run of characters) and the box it fills."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float

    @property
    def middle(self) -> tuple[float, float]:
        """Centre of the box."""
        return (self.x0 + self.x1) / 2, (self.top + self.bottom) / 2

    @property
    def height(self) -> float:
        """Height of the box, never 0."""
        return max(self.bottom - self.top, 0.1)


@dataclass(frozen=True, slots=True)
class Rule:
    """A ruling line: at height (or, upright, at distance) `at`, from `start` to `end`."""

    upright: bool
    at: float
    start: float
    end: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page: its number from 1, its size, what is printed and ruled on it.

    `pictured`: pictures fill most of it. `layered`: its text is invisible, as a scanner's text recognition lays it over.
    """

    number: int
    width: float
    height: float
    glyphs: tuple[Glyph, ...] = ()
    rules: tuple[Rule, ...] = ()
    pictured: bool = False
    layered: bool = False

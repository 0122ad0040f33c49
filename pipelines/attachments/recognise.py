"""Pictures of pages → geometry, through rapidocr where it is installed (the optional extra `ocr`)."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
from PIL import Image

from pipelines.attachments.page import Glyph, Page, Rule
from pipelines.attachments.pixels import has_ink, Ink, ink_of, lean_of, rules_of
from pipelines.attachments.ruling import Region, ruled_tables

UNREADABLE = "\ufffd"
"""Stands where there is ink that was not recognised, so that no cell looks blank which is not."""

PAGE_WIDTH = 595.0
"""Points that a picture of a page is taken to be wide (A4); a lying page is as high as that."""


def page_of(picture: Image.Image, number: int) -> Page:
    """Return what is printed and ruled on a picture of a page; needs `can_recognise()`."""
    level = picture.convert("RGB").rotate(lean_of(picture), fillcolor=(255, 255, 255))
    scale = min(level.size) / PAGE_WIDTH
    ink = ink_of(level)
    rules = rules_of(ink, scale)
    glyphs = [piece for glyph in _recognised(level, scale) for piece in _parted(glyph, rules)]
    page = Page(
        number=number,
        width=level.width / scale,
        height=level.height / scale,
        glyphs=tuple(glyphs),
        rules=tuple(rules),
        pictured=True,
    )
    return replace(page, glyphs=(*page.glyphs, *_unrecognised(page, ink, scale)))


@cache
def _recogniser() -> Any:
    # Its classifier of upside-down lines turns a lone “900” into “006”: reports are not scanned upside down line by line.
    return importlib.import_module("rapidocr").RapidOCR(params={"Global.log_level": "critical", "Global.use_cls": False})


def _recognised(picture: Image.Image, scale: float) -> list[Glyph]:
    result = _recogniser()(np.asarray(picture))
    if result.boxes is None:
        return []
    return [_glyph(box, text, scale) for box, text in zip(result.boxes, result.txts, strict=True) if text.strip()]


def _glyph(box: Any, text: str, scale: float) -> Glyph:
    xs, ys = [float(x) / scale for x, _ in box], [float(y) / scale for _, y in box]
    return Glyph(text, min(xs), min(ys), max(xs), max(ys))


def _parted(glyph: Glyph, rules: Sequence[Rule]) -> list[Glyph]:
    """Return a recognised run whole, or character by character where a line parts it into cells."""
    _, middle = glyph.middle
    margin = 0.5 * glyph.height
    crossed = any(
        rule.upright and rule.start <= middle <= rule.end and glyph.x0 + margin < rule.at < glyph.x1 - margin for rule in rules
    )
    if not crossed:
        return [glyph]
    weights = [1.0 if ord(character) > 0x2E7F else 0.5 for character in glyph.text]
    step = (glyph.x1 - glyph.x0) / sum(weights)
    starts = [glyph.x0 + step * sum(weights[:i]) for i in range(len(weights))]
    return [
        Glyph(character, start, glyph.top, start + step * weight, glyph.bottom)
        for character, start, weight in zip(glyph.text, starts, weights, strict=True)
        if not character.isspace()
    ]


def _unrecognised(page: Page, ink: Ink, scale: float) -> list[Glyph]:
    regions = [region for table in ruled_tables(page.rules) for region in table.regions]
    empty = [region for region in regions if not any(_holds(region, glyph) for glyph in page.glyphs)]
    return [_mark(region) for region in empty if has_ink(ink, region.box, scale)]


def _holds(region: Region, glyph: Glyph) -> bool:
    x, y = glyph.middle
    x0, top, x1, bottom = region.box
    return x0 <= x <= x1 and top <= y <= bottom


def _mark(region: Region) -> Glyph:
    x0, top, x1, bottom = region.box
    x, y = (x0 + x1) / 2, (top + bottom) / 2
    return Glyph(UNREADABLE, x - 3, y - 3, x + 3, y + 3)

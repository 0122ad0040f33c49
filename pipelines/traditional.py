"""Traditional characters (繁体字): portals' versions for readers abroad print the same reports, in the same words.

Everything that knows the words of a report knows the simplified ones, so such a text is read in them; the capture stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from importlib import import_module

from pipelines.attachments.reading import FileReading
from pipelines.statistics.grid import Grid

REASON = "text: printed in traditional characters, read in simplified ones"

_WORDS = (("公開", "公开"), ("報告", "报告"))
"""In traditional and in simplified characters: words that every text about these reports holds."""

_SOUNDED = re.compile(r"(?<=[\u4e00-\u9fff])[(（][a-zàáèéìíòóùúüāēěīńňōūǎǐǒǔǖǘǚǜ]{1,6}[)）]")
"""How a sign is read, in brackets behind it: 數(shù)據(jù). Copies of portals on hijacked hosts print many signs so."""

_NO_BREAK_SPACES = re.compile(r"(?:^|(?<=[|>\n]))[^\S\n]*\?+(?=[^\S\n]*[^\s?])")
"""Question marks at the start of a line or cell: the no-break spaces of a page that such a copy wrote in another charset."""

_LEAST_SOUNDED = 3
_ADDRESS = re.compile(r"""\b(?:href|src)\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>]*)""", re.IGNORECASE)


def is_traditional(text: str) -> bool:
    """Say whether a text speaks of disclosure or reports in traditional characters, and more often so than in simplified ones."""
    if "開" not in text and "報" not in text:
        return False
    return sum(text.count(old) - text.count(new) for old, new in _WORDS) > 0


def simplified(text: str) -> str:
    """Return a traditional text in simplified characters, as many of them and each in its place; any other text as it is.

    Where signs have their sound in brackets behind them, zero-width spaces (U+200B) stand in its place.

    Addresses in markup stay as printed: a file's name is not ours to translate.
    """
    if not is_traditional(text):
        return text
    convert = _converter()
    text = _without_sounds(text)
    whole = convert(text)
    whole = whole if len(whole) == len(text) else text.translate({ord(sign): convert(sign) for sign in set(text)})
    for address in _ADDRESS.finditer(text):
        whole = whole[: address.start()] + address[0] + whole[address.end() :] if not address[0].isascii() else whole
    return whole


def _without_sounds(text: str) -> str:
    """The text with what tells how signs are read, and question marks for lost spaces, made invisible: all else keeps its place."""
    plain = _SOUNDED.sub(lambda match: "\u200b" * len(match[0]), text)
    if plain.count("\u200b") - text.count("\u200b") < _LEAST_SOUNDED * len("(a)"):
        return text
    return _NO_BREAK_SPACES.sub(lambda match: " " * len(match[0]), plain)


@cache
def _converter() -> Callable[[str], str]:
    # Its tables take a tenth of a second to load, which only traditional texts pay.
    convert: Callable[[str], str] = import_module("opencc").OpenCC("t2s").convert
    return convert


def simple_reading(reading: FileReading) -> FileReading:
    """Return a file's reading in simplified characters, its reasons saying so; one that is printed in them as it is."""
    text = simplified(reading.text)
    if text is reading.text:
        return reading
    return replace(reading, text=text, grids=tuple(map(_grid, reading.grids)), notes=(*reading.notes, REASON))


def _grid(grid: Grid) -> Grid:
    convert = _converter()
    rows = tuple(tuple(cell and cell._replace(text=convert(cell.text)) for cell in row) for row in grid.rows)
    return replace(grid, rows=rows, before=convert(grid.before))


def translated(printed: str, text: str) -> tuple[str, ...]:
    """Return the reason to give for a text that `simplified` changed, none for one that it left."""
    return () if printed is text else (REASON,)

"""The prose of a text that holds HTML: Markdown whose converter left tables with spans as markup, and stray tags beside them."""

from __future__ import annotations

import re

from archive.model import TextPlace
from pipelines.statistics.grid import Grid
from pipelines.statistics.markup import grids_in_text

_MARKS = "table|thead|tbody|tfoot|tr|td|th|caption|colgroup|col|br|p|div|span|center|font|strong|b|em|i|u|sup|sub|html|head|body|meta"
_TAG = re.compile(rf"<(?P<close>/?)(?P<name>{_MARKS})\b[^<>]*>", re.IGNORECASE)
_LINE_ENDS = frozenset({"table", "tr", "br", "p", "div", "caption"})


def without_markup(text: str) -> str:
    """Return a text with its HTML tables as lines of cells with ` | ` between them, and without other tags of HTML.

    What is no tag stays as it is: `<50件>` and `<政府信息公开条例>` are text. A text without tags is returned itself.
    """
    if "<" not in text or not _TAG.search(text):
        return text
    parts, end = list[str](), 0
    for grid in grids_in_text(text):
        if isinstance(grid.place, TextPlace):
            parts += [_TAG.sub(_plain, text[end : grid.place.start]), _lines(grid)]
            end = grid.place.end
    return "".join([*parts, _TAG.sub(_plain, text[end:])])


def _lines(grid: Grid) -> str:
    """A grid as lines, each cell once, where its span begins."""
    rows = (
        [" ".join(cell.text.split()) for column, cell in enumerate(row) if cell and (cell.row, cell.column) == (number, column)]
        for number, row in enumerate(grid.rows)
    )
    return "\n" + "\n".join(" | ".join(cells) for cells in rows) + "\n"


def _plain(tag: re.Match[str]) -> str:
    """What stands for a tag outside a whole table; a table cut short keeps its rows and cells apart."""
    name = tag["name"].lower()
    if name in {"td", "th"}:
        return " | " if tag["close"] else ""
    return "\n" if name in _LINE_ENDS else ""

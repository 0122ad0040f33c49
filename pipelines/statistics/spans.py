"""Rows of a table's markup as rows of a grid, spans resolved as browsers do, each cell with the text that it shows.

Every page has some 300 cells, so each is touched once: attributes are asked for only where there are any, and the text of a cell
that holds elements is looked at more closely than that of one which holds none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice

import lxml.html
from lxml import etree

from archive.model import HtmlPlace
from pipelines.statistics.cells import PICTURE
from pipelines.statistics.grid import GridCell

MOST_SPAN = 100
"""Spans beyond this are a slip of the editor, or an attack."""

BLOCKS = frozenset(
    [
        "p",
        "div",
        "li",
        "tr",
        "td",
        "th",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "section",
        "article",
        "table",
        "ul",
        "ol",
        "dl",
        "dt",
        "dd",
        "tbody",
        "thead",
        "blockquote",
        "pre",
    ]
)
BREAKS = BLOCKS | {"br"}
"""Elements that begin a new line."""

_TWO_DIGITS = re.compile(r"\d\D*\d")
_STRUCK = frozenset({"del", "s", "strike"})
_APART = _STRUCK | {"sup", "sub"}
"""A footnote's mark, and what was struck out, is no digit of the number beside it."""
_ODD = (*_APART, "input", "img")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_WORDS = re.compile(r"[\u4e00-\u9fff]")
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))

Element = lxml.html.HtmlElement
Hanging = dict[int, tuple[GridCell, int]]
"""The cells that hang into the next row, by column, each with how many rows it still covers."""


def rows_of_lines(lines: Sequence[Element], tree: etree._ElementTree) -> tuple[tuple[GridCell | None, ...], ...]:
    """Return the rows that some `tr` elements of one table make, each position with the cell that covers it."""
    hanging: Hanging = {}
    rows = []
    paths = _paths(lines, tree)
    for number, line in enumerate(lines):
        row, begun = _row(line, number, hanging, paths[line])
        if hanging:
            hanging = {column: (cell, left - 1) for column, (cell, left) in hanging.items() if left > 1}
        for cell in begun:
            hanging |= dict.fromkeys(range(cell.column, cell.column + cell.column_span), (cell, cell.row_span - 1))
        rows.append(tuple(row))
    return tuple(rows)


def is_hidden(element: Element) -> bool:
    """Say whether an element's own style keeps it off the page."""
    return bool(element.keys()) and _is_out(element)


def _is_out(element: Element) -> bool:
    style = element.get("style")
    return (style is not None and _HIDDEN.search(style) is not None) or element.get("hidden") is not None


def _paths(lines: Sequence[Element], tree: etree._ElementTree) -> dict[Element, str]:
    """The XPath of each row; lxml's own counts all earlier siblings anew for every row."""
    paths: dict[Element, str] = {}
    for parent in {parent for line in lines if (parent := line.getparent()) is not None}:
        above = tree.getpath(parent)
        twins = list(parent.iterchildren("tr"))
        paths |= {twin: f"{above}/tr[{place}]" if len(twins) > 1 else f"{above}/tr" for place, twin in enumerate(twins, 1)}
    return {line: paths.get(line) or tree.getpath(line) for line in lines}


def _row(line: Element, number: int, hanging: Hanging, path: str) -> tuple[list[GridCell | None], list[GridCell]]:
    """One row with the cells that hang into it, and those of its own that hang further down."""
    row: list[GridCell | None] = []
    begun = []
    for element, step, down, across in _cells(line):
        while len(row) in hanging:
            row.append(hanging[len(row)][0])
        text, offset = _shown(element)
        cell = GridCell(text, number, len(row), down, across, HtmlPlace(path + step, offset))
        row.append(cell)
        if across > 1:
            row += [cell] * (across - 1)
        if down > 1:
            begun.append(cell)
    if hanging:
        for column in sorted(column for column in hanging if column >= len(row)):
            row += [None] * (column - len(row)) + [hanging[column][0]]
    return row, begun


def _cells(line: Element) -> Iterator[tuple[Element, str, int, int]]:
    """The cells of a row that are seen, each with its step of an XPath (its number among its like), row and column span."""
    plain = headers = 0
    for element in line:
        tag = element.tag
        if tag == "td":
            plain += 1
            step = f"/td[{plain}]"
        elif tag == "th":
            headers += 1
            step = f"/th[{headers}]"
        else:
            continue
        if not element.keys():
            yield element, step, 1, 1
        elif not _is_out(element):
            yield element, step, _span(element.get("rowspan")), _span(element.get("colspan"))


@lru_cache(maxsize=512)
def _span(value: str | None) -> int:
    """A span attribute as browsers read it: leading digits, 1 where there are none."""
    digits = re.match(r"\s*([0-9]{1,4})", value or "")
    return min(max(int(digits[1]), 1), MOST_SPAN) if digits else 1


def _shown(element: Element) -> tuple[str, int]:
    """The text that a cell shows, and how much white space stands before it in the cell's text."""
    if len(element):
        plain = etree.tostring(element, method="text", encoding="unicode", with_tail=False)
        text = _printed(element, plain)
    else:
        text = plain = element.text or ""
    if not text.isascii():
        text = text.translate(_INVISIBLE)
    return text.strip(), len(plain) - len(plain.lstrip()) if plain[:1].isspace() else 0


def _printed(element: Element, plain: str) -> str:
    """What a cell shows: its text, numbers kept apart, the value of a form's field, and a picture as `PICTURE`."""
    odd = {each.tag for each in element.iter(*_ODD)}
    if not plain.strip() and odd:
        return "\n".join(each.get("value") or "" for each in element.iter("input")).strip() or PICTURE * ("img" in odd)
    if not odd & _APART and not _TWO_DIGITS.search(plain):
        return plain
    worded = _WORDS.search(plain) is not None
    return PICTURE * (bool(odd & _STRUCK) and not worded) + _spaced(element, marks=not worded)


def _spaced(element: Element, *, marks: bool) -> str:
    """The text of a cell, a line end wherever a block or a `<br>` keeps two numbers apart; without `marks` no footnote's mark."""
    parts: list[str] = []
    silent = 0
    for event, each in etree.iterwalk(element, events=("start", "end", "comment", "pi")):
        apart = each.tag in _APART
        silent += {"start": 1, "end": -1}.get(event, 0) * (apart and not marks)
        parts += ["\n"] if (each.tag in BREAKS or (apart and marks)) and each is not element else []
        text = each.text if event == "start" else each.tail if each is not element else None
        parts += [text] if text and not silent else []
    return "\n".join(line for line in "".join(parts).split("\n") if line.strip())


def is_cell(table: Element) -> bool:
    """Say whether a table has one cell only and stands in another's cell: some editors put every number into one."""
    cells = islice(table.iter("td", "th"), 2)
    return len(list(cells)) < 2 and next(table.iterancestors("td", "th"), None) is not None

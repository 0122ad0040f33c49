"""Rows of a table's markup as the cells that they print, spans resolved as browsers do, each cell with the text that it shows.

Every page has some 300 cells, so each is touched once: attributes are asked for only where there are any, and the text of a cell
that holds elements is looked at more closely than that of one which holds none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import islice

import lxml.html
from lxml import etree

from archive.model import HtmlPlace
from pipelines.statistics.cells import PICTURE
from pipelines.statistics.pieces import Piece

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
_ODD = (*_APART, "input", "img", "select")
_PLAIN = frozenset({"p", "div", "span", "font", "b", "strong"})
"""Elements that editors put around the whole text of a cell, and that say nothing of it."""
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_WORDS = re.compile(r"[\u4e00-\u9fff]")
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))

_made = tuple.__new__
"""Makes a named tuple of all its fields in half the time of its own constructor."""

Element = lxml.html.HtmlElement
Hanging = dict[int, int]
"""How many rows the cells above still cover, by column."""


def printed_cells(lines: Sequence[Element], tree: etree._ElementTree, row: int) -> list[Piece]:
    """Return the cells that some `tr` elements of one table print, each in the column where its span begins; rows count from above `row`."""
    hanging: Hanging = {}
    paths = _paths(lines, tree)
    found: list[Piece] = []
    for number, line in enumerate(lines, row + 1):
        cells, hanging = _line(line, paths[line], number, hanging)
        found += cells
    return found


def _line(line: Element, path: str, row: int, hanging: Hanging) -> tuple[list[Piece], Hanging]:
    """One row's own cells, and what hangs into the next row."""
    found: list[Piece] = []
    column = plain = headers = 0
    below = {place: left - 1 for place, left in hanging.items() if left > 1} if hanging else {}
    for element in line:
        tag = element.tag
        if tag == "td":
            number = plain = plain + 1
        elif tag == "th":
            number = headers = headers + 1
        else:
            continue
        down = across = 1
        if names := element.keys():
            if _is_out(element, names):
                continue
            down, across = _span(element, names, "rowspan"), _span(element, names, "colspan")
        while column in hanging:
            column += 1
        text, offset = _shown(element) if len(element) else _stripped(element.text)
        at = _made(HtmlPlace, (f"{path}/{tag}[{number}]", offset))
        found.append(_made(Piece, (text, row, at, None, True, False, column, False)))
        if down > 1:
            below |= dict.fromkeys(range(column, column + across), down - 1)
        column += across
    return found, below


def _span(element: Element, names: Sequence[str], name: str) -> int:
    return _count(element.get(name) or "") if name in names else 1


def is_hidden(element: Element) -> bool:
    """Say whether an element's own style keeps it off the page."""
    names = element.keys()
    return bool(names) and _is_out(element, names)


def _is_out(element: Element, names: Sequence[str]) -> bool:
    return "hidden" in names or ("style" in names and _HIDDEN.search(element.get("style") or "") is not None)


def _paths(lines: Sequence[Element], tree: etree._ElementTree) -> dict[Element, str]:
    """The XPath of each row; lxml's own counts all earlier siblings anew for every row."""
    paths: dict[Element, str] = {}
    for parent in {parent for line in lines if (parent := line.getparent()) is not None}:
        above = tree.getpath(parent)
        twins = list(parent.iterchildren("tr"))
        paths |= {twin: f"{above}/tr[{place}]" if len(twins) > 1 else f"{above}/tr" for place, twin in enumerate(twins, 1)}
    return {line: paths.get(line) or tree.getpath(line) for line in lines}


@lru_cache(maxsize=512)
def _count(value: str) -> int:
    """A span attribute as browsers read it: leading digits, 1 where there are none."""
    digits = re.match(r"\s*([0-9]{1,4})", value)
    return min(max(int(digits[1]), 1), MOST_SPAN) if digits else 1


def _shown(element: Element) -> tuple[str, int]:
    """The text that a cell of several elements shows, and how much white space stands before it in the cell's text."""
    if len(element) == 1 and (only := element[0]).tag in _PLAIN and not len(only):
        outside, inside, behind = element.text or "", only.text or "", only.tail or ""
        if "\n" not in inside and not (outside + behind).strip():
            return _stripped(inside)[0], _stripped(outside + inside + behind)[1]
    plain = etree.tostring(element, method="text", encoding="unicode", with_tail=False)
    return _stripped(_printed(element, plain))[0], _stripped(plain)[1]


@lru_cache(maxsize=2048)
def _stripped(text: str | None) -> tuple[str, int]:
    """A text without what nobody sees in it and around it, and how much white space stood before."""
    if not text:
        return "", 0
    return text.translate(_INVISIBLE).strip(), len(text) - len(text.lstrip()) if text[0].isspace() else 0


def _printed(element: Element, plain: str) -> str:
    """What a cell shows: its text, numbers kept apart, the value of a form's field, and a picture as `PICTURE`."""
    odd = {each.tag for each in element.iter(*_ODD)}
    if "select" in odd:
        return _chosen(element)
    if not plain.strip() and odd:
        return "\n".join(each.get("value") or "" for each in element.iter("input")).strip() or PICTURE * ("img" in odd)
    if not odd & _APART and not _TWO_DIGITS.search(plain):
        return plain
    worded = _WORDS.search(plain) is not None
    return PICTURE * (bool(odd & _STRUCK) and not worded) + _spaced(element, marks=not worded)


def _chosen(element: Element) -> str:
    """The option of a cell's only list that is chosen, the first where none is; where more than the list stands there, `PICTURE`."""
    options = list(element.iter("option"))
    chosen = next((each for each in options if each.get("selected") is not None), next(iter(options), None))
    beside = _letters(element) - sum(map(_letters, options))
    return "".join(chosen.itertext()) if chosen is not None and not beside else PICTURE


def _letters(element: Element) -> int:
    return sum(len("".join(text.split())) for text in element.itertext())


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

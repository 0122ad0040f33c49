"""Where in a stream of pieces each statutory table begins, and which one it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from pipelines.statistics.cells import is_value
from pipelines.statistics.folios import folios
from pipelines.statistics.labels import fingerprint, is_long
from pipelines.statistics.pieces import label_name, Piece

_FIRST_ROW = "本年新收政府信息公开申请数量"
_CAPTIONS = 3
_LONGEST_CAPTION = 60
BLOCKS = frozenset(["行政复议", "行政诉讼", "行政复议行政诉讼", "未经复议直接起诉", "复议后起诉", "未经复议直接起诉复议后起诉"])
"""Titles of table four's blocks."""

_HEADERS_WITH_UNIT = ("指标", "项目")
"""Words over the labels of a one-column table, if a column of units stands beside."""


@dataclass(frozen=True, slots=True)
class Region:
    """The pieces from where one instance of a table begins to where the next table does; `before` is what led up to it.

    `folios` are the offsets of the numbers in the whole text that may be page numbers.
    """

    kind: str
    pieces: tuple[Piece, ...]
    before: str
    folios: frozenset[int] = frozenset()


def regions(pieces: Sequence[Piece]) -> list[Region]:
    """Return the tables that begin in the stream; kind is a table's name, or `summary` for the one-column tables."""
    starts = _starts(pieces)
    ends = [*(start for start, _ in starts[1:]), len(pieces)][: len(starts)]
    numbers = folios(pieces) if starts else frozenset()
    return [
        Region(kind, tuple(pieces[start:end]), _words_before(pieces, start), numbers)
        for (start, kind), end in zip(starts, ends, strict=True)
    ]


def _words_before(pieces: Sequence[Piece], start: int) -> str:
    """Headings and captions just before a table: short lines only, for a paragraph may speak of somebody else's numbers."""
    return "\n".join(piece.text for piece in pieces[max(0, start - _CAPTIONS) : start] if len(piece.text) <= _LONGEST_CAPTION)


def _starts(pieces: Sequence[Piece]) -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = []
    moved_on, first_row_seen = True, False
    for i, piece in enumerate(pieces):
        name = _short_name(piece.text)
        if name is None:
            moved_on = moved_on or bool(piece.text)
            continue
        kind = start_of(name, pieces, i)
        if kind is None:
            continue
        again = moved_on and (kind[1] or (name == _FIRST_ROW and first_row_seen))
        if not found or found[-1][1] != kind[0] or again:
            found.append((_with_titles(pieces, i) if kind[0] == "review_litigation" else i, kind[0]))
            moved_on = first_row_seen = False
        first_row_seen = first_row_seen or name == _FIRST_ROW
    return found


@lru_cache(maxsize=2048)
def _short_name(text: str) -> str | None:
    """The fingerprint of a label that is short enough to begin a table, None for any other text."""
    return None if is_long(text) else label_name(text)


def _with_titles(pieces: Sequence[Piece], i: int) -> int:
    """Where the titles of table four's blocks begin, which stand before the label that begins the table."""
    while i and pieces[i - 1].is_label and fingerprint(pieces[i - 1].text) in BLOCKS:
        i -= 1
    return i


def start_of(name: str, pieces: Sequence[Piece], i: int) -> tuple[str, bool] | None:
    """Return which table a label begins, and whether it can begin a second instance of the same; None for other labels."""
    following = pieces[i + 1].text if i + 1 < len(pieces) else None
    if name.startswith("主动公开政府信息数"):
        return ("summary", False) if following is not None and (following == "条" or is_value(following)) else None
    if name in _HEADERS_WITH_UNIT:
        return ("summary", True) if following is not None and fingerprint(following) in ("单位", "计量单位") else None
    return _begun_by(name)


@lru_cache(maxsize=2048)
def _begun_by(name: str) -> tuple[str, bool] | None:
    if name == "第二十条第一项":
        return "proactive_disclosure", True
    if name == "信息内容" or name.startswith("信息内容本年"):
        return "proactive_disclosure", False
    if name.startswith("本列数据的勾稽关系"):
        return "applications", True
    if name in ("申请人情况", _FIRST_ROW):
        return "applications", False
    if name in ("结果维持", "未经复议直接起诉", "行政复议行政诉讼", "未经复议直接起诉复议后起诉"):
        return "review_litigation", True
    if name.startswith(("统计指标单位", "指标名称计量")) or name in ("统计指标", "指标名称"):
        return "summary", True
    return None

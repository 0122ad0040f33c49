"""From a stream of pieces to rows: where each statutory table begins, which piece is which row's label, and what stands after it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

from pipelines.statistics.cells import is_value
from pipelines.statistics.folios import folios
from pipelines.statistics.labels import fingerprint, likeness, ORDER_APPLICATIONS, Outline, UNITS
from pipelines.statistics.labels import outline as outline_of
from pipelines.statistics.pieces import label_name, Piece

ALIKE = 0.72
"""How like a row's name a label must be to be taken for it with a typing error: two letters in eight, not three."""

_LONGEST_LABEL = 90
_FIRST_ROW = "本年新收政府信息公开申请数量"
_MOST_LABELS = 400
_REACH = 40
"""How far behind the last known label a misspelt one is looked for."""
_CAPTIONS = 3
_LONGEST_CAPTION = 60
BLOCKS = frozenset(["行政复议", "行政诉讼", "行政复议行政诉讼", "未经复议直接起诉", "复议后起诉", "未经复议直接起诉复议后起诉"])
"""Titles of table four's blocks."""

_NOTE = re.compile(r"[(（][^()（）]*[)）]")
_ONLY_SIGNS = re.compile(r"[\s）)」”\"’、，。；;:：（(]+")
_STACKED = re.compile(r"\S\s+(?:\d{1,2}[.、．]|[(（][一二三四五六七八九][)）])\D")
"""A second numbered label in the same cell."""
_TOO_SHORT_TO_MISSPELL = 5
_IN_ORDER = 0.6

FRAME = UNITS | frozenset(
    [
        "本年度办理结果",
        "不予公开",
        "无法提供",
        "不予处理",
        "其他处理",
        "申请人情况",
        "自然人",
        "法人或其他组织",
        "商业企业",
        "科研机构",
        "社会公益组织",
        "法律服务机构",
        "其他",
        "总计",
        "信息内容",
        "第二十条第一项",
        "第二十条第五项",
        "第二十条第六项",
        "第二十条第八项",
        "第二十条第九项",
        "统计指标",
        "单位",
        "统计数",
        "指标名称",
        "计量单位",
        "代码",
        "条",
        "件",
        "次",
        "篇",
        "个",
        "人",
        "人次",
        "万元",
        "元",
        "项",
        "本期实际",
        "本年累计",
        "商业",
        "企业",
        "科研",
        "机构",
        "社会",
        "公益",
        "组织",
        "法律",
        "服务",
    ]
)
"""Words of the tables that are no row's label: headers, clauses, groups and units."""


@dataclass(frozen=True, slots=True)
class Region:
    """The pieces from where one instance of a table begins to where the next table does; `before` is what led up to it.

    `folios` are the offsets of the numbers in the whole text that may be page numbers.
    """

    kind: str
    pieces: tuple[Piece, ...]
    before: str
    folios: frozenset[int] = frozenset()


class Row(NamedTuple):
    """One row as printed: its place in the outline (None for a row that no form has), label, and the pieces after it."""

    place: int | None
    label: Piece
    pieces: tuple[Piece, ...]
    begins: int
    """Where the label stands in the region."""
    line: int = -1
    """The printed line on which the label ends."""


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
    if name.startswith("主动公开政府信息数"):
        following = pieces[i + 1].text if i + 1 < len(pieces) else None
        return ("summary", False) if following is not None and (following == "条" or is_value(following)) else None
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


def rows_of(pieces: Sequence[Piece], outline: Outline) -> list[Row]:
    """Return the rows of a region in printed order: the form's, each label in its place, and rows that no form has."""
    labels = [i for i, piece in enumerate(pieces) if label_name(piece.text) is not None]
    anchors = _misspelt(pieces, labels, outline, list(_in_order(tuple(_candidates(pieces, labels, outline)))))
    if not anchors:
        return []
    rows = [Row(place, pieces[start], _after(pieces, start, end), start, pieces[end - 1].row) for start, end, place in anchors]
    covered = {i for start, end, _ in anchors for i in range(start, end)}
    last = max(end for _, end, _ in anchors)
    rows += [
        Row(None, pieces[i], after, i, pieces[i].row)
        for i in labels
        if i not in covered and anchors[0][0] < i < last + 12 and _is_unknown(pieces[i].text)
        for after in [_after(pieces, i, i + 1)]
        if any(one.text for one in after)
    ]
    return sorted(rows, key=lambda row: row.begins)


def is_long(text: str) -> bool:
    """Say whether a text is too long for a label, its letter-spacing not counted."""
    return len(text) > _LONGEST_LABEL and len("".join(text.split())) > _LONGEST_LABEL


def is_unknown(piece: Piece) -> bool:
    """Say whether a piece is a label that belongs to no form."""
    return _is_unknown(piece.text)


@lru_cache(maxsize=2048)
def _is_unknown(text: str) -> bool:
    name = label_name(text)
    return name is not None and not is_long(text) and name not in FRAME and "。" not in text


def _candidates(
    pieces: Sequence[Piece], labels: Sequence[int], outline: Outline
) -> list[tuple[int, int, tuple[int, ...], int]]:
    """Every label of the outline in the pieces, of which `labels` are labels: where it begins and ends, the rows it can mean, and how much speaks for it."""
    found = []
    end = _after_header(pieces, labels, outline)
    for i in labels:
        if i < end:
            continue
        end, places = _label_at(pieces, i, outline)
        if places:
            filled = end < len(pieces) and not pieces[end].is_label
            found.append((i, end, places, 3 if filled else 1))
    return found


def _after_header(pieces: Sequence[Piece], labels: Sequence[int], outline: Outline) -> int:
    """Where the rows of table three begin: its header has 其他 and 总计 too, which are rows' labels further down."""
    if outline.table != "applications":
        return 0
    own = _early_names()
    return next((i for i in labels if label_name(pieces[i].text) in own), len(pieces))


@cache
def _early_names() -> frozenset[str]:
    """The labels of table three's rows up to those in which its forms differ."""
    order = outline_of("applications")
    return frozenset(name for name, places in order.labels.items() if places[0] < len(order.rows) - len(ORDER_APPLICATIONS))


def _label_at(pieces: Sequence[Piece], i: int, outline: Outline) -> tuple[int, tuple[int, ...]]:
    """Where a piece of words ends as a label, the pieces that go on with it among it, and the rows that it can mean."""
    piece = pieces[i]
    if len(piece.text) > 400 or _is_torn(piece, pieces[i + 1] if i + 1 < len(pieces) else None):
        return i, ()
    goes_on, places = _meaning(piece.text, outline.table)
    if goes_on and (joined := _joined(pieces, i, outline)):
        return joined
    end = i + 1
    while places and end < len(pieces) and _is_note(pieces[end].text):
        end += 1
    return end, places


@lru_cache(maxsize=2048)
def _meaning(text: str, table: str) -> tuple[bool, tuple[int, ...]]:
    """Whether a label may go on in the next piece, and the rows of a table's outline that it can mean as it stands."""
    order, name = outline_of(table), fingerprint(text)
    return name in order.heads, order.labels.get(name) or _defined(text, order)


def _is_torn(piece: Piece, following: Piece | None) -> bool:
    """Whether the text ends with a label, or with what goes on with it on its line."""
    return piece.cut or (following is not None and following.cut and following.is_label and following.row == piece.row)


def _joined(pieces: Sequence[Piece], i: int, outline: Outline) -> tuple[int, tuple[int, ...]] | None:
    """A label printed in two or three pieces one after another."""
    for count in (3, 2):
        parts = pieces[i : i + count]
        if len(parts) == count and all(part.is_label for part in parts):
            places = outline.labels.get(fingerprint("".join(part.text for part in parts)))
            if places:
                return i + count, places
    return None


def _is_note(text: str) -> bool:
    return (
        len(text) > 2
        and text[0] in "(（"
        and text[-1] in ")）"
        and len(text) < _LONGEST_LABEL
        and fingerprint(text) != ""
        and text[2] not in ")）"
    )


def _defined(text: str, outline: Outline) -> tuple[int, ...]:
    """A label with a note or a whole definition inside: `规章:地方行政规章指…`, `规范性文件（含…）`."""
    head = re.split(r"[:：]", text, maxsplit=1)[0]
    if len(head) < len(text) and not head.strip().endswith("其中"):
        return outline.labels.get(fingerprint(head), ())
    return outline.labels.get(fingerprint(_NOTE.sub("", text)), ()) if _NOTE.search(text.strip()[4:]) else ()


@lru_cache(maxsize=512)
def _in_order(items: tuple[tuple[int, int, tuple[int, ...], int], ...]) -> tuple[tuple[int, int, int], ...]:
    """Choose the labels that stand in the form's order: the chain that most speaks for.

    Kept for the next page, since pages of one portal print their tables alike.
    """
    return tuple(_chosen(items))


def _chosen(items: Sequence[tuple[int, int, tuple[int, ...], int]]) -> list[tuple[int, int, int]]:
    last, greedy = -1, []
    for start, end, places, _ in items:
        place = next((one for one in places if one > last), None)
        if place is None:
            return _trusted(items, _heaviest(items))
        greedy.append((start, end, place))
        last = place
    return greedy if all(weight > 1 or len(places) > 1 for _, _, places, weight in items) else _heaviest(items)


def _trusted(
    items: Sequence[tuple[int, int, tuple[int, ...], int]], chain: list[tuple[int, int, int]]
) -> list[tuple[int, int, int]]:
    """The chain; without the labels of several rows, which only order tells apart, where much of the table stands in none."""
    if len(chain) >= _IN_ORDER * len(items):
        return chain
    plain = {start for start, _, places, _ in items if len(places) == 1}
    return [one for one in chain if one[0] in plain]


def _heaviest(items: Sequence[tuple[int, int, tuple[int, ...], int]]) -> list[tuple[int, int, int]]:
    flat = [(start, end, place, weight) for start, end, places, weight in items[:_MOST_LABELS] for place in places]
    best: list[tuple[int, int]] = []
    for k, (start, _, place, weight) in enumerate(flat):
        before = [(best[j][0], j) for j in range(k) if flat[j][2] < place and flat[j][0] < start]
        score, link = max(before, default=(0, -1), key=lambda pair: pair[0])
        best.append((score + weight * 100 - place % 2, link))
    at = max(range(len(best)), default=-1, key=lambda k: best[k][0])
    chain = []
    while at >= 0:
        chain.append(flat[at][:3])
        at = best[at][1]
    return chain[::-1]


def _misspelt(
    pieces: Sequence[Piece], labels: Sequence[int], outline: Outline, anchors: list[tuple[int, int, int]]
) -> list[tuple[int, int, int]]:
    """Add labels with typing errors: between two found labels, where a row is missing and a label is nearly its name."""
    if not anchors or len({place for _, _, place in anchors}) == len(outline.rows):
        return anchors
    taken = {i for start, end, _ in anchors for i in range(start, end)}
    added = list(anchors)
    for i in labels:
        piece = pieces[i]
        if i in taken or i >= anchors[-1][1] + _REACH or not is_unknown(piece) or _STACKED.search(piece.text):
            continue
        if fingerprint(piece.text) in outline.labels:  # a row's name to the letter, which its place spoke against
            continue
        low = max((place for start, _, place in added if start < i), default=-1)
        high = min((place for start, _, place in added if start > i), default=len(outline.rows))
        place = _nearest(fingerprint(piece.text), outline.table, low + 1, high)
        if place is not None:
            added = sorted([*added, (i, i + 1, place)])
    return added


@lru_cache(maxsize=2048)
def _nearest(name: str, table: str, first: int, end: int) -> int | None:
    """The row between two places whose name a label nearly is, None where none or two are."""
    if len(name) < _TOO_SHORT_TO_MISSPELL:
        return None
    names = outline_of(table).names
    scored = sorted(((max(_likeness(name, one) for one in names[place]), place) for place in range(first, end)), reverse=True)
    if not scored or scored[0][0] < ALIKE or (len(scored) > 1 and scored[0][0] - scored[1][0] < 0.1):
        return None
    return scored[0][1]


def _likeness(name: str, other: str) -> float:
    """Likeness, not computed where the lengths alone are too different."""
    return 0.0 if min(len(name), len(other)) < ALIKE * max(len(name), len(other)) else likeness(name, other)


@lru_cache(maxsize=2048)
def _is_no_value(text: str) -> bool:
    """Whether a text beside a label is a unit, or signs only."""
    return text in UNITS or _ONLY_SIGNS.fullmatch(text) is not None


def _after(pieces: Sequence[Piece], start: int, end: int) -> tuple[Piece, ...]:
    """The pieces that belong to a label: of a grid the rest of its printed row, else all up to the next label.

    Where a grid's label ends its row, the rows below it that have no label are its own, unless values stand before it.
    """
    label = pieces[start]
    stop = end
    if label.gap is None and end < len(pieces) and pieces[end].gap is None and pieces[end].row == label.row:
        line = label.row
        while stop < len(pieces) and pieces[stop].row == line:
            stop += 1
    else:
        while stop < len(pieces) and (label_name(pieces[stop].text) is None or pieces[stop].text in UNITS):
            stop += 1
        if label.gap is None:
            stop = _end_of_rows(pieces, start, end, stop)
    return tuple([piece for piece in pieces[end:stop] if not _is_no_value(piece.text)])


def _end_of_rows(pieces: Sequence[Piece], start: int, end: int, stop: int) -> int:
    """Where the values below a grid's label end: before the row of the next label, and at once where the label's own row has some."""
    before = pieces[start - 1] if start else None
    if before is not None and before.row == pieces[start].row and not before.is_label:
        return end
    while stop < len(pieces) and stop > end and pieces[stop - 1].row == pieces[stop].row:
        stop -= 1
    return stop


def assign(pieces: Sequence[Piece], count: int) -> list[Piece] | None:
    """Return the pieces that fill `count` cells, a blank one for an empty cell; None where positions are not certain."""
    values = [piece for piece in pieces if piece.text]
    if len(values) == count and not (count > 1 and values[0].glued):
        return None if len(values) < len(pieces) and not _is_whole(pieces) else values
    if not values:
        return _blanks(pieces, count)
    if len(pieces) == count and all(piece.sure for piece in pieces if piece.blank):
        return list(pieces)
    return _spaced(values[0], count) if len(values) == 1 and not values[0].glued else None


def without_padding(pieces: Sequence[Piece]) -> Sequence[Piece]:
    """Return the pieces without those at the end that may be lost cells or bars of the layout alone."""
    end = len(pieces)
    while end and pieces[end - 1].blank and not pieces[end - 1].sure:
        end -= 1
    return pieces[:end]


def _is_whole(pieces: Sequence[Piece]) -> bool:
    """Whether as many values as cells, with empty pieces beside them, are all of these cells': none stands between, and all are values."""
    filled = [i for i, piece in enumerate(pieces) if not piece.blank]
    interrupted = any(piece.blank and piece.sure for piece in pieces[filled[0] : filled[-1]])
    return not interrupted and all(is_value(piece.text) for piece in pieces)


def is_wrapped(pieces: Sequence[Piece]) -> bool:
    """Say whether the empty cells of a text's row may be the ends of its lines: it stands on several, more than one value on some."""
    lines = [piece.row for piece in pieces if piece.text]
    return len(lines) < len(pieces) and pieces[0].gap is not None and 1 < len(set(lines)) < len(lines)


def _blanks(pieces: Sequence[Piece], count: int) -> list[Piece] | None:
    """As many empty cells as the form has: one merged empty cell stands for all; a row of a few has its others elsewhere."""
    if not pieces or (1 < len(pieces) < count and all(piece.sure for piece in pieces)):
        return None
    return [pieces[min(k, len(pieces) - 1)] for k in range(count)]


def _spaced(piece: Piece, count: int) -> list[Piece] | None:
    """One piece that holds exactly as many numbers, dashes or 无 as there are cells, spaces between them."""
    numbers = piece.text.split()
    if len(numbers) != count or count < 2 or not all(is_value(number) for number in numbers):
        return None
    return [Piece(number, piece.row, piece.at, piece.gap) for number in numbers]

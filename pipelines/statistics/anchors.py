"""Which pieces are the labels of a table's rows: those that stand in the form's order, names with typing errors among them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache

from pipelines.statistics.labels import fingerprint, FRAME, is_long, likeness, LONGEST_LABEL, ORDER_APPLICATIONS, Outline
from pipelines.statistics.labels import outline as outline_of
from pipelines.statistics.pieces import label_name, Piece

ALIKE = 0.72
"""How like a row's name a label must be to be taken for it with a typing error: two letters in eight, not three."""

_MOST_LABELS = 400
_REACH = 40
"""How far behind the last known label a misspelt one is looked for."""

_NOTE = re.compile(r"[(（][^()（）]*[)）]")
_STACKED = re.compile(r"\S\s+(?:\d{1,2}[.、．]|[(（][一二三四五六七八九][)）])\D")
"""A second numbered label in the same cell."""

_TOO_SHORT_TO_MISSPELL = 5
_IN_ORDER = 0.6


def anchors(pieces: Sequence[Piece], labels: Sequence[int], outline: Outline) -> list[tuple[int, int, int]]:
    """Return the rows' labels: where each begins and ends in the pieces, and its place in the outline.

    `labels` are the pieces that may be labels, by their numbers.
    """
    return _misspelt(pieces, labels, outline, list(_in_order(tuple(_candidates(pieces, labels, outline)))))


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
        and len(text) < LONGEST_LABEL
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


def is_unknown(piece: Piece) -> bool:
    """Say whether a piece is a label that belongs to no form."""
    return _is_unknown(piece.text)


@lru_cache(maxsize=2048)
def _is_unknown(text: str) -> bool:
    name = label_name(text)
    return name is not None and not is_long(text) and name not in FRAME and "。" not in text

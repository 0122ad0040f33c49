"""Figures stated in prose: number, unit, the words they stand in. Rules are data; a number belongs to one rule only.

Current and older reports both (`FORMS.md` §2.5, §1.1). Nothing is rounded or guessed: 755多条 and 近百条 are no figures.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from archive.model import Number, ProseFigure
from pipelines.numerals import number_of
from pipelines.percentages import is_about, percentages
from pipelines.prose_rules import COUNT, FigureRule, NUMBER, RULES


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Most rules never meet a text with their words, and compiling all takes longer than reading a page."""
    return re.compile(pattern)


_LONG_CELL = 60
"""More characters than a cell of a row: a line of longer ones is prose."""
_STOP = re.compile(r"[。\n]")
_JOINT = re.compile(rf"复议[、和及与或者提起被]{{1,6}}(?:行政)?诉讼[^，,。；;：、\n\d]{{0,8}}?{NUMBER}(?:件|起|宗|例|次)")
_WRAP = re.compile(r"[。；：！？”）:;!?)|]$")
_ITEM = re.compile(r"^[（(]?[一二三四五六七八九十\d]{1,3}[)）、.．]")


@dataclass(frozen=True, slots=True)
class _Flat:
    """Prose without white space and wrapped lines joined, and where each run of it begins: in the prose and in the body."""

    text: str
    begins: tuple[int, ...]
    stands: tuple[int, ...]

    def place(self, offset: int, body: str) -> int:
        """Return where a character of the prose stands in the body."""
        run = bisect_right(self.begins, offset) - 1
        place, inside = self.stands[run], offset - self.begins[run]
        if body[place : place + inside + 1] == self.text[self.begins[run] : offset + 1]:  # no white space in between
            return place + inside
        for _ in range(inside):
            place = _next_sign(body, place + 1)
        return place


def _next_sign(body: str, place: int) -> int:
    while place < len(body) and body[place].isspace():
        place += 1
    return place


def prose_figures(body: str) -> tuple[ProseFigure, ...]:
    """Return the figures that the prose states, in the order of the text; `body[at[0]:at[1]]` is the quote.

    Ids follow the statutory tables where these have the figure (`applications.new_received`); a stated absence
    (未收到申请) is the value 0 with its quote; a percentage has the unit `%` and the id of what it is about.
    """
    flat = _flatten(body)
    sentences = _Sentences(flat.text)
    taken = {match.start("n") for match in _JOINT.finditer(flat.text) if number_of(match["n"]) != 0}
    rules = sentences.rules()
    found = [figure for rule in rules for figure in _apply(rule, sentences.matches(rule), flat, body, taken)]
    return tuple(sorted(_without_doubles([*_joint_zeros(flat, body), *found]), key=lambda figure: (figure.at, figure.id)))


class _Sentences:
    """A text's sentences, each with the stop before it, and which of them hold a word of the rules, or a word and a count."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts = [0, *(match.start() for match in _STOP.finditer(text))]
        self._ends = [*self._starts[1:], len(text)]
        counting = {self._number(match.start()) for match in COUNT.finditer(text)}
        self._holding = self._places_of_words()
        self._counting = {word: both for word, numbers in self._holding.items() if (both := numbers & counting)}

    def rules(self) -> list[FigureRule]:
        """Return the rules of which a word stands in the text, in their order."""
        return [RULES[number] for number in sorted({number for word in self._holding for number in _words().rules[word]})]

    def matches(self, rule: FigureRule) -> Iterator[re.Match[str]]:
        """Yield a rule's matches, of the sentences that can hold one."""
        where = self._counting if rule.zero is None else self._holding
        numbers = {number for word in rule.words if word in where for number in where[word]}
        for number in sorted(numbers):
            yield from _compiled(rule.pattern).finditer(self._text, self._starts[number], self._ends[number])

    def _places_of_words(self) -> dict[str, set[int]]:
        found: dict[str, set[int]] = {}
        words, match = _words(), _words().pattern.search(self._text)
        while match:
            number = self._number(match.start())
            for word in words.begun_by[match[0]]:
                found.setdefault(word, set()).add(number)
            match = words.pattern.search(self._text, match.start() + 1)
        return found

    def _number(self, place: int) -> int:
        return bisect_right(self._starts, place) - 1


@dataclass(frozen=True, slots=True)
class _Words:
    """All words of the rules: a pattern that finds the longest at a place, the words that begin each, and the rules of each."""

    pattern: re.Pattern[str]
    begun_by: dict[str, list[str]]
    rules: dict[str, list[int]]


@cache
def _words() -> _Words:
    words = sorted({word for rule in RULES for word in rule.words}, key=len, reverse=True)
    return _Words(
        pattern=re.compile("|".join(map(re.escape, words))),
        begun_by={word: [one for one in words if word.startswith(one)] for word in words},
        rules={word: [number for number, rule in enumerate(RULES) if word in rule.words] for word in words},
    )


def _apply(
    rule: FigureRule, matches: Iterable[re.Match[str]], flat: _Flat, body: str, taken: set[int]
) -> Iterator[ProseFigure]:
    for match in matches:
        if rule.zero is not None:
            yield _figure(rule.id, (0, rule.zero), match, flat, body)
            continue
        start, value = match.start("n"), number_of(match["n"])
        if value is not None and start not in taken and not is_about(flat.text, start, match.end()):
            taken.add(start)
            yield _figure(rule.id, (value, _unit(match["u"])), match, flat, body)
            yield from _percentages(rule.id, match, flat, body)


def _percentages(figure: str, match: re.Match[str], flat: _Flat, body: str) -> Iterator[ProseFigure]:
    for name, value, found in percentages(figure, match, flat.text):
        yield _figure(name, (value, "%"), found, flat, body)


def _unit(printed: str) -> str:
    return "%" if printed == "％" else printed


def _joint_zeros(flat: _Flat, body: str) -> Iterator[ProseFigure]:
    """Yield both figures of 行政复议、行政诉讼0件; another joint number can't be divided and is left alone."""
    for match in _JOINT.finditer(flat.text):
        if number_of(match["n"]) == 0:
            for figure in ("review.reconsideration", "review.litigation"):
                yield _figure(figure, (0, "件"), match, flat, body)


def _figure(name: str, stated: tuple[Number, str], match: re.Match[str], flat: _Flat, body: str) -> ProseFigure:
    lead = len(match[0]) - len(match[0].lstrip("，,。；;、：:（(\n"))
    start, end = flat.place(match.start() + lead, body), flat.place(match.end() - 1, body) + 1
    return ProseFigure(id=name, value=stated[0], unit=stated[1], quote=body[start:end], at=(start, end))


def _without_doubles(figures: list[ProseFigure]) -> list[ProseFigure]:
    """Leave out a figure that another of the same id and value overlaps: one sentence, told by two rules."""
    kept: list[ProseFigure] = []
    ends: dict[tuple[str, Number], int] = {}
    for figure in sorted(figures, key=lambda each: (each.at[0], -each.at[1])):
        told = (figure.id, figure.value)
        if figure.at[0] >= ends.get(told, 0):
            kept.append(figure)
            ends[told] = figure.at[1]
    return kept


def _flatten(body: str) -> _Flat:
    runs: list[str] = []
    begins, stands = [], []
    length = position = 0
    for line in body.split("\n"):
        plain = "" if _is_row(line) else "".join(line.split())
        if plain:
            if runs and not _continues(runs[-1], plain):
                runs.append("\n")
                length += 1
            begins.append(length)
            stands.append(_next_sign(body, position))
            runs.append(plain)
            length += len(plain)
        position += len(line) + 1
    return _Flat("".join(runs), tuple(begins), tuple(stands))


def _is_row(line: str) -> bool:
    return "|" in line and (len(line) < _LONG_CELL or max(len(cell.strip()) for cell in line.split("|")) < _LONG_CELL)


def _continues(before: str, line: str) -> bool:
    """Say whether a line goes on with the sentence of the line before: that line is long and ends without a stop."""
    return len(before) >= 20 and not _WRAP.search(before[-1]) and not _ITEM.match(line)

"""Pure steps from yearly lists of divisions to spans of validity and lines of descent (沿革)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from archive.divisions.names import stem

Kind = Literal["renamed", "absorbed"]
"""`renamed`: the same body under a new name, rank or code. `absorbed`: its area went to another or a new body."""

KNOWN_RENAMES = (
    ("469003", "460400"),  # 儋州市 became a prefecture-level city
    ("371202", "370116"),  # 莱城区 → 莱芜区, when 莱芜市 became part of 济南市
    ("340221", "340210"),  # 芜湖县 → 湾沚区
    ("522201", "520602"),  # 铜仁地区 became a city, its county-level 铜仁市 became 碧江区
    ("522401", "520502"),  # 毕节市 → 七星关区
    ("542301", "540202"),  # 日喀则市 → 桑珠孜区
    ("652101", "650402"),  # 吐鲁番市 → 高昌区
    ("652201", "650502"),  # 哈密市 → 伊州区
)
"""Bodies that went on though neither stem nor level says so (each after the State Council's approval of that year)."""

KNOWN_MERGERS = (
    ("130521", "130503"),  # 邢台县 and 桥西区 → 信都区
    ("130603", "130606"), ("130604", "130606"),  # 北市区, 南市区 → 莲池区
    ("140202", "140213"), ("140203", "140214"), ("140211", "140213"),  # 城区, 矿区, 南郊区 of 大同市
    ("140402", "140403"), ("140411", "140403"),  # 城区, 郊区 of 长治市 → 潞州区
    ("320611", "320613"), ("330103", "330105"), ("340208", "340209"),  # 港闸区 → 崇川区, 下城区 → 拱墅区, 三山区 → 弋江区
    ("370205", "370203"), ("370284", "370211"), ("370802", "370811"),  # 四方区 → 市北区, 胶南市 → 黄岛区, 市中区 → 任城区
    ("371200", "370100"), ("410306", "410308"), ("520114", "520111"),  # 莱芜市 → 济南市, 吉利区 → 孟津区, 小河区 → 花溪区
)  # fmt: skip
"""Mergers that no packaged event names rightly (each after the State Council's approval)."""


@dataclass(frozen=True, slots=True, order=True)
class Row:
    """A code and its name, valid at the end of each year from `first` to `last`."""

    code: str
    name: str
    first: int
    last: int


@dataclass(frozen=True, slots=True, order=True)
class Descent:
    """The division `old`, gone before the end of `year`, goes on as or in `new`."""

    kind: Kind
    old: str
    new: str
    year: int


def spans(snapshots: Mapping[int, Mapping[str, str]], changed: Mapping[tuple[str, str], int]) -> list[Row]:
    """Return the rows of yearly lists; a code never has two names in one year.

    A name that is missing from single lists but stands before and after is taken to have held all along (the lists'
    coverage differs). Between lists more than a year apart, `changed` (old and new code → year) dates a change; where it
    does not, the years between the lists belong to nobody.
    """
    years = sorted(snapshots)
    seen: dict[str, dict[str, list[int]]] = {}
    for year in years:
        for code, name in snapshots[year].items():
            seen.setdefault(code, {}).setdefault(name, []).append(year)
    rows = [row for code, names in seen.items() for row in _rows_of(code, names)]
    return sorted((_dated(row, years, changed) for row in rows), key=lambda row: (row.code, row.first))


def lines_of_descent(rows: Sequence[Row], events: Iterable[tuple[int, str, str]]) -> list[Descent]:
    """Return how divisions that ended go on, from the rows themselves and from dated events (year, old code, new code).

    `renamed` is said only where it is one to one: same stem in the same province at the same time, a new name on the
    same code, or a known change of rank. What an event says beyond that is `absorbed` when several go into one.
    """
    ended = _ends(rows)
    by_stem = _same_stem(ended, rows)
    known = [*_known("renamed", KNOWN_RENAMES, ended), *_known("absorbed", KNOWN_MERGERS, ended)]
    sure = {one.old: one for one in [*by_stem, *known]}
    told = _told(events, ended, rows, sure)
    return sorted([*sure.values(), *told, *_same_code(rows, {one.new for one in [*sure.values(), *told]})])


def _rows_of(code: str, names: Mapping[str, Sequence[int]]) -> list[Row]:
    rows: list[Row] = []
    limit = 9999
    for name, years in sorted(names.items(), key=lambda item: max(item[1]), reverse=True):
        kept = [year for year in years if year < limit]
        if kept:
            rows.append(Row(code, name, min(kept), max(kept)))
            limit = min(kept)
    return rows


def _dated(row: Row, years: Sequence[int], changed: Mapping[tuple[str, str], int]) -> Row:
    """Move the end of a row forward, and the start back, over years without a list, where an event says when."""
    last = _until(row, years, [year for (old, _), year in changed.items() if old == row.code])
    first = _since(row, years, [year for (_, new), year in changed.items() if new == row.code])
    return Row(row.code, row.name, first, last)


def _until(row: Row, years: Sequence[int], events: Sequence[int]) -> int:
    following = [year for year in years if year > row.last][:1]
    found = [year - 1 for year in events if following and row.last < year <= following[0]]
    return max([row.last, *found])


def _since(row: Row, years: Sequence[int], events: Sequence[int]) -> int:
    before = [year for year in years if year < row.first][-1:]
    found = [year for year in events if before and before[0] < year <= row.first]
    return min([row.first, *found])


def _ends(rows: Sequence[Row]) -> dict[str, Row]:
    """Return the last row of each code that is gone or got another name."""
    newest = max(row.last for row in rows)
    return {row.code: row for row in rows if row.last < newest}


def _level(code: str) -> int:
    return 1 if code.endswith("0000") else 2 if code.endswith("00") else 3


def _family(row: Row, year: int) -> tuple[str, str, int, int]:
    return (row.code[:2], stem(row.name), _level(row.code), year)


def _same_stem(ended: Mapping[str, Row], rows: Sequence[Row]) -> list[Descent]:
    oldest = min(row.first for row in rows)
    begun = [row for row in rows if row.first > oldest]
    olds, news = (
        Counter(_family(row, row.last + 1) for row in ended.values()),
        Counter(_family(row, row.first) for row in begun),
    )
    pairs = {_family(row, row.first): row for row in begun}
    found = ((row, pairs.get(_family(row, row.last + 1))) for row in ended.values())
    return [
        Descent("renamed", old.code, new.code, new.first)
        for old, new in found
        if new and new.code != old.code and olds[_family(new, new.first)] == 1 == news[_family(new, new.first)]
    ]


def _same_code(rows: Sequence[Row], taken: set[str]) -> list[Descent]:
    """A new name on the same code: the same body, unless another body went into it then (綦江县 into 万盛区's code)."""
    pairs = ((old, new) for old, new in pairwise(rows) if old.code == new.code and old.last + 1 == new.first)
    return [Descent("absorbed" if new.code in taken else "renamed", old.code, new.code, new.first) for old, new in pairs]


def _known(kind: Kind, pairs: Iterable[tuple[str, str]], ended: Mapping[str, Row]) -> list[Descent]:
    return [Descent(kind, old, new, ended[old].last + 1) for old, new in pairs if old in ended]


def _told(
    events: Iterable[tuple[int, str, str]], ended: Mapping[str, Row], rows: Sequence[Row], sure: Mapping[str, Descent]
) -> list[Descent]:
    starts = {(row.code, row.first) for row in rows}
    fitting = sorted(
        {
            (old, new, year)
            for year, old, new in events
            if old in ended and old not in sure and _fits(ended[old], year, new, rows)
        }
    )
    into, out_of, takers = (
        Counter(new for _, new, _ in fitting),
        Counter(old for old, _, _ in fitting),
        {one.new for one in sure.values()},
    )
    return [
        Descent(_kind((new, year) in starts, into[new] == out_of[old] == 1 and new not in takers), old, new, year)
        for old, new, year in fitting
    ]


def _fits(ended: Row, year: int, new: str, rows: Sequence[Row]) -> bool:
    """An event fits where its level is kept, and its goal is near or new: 大同市's 矿区 did not go into 阳泉市's."""
    goals = [row for row in rows if row.code == new and row.first <= year <= row.last]
    near_or_new = any(row.first == year or row.code[:4] == ended.code[:4] for row in goals)
    return ended.last + 1 == year and _level(ended.code) == _level(new) and near_or_new


def _kind(begins_then: bool, one_to_one: bool) -> Kind:
    return "renamed" if begins_then and one_to_one else "absorbed"

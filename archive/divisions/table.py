"""The division table (行政区划代码, GB/T 2260) by year: codes, names, parents, and how divisions go on after a change."""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Literal, TypeVar

from archive.divisions.names import aliases

K = TypeVar("K")
V = TypeVar("V")

Level = Literal["province", "prefecture", "county"]


@dataclass(frozen=True, slots=True)
class Division:
    """A province, prefecture or county (行政区划) under one code and name, as it stood at the end of `first`…`last`.

    `code` has 6 digits. `first` is never before the table's first year, nor `last` after its last one: neither says that
    the division began or ended then.
    """

    code: str
    name: str
    first: int
    last: int

    @property
    def level(self) -> Level:
        """Return the level that the code says; districts of the four municipalities (直辖市) are counties here."""
        return "province" if self.code.endswith("0000") else "prefecture" if self.code.endswith("00") else "county"

    def valid_in(self, year: int) -> bool:
        """Say whether the division stood at the end of this year."""
        return self.first <= year <= self.last


@dataclass(frozen=True, slots=True)
class Table:
    """The whole table in memory: rows by code and by what they are called, and the steps from one row to the next."""

    years: range
    by_code: Mapping[str, tuple[Division, ...]]
    by_name: Mapping[str, tuple[tuple[Division, bool], ...]]
    later: Mapping[tuple[str, int], tuple[tuple[str, str], ...]]
    earlier: Mapping[tuple[str, int], tuple[tuple[str, str], ...]]


def lines(name: str) -> Iterator[list[str]]:
    """Return the fields of each line of a data file of this package."""
    text = gzip.decompress(files(__package__).joinpath(name).read_bytes()).decode("utf-8")
    return (line.split("\t") for line in text.split("\n"))


@cache
def table() -> Table:
    """Return the table, read once."""
    fields = list(lines("divisions.tsv.gz"))
    rows = [Division(row[0], row[1], int(row[2]), int(row[3])) for row in fields if row[0].isdigit()]
    steps = [(row[0], row[1], row[2], int(row[3])) for row in fields if row[0].isalpha()]
    return Table(
        years=range(int(fields[0][1]), int(fields[0][2]) + 1),
        by_code=_grouped((row.code, row) for row in rows),
        by_name=_grouped((name, (row, full)) for row in rows for name, full in aliases(row.name)),
        later=_grouped(((old, year), (kind, new)) for kind, old, new, year in steps),
        earlier=_grouped(((new, year), (kind, old)) for kind, old, new, year in steps),
    )


def known_years() -> range:
    """Return the years that the table covers; outside of them every answer is None or empty, never the nearest year's."""
    return table().years


def division_of_code(code: str, year: int) -> Division | None:
    """Return the division that had this 6-digit code at the end of the year, None if none had or the year is not covered."""
    return next((row for row in table().by_code.get(code, ()) if row.valid_in(year)), None)


def divisions_named(name: str, year: int) -> tuple[Division, ...]:
    """Return all divisions of this name at the end of the year, in order of code: full (内蒙古自治区) or short (内蒙古)."""
    return tuple(row for row, _ in table().by_name.get(name, ()) if row.valid_in(year))


def parent_of(division: Division, year: int) -> Division | None:
    """Return the division above in that year, None above a province; counties run by the province have it as parent."""
    if division.level == "province":
        return None
    prefecture = division_of_code(division.code[:4] + "00", year) if division.level == "county" else None
    return prefecture or division_of_code(division.code[:2] + "0000", year)


def divisions_in(year: int) -> tuple[Division, ...]:
    """Return all divisions that stood at the end of the year, in order of code; none for a year that is not covered."""
    return tuple(row for rows in table().by_code.values() for row in rows if row.valid_in(year))


def at(code: str, year: int) -> Division | None:
    """Return what the division that has, or last had, this code was in the year: for codes of today (site codes, registry)."""
    traced = (in_year(row, year) for row in reversed(table().by_code.get(code, ())))
    return next((row for row in traced if row), None)


def contains(upper: Division, lower: Division) -> bool:
    """Say whether the lower division's code lies within the upper one's, itself included."""
    return lower.code.startswith(_prefix(upper))


@lru_cache(maxsize=512)
def counties_under(division: Division, year: int) -> tuple[Division, ...]:
    """Return the counties of a division in a year; the division itself if it is a county or a city without counties (东莞)."""
    if division.level == "county":
        return (division,)
    prefix = _prefix(division)
    found = (division_of_code(code, year) for code in table().by_code if code.startswith(prefix))
    return tuple(one for one in found if one and one.level == "county") or (division,)


def successors(code: str, year: int) -> tuple[str, ...]:
    """Return the codes under which what had this code in `year` stands at the end of the table; (code,) if unchanged.

    Follows renamings and mergers; empty for a code that was not valid, or whose division was split or is not known to go on.
    """
    row = division_of_code(code, year)
    found = [row] if row else []
    while any(one.last < table().years[-1] for one in found):
        found = [
            new for one in found for new in ([one] if one.last == table().years[-1] else _next(one, "renamed", "absorbed"))
        ]
    return tuple(sorted({one.code for one in found}))


@lru_cache(maxsize=8192)
def in_year(division: Division, year: int) -> Division | None:
    """Return what the same body was in another year: 上虞市 (330682) in 2009 for 上虞区 (330604).

    Follows renamings only (one body, one to one), never mergers or splits; None where the line breaks or the year is not
    covered. What is certain: spans come from yearly official lists (2007–2023 and 2026), so a year between two lists
    is dated by a change event; only 359 of the 5,276 events carry a source, and a change in the weeks between a list's
    closing date and the year's end may stand one year late.
    """
    here: Division | None = division
    while here and not here.valid_in(year):
        here = _only(_next(here, "renamed") if year > here.last else _before(here))
    return here


def same_place(code_a: str, year_a: int, code_b: str, year_b: int) -> bool:
    """Say whether two codes of two years are the same body, through renamings and changes of rank, not through mergers."""
    a, b = division_of_code(code_a, year_a), division_of_code(code_b, year_b)
    return a is not None and b is not None and in_year(a, year_b) == b


def _prefix(division: Division) -> str:
    return division.code[: {"province": 2, "prefecture": 4, "county": 6}[division.level]]


def _next(row: Division, *kinds: str) -> tuple[Division, ...]:
    year = row.last + 1
    codes = (new for kind, new in table().later.get((row.code, year), ()) if kind in kinds)
    return tuple(found for found in (division_of_code(code, year) for code in codes) if found and found != row)


def _before(row: Division) -> tuple[Division, ...]:
    codes = (old for kind, old in table().earlier.get((row.code, row.first), ()) if kind == "renamed")
    return tuple(found for found in (division_of_code(code, row.first - 1) for code in codes) if found)


def _only(found: tuple[Division, ...]) -> Division | None:
    return found[0] if len(found) == 1 else None


def _grouped(pairs: Iterable[tuple[K, V]]) -> dict[K, tuple[V, ...]]:
    groups: dict[K, list[V]] = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return {key: tuple(values) for key, values in groups.items()}

"""Townships and street offices (乡镇、街道) by county: known for 2016–2023 and 2026 from official lists."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from archive.divisions.table import counties_under, Division, in_year, lines

_OFFICES = r"(?:人民政府|政府|办事处|党工委|党政(?:综合)?办公室|党政办)"
_LOOKS_LIKE = re.compile(rf"(.{{1,12}}?(?:街道|乡|镇|苏木|街))(?:{_OFFICES}.*)?")


@dataclass(frozen=True, slots=True)
class Township:
    """A township-level division (乡级区划) as the lists show it; `code` has 9 digits, the first six its county's then."""

    code: str
    name: str
    first: int
    last: int


@cache
def _by_county() -> dict[str, list[str]]:
    return {fields[0]: fields[1:] for fields in lines("townships.tsv.gz")}


@cache
def listed_years() -> tuple[int, ...]:
    """Return the years of the lists, first to last."""
    return tuple(int(year) for year in _by_county()["#"])


@cache
def townships_of(county: str) -> tuple[Township, ...]:
    """Return all townships ever listed under this 6-digit county code, in order of code; empty for a code without a list."""
    rows = (field.split(",") for field in _by_county().get(county, ()))
    return tuple(Township(county + suffix, name, int(first), int(last)) for name, suffix, first, last in rows)


def named_at_start(text: str, division: Division, year: int) -> Township | None:
    """Return the listed township of a county whose name the text begins with (the longest), None where none is listed.

    The one listed in the year is preferred; else one of another year, whose code is then not that of the year.
    """
    found = [one for one in _ever(division) if text.startswith(one.name)]
    return max(found, key=lambda one: (_valid(one, division, year), len(one.name)), default=None)


def listed_in(division: Division, year: int) -> tuple[Township, ...]:
    """Return the townships that a county had in a year by the lists: between two lists (2024, 2025) those that both name.

    Empty for years before the first list.
    """
    around = [one for one in listed_years() if one <= year][-1:] + [one for one in listed_years() if one >= year][:1]
    if len(around) < 2:
        return ()
    return tuple(one for one in _ever(division) if one.first <= around[0] and one.last >= around[1])


def code_in_year(township: Township, division: Division, year: int) -> str | None:
    """Return the township's 9-digit code if the lists show it in that year under the county's code of that year."""
    return township.code if _valid(township, division, year) else None


def county_of(text: str, candidates: Iterable[Division], year: int) -> Division | None:
    """Return the one county, of the candidates or beneath them, in which the text's first township is listed that year.

    None where several or none have it in the lists of that year (2024 and 2025: of 2023 or 2026), and for years before the
    first list: there, its absence elsewhere proves nothing.
    """
    if not listed_years()[0] <= year <= listed_years()[-1]:
        return None
    before, after = max(y for y in listed_years() if y <= year), min(y for y in listed_years() if y >= year)
    counties = {county for candidate in candidates for county in counties_under(candidate, year)}
    having = [one for one in counties if any(t.first <= after and t.last >= before and _names(t, text) for t in _ever(one))]
    return having[0] if len(having) == 1 else None


def looks_like_township(text: str) -> str | None:
    """Return the name if the whole text is that of a township's government or street office, listed or not."""
    match = _LOOKS_LIKE.fullmatch(text)
    return match[1] if match else None


def _ever(division: Division) -> tuple[Township, ...]:
    same = (in_year(division, year) for year in (listed_years()[0], listed_years()[-1]))
    codes = dict.fromkeys([division.code, *(one.code for one in same if one)])
    return tuple(one for code in codes for one in townships_of(code))


def _valid(township: Township, division: Division, year: int) -> bool:
    return township.code.startswith(division.code) and township.first <= year <= township.last


def _names(township: Township, text: str) -> bool:
    rest = text.removeprefix(township.name)
    return rest != text and (not rest or bool(re.match(rf"{_OFFICES}|街道", rest)))

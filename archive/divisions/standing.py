"""Where an agency stands: its level, its division in the report year, and the organ above it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from archive.divisions.locate import find, Location
from archive.divisions.ministries import is_ministry, superior_of
from archive.divisions.table import Division, known_years, parent_of

_GOVERNMENT_ITSELF = re.compile(r"(?:人民政府|政府|行政公署|行署)?")
_TOWNSHIP_ITSELF = re.compile(r"(?:街道)?(?:人民政府|政府|办事处)?")
_ZONE = re.compile(r".{0,12}?(?:开发区|高新区|经开区|新区|示范区|管理区|风景区|名胜区|园区|度假区|保税区|试验区|合作区)")
_NOT_UNDER_GOVERNMENT = re.compile(r".*(?:法院|检察院|委员会?(?:机关)?党校|人大.*|政协.*)")


@dataclass(frozen=True, slots=True)
class Standing:
    """Level (ministry, province, prefecture, county, township), 6-digit division and superior organ; None if not known."""

    level: str | None = None
    division: str | None = None
    parent: str | None = None


def describe(name: str, year: int | None, within: str | None = None) -> Standing:
    """Return where the agency of this name stood in the report year; see `locate` for `year` and `within`.

    A department has the level of its government. A township's division is its county's code, None where the county
    is not certain. Organs of development zones (经开区), which are no divisions, get no level and no division. `parent` is
    the government above, in the name's own words where it holds them, else in the table's.
    """
    if is_ministry(name):
        return Standing(level="ministry", parent=superior_of(name))
    found = find(name, year, within=within)
    if found is None:
        return Standing(level="township" if _bare_township(name) else None)
    if found.township:
        return _township(found)
    if _ZONE.match(found.rest):
        return Standing()
    return Standing(found.division.level, found.division.code, _parent(found, year))


def government_of(division: Division) -> str:
    """Return the name of a division's government: 行政公署 for a prefecture that is a 地区 or 盟."""
    agency = "行政公署" if division.level == "prefecture" and division.name.endswith(("地区", "盟")) else "人民政府"
    return division.name + agency


def _township(found: Location) -> Standing:
    upper = _held(found) if found.county_known else None
    office = "办事处" if found.township and found.township.endswith("街道") else "人民政府"
    parent = (
        upper
        if _TOWNSHIP_ITSELF.fullmatch(found.rest) or not upper
        else f"{upper.removesuffix('人民政府')}{found.township}{office}"
    )
    return Standing("township", found.division.code if found.county_known else None, parent)


def _parent(found: Location, year: int | None) -> str | None:
    if found.central or _NOT_UNDER_GOVERNMENT.fullmatch(found.rest):
        return None
    return _above(found, year) if _GOVERNMENT_ITSELF.fullmatch(found.rest) else _held(found)


def _above(found: Location, year: int | None) -> str:
    upper = parent_of(found.division, year or known_years()[-1])
    if upper is None:
        return "国务院"
    named = found.mentions[:-1]
    return "".join(one.text for one in named) + "人民政府" if named and all(one.full for one in named) else government_of(upper)


def _held(found: Location) -> str:
    """Return the located division's government, with the divisions above it if the name says them in full."""
    last = found.mentions[-1].division if found.mentions else None
    if last == found.division and all(one.full for one in found.mentions):
        return (
            "".join(one.text for one in found.mentions[:-1])
            + found.mentions[-1].text
            + government_of(last).removeprefix(last.name)
        )
    return government_of(found.division)


def _bare_township(name: str) -> bool:
    return bool(re.fullmatch(r".{2,8}(?:镇|乡|街道)(?:人民政府|办事处)?", name))

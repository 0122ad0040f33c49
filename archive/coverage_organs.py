"""Organs (行政机关) apart from years: what an identity says before its year, and which organs a division has by the lists. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from archive.agencies import place_of
from archive.divisions import Division, known_years
from archive.divisions.ministries import central_organs, is_ministry
from archive.divisions.standing import government_of
from archive.divisions.table import divisions_in
from archive.divisions.townships import listed_in

_KEY = re.compile(r"(?P<place>\d{6}(?:@\d{4})?)/(?P<township>[^/]*)/(?P<kind>.+)")
_PREFIXED = re.compile(r"(?P<place>\d{6}) (?P<kind>.+)")
_GOVERNMENTS = frozenset(("人民政府", "行政公署"))


@dataclass(frozen=True, slots=True)
class Organ:
    """One organ through all years: its key (an identity without its year), the 6-digit code of its place, township and kind.

    `place` is None for an organ that has no division (a ministry).
    """

    key: str
    place: str | None
    township: str
    kind: str

    @property
    def level(self) -> str | None:
        """Return ministry, province, prefecture, county or township; None where the key does not say."""
        if self.place is None:
            return "ministry" if is_ministry(self.kind) else None
        if self.township:
            return "township"
        return "province" if self.place[2:6] == "0000" else "prefecture" if self.place[4:6] == "00" else "county"

    @property
    def is_local_government(self) -> bool:
        """Whether it is a local government at or above the county (县级以上地方人民政府), not one of its departments."""
        return self.place is not None and not self.township and self.kind in _GOVERNMENTS

    @property
    def order(self) -> tuple[str, bool, bool, str]:
        """What organs are ordered by: place, its government first, its departments, its townships."""
        return self.place or "", bool(self.township), not self.is_local_government, self.key


def organ_of(key: str) -> Organ:
    """Return the organ of a key: `510822//教育局`, `510822/乔庄镇/人民政府`, `510822 教育局`, or a name alone."""
    found = _KEY.fullmatch(key)
    if found:
        return Organ(key, found["place"], found["township"], found["kind"])
    bare = _PREFIXED.fullmatch(key)
    return Organ(key, bare["place"], "", bare["kind"]) if bare else Organ(key, None, "", key)


@dataclass(frozen=True, slots=True)
class Listed:
    """An organ that the lists of divisions name for a year: its name, and what it is expected by."""

    organ: Organ
    name: str
    basis: str


def listed_organs(region: str, year: int) -> Iterator[Listed]:
    """Yield the governments of the divisions and townships of a region, as the lists have them for a year.

    `region` is the beginning of codes. Of townships those that the lists before and after the year both name.
    """
    for place, division in _places(year):
        if place.startswith(region):
            name = government_of(division)
            kind = name.removeprefix(division.name)
            yield Listed(Organ(f"{place}//{kind}", place, "", kind), name, f"the {division.level}'s government, by law")
            yield from _townships(place, division, year)


_OTHER_LAW = frozenset({"71", "81", "82"})
"""Taiwan, Hong Kong and Macau: the Regulations (国令第711号) are not in force there, and nobody there reports under them."""


@lru_cache(maxsize=32)
def _places(year: int) -> tuple[tuple[str, Division], ...]:
    return tuple((place_of(division), division) for division in divisions_in(year) if division.code[:2] not in _OTHER_LAW)


def _townships(place: str, division: Division, year: int) -> Iterator[Listed]:
    listed = listed_in(division, year) if division.level != "province" else ()
    # Some lists drop the word for the kind (下西 of 下西街道): what its organ is called is then not certain.
    for township in (each for each in listed if each.name.endswith(("镇", "乡", "街道", "苏木"))):
        kind = "办事处" if township.name.endswith("街道") else "人民政府"
        organ = Organ(f"{place}/{township.name}/{kind}", place, township.name, kind)
        yield Listed(organ, f"{division.name}{township.name}{kind}", f"a township of {division.name}, by the official lists")


def in_level(organ: Organ, level: str | None) -> bool:
    """Say whether an organ has this level; None means any."""
    return level is None or organ.level == level


def regions_within(region: str) -> tuple[str, ...]:
    """Return the beginnings of codes, four digits long, that make up a region; the region itself where it is as long."""
    if len(region) >= 4:
        return (region,)
    codes = (row.code for year in known_years() for row in divisions_in(year) if row.code[:2] not in _OTHER_LAW)
    return tuple(sorted({code[:4] for code in codes if code.startswith(region)}))


def ministries() -> tuple[str, ...]:
    """Return the keys under which central organs (国务院部门) have reports."""
    return tuple(sorted(central_organs()))


LEVELS = ("ministry", "province", "prefecture", "county", "township")
"""The levels, from above."""

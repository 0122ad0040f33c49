"""Find the division in an agency's name: 曲靖市沾益区人民政府西平街道办事处 lies in 沾益区 (530303), of 2024."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from archive.divisions.ministries import central_organ_of, is_ministry
from archive.divisions.table import at, contains, counties_under, Division, in_year, known_years, table
from archive.divisions.townships import code_in_year, county_of, looks_like_township, named_at_start

FIRST_REPORT_YEAR = 2008

_GOVERNMENT = re.compile(r"(?:人民政府|政府)")
_GOES_ON = re.compile(r"街道|街$|镇|乡(?![村镇])|苏木|办事处|场")
"""What shows that the place's name was not over: 矿区 of 矿区街道办事处 is no 矿区, 吉林市 of 吉林市场监管局 no 吉林市."""
_AFTER_STEM = re.compile(
    r"(?:人民)?政府.*|(?!路|.*(?:社区|大学|学院|学校|公司|医院|海关|铁路|海事)).*(?:厅|局|委|办|会|处|署|院|站|队|中心|支行|分行|区)"
)
_OTHER_PLACE = re.compile(r".{1,10}?[省市县区旗州盟]")
_LONGEST = 16


@dataclass(frozen=True, slots=True)
class Mention:
    """A division named in a text, as the text calls it; `full` when the word for its kind (市, 县 …) stands there."""

    division: Division
    text: str
    full: bool


@dataclass(frozen=True, slots=True)
class Location:
    """Where an agency's name says it is: the divisions named, downwards; the township; and the words that follow.

    `division` is the deepest one that is certain, as of the report year. `township_code` has 9 digits and is None where
    the lists do not show the township in that year. `mentions` is empty where the name holds no division and the
    portal's own was taken. `central` is the central organ that the name begins with (国家税务总局). `county_known` is False
    where the township's county is not certain: then `division` only contains it.
    """

    division: Division
    mentions: tuple[Mention, ...]
    rest: str
    township: str | None = None
    township_code: str | None = None
    central: str = ""
    county_known: bool = True


def locate(text: str, year: int | None, *, within: str | None = None) -> Division | None:
    """Return the deepest division (province, prefecture or county) in which an agency's name certainly lies in a year.

    A name of another time is followed to the year (上虞区 in a report for 2009 gives 上虞市, 330682), through renamings only.
    None for a name that several divisions share unless the rest of the name, its township or `within` decides, for
    names without a division, and for years that the table does not cover. `within` is a 6-digit code of today (portal,
    SiteIDCode). Without a year, the answer is one that held in all years since 2008, else None.
    """
    found = find(text, year, within=within)
    return found.division if found else None


@lru_cache(maxsize=16384)
def find(text: str, year: int | None, *, within: str | None = None) -> Location | None:
    """Return everything that `locate` found out, None where it would."""
    if year is None:
        found = find(text, known_years()[-1], within=within)
        return found if found and found.division.first <= FIRST_REPORT_YEAR else None
    if year not in known_years():
        return None
    central = central_organ_of(text)
    upper = at(within, year) if within else None
    chains = list(_chains(text.removeprefix(central), year, None))
    return _decide(chains, upper, year, central) if chains else _bare(text, upper, year)


def _chains(text: str, year: int, above: Division | None) -> Iterator[tuple[tuple[Mention, ...], str]]:
    """Yield each way to read divisions, each within the one before, off the start of a text, with what then follows."""
    names = table().by_name
    for length in (length for length in range(min(_LONGEST, len(text)), 1, -1) if text[:length] in names):
        name, rest = text[:length], text[length:]
        read = [
            chain
            for mention in _mentions(name, year, above)
            for chain in _continued(mention, rest, year, led=above is not None)
        ]
        if read:
            yield from read
            return


def _continued(mention: Mention, rest: str, year: int, *, led: bool) -> Iterator[tuple[tuple[Mention, ...], str]]:
    below = list(_chains(_GOVERNMENT.sub("", rest, count=1) if _GOVERNMENT.match(rest) else rest, year, mention.division))
    if below:
        yield from (((mention, *chain), end) for chain, end in below)
    elif _ends_here(mention, rest, led=led) or county_of(rest, [mention.division], year):
        yield (mention,), rest


def _ends_here(mention: Mention, rest: str, *, led: bool) -> bool:
    """Say whether what follows lets a name be a place: 河北 of 河北教育厅, but not 南京 of 南京路街道办事处 nor 中山 of 中山大学.

    A county's stem is too common a word to be one at the start of a name (和平, 朝阳, 滨江).
    """
    if _GOES_ON.match(rest) or mention.full:
        return not _GOES_ON.match(rest)
    common = mention.division.level == "county" and not led and not _GOVERNMENT.match(rest)
    return not common and bool(_AFTER_STEM.fullmatch(rest)) and not looks_like_township(rest)


def _mentions(name: str, year: int, above: Division | None) -> list[Mention]:
    """Return the divisions that a name may mean, beneath `above`.

    What bore the name in that very year goes before what bore it at another time (哈密市 of 2016 is not the county it
    was), full names go before stems, and a province's stem before others.
    """
    traced = ((row, in_year(row, year), full) for row, full in table().by_name.get(name, ()))
    found = [(named, row, full) for named, row, full in traced if row and _is_below(row, above)]
    then = [(row, full) for named, row, full in found if named == row] or [(row, full) for _, row, full in found]
    full = list(dict.fromkeys(row for row, is_full in then if is_full))
    rows = full or _meant_by_stem(list(dict.fromkeys(row for row, _ in then)))
    return [Mention(row, name, bool(full)) for row in rows]


def _is_below(row: Division, above: Division | None) -> bool:
    return above is None or (row != above and contains(above, row))


def _meant_by_stem(rows: list[Division]) -> list[Division]:
    provinces = [row for row in rows if row.level == "province"]
    return [row for row in rows if row.level != "county" and contains(provinces[0], row)] if provinces else rows


def _decide(chains: list[tuple[tuple[Mention, ...], str]], upper: Division | None, year: int, central: str) -> Location | None:
    """Return the location if one reading is left: by itself, by `upper`, or by the township."""
    deepest = {chain[-1].division: (chain, rest) for chain, rest in chains}
    chosen = _one(deepest) or _by_upper(deepest, upper) or county_of(_after_government(chains[0][1]), deepest, year)
    if chosen is None or chosen not in deepest:
        return None
    mentions, rest = deepest[chosen]
    return _with_township(Location(chosen, mentions, rest, central=central), year)


def _bare(text: str, upper: Division | None, year: int) -> Location | None:
    """Read a name without a division by the portal's own: a county has nothing but townships below it.

    A name that does hold a place, but none that was found (某市财政局, 西咸新区…), is not the portal's.
    """
    if upper is None or is_ministry(text) or central_organ_of(text):
        return None
    county = county_of(text, [upper], year)
    if county is None and counties_under(upper, year) == (upper,) and not _OTHER_PLACE.match(text):
        county = upper
    return _with_township(Location(county, (), text), year) if county else None


def _with_township(found: Location, year: int) -> Location:
    text = _after_government(found.rest)
    county = (
        found.division if counties_under(found.division, year) == (found.division,) else county_of(text, [found.division], year)
    )
    listed = named_at_start(text, county, year) if county else None
    name = listed.name if listed else looks_like_township(text)
    if name is None:
        return found
    code = code_in_year(listed, county, year) if listed and county else None
    division = county or found.division
    rest = text.removeprefix(name)
    return Location(division, found.mentions, rest, name, code, found.central, county_known=county is not None)


def _after_government(text: str) -> str:
    """Return what follows 人民政府, if something does: of 人民政府西平街道办事处 the street office."""
    rest = _GOVERNMENT.sub("", text, count=1) if _GOVERNMENT.match(text) else text
    return rest or text


def _one(found: Iterable[Division]) -> Division | None:
    rows = list(found)
    return rows[0] if len(rows) == 1 else None


def _by_upper(found: Iterable[Division], upper: Division | None) -> Division | None:
    if upper is None:
        return None
    rows = list(found)
    return _one(row for row in rows if contains(upper, row)) or _one(row for row in rows if contains(row, upper))

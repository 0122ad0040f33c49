"""Names of agencies (发布机关) brought to one spelling, and to one key through renamings of their division.

人民政府 and 人民政府办公室 are two agencies and stay two: they publish separate reports. Only what is certain is
changed; 发改委 and 发展和改革局 may be two names of one organ or not, so they are left.
"""

from __future__ import annotations

import re
import unicodedata

from archive.divisions import Division, division_of_code, find, in_year, known_years
from archive.divisions.ministries import whole_name

_SPELLINGS = (
    (re.compile(r"(?<=[省市州盟县区旗镇乡木])政府(?=$|办)"), "人民政府"),
    (re.compile(r"(?<=[省市州盟县区旗])府办(?:公室)?$"), "人民政府办公室"),
    (re.compile(r"(?<=人民政府)办$"), "办公室"),
    (re.compile(r"(?<=街道)办(?:公室)?$"), "办事处"),
    (re.compile(r"(?<=街道)$"), "办事处"),
    (re.compile(r"管委会$"), "管理委员会"),
    (re.compile(r"(?<=[镇乡木])$"), "人民政府"),
)


def canonical(name: str) -> str:
    """Return the name without spaces, in half-width letters, with the short forms of 政府, 办公室, 办事处 and 管委会 written out.

    A bare township is its government or street office (谢塘镇 → 谢塘镇人民政府), a central organ has its whole name
    (国家卫生健康委 → 国家卫生健康委员会). Idempotent.
    """
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", name))
    for short, full in _SPELLINGS:
        plain = short.sub(full, plain)
    return whole_name(plain)


def agency_key(name: str, year: int, within: str | None = None) -> str | None:
    """Return one key for one organ however its name was written, in whatever year: place/township/organ.

    无锡市锡山区安镇街道 and 锡山区安镇街道办事处 share 320205/安镇街道/办事处, 上虞市教育局 (2009) and 绍兴市上虞区教育局 (2020)
    330604//教育局: the place is the code at the end of the table, after renamings; where the line ends before (a merger), the
    code and the last year it stood, 500105@2024. None where the division is not certain: then the name is all there is.
    `year` and `within` as for `archive.divisions.locate`.
    """
    found = find(canonical(name), year, within=within)
    if found is None or not found.county_known:
        return None
    return "/".join([place_of(found.division), found.township or "", found.central + (found.rest or "人民政府")])


def place_of(division: Division) -> str:
    """Return what a division is called in keys: its code at the end of the table, after renamings, or the code and the last year (500105@2024)."""
    last = division
    while following := in_year(last, last.last + 1):
        last = following
    return last.code if division_of_code(last.code, known_years()[-1]) == last else f"{last.code}@{last.last}"

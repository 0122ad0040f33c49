"""Which report a document is, and the versions of a report: pure functions over sightings in order of (time, capture).

A report is an (agency, report year). Where one of the two is not known or not certain, or the page is no annual report, its
identity is provisional: the canonical URL. Nothing is merged by guess: 教育局 alone is nobody, 鼓楼区教育局 is four.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from w3lib.url import canonicalize_url

from archive.agencies import agency_key, canonical
from archive.divisions.ministries import is_ministry
from archive.divisions.table import divisions_named, known_years


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """One capture as derived by the newest reader version: what was seen where and when (`fetched_at` as journal text)."""

    identity: str
    capture: str
    document: str
    content_sha256: str
    url: str
    fetched_at: str
    source_class: str

    @property
    def order(self) -> tuple[str, str]:
        """What events are ordered by: time, then capture id."""
        return self.fetched_at, self.capture


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """What a report said at a time: one `content_sha256`, with its first and last sighting."""

    identity: str
    content_sha256: str
    number: int
    first: Sighting
    last: Sighting
    sightings: int


def identity_of(
    *, agency: str | None, division: str | None, report_year: int | None, kind: str | None, url: str
) -> tuple[str, bool]:
    """Return the identity of a document seen at a URL, and whether it is provisional.

    `agency|year` for an annual report of an agency and year that are certain; else `url:` and the canonical URL.
    """
    who = agency_identity(agency, report_year, division) if kind == "annual_report" and agency and report_year else None
    if who:
        return f"{who}|{report_year}", False
    return f"url:{canonicalize_url(url) if '://' in url else url}", True


@lru_cache(maxsize=1 << 16)
def agency_identity(name: str, year: int, division: str | None) -> str | None:
    """Return what one agency is called in identities, whatever its spelling; None where the name may be somebody else's too.

    Its key (`510822//教育局`) where its place is certain, from the name or from `division`; else the name, unless that is an
    organ's word alone (教育局), a township without its county (城关镇人民政府) or names a place that several divisions share
    (鼓楼区): then a county's `division` tells them apart, if it is known.
    """
    known = min(max(year, known_years()[0]), known_years()[-1])
    key = agency_key(name, known, division)
    if key:
        return key
    plain = canonical(name)
    if not (_is_bare(plain) or _is_shared(plain, known)):
        return plain
    is_county = division is not None and not division.endswith("00")
    return f"{division} {plain}" if is_county else None


_ORGAN_ALONE = re.compile(r"[^省市州盟县区旗镇乡村道场国]{0,8}(?:局|厅|委|委员会|办|办公室|政府|人民政府)")
_TOWNSHIP_ALONE = re.compile(r"[^省市州盟县区旗]{1,10}(?:镇|乡|街道|苏木).*")
_CENTRAL = ("国家", "中国", "中华", "国务院", "中央")


def _is_bare(name: str) -> bool:
    is_alone = _ORGAN_ALONE.fullmatch(name) or _TOWNSHIP_ALONE.fullmatch(name)
    return bool(is_alone) and not name.startswith(_CENTRAL) and not is_ministry(name)


def _is_shared(name: str, year: int) -> bool:
    places = (name[:end] for end, letter in enumerate(name, 1) if letter in "省市州盟县区旗")
    return any(len(divisions_named(place, year)) > 1 for place in places)


def versions_of(sightings: Iterable[Sighting]) -> tuple[Version, ...]:
    """Return the versions of one report, numbered from 1 by first sighting. The order of the input does not matter."""
    ordered = sorted(set(sightings), key=lambda each: (each.content_sha256, *each.order))
    chains = [tuple(group) for _, group in groupby(ordered, key=lambda each: each.content_sha256)]
    chains.sort(key=lambda chain: chain[0].order)
    return tuple(_version(number, chain) for number, chain in enumerate(chains, 1))


def current_of(sightings: Sequence[Sighting]) -> Sighting:
    """Return the sighting that stands for a report now: the newest official one, else the newest of all."""
    official = [each for each in sightings if each.source_class == "official"]
    return max(official or sightings, key=lambda each: each.order)


def _version(number: int, chain: tuple[Sighting, ...]) -> Version:
    first, last = chain[0], chain[-1]
    return Version(
        identity=first.identity,
        content_sha256=first.content_sha256,
        number=number,
        first=first,
        last=last,
        sightings=len(chain),
    )

"""Which report a document is, and the versions of a report: pure functions over sightings in order of (time, capture).

A report is an (agency, report year). Where one of the two is not known, or the page is no annual report, its identity is
provisional: the canonical URL. Nothing is merged by guess.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from w3lib.url import canonicalize_url


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


def identity_of(*, agency: str | None, report_year: int | None, kind: str | None, url: str) -> tuple[str, bool]:
    """Return the identity of a document seen at a URL, and whether it is provisional.

    `agency|year` for an annual report of a known agency and year; else `url:` and the canonical URL.
    """
    if kind == "annual_report" and agency and report_year:
        return f"{agency}|{report_year}", False
    return f"url:{canonicalize_url(url) if '://' in url else url}", True


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

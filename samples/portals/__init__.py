"""The sample portals, one module each, after the specification in `PORTALS.md` §10.

A module makes its `Portal` for a season: season 1 is the portal as it stands now. What a later season changes (a figure, a
withdrawn page, a redesign …) belongs into the module of the portal that changes, by its `season` argument.
"""

from __future__ import annotations

from functools import cache

from samples.portals.county import portal as county
from samples.portals.gkmlpt import portal as gkmlpt
from samples.portals.handmade import PORTALS as HANDMADE
from samples.portals.hanweb import portal as hanweb
from samples.portals.homegrown import PORTALS as HOMEGROWN
from samples.portals.jpaas import portal as jpaas
from samples.portals.legacy import portal as legacy
from samples.portals.lonsun import portal as lonsun
from samples.portals.soft import portal as soft
from samples.portals.spa import portal as spa
from samples.portals.spaclick import portal as spaclick
from samples.portals.tls import PORTALS as TRANSPORT
from samples.portals.trs import portal as trs
from samples.portals.ucap import portal as ucap
from samples.portals.ucapjson import portal as ucapjson
from samples.portals.vsb import portal as vsb
from samples.portals.waf import PORTALS as WALLS
from samples.reports import make_report, SampleReport
from samples.site import Portal, Published

MAKERS = (
    trs,
    ucap,
    ucapjson,
    hanweb,
    jpaas,
    gkmlpt,
    lonsun,
    vsb,
    legacy,
    county,
    *WALLS,
    soft,
    spa,
    spaclick,
    *TRANSPORT,
    *HOMEGROWN,
    *HANDMADE,
)
DEFAULT = "trs.gov.test"
"""The host that answers when the server is asked under its loopback address."""


def build(season: int = 1) -> dict[str, Portal]:
    """Make all sample portals of a season anew, by id: some count requests, so each server needs its own."""
    made = (make(season) for make in MAKERS)
    return {portal.id: portal for portal in made}


@cache
def portals(season: int = 1) -> dict[str, Portal]:
    """Return all sample portals of a season by id, in the order of the specification."""
    return build(season)


def expected(portal: str, season: int = 1) -> set[tuple[str, int]]:
    """Return what a crawl must find on a portal: (agency, report year). Raises KeyError for an id that is no portal."""
    return {(one.agency, one.year) for one in published(portal, season)}


def published(portal: str, season: int = 1) -> tuple[Published, ...]:
    """Return the reports of a portal with their addresses and forms. Raises KeyError for an id that is no portal."""
    return portals(season)[portal].expected


def report_of(one: Published) -> SampleReport:
    """Return the report behind a published address, with the truth about its numbers."""
    return make_report(one.agency, one.year, slip=next(iter(one.broken), None))

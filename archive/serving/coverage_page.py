"""Who has published for which year: a panel of agencies and years, and the rows behind it."""

from __future__ import annotations

from archive.clock import now
from archive.codec import Json
from archive.coverage import Asked, coverage, STATES, summary
from archive.coverage_due import FIRST_YEAR, last_due_year, today_there
from archive.coverage_organs import LEVELS, regions_within
from archive.divisions import known_years
from archive.divisions.table import divisions_in
from archive.errors import Misuse
from archive.serving.answers import Listing, Page, Part, Route
from archive.serving.asked import Query
from archive.serving.reports_page import division_named
from archive.serving.window import Window

COLUMNS = (
    *("organ", "agency", "level", "report_year", "state", "due", "published_on", "days_late", "first_seen", "expected", "says"),
    *("url", "identity", "document", "portal", "run"),
)
YEARS = 8
"""So many years are shown unless others are asked for."""
MARKS = {
    "published": "●",
    "elsewhere": "◍",
    "withdrawn": "✕",
    "unreadable": "▨",
    "not_found": "○",
    "unknown": "?",
    "not_due": "·",
}


def _asked(query: Query) -> Asked:
    today = today_there(now())
    last = query.number("to", least=FIRST_YEAR, most=2100) or last_due_year(today)
    first = query.number("from", least=FIRST_YEAR, most=2100) or max(FIRST_YEAR, last - YEARS + 1)
    if not 0 <= last - first < 30:
        raise Misuse(f"from={first} and to={last} are no range of years, thirty at most")
    state = query.one_of("state", STATES)
    return Asked(
        years=range(first, last + 1),
        today=today,
        region=query.digits("region"),
        level=query.one_of("level", LEVELS),
        agency=query.text("agency"),
        states=(state,) if state else (),
    )


def _rows(window: Window, asked: Asked) -> list[Json]:
    """The rows of a county, of one level of a larger region, or of agencies by name: what fits on a page."""
    is_small = len(asked.region) >= 6 or asked.agency is not None or asked.level == "ministry"
    is_upper = asked.level in ("province", "prefecture", "county") and len(asked.region) >= 2
    if not (is_small or is_upper or len(asked.region) == 4):
        return []
    return list(coverage(window.catalog, asked))


def _part(window: Window, query: Query, after: str | None, limit: int) -> Part:
    del limit
    return Part(rows=() if after else _rows(window, _asked(query)))


def _page(_: Window, query: Query, part: Part) -> Page:
    asked = _asked(query)
    organs: dict[str, Json] = {}
    for row in part.rows:
        found = organs.setdefault(row["organ"], {"agency": row["agency"], "organ": row["organ"], "years": {}})
        found["years"][row["report_year"]] = row
    region = asked.region
    context = {
        "organs": list(organs.values()),
        "years": list(asked.years),
        "marks": MARKS,
        "summary": summary(part.rows),
        "region": region,
        "passed": [(region[:n], name_of(region[:n])) for n in range(2, len(region) + 1, 2)],
        "below": [(code, name_of(code)) for code in _below(region)],
        "levels": LEVELS,
        "level": asked.level,
        "states": STATES,
        "is_asked": bool(part.rows) or len(region) >= 4 or asked.agency is not None or asked.level == "ministry",
    }
    return Page(template="coverage.html", context=context)


def name_of(prefix: str) -> str:
    """Return what a division is called whose code begins so, the digits themselves where it has no name of its own."""
    division = division_named(prefix)
    return division.name if division else prefix


def _below(region: str) -> list[str]:
    """The beginnings of codes one step down: provinces, prefectures, counties."""
    if not region:
        return sorted({code[:2] for code in regions_within("")})
    if len(region) == 2:
        return list(regions_within(region))
    if len(region) == 4:
        return [row.code for row in divisions_in(known_years()[-1]) if row.code.startswith(region)]
    return []


COVERAGE = Route(path="/coverage", answer=Listing(columns=COLUMNS, part=_part, page=_page))

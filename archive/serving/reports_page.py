"""The list of reports with facets, and the search through their texts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from archive.codec import Json
from archive.coverage_organs import LEVELS
from archive.divisions import Division, division_of_code, known_years
from archive.forms import FORM_IDS
from archive.news import VERDICTS
from archive.records import Filters
from archive.searching import search
from archive.serving.answers import Listing, Page, Part, Route
from archive.serving.asked import Query
from archive.serving.window import Window

COLUMNS = (
    *("identity", "agency", "report_year", "title", "level", "division", "source_class", "forms", "cells_read", "cells_unread"),
    *("checks_fail", "published_on", "first_seen", "last_seen", "versions", "url", "document"),
)
KINDS = ("annual_report", "explainer", "notice", "website_report", "rule_of_law_report", "statistics_annex", "other")
SOURCES = ("official", "mirror", "content_farm", "unknown")
FOUND = 500
"""At most so many are shown of a search."""

_FROM = "FROM reports r JOIN documents d ON d.sha256 = r.document WHERE 1"
_WHERE = {
    "region": "AND r.identity >= :region AND r.identity < :region || ':'",
    "year": "AND r.report_year = :year",
    "agency": "AND r.agency IN (SELECT name FROM agencies WHERE instr(name, :agency))",
    "level": "AND d.level = :level",
    "form": "AND instr(d.forms, :form)",
    "source": "AND r.source_class = :source",
    "kind": "AND r.kind = :kind",
    "verdict": "AND r.identity IN (SELECT identity FROM changes WHERE verdict = :verdict)",
    "after": "AND r.identity > :after",
}
_FACETS = {
    "year": ("r.report_year", "DESC"),
    "level": ("d.level", ""),
    "form": ("d.forms", ""),
    "source": ("r.source_class", ""),
}


def _wanted(query: Query) -> dict[str, Any]:
    found = {
        "region": query.digits("region") or None,
        "year": query.number("year"),
        "agency": query.text("agency"),
        "level": query.one_of("level", LEVELS),
        "form": query.one_of("form", FORM_IDS),
        "source": query.one_of("source", SOURCES),
        "kind": query.one_of("kind", KINDS),
        "verdict": query.one_of("verdict", VERDICTS),
    }
    return {name: value for name, value in found.items() if value is not None}


def _part(window: Window, query: Query, after: str | None, limit: int) -> Part:
    asked = _wanted(query) | ({"after": after} if after else {})
    where = " ".join(_WHERE[name] for name in asked)
    said = ", ".join(f"{'d' if name in _OF_DOCUMENTS else 'r'}.{name}" for name in COLUMNS)
    sql = f"SELECT {said} {_FROM} {where} ORDER BY r.identity LIMIT :limit"
    rows = list(window.catalog.rows(sql, {**asked, "limit": limit + 1}))
    return Part(rows=rows[:limit], after=rows[limit - 1]["identity"] if len(rows) > limit else None)


_OF_DOCUMENTS = frozenset(("title", "level", "division", "forms", "cells_read", "cells_unread", "checks_fail", "published_on"))


def _page(window: Window, query: Query, _: Part) -> Page:
    asked = _wanted(query)
    context = {
        "facets": {name: _facet(window, query, asked, name) for name in _FACETS},
        "regions": list(_regions(query)),
        "region": query.digits("region"),
        "chosen": asked,
        "choices": {"level": LEVELS, "form": FORM_IDS, "source": SOURCES, "kind": KINDS, "verdict": VERDICTS},
    }
    return Page(template="reports.html", context=context)


def _facet(window: Window, query: Query, asked: dict[str, Any], name: str) -> list[Json] | None:
    """The values of a facet with how many reports have each under the other filters; None where counting takes too long."""
    others = {key: value for key, value in asked.items() if key != name}
    column, order = _FACETS[name]
    where = " ".join(_WHERE[key] for key in others)
    counts = window.counted(f"SELECT {column}, count(*) {_FROM} {where} GROUP BY 1 ORDER BY 1 {order}", others)
    if counts is None:
        return None
    return [
        {
            "value": value,
            "count": count,
            "query": query.having(**{name: value}),
            "is_chosen": str(asked.get(name)) == str(value),
        }
        for value, count in counts
        if value is not None and not (name == "form" and " " in str(value))
    ]


def _regions(query: Query) -> Iterator[Json]:
    """The divisions that were passed on the way down to the chosen one."""
    region = query.digits("region")
    for length in range(2, len(region) + 1, 2):
        division = division_named(region[:length])
        yield {"code": region[:length], "name": division.name if division else region[:length]}


def division_named(prefix: str) -> Division | None:
    """Return the division of today whose code begins with two, four or six digits and goes on with zeros."""
    return division_of_code(prefix.ljust(6, "0"), known_years()[-1])


def _search_part(window: Window, query: Query, after: str | None, limit: int) -> Part:
    words = (query.text("q") or "").split()
    if not words or after:
        return Part(rows=())
    filters = Filters(year=query.number("year"), agency=query.text("agency"))
    return Part(rows=search(window, words, filters, limit=min(limit, FOUND)))


def _search_page(_: Window, query: Query, part: Part) -> Page:
    is_cut = len(part.rows) >= PART
    return Page(template="search.html", context={"is_cut": is_cut, "asked": query.text("q")})


PART = 50
"""Rows of a page."""

REPORTS = Route(path="/reports", answer=Listing(columns=COLUMNS, part=_part, page=_page))
SEARCH = Route(
    path="/search",
    answer=Listing(
        columns=("agency", "report_year", "title", "snippet", "url", "document"), part=_search_part, page=_search_page
    ),
)

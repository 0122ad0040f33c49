"""Whose report it is and of which year, where the page does not say and a person knows: a fact of the journal.

An attribution is made on a capture and holds for what stands in it: for every document of the same content, wherever and whenever it is seen.
It only fills in. What names its agency and its year for certain is that agency's; a text that was changed since is looked at anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from archive.errors import Misuse
from archive.schema import Row
from archive.versions import identity_of

Given = Mapping[str, tuple[str, int]]
"""Agency and report year that people gave, by `content_sha256`."""

_FACTS = ("agency", "division", "report_year", "kind")


class Tables(Protocol):
    """What is asked of the catalog."""

    def rows(self, sql: str, parameters: Any = ()) -> Iterator[Row]:
        """Yield the rows of a query."""


def given(tables: Tables) -> Given:
    """Return what people gave, the last word on each content; what was taken back is not there."""
    found = {row["content_sha256"]: (row["agency"], row["report_year"]) for row in tables.rows(_GIVEN)}
    return {content: pair for content, pair in found.items() if pair[0]}


def attributed(row: Row, known: Given) -> Row:
    """Return agency, division, report year and kind of a document's row as they count, with their `identity`.

    The row also has `url` and `content_sha256`.
    """
    facts = {name: row[name] for name in _FACTS}
    identity, is_provisional = identity_of(**facts, url=row["url"])
    if is_provisional and row["kind"] == "annual_report" and row["content_sha256"] in known:
        agency, year = known[row["content_sha256"]]
        facts |= {"agency": agency, "report_year": year, "division": None}
        identity, _ = identity_of(**facts, url=row["url"])
    return {**facts, "identity": identity}


def touched_by(tables: Tables, capture: str) -> Iterator[Row]:
    """Yield captures and pages (`capture`, `key`) for which attributions of a capture count; nothing where there is none."""
    yield from tables.rows(_TOUCHED, [capture])


def attribution_facts(row: Row, agency: str | None, year: int | None, *, withdraw: bool = False) -> Row:
    """Return the facts of the journal's event `attribution` on a report (its row of `documents`, with capture and URL).

    What the report says itself need not be given; `withdraw` takes back what was. Raises Misuse where it says all, where something is still missing, and for a
    name that may be several agencies'.
    """
    facts = {name: row[name] for name in _FACTS}
    own, is_provisional = identity_of(**facts, url=row["url"])
    if not is_provisional:
        raise Misuse(f"{row['url']} says itself whose report it is: {own}")
    if withdraw:
        return {"capture": row["capture"], "agency": None, "report_year": None, "identity": None}
    if row["kind"] != "annual_report":
        raise Misuse(f"{row['url']} is no annual report but {row['kind']}")
    agency, year = agency or row["agency"], year or row["report_year"]
    missing = [f"--{name}" for name, value in (("agency", agency), ("year", year)) if not value]
    if missing:
        raise Misuse(f"{row['url']} does not say it itself: give {' and '.join(missing)}")
    identity, is_provisional = identity_of(agency=agency, division=None, report_year=year, kind=row["kind"], url=row["url"])
    if is_provisional:
        raise Misuse(f"{agency!r} may be several agencies: name it with its county, city or province")
    return {"capture": row["capture"], "agency": agency, "report_year": year, "identity": identity}


_GIVEN = """
SELECT o.content_sha256, a.agency, a.report_year FROM attributions a CROSS JOIN derivations d ON d.capture = a.capture
CROSS JOIN documents o ON o.sha256 = d.document AND o.content_sha256 IS NOT NULL ORDER BY a.at, a.event
"""
"""In this order (`CROSS`): SQLite would walk through all derivations, in each batch, to find the few that a person spoke of."""
_TOUCHED = """
SELECT DISTINCT x.capture, x.key FROM (SELECT DISTINCT capture FROM attributions WHERE capture = ?) a
JOIN derivations d ON d.capture = a.capture JOIN documents o ON o.sha256 = d.document
JOIN documents s ON s.content_sha256 = o.content_sha256
JOIN document_pages g ON g.document = s.sha256 JOIN derivations x ON x.key = g.key AND x.document = s.sha256
"""

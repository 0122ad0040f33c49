"""What changed, lately and before: as pages, and as feeds that any reader subscribes to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from archive.codec import Json
from archive.feeds import atom, differences_html, entries, Feed, json_feed, told, WORDS
from archive.news import VERDICTS, Wanted
from archive.serving.answers import File, Listing, Page, Part, Route
from archive.serving.asked import Query
from archive.serving.window import Window

COLUMNS = (
    *("seen_at", "verdict", "agency", "report_year", "url", "says", "since", "identity", "old_capture", "new_capture"),
    *("old_document", "new_document", "id"),
)


def _feed(query: Query, *, until: str | None = None, limit: int | None = None) -> Feed:
    verdict = query.one_of("verdict", VERDICTS)
    wanted = Wanted(
        since=query.text("since"),
        until=until or query.text("until"),
        verdicts=(verdict,) if verdict else (),
        agency=query.text("agency"),
        year=query.number("year"),
        identity=query.text("identity"),
        limit=limit,
    )
    title = "政府信息公开年报变动" + (f"：{WORDS[verdict]}" if verdict else "")
    return Feed(title=title, wanted=wanted, division=query.digits("region") or None)


def _part(window: Window, query: Query, after: str | None, limit: int) -> Part:
    """Changes older than a place, which is a time and the id of the last change shown."""
    rows: list[Json] = []
    for row in _behind(window, query, after):
        if len(rows) == limit:
            return Part(rows=rows, after=f"{rows[-1]['seen_at']} {rows[-1]['id']}")
        rows.append(row)
    return Part(rows=rows)


def _behind(window: Window, query: Query, after: str | None) -> Iterator[Json]:
    if after is None:
        yield from told(window.catalog, _feed(query))
        return
    at, _, last = after.partition(" ")
    # `until` leaves its own moment out: a letter behind it takes that in, and what of it was shown already is passed over.
    for row in told(window.catalog, _feed(query, until=at + "~")):
        if row["seen_at"] < at or row["id"] > last:
            yield row


def _page(_: Window, query: Query, part: Part) -> Page:
    context: dict[str, Any] = {
        "rows": [{**row, "difference": "".join(differences_html(row["evidence"]))} for row in part.rows],
        "verdicts": [(verdict, WORDS[verdict], query.having(verdict=verdict, after=None)) for verdict in VERDICTS],
        "chosen": query.text("verdict"),
        "every": query.having(verdict=None, after=None),
        "words": WORDS,
    }
    return Page(template="changes.html", context=context)


def _atom(window: Window, query: Query) -> File:
    feed = _feed(query)
    text = atom(feed, entries(window.catalog, feed))
    return File(payload=text.encode("utf-8", "replace"), name="changes.atom", media_type="application/atom+xml", is_shown=True)


def _json_feed(window: Window, query: Query) -> File:
    feed = _feed(query)
    text = json_feed(feed, entries(window.catalog, feed))
    return File(payload=text.encode("utf-8", "replace"), name="feed.json", media_type="application/feed+json", is_shown=True)


def latest(window: Window, limit: int) -> list[Json]:
    """Return the newest changes of substance, first sightings left out."""
    verdicts = tuple(each for each in VERDICTS if each not in ("first_seen", "page_only", "redesigned"))
    return list(told(window.catalog, Feed(title="", wanted=Wanted(verdicts=verdicts, limit=limit))))


def newest(window: Window, limit: int) -> list[Json]:
    """Return the reports seen first lately."""
    return list(told(window.catalog, Feed(title="", wanted=Wanted(verdicts=("first_seen",), limit=limit))))


CHANGES = Route(path="/changes", answer=Listing(columns=COLUMNS, part=_part, page=_page))
ATOM = Route(path="/feeds/atom", answer=_atom)
JSON_FEED = Route(path="/feeds/json", answer=_json_feed)

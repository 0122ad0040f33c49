"""All looks at one page, fetched from the catalog's facts: captures, what crawls took them for, and what readers read."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urljoin

from archive.addresses import page_key
from archive.attributions import attributed, Given, given
from archive.codec import loads
from archive.comparison import Files
from archive.looks import Look, Reading, State, state_of
from archive.schema import Row
from archive.tables import Tables


def looks_of(tables: Tables, keys: Iterable[str]) -> dict[str, list[Look]]:
    """Return all looks at pages, by their keys: at a page's own address, and at a file of it that holds the report."""
    asked = sorted(keys)
    derived = _grouped(tables.among(_DERIVATIONS, asked), "key", "capture")
    refused = _grouped(tables.among(_REFUSALS, asked), "key", "capture")
    known = given(tables) if derived else {}
    kinds = _grouped(tables.among(_VISITS, asked), "capture")
    rows = list(tables.among(_CAPTURES, asked))
    # Where a page's file was read, it speaks for the page: what the visit says of the page itself is that reading's word again.
    spoken = {(row["page"], row["run"]) for row in rows if (row["page"], row["id"]) in refused}
    found: dict[str, list[Look]] = {key: [] for key in asked}
    for row in rows:
        key, capture = row["page"], row["id"]
        read = [*derived.get((key, capture), []), *refused.get((key, capture), [])]
        visits = [] if not read and (key, row["run"]) in spoken else kinds.get((capture,), [])
        found[key].append(_look(key, row, sorted(read, key=_when), [each["page_kind"] for each in visits], known))
    return found


_MINE = """
SELECT j.value AS page, c.id FROM json_each(?1) j JOIN captures c ON c.key = j.value
UNION SELECT j.value, d.capture FROM json_each(?1) j JOIN derivations d ON d.key = j.value
UNION SELECT j.value, f.capture FROM json_each(?1) j JOIN refusals f ON f.key = j.value
"""
_CAPTURES = f"""
WITH mine AS ({_MINE})
SELECT mine.page, c.id, c.run, c.url, c.fetched_at, c.status, c.location, c.failure, c.payload_sha256, c.truncated
FROM mine JOIN captures c ON c.id = mine.id
"""  # noqa: S608 - text of our own
_VISITS = f"""
WITH mine AS ({_MINE}) SELECT v.capture, v.page_kind FROM visits v WHERE v.capture IN (SELECT id FROM mine) ORDER BY v.event
"""  # noqa: S608
_DERIVATIONS = """
SELECT d.event, d.key, d.capture, d.url, d.at, d.reader_version, d.document, d.attachments, o.agency, o.division, o.report_year, o.kind,
       o.content_sha256
FROM json_each(?1) j JOIN derivations d ON d.key = j.value JOIN documents o ON o.sha256 = d.document AND o.damage IS NULL
ORDER BY d.at, d.event
"""
_REFUSALS = """
SELECT f.event, f.key, f.capture, f.at, f.reader_version, f.kind FROM json_each(?1) j JOIN refusals f ON f.key = j.value
"""


def _grouped(rows: Iterable[Row], *names: str) -> dict[tuple[str, ...], list[Row]]:
    found: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        found.setdefault(tuple(row[name] for name in names), []).append(row)
    return found


def _when(row: Row) -> tuple[str, str]:
    return row["at"], row["event"]


def _look(key: str, row: Row, read: list[Row], visits: list[str], known: Given) -> Look:
    """One look; `read` is what readers made of it, oldest first: what the last one says holds, and what others took it for does not."""
    last = read[-1]["kind"] if read else None
    told = [kind for kind in visits if kind not in {each["kind"] for each in read}]
    state, why = _state(row, told, [last] if last else [])
    is_there = state == "there"
    return Look(
        key=key,
        url=row["url"],
        capture=row["id"],
        at=row["fetched_at"],
        run=row["run"],
        state=state,
        why=why,
        payload=row["payload_sha256"],
        target=page_key(urljoin(row["url"], row["location"])) if state == "redirected" and row["location"] else None,
        truncated=row["truncated"] is not None,
        refused_by=frozenset(each["reader_version"] for each in read if each["kind"] != "annual_report"),
        judged_by=read[-1]["reader_version"] if state == "gone" and read and _state(row, told, [])[0] != "gone" else None,
        readings={
            each["reader_version"]: _reading(each, known) for each in read if is_there and each["kind"] == "annual_report"
        },
    )


def _state(row: Row, page_kinds: list[str], read_kinds: list[str]) -> tuple[State, str]:
    facts = {name: row[name] for name in ("url", "status", "failure", "location")}
    return state_of(**facts, page_kinds=page_kinds, read_kinds=read_kinds)


def _reading(row: Row, known: Given) -> Reading:
    facts = attributed(row, known)
    return Reading(
        version=row["reader_version"],
        at=row["at"],
        document=row["document"],
        identity=facts["identity"],
        agency=facts["agency"],
        report_year=facts["report_year"],
        files=_files(row["attachments"]),
    )


def _files(packed: str) -> Files:
    if packed == "[]":
        return ()
    return tuple((each.get("url"), each.get("name"), each.get("sha256")) for each in loads(packed) if not each.get("is_part"))

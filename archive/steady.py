"""The commonest look of all: a page came again with the bytes that it had, and says what it said. Then nothing is judged.

Such a look makes a report's last sighting later, and changes nothing else. It is told apart by conditions so narrow that judging the
page and its report as a whole would come to the same; whatever does not meet them is judged as a whole.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from archive.applying import Touched
from archive.schema import Row
from archive.tables import Tables


@dataclass(frozen=True, slots=True)
class _Page:
    """A page before the batch, as its last look left it; the captures and derivations that came at or after that look."""

    row: Row
    captures: set[str] = field(default_factory=set)
    derivations: dict[str, list[Row]] = field(default_factory=dict)


def settle(tables: Tables, touched: Touched) -> None:
    """Write the steady looks of a batch, and take their pages and captures out of what it touched."""
    candidates = {key: looks for key, looks in touched.looks.items() if key not in touched.hidden and _may_be_steady(looks)}
    pages = _pages(tables, candidates)
    alone = _read_once(tables, pages, candidates)
    for key, page in pages.items():
        looks = sorted((each for each in candidates[key] if "id" in each), key=lambda each: (each["fetched_at"], each["id"]))
        if _is_steady(page, looks, alone):
            _write(tables, page, looks)
            touched.pages.discard(key)
            touched.captures.difference_update(each["id"] for each in looks)


def _may_be_steady(looks: list[Row]) -> bool:
    """Whether a page got new captures only, each read once."""
    captures = {each["id"] for each in looks if "id" in each and _is_whole(each)}
    read = [each["capture"] for each in looks if "id" not in each]
    return len(captures) * 2 == len(looks) and sorted(captures) == sorted(read)


def _is_whole(look: Row) -> bool:
    return bool(look["is_new"] and look["payload_sha256"] and not look["truncated"] and not look["failure"])


def _pages(tables: Tables, keys: Iterable[str]) -> dict[str, _Page]:
    """The pages that show one report, which nothing else shows or showed, and whose cells never changed."""
    pages = {row["key"]: _Page(row) for row in tables.among(_STEADY, keys)}
    for row in tables.among(_CAPTURES_SINCE, pages):
        pages[row["key"]].captures.add(row["id"])
    for row in tables.among(_DERIVATIONS_SINCE, pages):
        pages[row["key"]].derivations.setdefault(row["capture"], []).append(row)
    return pages


def _read_once(tables: Tables, pages: dict[str, _Page], candidates: dict[str, list[Row]]) -> set[str]:
    """The captures that one reader has read, as a report or as none."""
    captures = {page.row["last_capture"] for page in pages.values()}
    captures |= {each["id"] for key in pages for each in candidates[key] if "id" in each}
    counts = Counter({row["capture"]: row["n"] for row in tables.among(_READINGS, captures)})
    return {capture for capture, count in counts.items() if count == 1}


def _is_steady(page: _Page, looks: list[Row], alone: set[str]) -> bool:
    last = page.row["last_capture"]
    mine = {each["id"] for each in looks}
    if page.captures != mine or page.derivations.keys() != mine | {last} or not alone.issuperset(mine | {last}):
        return False
    (before,) = page.derivations[last]
    return all(
        look["payload_sha256"] == page.row["payload_sha256"] and _same(before, page.derivations[look["id"]][0])
        for look in looks
    )


def _same(before: Row, after: Row) -> bool:
    return all(before[name] == after[name] for name in ("document", "reader_version", "url", "attachments"))


def _write(tables: Tables, page: _Page, looks: list[Row]) -> None:
    row, last, count = page.row, looks[-1], len(looks)
    seen = (last["fetched_at"], last["id"], count)
    tables.change(_SEGMENT, (*seen, row["key"], row["number"]))
    tables.change(_VERSION, (*seen, row["identity"], row["content_sha256"]))
    tables.change(_REPORT, (last["fetched_at"], *seen, row["identity"]))
    same: dict[str, Any] = {name: row[name] for name in ("identity", "document", "content_sha256", "url", "source_class")}
    for look in looks:
        tables.put("sightings", {**same, "capture": look["id"], "fetched_at": look["fetched_at"], "run": look["run"]})


_STEADY = """
SELECT s.key, s.number, s.identity, s.last_seen, s.last_capture, c.payload_sha256, x.document, x.url, x.content_sha256, x.source_class
FROM json_each(?1) j JOIN segments s ON s.key = j.value
JOIN captures c ON c.id = s.last_capture AND c.truncated IS NULL
JOIN sightings x ON x.capture = s.last_capture AND x.identity = s.identity
JOIN reports r ON r.identity = s.identity AND r.capture = s.last_capture AND NOT r.provisional
JOIN versions v ON v.identity = s.identity AND v.content_sha256 = x.content_sha256 AND v.last_capture = s.last_capture
WHERE NOT EXISTS (SELECT 1 FROM segments o WHERE o.key = s.key AND o.number <> s.number)
AND NOT EXISTS (SELECT 1 FROM segments o WHERE o.identity = s.identity AND (o.key, o.number) <> (s.key, s.number))
AND NOT EXISTS (SELECT 1 FROM cell_history h WHERE h.key = s.key)
AND NOT EXISTS (SELECT 1 FROM refusals f WHERE f.key = s.key AND f.fetched_at >= s.last_seen)
"""
_CAPTURES_SINCE = """
SELECT s.key, c.id FROM json_each(?1) j JOIN segments s ON s.key = j.value
JOIN captures c ON c.key = s.key AND c.fetched_at >= s.last_seen AND (c.fetched_at, c.id) > (s.last_seen, s.last_capture)
"""
_DERIVATIONS_SINCE = """
SELECT s.key, d.capture, d.document, d.reader_version, d.url, d.attachments FROM json_each(?1) j JOIN segments s ON s.key = j.value
JOIN derivations d ON d.key = s.key AND d.fetched_at >= s.last_seen
"""
_READINGS = """
SELECT capture, count(*) AS n FROM (
    SELECT capture FROM derivations WHERE capture IN (SELECT value FROM json_each(?1))
    UNION ALL SELECT capture FROM refusals WHERE capture IN (SELECT value FROM json_each(?1))) GROUP BY capture
"""
_SEGMENT = "UPDATE segments SET last_seen = ?, last_capture = ?, looks = looks + ? WHERE key = ? AND number = ?"
_VERSION = """
UPDATE versions SET last_seen = ?, last_capture = ?, sightings = sightings + ? WHERE identity = ? AND content_sha256 = ?
"""
_REPORT = """
UPDATE reports SET last_seen = max(last_seen, ?), fetched_at = ?, capture = ?, sightings = sightings + ? WHERE identity = ?
"""

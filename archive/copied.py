"""Verdict `copied`: a report whose text, numbers aside, an earlier report of another office or year had already."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta, UTC
from functools import cache, lru_cache, partial
from typing import TYPE_CHECKING

from archive.clock import moment
from archive.copies import COPIED, Wording, wording_of
from archive.hashing import sha256_hex
from archive.schema import Row
from archive.streams import Change, Load
from archive.tables import Tables

if TYPE_CHECKING:
    from archive.judging import Judge

LOOKED_AT = 3
"""So many of the oldest reports that share a band are compared: a copy is a copy of the first."""


class Copies:
    """Finds copies by the prints of each report's first document."""

    def __init__(self, tables: Tables, judge: Judge, load: Load, bands: Mapping[str, list[int]]) -> None:
        """Take the catalog's tables, where verdicts are written, how documents are read, and the bands of those known already."""
        self._tables = tables
        self._judge = judge
        self._load = load
        self._bands = bands

    def judge(self, identities: Iterable[str]) -> None:
        """Judge the reports whose first document is another than before, and those later ones that may be copies of it."""
        asked = sorted(each for each in identities if not each.startswith("url:"))
        before = {row["identity"]: row for row in self._tables.among(_PRINTS, asked)}
        firsts = {row["identity"]: row for row in self._tables.among(_FIRST, asked)}
        changed = [each for each in asked if not _same(before.get(each), firsts.get(each))]
        later = self._later([row for found in (before, firsts) for each in changed if (row := found.get(each))])
        self._write([before[each] for each in changed if each in before], [firsts[each] for each in changed if each in firsts])
        firsts |= {row["identity"]: row for row in self._tables.among(_FIRST, later - firsts.keys())}
        judged = sorted({*changed, *later})
        self._judge.forget([f"copy {identity}" for identity in judged])
        for identity in judged:
            owner = f"copy {identity}"
            self._judge.write(owner, self._judge.safely(owner, partial(self._found, firsts.get(identity))))

    def _later(self, places: list[Row]) -> set[str]:
        """The reports known before that are later than some, and share a band with one as it was or as it is."""
        newest = self._tables.one("SELECT max(at) AS at FROM prints")
        found: set[str] = set()
        for first in places:
            if newest and newest["at"] and first["at"] <= newest["at"]:
                bands = self._judge.safely(_named(first), partial(self._bands_of, first))
                found |= {row["identity"] for row in self._sharing(first, bands, _AFTER)}
        return found

    def _write(self, gone: list[Row], come: list[Row]) -> None:
        """Take prints of reports out, and write others; in the order of the bands, so that neighbours are written together."""
        for sql, rows in ((_UNPRINT, gone), (_PRINT, come)):
            for row in sorted(
                each for first in rows for each in self._judge.safely(_named(first), partial(self._places, first))
            ):
                self._tables.change(sql, row)
        for first in gone:
            self._tables.change("DELETE FROM prints WHERE identity = ?", (first["identity"],))
        for first in come:
            self._tables.put("prints", {name: first[name] for name in _KEPT} | {"number": _number(first["identity"])})

    def _places(self, first: Row) -> list[tuple[int, int, int]]:
        place = _place(first)
        return [(band, *place) for band in self._bands_of(first)]

    def _bands_of(self, first: Row) -> list[int]:
        """The bands of a report's first document; those of two reader versions are never the same."""
        known = self._bands.get(first["document"])
        bands = self._wording(first["document"]).bands() if known is None else known
        salt = _number(first["reader_version"])
        return sorted({band ^ salt for band in bands})

    def _wording(self, document: str) -> Wording:
        return wording_of(self._load(document))

    def _found(self, first: Row | None) -> Iterator[Change]:
        if first is None:
            return
        candidates = self._sharing(first, self._bands_of(first), _BEFORE)
        if not candidates:
            return
        own = self._wording(first["document"])
        shares = [(own.share(self._wording(each["document"])), each) for each in candidates]
        copied = [(share, each) for share, each in shares if share >= COPIED]
        if copied:
            share, origin = min(copied, key=lambda each: (-each[0], each[1]["at"], each[1]["capture"]))
            yield _change(first, self._tables.one(_NAMES, [origin["document"]]) or {}, origin, share)

    def _sharing(self, first: Row, bands: list[int], which: str) -> list[Row]:
        """The prints before or after one that share a band with it."""
        if not bands:
            return []
        found = self._tables.rows(_in_bands(which, len(bands)), [*_place(first), *bands])
        numbers = {row["number"] for row in found}
        return list(self._tables.among(_NUMBERED, numbers)) if numbers else []


_KEPT = ("identity", "at", "capture", "document", "reader_version")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _same(before: Row | None, first: Row | None) -> bool:
    if before is None or first is None:
        return before is first
    return all(before[name] == first[name] for name in _KEPT)


def _place(first: Row) -> tuple[int, int]:
    """Where a print stands in order of time: microseconds since 1970, then its report's number."""
    return (moment(first["at"]) - _EPOCH) // timedelta(microseconds=1), _number(first["identity"])


@lru_cache(maxsize=1 << 12)
def _number(name: str) -> int:
    """A number for a report or a reader version: the same in every catalog, whatever came first."""
    return int(sha256_hex(name.encode())[:15], 16)


@cache
def _in_bands(which: str, count: int) -> str:
    return " UNION ALL ".join(which.format(band=f"?{number}") for number in range(3, 3 + count))


def _named(first: Row) -> str:
    return f"copy {first['identity']}"


_PRINT = "INSERT OR REPLACE INTO print_bands VALUES (?, ?, ?)"
_UNPRINT = "DELETE FROM print_bands WHERE band = ? AND at = ? AND number = ?"
_PRINTS = "SELECT * FROM prints WHERE identity IN (SELECT value FROM json_each(?1))"
_NUMBERED = "SELECT * FROM prints WHERE number IN (SELECT value FROM json_each(?1))"
_FIRST = """
SELECT substr(c.owner, 8) AS identity, c.seen_at AS at, c.new_capture AS capture, c.new_document AS document, o.reader_version, c.key, c.url,
       o.agency, o.report_year
FROM changes c JOIN documents o ON o.sha256 = c.new_document
WHERE c.owner IN (SELECT 'report ' || value FROM json_each(?1)) AND +c.verdict = 'first_seen'
"""
"""The plus keeps SQLite from walking through all first sights by the index of verdicts."""
_NAMES = "SELECT agency, report_year, title FROM documents WHERE sha256 = ?"
_BEFORE = f"""
SELECT number FROM (SELECT number FROM print_bands WHERE band = {{band}} AND (at, number) < (?1, ?2)
ORDER BY at, number LIMIT {LOOKED_AT})
"""  # noqa: S608 - numbers of our own
_AFTER = "SELECT number FROM print_bands WHERE band = {band} AND (at, number) > (?1, ?2)"


def _change(first: Row, names: Row, origin: Row, share: float) -> Change:
    says = f"{share:.0%} of its wording, numbers aside, stood in the report of {names['agency']} for {names['report_year']}"
    evidence = {"origin": origin["identity"], "share": round(share, 4), **names}
    return Change(
        verdict="copied",
        key=first["key"],
        url=first["url"],
        identity=first["identity"],
        agency=first["agency"],
        report_year=first["report_year"],
        seen_at=first["at"],
        since=origin["at"],
        old_capture=origin["capture"],
        new_capture=first["capture"],
        old_document=origin["document"],
        new_document=first["document"],
        says=says,
        evidence=evidence,
    )

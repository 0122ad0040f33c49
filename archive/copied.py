"""Verdict `copied`: a report whose text, numbers aside, an earlier report of another office or year had already."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta, UTC
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from archive.clock import moment
from archive.copies import COPIED, Wording, wording_of
from archive.hashing import sha256_hex
from archive.prints import bands_of, packed_bands, Place
from archive.schema import Row
from archive.streams import Change, Load
from archive.tables import Tables

if TYPE_CHECKING:
    from archive.judging import Judge


class Copies:
    """Finds copies by the prints of each report's first document."""

    def __init__(self, tables: Tables, judge: Judge, load: Load, bands: Mapping[str, list[int]]) -> None:
        """Take the catalog's tables, where verdicts are written, how documents are read, and the bands of those known already."""
        self._tables = tables
        self._prints = tables.prints
        self._prints.refresh()
        self._judge = judge
        self._load = load
        self._bands = bands

    def judge(self, identities: Iterable[str]) -> None:
        """Judge the reports whose first document is another than before, and those later ones that may be copies of it."""
        asked = sorted(each for each in identities if not each.startswith("url:"))
        before = {row["identity"]: row for row in self._tables.among(_PRINTS, asked)}
        firsts = {row["identity"]: row for row in self._tables.among(_FIRST, asked)}
        changed = [each for each in asked if not _same(before.get(each), firsts.get(each))]
        firsts = {each: self._placed(firsts[each]) for each in changed if each in firsts}
        later = self._later([row for found in (before, firsts) for each in changed if (row := found.get(each))])
        self._prints.take_out([before[each] for each in changed if each in before])
        self._prints.put_in([_print(first) for first in firsts.values()])
        firsts |= {row["identity"]: self._placed(row) for row in self._tables.among(_FIRST, later - firsts.keys())}
        judged = sorted({*changed, *later})
        self._judge.forget([f"copy {identity}" for identity in judged])
        for identity in judged:
            owner = f"copy {identity}"
            self._judge.write(owner, self._judge.safely(owner, partial(self._found, firsts.get(identity))))

    def _placed(self, first: Row) -> Row:
        """A report's first document with its place in time and the keys of its bands."""
        place = {"instant": _instant(first["at"]), "number": _number(first["identity"])}
        bands = self._judge.safely(f"copy {first['identity']}", lambda: self._bands_of(first))
        return first | place | {"bands": packed_bands(bands)}

    def _later(self, places: list[Row]) -> set[str]:
        """The reports known before that are later than some, and share a band with one as it was or as it is."""
        newest = self._tables.one("SELECT max(at) AS at FROM prints")
        found: set[str] = set()
        for first in places:
            if newest and newest["at"] and first["at"] <= newest["at"]:
                found |= {row["identity"] for row in self._numbered(self._prints.after(_place(first), bands_of(first)))}
        return found

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
        candidates = self._numbered(self._prints.before(_place(first), bands_of(first)))
        if not candidates:
            return
        own = self._wording(first["document"])
        shares = [(own.share(self._wording(each["document"])), each) for each in candidates]
        copied = [(share, each) for share, each in shares if share >= COPIED]
        if copied:
            share, origin = min(copied, key=lambda each: (-each[0], each[1]["at"], each[1]["capture"]))
            yield _change(first, self._tables.one(_NAMES, [origin["document"]]) or {}, origin, share)

    def _numbered(self, numbers: set[int]) -> list[Row]:
        return list(self._tables.among(_NUMBERED, numbers)) if numbers else []


_KEPT = ("identity", "at", "capture", "document", "reader_version")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _same(before: Row | None, first: Row | None) -> bool:
    if before is None or first is None:
        return before is first
    return all(before[name] == first[name] for name in _KEPT)


def _print(first: Row) -> Row:
    return {name: first[name] for name in (*_KEPT, "instant", "number", "bands")}


def _place(first: Row) -> Place:
    return first["instant"], first["number"]


def _instant(at: str) -> int:
    """Microseconds since 1970."""
    return (moment(at) - _EPOCH) // timedelta(microseconds=1)


@lru_cache(maxsize=1 << 12)
def _number(name: str) -> int:
    """A number for a report or a reader version: the same in every catalog, whatever came first."""
    return int(sha256_hex(name.encode())[:15], 16)


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

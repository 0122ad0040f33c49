"""Verdict `copied`: a report whose text, numbers aside, an earlier report of another office or year had already."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from archive.copies import COPIED, Wording, wording_of
from archive.schema import Row
from archive.streams import Change, Load

if TYPE_CHECKING:
    from archive.judging import Judge, Tables

LOOKED_AT = 3
"""So many of the oldest reports that share a band are compared: a copy is a copy of the first."""


class Copies:
    """Finds copies by the prints of each report's first document."""

    def __init__(self, tables: Tables, judge: Judge, load: Load) -> None:
        """Take the catalog's tables, where verdicts are written, and how documents are read."""
        self._tables = tables
        self._judge = judge
        self._load = load

    def judge(self, identities: Iterable[str]) -> None:
        """Judge the reports whose first document is another than before, and those later ones that may be copies of it."""
        for identity in sorted({other for one in identities for other in self._safely_affected(one)}):
            owner = f"copy {identity}"
            self._judge.forget(owner)
            self._judge.write(owner, self._judge.safely(owner, partial(self._found, identity)))

    def _safely_affected(self, identity: str) -> list[str]:
        return self._judge.safely(f"copy {identity}", partial(self._affected, identity))

    def _affected(self, identity: str) -> set[str]:
        """Write a report's prints anew, if they are others; return it, and the later reports that share a band with it."""
        before = list(self._tables.rows("SELECT * FROM prints WHERE identity = ? ORDER BY band", [identity]))
        first = self._first(identity)
        if before and first and all(before[0][name] == first[name] for name in _SAME):
            return set()
        after = self._rows(first)
        self._tables.run("DELETE FROM prints WHERE identity = ?", [identity])
        for row in after:
            self._tables.put("prints", row)
        return {identity} | {str(each["identity"]) for row in (*before, *after) for each in self._tables.rows(_LATER, row)}

    def _rows(self, first: Row | None) -> list[Row]:
        if first is None:
            return []
        same = {name: first[name] for name in _SAME}
        return [{"band": band, **same} for band in sorted(set(self._wording(first["document"]).bands()))]

    def _first(self, identity: str) -> Row | None:
        """The first sight of a report of a known agency and year, by the newest reader."""
        return None if identity.startswith("url:") else self._tables.one(_FIRST, [identity])

    def _wording(self, document: str) -> Wording:
        return wording_of(self._load(document))

    def _found(self, identity: str) -> Iterator[Change]:
        first = self._first(identity)
        if first is None:
            return
        own = self._wording(first["document"])
        shares = [(own.share(self._wording(each["document"])), each) for each in self._candidates(identity)]
        copied = [(share, each) for share, each in shares if share >= COPIED]
        if copied:
            share, origin = min(copied, key=lambda each: (-each[0], each[1]["at"], each[1]["capture"]))
            yield _change(first, self._tables.one(_NAMES, [origin["document"]]) or {}, origin, share)

    def _candidates(self, identity: str) -> list[Row]:
        found: dict[str, Row] = {}
        for mine in self._tables.rows("SELECT * FROM prints WHERE identity = ?", [identity]):
            for other in self._tables.rows(_EARLIER, {**mine, "most": LOOKED_AT}):
                found[other["document"]] = other
        return list(found.values())


_SAME = ("at", "capture", "identity", "document", "reader_version")
_FIRST = """
SELECT c.seen_at AS at, c.new_capture AS capture, c.identity, c.new_document AS document, o.reader_version, c.key, c.url,
       o.agency, o.report_year
FROM changes c JOIN documents o ON o.sha256 = c.new_document WHERE c.owner = 'report ' || ? AND c.verdict = 'first_seen'
"""
_NAMES = "SELECT agency, report_year, title FROM documents WHERE sha256 = ?"
_EARLIER = """
SELECT * FROM prints WHERE band = :band AND (at, capture) < (:at, :capture) AND identity <> :identity
AND reader_version = :reader_version ORDER BY at, capture LIMIT :most
"""
_LATER = "SELECT DISTINCT identity FROM prints WHERE band = :band AND (at, capture) > (:at, :capture) AND identity <> :identity"


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

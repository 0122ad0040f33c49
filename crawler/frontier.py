"""What is still to be fetched, best first, kept in SQLite so that a killed crawl goes on where it was.

The journal is the truth; this file only saves asking again. Each page is a row, known by the identity of its URL, so no page
is asked for twice. A row is waiting, leased (somebody is at it), or done. A lease ends in one transaction with the links that
the page gave, after the archive has them; leases that a killed process left wait again at the next start.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from crawler.urls import host_of, identity, staged

_SCHEMA = """
create table if not exists pages (
    key text primary key, url text not null, host text not null, score integer not null, depth integer not null,
    state text not null default 'waiting', outcome text, entry text not null, seq integer not null
) without rowid;
create index if not exists pages_next on pages (state, score desc, seq);
create table if not exists claims (key text primary key, owner text not null, waited integer not null) without rowid;
create table if not exists about (name text primary key, value text) without rowid;
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One page to be fetched, and what the page that named it said of it.

    `in_column` says that it was named within the annual reports' column; `number` is its place in a paged list (from 1) and
    `list_of` the identity of that list's first page; `alternatives` are other addresses for the same next page, tried where this one gives nothing new.
    `is_data` says that a script of the page `referer` asks for it: what it holds is relative to that page, and `templates` make the addresses of its rows. `url` holds the form of a POST.
    `drawn_from` is the capture of the page as it came, of which a browser is to draw what it shows; None for what is asked for.
    """

    url: str
    score: int
    depth: int = 0
    referer: str | None = None
    reasons: tuple[str, ...] = ()
    anchor: str | None = None
    title: str | None = None
    listed_on: str | None = None
    year_hint: int | None = None
    agency_hint: str | None = None
    in_column: bool = False
    number: int = 1
    list_of: str | None = None
    alternatives: tuple[str, ...] = ()
    is_data: bool = False
    templates: tuple[str, ...] = ()
    drawn_from: str | None = None

    @property
    def key(self) -> str:
        """The identity of the URL; a page that a browser draws is another than the page as it came, which has no state."""
        return identity(self.url) + ("#drawn" if self.drawn_from and not staged(self.url)[1] else "")

    @property
    def listed_date(self) -> date | None:
        """The date in the list row, None where it has none."""
        return date.fromisoformat(self.listed_on) if self.listed_on else None

    def next_alternative(self) -> Entry | None:
        """Return the entry of the next address for the same page, None where there is no other."""
        if not self.alternatives:
            return None
        return replace(self, url=self.alternatives[0], alternatives=self.alternatives[1:])


class Frontier:
    """The frontier of one portal."""

    def __init__(self, path: Path, *, may_resume: bool = True) -> None:
        """Open or make the file; `may_resume` is False where the journal says that the last crawl came to its end."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.execute("pragma journal_mode=wal")
        self._db.execute("pragma synchronous=normal")
        self._db.executescript(_SCHEMA)
        self.blocked_hosts: set[str] = set()
        self.is_new = self._about("state") is None
        self.resumed = self._resume(may_resume=may_resume)

    def _resume(self, *, may_resume: bool) -> bool:
        """Take up an unfinished crawl, or start afresh after a finished one; return whether one was taken up.

        What pages in flight had claimed for themselves (a redirect's target, an article's files) is free again.
        """
        unfinished = may_resume and self._about("state") == "open"
        with self._db:
            self._db.execute("begin immediate")
            if unfinished:
                self._db.execute("update pages set state = 'waiting' where key in (select key from claims where waited)")
                self._db.execute("delete from pages where key in (select key from claims where not waited)")
                self._db.execute("update pages set state = 'waiting' where state in ('leased', 'put off')")
            else:
                self._db.execute("delete from pages")
            self._db.execute("delete from claims")
            self._tell("state", "open")
        return unfinished

    def push(self, entries: Iterable[Entry]) -> int:
        """Add pages that are not known yet; return how many were new. A known one that waits takes the better score."""
        with self._db:
            self._db.execute("begin immediate")
            return sum(self._add(entry) for entry in entries)

    def lease(self, *, floor: int, busy: Iterable[str] = ()) -> Entry | None:
        """Return the best waiting page of a host that is not busy, now leased; None where there is none at or over `floor`."""
        found = self._best(floor, {*busy, *self.blocked_hosts})
        if found is None:
            return None
        self._db.execute("update pages set state = 'leased' where key = ?", (found[0],))
        return _entry_from_json(found[1])

    def end(self, key: str, outcome: str, links: Iterable[Entry] = ()) -> None:
        """End a lease together with the links that its page gave, in one transaction."""
        with self._db:
            self._db.execute("begin immediate")
            self._db.execute("update pages set state = 'done', outcome = ? where key = ?", (outcome, key))
            self._db.execute("delete from claims where owner = ?", (key,))
            for entry in links:
                self._add(entry)

    def give_back(self, key: str, *, today: bool = True, behind: bool = True) -> None:
        """Let a leased page wait again, `behind` others of its score or not; without `today` only the crawl that takes this one up has it.

        What it had claimed (a redirect's target, its files) is free again.
        """
        state = "waiting" if today else "put off"
        with self._db:
            self._db.execute("begin immediate")
            mine = "(select key from claims where owner = ? and waited = ?)"
            self._db.execute(f"update pages set state = 'waiting' where key in {mine}", (key, 1))  # noqa: S608 - text of our own
            self._db.execute(f"delete from pages where key in {mine}", (key, 0))  # noqa: S608
            self._db.execute("delete from claims where owner = ?", (key,))
            self._db.execute("update pages set state = ? where key = ?", (state, key))
            if behind:
                self._db.execute("update pages set seq = (select max(seq) + 1 from pages) where key = ?", (key,))

    def call_back(self, host: str) -> None:
        """Let the pages of a host that were put off wait again."""
        self._db.execute("update pages set state = 'waiting' where state = 'put off' and host = ?", (host,))

    def let_be(self, hosts: Iterable[str], *, reason: str) -> None:
        """End what waits on some hosts, unasked, where it is asked for only for this reason."""
        self._db.execute(
            "update pages set state = 'done', outcome = 'unasked' where state in ('waiting', 'put off')"
            " and host in (select value from json_each(?)) and json_extract(entry, '$.reasons[0]') = ?",
            (json.dumps(sorted(hosts)), reason),
        )

    def claim(self, entry: Entry, owner: str) -> bool:
        """Take a redirect's target, or an article's file, under the lease of the page that led to it (its key is `owner`).

        False where somebody has or had it. A crawl that is taken up asks for it again, unless the owner's lease has ended.
        """
        with self._db:
            self._db.execute("begin immediate")
            found = self._db.execute("select state from pages where key = ?", (entry.key,)).fetchone()
            if found is not None and found[0] != "waiting":
                return False
            self._add(entry)
            self._db.execute("update pages set state = 'done', outcome = 'redirected' where key = ?", (entry.key,))
            self._db.execute("insert or replace into claims values (?, ?, ?)", (entry.key, owner, found is not None))
            return True

    def knows(self, url: str) -> bool:
        """Say whether a page was pushed, fetched or claimed."""
        return self._db.execute("select 1 from pages where key = ?", (identity(url),)).fetchone() is not None

    def is_column(self, key: str, *, least: int) -> bool:
        """Say whether a page that was fetched is a list of reports, or no report and named as their column (a score of at least this)."""
        sql = (
            "select 1 from pages where key = ?"
            " and (outcome in ('list_page', 'empty_column') or outcome = 'other' and score >= ?)"
        )
        return self._db.execute(sql, (key, least)).fetchone() is not None

    def is_filled(self, url: str, *, least: int) -> bool:
        """Say whether the data that a page's scripts ask for gave links of at least this score, or a report."""
        rows = self._db.execute(
            "select 1 from pages where json_extract(entry, '$.referer') = ? and (score >= ? and not json_extract(entry, '$.is_data')"
            " and json_extract(entry, '$.drawn_from') is null or json_extract(entry, '$.is_data') and outcome = 'annual_report') limit 1",
            (url, least),
        )
        return rows.fetchone() is not None

    def has_waiting(self, *, floor: int) -> bool:
        """Say whether a page at or over `floor` waits on a host that is not blocked."""
        return self._best(floor, self.blocked_hosts) is not None

    def waiting(self) -> int:
        """Return how many pages wait."""
        return int(self._db.execute("select count(*) from pages where state = 'waiting'").fetchone()[0])

    def has_blocked(self) -> bool:
        """Say whether pages wait on a host that was left alone because it blocks, or were put off."""
        rows = self._db.execute(
            "select 1 from pages where state = 'waiting' and host in (select value from json_each(?)) or state = 'put off' limit 1",
            (json.dumps(sorted(self.blocked_hosts)),),
        )
        return rows.fetchone() is not None

    def outcomes(self) -> dict[str, int]:
        """Return how many pages ended how."""
        rows = self._db.execute("select outcome, count(*) from pages where state = 'done' group by outcome order by outcome")
        return {str(outcome): int(count) for outcome, count in rows}

    def close(self, *, finished: bool) -> None:
        """Close the file; an unfinished crawl is taken up by the next opening."""
        if finished:
            with self._db:
                self._tell("state", "finished")
        self._db.close()

    def _best(self, floor: int, without: Iterable[str]) -> tuple[str, str] | None:
        rows = self._db.execute(
            "select key, entry from pages where state = 'waiting' and score >= ?"
            " and host not in (select value from json_each(?)) order by score desc, seq limit 1",
            (floor, json.dumps(sorted(without))),
        )
        found: tuple[str, str] | None = rows.fetchone()
        return found

    def _add(self, entry: Entry) -> bool:
        row = (entry.key, entry.url, host_of(entry.url), entry.score, entry.depth, _entry_to_json(entry))
        added = self._db.execute(
            "insert or ignore into pages (key, url, host, score, depth, entry, seq)"
            " select ?, ?, ?, ?, ?, ?, coalesce(max(seq), 0) + 1 from pages",
            row,
        ).rowcount
        if not added:
            self._db.execute(
                "update pages set score = ?, entry = ? where key = ? and state = 'waiting' and score < ?",
                (entry.score, _entry_to_json(entry), entry.key, entry.score),
            )
        return bool(added)

    def _about(self, name: str) -> str | None:
        found = self._db.execute("select value from about where name = ?", (name,)).fetchone()
        return str(found[0]) if found else None

    def _tell(self, name: str, value: str) -> None:
        self._db.execute("insert or replace into about (name, value) values (?, ?)", (name, value))


def _entry_to_json(entry: Entry) -> str:
    return json.dumps(asdict(entry), ensure_ascii=False)


def _entry_from_json(text: str) -> Entry:
    raw: dict[str, Any] = json.loads(text)
    return Entry(
        **{
            **raw,
            "reasons": tuple(raw["reasons"]),
            "alternatives": tuple(raw["alternatives"]),
            "templates": tuple(raw.get("templates", ())),
        }
    )

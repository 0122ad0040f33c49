"""The budget of each host: when it may be asked next, shared by all processes that write to an archive.

Portals share hosts, and a county's server does not know that two of our processes are two. Kept in SQLite, since a row there
is read and moved on in one transaction, whoever dies.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path

from scrapy.exceptions import IgnoreRequest

_CLOCKS_DIFFER = 1.0
SLOWEST = 10.0
"""Longest wait in seconds that a slow answer asks for by being slow."""


class HostHeld(IgnoreRequest):
    """The host has asked to be left alone for longer than a request waits: for `seconds` more."""

    def __init__(self, says: str, seconds: float) -> None:
        super().__init__(says)
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Turn:
    """Seconds to wait for one's turn, and seconds that the host is still to be left alone on its own request."""

    wait: float
    held: float


class HostBudget:
    """When each host may be asked next. Times are seconds since 1970, since processes share them."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path, timeout=30, isolation_level=None)
        self._db.execute(
            "create table if not exists turns (host text primary key, next real, held real, told real) without rowid"
        )

    def turn(self, host: str, delay: float, now: float) -> Turn:
        """Take the next turn of a host; the one after it comes `delay` seconds later. A held host gives no turn."""
        with self._db:
            self._db.execute("begin immediate")
            next_at, held_until = self._row(host, now)
            if held_until > now:
                return Turn(held_until - now, held_until - now)
            at = max(now, next_at)
            self._put(host, at + delay, held_until, now)
            return Turn(at - now, 0.0)

    def answered(self, host: str, seconds: float, now: float) -> None:
        """Note that an answer took so long: a host that is slow is asked less often, never more."""
        with self._db:
            self._db.execute("begin immediate")
            next_at, held_until = self._row(host, now)
            self._put(host, max(next_at, now + min(seconds, SLOWEST)), held_until, now)

    def hold(self, host: str, seconds: float, now: float) -> None:
        """Leave a host alone for so long, as it asked (Retry-After, RFC 9110 §10.2.3)."""
        with self._db:
            self._db.execute("begin immediate")
            next_at, held_until = self._row(host, now)
            self._put(host, next_at, max(held_until, now + seconds), now)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def _row(self, host: str, now: float) -> tuple[float, float]:
        """What was told of a host; nothing where it was told later than now: a clock that was set back must not stop a host."""
        sql = "select next, held from turns where host = ? and told <= ?"
        found: tuple[float, float] | None = self._db.execute(sql, (host, now + _CLOCKS_DIFFER)).fetchone()
        return found or (0.0, 0.0)

    def _put(self, host: str, next_at: float, held_until: float, now: float) -> None:
        self._db.execute("insert or replace into turns values (?, ?, ?, ?)", (host, next_at, held_until, now))

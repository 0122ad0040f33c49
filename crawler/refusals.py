"""What becomes of a host that refuses: it rests, longer each time, and is asked less often; in the end it is left for another day.

A host that has given pages and begins to answer with blocks was asked too quickly: it may relent. One that never gave a
page is a wall, and is not tried again in the same crawl. Pure but for the clock.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

_TIMES_FOR_ITSELF = 2
"""So often a page must have been refused right after its host's rest, where others come, to be refused for itself."""
MOST_IN_A_ROW = 3
"""So often a host that has given pages is asked again after a refusal, without a page in between."""
_MOST_OF_A_WALL = 2
_LONGER = 3.0
_LONGEST_DELAY = 60.0


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of a page that was refused, and of its host.

    `is_its_own`: the host gives others, so it is this page that it refuses. `rest`: seconds for which the host rests, None
    where it is left for another day. `is_wall`: it never gave a page. `comes_first`: right after the rest the same page is asked
    for again, since a host that was asked too quickly gives it then.
    """

    is_its_own: bool = False
    rest: float | None = None
    is_wall: bool = False
    comes_first: bool = False


@dataclass
class _Host:
    pages: int = 0
    reports: int = 0
    in_a_row: int = 0
    kind: str = ""
    until: float = 0.0
    delay: float = 0.0
    is_rested: bool = False
    """Whether it has answered nothing yet since its rest."""
    first: dict[str, int] = field(default_factory=dict)
    """What the host had given when a page, by its key, was refused first."""
    rested: Counter[str] = field(default_factory=Counter)
    """How often a page was refused right after a rest."""

    def given(self, kind: str) -> int:
        """What counts against a refusal: under a soft block lists still come, so only reports do."""
        return self.reports if kind == "softblock" else self.pages

    def refuses_itself(self, key: str, kind: str) -> bool:
        """Say whether one more refusal of a page is its own."""
        times = self.rested[key] + self.is_rested
        return times >= _TIMES_FOR_ITSELF and self.given(kind) > self.first.get(key, self.given(kind))


class Refusals:
    """The refusals of one crawl, host by host."""

    def __init__(self, first_rest: float = 5.0, clock: Callable[[], float] = time.monotonic) -> None:
        """Take the seconds of the first rest."""
        self._first_rest = first_rest
        self._clock = clock
        self._hosts: dict[str, _Host] = {}

    def resting(self) -> frozenset[str]:
        """Return the hosts that are not to be asked now."""
        now = self._clock()
        return frozenset(host for host, one in self._hosts.items() if one.until > now)

    def rest(self, host: str, seconds: float) -> None:
        """Leave a host alone for so long."""
        one = self._of(host)
        one.until = max(one.until, self._clock() + seconds)

    def delay(self, host: str) -> float:
        """Return the least seconds between two requests to a host, as its refusals have taught us; it never falls."""
        return self._of(host).delay

    def gave(self, host: str, *, is_page: bool, is_report: bool) -> bool:
        """Note what a host gave, whether it was a page that leads on or a report; return whether it was its first page."""
        one = self._of(host)
        one.is_rested = False
        if not is_page and not is_report:
            return False
        one.pages += 1
        one.reports += is_report
        if is_report or one.kind != "softblock":
            one.in_a_row = 0
        return one.pages == 1

    def has_given(self, host: str | None = None) -> bool:
        """Say whether a host, or any, has given a page that leads on or a report in this crawl."""
        return any(one.pages for name, one in self._hosts.items() if host in (None, name))

    def has_refused(self, host: str, key: str) -> bool:
        """Say whether a host has refused a page in this crawl."""
        return key in self._of(host).first

    def is_decided(self, host: str, key: str, kind: str) -> bool:
        """Say whether one more refusal of a page decides: that the page itself is refused, or that the host is left for another day."""
        one = self._of(host)
        return one.refuses_itself(key, kind) or one.in_a_row >= MOST_IN_A_ROW

    def refused(self, host: str, key: str, kind: str) -> Fate:
        """Return what becomes of a page, by its key, and of its host after a refusal; the host's rest begins."""
        one = self._of(host)
        one.first.setdefault(key, one.given(kind))
        if one.refuses_itself(key, kind):
            return Fate(is_its_own=True, rest=0.0)
        comes_first, one.is_rested = not one.is_rested, True
        one.rested[key] += not comes_first
        one.kind, one.in_a_row = kind, one.in_a_row + 1
        if not one.pages:
            return Fate(rest=None if one.in_a_row >= _MOST_OF_A_WALL else 0.0, is_wall=True)
        if one.in_a_row > MOST_IN_A_ROW:
            return Fate()
        seconds = self._first_rest * _LONGER ** (one.in_a_row - 1)
        one.delay = min(max(2 * one.delay, seconds / 5), _LONGEST_DELAY)
        self.rest(host, seconds)
        return Fate(rest=seconds, comes_first=comes_first)

    def _of(self, host: str) -> _Host:
        return self._hosts.setdefault(host, _Host())

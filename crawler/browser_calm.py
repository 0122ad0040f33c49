"""When a page that a browser draws has come to rest: nothing is asked for any more, and what it shows stays. Pure."""

from __future__ import annotations

from dataclasses import dataclass

RESTLESS = 8
"""So many times as long without a request, and a page that goes on moving (a clock, a carousel) is taken as it is."""

Shown = tuple[int, int]
"""How many elements a page has, and how many characters."""


@dataclass(slots=True)
class Calm:
    """What was observed of a page; times are seconds of any one clock.

    `quiet` is how long it must ask for nothing and show nothing new, to have come to rest.
    """

    asked_at: float
    changed_at: float
    quiet: float = 1.0
    shown: Shown = (0, 0)

    def observe(self, at: float, shown: Shown, *, pending: int, last_asked: float) -> bool:
        """Take an observation; return whether the page has come to rest. `pending` requests are on their way."""
        self.asked_at = at if pending else max(self.asked_at, last_asked)
        if shown != self.shown:
            self.shown, self.changed_at = shown, at
        silent = at - self.asked_at
        return silent >= RESTLESS * self.quiet or (silent >= self.quiet and at - self.changed_at >= self.quiet)

"""Hours of the day at which a host may be visited: those of its robots.txt (UTC), and those of the registry (Asia/Shanghai)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, tzinfo

from scrapy.exceptions import IgnoreRequest

_SPAN = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")


class OutsideVisitTime(IgnoreRequest):
    """The host may be visited at certain hours only, and it is another time now."""


@dataclass(frozen=True, slots=True)
class Hours:
    """A span of the day, its end left out; one that ends before it starts goes over midnight."""

    start: time
    end: time
    zone: tzinfo

    def holds(self, now: datetime) -> bool:
        """Say whether a moment (aware) lies within the hours."""
        at = now.astimezone(self.zone).time()
        if self.start <= self.end:
            return self.start <= at < self.end
        return at >= self.start or at < self.end

    def __str__(self) -> str:
        """Return the hours for a sentence, with their time zone."""
        return f"{self.start:%H:%M} to {self.end:%H:%M} {self.zone}"


def hours_of(text: str, zone: tzinfo) -> Hours:
    """Return the hours that `20:00-08:00` names. Raises ValueError for any other text, and for a span without length."""
    found = _SPAN.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} names no hours: write them as 20:00-08:00")
    first, last = time(int(found[1]), int(found[2])), time(int(found[3]), int(found[4]))
    if first == last:
        raise ValueError(f"{text!r} has no length")
    return Hours(first, last, zone)


def refuse_outside(hours: Hours | None, now: datetime, whose: str) -> None:
    """Raise OutsideVisitTime where there are hours and a moment lies outside; `whose` begins the sentence."""
    if hours is not None and not hours.holds(now):
        raise OutsideVisitTime(f"{whose} is visited from {hours} only.")

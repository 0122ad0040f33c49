"""When a page is to be looked at again: by its age and the season. Pure.

Departments publish by 31 January, governments by 31 March (Regulations on Open Government Information 2019, §49 and §50),
of the year after the one reported on; so last year's reports come, and are corrected, from January to April.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
_SEASON = range(1, 5)
_GONE_AGAIN = timedelta(days=14)
"""A page that is gone is looked at once more after so long: a withdrawal needs two visits that far apart."""


def list_interval(today: date) -> timedelta:
    """Return how long a list of annual reports may go unseen."""
    return timedelta(days=1 if today.month in _SEASON else 14)


def report_interval(report_year: int | None, today: date, *, is_gone: bool = False) -> timedelta:
    """Return how long a known report may go unseen; one whose year is not known counts as last year's out of season."""
    if is_gone:
        return _GONE_AGAIN
    age = today.year - (report_year if report_year is not None else today.year - 1)
    if age <= 1:
        return timedelta(days=7 if today.month in _SEASON and report_year is not None else 30)
    return timedelta(days=90 if age <= 3 else 180)


def is_due(last_look: datetime | None, interval: timedelta, now: datetime) -> bool:
    """Say whether a page is to be looked at now. An hour's grace keeps a daily timer daily."""
    return last_look is None or now - last_look >= interval - timedelta(hours=1)

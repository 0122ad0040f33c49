"""When an annual report is due, by the Regulations on Open Government Information (《政府信息公开条例》). Pure.

As revised in 2019 (in force since 15 May 2019, so first for the reports on 2019): departments of governments at and above the county
publish by 31 January of the next year, local governments at and above the county by 31 March (第四十九条); what a report holds, and
that its form is laid down centrally, is said by 第五十条. As of 2007: every organ by 31 March (第三十一条). The revision names no
day for townships and street offices; the circular on the reports for 2019 (国办公开办函〔2019〕60号) moved every organ's day but
the governments' two months ahead, so 31 January is taken for them.
"""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from archive.coverage_organs import Organ

SHANGHAI = ZoneInfo("Asia/Shanghai")
"""Deadlines end with the day in Asia/Shanghai, whatever clock the archive's machine has."""

FIRST_YEAR = 2008
"""The first year reported on: the regulation of 2007 came into force on 1 May 2008."""

_REVISED = 2019


def due_on(organ: Organ, year: int) -> date:
    """Return the last day (Asia/Shanghai) on which an organ's report for a year may be published."""
    if year < _REVISED or organ.is_local_government:
        return date(year + 1, 3, 31)
    return date(year + 1, 1, 31)


def last_due_year(today: date) -> int:
    """Return the newest report year for which some deadline has passed: last year's from 1 February on."""
    return today.year - 1 if (today.month, today.day) > (1, 31) else today.year - 2


def today_there(moment: datetime) -> date:
    """Return the date in Asia/Shanghai at a time."""
    return moment.astimezone(SHANGHAI).date()

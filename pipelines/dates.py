"""When a report was published (发布日期), by the order of trust of `PORTALS.md` §5."""

from __future__ import annotations

import re
from datetime import date

_DAY = r"(20\d\d)\s*[-年/.]\s*(1[0-2]|0?[1-9])\s*[-月/.]\s*(3[01]|[12]\d|0?[1-9])(?!\d)"
_PUBLISHED = re.compile(rf"(?:发布|公开|发稿|上传|添加|录入)(?:日期|时间)\s*[:：|]?[\s|]*{_DAY}")
_DATED = re.compile(rf"(?:^|[\s|\]】>])(?:日期|时间)\s*[:：]\s*{_DAY}", re.MULTILINE)
_BESIDE_SOURCE = re.compile(
    rf"(?<![\d./-]){_DAY}(?:\s*\d{{1,2}}:\d\d(?::\d\d)?)?[\s|\]】）)]*(?:信息来源|文章来源|来源|稿源|浏览次数|点击数|字体|字号)\s*[:：]"
)
_PLAIN = re.compile(_DAY)
_IN_URL = (
    re.compile(r"/t(20\d\d)(\d\d)(\d\d)_\d+\.s?html?"),
    re.compile(r"/(20\d\d)/(\d{1,2})/(\d{1,2})/"),
    re.compile(r"/(20\d\d)-(\d\d)[-/](\d\d)/"),
    re.compile(r"/(20\d\d)(\d\d)(\d\d)/"),
)


def published_on(
    visible: str, *, meta: str | None = None, listed_on: date | None = None, url: str | None = None
) -> date | None:
    """Return the day of publication, None where nothing tells it.

    In order of trust: a label 发布日期/发布时间/时间 in the `visible` text (head of the page), or a day that begins the line of
    source and visits there, the meta PubDate, the list
    row's date, the date in the URL (the last, since migrated sites give one day to all old reports).
    """
    return labelled_day(visible) or first_day(meta or "") or listed_on or day_in_url(url or "")


def labelled_day(text: str) -> date | None:
    """Return the day that stands behind a label of publication or begins the line of the source, None without one."""
    return next((day for rule in (_PUBLISHED, _DATED, _BESIDE_SOURCE) if (day := _day(rule.search(text)))), None)


def first_day(text: str) -> date | None:
    """Return the first day written in a text, None without one."""
    return _day(_PLAIN.search(text))


def day_in_url(url: str) -> date | None:
    """Return the day in the path of a URL (`PORTALS.md` §4), None without one."""
    return next((day for pattern in _IN_URL if (day := _day(pattern.search(url)))), None)


def _day(match: re.Match[str] | None) -> date | None:
    if match is None:
        return None
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:  # a 31st of February is a misprint, not a date
        return None

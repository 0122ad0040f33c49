"""The report year (报告年度): the year reported on, normally the one before publication."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from urllib.parse import unquote

from pipelines.numerals import plain_years
from pipelines.titles import squeeze

FIRST, LAST = 2003, 2099
"""Cities reported under rules of their own (Guangzhou's of 2002, Shanghai's of 2004) before the Regulations of 2007 (国务院令第492号)."""

_YEAR = re.compile(r"(?<!\d)(20\d\d)(?!\d)")
_OF_REPORT = re.compile(r"(?<!\d)(20\d\d)年?(?:度|年度)?(?=[^，。；]{0,40}?(?:信息公开|政务公开|年报|年度报告))")
_PERIOD = re.compile(
    r"(?:统计|数据|内容|时间段|期限|时限|涵盖|期间)[^。；\n]{0,40}?(?<!\d)(20\d\d)(?:年|[-./])\d{0,2}[^。；\n]{0,8}?(?:起)?(?:至|到|—|-|~|～)"
    r"(?:(20\d\d)?(?:年|[-./])?\d{1,4}[^。；\n]{0,8}?(?:日|31|止))"
)
_STATED = re.compile(
    r"(?:公布|编制|发布|编写了?|形成了?|报告|现将)[^。；\n]{0,30}?(?<!\d)(20\d\d)年(?:度)?[^。；\n]{0,24}?(?:信息公开|政务公开)[^。；\n]{0,6}?(?:年度)?(?:报告|年报|工作)"
)
_SENTENCE = re.compile(r"(?:^|[。；\n)）])[^\S\n]*+(?:截至|截止|至)?(20\d\d)年")
_IN_URL = (
    re.compile(r"(?:fbtime|year|nd)=(20\d\d)\b"),
    re.compile(r"(?:nb|gknb|ndbg|xxgknb|nb_|nbxx)_?(20\d\d)(?=\D|$)"),
    re.compile(r"(?<=[/_])(20\d\d)_?(?:nb?|ndbg|nd)(?=[/_.]|$)"),
    re.compile(r"(?:nb|ndbg|gkbg)[a-z]*/(20\d\d)(?:/(?=[A-Za-z])|\.s?html?$)"),
)


@dataclass(frozen=True, slots=True)
class YearFound:
    """A report year and where it was read: title, period, heading, lead, url or published."""

    year: int
    found_in: str


def find_year(
    *, title: str | None, body: str, url: str | None = None, hint: int | None = None, published: date | None = None
) -> YearFound | None:
    """Return the report year, None where nothing tells it.

    Trusted in this order: the title, the sentence that states the statistical period, the heading that the link stood
    under (`hint`), the opening sentences of the body, a year in the URL's path, the year before a publication in January–June.
    """
    ways = _ways(squeeze(title or ""), body, url or "", hint, published)
    return next((YearFound(year, name) for name, year in ways if year and FIRST <= year <= LAST), None)


def _ways(title: str, body: str, url: str, hint: int | None, published: date | None) -> Iterator[tuple[str, int | None]]:
    """Yield what each place says; the body is looked at only where the title alone does not tell."""
    named = _title_years(title)
    if len(named) == 1:
        yield "title", named[0]
    text = squeeze_lines(body)
    if len(named) > 1:
        yield "title", _one_of(named, title, text)
    yield "period", _period(text) or _stated(text)
    yield "heading", hint
    yield "lead", _lead(text)
    yield "url", _in_url(url)
    yield "published", published.year - 1 if published and published.month <= 6 else None


def squeeze_lines(body: str) -> str:
    """Return a body without white space inside its lines, and with years in plain digits."""
    return plain_years(re.sub(r"[ \t\r\u3000\xa0]+", "", body))


def _title_years(title: str) -> list[int]:
    """Return the years of a squeezed title: those that it reports on, else all."""
    return list(dict.fromkeys(int(year) for year in _OF_REPORT.findall(title) or _YEAR.findall(title)))


def _one_of(years: list[int], title: str, text: str) -> int | None:
    """Return which of a title's years it reports on: the one that the period sentence confirms or that stands nearer."""
    period = _period(text)
    if period in years:
        return period
    return None if re.search(r"20\d\d年?(?:度)?(?:至|到|—|-|~|～|、|和|及)20\d\d", title) else years[-1]


def _period(text: str) -> int | None:
    """Return the year of the period sentence; it must begin and end in one year, a half-lost sentence included."""
    match = _PERIOD.search(text[:4000].replace("\n", ""))
    if match is None or (match[2] and match[2] != match[1]):
        return None
    return int(match[1])


def _stated(text: str) -> int | None:
    match = _STATED.search(text[:2000].replace("\n", ""))
    return int(match[1]) if match else None


def _lead(text: str) -> int | None:
    """Return the year that begins a sentence near the start of the body, if no other year does so more often."""
    years = Counter(int(year) for year in _SENTENCE.findall(text[:6000]))
    first = _SENTENCE.search(text[:1200])
    if first is None:
        return None
    return int(first[1]) if years[int(first[1])] == max(years.values()) else None


def _in_url(url: str) -> int | None:
    plain = unquote(url).lower()
    return next((int(match[1]) for pattern in _IN_URL if (match := pattern.search(plain))), None)

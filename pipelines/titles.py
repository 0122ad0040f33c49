"""Titles of annual reports: what they look like, and which of a page's texts is the title (`PORTALS.md` §6)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import islice, takewhile

from pipelines.furniture import is_furniture
from pipelines.numerals import HAN, plain_years

_NAME = rf"[{HAN}（）()·、]{{0,48}}?"
_YEAR = r"(?:\d{4}(?:年度?|)|年度?)"
_SUBJECT = r"(?:政府|政务)?(?:政务|政府)?信息公开|政务公开|政务资讯|公开工作"
_KIND = r"(?:工作)?(?:的)?(?:情况)?(?:的)?(?:年度)?(?:工作)?(?:情况)?(?:报告|总结|年报)"
TITLE = re.compile(rf"(?P<before>{_NAME})(?P<year>{_YEAR})?(?P<after>{_NAME})(?:{_SUBJECT})(?:工作)?(?:{_YEAR})?{_KIND}")
"""A title with all white space taken out: agency and year in either order, then what it is."""

_REPORT = re.compile(rf"(?:{_SUBJECT}).{{0,10}}?(?:年度?.{{0,4}}报告|年报|工作报告|报告|总结)")
_LONGEST = 300
"""Characters of a title that are looked at; a longer one is a page's text that got into the tag."""
_LONGEST_HEADING = 90
_SHORTEST_NAME = 4
_FIELD = re.compile(r"^(?:文件|信息|公文)?(?:名称|标题|题名|下载)[:：]?(?=.)")
_ADDED = re.compile(r"(?<=报告|年报|总结)[-—_|][^-—_|]{2,30}$")
"""A site's name or, on hijacked hosts, an advertisement behind the title."""
_NAMED = re.compile(r"\d|[省市区县旗州盟镇乡村道府厅局委办院署会处室行队站所心社校团科]$")
_CHAPTER = re.compile(r"[（(]?[一二三四五六七八九十]{1,2}[)）、.．]")
_OTHER_PAPER = re.compile(r"[^。；，！？|]{6,}(?:通知|通报|公告|办法|制度|规定|细则|规范|意见|方案|指南|(?:报|统计)表|解读)")
_STOPS = ("。", "；", "：", "，")
_ENDINGS = ("报告", "年报", "总结")
_TRUNCATED = re.compile(r"(?:\.{2,}|…+)$")
_TAIL = re.compile(r"(?:[-—_|]{1,3}[^-—_|]{2,30}(?:网|网站|平台|人民政府|政府|厅|局|委|办))+$")
_HEAD = re.compile(r"^[^-—_|《]{2,30}(?:网|网站|平台|人民政府)[-—_|]{1,3}")
_FIRST_LINES = 14
_MOST_LINES = 3
"""Lines at the start of a body among which its title stands, and lines over which it may be broken."""
_LINE = re.compile(r"\n|\u3000{2,}")
_MARK = re.compile(r"(?:（图片版）|（超链版）|\(图片版\)|\.(?:pdf|docx?|wps|ofd|html?))+$", re.IGNORECASE)


def squeeze(text: str) -> str:
    """Return a text without white space, years in plain digits: titles are letter-spaced, and broken over lines."""
    return plain_years("".join(text.split()).replace("\u200b", ""))


def is_report_title(title: str) -> bool:
    """Say whether a title nominates an annual report on information disclosure; the body decides."""
    return bool(_REPORT.search(squeeze(title)))


def clean_title(title: str) -> str:
    """Return a title without the site's name before or behind it, file ending, or the mark of a picture version."""
    plain = " ".join(title[:_LONGEST].split()).strip("《》 ")
    for pattern in (_MARK, _TAIL, _HEAD):
        shorter = pattern.sub("", plain).strip()
        plain = shorter or plain
    return plain


def best_title(candidates: Iterable[str | None]) -> str | None:
    """Return the first whole title that nominates a report, else the first that is cut short, else the first text, else None."""
    titles, whole = list[str](), list[str]()
    for candidate in candidates:
        if candidate and candidate.strip():
            titles.append(clean_title(candidate))
            if not _TRUNCATED.search(titles[-1]):
                if is_report_title(titles[-1]):
                    return titles[-1]
                whole.append(titles[-1])
    return next(iter([*filter(is_report_title, titles), *whole, *titles]), None)


def title_in_text(body: str) -> str | None:
    """Return the title that stands as a heading at the start of a body, its lines joined; None where none stands there."""
    pieces = (_FIELD.sub("", squeeze(line).strip("|#*")) for line in _lines(body[:3000]))
    rest = islice((piece for piece in pieces if piece not in {"", "正文"}), _FIRST_LINES)
    lines = list(islice(rest, _MOST_LINES))
    while lines:
        for count in range(1, len(lines) + 1):
            if (match := _title_of(lines[:count])) and not _is_led_in(lines[:count]):
                return match[0]
        lines = [*lines[1:], *islice(rest, 1)]
    return None


def _lines(text: str) -> list[str]:
    return _LINE.split(text) if "\u3000\u3000" in text else text.split("\n")


def heading_in_text(body: str) -> str | None:
    """Return the heading at the start of a body that names another kind of paper (通知, 办法, 统计表 …); None where none stands there."""
    lines = list(islice((piece for line in body[:1500].splitlines() if (piece := squeeze(line).strip("|#*"))), 4))
    lines = list(takewhile(lambda line: not _CHAPTER.match(line), lines))
    joined = ("".join(lines[first : first + count]) for first in (0, 1) for count in (1, 2, 3))
    return next((one for one in joined if len(one) < _LONGEST_HEADING and _OTHER_PAPER.fullmatch(one)), None)


def _title_of(lines: Sequence[str]) -> re.Match[str] | None:
    """A title that the lines are together, nothing more."""
    whole = "".join(lines)
    if len(whole) > _LONGEST or whole.endswith(_STOPS) or not any(ending in whole for ending in _ENDINGS):
        return None
    joined = _ADDED.sub("", _MARK.sub("", whole))
    if len(joined) >= _LONGEST_HEADING or not joined.endswith(_ENDINGS):
        return None
    match = TITLE.fullmatch(joined)
    return match if match and not _is_sentence(match[0]) else None


def _is_led_in(lines: Sequence[str]) -> bool:
    """Whether the first line is the page's (扫一扫…), a menu's or a column's (登录 注册): it ends in no place or organ, and the rest names one."""
    if len(lines) > 1 and is_furniture(lines[0]):
        return True
    if len(lines) < 2 or _NAMED.search(lines[0]):
        return False
    rest = _title_of(lines[1:])
    return rest is not None and len(rest["before"] + rest["after"]) >= _SHORTEST_NAME


def _is_sentence(text: str) -> bool:
    return text.startswith(("根据", "按照", "依据", "现将", "本报告", "为")) or len(text) < 8

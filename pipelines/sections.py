"""The chapters (章节) of a report's body, whatever is wrong with their numbers (`FORMS.md` §4)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from archive.model import Section

_PREFIX = r"(?:(?:政府|政务)?信息公开(?:工作)?的?)?"
STATUTORY: dict[int, str] = {
    1: rf"(?:\d{{4}}年(?:度)?)?{_PREFIX}(?:总体情况|总体概况|基本情况|工作总体情况)",
    2: r"(?:行政机关)?主动公开政府信息的?情况|政府信息主动公开的?情况|主动公开(?:工作)?情况",
    3: r"(?:行政机关)?收到和处理政府信息公开申请的?情况|依申请公开政府信息的?(?:办理)?情况|政府信息依申请公开(?:办理)?的?情况|依申请公开(?:工作)?情况",
    4: r"(?:因)?(?:政府信息公开|信息公开)?(?:工作)?(?:被)?(?:申请|提起)?(?:的)?行政复议(?:情况)?[、,，和及与]?(?:被)?(?:提起)?行政诉讼(?:的)?情况",
    5: rf"{_PREFIX}存在的?(?:主要)?问题(?:及|和|与|以及)?(?:下一步)?(?:改进|整改)?(?:情况|措施|举措|工作)?|主要问题(?:及|和)改进(?:情况|措施)",
    6: r"其他需要(?:报告|说明)的?(?:事项|情况)|其他报告的?事项|需要(?:报告|说明)的?其他事项",
}
"""Fingerprints of the six statutory headings (国办公开办函〔2021〕30号), with the variants that reports print."""

_EARLIER = (
    r"概述|引言|政府信息公开(?:情况)?(?:工作)?概述|工作要点落实情况|政府信息(?:公开)?依申请公开办理情况|公开政府信息(?:的)?情况|回应解读情况|咨询(?:处理)?情况"
    r"|政府依申请公开政府信息和不予公开信息(?:的)?情况|依申请公开政府信息和不予公开政府信息的情况|(?:政府信息公开|依申请)?的?(?:行政)?收费(?:及|和)减免(?:的)?情况"
    r"|(?:政府信息公开)?(?:申请)?(?:行政)?复议、(?:提起)?(?:行政)?诉讼(?:和申诉|和投诉)?的?情况|申请行政复议、提起行政诉讼和申诉的情况|复议、诉讼和申诉情况"
    r"|机构建设和保障经费情况|政府信息公开会议和培训情况|下一步工作(?:措施|打算)?|附表"
)
_SIGN = "[一二三四五六七八九十]"
_MARK = r"[、.．,，:：]?"
_PHRASES = (
    "主动公开政府信息情况", "收到和处理政府信息公开申请", "其他需要报告的事项", "本年新收政府信息公开申请", "改进情况", "依申请公开政府信息", "数据的统计期限", "数据统计期限",
    "收到申请数", "第二十条第",
)  # fmt: skip
_EDGES = r"\n。；;：:！!?？)）》”|\u3000\xa0 \d件"
"""What stands before a heading that does not begin its line; `#`, `*` and white space may come between."""
_IS_EDGE = re.compile(rf"[{_EDGES}]").match
_KNOWN = "|".join(f"(?P<s{number}>{pattern})" for number, pattern in STATUTORY.items())
# It begins with the numeral, and looks behind only from there: so a search goes from one such sign to the next.
_NUMBERED = re.compile(rf"(?P<n>{_SIGN}(?<![^{_EDGES}\s#*].){_SIGN}{{0,2}})\s*+{_MARK}\s*+(?:{_KNOWN}|(?P<earlier>{_EARLIER}))")
# Text without markup runs a heading into the table or sentence before it (hebei-gxt-2019): then the mark must stand there.
_GLUED = re.compile(rf"(?P<n>{_SIGN}{{1,3}})[、.．](?:{_KNOWN})")
_INDENT = r"(?:[^\S\n]|[#*])*+"
"""What may stand before a heading on its line. It never goes on to the next: a text of empty lines would be looked through once for each."""
_BARE = re.compile(rf"^{_INDENT}(?:{_KNOWN})[\s:：*]*$", re.MULTILINE)
_OTHER = re.compile(rf"^{_INDENT}(?P<n>{_SIGN}{{1,3}})\s*[、.．]\s*(?P<heading>[^\n。；;，,|]{{4,38}})\s*$", re.MULTILINE)
# Table three has rows 一…四 of its own; a heading never holds these words.
_ROW = re.compile(r"本年新收|上年(?:度)?结转|本年度?办理结果|结转下(?:一)?年|勾稽关系")


@dataclass(frozen=True, slots=True)
class _Heading:
    start: int
    end: int
    number: int | None
    text: str


def find_sections(body: str) -> tuple[Section, ...]:
    """Return the chapters of a body in order; the text before the first heading belongs to none.

    `number` is 1–6 for a statutory heading and None for others (pre-2019 reports have many). A heading is known by its words,
    so lost, restarted or doubled numbers do no harm; a statutory chapter is taken once, where it first stands in order.
    """
    headings = _chosen(sorted(_candidates(body), key=lambda each: each.start))
    ends = [*(each.start for each in headings[1:]), len(body)]
    return tuple(
        Section(number=each.number, heading=each.text, text=body[each.end : end].strip("\n 　"))
        for each, end in zip(headings, ends, strict=False)
    )


def looks_statutory(text: str) -> bool:
    """Say whether a text holds at least two phrases that only a report's chapters and tables have, wherever they stand."""
    plain = "".join(text.split())
    held = (phrase in plain for phrase in _PHRASES)
    return any(held) and any(held)  # the second goes on behind the first's phrase


def _candidates(body: str) -> list[_Heading]:
    """Return every place that may be a heading. Weaker signs serve only for the chapters that stronger ones don't show."""
    known = [_known(match) for match in _NUMBERED.finditer(body) if _stands_apart(body, match.start("n"))]
    found, places = _without_contents(known), {each.start for each in known}
    for pattern in (_GLUED, _BARE):
        shown = {each.number for each in found}
        if not shown >= STATUTORY.keys():
            found += [each for each in map(_known, pattern.finditer(body)) if each.number not in shown]
    return found + [
        _Heading(match.start("n"), match.end(), None, match["heading"].strip())
        for match in _OTHER.finditer(body)
        if match.start("n") not in places and not _ROW.search(match["heading"])
    ]


def _stands_apart(body: str, place: int) -> bool:
    """Whether a heading may begin at a place: an edge stands before it, or before the marks and white space that lead to it."""
    while place and not _IS_EDGE(body[place - 1]):
        place -= 1
        if body[place] not in "#*" and not body[place].isspace():
            return False
    return True


def _known(match: re.Match[str]) -> _Heading:
    number = next((number for number in STATUTORY if match[f"s{number}"]), None)
    text = match[f"s{number}"] if number else match["earlier"]
    start = match.start("n") if "n" in match.re.groupindex else match.start(f"s{number}")
    return _Heading(start, match.end(), number, text)


def _without_contents(headings: list[_Heading]) -> list[_Heading]:
    """Leave out a table of contents: headings close upon each other that all stand again further on."""
    last = {each.number: place for place, each in enumerate(headings)}
    close = [after.start - each.end < 15 for each, after in pairwise(headings)] + [False]
    return [
        each
        for place, each in enumerate(headings)
        if each.number is None or last[each.number] == place or not (close[place] or (place > 0 and close[place - 1]))
    ]


def _chosen(candidates: list[_Heading]) -> list[_Heading]:
    """Keep one heading a place, and each statutory number once; a repeated one is a mention or a running title."""
    kept: list[_Heading] = []
    shown: set[int | None] = set()
    for heading in candidates:
        overlaps = bool(kept) and heading.start < kept[-1].end
        if overlaps and kept[-1].number is None and heading.number is not None:
            kept.pop()
        elif overlaps:
            continue
        if heading.number is None or heading.number not in shown:
            kept.append(heading)
            shown.add(heading.number)
    return kept

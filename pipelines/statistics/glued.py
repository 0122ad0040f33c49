"""Paragraphs whose cells stand together without separators (`规章000行政规范性文件5426`), taken apart at the known labels."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from archive.forms import forms_of
from archive.model import TABLE_NAMES
from pipelines.statistics.labels import is_wording, outline

_BETWEEN = r"[\s、,，.．:：;；“”\"'‘’()（）《》〈〉]*"
_MARKERS = re.compile(
    r"信息内容\s*本年|申请人情况\s*自然人|自然人\s*法人或其他组织|统计指标\s*单位\s*统计数|指标名称\s*计量单位"
    r"|结果\s*维持\s*结果\s*纠正|(?:予以公开|国家秘密|继续办理|总计)\d{7}"
    r"|信息公开政府信息数条?\d",
)
_HEADERS = (
    "第二十条第一项",
    "第二十条第五项",
    "第二十条第六项",
    "第二十条第八项",
    "第二十条第九项",
    "信息内容",
    "申请人情况",
    "自然人",
    "法人或其他组织",
    "商业企业",
    "科研机构",
    "社会公益组织",
    "法律服务机构",
    "其他",
    "总计",
    "三、本年度办理结果",
    "（三）不予公开",
    "（四）无法提供",
    "（五）不予处理",
    "（六）其他处理",
    "行政复议",
    "行政诉讼",
    "结果维持",
    "结果纠正",
    "其他结果",
    "尚未审结",
    "未经复议直接起诉",
    "复议后起诉",
    "统计指标",
    "统计数",
    "本年增/减",
    "指标名称",
    "计量单位",
    "本期实际",
    "本年累计",
)
_HEADINGS = (
    r"[一二三四五六][、.]\s*(?:因?政府信息公开|收到和处理|存在的?主要|其他需要报告|主动公开政府信息)",
    r"[（(]?本列数据的勾稽关系为[^）)]*[）)]?",
    r"本年收费金额\s*(?:[（(][^）)]*[）)])?",
)
_NUMBER = re.compile(r"^(其中[:：]|[（(][一二三四五六七八九十]+[)）]|[一二三四五六七八九十]+、|\d+[.、．])")
_VALUE = re.compile(r"\s*(条|件|次|篇|个|人次|人|万元)?([+\-−－]?\d[\d.,，+\-−－]*(?:万元|元)?)?")


def has_glue(text: str) -> bool:
    """Say whether the piece holds several cells of a statutory table without separators."""
    return _MARKERS.search(text) is not None


def split_glued(text: str) -> list[tuple[int, int]]:
    """Return the spans of labels, values and other words of a glued piece, in order, without gaps of meaning."""
    spans: list[tuple[int, int]] = []
    end = 0
    for match in _known().finditer(text):
        spans += _between(text, end, match.start())
        spans.append(match.span())
        end = match.end()
    return spans + list(_between(text, end, len(text)))


def _between(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """What stands between two labels: a unit, a value or several with spaces between, and words that begin after it."""
    match = _VALUE.match(text, start, end)
    while match and match.end() > start and (match.end() == end or _next_heading(text[match.end() : end])):
        yield from (match.span(group) for group in (1, 2) if match[group])
        start = match.end()
        match = _VALUE.match(text, start, end) if text[start : start + 1].isspace() else None
    if text[start:end].strip():
        yield start, end


def _next_heading(rest: str) -> bool:
    return (
        not is_wording(rest)
        or re.match(r"\s*(?:[一二三四五六七八九十]{1,2}[、.]|[（(][一二三四五六七八九十]{1,2}[)）]|\d\.[^\d])", rest)
        is not None
    )


@cache
def _known() -> re.Pattern[str]:
    """All labels, longest first, each with the number that the form prints before it."""
    words = {_pattern(label) for label in _labels()}
    return re.compile("|".join([*_HEADINGS, *sorted(words, key=len, reverse=True)]))


def _labels() -> Iterator[str]:
    yield from _HEADERS
    for table in TABLE_NAMES:
        for form in forms_of(table):
            yield from form.headings
            for spec in form.cells:
                yield from (label for label in (spec.label, spec.column_label, *spec.variants) if label)
                number = _NUMBER.match(spec.label)
                yield from ((number[0] if number else "") + name for name in spec.variants)
        yield from (name for names in outline(table).names for name in names if len(name) > 4)


def _pattern(label: str) -> str:
    number = _NUMBER.match(label)
    rest = label[number.end() :] if number else label
    body = _BETWEEN.join(re.escape(sign) for sign in re.sub(_BETWEEN, "", rest))
    return (_number_pattern(number[0]) if number else "") + body + r"[）)”\"’]*"


def _number_pattern(number: str) -> str:
    core = re.escape(re.sub(r"[（(）)、.．:：]", "", number))
    if number[0] in "（(":
        return rf"[（(]\s*{core}\s*[）)]\s*"
    return rf"{core}\s*[、.．:：]\s*"

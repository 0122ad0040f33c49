"""What the rows of the statutory tables are called: fingerprints of labels, and which row a printed label means.

The rows of all forms of a table stand in one order (an `Outline`); 2019's and 2021's rows are both subsequences of it, so
a table is aligned first and its form chosen afterwards, from the rows and headers that it turned out to have.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from archive.forms import forms_of, TableForm
from archive.model import TABLE_NAMES

_DROPPED = re.compile(r"[\s|*“”\"'‘’〝〞「」『』《》〈〉()\[\]【】{}、,。.:;·…\-_/\\~!?#&]+")
_NUMBERING = re.compile(
    r"^(?:[(\[（]?(?:[一二三四五六七八九十]{1,2}|\d{1,2})[)\]）]?[、.．,，)）:]+|[(（][一二三四五六七八九十\d]{1,2}[)）])"
)
_CIRCLED = re.compile(r"^\s*[①-⑳㈠-㈩]")
_NOTE = re.compile(r"[(（][^()（）]*[)）]")
_WORD = re.compile(r"[\u4e00-\u9fff]")
_LEAD = ("其中",)

ORDER_APPLICATIONS = (
    "other_handling",
    "other_no_correction",
    "other_fee_unpaid",
    "other_misc",
    "total_processed",
    "carried_out",
)
"""The rows in which the forms of table three differ, in the order that serves both."""


UNITS = frozenset(["条", "件", "次", "篇", "个", "人", "人次", "万元", "元", "项", "处", "份", "宗", "起", "部"])
"""What the unit column of a one-column table prints."""


@lru_cache(maxsize=4096)
def fingerprint(text: str) -> str:
    """Return what is left of a printed label for comparing: NFKC, no spaces, quotes, punctuation or leading number."""
    tight = "".join(unicodedata.normalize("NFKC", _CIRCLED.sub("", text)).replace("\u200b", "").split())
    return bare(strip_number(tight))


def bare(text: str) -> str:
    """Return the text without white space, quotes, brackets and punctuation."""
    return _DROPPED.sub("", text)


def strip_number(text: str) -> str:
    """Return the text without the numbering that it begins with (`三、`, `（二）`, `1.`, `其中:`)."""
    text = text.strip().lstrip("|").strip()
    while match := _NUMBERING.match(text):
        text = text[match.end() :].strip()
    for lead in _LEAD:
        if text.startswith(lead):
            return strip_number(text[len(lead) :].lstrip(":：,， "))
    return text


@lru_cache(maxsize=4096)
def is_wording(text: str) -> bool:
    """Say whether the text holds any Chinese character, hence may be a label."""
    return _WORD.search(text) is not None


@dataclass(frozen=True, slots=True)
class Outline:
    """The rows of a table over all its forms.

    `rows` are row ids in printed order; `labels` gives, by fingerprint, the places in `rows` that a label can mean;
    `names` is one fingerprint a row, for near misses; `heads` are prefixes by which a label cut in two is known.
    """

    table: str
    rows: tuple[str, ...]
    labels: Mapping[str, tuple[int, ...]]
    names: tuple[tuple[str, ...], ...]
    heads: frozenset[str]


@cache
def outline(table: str) -> Outline:
    """Return the outline of a table by its name in `archive.model.TABLE_NAMES`."""
    forms = forms_of(table)
    rows = _row_order(table, forms)
    names = tuple(tuple(dict.fromkeys(name for form in forms for name in _names(form, row))) for row in rows)
    labels: dict[str, tuple[int, ...]] = {}
    for place, each in enumerate(names):
        for name in each:
            labels[name] = (*labels.get(name, ()), place)
    heads = frozenset(name[:length] for name in labels for length in range(3, len(name)))
    return Outline(table=table, rows=rows, labels=labels, names=names, heads=heads)


@lru_cache(maxsize=4096)
def is_known(name: str) -> bool:
    """Say whether a fingerprint is the label of a row of any table."""
    return any(name in outline(table).labels for table in TABLE_NAMES)


def _row_order(table: str, forms: tuple[TableForm, ...]) -> tuple[str, ...]:
    longest = max(forms, key=lambda form: len(form.rows)).rows
    if table != "applications":
        return longest
    return (*(row for row in longest if row not in ORDER_APPLICATIONS), *ORDER_APPLICATIONS)


def _names(form: TableForm, row: str) -> list[str]:
    specs = [spec for spec in form.cells if spec.row == row][:1]
    return [name for spec in specs for label in (spec.label, *spec.variants) for name in _spellings(label)]


def _spellings(label: str) -> tuple[str, ...]:
    """Whole label, and the label without the note in brackets."""
    plain = unicodedata.normalize("NFKC", label)
    return tuple(dict.fromkeys((fingerprint(plain), fingerprint(_NOTE.sub("", strip_number(plain))))))


@lru_cache(maxsize=4096)
def likeness(one: str, other: str) -> float:
    """Return how alike two fingerprints are, 0 to 1: one less the edit distance over the longer length."""
    longer = max(len(one), len(other))
    return 1.0 if longer == 0 else 1 - _distance(one, other) / longer


def _distance(one: str, other: str) -> int:
    """Levenshtein distance, a row at a time."""
    previous = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        current = [i]
        for j, b in enumerate(other, 1):
            current.append(min(previous[j] + 1, current[j - 1] + 1, previous[j - 1] + (a != b)))
        previous = current
    return previous[-1]


LONGEST_LABEL = 90
"""Letters of a text beyond which it is no label."""


def is_long(text: str) -> bool:
    """Say whether a text is too long for a label, its letter-spacing not counted."""
    return len(text) > LONGEST_LABEL and len("".join(text.split())) > LONGEST_LABEL


FRAME = UNITS | frozenset(
    [
        "本年度办理结果",
        "不予公开",
        "无法提供",
        "不予处理",
        "其他处理",
        "申请人情况",
        "自然人",
        "法人或其他组织",
        "商业企业",
        "科研机构",
        "社会公益组织",
        "法律服务机构",
        "其他",
        "总计",
        "信息内容",
        "第二十条第一项",
        "第二十条第五项",
        "第二十条第六项",
        "第二十条第八项",
        "第二十条第九项",
        "统计指标",
        "单位",
        "统计数",
        "指标名称",
        "计量单位",
        "代码",
        "条",
        "件",
        "次",
        "篇",
        "个",
        "人",
        "人次",
        "万元",
        "元",
        "项",
        "本期实际",
        "本年累计",
        "商业",
        "企业",
        "科研",
        "机构",
        "社会",
        "公益",
        "组织",
        "法律",
        "服务",
    ]
)
"""Words of the tables that are no row's label: headers, clauses, groups and units."""

"""Chapters of a report, whatever is wrong with their numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.sections import find_sections

HEADINGS = [
    "总体情况",
    "主动公开政府信息情况",
    "收到和处理政府信息公开申请情况",
    "政府信息公开行政复议、行政诉讼情况",
    "存在的主要问题及改进情况",
    "其他需要报告的事项",
]
NUMERALS = "一二三四五六"


def numbers(body):
    return [section.number for section in find_sections(body)]


def report(marks):
    return "\n".join(f"{mark}{heading}\n本章内容。" for mark, heading in zip(marks, HEADINGS, strict=True))


@pytest.mark.parametrize(
    "marks",
    [
        [f"{sign}、" for sign in NUMERALS],
        [f"{sign}." for sign in NUMERALS],
        [f"  {sign} 、 " for sign in NUMERALS],
        ["一、"] * 6,
        ["一、", "二、", "三、", "五、", "五、", "六、"],
        [""] * 6,
        ["## "] * 6,
    ],
)
def test_six_chapters_whatever_the_numbering(marks):
    assert numbers(report(marks)) == [1, 2, 3, 4, 5, 6]


def test_headings_that_run_into_the_text():
    glued = "止。一、总体情况（一）公开。公开三条。二、主动公开政府信息情况第二十条第（一）项规章000三、收到和处理政府信息公开申请情况四、结转下年度继续办理四、政府信息公开行政复议、行政诉讼情况无。五、存在的主要问题及改进情况不足。六、其他需要报告的事项无。"
    assert numbers(glued) == [1, 2, 3, 4, 5, 6]


def test_rows_of_table_three_are_no_chapters():
    body = "三、收到和处理政府信息公开申请情况\n一、本年新收政府信息公开申请数量\n0\n二、上年结转政府信息公开申请数量\n0\n三、本年度办理结果\n四、结转下年度继续办理\n0\n五、存在的主要问题及改进情况\n无"
    assert [(section.number, section.heading) for section in find_sections(body)] == [
        (3, "收到和处理政府信息公开申请情况"),
        (5, "存在的主要问题及改进情况"),
    ]


def test_an_intro_that_names_the_chapters_is_none():
    intro = "全文包括总体情况、主动公开政府信息情况、收到和处理政府信息公开申请情况、存在的主要问题及改进情况和其他需要报告的事项。\n"
    sections = find_sections(intro + report([f"{sign}、" for sign in NUMERALS]))
    assert [section.text for section in sections] == ["本章内容。"] * 6


def test_a_table_of_contents_is_left_out():
    contents = "\n".join(f"{sign}、{heading}" for sign, heading in zip(NUMERALS, HEADINGS, strict=True))
    sections = find_sections(contents + "\n正式内容\n" + report([f"{sign}、" for sign in NUMERALS]))
    assert [section.text for section in sections] == ["本章内容。"] * 6


def test_earlier_headings_are_chapters_without_a_number():
    body = "一、概述\n好。\n二、主动公开政府信息情况\n三条。\n三、咨询情况\n无。\n四、复议、诉讼和申诉情况\n无。\n五、机构编制调整有关情况\n无。"
    assert [(section.number, section.heading) for section in find_sections(body)] == [
        (None, "概述"),
        (2, "主动公开政府信息情况"),
        (None, "咨询情况"),
        (None, "复议、诉讼和申诉情况"),
        (None, "机构编制调整有关情况"),
    ]


@given(st.lists(st.sampled_from(["一、", "二、", "", "\n", "无。", *HEADINGS, "本年新收"]), max_size=25).map("".join))
def test_chapters_lie_in_the_body_in_order_and_each_number_once(body):
    sections = find_sections(body)
    places = [body.find(section.heading) for section in sections]
    assert all(place >= 0 for place in places)
    numbered = [section.number for section in sections if section.number]
    assert len(numbered) == len(set(numbered))
    assert sum(len(section.text) + len(section.heading) for section in sections) <= len(body)

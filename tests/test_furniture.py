"""Page furniture: named rules that only take away."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.furniture import RULES, strip_furniture

REPORT = [
    "一、总体情况",
    "全年公开信息三十五条。",
    "地址：某县人民路一号，电话：0000-1234567",
    "二、主动公开政府信息情况",
    "规章 | 0 | 0 | 0",
    "六、其他需要报告的事项",
    "本年未收取信息处理费。",
    "某县教育局",
    "2024年1月20日",
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_rule_acts_on_its_example_and_says_why(rule):
    assert rule.pattern.fullmatch(rule.example)
    assert rule.because
    page = [rule.example, *REPORT] if rule.where in ("head", "anywhere") else [*REPORT, rule.example]
    body, taken = strip_furniture("\n".join(page))
    assert body.split("\n") == REPORT
    assert [(one.rule, one.text) for one in taken] == [(rule.name, rule.example)]


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.marks], ids=lambda rule: rule.name)
@given(data=st.data())
def test_every_line_of_a_rule_holds_one_of_its_marks(rule, data):
    line = data.draw(st.from_regex(re.compile(rule.pattern.pattern), fullmatch=True))
    assert any(mark in line.lower() for mark in rule.marks)


def test_address_phone_and_signature_of_the_report_stay():
    body, taken = strip_furniture("\n".join(REPORT))
    assert body.split("\n") == REPORT
    assert taken == ()


def test_what_stands_under_previous_and_next_goes_with_them():
    body, taken = strip_furniture("\n".join([*REPORT, "- 上一篇：庆祝大会讲话", "- 下一篇：发言稿", "精品范文", "1实施意见"]))
    assert body.split("\n") == REPORT
    assert [one.text for one in taken] == ["- 上一篇：庆祝大会讲话", "- 下一篇：发言稿", "精品范文", "1实施意见"]


def test_a_tail_word_in_the_middle_of_prose_is_content():
    lines = [*REPORT[:3], "分享到：各乡镇的经验做法", *REPORT[3:]]
    assert strip_furniture("\n".join(lines))[0].split("\n") == lines


def test_a_sentence_that_begins_with_a_trail_is_content():
    lines = [*REPORT[:2], "首页>政务公开>依申请公开栏目可在线提交申请，全年收到三件。", *REPORT[2:]]
    assert strip_furniture("\n".join(lines))[0].split("\n") == lines


def test_a_date_line_is_kept_behind_the_first_heading():
    lines = ["一、总体情况", "时间：2023年1月1日", "二、主动公开政府信息情况", "无。"]
    assert strip_furniture("\n".join(lines))[0].split("\n") == lines


LINES = st.lists(
    st.sampled_from([*REPORT, *(rule.example for rule in RULES), "", "  ", "|", "正文", "上一篇：", "字号："])
    | st.text(max_size=12),
    max_size=30,
)


@given(LINES)
def test_running_it_twice_changes_nothing_and_nothing_is_added(lines):
    text = "\n".join(lines)
    once, taken = strip_furniture(text)
    assert strip_furniture(once) == (once, ())
    rest = iter(text.split("\n"))
    assert all(any(line == other for other in rest) for line in once.split("\n") if line)
    assert all(one.text in text for one in taken)

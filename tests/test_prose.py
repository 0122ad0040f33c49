"""Figures stated in prose: found with their words, never invented."""

import re
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.model import Cell, Statistics, Table
from pipelines.checks import prose_checks
from pipelines.numerals import chinese_number, number_of
from pipelines.prose import prose_figures
from pipelines.prose_rules import RULES


def figures(text):
    return {(figure.id, figure.value) for figure in prose_figures(text)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("本年共收到政府信息公开申请12件。", ("applications.new_received", 12)),
        ("2016年，我厅收到2份以信函形式提出的信息公开申请。", ("applications.new_received", 2)),
        ("全年受理依申请信息公开三件，均已答复。", ("applications.new_received", 3)),
        ("目前我乡尚未收到政府信息公开申请。", ("applications.new_received", 0)),
        ("全镇政府信息公开依申请办理事项为零。", ("applications.new_received", 0)),
        ("上年结转 189 件。", ("applications.carried_in", 189)),
        ("结转下年度继续办理7件。", ("applications.carried_out", 7)),
        ("其中当面申请109件；电子邮件申请98件。", ("applications.received_email", 98)),
        ("“同意公开”498件。", ("applications.disclosed", 498)),
        ("不予公开”13件。", ("applications.denied", 13)),
        ("在已经答复的12件申请中", ("applications.total_processed", 12)),
        ("处理3件属维持具体行政行为的行政复议事项。", ("review.reconsideration", 3)),
        ("行政复议0起，行政诉讼3起，行政申诉2起。", ("review.litigation", 3)),
        ("全年未发生一起因信息公开申请行政复议、提起行政诉讼的事项。", ("review.litigation", 0)),
        ("行政复议、行政诉讼0件。", ("review.reconsideration", 0)),
        ("主动公开政府信息共 1,033 条。", ("proactive.items", 1033)),
        ("制发行政规范性文件二十一件。", ("proactive.normative_documents.issued", 21)),
        ("现场接待咨询服务165817人。", ("consultations.in_person", 165817)),
        ("全年实际收取信息处理费共计400.50元。", ("fees.information_processing", Decimal("400.50"))),
        ("2024年无收取信息处理费情况。", ("fees.information_processing", 0)),
        ("均未向申请人收取费用。", ("fees.requests", 0)),
    ],
)
def test_a_stated_figure_is_found(text, expected):
    assert expected in figures(text)


@pytest.mark.parametrize(
    "text",
    [
        "主动公开政府信息755多条，近300条信息被采用，日均发布信息3条。",
        "二、主动公开政府信息情况第二十条第（一）项",
        "未发生因依申请公开被行政复议纠错或行政诉讼败诉的情形。",
        "可以依法申请行政复议或者提起行政诉讼。",
        "未发出收费通知。",
        "行政复议、行政诉讼案件5件。",
        "受理学生申诉案件8件。",
        "一、本年新收政府信息公开申请数量 | 5 | 0 | 0 | 0 | 0 | 0 | 5",
        "依申请公开的信息中，免于公开信息0条。",
        "历年累计受理依申请公开信息申请17件。",
        "自条例施行以来共受理信息公开申请17件。",
    ],
)
def test_what_is_no_figure(text):
    assert figures(text) == set()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("不予公开35件，占4.34%；", {("applications.denied.share", Decimal("4.34"), "占4.34%")}),
        ("网络申请39件，占比 88.6 %，信函申请5件。", {("applications.received_online.share", Decimal("88.6"), "占比 88.6 %")}),
        ("部分公开208件（17.46%），", {("applications.partially_disclosed.share", Decimal("17.46"), "17.46%")}),
        ("予以公开及部分公开258件，占33.9%。", {("applications.disclosed_or_partially.share", Decimal("33.9"), "占33.9%")}),
        ("收到申请56件，同比增长12.5％。", {("applications.new_received.growth", Decimal("12.5"), "同比增长12.5％")}),
        ("受理申请859件，申请数量较去年回落12%", {("applications.new_received.decline", 12, "申请数量较去年回落12%")}),
        ("收到申请8件，办结率为100%。", {("applications.completion_rate", 100, "申请8件，办结率为100%")}),
        ("依申请公开信息3条,答复率99.5%", {("applications.reply_rate", Decimal("99.5"), "申请公开信息3条,答复率99.5%")}),
    ],
)
def test_a_percentage_is_told_beside_its_count(text, expected):
    assert {(one.id, one.value, one.quote) for one in prose_figures(text) if one.unit == "%"} == expected


@pytest.mark.parametrize(
    "text",
    [
        "网上申请15件，约占30%。",
        "当面申请3件，占30%以上。",
        "收到申请56件，同比增长近12%。",
        "其中，占总数的88.3%，同意公开498件，占总数的1.4%，部分公开8件。",
        "同意公开498件,占总数的1.4%主要涉及局部秘密,部分公开8件。",
        "政策解读材料和不予公开35件，占4.34%。",
        "收到申请8件，其中政协提案办结率100%。",
        "热线电话办结率100%。",
        "收到申请8件，满意率上升3个百分点。",
        "审核的公文主动公开率达90.2%。",
    ],
)
def test_a_percentage_that_may_be_of_something_else_is_none(text):
    assert [one for one in prose_figures(text) if one.unit == "%"] == []


FRAGMENTS = sorted({word for rule in RULES for word in rule.words})
PIECES = st.one_of(
    st.sampled_from(FRAGMENTS),
    st.sampled_from(
        [
            *"，。；、：\n",
            "申请",
            "公开",
            "信息",
            "未",
            "没有",
            "行政复议",
            "行政诉讼",
            "规范性文件",
            "为零",
            "共",
            "其中",
            "率达",
        ]
    ),
    st.integers(0, 2000).map(str),
    st.sampled_from([*"件条份起次人元%篇场", "十二", "零"]),
)


def everywhere(sentences, rule):
    """Yield a rule's matches in the whole text, whatever words and counts its sentences hold."""
    return re.finditer(rule.pattern, sentences._text)


@given(st.lists(PIECES, max_size=40).map("".join))
@settings(max_examples=300, deadline=None)
def test_sentences_without_a_rules_words_hold_none_of_its_figures(text):
    found = prose_figures(text)
    with pytest.MonkeyPatch.context() as changed:
        changed.setattr("pipelines.prose._Sentences.matches", everywhere)
        changed.setattr("pipelines.prose._Sentences.rules", lambda sentences: RULES)
        assert prose_figures(text) == found


def test_the_quote_stands_where_it_says():
    body = "一、总体情况\n　　2024年 ， 我县各级行政机关以各种形式一共收到信息公开\n申请 12 件。\n规章 | 0"
    (figure,) = prose_figures(body)
    assert body[slice(*figure.at)] == figure.quote
    assert (figure.value, figure.unit) == (12, "件")


@given(st.integers(0, 10**7), st.sampled_from(["", " ", "　"]), st.sampled_from(["{:d}", "{:,d}"]))
def test_any_number_comes_back_with_its_quote(number, gap, style):
    body = f"概况。本年收到信息公开申请{gap}{style.format(number)}{gap}件，均已办理。"
    (figure,) = (one for one in prose_figures(body) if one.id == "applications.new_received")
    assert figure.value == number
    assert body[slice(*figure.at)] == figure.quote


@given(st.text(alphabet="收到申请未公开行政复议诉讼0123件条，。、\n| 第二十不予", max_size=80))
def test_no_value_is_given_that_the_quote_does_not_hold(body):
    for figure in prose_figures(body):
        assert body[slice(*figure.at)] == figure.quote
        assert figure.value == 0 or str(figure.value)[-1] in figure.quote.translate(
            str.maketrans("一二三四五六七八九十零", "12345678900")
        )


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("十", 10),
        ("二十三", 23),
        ("一百零五", 105),
        ("三万二千", 32000),
        ("两", 2),
        ("二〇二三", 2023),
        ("零", 0),
        ("百条", None),
        ("", None),
    ],
)
def test_chinese_numerals(text, value):
    assert chinese_number(text) == value


def test_printed_digits_are_kept_exactly():
    assert str(number_of("160.5960")) == "160.5960"


def table(**values):
    cells = {name.replace("__", "."): Cell(value=value, raw=str(value), kind="number") for name, value in values.items()}
    return Statistics(applications=Table(form="2021", status="complete", cells=cells))


def verdicts(text, statistics):
    return [(check.id, check.verdict, check.severity) for check in prose_checks(prose_figures(text), statistics)]


def test_prose_agrees_with_the_table_with_or_without_what_was_carried_in():
    statistics = table(new_received__total=5, carried_in__total=2)
    assert verdicts("收到申请5件。", statistics) == [("prose.applications.new_received", "holds", "soft")]
    assert verdicts("收到申请7件。", statistics) == [("prose.applications.new_received", "holds", "soft")]
    assert verdicts("收到申请6件。", statistics) == [("prose.applications.new_received", "fails", "soft")]


def test_prose_is_not_held_against_a_cell_that_was_not_read():
    assert verdicts("收到申请6件。", table(disclosed__total=1)) == [
        ("prose.applications.new_received", "cannot_be_assessed", "soft")
    ]

"""Texts that hold HTML: tables as lines of cells, no tag left, nothing of the text lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.marked_text import without_markup
from pipelines.reader import read
from samples.reports import make_report
from samples.tables import html_table

SPANNED = '前文\n<table><tr><td rowspan="2">规章</td><td>1</td><td> 2\n</td></tr><tr><td>&nbsp;</td><th>4 &amp; 5</th></tr></table>\n后文'


def test_a_table_becomes_lines_of_cells_each_once():
    assert without_markup(SPANNED).split("\n") == ["前文", "", "规章 | 1 | 2", " | 4 & 5", "", "后文"]


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("第一行<br>第二行", "第一行\n第二行"),
        ("<p>甲</p><p><span style='x'>乙</span></p>", "\n甲\n\n乙\n"),
        ("<table><tr><td>一</td><td>二</td></tr><tr><td>三", "\n\n一 | 二 | \n\n三"),
        ("少于<50件>，见<政府信息公开条例>第<3>条", "少于<50件>，见<政府信息公开条例>第<3>条"),
    ],
)
def test_tags_go_and_what_only_looks_like_one_stays(text, plain):
    assert without_markup(text) == plain


def test_a_report_in_markdown_keeps_no_tag_and_every_cell():
    report = make_report("云棠县城关镇人民政府", 2023)
    lines = [block if isinstance(block, str) else html_table(block) for block in report.blocks()]
    found = read("\n\n".join(lines).encode())
    assert found.kind == "annual_report"
    assert "<" not in found.body
    values = {name: {cell: one.value for cell, one in table.cells.items()} for name, table in found.statistics.tables().items()}
    assert sorted(values) == sorted(report.truth)
    assert "本年新收政府信息公开申请数量 | " in found.body


@given(
    st.lists(
        st.sampled_from(
            ["<td>", "</td>", '<td rowspan="3">', "<tr>", "</tr>", "<table>", "</table>", "<br/>", "一", "件 ", "\n"]
        )
    )
)
def test_no_tag_is_left_however_tables_are_cut_and_nothing_is_said_twice(parts):
    plain = without_markup("".join(parts))
    assert "<" not in plain
    assert plain.count("一") <= parts.count("一")

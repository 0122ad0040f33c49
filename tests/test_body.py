"""The body of a page: container, pruned tree, tables put back, nothing of the report lost."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.body import extract_body, is_data_table, plain_body, table_text, unwrap_cells
from pipelines.pages import parse_html, parse_page
from pipelines.reader import Context, read
from pipelines.statistics import statistics_from_html
from samples.pages import lean_page, word_page

CHAPTERS = ["总体情况", "主动公开政府信息情况", "收到和处理政府信息公开申请情况"]
PARAGRAPHS = [f"{sign}、{heading}" for sign, heading in zip("一二三", CHAPTERS, strict=True)] + [
    f"第{n}段说明全县各级行政机关在这一年里公开政府信息的做法和成效，共计{n}0条。" for n in range(1, 9)
]
TABLE = '<table><tr><td rowspan="2">规章</td><td>1</td><td>&nbsp;</td></tr><tr><td>2</td><td>3</td></tr></table>'
NAV = "".join(f'<li><a href="/{n}.html">栏目{n}的名称</a></li>' for n in range(40))


def page(main, wrapper='<div class="TRS_Editor">{}</div>'):
    return f"<html><head><title>年报</title></head><body><ul>{NAV}</ul>{wrapper.format(main)}<div><a href='/'>返回首页</a></div></body></html>"


def body_of(markup):
    return extract_body(parse_html(markup))


WRAPPERS = [
    '<div class="TRS_Editor"><div class="TRS_Editor">{}</div></div>',
    '<form><div id="vsb_content">{}</div></form>',
    "<UCAPCONTENT>{}</UCAPCONTENT>",
    '<div class="unheard-of"><div>{}</div></div>',
    '<table width="100%"><tr><td class="left">导航</td><td>{}</td></tr></table>',
    '<div id="zoom"><font face="x"><span>{}</span></font></div>',
]
STYLES = [
    "<p>{}</p>",
    "<div>{}</div>",
    '<p class="MsoNormal"><span lang="EN-US"><span style="x">{}</span></span></p>',
    "{}<br>",
]


@pytest.mark.parametrize("wrapper", WRAPPERS)
@pytest.mark.parametrize("style", STYLES)
def test_every_paragraph_and_row_of_the_report_is_in_the_body(wrapper, style):
    main = "".join(style.format(text) for text in PARAGRAPHS) + TABLE + style.format("四、行政复议情况")
    body = body_of(page(main, wrapper))
    kept = "".join(body.text.split())
    assert [text for text in [*PARAGRAPHS, "四、行政复议情况"] if text not in kept] == []
    assert "规章 | 1 | \n2 | 3" in body.text


def test_the_menu_is_not_in_the_body():
    body = body_of(page("".join(f"<p>{text}</p>" for text in PARAGRAPHS)))
    assert "栏目" not in body.text
    assert body.found_by == "named"


def test_a_doubtful_container_is_given_up_for_the_whole_page_and_said():
    split = '<div class="TRS_Editor">{}</div>'.format("".join(f"<p>{text}</p>" for text in PARAGRAPHS))
    body = body_of(page(split + "<div><p>四、行政复议、行政诉讼情况</p><p>无行政复议案件。</p></div>", "{}"))
    assert body.found_by == "page"
    assert any("doubtful" in reason and "行政复议" in reason for reason in body.reasons)
    assert "无行政复议案件" in body.text


def test_a_layout_table_is_no_data_table():
    layout = parse_html(f"<table><tr><td>左</td><td>{'公开政府信息的做法。' * 80}</td><td>右</td></tr></table>").find(
        ".//table"
    )
    assert not is_data_table(layout)
    assert is_data_table(parse_html(TABLE).find(".//table"))


def test_numbers_in_split_runs_are_not_torn_apart():
    table = parse_html("<table><tr><td><p><span>1</span><span>23</span></p></td><td><p>4</p><p>5</p></td></tr></table>").find(
        ".//table"
    )
    unwrap_cells(table.getroottree().getroot())
    assert table_text(table) == "123 | 4 5"


def test_unwrapping_cells_moves_no_cell():
    plain, unwrapped = parse_page(word_page()), parse_page(word_page())
    unwrap_cells(unwrapped.root)
    assert statistics_from_html(plain.root) == statistics_from_html(unwrapped.root)


def test_an_article_that_a_script_holds_is_read():
    article = "".join(f"<p>{text}</p>" for text in PARAGRAPHS) + TABLE
    held = json.dumps({"content": article}, ensure_ascii=False).replace("<", "\\u003C")
    markup = f'<html><body><ul>{NAV}</ul><div class="article-content"></div><script>window._CONFIG={{DETAIL:{held}}}</script></body></html>'
    report = read(markup.encode())
    assert PARAGRAPHS[-1] in report.body
    assert any("script" in reason for reason in report.reasons)


@pytest.mark.parametrize("make", [lean_page, word_page])
def test_a_portals_page_gives_its_report_alone(make):
    report = read(make().encode(), Context(url="http://a.gov.test/1.html"))
    assert [section.number for section in report.sections] == [1, 2, 3, 4, 5, 6]
    assert sorted(report.statistics.tables()) == ["applications", "proactive_disclosure", "review_litigation"]
    assert "版权所有" not in report.body
    assert "无障碍" not in report.body


@given(
    st.lists(
        st.sampled_from([*PARAGRAPHS, "<", "&amp;", "\u3000", TABLE, "<p>", "</div>", "<table><tr>", "<b>"]), max_size=30
    ).map("".join)
)
@settings(max_examples=60, deadline=None)
def test_any_markup_gives_a_body(markup):
    assert isinstance(body_of("<div>" + markup).text, str)


@given(st.text(alphabet="一二公开\r\n \u3000\xa0\t|。", max_size=60))
def test_plain_text_keeps_every_sign_but_white_space(text):
    body = plain_body(text)
    assert "".join(body.split()) == "".join(text.split())
    assert plain_body(body) == body

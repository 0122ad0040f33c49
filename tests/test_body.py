"""The body of a page: container, pruned tree, tables put back, nothing of the report lost."""

import json
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.body import extract_body, is_data_table, plain_body, table_text, unwrap_cells
from pipelines.decode import decode
from pipelines.furniture import strip_furniture
from pipelines.pages import breaks_off, parse_html, parse_page
from pipelines.reader import Context, read
from pipelines.statistics import statistics_from_html
from samples.pages import lean_page, word_page
from samples.portals import portals
from samples.site import Request

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
    cells = "<td><p><span>1</span><span>23</span></p></td><td><p>4</p><p>5</p></td><td>6</td>"
    table = parse_html(f"<table><tr>{cells}</tr></table>").find(".//table")
    unwrap_cells(table.getroottree().getroot())
    assert table_text(table) == "123 | 4 5 | 6"


def test_unwrapping_cells_moves_no_cell():
    plain, unwrapped = parse_page(word_page()), parse_page(word_page())
    unwrap_cells(unwrapped.root)
    assert statistics_from_html(plain.root) == statistics_from_html(unwrapped.root)


@pytest.mark.parametrize("tag", ["h2", "h3", "h4", "div"])
def test_chapters_printed_as_headings_stay(tag):
    for wrapper in ('<div class="TRS_Editor">{}</div>', '<div class="unheard-of"><ul><li>目录</li></ul>{}</div>'):
        main = "".join(
            f"<{tag}>{sign}、{heading}</{tag}><p>{PARAGRAPHS[4] * 3}</p>"
            for sign, heading in zip("一二三", CHAPTERS, strict=True)
        )
        body = body_of(page(main, wrapper))
        assert [heading for heading in CHAPTERS if f"、{heading}\n" not in body.text] == []


def test_a_paragraph_printed_twice_stays_twice():
    main = "".join(f"<p>{text}</p>" for text in [*PARAGRAPHS, PARAGRAPHS[-1], PARAGRAPHS[-1]])
    assert body_of(page(main)).text.count(PARAGRAPHS[-1]) == 3


def test_a_menus_words_are_no_chapter_that_a_named_container_lacks():
    menu = "<ul><li><a href='/s'>依申请公开</a></li><li><a href='/g'>概述</a></li></ul>"
    article = "".join(f"<p>{text}</p>" for text in PARAGRAPHS)
    body = body_of(page(f'{menu}<div class="TRS_Editor">{article}</div>', "{}"))
    assert body.found_by == "named"
    assert "概述" not in body.text


def test_a_menu_that_is_a_table_weighs_as_links():
    menu = "<table><tr>" + "<td><a href='/'>政府信息公开栏目的名称</a></td>" * 60 + "</tr></table>"
    article = "".join(f"<p>{text}</p>" for text in PARAGRAPHS)
    body = body_of(page(f"<div>{menu}</div><div>{article}</div>", "{}"))
    assert body.found_by == "dense"
    assert "栏目的名称" not in body.text


def report_pages():
    """Return each sample portal's pages of reports, as text by address, and the two of the bench."""
    pages = {"lean": lean_page(), "word": word_page()}
    for portal in portals().values():
        for one in portal.expected[:3]:
            parts = urlsplit(one.url)
            answer = portal.hosts.get(parts.hostname or "")
            asked = Request(host=parts.hostname or "", path=parts.path, query=parts.query)
            found = answer(asked) if answer and one.file is None else None
            if found and b"<html" in found.body[:500] and "html" in (found.content_type or ""):
                pages[one.url] = decode(found.body).text
    return pages


@pytest.fixture(scope="module")
def real_pages():
    """Return the corpus's pages as text by name; none on a machine without the corpus."""
    folder = Path(__file__).parents[2] / "shared" / "corpus"
    return {
        str(path.relative_to(folder)): path.read_text("utf-8", errors="replace")
        for path in folder.rglob("*.html")
        if path.stat().st_size
    }


def ways(markup, monkeypatch):
    """Return how a page's body is read, and its lines when trafilatura reads them."""
    quick = body_of(markup)
    with monkeypatch.context() as changed:
        changed.setattr("pipelines.body.is_certain", lambda container: False)
        slow = body_of(markup)
    return quick, slow


def test_a_certain_container_says_what_trafilatura_says(monkeypatch, real_pages):
    quickly = 0
    for name, markup in {**report_pages(), **real_pages}.items():
        quick, slow = ways(markup, monkeypatch)
        if any("certain" in reason for reason in quick.reasons):
            quickly += 1
            assert (name, strip_furniture(plain_body(quick.text))[0]) == (name, strip_furniture(plain_body(slow.text))[0])
            assert any("by trafilatura" in reason for reason in slow.reasons)
    assert quickly >= 40


@given(
    st.lists(
        st.one_of(
            st.sampled_from(PARAGRAPHS).map(lambda text: f"<p>{text}</p>"),
            st.sampled_from(PARAGRAPHS).map(lambda text: f"<p><span>{text[:9]}</span><b>{text[9:]}</b></p>"),
            st.sampled_from(CHAPTERS).map(lambda text: f"<h3>{text}的说明</h3>"),
            st.just(TABLE),
            st.integers(1, 10**6).map(lambda n: f"<p>第{n}次会议研究了公开工作，印发通知{n}份，<br>并向社会公布。</p>"),
        ),
        max_size=12,
        unique=True,
    )
)
@settings(max_examples=60, deadline=None)
def test_a_certain_container_says_what_trafilatura_says_of_any_paragraphs(blocks):
    main = "".join(f"<p>{sign}、{text}</p>" for sign, text in zip("一二三四", [*CHAPTERS, "行政复议情况"], strict=True))
    with pytest.MonkeyPatch.context() as changed:
        quick, slow = ways(page(main + "".join(blocks) + "<p>以上情况特此报告。</p>"), changed)
    assert any("certain" in reason for reason in quick.reasons)
    assert quick.text == slow.text


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


def test_lists_of_other_pages_go_and_lists_of_files_stay():
    """Within the article's container, dated or not, with their heading; a list of a report's own files says what it has."""
    news = "".join(f"<li><a href='/x/{n}.html'>第{n}号大桥合龙</a><span>2026-01-0{n}</span></li>" for n in range(1, 6))
    files = "".join(f"<li><a href='/x/{n}.pdf'>附件{n}：统计表</a></li>" for n in range(1, 6))
    said = "".join(f"<li>第{n}项工作已办结，办结率有所提高。</li>" for n in range(1, 6))
    inner = f"<h4>热点新闻</h4><ul>{news}</ul><ul>{files}</ul><ul>{said}</ul>"
    text = body_of(page("".join(f"<p>{each}</p>" for each in PARAGRAPHS) + inner)).text
    assert "大桥" not in text
    assert "热点新闻" not in text
    assert text.count("统计表") == text.count("已办结") == 5


def test_a_page_that_breaks_off_is_known_by_its_markup():
    """Cut within a table, a division or a tag, and never closed; a page whose author closes nothing is none."""
    whole = lean_page()
    assert not breaks_off(whole)
    assert all(breaks_off(whole[: len(whole) * share // 8]) for share in range(5, 8))
    assert not breaks_off("<body><p>一、总体情况<p>二、主动公开<br>")
    assert not breaks_off("plain text < 5")

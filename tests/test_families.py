"""The folder of families: what recognises what, and what a page of each is judged to be."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from archive.errors import BadRegistry
from crawler.families import families, family_of
from crawler.frontier import Entry
from crawler.judge import judge, prose_length
from crawler.links import COLUMN, GROUP, REPORT
from crawler.pages import Page

COLUMN_URL = "http://a.gov.cn/gongkai/zfxxgknb/"
IN_COLUMN = Entry(url=COLUMN_URL, score=COLUMN, in_column=True)
TITLED = Entry(url=f"{COLUMN_URL}t1.html", score=REPORT, title="XX局2010年政府信息公开工作年度报告")
STATUTORY = "<h1>XX局2023年</h1><p>一、总体情况</p><p>二、主动公开政府信息情况</p><p>三、收到和处理政府信息公开申请情况</p>"
ROW = '<li><a href="{0}">{1}</a><b>2024-01-31</b></li>'


def rows(*pairs: tuple[str, str]) -> str:
    return "<ul>" + "".join(ROW.format(*pair) for pair in pairs) + "</ul>"


def test_generic_is_there_and_recognises_nothing() -> None:
    assert list(families())[-1] == "generic"
    assert families()["generic"].recognise(Page(COLUMN_URL, "createPageHTML(3, 0, 'index', 'html')")) == ()


def test_trs_is_known_by_its_marks() -> None:
    page = Page(
        COLUMN_URL, '<a href="./202401/t20240131_534737.html">x</a><script>createPageHTML(3, 0, "index", "html")</script>'
    )
    assert family_of(page).name == "trs"
    assert family_of(Page(COLUMN_URL, "<p>x</p>")).name == "generic"


def test_the_registry_may_name_the_family() -> None:
    assert family_of(Page(COLUMN_URL, ""), "trs").name == "trs"
    with pytest.raises(BadRegistry, match="'wordpress'"):
        family_of(Page(COLUMN_URL, ""), "wordpress")


def test_trs_gives_the_files_that_the_editor_marked() -> None:
    html = '<p class="insertfileTag"><a appendix="true" href="./P02.pdf">附件</a></p><a href="/app/guide.pdf">使用指引</a>'
    assert [link.url for link in families()["trs"].attachments(Page(COLUMN_URL, html))] == [f"{COLUMN_URL}P02.pdf"]


def test_statutory_headings_make_an_article_wherever_it_was_found() -> None:
    judged = judge(Page(f"{COLUMN_URL}x/index.html", STATUTORY), IN_COLUMN)
    assert (judged.kind, judged.is_candidate) == ("article", True)


def test_a_report_of_one_sentence_is_in_its_file() -> None:
    html = "<p>现予以公布，全文见附件。</p><a appendix='true' href='./P02.pdf'>附件</a>"
    judged = judge(Page(TITLED.url, html), TITLED)
    assert judged.report_is_file
    assert [link.url for link in judged.files] == [f"{COLUMN_URL}P02.pdf"]


def test_a_report_with_a_body_keeps_its_files_as_attachments() -> None:
    html = STATUTORY + "<a href='./P02.pdf'>附件</a>"
    judged = judge(Page(TITLED.url, html), TITLED)
    assert (judged.report_is_file, len(judged.files)) == (False, 1)


def test_a_list_of_files_is_a_list_and_its_rows_are_followed() -> None:
    html = rows(("1.pdf", "城关镇"), ("2.pdf", "东河镇"), ("3.pdf", "西关街道"))
    judged = judge(Page(COLUMN_URL, html), IN_COLUMN)
    assert (judged.kind, judged.files) == ("list_page", ())
    assert [(entry.agency_hint, entry.score) for entry in judged.follow] == [
        ("城关镇", GROUP),
        ("东河镇", GROUP),
        ("西关街道", GROUP),
    ]


def test_two_files_on_a_page_of_the_column_are_two_reports() -> None:
    html = rows(("1.pdf", "城关镇"), ("2.pdf", "东河镇"))
    judged = judge(Page(f"{COLUMN_URL}2023.html", html), replace(IN_COLUMN, url=f"{COLUMN_URL}2023.html", score=GROUP))
    assert judged.files == ()
    assert len(judged.follow) == 2


def test_rows_inherit_year_and_organ() -> None:
    html = "<h2>2023年度政府信息公开年报</h2>" + rows(("1.html", "县发展改革局"), ("2.html", "县财政局"), ("3.html", "城关镇"))
    judged = judge(Page("http://a.gov.cn/nb/2023.html", html), Entry(url="http://a.gov.cn/nb/2023.html", score=GROUP))
    assert next((one.year_hint, one.agency_hint, one.listed_on) for one in judged.follow) == (
        2023,
        "县发展改革局",
        "2024-01-31",
    )
    assert all(one.in_column for one in judged.follow)


def test_a_list_of_something_else_is_not_paged_on() -> None:
    notices = rows(*((f"{n}.html", f"关于第{n}号渡口检修的通知") for n in range(9)))
    judged = judge(
        Page("http://a.gov.cn/tz/index.html", notices + '<script>createPageHTML(9, 0, "index", "html")</script>'), TITLED
    )
    assert judged.following is None


def test_depth_ends_the_way() -> None:
    deep = replace(IN_COLUMN, depth=9)
    judged = judge(Page(COLUMN_URL, rows(("1.html", "城关镇"))), deep, most_depth=6)
    assert judged.follow == ()


def test_prose_is_what_stands_in_long_lines() -> None:
    assert prose_length(Page(COLUMN_URL, "<ul><li>首页</li></ul><td>索引号</td>")) == 0
    assert prose_length(Page(COLUMN_URL, f"<p>{'渡' * 100}</p>")) == 100


@pytest.mark.corpus
def test_a_real_column_gives_its_four_reports_and_leaves_the_news(corpus: Path) -> None:
    """Ordos: four of ten rows are reports, of three organs."""
    html = (corpus / "pages" / "pg-ordos-egb-nb-list" / "page.html").read_bytes().decode("utf-8", "replace")
    page = Page("http://www.ordosegb.gov.cn/xxgk/xxgknb/index.html", html)
    judged = judge(page, replace(IN_COLUMN, url=page.url))
    assert (judged.kind, judged.family) == ("list_page", "trs")
    assert [entry.year_hint for entry in judged.follow if entry.score == REPORT] == [2019, 2019, 2018, 2018]


@pytest.mark.corpus
def test_bare_years_under_a_heading_are_columns(corpus: Path) -> None:
    """Gansu: 2008 to 2024 under a heading that is no link."""
    html = (corpus / "pages" / "pg-gansu-1" / "page.html").read_bytes().decode("utf-8", "replace")
    judged = judge(
        Page("http://jyt.gansu.gov.cn/jyt/c110634/zwgklist.shtml", html), Entry(url="http://jyt.gansu.gov.cn/", score=60)
    )
    years = [entry.year_hint for entry in judged.follow if entry.score == GROUP]
    assert years == list(range(2024, 2007, -1))
    assert judged.following is None

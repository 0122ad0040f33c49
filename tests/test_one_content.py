"""One report printed otherwise, found in pages around real reports: what was told as a change of theirs, and is none."""

from dataclasses import replace
from datetime import date

import pytest

from archive.codec import loads
from archive.compared_text import is_bare
from archive.comparison import compare
from archive.documents import make_document
from archive.model import Agency, Report, Statistics
from archive.retitled import same_report
from pipelines.furniture import strip_furniture
from pipelines.pages import breaks_off
from pipelines.reader import read
from samples.pages import lean_page
from samples.reports import make_report
from samples.tables import html_table

OFFICE = "云棠县水务局"
REPORT = make_report(OFFICE, 2023)
PAGE = lean_page(REPORT)
TABLES = make_report(OFFICE, 2018)


def document(page):
    """Return what is kept of a page, or of a report, as JSON."""
    report = page if isinstance(page, Report) else read(page.encode())
    return loads(make_document(report, "1").payload)


def verdicts(old, new):
    """Return what differs between two pages."""
    return compare(document(old), document(new)).verdicts


@pytest.mark.parametrize(
    "mark", ["<div hidden>{}</div>", '<p style="display: none">{}</p>', '<div style="display:none"><b>{}</b></div>']
)
def test_what_nobody_sees_is_no_wording(mark):
    """Notes of editors and texts for search engines; a chapter that a click shows stays."""
    hidden = PAGE.replace("<h1>", mark.format("第2稿，审核人李某，同意上网发布") + "<h1>")
    assert verdicts(PAGE, hidden) == ()
    kept = PAGE.replace("<p>", mark.format("七、其他需要报告的事项：本年度新设了查阅点。") + "<p>", 1)
    assert "新设了查阅点" in document(kept)["body"]


def test_a_trail_and_a_counter_below_the_article_are_the_pages():
    """The trail as a line of its own; an address of the office begins alike and is the report's."""
    lines = ["当前位置：首页 > 政务公开 > 年报", "设为首页 | 加入收藏 | 联系我们", "Loading……"]
    body = ["一、总体情况", "本局位置：云棠县河西路首页巷3号。", *lines, "二、问题"]
    assert strip_furniture("\n".join(body))[0].split("\n") == [body[0], body[1], body[-1]]
    assert strip_furniture("日期：2024年1月20日　点击：88\n" + body[0])[0] == body[0]


def test_a_template_that_shows_one_of_two_titles_retitles_nothing():
    """The page's title stands over it, the text's own in two lines at its start."""
    own = f"{OFFICE}关于{REPORT.year}年度\n政府信息公开工作的年度报告"
    one = replace(read(PAGE.encode()), body=f"{own}\n一、总体情况\n本局公开信息3条。")
    other = replace(one, title=own.replace("\n", ""))
    assert verdicts(one, other) == ()
    assert verdicts(one, replace(one, title=f"{OFFICE}年报")) == ("retitled",)


def test_a_row_with_a_blank_has_the_words_of_its_label():
    """A blank that becomes 0 in a table whose last column holds the numbers is one cell, and no wording."""
    rows = next(block for block in TABLES.blocks() if not isinstance(block, str))
    where = next(number for number, row in enumerate(rows) if row[-1].cell and row[-1].text == "0")
    blank = (*rows[:where], (*rows[where][:-1], replace(rows[where][-1], text="")), *rows[where + 1 :])
    pages = [lean_page(TABLES).replace(html_table(rows), html_table(each)) for each in (blank, rows)]
    found = compare(*map(document, pages))
    assert (found.verdicts, [(each.cell, each.old, each.new) for each in found.cells]) == (
        ("figures",),
        [(rows[where][-1].cell, None, 0)],
    )


def test_chapters_numbered_with_commas_are_chapters():
    """一、 and 一, begin the report's own lines alike: what stands between them is no edge of the page."""
    body = "一、总体情况\n共3件\n二、问题\n共4件\n三、其他\n无"
    one = replace(read(PAGE.encode()), body=body, statistics=Statistics())
    assert verdicts(one, replace(one, body=body.replace("、", ","))) == ()


def test_a_template_without_its_report_says_nothing():
    """Only the title is there: the article's request failed. A file or a table says something."""
    whole = read(PAGE.encode())
    empty = replace(whole, body="暂无内容", statistics=Statistics(), attachments=())
    assert [
        is_bare(document(each))
        for each in (empty, replace(empty, body=whole.body), replace(empty, statistics=whole.statistics))
    ] == [
        True,
        False,
        False,
    ]


def test_a_year_put_right_is_told_by_the_day_where_no_number_can():
    """The same words of the same day are one paper; of another day they are next year's."""
    body = "本局认真落实公开条例，坚持以公开为常态、不公开为例外，主动接受群众监督，未收到申请。" * 9
    plain = replace(read(PAGE.encode()), statistics=Statistics(), prose_figures=(), body=body)
    right, wrong = (document(replace(plain, report_year=year)) for year in (2023, 2024))
    assert same_report(wrong, right)
    assert not same_report(wrong, document(replace(plain, report_year=2023, published_on=date(2023, 1, 9))))


def test_an_agency_named_with_its_county_is_no_other():
    """A template that takes the name from the page's head gives the county too; another office is another."""
    short, long = (replace(read(PAGE.encode()), agency=Agency(name=name, found_in="title")) for name in ("水务局", OFFICE))
    assert verdicts(short, long) == ()
    assert verdicts(long, replace(long, agency=Agency(name="云棠县水利局", found_in="title"))) == ("retitled",)


def test_a_fragment_that_is_cut_within_a_table_breaks_off():
    """A page without html and body ends nowhere; its last table does."""
    whole = f"<p>一、总体情况</p>{html_table(next(block for block in REPORT.blocks() if not isinstance(block, str)))}<p>完"
    assert not breaks_off(whole)
    assert all(breaks_off(whole[: len(whole) * share // 8]) for share in range(3, 8))

"""A page that holds a table twice: both are read, the markup's is named, and every disagreement is a finding."""

import json
from html import escape

import pytest

from pipelines.reader import read
from tests.layouts import HEADINGS, HTML, TEXT
from tests.test_statistics_cases import report

TITLE = "<h1>某镇2023年政府信息公开工作年度报告</h1>"
TABLES = ("proactive_disclosure", "applications", "review_litigation")
FIRST = report(administrative_license__decisions="12", recon_upheld="2", recon_total="2")
OTHER = report(administrative_license__decisions="13", recon_upheld="2", recon_total="2")


def lines(cells, layout="a cell a line"):
    """A report's tables as text, without the prose around them."""
    return TEXT[layout](cells, "2021").partition(HEADINGS["proactive_disclosure"])[2].partition("五、存在的主要")[0]


def tables(cells):
    """A report's tables as markup."""
    return HTML["span grid"](cells, "2021").partition("<div id='zoom'>")[2].partition("</div>")[0]


COPIES = {
    "lines in paragraphs": ("readings.text", lambda cells: "".join(f"<p>{line}</p>" for line in lines(cells).split("\n"))),
    "preformatted": ("readings.text", lambda cells: f"<pre>{lines(cells, 'tabs')}</pre>"),
    "pipes": ("readings.text", lambda cells: "<div>" + lines(cells, "open pipes").replace("\n", "<br>") + "</div>"),
    "a text area": ("readings.text", lambda cells: f"<textarea style='display:none'>{escape(tables(cells))}</textarea>"),
    "out of sight": ("readings.hidden", lambda cells: f"<div style='display: none'><div>{tables(cells)}</div></div>"),
    "no script": ("readings.hidden", lambda cells: f"<noscript>{tables(cells)}</noscript>"),
    "a script": (
        "readings.script",
        lambda cells: '<script>var state = {"content": ' + json.dumps(tables(cells)).replace("</", "<\\/") + "};</script>",
    ),
}


def page(copy, *, before=False):
    """The reading of a page with its tables in markup, and a copy before or after them."""
    parts = (copy, tables(FIRST)) if before else (tables(FIRST), copy)
    return read(
        f"<html><body>{TITLE}<div>{parts[0]}</div><p>五、存在的主要问题</p><div>{parts[1]}</div></body></html>".encode()
    )


def comparisons(found):
    """Verdict and evidence of each comparison of two readings."""
    return {check.id: (check.verdict, check.evidence) for check in found.checks if check.id.startswith("readings.")}


@pytest.mark.parametrize("before", [False, True])
@pytest.mark.parametrize("layout", COPIES)
def test_an_equal_copy_agrees_and_stands_beside(layout, before):
    """The markup's table stays the named one, wherever the copy stands."""
    rule, copy = COPIES[layout]
    found = page(copy(FIRST), before=before)
    assert comparisons(found) == {f"{rule}.{name}": ("holds", ()) for name in TABLES}
    assert [other.name for other in found.statistics.others] == list(TABLES)
    assert found.statistics.tables() == page("", before=before).statistics.tables() or before
    assert {name: table.status for name, table in found.statistics.tables().items()} == dict.fromkeys(TABLES, "complete")


@pytest.mark.parametrize("layout", COPIES)
def test_a_copy_that_says_otherwise_is_a_finding(layout):
    """Both printed texts are kept, and the markup's number is the report's."""
    rule, copy = COPIES[layout]
    found = page(copy(OTHER))
    assert comparisons(found)[f"{rule}.proactive_disclosure"] == ("fails", ("administrative_license.decisions: 12 | 13",))
    assert found.statistics.proactive_disclosure.cells["administrative_license.decisions"].value == 12
    assert comparisons(found)[f"{rule}.applications"][0] == "holds"


def test_a_page_without_a_second_copy_has_no_comparison():
    """Words of the tables in prose are no second table."""
    assert comparisons(page("<p>结转下年度继续办理0件，本机关不掌握相关政府信息0件，复议后起诉0件。</p>")) == {}
    assert page("").statistics.others == ()


def test_tables_that_nobody_sees_are_the_report_s_where_it_shows_none():
    """A panel that a script opens later is out of sight in the page as captured."""
    found = read(f"<html><body>{TITLE}<div style='display:none'>{tables(FIRST)}</div></body></html>".encode())
    assert {name: table.status for name, table in found.statistics.tables().items()} == dict.fromkeys(TABLES, "complete")
    assert found.statistics.others == ()


def test_a_script_s_article_of_another_year_is_no_copy():
    """The list of a portal's application may hold last year's report too."""
    period = "<p>本报告所列数据的统计期限自{0}年1月1日起至{0}年12月31日止。</p>"
    script = json.dumps(period.format(2022) + tables(OTHER)).replace("</", "<\\/")
    found = page(period.format(2023) + f'<script>var state = {{"content": {script}}};</script>')
    assert comparisons(found) == {}

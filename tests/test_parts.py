"""An article cut into pages is one report: its chapters whole, its numbers those of the uncut page, its places on their own pages."""

from __future__ import annotations

from itertools import pairwise

import pytest
from lxml import html

from archive.hashing import digests_of, sha256_hex
from archive.model import Attachment, HtmlPlace, Report
from crawler.attached import next_part
from crawler.pages import Page
from pipelines.attached import AttachedFile, with_files
from pipelines.pages import parse_html
from pipelines.parts import read_whole
from pipelines.reader import Context, read
from samples.county import departments, EAST
from samples.pages import article, Chrome
from samples.reports import make_report

CHROME = Chrome(site="鹭洲县人民政府", code="9901240001")
REPORT = make_report(departments(EAST)[0].name, 2023)
TITLE, DAY = REPORT.title, REPORT.published_on
URL = "http://a.gov.cn/nb/12.html"
CUTS = ("<p><strong>三、", "<p><strong>四、", "<p><strong>五、")


def page(body: str, pager: str = "") -> bytes:
    frame = f'<div class="txt">{body}</div><div class="pages">{pager}</div>'
    return article(CHROME, TITLE, DAY, frame, source=REPORT.agency).encode()


def cut(marks: tuple[str, ...]) -> list[bytes]:
    at = [0, *(REPORT.html.index(mark) for mark in marks), len(REPORT.html)]
    bodies = [REPORT.html[start:end] for start, end in pairwise(at)]
    return [page(body, f"第{number}页 <a href=12_{number + 1}.html>下一页</a>") for number, body in enumerate(bodies, start=1)]


def part(payload: bytes, number: int) -> AttachedFile:
    named = Attachment(
        url=f"http://a.gov.cn/nb/12_{number}.html", name=f"第{number}页", sha256=sha256_hex(payload), is_part=True
    )
    return AttachedFile(attachment=named, payload=payload)


def whole(pages: list[bytes]) -> Report:
    parts = [part(payload, number) for number, payload in enumerate(pages[1:], start=2)]
    context = Context(url=URL)
    done, unread = with_files(read_whole(pages[0], context, parts, read), parts, pages[0], context)
    assert unread == ()
    return done


@pytest.mark.parametrize("marks", [CUTS[:1], CUTS[1:2], CUTS[2:], CUTS, CUTS[:2]])
def test_a_cut_article_gives_the_report_of_the_uncut_one(marks: tuple[str, ...]) -> None:
    uncut, joined = read(page(REPORT.html), Context(url=URL)), whole(cut(marks))
    assert joined.kind == "annual_report"
    assert [one.heading for one in joined.sections] == [one.heading for one in uncut.sections]
    assert digests_of(joined).figures_sha256 == digests_of(uncut).figures_sha256
    assert (joined.agency, joined.report_year) == (uncut.agency, uncut.report_year)
    assert "相关信息" not in joined.body
    assert joined.body.count("版权所有") == uncut.body.count("版权所有")


def test_numbers_of_a_further_page_stand_where_their_place_says() -> None:
    pages = cut(CUTS)
    joined = whole(pages)
    by_digest = {sha256_hex(payload): parse_html(payload.decode()) for payload in pages}
    for table in joined.statistics.tables().values():
        root = by_digest[table.attachment or sha256_hex(pages[0])]
        for cell in table.cells.values():
            assert isinstance(cell.at, HtmlPlace)
            found = root.xpath(cell.at.xpath)
            assert len(found) == 1
            assert (cell.raw or "").strip() in html.tostring(found[0], encoding="unicode", method="text")
    assert len({table.attachment for table in joined.statistics.tables().values()}) == 3


def test_a_table_that_goes_over_two_pages_is_read_and_told() -> None:
    rows = REPORT.html.index("</tr>", REPORT.html.index("（三）不予公开"))
    rows = rows + len("</tr>")
    head = REPORT.html[:rows] + "</table>"
    pages = [page(head), page("<table>" + REPORT.html[rows:])]
    joined = whole(pages)
    assert joined.statistics.applications is not None
    assert any("goes over several pages" in reason for reason in joined.reasons)
    truth = read(page(REPORT.html), Context(url=URL)).statistics.applications
    assert truth is not None
    for name, cell in joined.statistics.applications.cells.items():
        assert cell.value in {truth.cells[name].value, None}


def test_a_counter_on_a_further_page_is_no_change() -> None:
    pages = cut(CUTS[:1])
    later = [pages[0], pages[1].replace("第2页".encode(), "第2页 浏览9次".encode())]
    assert digests_of(whole(pages)) == digests_of(whole(later))


def test_other_files_are_no_pages_and_without_pages_nothing_changes() -> None:
    payload = page(REPORT.html)
    named = Attachment(url="http://a.gov.cn/nb/1.htm", name="说明.htm")
    file = AttachedFile(attachment=named, payload=page("<p>说明</p>"))
    assert read_whole(payload, Context(url=URL), [file], read) == read(payload, Context(url=URL))


@pytest.mark.parametrize(
    ("url", "pager", "following"),
    [
        ("/nb/12.html", '<a href="12_2.html">下一页</a>', "/nb/12_2.html"),
        ("/v?id=3", '<a href="/v?id=3&page=2">下一页</a>', "/v?id=3&page=2"),
        (
            "/nb/202401/t20240131_534737.html",
            '<script>createPageHTML(3,0,"t20240131_534737","html")</script>',
            "/nb/202401/t20240131_534737_1.html",
        ),
        ("/nb/12.html", '<a href="13.html">下一页</a>', None),
        ("/nb/12.html", '<a href="/nb/index_2.html">下一页</a>', None),
    ],
)
def test_the_next_page_of_an_article_and_not_the_next_article(url: str, pager: str, following: str | None) -> None:
    first = Page(f"http://a.gov.cn{url}", f"<p>正文</p>{pager}")
    assert next_part(first, first, 2) == (following and f"http://a.gov.cn{following}")

"""A page as the finder sees it: links with headings, dates, titles; shells; challenges; soft 404."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler import challenges, shells
from crawler.challenges import Answer, challenge, is_script_shell, is_soft_404
from crawler.frontier import Entry
from crawler.judge import judge
from crawler.pages import first_date, Page
from crawler.references import quoted_paths

URL = "http://a.gov.cn/x/index.html"


def test_a_row_gives_title_date_heading_and_group() -> None:
    html = """<h3><div>政府信息<br>公开年报</div></h3><ul id="nb_list">
      <li><a href="./202401/t1.html" title="XX局2023年政府信息公开工作年度报告">XX局2023年政府...</a><b>2024-01-31</b></li>
      <li><a href="./202301/t2.html"> 2022 </a><span>2023年1月9日</span></li></ul>"""
    first, second = Page(URL, html).links
    assert first.url == "http://a.gov.cn/x/202401/t1.html"
    assert first.title == "XX局2023年政府信息公开工作年度报告"
    assert (first.listed_on, second.listed_on) == (date(2024, 1, 31), date(2023, 1, 9))
    assert second.text == second.title == "2022"
    assert first.heading == second.heading == "政府信息公开年报"
    assert first.group == second.group


def test_references_that_are_no_plain_anchors() -> None:
    html = """<base href="/base/"><a href="a.html">a</a><a onclick="window.open('/b.html')">b</a>
      <a href="javascript:if(confirm('go')) window.location='http://a.gov.cn/c.html'">c</a><iframe src="d.html"></iframe>
      <select><option value="/e.html">2021</option><option value="7">7</option></select><a href="{{pcUrl}}">f</a>
      <a href="#">g</a><p onclick="zhinan(2)">h</p>"""
    found = {(link.tag, link.url.removeprefix("http://a.gov.cn")) for link in Page(URL, html).links}
    assert found == {
        ("a", "/base/a.html"),
        ("onclick", "/b.html"),
        ("onclick", "/c.html"),
        ("frame", "/base/d.html"),
        ("option", "/e.html"),
    }


def test_editor_paths_are_never_links() -> None:
    html = '<a appendix="true" href="./P1.pdf" OLDSRC="/protect/P0.pdf">附件</a>'
    assert [link.url for link in Page(URL, html).links] == ["http://a.gov.cn/x/P1.pdf"]


def test_script_paths() -> None:
    assert quoted_paths("go('/a/1.html', 'x', \"b.pdf\", '报告')") == ("/a/1.html", "b.pdf")


@pytest.mark.parametrize("html", ["", " ", "<", "\x00", "<html>", "<!-- -->", "<frameset><frame src='a.html'></frameset>"])
def test_odd_pages_are_pages(html: str) -> None:
    page = Page(URL, html)
    assert isinstance(page.links, tuple)
    assert page.headline == ""


@given(st.text(max_size=200))
def test_no_text_breaks_a_page(html: str) -> None:
    judged = judge(Page(URL, html), Entry(url=URL, score=60))
    assert judged.kind


@given(st.text(alphabet="0123456789-年月日/ ", max_size=20))
def test_a_date_is_a_date_or_none(text: str) -> None:
    found = first_date(text)
    assert found is None or 1900 <= found.year < 2100


@pytest.mark.parametrize(
    "html",
    [
        '<script>location.href="./zfxxgkpt/"</script>',
        "<script>window.location.replace('./zfxxgkpt/');</script>",
        '<script>top.location = "zfxxgkpt/"</script>',
        '<meta http-equiv="Refresh" content="0; url=./zfxxgkpt/">',
        "<META HTTP-EQUIV=refresh content='3;URL=zfxxgkpt/'>",
        "<body onload=\"self.location='./zfxxgkpt/'\">",
    ],
)
def test_shells_send_on(html: str) -> None:
    assert shells.target(Page(URL, html)) == "http://a.gov.cn/x/zfxxgkpt/"


def test_redirects_for_phones_and_on_full_pages_are_not_followed() -> None:
    phone = "<script>if(navigator.userAgent.match(/iPhone/)) location.href='http://m.a.gov.cn/'</script>"
    assert shells.target(Page(URL, phone)) is None
    full = "<script>location.href='/b/'</script>" + "<p>本栏目介绍政府信息公开的有关内容，供公众查阅。</p>" * 3
    assert shells.target(Page(URL, full)) is None


SAMPLES = {
    "rs": Answer(412, {}, "<html>"),
    "jsl": Answer(521, {}, "<script>document.cookie=('_')+('_')+('j');location.href=location.pathname</script>"),
    "c3vk": Answer(200, {}, '<script>document.cookie="C3VK=ab12; path=/; max-age=300";window.location.reload()</script>'),
    "wangsu": Answer(200, {}, '<script src="/_bot_sbu/sbu_fpcm.js"></script>'),
    "wzws": Answer(200, {"wzws-ray": "1"}, ""),
    "geo": Answer(403, {}, "reason:GeoBL"),
    "throttle": Answer(429, {}, ""),
    "forbidden": Answer(403, {}, "no"),
}


@pytest.mark.parametrize("kind", SAMPLES)
def test_challenges_are_known(kind: str) -> None:
    assert challenge(SAMPLES[kind]) == kind


def test_a_report_about_websites_is_no_challenge() -> None:
    body = "<html>" + "<p>本年度政府网站请开启JavaScript并刷新该页，document.cookie 等安全措施……</p>" * 100
    assert challenge(Answer(200, {}, body)) is None
    assert challenge(Answer(404, {}, "")) is None


@pytest.mark.corpus
@pytest.mark.parametrize(("name", "status"), [("rs_412", 412), ("jsl_521", 521), ("c3vk_200", 200)])
def test_real_challenges_are_known(corpus: Path, name: str, status: int) -> None:
    body = (corpus / "pages" / "pg-was-waf" / f"{name}.html").read_text(encoding="utf-8")
    assert challenge(Answer(status, {}, body)) == name.partition("_")[0]
    assert is_script_shell(Page(URL, body))


def test_soft_404() -> None:
    assert is_soft_404(Page(URL, "<h1>对不起，您访问的页面不存在！</h1>"))
    assert not is_soft_404(Page(URL, "<p>不存在</p>" + "<p>政府信息不存在的，告知申请人该页面不存在。</p>" * 100))


def test_error_pages_of_one_host_have_one_fingerprint() -> None:
    pages = [Page(URL, f"<p>页面不存在 编号{n}</p>") for n in (1, 22)]
    assert challenges.fingerprint(pages[0]) == challenges.fingerprint(pages[1])

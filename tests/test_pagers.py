"""How lists page on: each dialect, and where they end."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawler.families import families
from crawler.pagers import by_anchor, by_guess, by_page_count, by_query, by_trs_call, by_ucap_call, resolve
from crawler.pages import Page

BASE = "http://a.gov.cn/nb/"
TRS = '<script>createPageHTML({}, {}, "index", "html");</script>'


def names(urls: tuple[str, ...]) -> list[str]:
    return [url.removeprefix(BASE) for url in urls]


def test_trs_counts_from_zero_and_knows_the_other_dialect() -> None:
    assert names(by_trs_call(Page(f"{BASE}index.html", TRS.format(3, 0)), 1)) == ["index_1.html", "index_2.html"]
    assert names(by_trs_call(Page(f"{BASE}index_1.html", TRS.format(3, 1)), 2)) == ["index_2.html"]
    assert by_trs_call(Page(f"{BASE}index_2.html", TRS.format(3, 2)), 3) == ()


def test_the_file_name_is_surer_than_a_copied_script() -> None:
    assert names(by_trs_call(Page(f"{BASE}index_1.html", TRS.format(3, 0)), 2)) == ["index_2.html"]


def test_beijing_gives_a_total_first() -> None:
    assert names(by_trs_call(Page(BASE, 'createPageHTML(43,3,1,"index","html")'), 2)) == ["index_2.html"]


def test_ucap_counts_from_one_even_in_a_comment() -> None:
    html = "<div id='page_div'></div><!-- createPageHTML('page_div',2, 1,'zwgklist','shtml',23); -->"
    assert names(by_ucap_call(Page(f"{BASE}zwgklist.shtml", html), 1))[0] == "zwgklist_2.shtml"
    done = html.replace("2, 1", "2, 2")
    assert by_ucap_call(Page(f"{BASE}zwgklist_2.shtml", done), 2) == ()


def test_of_two_calls_the_one_for_this_file_counts() -> None:
    html = "createPageHTML('p',9,1,'other','shtml',99) createPageHTML('p',2,1,'list','shtml',23)"
    assert names(by_ucap_call(Page(f"{BASE}list.shtml", html), 1))[0] == "list_2.shtml"


def test_a_pager_written_out_by_script() -> None:
    html = 'var currentPage = 1; var countPage = 3; document.write("<a href=\'index"+"_"+i+".html\'>")'
    assert names(by_page_count(Page(f"{BASE}index_1.html", html), 2)) == ["index_2.html"]
    assert by_page_count(Page(f"{BASE}index_2.html", html), 3) == ()


def test_anchors_in_words_and_numbers() -> None:
    assert names(by_anchor(Page(f"{BASE}nb.htm", '<a href="nb/4.htm">下页</a><a href="nb/1.htm">尾页</a>'), 1)) == ["nb/4.htm"]
    assert names(by_anchor(Page(BASE, '<a href="3.html">3</a><a href="2.html">2</a>'), 1)) == ["2.html"]
    assert by_anchor(Page(BASE, '<a href="javascript:next()">下一页</a>'), 1) == ()
    assert by_anchor(Page(BASE, '<a href="http://b.gov.cn/2.html">2</a>'), 1) == ()


def test_a_query_parameter_goes_up_until_the_total() -> None:
    page = Page(f"{BASE}i.aspx?cid=1019&page=2&kw=", "共3页")
    assert names(by_query(page, 2)) == ["i.aspx?cid=1019&page=3&kw="]
    assert by_query(Page(f"{BASE}i.aspx?cid=1019&page=3", "共3页"), 3) == ()
    assert by_query(Page(f"{BASE}i.aspx?cid=1019", ""), 1) == ()


def test_names_are_guessed_only_where_the_text_says_that_there_is_more() -> None:
    assert names(by_guess(Page(f"{BASE}list.html", "共3页"), 1)) == ["list_1.html", "list_2.html", "2.html"]
    assert by_guess(Page(f"{BASE}list.html", "第1页"), 1) == ()


def test_a_page_is_never_its_own_next_page() -> None:
    page = Page(f"{BASE}index.html", '<a href="./">下一页</a>')
    assert resolve(page, 1, (by_anchor,)) == ()


@pytest.mark.corpus
@pytest.mark.parametrize(
    ("folder", "file", "url", "following"),
    [
        ("pg-gansu-1", "page.html", "http://a.gov.cn/jyt/c110634/zwgklist.shtml", "zwgklist_2.shtml"),
        ("pg-ordos-egb-nb-list", "page.html", "http://a.gov.cn/xxgk/xxgknb/", "index_1.html"),
        ("pg-trs-list", "index.html", "http://a.gov.cn/gongkai/zfxxgknb/", "index_1.html"),
        ("pg-vsb-list", "list.htm", "http://a.gov.cn/zfxxgk/zfxxgknb.htm", "zfxxgknb/4.htm"),
    ],
)
def test_real_lists_page_on(corpus: Path, folder: str, file: str, url: str, following: str) -> None:
    html = (corpus / "pages" / folder / file).read_bytes().decode("utf-8", "replace")
    found = families()["generic"].next_pages(Page(url, html), 1)
    assert found[0] == url.rpartition("/")[0] + "/" + following

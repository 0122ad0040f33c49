"""What the field guide says of the families (`PORTALS.md` §3), statement by statement: each dialect on a small page of our own."""

from __future__ import annotations

import json

import pytest

from crawler.embedded import asked_for
from crawler.families import families, family_of
from crawler.frontier import Entry
from crawler.judge import judge
from crawler.links import COLUMN
from crawler.pages import Page
from crawler.urls import posting

HOST = "http://a.gov.cn"
UUID = "0a1b2c3d-0000-4000-8000-00000000000{}"
BLOCK = f"/columns/{UUID.format(1)}/templates/{UUID.format(2)}/blocks/{UUID.format(3)}"
ROWS = "".join(f"<li><a href=/x/{year}.html>某局{year}年政府信息公开工作年度报告</a></li>" for year in (2023, 2022, 2021))


def onward(url: str, html: str, number: int = 1, **given: str) -> list[str]:
    page = Page(HOST + url, html, **given)  # type: ignore[arg-type]
    return [one.removeprefix(HOST) for one in family_of(page).next_pages(page, number)]


@pytest.mark.parametrize(
    ("what", "url", "html", "following"),
    [
        ("TRS standard", "/nb/", 'createPageHTML(3, 0, "index", "html")', "/nb/index_1.html"),
        ("Beijing", "/nb/", 'createPageHTML(43, 3, 0, "index", "html")', "/nb/index_1.html"),
        ("Kunming: the jump box names the last page", "/nb/index.shtml", "if(ele.value>4){} index", "/nb/index_1.shtml"),
        (
            "Shanghai: a pager's settings",
            "/nb/index.html",
            '$(".pagination").pagination({totalPage:3}) index',
            "/nb/index_1.html",
        ),
        ("Yan'an: files are numbers", "/nb/1.html", "<script>var all = parseInt('3');</script>", "/nb/2.html"),
        (
            "gov.cn: the first is home_0",
            "/nb/home_0.htm",
            '<a href="home_1.htm">…</a><a href="home_2.htm">…</a>',
            "/nb/home_1.htm",
        ),
        ("Sichuan", "/nb/column-index-1.shtml", '<a href="column-index-2.shtml">》</a>', "/nb/column-index-2.shtml"),
        ("UCAP", "/c1/zwgklist.shtml", "createPageHTML('page_div',3, 1,'zwgklist','shtml',41)", "/c1/zwgklist_2.shtml"),
        ("VSB: downwards", "/nb.htm", "<div id=vsb_content></div><span class=p_t>共68条</span> 1/5", "/nb/4.htm"),
        (
            "Hebei: the column's block",
            f"/columns/{UUID.format(1)}/index.html",
            f"<i data-x='{BLOCK}'></i>",
            f"{BLOCK}?page=2&fix=0",
        ),
        ("ASP.NET by query", "/InfoPublic.aspx?cid=1019&page=1&kw=", "共3页", "/InfoPublic.aspx?cid=1019&page=2&kw="),
        ("Mianzhu", "/iList.jsp?node_id=G&cur_page=1", "共 4 页", "/iList.jsp?node_id=G&cur_page=2"),
        ("Hebei's education department", "/column.jsp?id=14&current=1", "", "/column.jsp?id=14&current=2"),
        (
            "Jiangsu: a form with a page field",
            "/nb.jsp",
            "<form name=f method=post action=nb.jsp><input name=cpage value=1></form><a href=\"javascript:page('2')\">2</a>",
            "/nb.jsp#post=cpage=2",
        ),
        (
            "ASP.NET by postback",
            "/L.aspx",
            "<form method=post action=L.aspx><input type=hidden name=__VIEWSTATE value=dD><a href=\"javascript:__doPostBack('p','2')\">2</a></form>",
            "/L.aspx#post=__VIEWSTATE=dD&__EVENTTARGET=p&__EVENTARGUMENT=2",
        ),
        ("NFCMS counts from 1", "/nb/index.html", '<a href="index_2.html">下一页</a>', "/nb/index_2.html"),
    ],
)
def test_how_a_dialect_pages_on(what: str, url: str, html: str, following: str) -> None:
    assert onward(url, html)[:1] == [following], what


def test_suzhou_asks_for_the_second_page_by_a_bare_number() -> None:
    assert onward("/c1/list.shtml", "createPageHTML('page_div',3, 1,'list','shtml',41)")[1] == "/c1/list.shtml?2"


@pytest.mark.parametrize(
    ("url", "answer", "following"),
    [
        (
            "/igs/front/search/list.html?filter%5BCHANNELID%5D=62571&pageNumber=1&pageSize=2",
            {"page": {"content": [], "total": 3}},
            "/igs/front/search/list.html?filter%5BCHANNELID%5D=62571&pageNumber=2&pageSize=2",
        ),
        (
            "/fjdzapp/search#post=channelid=229105&page=1&prepage=2",
            {"data": [], "count": "3"},
            "/fjdzapp/search#post=channelid=229105&page=2&prepage=2",
        ),
        (
            "/getFileListByCodeId#post=codeId=&channelId=a1&page=1&size=2",
            {"results": {"data": {"results": [], "total": 3}}},
            "/getFileListByCodeId#post=codeId=&channelId=a1&page=2&size=2",
        ),
        (
            '/rsmhapi/door/listArticleByTab#post={"columnId":1153,"pageNum":1,"pageSize":2}',
            {"rows": [], "total": 3},
            '/rsmhapi/door/listArticleByTab#post={"columnId":1153,"pageNum":2,"pageSize":2}',
        ),
        (
            "/common/search/00112233445566778899aabbccddeeff?page=1&_pageSize=2&_isJson=true",
            {"data": {"total": 3, "page": 1, "rows": 2, "results": []}},
            "/common/search/00112233445566778899aabbccddeeff?page=2&_pageSize=2&_isJson=true",
        ),
    ],
)
def test_an_interface_is_asked_on_until_its_total(url: str, answer: dict[str, object], following: str) -> None:
    body = json.dumps(answer)
    assert onward(url, body, asked_by=f"{HOST}/nb/") == [following]
    assert onward(following, body, 2, asked_by=f"{HOST}/nb/") == []


@pytest.mark.parametrize(
    ("row", "url", "title"),
    [
        (
            {"DOCPUBURL": "http://a.gov.cn/1.html", "DOCTITLE": "某局2023年年报", "DOCRELTIME": "2024-01-30"},
            "/1.html",
            "某局2023年年报",
        ),
        (
            {"URL": "./t1.html", "FILENAME": "某局2023年年报", "DOCRELTIME": "2024-01-30 10:00:00"},
            "/nb/t1.html",
            "某局2023年年报",
        ),
        (
            {"doctitle": "某局2023年年报", "docpuburl": "https://a.gov.cn/2.html", "docreltime": "2024"},
            "/2.html",
            "某局2023年年报",
        ),
        (
            {"TITLE": "某局2023年年报", "URL_COMMP": "/3.html", "PUBLISHED_TIME_FORMAT": "2024-01-30"},
            "/3.html",
            "某局2023年年报",
        ),
        ({"title": "某局2023年年报", "urls": '{"pc":"/4.html"}', "pubDate": "2024-01-30"}, "/4.html", "某局2023年年报"),
    ],
)
def test_rows_of_interfaces_by_their_own_names(row: dict[str, str], url: str, title: str) -> None:
    page = Page(f"{HOST}/igs/front/search?x=1", json.dumps({"data": [row]}), asked_by=f"{HOST}/nb/")
    found = families()["igs"].items(page)
    assert [(one.url.partition("a.gov.cn")[2], one.title) for one in found] == [(url, title)]


def test_a_stored_list_beside_the_page_and_a_form_of_a_search_are_asked_for() -> None:
    script = "var list='./gfxwj.json?t=1';$.ajax({url:'/fjdzapp/search',type:'POST',data:{channelid:229105,classsql:'chnlid=373',page:1,prepage:75}})"
    page = Page(f"{HOST}/nb/index.html", f"<script>{script}</script>")
    urls = {one.url.removeprefix(HOST) for one in family_of(page).items(page)}
    assert urls == {"/nb/gfxwj.json", "/fjdzapp/search#post=channelid=229105&classsql=chnlid%3D373&page=1&prepage=75"}


def test_the_annual_module_of_hanweb_keeps_its_query() -> None:
    html = "".join(
        f'<li><a href="/module/xxgk/xxgkAnnualReport.jsp?area=1130&fbtime={y}">县财政局</a></li>' for y in (2024, 2023, 2022)
    )
    page = Page(f"{HOST}/col/col777/index.html", f"<h1>政府信息公开年报</h1><ul>{html}</ul>")
    followed = judge(page, Entry(url=page.url, score=COLUMN, in_column=True)).follow
    assert [(one.url[-11:], one.year_hint) for one in followed] == [
        ("fbtime=2024", None),
        ("fbtime=2023", None),
        ("fbtime=2022", None),
    ]


def test_the_old_module_of_hanweb_pages_on_by_post() -> None:
    form = "divid=div1&infotypeId=B001A012&jdid=1756&currpage=1"
    page = Page(
        posting(f"{HOST}/module/xxgk/search.jsp?standardXxgk=1", form), f"<ul>{ROWS}</ul>共3页", asked_by=f"{HOST}/col/col1/"
    )
    assert [one.rpartition("&")[2] for one in family_of(page).next_pages(page, 1)] == ["currpage=2"]


def test_lonsun_asks_by_object_as_well_as_by_address() -> None:
    script = (
        "$.get('/site/label/8888', {IsAjax:1, labelName:'publicInfoList', organId:21691, type:3, pageIndex:1, pageSize:15})"
    )
    page = Page(f"{HOST}/public/column/21691?type=3", f"<script>{script}</script>")
    asked = "/site/label/8888?IsAjax=1&labelName=publicInfoList&organId=21691&type=3&pageIndex=1&pageSize=15"
    assert [one.url.removeprefix(HOST) for one in asked_for(page)] == [asked]
    assert onward(asked, "<ul></ul><script>pageCount:2 ,</script>", asked_by=page.url)[0].endswith("pageIndex=2&pageSize=15")


def test_the_disclosure_template_repeats_menu_and_files_around_the_article() -> None:
    html = '<div class="zfxxgk_zn"><a href=/f/menu.pdf>指南.pdf</a></div><div class="scroll_cont ScrollStyle"><p>正文</p><a href=P0201.pdf>年报.pdf</a></div>'
    page = Page(f"{HOST}/nb/1.html", html)
    assert family_of(page).name == "zhuanlan"
    assert [one.url for one in family_of(page).attachments(page)] == [f"{HOST}/nb/P0201.pdf"]


@pytest.mark.parametrize(
    ("url", "html", "name"),
    [
        ("/columns/" + UUID.format(1) + "/202201/20/" + UUID.format(2) + ".html", "<p>x</p>", "hebei"),
        ("/nb/", "<script>$.get('/was5/web/search?channelid=1')</script>", "igs"),
        ("/Category_598/Index.aspx", "<p>x</p>", "legacy"),
        ("/index.html?article=&column=1153", "<div id=app></div><script src=/js/app.js></script>", "spa"),
        ("/nb/", "<div class=scroll_main><ul></ul></div>", "zhuanlan"),
        ("/col/col61490/index.html", "<script>$('#1').jpage({})</script>", "hanweb"),
        ("/gkmlpt/index", "<script>window._CONFIG={TREE:[]}</script>", "gkmlpt"),
        ("/public/column/21691?type=3", "", "lonsun"),
    ],
)
def test_a_family_is_known_by_one_page(url: str, html: str, name: str) -> None:
    page = Page(HOST + url, html)
    assert (family_of(page).name, bool(family_of(page).recognise(page))) == (name, True)

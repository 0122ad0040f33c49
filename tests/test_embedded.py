"""Lists that are no markup, links that are no anchors, and pages that go on by asking: read on small pages of each kind."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest

from crawler.asking import by_form, by_parameter, by_postback
from crawler.attached import next_part
from crawler.embedded import asked_for, embedded_links, row_templates
from crawler.entrances import entrances
from crawler.families import families, family_of
from crawler.frontier import Entry
from crawler.judge import judge
from crawler.links import (
    COLUMN,
    GROUP,
    is_annual_column,
    ORGAN,
    PAGER,
    PLATFORM,
    refusal,
    REPORT,
    score,
    unit_in,
    year_of_address,
)
from crawler.lists import companions
from crawler.pagers import by_guess, said_total
from crawler.pages import Link, Page
from crawler.responses import page_of
from crawler.urls import identity, join, posted, posting
from pipelines.decode import Decoded
from pipelines.reader import read
from samples.reports import make_report

HOST = "http://a.gov.cn"
URL = f"{HOST}/nb/index.html"
COLUMN_ENTRY = Entry(url=URL, score=COLUMN, in_column=True)


def told(links: tuple[Link, ...]) -> list[tuple[str, str]]:
    return [(link.url.removeprefix(HOST), link.title) for link in links]


def script(text: str) -> Page:
    return Page(URL, f"<html><body><ul id=box></ul><script>{text}</script></body></html>")


# ── data ────────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "row",
    [
        {"title": "县财政局2023年年报", "url": "/a/1.html"},
        {"DOCTITLE": "县财政局2023年年报", "DOCPUBURL": "http://a.gov.cn/a/1.html", "hit": 3},
        {"t": "县财政局2023年年报", "u": "../a/1.html", "img": "/i/1.png"},
        {
            "title": "县财政局2023年年报",
            "urls": '{"pc": "/a/1.html"}',
            "articleFiles": [{"fileName": "年报.pdf", "url": "/f.pdf"}],
        },
    ],
)
def test_rows_of_json_need_no_key_names(row: dict[str, object]) -> None:
    page = Page(f"{HOST}/api/list", json.dumps({"data": {"total": 1, "rows": [row]}}, ensure_ascii=False), asked_by=URL)
    assert told(embedded_links(page)) == [("/a/1.html", "县财政局2023年年报")]


def test_a_row_keeps_its_day_and_groups_are_headings() -> None:
    data = [{"year": "2023年", "items": [{"name": "城关镇", "path": "/1.html", "time": "2024-01-30 09:00"}]}]
    (link,) = embedded_links(Page(URL, json.dumps(data, ensure_ascii=False)))
    assert (link.heading, link.listed_on) == ("2023年", date(2024, 1, 30))


def test_templates_of_the_page_make_addresses() -> None:
    drawn = "var items = [{key: 'a7', tt: '县财政局年报'}]; f('<li><a href=\"/v/' + it.key + '\">' + it.tt + '</a></li>')"
    assert told(embedded_links(script(drawn))) == [("/v/a7", "县财政局年报")]
    asked = Page(
        f"{HOST}/more", '{"list": [{"key": "b8", "tt": "县民政局年报"}]}', asked_by=URL, templates=row_templates(script(drawn))
    )
    assert told(embedded_links(asked)) == [("/v/b8", "县民政局年报")]


def test_rows_that_call_a_function_of_the_asking_page() -> None:
    made = row_templates(script("function show(id) { location.href = '/show?id=' + id; }"))
    fragment = Page(f"{HOST}/frag", '<div onclick="show(12)">城关镇</div>', asked_by=URL, templates=made)
    assert told(fragment.links) == [("/show?id=12", "城关镇")]


def test_records_xml_and_written_markup() -> None:
    record = '<record><![CDATA[<li><a href="/art/1.html" title="县财政局年报">县财…</a><span>2024-01-24</span></li>]]></record>'
    assert told(embedded_links(Page(URL, f"<script type='text/xml'><datastore>{record}</datastore></script>"))) == [
        ("/art/1.html", "县财政局年报")
    ]
    rss = "<?xml version='1.0'?><rss><item><title>县财政局年报</title><link>http://a.gov.cn/1.html</link></item></rss>"
    assert told(embedded_links(Page(f"{HOST}/rss", rss))) == [("/1.html", "县财政局年报")]
    written = script("document.write('<li><a href=\"/w.html\">县财政局年报</a></li>')")
    assert told(embedded_links(written)) == [("/w.html", "县财政局年报")]


def test_templates_are_never_links() -> None:
    page = Page(URL, '<script type="text/x-handlebars"><a href="{{pcUrl}}">{{title}}</a></script><a href="{{u}}">x</a>')
    assert (page.links, embedded_links(page)) == ((), ())


def test_a_click_on_a_year_is_a_request_of_its_own() -> None:
    html = "<a href='javascript:;' onclick='load(2023)'>2023年</a><script>function load(y) { $.post('/f.do', {year: y}); }</script>"
    (link,) = asked_for(Page(URL, html))
    assert (link.url, link.text, link.tag) == (f"{HOST}/f.do#post=year=2023", "2023年", "api")


def test_an_article_in_json_is_read_as_one() -> None:
    report = make_report("云棠县财政局", 2023)
    payload = json.dumps({"data": {"subject": report.title, "content": report.html}}, ensure_ascii=False).encode()
    found = read(payload)
    assert (found.kind, found.report_year, found.agency and found.agency.name) == ("annual_report", 2023, "云棠县财政局")


# ── links ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_bare_links_are_named_by_their_row_and_column() -> None:
    head = "<tr><th>单位</th><th>2023年</th></tr>"
    matrix = Page(URL, f"<table>{head}<tr><td>县财政局</td><td><a href='1'>√</a></td></tr></table>")
    assert told(matrix.links) == [("/nb/1", "县财政局2023年")]
    listed = Page(URL, "<table><tr><td>1</td><td>县财政局</td><td>2024-01-30</td><td><a href='1'>[查看]</a></td></tr></table>")
    assert told(listed.links) == [("/nb/1", "县财政局")]


@pytest.mark.parametrize(
    ("html", "path"),
    [
        (
            "<select onchange=\"location.href='nb.php?y='+this.value\"><option value=2023>2023年</option></select>",
            "/nb/nb.php?y=2023",
        ),
        (
            "<form action=nb.php><input type=hidden name=c value=5><select name=y><option>2023</option></select></form>",
            "/nb/nb.php?c=5&y=2023",
        ),
        (
            "<a href='javascript:;' class=m data-cid=77>年报</a><script>$('.m').click(function () { location = '/c?id=' + $(this).data('cid'); })</script>",
            "/c?id=77",
        ),
        ("<li data-url='/gk/'>政务公开</li>", "/gk/"),
        ("<iframe src='/pdfjs/viewer.html?file=/up/1.pdf'></iframe>", "/up/1.pdf"),
        ("<embed src='/up/1.pdf'>", "/up/1.pdf"),
        (
            "<a href='javascript:go(3)'>x</a><script>function go(n) { window.location = 'l_' + n + '.html'; }</script>",
            "/nb/l_3.html",
        ),
    ],
)
def test_ways_that_are_no_anchors(html: str, path: str) -> None:
    assert [link.url.removeprefix(HOST) for link in Page(URL, html).links] == [path]


def test_a_picture_is_called_by_its_text() -> None:
    assert told(Page(URL, "<a href='/gk/'><img src=1.png alt='政务公开'></a>").links) == [("/gk/", "政务公开")]


def test_queries_go_out_in_the_charset_of_the_page() -> None:
    assert join(URL, "n.asp?d=县", "gb18030") == f"{HOST}/nb/n.asp?d=%CF%D8"
    assert identity(f"{HOST}/n.asp?d=%CF%D8") != identity(f"{HOST}/n.asp?d=%CA%D0")


def test_a_post_is_an_address() -> None:
    address = posting(f"{HOST}/more?a=1", "page=2")
    assert posted(address) == (f"{HOST}/more?a=1", "page=2")
    assert identity(address) != identity(posting(f"{HOST}/more?a=1", "page=3"))
    assert posted(f"{HOST}/x") == (f"{HOST}/x", None)


@pytest.mark.parametrize(
    "name",
    ["县直部门信息公开年报", "（五）政府信息公开年报", "历年年报", "公开年报", "政府信息公开年度报告公示", "年度报告（部门）"],
)
def test_wordings_of_the_column(name: str) -> None:
    assert score(Link(url=URL, text=name, title=name), in_column=False).value == COLUMN


@pytest.mark.parametrize(
    ("text", "organ"),
    [
        ("县财政局2023年", "县财政局"),
        ("城关镇（2023年）年报", "城关镇"),
        ("市档案馆", "市档案馆"),
        ("公共资源交易中心", "公共资源交易中心"),
        ("政务服务中心", None),
        ("新闻中心", None),
        ("办事大厅", None),
    ],
)
def test_an_organ_and_a_year(text: str, organ: str | None) -> None:
    assert unit_in(text) == organ


def test_a_covering_letter_is_no_look_alike() -> None:
    assert refusal("关于印发《县财政局2023年政府信息公开工作年度报告》的通知") is None
    assert refusal("关于印发《政府信息公开工作年度报告格式》的通知") is not None


@pytest.mark.parametrize(
    ("path", "year"),
    [
        ("/nb.php?c=1&y=2023", 2023),
        ("/gknb2017/", 2017),
        ("/bm/2023n/", 2023),
        ("/202401/t20240131_1.html", None),
        ("/art/2024/1/24/a.html", None),
    ],
)
def test_years_in_addresses(path: str, year: int | None) -> None:
    assert year_of_address(HOST + path) == year


def test_the_end_of_the_path_names_the_column() -> None:
    trail = "<div>当前位置：<a href=/>首页</a> &gt; <a href=/gk/>政务公开</a> &gt; {}</div>"
    assert is_annual_column(Page(f"{HOST}/c/9/", trail.format("信息公开年报")))
    assert not is_annual_column(Page(f"{HOST}/c/9/1.html", trail.format("信息公开年报 &gt; 正文")))


def test_rows_among_rows() -> None:
    names = ["县财政局", "县民政局", "城关镇", "东河镇", "工业集中区筹备"]
    html = "<ul>" + "".join(f"<li><a href='{n}.html'>{name}</a></li>" for n, name in enumerate(names)) + "</ul>"
    assert companions(Page(URL, html).links) == {f"{HOST}/nb/4.html"}
    news = html.replace("县财政局", "春耕动态").replace("县民政局", "县长走访").replace("城关镇", "桥梁通车")
    assert companions(Page(URL, news).links) == frozenset()


# ── ways on ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("address", "answer", "following"),
    [
        ("/api?page=1&size=10", '{"total": 25, "rows": []}', "/api?page=2&size=10"),
        ("/api?page=3&size=10", '{"total": 25, "rows": []}', None),
        ("/api?offset=10&limit=10", '{"total": 25}', "/api?offset=20&limit=10"),
        ("/more#post=cat=nb&pageNo=1", '{"end": false}', "/more#post=cat=nb&pageNo=2"),
        ('/more#post={"page": 1}', "{}", '/more#post={"page":2}'),
        ("/frag?pageIndex=3", "<li>pageCount:3 ,</li>", None),
    ],
)
def test_data_goes_on_by_its_parameter(address: str, answer: str, following: str | None) -> None:
    number = int(address.partition("page=")[2][:1]) if "page=" in address else 3 if "=3" in address else 1
    found = by_parameter(Page(HOST + address, answer, asked_by=URL), number)
    assert found == ((HOST + following,) if following else ())


def test_a_postback_sends_the_pages_state() -> None:
    form = "<form method=post action='./l.aspx?k=7'><input type=hidden name=__VIEWSTATE value='a/b='>{}</form>"
    page = Page(URL, form.format("<a href=\"javascript:__doPostBack('p','2')\">2</a>"))
    assert by_postback(page, 1) == (f"{HOST}/nb/l.aspx?k=7#post=__VIEWSTATE=a%2Fb%3D&__EVENTTARGET=p&__EVENTARGUMENT=2",)
    assert by_postback(page, 2) == ()


def test_a_form_with_a_page_field() -> None:
    form = "<form method=post action=l.do><input name=c value=5><input name=pageNo value=1></form>共3页"
    assert by_form(Page(URL, form), 1) == (f"{HOST}/nb/l.do#post=c=5&pageNo=2",)
    assert by_form(Page(URL, form), 3) == ()


def test_rows_and_rows_a_page_give_the_pages() -> None:
    assert said_total(Page(URL, "共25条记录 每页10条")) == 3


def test_an_interface_is_asked_in_the_column_and_last_elsewhere() -> None:
    html = "<div id=app></div><script>$.get('/api/list', {page: 1})</script>"
    (inside,) = judge(Page(URL, html), COLUMN_ENTRY).follow
    assert (inside.score, inside.is_data, inside.referer) == (PAGER, True, URL)


def test_an_article_that_waits_for_its_text_hands_on_what_is_known() -> None:
    html = "<div id=app></div><script>fetch('/api/article/12').then(show)</script>"
    entry = replace(COLUMN_ENTRY, score=REPORT, title="县财政局2023年政府信息公开工作年度报告", year_hint=2023)
    judged = judge(Page(f"{HOST}/article/12", html), entry)
    assert not judged.is_candidate
    assert [(one.url, one.title, one.year_hint) for one in judged.follow] == [(f"{HOST}/api/article/12", entry.title, 2023)]


def test_an_articles_frame_is_the_article() -> None:
    entry = replace(COLUMN_ENTRY, score=REPORT, title="县财政局2023年政府信息公开工作年度报告")
    judged = judge(Page(f"{HOST}/1.html", "<h1>年报</h1><iframe src='/raw/1.html'></iframe>"), entry)
    assert [(one.url, one.title) for one in judged.follow] == [(f"{HOST}/raw/1.html", entry.title)]


def test_organs_on_the_disclosure_pages_lead_to_their_own() -> None:
    html = "<ul><li><a href='http://czz.a.gov.cn/'>城关镇</a></li><li><a href='/bm/1/'>县财政局</a></li></ul><a href='/x'>春耕动态</a>"
    judged = judge(Page(f"{HOST}/gk/", html), Entry(url=f"{HOST}/gk/", score=PLATFORM, depth=1))
    assert [(one.score, one.agency_hint) for one in judged.follow if one.score == ORGAN] == [
        (ORGAN, "城关镇"),
        (ORGAN, "县财政局"),
    ]


def test_an_empty_column_says_so() -> None:
    assert judge(Page(URL, "<p>暂无相关信息</p>"), COLUMN_ENTRY).kind == "empty_column"


def test_other_entrances_are_the_last_resort() -> None:
    form = "<form action='/so'><input type=hidden name=site value=1><input name=keyword></form>"
    first, second = entrances(Page(f"{HOST}/", form))
    assert first.url == f"{HOST}/sitemap.xml"
    assert second.url.startswith(f"{HOST}/so?site=1&keyword=%E6%94%BF%E5%BA%9C")
    assert all(score(link, in_column=False).value == 1 for link in (first, second))


# ── families ────────────────────────────────────────────────────────────────────────────────────────────────────────────

UUID = "0a1b2c3d-0000-4000-8000-00000000000{}"
BLOCK = f"/columns/{UUID.format(1)}/templates/{UUID.format(2)}/blocks/{UUID.format(3)}"
GROUP_OF_ROWS = "".join(f"<li><a href='/a/{n}.html'>县财政局202{n}年政府信息公开工作年度报告</a></li>" for n in range(4))


@pytest.mark.parametrize(
    ("name", "url", "html", "following"),
    [
        ("vsb", "/zfxxgk/nb.htm", "<div id=vsb_content></div>共68条 1/5", "/zfxxgk/nb/4.htm"),
        ("hebei", f"/columns/{UUID.format(1)}/index.html", f"<script>var b = '{BLOCK}';</script>", f"{BLOCK}?page=2&fix=0"),
        ("igs", "/nb/", "<script>$.get('/igs/front/search/list.html', {pageNumber: 1})</script>", None),
        ("legacy", "/InfoPublic.aspx?cid=1019&page=1", "共3页", "/InfoPublic.aspx?cid=1019&page=2"),
        ("spa", "/", "<div id=app></div><script src=/app.js></script>", None),
        (
            "zhuanlan",
            "/nb/index.html",
            "<div class=zfxxgk_zdgkc></div><script>createPageHTML(2, 0, 'index', 'html')</script>",
            "/nb/index_1.html",
        ),
        (
            "ucap",
            "/col/1/",
            "<script>var params = {current: 1, channelCode: ['c1']}; loadPageData(params, '1')</script>",
            "/queryList#post=current=2&channelCode%5B%5D=c1",
        ),
        (
            "hanweb",
            "/col/col9/index.html",
            "<script>$('#1').jpage({totalRecord: 60, perPage: 15, proxyUrl: '/p/dataproxy.jsp', ajaxParam: {columnid: 9}})</script>"
            + "<record>" * 45,
            "/p/dataproxy.jsp?startrecord=46&endrecord=60&perpage=15#post=columnid=9",
        ),
    ],
)
def test_a_family_is_known_and_pages_on(name: str, url: str, html: str, following: str | None) -> None:
    page = Page(HOST + url, html + GROUP_OF_ROWS)
    assert families()[name].recognise(page)
    if name != "zhuanlan":
        assert family_of(page).name == name
    assert families()[name].next_pages(page, 1)[:1] == ((HOST + following,) if following else ())


def test_trs_interfaces_rows() -> None:
    answer = '{"page": {"content": [{"DOCPUBURL": "http://a.gov.cn/1.html", "DOCTITLE": "县财政局年报", "DOCRELTIME": "2024-01-30"}], "total": 1}}'
    page = Page(f"{HOST}/igs/front/search/list.html?pageNumber=1", answer, asked_by=URL)
    assert family_of(page).name == "igs"
    assert [link.url for link in families()["igs"].items(page)] == ["http://a.gov.cn/1.html"]


def test_lonsun_leaves_an_organs_other_types() -> None:
    html = "".join(f"<a href='/public/column/1?type={n}'>栏目{n}</a>" for n in range(1, 6))
    page = Page(f"{HOST}/public/column/1?type=4", html)
    assert [link.url[-1] for link in families()["lonsun"].items(page)] == ["3"]


def test_group_rows_stay_rows() -> None:
    assert all(score(link, in_column=True).value >= GROUP for link in Page(URL, GROUP_OF_ROWS).links)


# ── entrances: script files, pictures, site maps ─────────────────────────────────────────────────────────────────────────


def test_a_column_without_rows_asks_the_scripts_beside_it() -> None:
    html = (
        "<title>政府信息公开年报</title><ul id=list></ul><script src=/js/jquery.min.js></script><script src=js/nb.js></script>"
        "<script src=http://b.com/nb.js></script><script>for (var i in docs) { h += '<li>' + docs[i].t + '</li>'; }</script>"
    )
    judged = judge(Page(URL, html), COLUMN_ENTRY)
    assert [(one.url, one.is_data) for one in judged.follow] == [(f"{HOST}/nb/js/nb.js", True)]


def test_a_column_with_rows_leaves_its_scripts_alone() -> None:
    html = "<title>政府信息公开年报</title><script src=js/nb.js></script><li><a href=1.html>某县财政局2023年政府信息公开工作年度报告</a>"
    assert [one.url for one in judge(Page(URL, html), COLUMN_ENTRY).follow] == [f"{HOST}/nb/1.html"]


def test_a_script_file_is_read_as_the_script_of_the_page_that_loads_it() -> None:
    body = "var docs = [{t: '某县财政局2023年政府信息公开工作年度报告', u: '../2023/1.htm', h: '<b></b>'}];"
    entry = Entry(url=f"{HOST}/nb/js/nb.js", score=PAGER, is_data=True, referer=URL, in_column=True)
    page = page_of(Decoded(body, "utf-8", "header"), entry.url, entry)
    assert [one.url for one in judge(page, entry).follow] == [f"{HOST}/2023/1.htm"]


def test_an_entrance_picture_leads_on_and_a_full_page_is_no_entrance() -> None:
    areas = "".join(f'<area href="/{name}/" alt="{name}">' for name in ("en", "cn"))
    home = Entry(url=f"{HOST}/", score=PLATFORM)
    followed = [one.url for one in judge(Page(home.url, f"<map>{areas}</map>"), home).follow]
    assert {f"{HOST}/en/", f"{HOST}/cn/"} <= set(followed)
    full = judge(Page(home.url, f"<map>{areas}</map><p>{'正文' * 500}</p>"), home)
    assert not {f"{HOST}/en/", f"{HOST}/cn/"} & {one.url for one in full.follow}


def test_a_home_of_script_alone_is_entered_by_the_site_maps_of_robots_txt() -> None:
    home = Entry(url=f"{HOST}/", score=PLATFORM)
    page = Page(home.url, "<div id=app></div><script src=/app.js></script>", site_maps=(f"{HOST}/maps/a.xml",))
    judged = judge(page, home)
    assert (judged.kind, [one.url for one in judged.follow]) == ("script_only", [f"{HOST}/maps/a.xml"])


def test_pictures_without_names_are_the_menu_of_a_home_that_names_none() -> None:
    home = Entry(url=f"{HOST}/", score=PLATFORM)
    menu = "<a href=/m1/><img src=b1.gif></a><a href=/n/1.html>我县召开会议部署工作</a>"
    text = f"<p>{'欢迎访问。' * 300}</p>"
    assert f"{HOST}/m1/" in {one.url for one in judge(Page(home.url, menu + text), home).follow}
    named = judge(Page(home.url, f"{menu}{text}<a href=/gk/>政务公开</a>"), home)
    assert f"{HOST}/m1/" not in {one.url for one in named.follow}


def test_a_menu_that_a_script_builds_node_by_node() -> None:
    text = "d.add(0,-1,'目录'); d.add(3,0,'政府信息公开年报','','','main'); d.add(10,3,'2023年','list.asp?nd=2023','','main');"
    found = [(link.url, link.text, link.heading) for link in embedded_links(script(text))]
    assert found == [(f"{HOST}/nb/list.asp?nd=2023", "2023年", "政府信息公开年报")]


def test_the_state_that_an_application_was_drawn_from() -> None:
    state = json.dumps({"props": {"menus": [{"name": "政府信息公开年报", "path": "/ch/21"}]}}, ensure_ascii=False)
    page = Page(URL, f'<div id=__next></div><script id=__NEXT_DATA__ type="application/json">{state}</script>')
    assert told(embedded_links(page)) == [("/ch/21", "政府信息公开年报")]


def test_a_list_without_a_file_name_goes_on_by_query() -> None:
    page = Page(f"{HOST}/ch/21", "<p>共3页</p>")
    assert by_guess(page, 1)[0] == f"{HOST}/ch/21?page=2"
    assert by_guess(page, 3) == ()


# ── articles in several pages ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("address", "pager", "expected"),
    [
        ("/a/5.html", "<a href=5_2.html>2</a> <a href=5_2.html>下一页</a>", "/a/5_2.html"),
        ("/a/5_2.html", "<a href=5.html>上一页</a> <a href=5.html>1</a> <a href=5_3.html>3</a>", "/a/5_3.html"),
        ("/v?id=5", "<a href='/v?id=5&page=2'>下一页</a>", "/v?id=5&page=2"),
        ("/a/5.html", "<a href=6.html>下一页</a>", None),
        ("/a/5_2.html", "<a href=5.html>上一页</a> 2", None),
    ],
)
def test_an_article_goes_on_at_its_own_address_with_a_page_number(address: str, pager: str, expected: str | None) -> None:
    number = 3 if "_2" in address else 2
    found = next_part(Page(f"{HOST}{address.replace('_2', '')}", ""), Page(f"{HOST}{address}", f"<p>正文</p>{pager}"), number)
    assert found == (f"{HOST}{expected}" if expected else None)

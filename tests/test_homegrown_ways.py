"""Ways in and onward that home-grown portals have and no family knows: read on small pages of each kind."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from types import SimpleNamespace

import pytest
from scrapy.http import Response

from crawler.asking import by_next_link, by_numbered_data, by_parameter
from crawler.embedded import asked_for, embedded_links
from crawler.entrances import entrances
from crawler.families import families
from crawler.frontier import Entry
from crawler.judge import judge
from crawler.library import needed
from crawler.links import (
    COLUMN,
    GOAL_FLOOR,
    GROUP,
    LAST_RESORT,
    names_report,
    ORGAN,
    organ_score,
    ORGANS,
    PLATFORM,
    refusal,
    REPORT,
    score,
)
from crawler.lists import year_hint
from crawler.pagers import by_address, by_anchor
from crawler.pages import Link, Page
from crawler.responses import decoded
from crawler.scheduler import FrontierScheduler
from crawler.shells import target
from crawler.urls import goes_round, posted, posting

HOST = "http://a.gov.cn"
GENERIC = families()["generic"]


def following(html: str, url: str = f"{HOST}/nb/list.php?cat=3", number: int = 1) -> list[str]:
    return [one.removeprefix(HOST) for one in GENERIC.next_pages(Page(url, html), number)]


# ── the next page ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("text", ["较旧的文章 »", "‹ 下一页", "下一批", "Older Posts", "翻看其余"])
def test_a_next_page_by_its_words_or_by_its_address_alone(text: str) -> None:
    assert following(f'<a href="/nb/list.php?cat=3&paged=2">{text}</a>') == ["/nb/list.php?cat=3&paged=2"]


@pytest.mark.parametrize(
    ("here", "there"),
    [
        ("/nb/", "/nb/page/2/"),
        ("/nb", "/nb/2"),
        ("/nb/p1.html", "/nb/p2.html"),
        ("/list-9.html", "/list-9-2.html"),
        ("/nb/list_1.html", "/nb/list_2.html"),
        ("/nb.php?id=7&pg=1", "/nb.php?id=7&pg=2"),
    ],
)
def test_an_address_that_differs_by_the_page_number_is_the_next_page(here: str, there: str) -> None:
    assert [url.removeprefix(HOST) for url in by_address(Page(HOST + here, f"<a href='{there}'>…</a>"), 1)] == [there]


@pytest.mark.parametrize("other", ["/nb/3.html", "/nb/list_9.html", "/news/list_2.html", "/nb/list.php?id=2"])
def test_other_addresses_are_no_next_page(other: str) -> None:
    assert by_address(Page(f"{HOST}/nb/list_1.html", f"<a href='{other}'>…</a>"), 1) == ()


def test_a_calendar_is_no_pager() -> None:
    days = "".join(f'<a href="/nb/day.jsp?d={day}">{day}</a>' for day in range(1, 32))
    page = Page(f"{HOST}/nb/list.jsp?year=2023&month=5", f'<a href="/nb/list.jsp?year=2023&month=6">&gt;</a>{days}')
    assert by_anchor(page, 1) == ()


# ── titles ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "title",
    [
        "云棠县人民政府2023年政府信息公开工作情况报告",
        "关于2023年度政府信息公开工作情况的报告",
        "县教育局政府信息主动公开情况年度报告",
        "县教育局2023年政务公开工作年度报告",
        "县教育局政府信息公开2023年度工作报告",
    ],
)
def test_titles_of_reports_in_more_wordings(title: str) -> None:
    assert names_report(title)


@pytest.mark.parametrize("title", ["2023年上半年政府信息公开工作情况报告", "2023年第三季度信息公开工作总结"])
def test_a_report_on_part_of_a_year_is_refused(title: str) -> None:
    assert refusal(title)
    assert not names_report(title)


# ── data and scripts ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_data_island_holds_the_list() -> None:
    html = "<html><xml id=d><root><item><bt>县财政局2023年年报</bt><lj>a/1.htm</lj></item></root></xml><table datasrc=#d></table></html>"
    assert [(one.url, one.title) for one in embedded_links(Page(f"{HOST}/nb.htm", html))] == [
        (f"{HOST}/a/1.htm", "县财政局2023年年报")
    ]


def test_rows_of_a_flat_tree_stand_under_their_parents_names() -> None:
    nodes = [
        {"id": 2, "pId": 0, "name": "政府信息公开年报"},
        {"id": 21, "pId": 2, "name": "2023年"},
        {"id": 5, "pId": 0, "name": "机构职能"},
        {"id": 51, "pId": 5, "name": "县教育局", "url": "/zn/1.html"},
        {"id": 22, "pId": 21, "name": "县财政局", "url": "/n/22.html"},
    ]
    page = Page(f"{HOST}/tree.html", f"<script>var zNodes = {json.dumps(nodes)};</script>")
    found = {one.text: one for one in embedded_links(page)}
    assert (found["县财政局"].section, found["县财政局"].heading) == ("政府信息公开年报", "2023年")
    assert score(found["县财政局"], in_column=False).value == GROUP
    assert year_hint(page, found["县财政局"], None) == 2023
    assert score(found["县教育局"], in_column=False).value <= LAST_RESORT


def test_a_year_divides_a_section_and_another_heading_ends_it() -> None:
    html = "<h3>政府信息公开年报</h3><h4>2023年</h4><a href=/1>县财政局</a><h3>部门网站</h3><a href=/2>县教育局</a>"
    inside, outside = Page(f"{HOST}/", html).links
    assert score(inside, in_column=False).value == GROUP
    assert score(outside, in_column=False).value <= LAST_RESORT


@pytest.mark.parametrize(
    "shown",
    [
        '<script>PDFObject.embed("/f/1.pdf", "#x");</script>',
        '<div data-pdf="/f/1.pdf"></div>',
        '<object><param name="src" value="/f/1.pdf"></object>',
        '<div data-viewer="/lib/viewer.html?file=/f/1.pdf"></div>',
    ],
)
def test_a_document_that_only_a_viewer_names(shown: str) -> None:
    assert [one.url for one in GENERIC.attachments(Page(f"{HOST}/show/1.html", f"<h1>年报</h1>{shown}"))] == [f"{HOST}/f/1.pdf"]


def test_a_document_of_the_frame_is_left_where_the_article_links_one() -> None:
    html = "<a href=/f/1.pdf>附件</a><script>var help = '/help.pdf';</script>"
    assert [one.url for one in GENERIC.attachments(Page(f"{HOST}/show/1.html", html))] == [f"{HOST}/f/1.pdf"]


MENU = '<script src="/js/common.js"></script><a href="#" onclick="openMenu({})">{}</a>'


def test_a_script_file_is_needed_where_a_promising_click_calls_it() -> None:
    assert [one.url for one in needed(Page(f"{HOST}/", MENU.format(4, "政务公开")), in_column=False)] == [
        f"{HOST}/js/common.js"
    ]
    assert needed(Page(f"{HOST}/", MENU.format(4, "天气预报")), in_column=False) == ()
    defined = MENU.format(4, "政务公开") + "<script>function openMenu(n){location.href='/m/'+n;}</script>"
    assert needed(Page(f"{HOST}/", defined), in_column=False) == ()


def test_functions_of_a_library_say_where_clicks_lead() -> None:
    library = "function openMenu(id){ window.location.href = '/menu.jsp?id=' + id; }"
    page = Page(f"{HOST}/", MENU.format(4, "政务公开"), library=library)
    assert [(one.url, one.text) for one in page.links] == [(f"{HOST}/menu.jsp?id=4", "政务公开")]


def test_a_frame_of_nothing_but_script_is_read_with_its_own_script_files() -> None:
    page = Page(f"{HOST}/tree.html", '<script src="nodes.js"></script><div id="tree"></div><script>draw()</script>')
    frame = Entry(url=page.url, score=PLATFORM, depth=2, year_hint=2023)
    judged = judge(page, frame)
    assert [(one.url, one.is_data, one.year_hint) for one in judged.follow] == [(f"{HOST}/nodes.js", True, 2023)]
    titled = Entry(url=page.url, score=REPORT, depth=2, title="县财政局2023年政府信息公开工作年度报告")
    assert judge(page, titled).follow == ()


# ── other entrances ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_search_that_is_sent_by_post() -> None:
    form = '<form action="/s.do" method="POST"><input name=keyword><input type=hidden name=site value=1></form>'
    found = [one.url for one in entrances(Page(f"{HOST}/", form)) if one.tag == "search"]
    url, sent = posted(found[0])
    assert (url, sent is not None and sent.startswith("keyword=%E6")) == (f"{HOST}/s.do", True)


def test_a_site_map_is_read_by_its_addresses_likely_ones_first() -> None:
    paths = ["/news/1.html", "/nb2023/index.html", "/gk/zfxxgknb/", "/list/7.html", "/more.xml.gz"]
    rows = "".join(f"<url><loc>{HOST}{path}</loc></url>" for path in paths)
    page = Page(f"{HOST}/sitemap.xml", f'<?xml version="1.0"?><urlset>{rows}</urlset>')
    entry = Entry(url=page.url, score=LAST_RESORT, depth=2)
    found = {one.url.removeprefix(HOST): one.score for one in judge(page, entry).follow}
    assert sorted(found, key=lambda path: -found[path]) == [
        "/gk/zfxxgknb/",
        "/nb2023/index.html",
        "/more.xml.gz",
        "/list/7.html",
        "/news/1.html",
    ]
    assert found["/nb2023/index.html"] == ORGANS > GOAL_FLOOR > found["/list/7.html"]


def test_a_packed_site_map_is_unpacked_and_a_broken_one_read_as_it_is() -> None:
    packed = gzip.compress("<urlset>公开</urlset>".encode())
    assert decoded(Response(f"{HOST}/m.xml.gz", body=packed)).text == "<urlset>公开</urlset>"
    assert decoded(Response(f"{HOST}/m.xml.gz", body=b"\x1f\x8b\x08broken")).text


def test_a_folder_that_the_server_lists_is_a_year() -> None:
    assert score(Link(url=f"{HOST}/upload/nb/2023/", text="2023/", title="2023/"), in_column=True).value == GROUP
    assert score(Link(url=f"{HOST}/upload/nb/?C=N", text="Name", title="Name"), in_column=True).value == 0
    assert COLUMN > GROUP


# ── shells, buttons, words ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "script",
    [
        'if (screen.width < 600) { location.replace("/wap/"); } else { setTimeout("go()", 9); } function go(){ top.location.href = "web/main.htm"; }',
        'if(/(iPhone|Android)/i.test(navigator.userAgent)) location.href="/wap/"; location.href="web/main.htm";',
    ],
)
def test_a_shell_sends_screens_where_it_does_not_send_phones(script: str) -> None:
    assert target(Page(f"{HOST}/", f"<script>{script}</script>")) == f"{HOST}/web/main.htm"


def test_a_shell_for_phones_alone_sends_nobody_on() -> None:
    assert target(Page(f"{HOST}/", '<script>if (isMobile(navigator.userAgent)) { location.href = "/wap/"; }</script>')) is None


def test_buttons_and_choices_in_groups_are_links() -> None:
    html = (
        "<input type=button value=政府信息公开 onclick=\"location='/gk/'\"><input name=q value=x onclick=\"location='/x/'\">"
        '<select onchange="window.open(this.value)"><optgroup label=2023年><option value=/nb/1.html>县财政局</option></optgroup></select>'
        "<details><summary>政府信息公开年报</summary><a href=/nb/>进入</a></details>"
    )
    found = [(one.url.removeprefix(HOST), one.text, one.heading) for one in Page(f"{HOST}/", html).links]
    assert found == [("/gk/", "政府信息公开", ""), ("/nb/1.html", "县财政局", "2023年"), ("/nb/", "进入", "政府信息公开年报")]


@pytest.mark.parametrize("text", ["阳光政府", "信息公开工作", "历年工作报告"])
def test_words_of_openness_are_tried_before_other_menu_entries_and_deeper(text: str) -> None:
    link = f"<a href=/b/>{text}</a>"
    assert LAST_RESORT < score(Page(f"{HOST}/", link).links[0], in_column=False).value < GOAL_FLOOR
    deep = Entry(url=f"{HOST}/a/", score=LAST_RESORT, depth=3)
    assert [one.url for one in judge(Page(deep.url, link), deep).follow] == [f"{HOST}/b/"]


def test_the_government_itself_is_an_organ_among_the_organs() -> None:
    assert organ_score(Link(url=f"{HOST}/dep?code=1", text="县政府", title="县政府")).value == ORGAN


@pytest.mark.parametrize(
    ("url", "is_round"),
    [("/gk/nb/gk/", True), ("/gk/gk/1.html", True), ("/gk/nb/", False), ("/content/0/0/post_1.html", False), ("/nb/nb", False)],
)
def test_an_address_that_goes_in_rounds(url: str, is_round: bool) -> None:
    assert goes_round(HOST + url) is is_round


# ── data that goes on ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "answer",
    [
        {"items": [], "next": "/api/list?after=8"},
        {"data": [], "links": {"next": "http://a.gov.cn/api/list?after=8"}},
        {"data": {"rows": [], "nextPageUrl": "?after=8"}},
    ],
)
def test_data_says_where_it_goes_on(answer: dict[str, object]) -> None:
    page = Page(f"{HOST}/api/list", json.dumps(answer), asked_by=f"{HOST}/nb")
    assert GENERIC.next_pages(page, 1) == (f"{HOST}/api/list?after=8",)
    assert by_next_link(replace(page, html=json.dumps({"items": [], "next": None})), 1) == ()


def test_the_page_within_a_nested_form_goes_up_and_keeps_its_type() -> None:
    asked = posting(f"{HOST}/api/query", '{"channel":"nb","page":{"index":1,"size":10},"flags":[1,true]}')
    page = Page(asked, '{"data": {"records": [], "total": 27}}', asked_by=f"{HOST}/nb")
    raised = '{"channel":"nb","page":{"index":2,"size":10},"flags":[1,true]}'
    assert by_parameter(page, 1) == (posting(f"{HOST}/api/query", raised),)
    assert by_parameter(replace(page, url=posting(f"{HOST}/api/query", raised)), 3) == ()


# ── what a widget or a form asks for ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("html", "asked"),
    [
        (
            '<script>layui.table.render({elem:"#t",url:"/api/list?k=9",page:true,limit:15})</script>',
            "/api/list?k=9&page=1&limit=15",
        ),
        ("<table lay-data=\"{url:'/api/list',page:true}\"></table>", "/api/list?page=1&limit=10"),
        (
            "<script>$('#t').datagrid({url:'/api/list',queryParams:{k:9},pagination:true})</script>",
            "/api/list#post=k=9&page=1&rows=10",
        ),
        (
            "<table class=\"easyui-datagrid\" data-options=\"url:'/api/list',method:'get',pagination:true,pageSize:20\"></table>",
            "/api/list?page=1&rows=20",
        ),
        ('<table class="easyui-datagrid" url="/api/list" pagination="true"></table>', "/api/list#post=page=1&rows=10"),
        (
            '<table data-toggle=table data-url="/api/list" data-side-pagination=server data-page-size=25></table>',
            "/api/list?offset=0&limit=25",
        ),
        (
            "<script>$('#t').DataTable({serverSide:true,ajax:{url:'/api/list',type:'POST'}})</script>",
            "/api/list#post=start=0&length=10",
        ),
        ("<script>$('#t').bootstrapTable({url:'/api/list.json'})</script>", "/api/list.json"),
    ],
)
def test_a_table_widget_asks_for_its_first_rows(html: str, asked: str) -> None:
    assert [one.url.removeprefix(HOST) for one in asked_for(Page(f"{HOST}/nb/", html))] == [asked]


def test_a_choice_in_a_form_that_is_posted_asks_by_post() -> None:
    html = "<form action='/nb/' method=post><input type=hidden name=k value=9><select name=nd><option value=2022>2022年</select></form>"
    assert [(one.url, one.text) for one in Page(f"{HOST}/nb/", html).links] == [(f"{HOST}/nb/#post=k=9&nd=2022", "2022年")]
    unsaid = html.replace(" action='/nb/'", "")
    assert [one.url for one in Page(f"{HOST}/nb/?x=1", unsaid).links] == [f"{HOST}/nb/?x=1#post=k=9&nd=2022"]


def test_an_empty_column_is_followed_into_its_parts_and_not_into_its_orders() -> None:
    tabs = "".join(f'<a href="?letter={one}">{one}</a>' for one in ("A-G", "H-N", "O-Z"))
    orders = "".join(f'<a href="?sort={one}">{one}</a>' for one in ("a", "b", "c"))
    column = Entry(url=f"{HOST}/nb/", score=COLUMN, in_column=True)
    followed = [
        one.url.removeprefix(HOST) for one in judge(Page(column.url, f"<h2>政府信息公开年报</h2>{tabs}{orders}"), column).follow
    ]
    assert followed == ["/nb/?letter=A-G", "/nb/?letter=H-N", "/nb/?letter=O-Z"]
    full = tabs + "<li><a href=1.html>县财政局2023年政府信息公开工作年度报告</a></li>"
    assert [one.url.removeprefix(HOST) for one in judge(Page(column.url, full), column).follow] == ["/nb/1.html"]


def test_a_button_that_sends_the_next_page_is_a_pager() -> None:
    buttons = "".join(f'<button type=submit name=pageIndex value="{n}">{n}</button>' for n in (1, 2, 3))
    form = f"<form method=post><input type=hidden name=token value=T1>{buttons}</form>"
    assert following(form, f"{HOST}/nb/") == ["/nb/#post=token=T1&pageIndex=2"]


def test_a_path_in_a_script_may_be_written_in_escapes() -> None:
    click = "javascript:SubmitFormPost(&quot;\\u002fnb\\u002fAll.aspx?p_ID=6\\u0026First=7&quot;);return false;"
    assert [one.url for one in Page(f"{HOST}/nb/", f'<a href="javascript:" onclick="{click}">下一页</a>').links] == [
        f"{HOST}/nb/All.aspx?p_ID=6&First=7"
    ]


# ── what an element carries for its handler ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "html",
    [
        "<li id=7 onclick=go(this.id)>县财政局</li><script>function go(i){location.href='/d/'+i+'.html'}</script>",
        "<li rel=7 onclick=\"go($(this).attr('rel'))\">县财政局</li><script>function go(i){location.href='/d/'+i+'.html'}</script>",
        "<li class=it rel=7>县财政局</li><script>$('.it').click(function(){location.href='/d/'+$(this).attr('rel')+'.html'})</script>",
        "<li class=it data-no=7>县财政局</li><script>$('.it').click(function(){location.href='/d/'+this.getAttribute('data-no')+'.html'})</script>",
        "<li data-no=7 onclick=\"location.href='/d/'+this.dataset.no+'.html'\">县财政局</li>",
    ],
)
def test_a_handler_reads_the_elements_own_attributes(html: str) -> None:
    assert [(one.url, one.text) for one in Page(f"{HOST}/nb/", html).links] == [(f"{HOST}/d/7.html", "县财政局")]


def test_a_form_that_shows_a_button_alone_is_a_link() -> None:
    alone = "<form action=/nb/2023.html><input type=hidden name=k value=9><input type=submit value=2023年></form>"
    assert [(one.url, one.text) for one in Page(f"{HOST}/nb/", alone).links] == [(f"{HOST}/nb/2023.html?k=9", "2023年")]
    search = "<form action=/so><input name=q><input type=submit value=搜索></form>"
    login = "<form action=/login method=post><button>登录</button></form>"
    assert Page(f"{HOST}/nb/", search + login).links == ()


@pytest.mark.parametrize(
    ("here", "number", "there"),
    [
        ("/data/9/list_1.json", 1, "/data/9/list_2.json"),
        ("/api/list/9/0", 1, "/api/list/9/1"),
        ("/api/list/9/2", 2, "/api/list/9/3"),
        ("/data/list_7.json", 1, None),
        ("/data/all.json", 1, None),
    ],
)
def test_data_whose_file_carries_the_page(here: str, number: int, there: str | None) -> None:
    page = Page(HOST + here, '[{"t": "县财政局2023年年报", "u": "/d/1.html"}]', asked_by=f"{HOST}/nb/")
    assert by_numbered_data(page, number) == ((HOST + there,) if there else ())
    assert by_numbered_data(replace(page, asked_by=None), number) == ()


def test_in_the_column_a_years_report_may_have_another_name() -> None:
    row = Link(url=f"{HOST}/d/1.html", text="县财政局2023年工作总结", title="县财政局2023年工作总结")
    assert score(row, in_column=True).value == GROUP - 5
    assert score(row, in_column=False).value <= LAST_RESORT


# ── when to stop trying ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("reports", "lists", "tried", "floor"),
    [
        (0, {}, 59, LAST_RESORT),
        (0, {}, 60, GOAL_FLOOR),
        (1, {"a": {"b"}}, 0, GOAL_FLOOR),
        (1, {}, 19, LAST_RESORT),
        (1, {}, 20, GOAL_FLOOR),
        (0, {"a": {"b"}}, 0, LAST_RESORT),
    ],
)
def test_a_report_that_no_list_named_does_not_end_the_search(
    reports: int, lists: dict[str, set[str]], tried: int, floor: int
) -> None:
    scheduler = FrontierScheduler.__new__(FrontierScheduler)
    session = SimpleNamespace(plan=None, tally=SimpleNamespace(reports=reports), list_items=lists)
    scheduler.session, scheduler.unpromising, scheduler.most_unpromising = session, tried, 60  # type: ignore[assignment]
    assert scheduler._floor() == floor

"""Five more portals of nobody's CMS, each with ways in and onward that the others have not.

`nodes`: functions in script files, a flat tree in a frame, articles cut into pages. `widget`: an entrance that sends on to itself and
phones elsewhere, a table widget, documents that only a viewer names. `mapped`: nothing but a packed site map, page numbers by address
alone, a calendar. `posted`: nothing but a search sent by POST, buttons with a token. `rounds`: relative links without end, session
ids, print copies, look-alikes.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable
from functools import partial
from html import escape
from urllib.parse import parse_qs

from samples.county import departments, government, Organ, Place, towns
from samples.listing import parts, Row
from samples.pdf import pdf_of
from samples.site import Answer, file, html, json_of, Pages, plain, Portal, Request, Response, ROBOTS

ALDER = Place(name="桤塘县", division="990130", towns=("桤城镇", "塘头镇", "沙坝乡"))
LARCH = Place(name="松洲县", division="990131", towns=("松城镇", "洲尾镇", "芦滩乡"))
MAPLE = Place(name="枫埠县", division="990132", towns=("枫城镇", "埠头镇", "红叶乡"))
CEDAR = Place(name="柏溪县", division="990133", towns=("柏城镇", "溪口镇", "青石乡"))
BIRCH = Place(name="桦坪县", division="990134", towns=("桦城镇", "坪上镇", "白河乡"))
BAITS = ("2023年法治政府建设年度报告", "2023年第三季度政府信息公开情况统计", "关于报送2023年政府信息公开年度报告的通知")


def _organs(place: Place, count: int) -> list[Organ]:
    return [government(place), *departments(place)[:count], *towns(place)]


def _page(place: Place, title: str, main: str, head: str = "") -> str:
    site = f"{place.name}人民政府"
    return (
        f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{escape(title)}-{site}</title>{head}</head>'
        f"<body><header>{site}</header><main>{main}</main><footer>版权所有：{site}</footer></body></html>"
    )


def _article(place: Place, row: Row, body: str | None = None, more: str = "") -> str:
    line = f"<h1>{escape(row.title)}</h1><p>发布时间：{row.day} 来源：{row.agency}</p>"
    return _page(place, row.title, f'{line}<div class="txt">{row.report().html if body is None else body}</div>{more}')


def _items(rows: Iterable[Row]) -> str:
    return "".join(f'<li><a href="{row.path}">{row.title}</a><span>{row.day}</span></li>' for row in rows)


def _start(place: Place, main: str, head: str = "") -> Pages:
    pages = Pages()
    pages.put("/robots.txt", lambda: plain(ROBOTS))
    pages.add("/", _page(place, "首页", main, head))
    return pages


def _portal(name: str, place: Place, answer: Answer, rows: list[Row], *, lists: int, never: tuple[str, ...] = ()) -> Portal:
    host = f"{name}.gov.test"
    organ = government(place)
    return Portal(
        id=name,
        name=organ.name,
        home=f"http://{host}/",
        hosts={host: answer},
        expected=tuple(row.published(host) for row in rows),
        division=organ.division,
        lists=lists,
        never=("/login", *never),
    )


# ── functions in script files, a flat tree in a frame, cut articles ──────────────────────────────────────────────────────


def nodes(season: int = 1) -> Portal:
    """Return a site whose clicks and tree stand in script files, and whose articles have two pages. All seasons are alike."""
    del season
    rows = [Row(agency=organ.name, year=2023, path=f"/nr/{n}.html") for n, organ in enumerate(_organs(ALDER, 5))]
    head = '<script src="/js/common.js"></script>'
    pages = _start(
        ALDER, "<a href=\"javascript:openMenu(2)\">公众服务</a> <a href='#' onclick='openMenu(4)'>政务公开</a>", head
    )
    common = "function openMenu(id) {\n  window.location.href = '/menu.jsp?menuid=' + id;\n}\nfunction doZoom(n) {}\n"
    pages.put("/js/common.js", lambda: plain(common, content_type="application/javascript"))
    pages.add("/menu.jsp?menuid=2", _page(ALDER, "公众服务", "<p>办事请到大厅。</p>"))
    frames = '<frameset cols="20%,*"><frame src="/tree.html"><frame src="/welcome.html" name="r"></frameset>'
    pages.add("/menu.jsp?menuid=4", f"<html><head><title>政务公开</title></head>{frames}</html>")
    pages.add("/welcome.html", "<html><body><p>请在左边选择。</p></body></html>")
    tree = '<html><head><script src="/js/nodes.js"></script></head><body><ul id="t"></ul><script>draw("t", zNodes)</script></body></html>'
    pages.add("/tree.html", tree)
    pages.put("/js/nodes.js", lambda: plain(f"var zNodes = {_nodes(rows)};", content_type="application/javascript"))
    pages.add("/zn.html", _page(ALDER, "指南", "<p>指南正在修订。</p>"))
    for row in rows:
        body = row.report().html
        cut = body.index("<p><strong>三、")
        after = f'<div class="pages">1 <a href="{row.path.removesuffix(".html")}_2.html">下一页</a></div>'
        pages.add(row.path, _article(ALDER, row, body[:cut], after), modified=row.day)
        pages.add(row.path.replace(".html", "_2.html"), _article(ALDER, row, body[cut:], '<div class="pages">2</div>'))
    return _portal("nodes", ALDER, pages, rows, lists=8 + len(rows))


def _nodes(rows: list[Row]) -> str:
    short = {organ.name: organ.short for organ in _organs(ALDER, 5)}
    top = [{"id": 1, "pId": 0, "name": "政府信息公开指南", "url": "/zn.html"}, {"id": 2, "pId": 0, "name": "政府信息公开年报"}]
    year = {"id": 21, "pId": 2, "name": "2023年"}
    leaves = [{"id": 100 + n, "pId": 21, "name": short[row.agency], "url": row.path} for n, row in enumerate(rows)]
    return json.dumps([*leaves, *top, year], ensure_ascii=False)


# ── an entrance that sends on to itself, a table widget, documents in viewers ────────────────────────────────────────────

VIEWERS = (
    '<script>PDFObject.embed("{}", "#box");</script><div id="box"></div>',
    '<div class="viewer" data-pdf="{}"></div>',
    '<object classid="clsid:0"><param name="src" value="{}"></object>',
    '<iframe src="/lib/viewer.html?file={}"></iframe>',
)


def widget(season: int = 1) -> Portal:
    """Return a site whose list a table widget asks for, page by page; its reports are PDF files in viewers. All seasons are alike."""
    del season
    rows = [Row(agency=organ.name, year=2023, path=f"/show/{n}.html") for n, organ in enumerate(_organs(LARCH, 9))]
    pages = _start(LARCH, "")
    phones = 'if (screen.width < 700) { location.replace("/wap/"); } else { setTimeout("go()", 10); }'
    pages.add(
        "/",
        f'<html><head><script>{phones} function go() {{ top.location.href = "index.htm"; }}</script></head><body></body></html>',
    )
    pages.add("/index.htm", _page(LARCH, "首页", '<input type="button" value="信息公开" onclick="location=\'/open/\'">'))
    pages.add("/open/", _page(LARCH, "信息公开", '<a href="/open/nb/">年报公开</a>'))
    pages.add("/open/nb/", _page(LARCH, "政府信息公开年报", _table()))
    for number, row in enumerate(rows):
        document = row.path.replace("/show/", "/att/").replace(".html", ".pdf")
        pages.add(row.path, _article(LARCH, row, VIEWERS[number % len(VIEWERS)].format(document)))
        pages.put(document, partial(_pdf, row))

    def answer(request: Request) -> Response | None:
        return _table_rows(request, rows) if request.path == "/api/docs" else pages(request)

    return _portal("widget", LARCH, answer, rows, lists=8 + len(rows), never=("/wap/",))


def _table() -> str:
    shown = "function (d) { return '<a href=\"/show/' + d.no + '.html\">' + d.bt + '</a>'; }"
    columns = f"[[{{field: 'bt', templet: {shown}}}, {{field: 'rq'}}]]"
    return f"<table id='t'></table><script>layui.table.render({{elem: '#t', url: '/api/docs?lm=nb', page: true, limit: 5, cols: {columns}}});</script>"


def _table_rows(request: Request, rows: list[Row]) -> Response:
    number, size = int(request.argument("page") or 1), int(request.argument("limit") or 10)
    piece = rows[(number - 1) * size : number * size]
    listed = [{"no": row.path[6:-5], "bt": row.title, "rq": str(row.day)} for row in piece]
    return json_of({"code": 0, "msg": "", "count": len(rows), "data": listed})


def _pdf(row: Row) -> Response:
    return file(pdf_of(row.report()), "application/pdf")


# ── nothing but a packed site map, page numbers by address alone, a calendar ─────────────────────────────────────────────


def mapped(season: int = 1) -> Portal:
    """Return a site that only its packed site map leads into, with a calendar on each page. All seasons are alike."""
    del season
    rows = [Row(agency=organ.name, year=2023, path=f"/?p={300 + n}") for n, organ in enumerate(_organs(MAPLE, 9))]
    host = "http://mapped.gov.test"
    robots = f"{ROBOTS}Sitemap: {host}/maps/all.xml\n"
    urls = "".join(f"<url><loc>{host}{path}</loc></url>" for path in ("/news/1.html", "/news/2.html", "/list/nb"))
    packed = gzip.compress(f'<?xml version="1.0"?><urlset>{urls}</urlset>'.encode(), mtime=0)
    index = f'<?xml version="1.0"?><sitemapindex><sitemap><loc>{host}/maps/a.xml.gz</loc></sitemap></sitemapindex>'
    pages = Pages()
    pages.put("/robots.txt", lambda: plain(robots))
    pages.add("/", _page(MAPLE, "首页", "<canvas></canvas>"))
    pages.put("/maps/all.xml", lambda: plain(index, content_type="text/xml"))
    pages.put("/maps/a.xml.gz", lambda: Response(body=packed, content_type="application/x-gzip"))
    for number in (1, 2):
        pages.add(f"/news/{number}.html", _page(MAPLE, "要闻", f"<p>今日要闻第{number}期。</p>"))
    pieces = parts(rows, 5)
    for number, piece in enumerate(pieces, start=1):
        more = f'<a href="/list/nb?paged={number + 1}">翻看其余</a>' if number < len(pieces) else ""
        target = "/list/nb" if number == 1 else f"/list/nb?paged={number}"
        pages.add(target, _page(MAPLE, "政府信息公开年报", f"<ul>{_items(piece)}</ul>{more}{_calendar(2024, 1)}"))

    def answer(request: Request) -> Response | None:
        row = next((row for row in rows if row.path == request.target), None)
        if row is None and request.argument("year"):
            return html(
                _page(MAPLE, "归档", _calendar(int(request.argument("year") or 0), int(request.argument("month") or 1) + 1))
            )
        return html(_article(MAPLE, row), modified=row.day) if row else pages(request)

    return _portal("mapped", MAPLE, answer, rows, lists=9, never=("month=", "day="))


def _calendar(year: int, month: int) -> str:
    days = "".join(f'<a href="/list/nb?year={year}&month={month}&day={day}">{day}</a>' for day in range(1, 29))
    return f'<div class="cal"><a href="/list/nb?year={year}&month={month + 1}">&gt;</a>{days}</div>'


# ── nothing but a search sent by POST, buttons with a token ──────────────────────────────────────────────────────────────


def posted(season: int = 1) -> Portal:
    """Return a site that only its search leads into, whose pages are buttons that send a token. All seasons are alike."""
    del season
    rows = [Row(agency=organ.name, year=2023, path=f"/doc/{n}") for n, organ in enumerate(_organs(CEDAR, 9))]
    baits = [Row(agency="", year=2023, path=f"/doc/b{n}", named=title) for n, title in enumerate(BAITS)]
    search = '<form action="/so" method="post"><input name="keyword"><input type="hidden" name="site" value="7"><button>搜索</button></form>'
    pages = _start(CEDAR, f'{search}<a href="/x">图片新闻</a>')
    pages.add("/x", _page(CEDAR, "图片新闻", "<p>暂无图片。</p>"))
    for row in rows:
        pages.add(row.path, partial(_article, CEDAR, row), modified=row.day)
    for bait in baits:
        pages.add(bait.path, _article(CEDAR, bait, "<p>请各单位认真做好有关工作，按时报送。</p>"))
    pieces = parts([*baits, *rows], 6)

    def answer(request: Request) -> Response | None:
        if request.path != "/so":
            return pages(request)
        asked = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
        is_asked = asked.get("site") == "7" and "信息公开" in asked.get("keyword", "")
        number = int(asked.get("pageIndex", "1")) if asked.get("token") == "T1" else 1
        return html(_results(pieces, number)) if is_asked else html(_page(CEDAR, "搜索", "<p>没有检索到相关内容</p>"))

    return _portal("posted", CEDAR, answer, rows, lists=8)


def _results(pieces: list[list[Row]], number: int) -> str:
    kept = '<input type="hidden" name="site" value="7"><input type="hidden" name="keyword" value="政府信息公开年度报告">'
    buttons = "".join(f'<button name="pageIndex" value="{n}">{n}</button>' for n in range(1, len(pieces) + 1))
    form = f'<form method="post" action="/so">{kept}<input type="hidden" name="token" value="T1">{buttons}</form>'
    return _page(CEDAR, "搜索结果", f"<ul>{_items(pieces[min(number, len(pieces)) - 1])}</ul>{form}")


# ── relative links without end, session ids, print copies, look-alikes ───────────────────────────────────────────────────


def rounds(season: int = 1) -> Portal:
    """Return a site that answers any folder within any other, with a session id in each address. All seasons are alike."""
    del season
    rows = [Row(agency=organ.name, year=2023, path=f"/v.jsp?id={n}") for n, organ in enumerate(_organs(BIRCH, 5))]
    titles = {row.path: row for row in rows}
    baits = "".join(f'<li><a href="/v.jsp?id=b{n}">{title}</a></li>' for n, title in enumerate(BAITS))
    asked = [0]

    def answer(request: Request) -> Response | None:
        asked[0] += 1
        path, session = request.path.partition(";")[0], f";jsessionid=A{asked[0]:031X}"
        if path == "/robots.txt":
            return plain(ROBOTS)
        row = titles.get(f"/v.jsp?id={request.argument('id')}")
        if path in {"/v.jsp", "/print.jsp"}:
            copies = f'<a href="/print.jsp?id={request.argument("id")}">【打印】</a> <a href="/v.jsp{session}?id=0&from=hot">{rows[0].title}</a>'
            return html(_article(BIRCH, row, more=copies), modified=row.day) if row else None
        if path.endswith("/nb/"):
            lines = "".join(f'<li><a href="/v.jsp{session}?{row.path.partition("?")[2]}">{row.title}</a></li>' for row in rows)
            return html(
                _page(
                    BIRCH,
                    "政府信息公开年报",
                    f'<a href="gk/">政务公开</a><a href="nb/">年报</a><ul>{lines}{baits}</ul><i>{asked[0]}</i>',
                )
            )
        menu = f'<a href="gk/">政务公开</a> <a href="nb/{session}">政府信息公开年报</a> <a href="xw/">要闻</a> <i>第{asked[0]}位访客</i>'
        return html(_page(BIRCH, "政务公开", menu)) if path.endswith("/") else None

    return _portal("rounds", BIRCH, answer, rows, lists=9, never=("print.jsp", "id=b"))


PORTALS = (nodes, widget, mapped, posted, rounds)

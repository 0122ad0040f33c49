"""Four portals of nobody's CMS: a PHP site of tables, a list that a script draws, a tree of years in frames, an ASP.NET matrix.

They hold general ways of finding reports to their word: no family knows them, and no address on them says 年报.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import partial
from html import escape
from urllib.parse import parse_qs

from samples.county import departments, government, Organ, Place, towns
from samples.listing import parts, Row
from samples.pages import Chrome
from samples.pdf import pdf_of
from samples.site import Answer, file, html, json_of, Pages, plain, Portal, Request, Response, ROBOTS

FROST = Place(name="霜栎县", division="990126", towns=("栎城镇", "霜桥镇", "冷杉镇", "北坳乡"))
CURVE = Place(
    name="曲渚县", division="990127", towns=("渚城镇", "蓼湾镇", "曲塘镇", "鹤汀镇", "荻浦镇", "石舫乡", "藕池乡", "柳渡街道")
)
TUNG = Place(name="桐垭县", division="990128", towns=("桐城关镇", "垭口镇", "青㭎镇", "木瓜坪镇", "竹篙乡", "三岔沟乡"))
SLOPE = Place(name="砚陂县", division="990129", towns=("砚池镇", "陂塘镇", "墨溪镇", "笔架乡", "纸坊街道"))
BAITS = (
    "关于做好2023年政府信息公开工作年度报告编制工作的通知",
    "一图读懂2023年政府信息公开年报",
    "2023年政府网站工作年度报表",
    "2023年法治政府建设年度报告",
)
"""Titles that stand between the reports and are none."""


def _shell(chrome: Chrome, title: str, main: str, script: str = "") -> str:
    """Return a page of tables, as sites of 2005 have them."""
    return (
        f'<html><head><meta charset="utf-8"><title>{escape(title)} - {escape(chrome.site)}</title><script>{script}</script></head>'
        f'<body><table width="980"><tr><td><font size="5">{escape(chrome.site)}</font></td></tr></table>'
        f'<table width="980"><tr><td>{main}</td></tr></table><table><tr><td>版权所有：{escape(chrome.site)}</td></tr></table></body></html>'
    )


def _document(chrome: Chrome, row: Row) -> str:
    line = f"<tr><td>发布日期：{row.day} 来源：{row.agency}</td></tr>"
    return _shell(chrome, row.title, f"<table>{line}<tr><td>{row.report().html}</td></tr></table>")


def _bait(chrome: Chrome, title: str) -> str:
    return _shell(chrome, title, f"<h1>{title}</h1><p>各乡镇人民政府，县政府各部门：请按照要求认真做好有关工作，按时报送。</p>")


def _portal(name: str, organ: Organ, answer: Answer, rows: Iterable[Row], *, lists: int) -> Portal:
    host = f"{name}.gov.test"
    expected = tuple(row.published(host) for row in rows)
    return Portal(
        id=name,
        name=organ.name,
        home=f"http://{host}/",
        hosts={host: answer},
        expected=expected,
        division=organ.division,
        lists=lists,
        never=("/login", "goods"),
    )


# ── a PHP site of tables ─────────────────────────────────────────────────────────────────────────────────────────────────

PHP = Chrome(site="霜栎县人民政府公众信息网", code="9901260001")


def oldphp(season: int = 1) -> Portal:
    """Return a site of nested tables: unit-only rows with 查看 in the last cell, pages by a script function. All seasons are alike."""
    del season
    organs = [government(FROST), *departments(FROST)[:13], *towns(FROST)]
    years = {2023: organs, 2022: organs[:9]}
    rows = {year: [_php_row(year, place, organ) for place, organ in enumerate(named)] for year, named in years.items()}
    pages = Pages()
    pages.put("/robots.txt", lambda: plain(ROBOTS))
    pages.add("/", _shell(PHP, "首页", '<a href="list.php?cid=9">政 务<br>公 开</a> | <a href="login.php">登录</a>'))
    menu = '<a href="list.php?cid=91">公开指南</a><br><a href="list.php?cid=95">信&nbsp;息&nbsp;公&nbsp;开&nbsp;年&nbsp;报</a>'
    pages.add("/list.php?cid=9", _shell(PHP, "政务公开", menu))
    pages.add("/list.php?cid=91", _shell(PHP, "公开指南", "<p>指南正在修订。</p>"))
    choices = "".join(f'<option value="{year}">{year}年度</option>' for year in rows)
    choose = (
        f'<select onchange="location.href=\'nb.php?cid=95&y=\'+this.value"><option value="">选择年度</option>{choices}</select>'
    )
    pages.add("/list.php?cid=95", _shell(PHP, "政府信息公开年报", f"<b>政府信息公开年报</b> {choose}"))
    for year, listed in rows.items():
        _php_lists(pages, year, parts(listed, 10))
    for row in (row for listed in rows.values() for row in listed):
        pages.add(row.path, partial(_document, PHP, row), modified=row.day)
    return _portal("oldphp", government(FROST), pages, [row for listed in rows.values() for row in listed], lists=8)


def _php_row(year: int, place: int, organ: Organ) -> Row:
    named = f"{organ.name}政府信息公开工作年度报告" if place % 5 == 4 else None
    return Row(agency=organ.name, year=year, path=f"/show.php?id={(year - 2000) * 1000 + place}", named=named)


def _php_lists(pages: Pages, year: int, pieces: list[list[Row]]) -> None:
    script = f"function go(n){{ var u = 'nb.php?cid=95&y={year}'; window.location = u + '&page=' + n; }}"
    for number, piece in enumerate(pieces, start=1):
        lines = "".join(
            f'<tr><td>{place}</td><td>{row.agency}</td><td>{row.day}</td><td><a href="{row.path[1:]}" target=_blank>[查看]</a></td></tr>'
            for place, row in enumerate(piece, start=1)
        )
        links = "".join(f'<a href="javascript:go({n})">{n}</a> ' for n in range(1, len(pieces) + 1) if n != number)
        head = f"<table><tr><td colspan=4><b>{year}年度政府信息公开年报</b></td></tr><tr><td>序号</td><td>单位</td><td>日期</td><td>操作</td></tr>"
        text = _shell(PHP, f"{year}年度政府信息公开年报", f"{head}{lines}</table>第{number}页 {links}", script)
        pages.add(f"/nb.php?cid=95&y={year}" + (f"&page={number}" if number > 1 else ""), text)


# ── a list that a script draws ───────────────────────────────────────────────────────────────────────────────────────────

DRAWN = Chrome(site="曲渚县人民政府", code="9901270001")
DRAWN_SIZE = 12


def drawn(season: int = 1) -> Portal:
    """Return a site whose list stands as data in a script, and goes on by POST. All seasons are alike."""
    del season
    organs = [*departments(CURVE)[:20], *towns(CURVE)[:8]]
    rows = [Row(agency=organ.name, year=2023, path=f"/open/v/{'k' * (n % 2)}7f{n:03d}") for n, organ in enumerate(organs)]
    baits = [Row(agency="", year=2023, path=f"/open/v/b{n}", named=title) for n, title in enumerate(BAITS)]
    listed = [*rows[:5], *baits, *rows[5:]]
    pages = Pages()
    pages.put("/robots.txt", lambda: plain(ROBOTS))
    menu = '<ul><li data-url="/open/index">政府信息公开</li><li data-url="/goods">特色产品</li></ul>'
    pages.add(
        "/", f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{DRAWN.site}</title></head><body>{menu}</body></html>'
    )
    pages.add("/open/index", _drawn_index(listed))
    for row in rows:
        pages.add(row.path, partial(_document, DRAWN, row), modified=row.day)
    for bait in baits:
        pages.add(bait.path, partial(_bait, DRAWN, bait.title))

    def answer(request: Request) -> Response | None:
        return _drawn_more(request, listed) if request.path == "/open/more" else pages(request)

    return _portal("drawn", government(CURVE), answer, rows, lists=8)


def _drawn_index(listed: list[Row]) -> str:
    first = json.dumps(_drawn_items(listed[:DRAWN_SIZE]), ensure_ascii=False)
    script = (
        f"var state = {{channel: 'nb', pageNo: 1, size: {DRAWN_SIZE}, total: {len(listed)}}}, items = {first};\n"
        "function draw(list) { for (var i = 0; i < list.length; i++) { var it = list[i];\n"
        "  $('#box').append('<li><a href=\"/open/v/' + it.key + '\">' + it.tt + '</a><i>' + it.ts + '</i></li>'); } }\n"
        "function more() { state.pageNo++; $.ajax({ type: 'POST', url: '/open/more', dataType: 'json',\n"
        "  data: { channel: 'nb', pageNo: state.pageNo, size: state.size },\n"
        "  success: function (r) { draw(r.data.items); if (r.data.end) { $('#more').hide(); } } }); }\n"
        "draw(items);"
    )
    return (
        f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>政府信息公开年报-{DRAWN.site}</title></head><body>'
        f'<h2>政府信息公开年报</h2><ul id="box"></ul><button id="more" onclick="more()">加载更多</button><script>{script}</script></body></html>'
    )


def _drawn_items(rows: Iterable[Row]) -> list[dict[str, object]]:
    return [{"key": row.path.removeprefix("/open/v/"), "tt": row.title, "ts": f"{row.day} 09:00", "hit": 0} for row in rows]


def _drawn_more(request: Request, listed: list[Row]) -> Response:
    asked = parse_qs(request.body.decode())
    if request.method != "POST" or asked.get("channel") != ["nb"]:
        return json_of({"code": 1, "msg": "参数错误", "data": {"items": [], "end": True}})
    number, size = int(asked.get("pageNo", ["1"])[0]), int(asked.get("size", ["12"])[0])
    piece = listed[(number - 1) * size : number * size]
    return json_of({"code": 0, "data": {"items": _drawn_items(piece), "end": number * size >= len(listed)}})


# ── a tree of years in frames, GBK, files only ───────────────────────────────────────────────────────────────────────────

FRAMED = Chrome(site="桐垭县政务公开", code="9901280001")


def framed(season: int = 1) -> Portal:
    """Return a GBK site of frames: years, in them organs, in them one PDF, sometimes behind a viewer. All seasons are alike."""
    del season
    organs = [*towns(TUNG)[:6], *departments(TUNG)[:4]]
    years = range(2021, 2024)
    rows = [_framed_row(year, n, organ) for year in years for n, organ in enumerate(organs)]
    pages = Pages()
    pages.put("/robots.txt", lambda: plain(ROBOTS))
    frameset = '<frameset cols="200,*"><frame src="left.asp" name="l"><frame src="main.asp" name="m"></frameset>'
    pages.put("/", lambda: _gbk(f"<html><head><title>{FRAMED.site}</title></head>{frameset}</html>"))
    left = "<dl><dt>信息公开</dt><dd><a href='tree.asp?t=1' target=m>机构职能</a></dd><dd><a href='tree.asp?t=5' target=m>年度报告</a></dd></dl>"
    pages.put("/left.asp", lambda: _gbk(f"<html><body>{left}</body></html>"))
    pages.put("/main.asp", lambda: _gbk("<html><body><p>欢迎</p></body></html>"))
    pages.put("/tree.asp?t=1", lambda: _gbk("<html><body><p>县政府设置工作部门二十六个。</p></body></html>"))
    listed = "".join(f'<li><a href="tree.asp?t=5&nd={year}">{year}</a></li>' for year in years)
    pages.put(
        "/tree.asp?t=5",
        lambda: _gbk(f"<html><head><title>年度报告</title></head><body><h1>年度报告</h1><ul>{listed}</ul></body></html>"),
    )
    for year in years:
        pages.put(f"/tree.asp?t=5&nd={year}", partial(_framed_year, year, [row for row in rows if row.year == year]))
    for number, row in enumerate(rows):
        pages.put(row.path, partial(_framed_file, row))
        pages.put(_framed_page(row), partial(_framed_leaf, row, viewer=number % 3 == 0))

    def answer(request: Request) -> Response | None:
        return pages(request)

    return _portal("framed", government(TUNG), answer, rows, lists=len(rows) + 8)


def _framed_row(year: int, number: int, organ: Organ) -> Row:
    return Row(agency=organ.name, year=year, path=f"/upfile/{year}{number:02d}.pdf")


def _framed_page(row: Row) -> str:
    return f"/leaf.asp?k={row.path[8:-4]}"


def _framed_year(year: int, rows: list[Row]) -> Response:
    short = {organ.name: organ.short for organ in (*towns(TUNG), *departments(TUNG))}
    lines = "".join(f'<li><a href="#" onclick="openLeaf({row.path[8:-4]})">{short[row.agency]}</a></li>' for row in rows)
    script = "function openLeaf(k) { window.open('leaf.asp?k=' + k, '_blank'); return false; }"
    return _gbk(
        f"<html><head><title>{year}</title><script>{script}</script></head><body><h1>{year}年</h1><ul>{lines}</ul></body></html>"
    )


def _framed_file(row: Row) -> Response:
    return file(pdf_of(row.report()), "application/pdf")


def _framed_leaf(row: Row, *, viewer: bool) -> Response:
    shown = (
        f'<iframe src="/pdfjs/web/viewer.html?file={row.path}" width="900" height="1200"></iframe>'
        if viewer
        else f'<p>请下载：<a href="{row.path}">年报全文</a></p>'
    )
    return _gbk(f"<html><head><title>{row.title}</title></head><body><h2>{row.title}</h2>{shown}</body></html>")


def _gbk(text: str) -> Response:
    return Response(
        body=text.replace("<head>", '<head><meta http-equiv="Content-Type" content="text/html; charset=gb2312">').encode(
            "gb18030"
        ),
        content_type="text/html",
    )


# ── an ASP.NET matrix of organs and years ────────────────────────────────────────────────────────────────────────────────

MATRIX = Chrome(site="砚陂县信息公开网", code="9901290001")
STATE = "dDwtMTY3OTk0NDk2O3Q8O2w8aTwxPjs+Ozw="


def matrix(season: int = 1) -> Portal:
    """Return a site whose list is a table of organs by years with ticks in it, going on by ASP.NET postback. All seasons are alike."""
    del season
    organs = [*departments(SLOPE)[:9], *towns(SLOPE)[:5]]
    years = (2023, 2022)
    rows = [
        Row(agency=one.name, year=year, path=f"/Detail.aspx?oid={n}&nd={year}")
        for n, one in enumerate(organs)
        for year in years
    ]
    pieces = [organs[:6], organs[6:12], organs[12:]]
    pages = Pages()
    pages.put("/robots.txt", lambda: plain(ROBOTS))
    pages.add("/", _shell(MATRIX, "首页", "<div onclick=\"window.location.href='/Open.aspx?k=7'\">年度报告</div>"))
    for row in rows:
        pages.add(row.path, partial(_document, MATRIX, row), modified=row.day)

    def answer(request: Request) -> Response | None:
        if request.path != "/Open.aspx":
            return pages(request)
        return html(_matrix_page(pieces, _matrix_number(request), years))

    return _portal("matrix", government(SLOPE), answer, rows, lists=8)


def _matrix_number(request: Request) -> int:
    asked = parse_qs(request.body.decode())
    known = asked.get("__VIEWSTATE") == [STATE] and asked.get("__EVENTTARGET") == ["ctl00$pager"]
    return int(asked["__EVENTARGUMENT"][0]) if known else 1


def _matrix_page(pieces: list[list[Organ]], number: int, years: tuple[int, ...]) -> str:
    first = sum(map(len, pieces[: number - 1]))
    head = "".join(f"<th>{year}年</th>" for year in years)
    lines = "".join(
        f"<tr><td>{organ.short}</td>"
        + "".join(f'<td><a href="Detail.aspx?oid={first + place}&nd={year}">√</a></td>' for year in years)
        + "</tr>"
        for place, organ in enumerate(pieces[number - 1])
    )
    links = " ".join(
        f"<a href=\"javascript:__doPostBack('ctl00$pager','{n}')\">{n}</a>" for n in range(1, len(pieces) + 1) if n != number
    )
    form = f'<form method="post" action="./Open.aspx?k=7"><input type="hidden" name="__VIEWSTATE" value="{STATE}">'
    return _shell(
        MATRIX,
        "年度报告",
        f"<h2>政府信息公开年度报告</h2>{form}<table><tr><th>单位</th>{head}</tr>{lines}</table>{links}</form>",
    )


PORTALS = (oldphp, drawn, framed, matrix)

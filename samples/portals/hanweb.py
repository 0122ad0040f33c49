"""P4 `hanweb`: a city on Hanweb jpage (the list is XML in a script, the rest comes by POST), and the annual-report module."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from hashlib import sha256
from urllib.parse import quote

from samples.county import CITY, departments, government, NORTH
from samples.listing import newest_first, Row, short
from samples.pages import article, Chrome, page
from samples.pdf import pdf_of
from samples.site import file, html, Pages, plain, Portal, Published, Request, Response, ROBOTS

HOST = "hanweb.gov.test"
WWW = f"www.{HOST}"
COLUMN = "/col/col61490/index.html"
MODULE_COLUMN = "/col/col777/index.html"
MODULE = "/module/xxgk/xxgkAnnualReport.jsp"
PROXY = "/module/web/jpage/dataproxy.jsp"
DOWNLOAD = "/module/download/downfile.jsp"
EMBEDDED = 45
FILE_ROWS = (5, 11, 23, 40, 50)
ABSOLUTE_ROWS = (2, 9, 30)
BROKEN_DATE_ROWS = (4, 17)
YEARS = range(2021, 2025)
CHROME = Chrome(
    site="栎宁市人民政府网",
    code="9901000001",
    menu=(("首页", "/"), ("政府信息公开年报", COLUMN), ("县级部门年报", MODULE_COLUMN)),
)


def portal(season: int = 1) -> Portal:
    """Return the portal; expected are 58 reports of the city and 16 of the annual-report module. All seasons are alike."""
    del season
    rows, module = _rows(), _module_rows()
    pages = Pages(coding="chunked")
    _frame(pages, rows, module)
    expected = (
        *(_published(number, row) for number, row in enumerate(rows)),
        *(row.published(HOST) for row in module.values()),
    )

    def answer(request: Request) -> Response | None:
        if request.path == PROXY:
            return _data(request, rows)
        if request.path == DOWNLOAD:
            return _pdf(request, rows)
        return _module(request, module) if request.path == MODULE else pages(request)

    hosts = {HOST: answer, WWW: answer}
    home = f"http://{HOST}/"
    return Portal(id="hanweb", name=CITY.name, home=home, hosts=hosts, expected=expected, division=CITY.division, lists=5)


def _rows() -> list[Row]:
    names = [government(CITY).name, *(organ.name for organ in departments(CITY))]
    pairs = [(name, year) for year in (2023, 2022) for name in names] + [(names[0], year) for year in range(2021, 2017, -1)]
    return newest_first([_row(number, *pair) for number, pair in enumerate(pairs)])


def _row(number: int, agency: str, year: int) -> Row:
    return Row(agency=agency, year=year, path=f"/art/{year + 1}/1/24/art_61490_{11130001 + number}.html")


def _module_rows() -> dict[tuple[str, str], Row]:
    pairs = [
        (f"1130000{21 + number}", organ.name, year) for number, organ in enumerate(departments(NORTH)[:4]) for year in YEARS
    ]
    return {
        (area, str(year)): Row(agency=name, year=year, path=f"{MODULE}?area={area}&fbtime={year}") for area, name, year in pairs
    }


def _published(number: int, row: Row) -> Published:
    host = WWW if number in ABSOLUTE_ROWS else HOST
    return row.published(host, file=_download(row) if number in FILE_ROWS else None)


def _frame(pages: Pages, rows: list[Row], module: Mapping[tuple[str, str], Row]) -> None:
    pages.put("/robots.txt", lambda: plain(ROBOTS))
    pages.add("/", page(CHROME, "首页", f'<a href="{COLUMN}">政府信息公开年报</a> <a href="{MODULE_COLUMN}">县级部门年报</a>'))
    pages.add(COLUMN, page(CHROME, "政府信息公开年报", _jpage(rows)))
    lines = "".join(f'<li><a href="{row.path}">{row.title}</a><span>{row.day}</span></li>' for row in module.values())
    pages.add(MODULE_COLUMN, page(CHROME, "县级部门年报", f"<ul>{lines}</ul>"))
    for number, row in enumerate(rows):
        pages.add(row.path, partial(_article, row, number in FILE_ROWS), modified=row.day)


def _jpage(rows: list[Row]) -> str:
    records = "\n".join(_record(number, row) for number, row in enumerate(rows[:EMBEDDED]))
    group = f'<a href="{PROXY}?page=1&appid=1&webid=39&path=/&columnid=61490&unitid=247686&webname={quote(CITY.name)}&permissiontype=0"></a>'
    settings = (
        f"dataStore:dataStore,totalRecord:{len(rows)},proxyUrl:'{PROXY}',perPage:15,groupSize:3,barPosition:'bottom',"
        "ajaxParam:{col:1,appid:1,webid:39,path:'/',columnid:61490,sourceContentType:1,unitid:'247686',"
        f"webname:'{CITY.name}',permissiontype:0}}"
    )
    return (
        '<div id="247686" class="default_pgContainer"></div>'
        '<script type="text/javascript" src="/module/jslib/jquery/jpage/jquery.jpage.js"></script>'
        f'<script type="text/xml"><datastore>\n<nextgroup><![CDATA[{group}]]></nextgroup>\n'
        f"<recordset>\n{records}\n</recordset></datastore></script>"
        f"<script>$(function(){{$('#247686').jpage({{{settings}}});}});</script>"
        f'<a href="{COLUMN}?uid=423656&amp;pageNum=2">2</a>'
    )


def _record(number: int, row: Row) -> str:
    host = f"http://{WWW}" if number in ABSOLUTE_ROWS else ""
    day = f"\n{row.day}\n" if number in BROKEN_DATE_ROWS else f"{row.day}"
    link = f'<a href="{host}{row.path}" title="{row.title}" target="_blank">{short(row.title)}</a>'
    return f"<record><![CDATA[<li>{link}<span>{day}</span></li>]]></record>"


def _data(request: Request, rows: list[Row]) -> Response:
    if HOST not in request.headers.get("referer", ""):
        return html("<p>403 Forbidden</p>", status=403)
    records = ""
    if request.method == "POST":
        start, end = int(request.argument("startrecord") or 1), int(request.argument("endrecord") or EMBEDDED)
        numbers = range(max(0, start - 2), min(end, len(rows)))
        records = "".join(_record(number, rows[number]) for number in numbers)
    totals = f"<totalrecord>{len(rows)}</totalrecord><totalpage>4</totalpage>"
    return plain(f"<datastore>{totals}\n<recordset>{records}</recordset></datastore>", content_type="text/xml;charset=UTF-8")


def _module(request: Request, rows: Mapping[tuple[str, str], Row]) -> Response:
    row = rows.get((request.argument("area") or "", request.argument("fbtime") or ""))
    if row is None:
        return html(page(CHROME, "年度报告", '<div class="annual"></div>'))
    return html(
        page(
            CHROME, "年度报告", f'<a href="javascript:;">点击收听年报语音朗读</a><div class="annual">{row.report().html}</div>'
        )
    )


def _article(row: Row, as_file: bool) -> str:
    link = f'<h1>{row.title}</h1><p><a href="{_download(row)}">{row.title}.pdf</a></p>'
    body = link if as_file else row.report().html
    metadata = (
        '<table class="xxgk"><tr><td colspan="4">信息公开元数据</td></tr>'
        f"<tr><td>索引号</td><td></td><td>组配分类</td><td>政府信息公开年报</td></tr>"
        f"<tr><td>发布机构</td><td>{row.agency}</td><td>成文日期</td><td>{row.day}</td></tr></table>"
    )
    start, end = "<!--<$[信息内容]>begin--><META name=ContentStart>", "<META name=ContentEnd><!--<$[信息内容]>end-->"
    return article(CHROME, row.title, row.day, f'{metadata}{start}<div id="zoom">{body}</div>{end}', source=row.agency)


def _download(row: Row) -> str:
    return f"{DOWNLOAD}?classid=0&filename={_file_name(row)}&showname={quote(row.title)}.pdf"


def _file_name(row: Row) -> str:
    return sha256(row.path.encode()).hexdigest()[:16] + ".pdf"


def _pdf(request: Request, rows: list[Row]) -> Response | None:
    wanted = request.argument("filename")
    row = next((rows[number] for number in FILE_ROWS if _file_name(rows[number]) == wanted), None)
    return file(pdf_of(row.report()), "text/html", name=f"{row.title}.pdf") if row else None

"""P7 `lonsun`: organs in a tree that comes by Ajax, each with a list fragment that comes by Ajax; files of three old kinds."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import ceil

from samples.county import departments, government, NORTH, Organ, towns
from samples.listing import newest_first, Row
from samples.msdoc import doc_of
from samples.office import ofd_of
from samples.pages import article, Chrome, meta_tags, page
from samples.reports import SampleReport
from samples.site import file, html, json_of, Pages, plain, Portal, Request, Response, ROBOTS

HOST = "lonsun.gov.test"
LABEL = "/site/label/8888"
FIRST_ORGAN = 21691
EMPTY_ORGAN = 21695
PER_PAGE = 6
YEARS = range(2008, 2025)
ENTRANCE = f"/public/column/{FIRST_ORGAN}?type=4&action=list&nav=3"
TYPES = {"1": "政府信息公开制度", "2": "政府信息公开指南", "3": "政府信息公开年报", "4": "法定主动公开内容", "5": "依申请公开"}
FILES = {50345001: "/group6/M00/00/0A/nb.doc", 50345002: "/group6/M00/00/0B/nb.wps", 50345003: "/group6/M00/00/0C/nb.ofd"}
CHROME = Chrome(site="杉岭县人民政府网", code="9901230001", menu=(("首页", "/"), ("政府信息公开", ENTRANCE)))

Columns = dict[int, list[Row]]


def portal(season: int = 1) -> Portal:
    """Return the portal; expected are 17 years of five organs, the sixth is an empty column. All seasons are alike."""
    del season
    columns = _columns()
    pages = Pages()
    _frame(pages)
    for rows in columns.values():
        for row in rows:
            pages.add(row.path, partial(_article, row), modified=row.day)
    _files(pages, columns)

    def answer(request: Request) -> Response | None:
        if request.path == LABEL:
            return _label(request, columns)
        if request.path.startswith("/public/column/"):
            return _column(request, columns)
        return pages(request)

    expected = tuple(row.published(HOST) for rows in columns.values() for row in rows)
    home = f"http://{HOST}/"
    return Portal(
        id="lonsun",
        name="杉岭县人民政府",
        home=home,
        hosts={HOST: answer},
        expected=expected,
        division=NORTH.division,
        lists=45,
    )


def _organs() -> dict[int, Organ]:
    own = [government(NORTH), *towns(NORTH)]
    empty = departments(NORTH)[10]
    ordered = [*own[:4], empty, own[4]]
    return {FIRST_ORGAN + place: organ for place, organ in enumerate(ordered)}


def _columns() -> Columns:
    columns: Columns = {}
    for number, (organ_id, organ) in enumerate(_organs().items()):
        first = 50345000 + 100 * number
        rows = [
            Row(agency=organ.name, year=year, path=f"/public/{organ_id}/{first + 2024 - year}.html") for year in YEARS[::-1]
        ]
        columns[organ_id] = [] if organ_id == EMPTY_ORGAN else newest_first(rows)
    return columns


def _frame(pages: Pages) -> None:
    pages.put("/robots.txt", lambda: plain(ROBOTS))
    pages.add("/", page(CHROME, "首页", f'<p>欢迎访问。</p><a href="{ENTRANCE}">政府信息公开</a>'))


def _files(pages: Pages, columns: Columns) -> None:
    rows = {_number(row): row for row in columns[FIRST_ORGAN]}
    makers = {"doc": (doc_of, "application/msword"), "wps": (doc_of, "application/octet-stream"), "ofd": (ofd_of, "text/html")}
    for number, path in FILES.items():
        make, content_type = makers[path[-3:]]
        pages.put(path, partial(_file, make, rows[number], content_type))


def _file(make: Callable[[SampleReport], bytes], row: Row, content_type: str) -> Response:
    return file(make(row.report()), content_type)


def _number(row: Row) -> int:
    return int(row.path.rpartition("/")[2].removesuffix(".html"))


def _column(request: Request, columns: Columns) -> Response | None:
    organ_id = int(request.path.rpartition("/")[2]) if request.path.rpartition("/")[2].isdigit() else 0
    kind = request.argument("type") or "4"
    if organ_id not in columns or kind not in TYPES:
        return None
    links = "".join(f'<li><a href="/public/column/{organ_id}?type={number}">{name}</a></li>' for number, name in TYPES.items())
    tree = f"$.get('{LABEL}',{{labelName:'columnTree',isJson:true,id:'',isChild:true}},drawTree);"
    name = f"{_organs()[organ_id].name}-{TYPES[kind]}"
    script = tree + (_list_script(organ_id) if kind == "3" else "")
    main = f'<ul class="xxgk_menu">{links}</ul><div id="tree"></div><div id="listContent"></div><script>{script}</script>'
    return html(page(CHROME, name, main, head=meta_tags(CHROME, ColumnName=TYPES[kind])))


def _list_script(organ_id: int) -> str:
    parameters = (
        f"IsAjax=1&dataType=html&labelName=publicInfoList&siteId=6788031&pageSize={PER_PAGE}&pageIndex=1&action=list&isDate=true"
        f"&dateFormat=yyyy-MM-dd&length=80&organId={organ_id}&type=3&catIds=&cId=&result=暂无相关信息&file=/xxgk/publicInfoList_newest2020"
    )
    return f'var listUrl = "{LABEL}?{parameters}"; $("#listContent").load(listUrl);'


def _label(request: Request, columns: Columns) -> Response | None:
    if request.argument("labelName") == "columnTree":
        return json_of(
            [{"name": organ.name, "htmlPath": f"/public/column/{number}?type=4"} for number, organ in _organs().items()]
        )
    organ_id = int(request.argument("organId") or 0)
    if request.argument("labelName") != "publicInfoList" or organ_id not in columns:
        return None
    rows = columns[organ_id] if request.argument("type") == "3" else []
    return _fragment(rows, int(request.argument("pageIndex") or 1))


def _fragment(rows: list[Row], number: int) -> Response:
    if not rows:
        return html('<div class="xxgk_nav_list">暂无相关信息</div>')
    lines = "".join(_line(row) for row in rows[(number - 1) * PER_PAGE : number * PER_PAGE])
    pager = f"pageCount:{ceil(len(rows) / PER_PAGE)} ,pageIndex:{number}, pageSize:{PER_PAGE} "
    return html(
        f'<div class="xxgk_nav_list"><ul>{lines}</ul></div>\n<div id="page_public_info"></div>\n'
        f"<script>$('#page_public_info').lpager({{{pager}}});</script>"
    )


def _line(row: Row) -> str:
    link = f'<a href="http://{HOST}{row.path}" target="_blank" title="{row.title}" class="title">{row.title}</a>'
    return f'<li class="xxgk_nav_con">{link}<span class="date">{row.day}</span></li>'


def _article(row: Row) -> str:
    attached = FILES.get(_number(row))
    link = f'<p>附件：<a href="{attached}">{row.title}.{attached[-3:]}</a></p>' if attached else ""
    body = f'<div class="j-fontContent newscontnet minh300">{row.report().html}{link}</div>'
    whole = article(CHROME, row.title, row.day, body, source=row.agency)
    return whole.replace("</head>", f'<meta name="HtmlGenerateTime" content="{row.day} 08:00:00">\n</head>', 1)

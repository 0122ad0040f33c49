"""P5 `jpaas`: a ministry whose list comes from a unit API, and which answers only who calls itself Mozilla."""

from __future__ import annotations

import json
from functools import partial
from hashlib import sha256
from urllib.parse import parse_qsl

from samples.county import BRIDGES
from samples.listing import newest_first, Row
from samples.pages import article, Chrome, page
from samples.site import html, json_of, Pages, plain, Portal, Request, Response, ROBOTS

HOST = "jpaas.gov.test"
COLUMN = "/zwgk/zfxxgk/zfxxgknb/"
API = "/api-gateway/jpaas-publish-server/front/page/build/unit"
PER_PAGE = 15
UNDATED_ROWS = (3, 8, 19, 27, 33)
LIST = {"pageId": "1b56e5adc362428299dfc3eb444fe23a", "tagId": "信息列表"}
NAVIGATION = {"pageId": "77aa01c2d3e4455fa60718293a4b5c6d", "tagId": "当前栏目"}
COMMON = {
    "parseType": "bulidstatic",
    "webId": "8d828e408d90447786ddbe128d495e9e",
    "tplSetId": "209741b2109044b5b7695700b2bec37e",
    "pageType": "column",
    "editType": "null",
}
BUREAUS = ("东部分局", "南部分局", "西部分局")
CHROME = Chrome(site=BRIDGES.name, code="bm99000002", menu=(("首页", "/"), ("政务公开", "/zwgk/")))


def portal(season: int = 1) -> Portal:
    """Return the portal; expected are 37 reports: sixteen of the ministry, seven of each of three bureaus. All seasons alike."""
    del season
    rows = _rows()
    pages = Pages()
    _frame(pages)
    for row in rows:
        pages.add(row.path, partial(_article, row), modified=row.day)

    def answer(request: Request) -> Response | None:
        if "Mozilla/" not in request.headers.get("user-agent", ""):
            return html("<p>403 Forbidden</p>", status=403)
        return _unit(request, rows) if request.path == API else pages(request)

    expected = tuple(row.published(HOST) for row in rows)
    return Portal(id="jpaas", name=BRIDGES.name, home=f"http://{HOST}/", hosts={HOST: answer}, expected=expected, lists=8)


def _rows() -> list[Row]:
    pairs = [(BRIDGES.name, year) for year in range(2008, 2024)]
    pairs += [(BRIDGES.name + bureau, year) for bureau in BUREAUS for year in range(2017, 2024)]
    return newest_first([Row(agency=agency, year=year, path=_path(agency, year)) for agency, year in pairs])


def _path(agency: str, year: int) -> str:
    return f"{COLUMN}art/{year + 1}/art_{sha256(f'{agency}{year}'.encode()).hexdigest()[:32]}.html"


def _frame(pages: Pages) -> None:
    pages.put("/robots.txt", lambda: plain(ROBOTS))
    pages.add("/", page(CHROME, "首页", '<p>欢迎访问。</p><a href="/zwgk/">政务公开</a>'))
    platform = (
        '<a href="/zwgk/zfxxgk/zfxxgkzn/">政府信息公开指南</a> <a href="/zwgk/zfxxgk/zfxxgknb/index.html">政府信息公开年报</a>'
    )
    pages.add("/zwgk/", page(CHROME, "政务公开", platform))
    pages.add("/zwgk/zfxxgk/zfxxgkzn/", page(CHROME, "政府信息公开指南", "<p>本指南每年更新一次。</p>"))
    containers = "\n".join(_container(which) for which in (NAVIGATION, LIST))
    for path in (COLUMN, f"{COLUMN}index.html"):
        pages.add(path, page(CHROME, "政府信息公开年报", containers))


def _container(which: dict[str, str]) -> str:
    query = str({**COMMON, **which}).replace(": ", ":").replace(", ", ",")
    return f'<div class="xxgk-list"><script parsetype="bulidstatic" AuthorizedRead="true" url="{API}" queryData="{query}"></script></div>'


def _unit(request: Request, rows: list[Row]) -> Response:
    given = parse_qsl(request.query, keep_blank_values=True)
    arguments = dict(given)
    names = [name for name, _ in given]
    if any(names.count(name) != 1 for name in (*COMMON, *LIST)) or any(arguments[key] != COMMON[key] for key in COMMON):
        return json_of({"success": False, "code": "500", "message": "参数错误", "data": None})
    if arguments["pageId"] == NAVIGATION["pageId"]:
        return _data(
            '<ul><li><a href="/zwgk/">政务公开</a></li><li><a href="/zwgk/zfxxgk/zfxxgkzn/">政府信息公开指南</a></li></ul>'
        )
    number = int(json.loads(arguments.get("paramJson") or "{}").get("pageNo", 1))
    start = (number - 1) * PER_PAGE
    lines = "".join(_line(row, start + place) for place, row in enumerate(rows[start : start + PER_PAGE]))
    return _data(f'<ul>{lines}</ul><div class="pagination" rows="{PER_PAGE}" count="{len(rows)}"></div>')


def _data(text: str) -> Response:
    return json_of({"success": True, "code": "200", "message": "", "data": {"html": text}})


def _line(row: Row, number: int) -> str:
    day = "" if number in UNDATED_ROWS else f'<span class="bt-right">{row.day}</span>'
    return f'<li class="clearfix"><a href="{row.path}" title="{row.title}" target="_blank">{row.title}</a>{day}</li>'


def _article(row: Row) -> str:
    return article(CHROME, row.title, row.day, f'<div id="con_con">{row.report().html}</div>', source=row.agency)

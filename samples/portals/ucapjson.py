"""P3 `ucapjson`: an empty list filled from JSON, and a column of the new template with its list in a script."""

from __future__ import annotations

import json
from functools import partial

from samples.county import EAST, government, organs
from samples.listing import newest_first, Row
from samples.pages import article, Chrome, meta_tags, page
from samples.pdf import pdf_of
from samples.site import file, html, json_of, Pages, plain, Portal, Published, Request, Response, ROBOTS

HOST = "ucapjson.gov.test"
CHANNEL = "a1b2c3d4e5f60718293a4b5c6d7e8f90"
API = f"/common/search/{CHANNEL}"
COLUMN = "/xxgk/c112289c/xxgk_list.shtml"
NEW = "/xxgk/col/col42150/"
PDF = f"{NEW}files/nb2018.pdf"
PER_PAGE = 15
CHROME = Chrome(site="鹭洲县人民政府网", code="9901240001", menu=(("首页", "/"), ("政府信息公开年报", COLUMN)))


def portal(season: int = 1) -> Portal:
    """Return the portal; expected are 23 organs for 2023 and the county's own reports of 2018–2022. All seasons are alike."""
    del season
    pages = Pages()
    listed, older = _listed(), _older()
    _frame(pages, older)
    for row in (*listed, *older):
        pages.add(row.path, partial(_article, row), modified=row.day)
    expected = (*(row.published(HOST) for row in listed), *(_published(row) for row in older))
    hosts = {HOST: lambda request: _api(request, listed) if request.path == API else pages(request)}
    home = f"http://{HOST}/"
    return Portal(
        id="ucapjson",
        name="鹭洲县人民政府",
        home=home,
        hosts=hosts,
        expected=expected,
        division=EAST.division,
        lists=6,
        never=("{{", "%7B%7B"),
    )


def _listed() -> list[Row]:
    names = [organ.name for organ in organs(EAST)][:23]
    return newest_first([_row(name, number) for number, name in enumerate(names)])


def _row(agency: str, number: int) -> Row:
    return Row(agency=agency, year=2023, path=f"/xxgk/c112289c/202401/c01_{1108994 + number}.shtml")


def _older() -> list[Row]:
    agency = government(EAST).name
    years = range(2022, 2017, -1)
    return [Row(agency=agency, year=year, path=f"{NEW}content/content_195{year}00{year % 7}.html") for year in years]


def _published(row: Row) -> Published:
    return row.published(HOST, file=PDF if row.year == 2018 else None)


def _frame(pages: Pages, older: list[Row]) -> None:
    pages.put("/robots.txt", lambda: plain(ROBOTS))
    links = f'<a href="{COLUMN}">政府信息公开年报</a> <a href="{NEW}index.html">历年政府信息公开年报</a>'
    pages.add("/", page(CHROME, "首页", f"<p>欢迎访问。</p>{links}"))
    script = f"$.get('{API}',{{page:1,_pageSize:{PER_PAGE},_isAgg:true,_isJson:true,_template:'index'}},show);"
    head = meta_tags(CHROME, ColumnName="政府信息公开年报", channelId=CHANNEL)
    pages.add(COLUMN, page(CHROME, "政府信息公开年报", f'<ul id="list"></ul><script>{script}</script>', head=head))
    pages.add(f"{NEW}index.html", _new_column(older))
    pages.put(PDF, lambda: file(pdf_of(older[-1].report()), "application/pdf"))


def _new_column(rows: list[Row]) -> str:
    items = [_item(row) for row in rows]
    template = '{{#each articleList}}<li><a href="{{pcUrl}}">{{title}}</a><span>{{pubDate}}</span></li>{{/each}}'
    script = f'var listData = {{articleList:{json.dumps(items, ensure_ascii=False)}}};\nloadPageData(params,"380055");'
    main = f'<ul id="box"><script type="text/x-handlebars">{template}</script></ul><script>{script}</script>'
    head = '<base href="/xxgk/">' + meta_tags(CHROME, ColumnName="历年政府信息公开年报")
    return page(CHROME, "历年政府信息公开年报", main, head=head)


def _item(row: Row) -> dict[str, object]:
    files = [{"fileName": "2018年年度报告.pdf", "url": PDF}] if row.year == 2018 else []
    return {"title": row.title, "pubDate": f"{row.day}", "urls": json.dumps({"pc": row.path}), "articleFiles": files}


def _article(row: Row) -> str:
    if row.year == 2018:
        link = f'<p>附件：<a href="{PDF}">2018年年度报告.pdf</a></p>'
        return article(CHROME, row.title, row.day, f"<h1>{row.title}</h1><p>全文见附件。</p>{link}", source=row.agency)
    return article(CHROME, row.title, row.day, f'<div id="zoomcon">{row.report().html}</div>', source=row.agency)


def _api(request: Request, rows: list[Row]) -> Response:
    if request.argument("_isJson") != "true":
        return html(page(CHROME, "检索", '<div id="result"></div><script>render()</script>'))
    number = int(request.argument("page") or 1)
    found = rows[(number - 1) * PER_PAGE : number * PER_PAGE]
    data = {
        "total": len(rows),
        "page": number,
        "rows": PER_PAGE,
        "channelId": CHANNEL,
        "results": [_result(row) for row in found],
    }
    return json_of({"data": data})


def _result(row: Row) -> dict[str, object]:
    keys = {"refno": "", "indexnumber": f"EZ{row.year}-{row.path[-10:-6]}", "source": row.agency}
    return {
        "title": row.title,
        "subTitle": "",
        "url": row.path,
        "publishedTimeStr": f"{row.day} 17:18:49",
        "channelName": "政府信息公开年报",
        "content": row.report().text[:200],
        "contentHtml": row.report().html,
        "domainMetaList": [{"resultList": [{"key": key, "value": value} for key, value in keys.items()]}],
    }

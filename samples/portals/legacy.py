"""P8, second host `legacy`: a province's archive office on an old JSP system, GBK without saying so, with files by query."""

from __future__ import annotations

from functools import partial

from samples.county import PROVINCE
from samples.listing import newest_first, parts, Row
from samples.msdoc import doc_of
from samples.pages import article, Chrome, page
from samples.pdf import pdf_of
from samples.site import file, Pages, plain, Portal, Request, Response, ROBOTS

HOST = "legacy.gov.test"
FILE_HOST = f"v.{HOST}"
AGENCY = f"{PROVINCE}档案局"
YEARS = range(2012, 2024)
PER_PAGE = 4
RARE = "本年度的查阅点由朱镕勋、陆喆安两位同志值守，地点在㙍下村。"
"""Characters outside GB2312 (镕、喆) and outside GBK (㙍, in GB18030 alone)."""
CHROME = Chrome(
    site=f"{AGENCY}", code="9900000077", menu=(("首页", "/"), ("政府信息公开年报", "/column.jsp?id=1414&current=1"))
)
COMMENTS = "<!-- " + "本页由旧版发布系统生成，请勿手工修改。" * 45 + " -->\n"


def portal(season: int = 1) -> Portal:
    """Return the portal; expected are twelve years: six pages, four files by query, two on another host and port."""
    del season
    rows = newest_first([Row(agency=AGENCY, year=year, path=_path(year)) for year in YEARS])
    pages = Pages()
    pages.put("/robots.txt", lambda: plain(ROBOTS))
    menu = '<a href="#" onclick="this.href=\'Search.aspx?columnName=%u5E74%u62A5\'">年报检索</a>'
    entrance = f'<p>欢迎访问。</p>{menu} <a href="//{HOST}//column.jsp?id=1414&current=1">政府信息公开年报</a>'
    pages.put("/", lambda: _gbk(page(CHROME, "首页", entrance)))
    pieces = parts(rows, PER_PAGE)
    for number, piece in enumerate(pieces, start=1):
        text = page(CHROME, "政府信息公开年报", _list(piece, number, len(pieces)))
        pages.put(f"/column.jsp?id=1414&current={number}", partial(_gbk, text))
    for row in rows:
        pages.put(row.path, partial(_answer, row))

    def answer(request: Request) -> Response | None:
        plain_path = request.path.replace("//", "/")
        target = f"{plain_path}?{request.query}" if request.query else plain_path
        return pages(Request(host=request.host, path=target))

    expected = tuple(row.published(_host(row.year)) for row in rows)
    home = f"http://{HOST}/"
    return Portal(id="legacy", name=AGENCY, home=home, hosts={HOST: answer, FILE_HOST: answer}, expected=expected, lists=6)


def _kind(year: int) -> str:
    return {0: "pdf", 1: "doc", 2: "far"}.get((year - 2012) // 2, "html")


def _path(year: int) -> str:
    paths = {"pdf": f"/download.jsp?pathfile=/atm/7/nb{year}.pdf", "doc": f"/download.jsp?pathfile=/atm/7/nb{year}.doc"}
    return {**paths, "far": f"/doc/{year}/nb.pdf"}.get(_kind(year), f"/show.jsp?id=1414{year}")


def _host(year: int) -> str:
    return f"{FILE_HOST}:8088" if _kind(year) == "far" else HOST


def _list(rows: list[Row], number: int, count: int) -> str:
    lines = "".join(_line(row) for row in rows)
    pages = " ".join(f'<a href="column.jsp?id=1414&current={n}">{n}</a>' for n in range(1, count + 1) if n != number)
    return f'<table class="list">{lines}</table><div>共{count}页 当前第{number}页 {pages}</div>'


def _line(row: Row) -> str:
    address = f"http://{_host(row.year)}{row.path}" if _kind(row.year) == "far" else f"http://{HOST}/{row.path}"
    day = f"{row.day:%Y年%m月%d日}"
    return f'<tr><td><a href="{address}" target="_blank">{row.title}</a></td><td>{day}</td></tr>\n'


def _answer(row: Row) -> Response:
    kind = _kind(row.year)
    if kind == "html":
        rare = f"<p>{RARE}</p>" if row.year == 2020 else ""
        text = article(CHROME, row.title, row.day, f'<font id="Zoom">{row.report().html}{rare}</font>', source=row.agency)
        return _gbk(text)
    return file(doc_of(row.report()), "application/msword") if kind == "doc" else file(pdf_of(row.report()), "application/pdf")


def _gbk(text: str) -> Response:
    """The header names no charset, and the page does so only after 1500 bytes of comments; it says gb2312, which is too narrow."""
    late = text.replace(
        '<meta charset="utf-8">', f'{COMMENTS}<meta http-equiv="Content-Type" content="text/html; charset=gb2312">'
    )
    return Response(body=late.encode("gb18030"), content_type="text/html")

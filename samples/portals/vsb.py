"""P8, first host `vsb`: a county on VSB, whose later list pages are numbered downwards, with files behind a Referer."""

from __future__ import annotations

from functools import partial

from samples.county import EAST, towns
from samples.listing import newest_first, parts, Row
from samples.pages import article, Chrome, page
from samples.pdf import pdf_of
from samples.site import file, html, Pages, plain, Portal, Request, Response, ROBOTS

HOST = "vsb.gov.test"
PER_PAGE = 14
DOWNLOAD = "/system/_content/download.jsp"
WALL = "/content.jsp?urltype=news.NewsContentUrl&wbtreeid=1&wbnewsid=2"
FILES = {44091: 77, 44095: 78, 44102: 79, 44110: 90, 44118: 91}
"""Article number → wbfileid; from 90 on a captcha stands before the file."""
CHROME = Chrome(
    site="鹭洲县乡镇政务公开网", code="9901240002", menu=(("首页", "/index.htm"), ("政府信息公开年报", "/zfxxgk/zfxxgknb.htm"))
)


def portal(season: int = 1) -> Portal:
    """Return the portal; expected are four towns' reports of 2008–2024; one more row is a login wall. All seasons are alike."""
    del season
    rows = _rows()
    pages = Pages()
    _frame(pages)
    pieces = parts(rows, PER_PAGE)
    for number, piece in enumerate(pieces):
        _list_page(pages, piece, number, len(pieces))
    for row in rows:
        pages.add(row.path, partial(_article, row), modified=row.day)
    files = {FILES[_number(row)]: row for row in rows if _number(row) in FILES}

    def answer(request: Request) -> Response | None:
        return _download(request, files) if request.path == DOWNLOAD else pages(request)

    expected = tuple(row.published(HOST) for row in rows)
    home = f"http://{HOST}/index.htm"
    return Portal(
        id="vsb", name="鹭洲县乡镇", home=home, hosts={HOST: answer}, expected=expected, division=EAST.division, lists=8
    )


def _rows() -> list[Row]:
    pairs = [(town.name, year) for year in range(2024, 2007, -1) for town in towns(EAST)[:4]]
    rows = [Row(agency=name, year=year, path=f"/info/1475/{44091 + place}.htm") for place, (name, year) in enumerate(pairs)]
    return newest_first(rows)


def _number(row: Row) -> int:
    return int(row.path.rpartition("/")[2].removesuffix(".htm"))


def _frame(pages: Pages) -> None:
    pages.put("/robots.txt", lambda: plain(ROBOTS))
    for path in ("/", "/index.htm"):
        pages.add(path, page(CHROME, "首页", '<p>欢迎访问。</p><a href="zfxxgk/zfxxgknb.htm">政府信息公开年报</a>'))
    pages.add(WALL, page(CHROME, "系统提示", "<p>系统提示：您无权访问该内容，请先登录。</p><a href='/index.htm'>返回首页</a>"))


def _list_page(pages: Pages, rows: list[Row], number: int, count: int) -> None:
    path = "/zfxxgk/zfxxgknb.htm" if number == 0 else f"/zfxxgk/zfxxgknb/{count - number}.htm"
    up = "../" if number == 0 else "../../"
    lines = "".join(_line(row, up, place) for place, row in enumerate(rows))
    if number == 0:
        lines += f'<li id="line_u8_99"><a href="..{WALL}" title="月塘乡人民政府2024年政府信息公开工作年度报告">月塘乡人民政府2024年政府信息公开...</a><span>2025-01-02</span></li>'
    pages.add(path, page(CHROME, "政府信息公开年报", f'<ul class="list">{lines}</ul>{_pager(number, count)}'))


def _line(row: Row, up: str, place: int) -> str:
    link = f'<a href="{up}{row.path[1:]}" target="_blank" title="{row.title}">{row.title}</a>'
    return f'<li id="line_u8_{place}">{link}<span>{row.day}</span></li>'


def _pager(number: int, count: int) -> str:
    base = "zfxxgknb/" if number == 0 else ""
    first = "zfxxgknb.htm" if number == 0 else "../zfxxgknb.htm"

    def href(page_number: int) -> str:
        return first if page_number == 0 else f"{base}{count - page_number}.htm"

    shown = "".join(
        f'<span class="p_no_d">{n + 1}</span>' if n == number else f'<span class="p_no"><a href="{href(n)}">{n + 1}</a></span>'
        for n in range(count)
    )
    more = f'<span class="p_next p_fun"><a href="{href(number + 1)}">下页</a></span>' if number + 1 < count else ""
    last = f'<span class="p_last p_fun"><a href="{href(count - 1)}">尾页</a></span>'
    return f'<div class="pb_sys_common pb_sys_normal pb_sys_style1"><span class="p_t">共68条</span> {shown}{more}{last}</div>'


def _article(row: Row) -> str:
    inner = f'<div id="vsb_content"><div class="v_news_content">{row.report().html}</div></div>{_attachment(row)}'
    form = f'<form name="_newscontent_fromname">{inner}</form>'
    return article(CHROME, row.title, row.day, form, source=row.agency)


def _attachment(row: Row) -> str:
    number = FILES.get(_number(row))
    if number is None:
        return ""
    address = f"{DOWNLOAD}?urltype=news.DownloadAttachUrl&owner=1&wbfileid={number}"
    return f'<ul><li>附件【<a href="{address}">{row.title}.pdf</a>】已下载<span id="nattach{number}">0</span>次</li></ul>'


def _download(request: Request, files: dict[int, Row]) -> Response:
    number = int(request.argument("wbfileid") or 0)
    row = files.get(number)
    if number >= 90:
        return html(
            page(CHROME, "验证码", '<p>请输入验证码后下载</p><img src="/system/resource/captcha.jpg"><input name="code">')
        )
    if row is None or request.headers.get("referer", "") != f"http://{HOST}{row.path}":
        return html(page(CHROME, "系统提示", "<p>请从文章页面下载附件。</p>"))
    return file(pdf_of(row.report()), "application/octet-stream", name=f"{row.title}.pdf")

"""P10, host `soft`: nothing is ever 404, everything has several addresses, and traps lie between six real reports."""

from __future__ import annotations

from datetime import date, timedelta

from samples.listing import Row
from samples.pages import page
from samples.portals.simple import chrome_of, COLUMN, rows_of, simple_site
from samples.site import html, Pages, Portal, redirect, Request, Response

HOST = "soft.gov.test"
WWW, MOBILE = f"www.{HOST}", f"m.{HOST}"
FORBIDDEN = "/zwgk/xxgknb/"
HUGE = 200 * 1024 * 1024
ROBOTS = f"User-agent: *\nDisallow: {FORBIDDEN}\n"
SORRY = "<html><head><title>提示</title></head><body><h1>提示</h1><p>对不起，您访问的页面不存在！</p></body></html>"


def portal(season: int = 1) -> Portal:
    """Return the portal; expected are exactly the reports of 2018–2023, at one canonical address each. All seasons are alike."""
    del season
    rows = rows_of("教育厅", range(2018, 2024))
    pages = simple_site(rows, home=_home_links(), column=_column_links(rows), robots=ROBOTS)
    _traps(pages, rows)

    def bare(request: Request) -> Response | None:
        scheme, host = ("https", HOST) if request.scheme == "http" else ("https", WWW)
        return redirect(f"{scheme}://{host}{request.target}", status=301)

    def answer(request: Request) -> Response | None:
        path = request.path.partition(";")[0].removeprefix("/wap") or "/"
        if path == "/rili":
            return html(_calendar(request.argument("date") or "2024-01-01"))
        return pages(Request(host=request.host, path=path)) or _sorry()

    expected = tuple(row.published(WWW) for row in rows)
    hosts = {HOST: bare, WWW: answer, MOBILE: answer}
    return Portal(
        id="soft", name="岚川省教育厅", home=f"http://{HOST}/", hosts=hosts, expected=expected, lists=9, never=(FORBIDDEN,)
    )


def _home_links() -> str:
    links = {
        f"http://{MOBILE}/": "手机版",
        "/wap/": "WAP版",
        "/rili?date=2024-01-01": "公开日历",
        "/xinxiang.html": "领导信箱",
        f"{FORBIDDEN}index.html": "历年政府信息公开年报",
        "/tiaozhuan/a.html": "专题专栏",
        "/zwgk/?spm=a2c.1.2&from=timeline": "政务公开",
    }
    return "".join(f' <a href="{href}">{text}</a>' for href, text in links.items())


def _column_links(rows: list[Row]) -> str:
    again = {
        f"{rows[0].path}?spm=a2c.1.2&from=timeline": rows[0].title,
        f"{rows[1].path};jsessionid=ABC": rows[1].title,
        f"http://{HOST}{rows[2].path}": rows[2].title,
        f"http://{MOBILE}{rows[3].path}": rows[3].title,
        f"/wap{rows[4].path}": rows[4].title,
        f"{COLUMN}2016.pdf": "岚川省教育厅2016年政府信息公开工作年度报告",
        f"{COLUMN}quanbu.zip": "历年年报打包下载",
        f"{COLUMN}2017.html": "岚川省教育厅2017年政府信息公开工作年度报告",
    }
    return "<ul>" + "".join(f'<li><a href="{href}">{text}</a></li>' for href, text in again.items()) + "</ul>"


def _traps(pages: Pages, rows: list[Row]) -> None:
    chrome = chrome_of(rows)
    error = "<html><body><p>文件读取失败</p></body></html>".encode()
    pages.put(f"{COLUMN}2016.pdf", lambda: Response(body=error, content_type="application/pdf"))
    pages.put(
        f"{COLUMN}quanbu.zip", lambda: Response(body=b"PK\3\4", content_type="application/zip", endless=HUGE - 4, fresh=True)
    )
    slow = page(chrome, "领导信箱", "<p>信箱每周一统一回复。</p>").encode()
    pages.put("/xinxiang.html", lambda: Response(body=slow, delay=30.0))
    pages.put("/tiaozhuan/a.html", lambda: redirect("/tiaozhuan/b.html"))
    pages.put("/tiaozhuan/b.html", lambda: redirect("/tiaozhuan/a.html"))
    pages.add(f"{FORBIDDEN}index.html", page(chrome, "历年政府信息公开年报", "<p>本栏目不供自动程序访问。</p>"))


def _calendar(text: str) -> str:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return SORRY
    steps = {"前一天": -1, "后一天": 1, "下一周": 7, "下一月": 31}
    links = " ".join(f'<a href="/rili?date={day + timedelta(days=step)}">{name}</a>' for name, step in steps.items())
    return f'<html><head><meta charset="utf-8"><title>公开日历 {day}</title></head><body><h1>{day}</h1>{links}</body></html>'


def _sorry() -> Response:
    padding = "<!-- " + "x" * (1200 - len(SORRY.encode()) - 9) + " -->"
    return Response(body=f"{SORRY}{padding}".encode(), content_type="text/html; charset=ISO-8859-1")

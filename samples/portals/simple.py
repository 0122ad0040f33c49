"""A portal with nothing special: a home page, one report column, its articles. Portals with odd behaviour stand in front of it."""

from __future__ import annotations

from functools import partial

from samples.county import PROVINCE
from samples.listing import newest_first, Row
from samples.pages import article, Chrome, page
from samples.site import Pages, plain, ROBOTS

COLUMN = "/zwgk/nb/"


def rows_of(office: str, years: range) -> list[Row]:
    """Return the reports of one office of the province, at `/zwgk/nb/<year>.html`, newest first."""
    return newest_first([Row(agency=f"{PROVINCE}{office}", year=year, path=f"{COLUMN}{year}.html") for year in years])


def chrome_of(rows: list[Row]) -> Chrome:
    """Return the chrome of the office whose reports these are."""
    return Chrome(site=f"{rows[0].agency}网站", code="9900000031", menu=(("首页", "/"), ("政府信息公开", "/zwgk/")))


def simple_site(rows: list[Row], *, home: str = "", column: str = "", robots: str = ROBOTS) -> Pages:
    """Return home page, platform, column and articles; `home` and `column` are more HTML for those two pages."""
    chrome, pages = chrome_of(rows), Pages()
    pages.put("/robots.txt", lambda: plain(robots))
    for path in ("/", "/index.html"):
        pages.add(path, page(chrome, "首页", f'<p>欢迎访问。</p><a href="/zwgk/">政府信息公开</a>{home}'))
    pages.add("/zwgk/", page(chrome, "政府信息公开", f'<a href="{COLUMN}">政府信息公开年报</a>'))
    lines = "".join(f'<li><a href="{row.path}">{row.title}</a><span>{row.day}</span></li>' for row in rows)
    for path in (COLUMN, f"{COLUMN}index.html"):
        pages.add(path, page(chrome, "政府信息公开年报", f"<ul>{lines}</ul>{column}"))
    for row in rows:
        pages.add(row.path, partial(_article, chrome, row), modified=row.day)
    return pages


def _article(chrome: Chrome, row: Row) -> str:
    return article(chrome, row.title, row.day, f'<div class="content">{row.report().html}</div>', source=row.agency)

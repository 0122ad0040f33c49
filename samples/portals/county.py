"""P9 `county`: shells and frames before a page of all organs' reports of a year, where the links say only whose they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from samples.county import COUNTY, departments, Organ, towns
from samples.listing import Row
from samples.office import docx_of
from samples.pages import article, Chrome, page
from samples.pdf import pdf_of
from samples.pictures import scan
from samples.site import Answer, file, html, Pages, plain, Portal, Published, redirect, Response, ROBOTS

HOST = "county.gov.test"
SUB_HOST = f"fgj.{HOST}"
ELSEWHERE = "http://www.gov.cn/zhengce/nb2023.html"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
CHROME = Chrome(
    site="云棠县人民政府网", code="9901210001", menu=(("首页", f"http://{HOST}/main/"), ("政务公开", f"http://{HOST}/zwgk/"))
)
KINDS = (
    *("page", "sub", "gone", "gone", "soft404", "home", "elsewhere", "scan", "pictures", "window", "window"),
    *("pdf", "pdf", "pdf", "pdf", "pdf", "docx", "docx", "docx", "page", "page", "page", "page", "page", "page", "page"),
)
"""What is behind the links of the departments in 2023, in their order."""
LOST = ("gone", "soft404", "home", "elsewhere")


@dataclass(frozen=True, slots=True)
class Entry:
    """One link of a year page: the organ's short name, where the link leads, and what is behind it."""

    organ: Organ
    kind: str
    href: str
    row: Row

    @property
    def path(self) -> str:
        """Path of what the link leads to."""
        return self.row.path


def portal(season: int = 1) -> Portal:
    """Return the portal; expected are 34 reports for 2023 (of 40 links) and six each for 2022 and 2021. All seasons alike."""
    del season
    years = {2023: _big_year(), 2022: _small_year(2022), 2021: _small_year(2021)}
    pages, sub = Pages(coding="gzip"), Pages()
    _frame(pages)
    for year, entries in years.items():
        pages.add(f"/nb/{year}.html", page(CHROME, f"{year}年度政府信息公开年报", _year_page(year, entries)))
        for entry in entries:
            _publish(sub if entry.kind == "sub" else pages, entry)
    expected = tuple(_published(entry) for entries in years.values() for entry in entries if entry.kind not in (*LOST, "twice"))
    home = f"http://{HOST}/"
    hosts: Mapping[str, Answer] = {HOST: pages, SUB_HOST: sub}
    return Portal(
        id="county",
        name="云棠县人民政府",
        home=home,
        hosts=hosts,
        expected=expected,
        division=COUNTY.division,
        lists=12,
        never=("www.gov.cn", "m.county."),
    )


def _big_year() -> list[Entry]:
    chief, *others = towns(COUNTY)[:13]
    organs = [*zip(departments(COUNTY), KINDS, strict=True), (chief, "yearless"), *((town, "page") for town in others)]
    organs.append((others[-1], "twice"))
    return [_entry(organ, 2023, kind, number) for number, (organ, kind) in enumerate(organs)]


def _small_year(year: int) -> list[Entry]:
    return [_entry(organ, year, "page", 100 * (2024 - year) + n) for n, organ in enumerate(departments(COUNTY)[:6])]


def _entry(organ: Organ, year: int, kind: str, number: int) -> Entry:
    paths = {
        "pdf": f"/wzxxgknb/{year}/{['qjp', 'abc', 'nyj', 'slj', 'jtj'][number % 5]}.pdf",
        "docx": f"/wzxxgknb/{year}/nb{number}.docx",
        "window": f"/a/{number}.html",
        "sub": "/nb/1.html",
        "elsewhere": "/zhengce/nb2023.html",
    }
    path = paths.get(kind, f"/content_{1649246 + number}.html")
    named = {
        "yearless": f"{organ.name}年政府信息公开工作年度报告",
        "pictures": f"{organ.name}{year}年政府信息公开工作年度报告（图片版）",
    }.get(kind)
    row = Row(agency=organ.name, year=year, path=path, named=named)
    hrefs = {"window": f"javascript:window.open('{path}')", "sub": f"http://{SUB_HOST}{path}", "elsewhere": ELSEWHERE}
    return Entry(organ, kind, hrefs.get(kind, f"..{path}"), row)


def _published(entry: Entry) -> Published:
    return entry.row.published(SUB_HOST if entry.kind == "sub" else HOST)


def _frame(pages: Pages) -> None:
    pages.put("/robots.txt", lambda: plain(ROBOTS))
    pages.add("/", '<html><head><meta http-equiv="refresh" content="0;url=/main/"><title></title></head><body></body></html>')
    phone = "<script>if(navigator.userAgent.match(/(iPhone|Android)/i)){location.href='http://m.county.gov.test/';}</script>"
    pages.add("/main/", page(CHROME, "首页", f'{phone}<p>欢迎访问云棠县。</p><a href="/zwgk/">政务公开</a>'))
    pages.add("/zwgk/", page(CHROME, "政务公开", '<iframe src="/zwgk/frame.html" width="1000" height="800"></iframe>'))
    options = "".join(f'<option value="/nb/{year}.html">{year}年</option>' for year in (2023, 2022))
    select = f'<select onchange="window.open(this.value)"><option>请选择年份</option>{options}</select>'
    inner = f'<h3>年报汇总</h3>{select} <a href="/nb/2021.html">2021年</a> <a href="/zwgk/zn.html">政府信息公开指南</a>'
    pages.add(
        "/zwgk/frame.html", f'<html><head><meta charset="utf-8"><title>年报汇总</title></head><body>{inner}</body></html>'
    )
    pages.add("/zwgk/zn.html", page(CHROME, "政府信息公开指南", "<p>本指南说明如何获取本县的政府信息。</p>"))


def _year_page(year: int, entries: list[Entry]) -> str:
    blocks = {
        "县政府部门": [entry for entry in entries if entry.organ.level == "department"],
        "乡镇（街道）": [entry for entry in entries if entry.organ.level == "township"],
    }
    lists = "".join(f"<h3>{name}</h3><ul>{''.join(_link(entry) for entry in block)}</ul>" for name, block in blocks.items())
    tip = '<div id="tip" style="display:none">您访问的链接即将离开“云棠县人民政府”门户网站，是否继续？ 继续访问 放弃</div>'
    return f"<h2>{year}年度政府信息公开年报</h2>{lists}{tip}"


def _link(entry: Entry) -> str:
    return f'<li><a href="{entry.href}">{entry.organ.short}</a></li>'


def _publish(pages: Pages, entry: Entry) -> None:
    row = entry.row
    makers: dict[str, Callable[[], Response]] = {
        "soft404": lambda: html(page(CHROME, "提示", "<p>对不起，您访问的页面不存在或已删除。</p>")),
        "home": lambda: redirect("/main/", status=301),
        "pdf": lambda: file(pdf_of(row.report()), "application/pdf"),
        "docx": lambda: file(docx_of(row.report()), DOCX),
    }
    if entry.kind in ("scan", "pictures"):
        _pictures(pages, entry)
    if entry.kind not in ("gone", "elsewhere"):
        pages.put(entry.path, makers.get(entry.kind, partial(_page, entry)))


def _pictures(pages: Pages, entry: Entry) -> None:
    for number in (1, 2):
        name = f"{entry.path[:-5]}_{number}.png"
        pages.put(name, partial(_picture, name))


def _picture(name: str) -> Response:
    return file(scan(name), "image/png")


def _page(entry: Entry) -> Response:
    row = entry.row
    images = "".join(f'<p><img src="{entry.path[:-5]}_{number}.png" alt=""></p>' for number in (1, 2))
    bodies = {"scan": images, "pictures": f"<h1>{row.title}</h1><p>本报告以图片形式公开。</p>{images}"}
    body = bodies.get(entry.kind) or row.report().html
    return html(article(CHROME, row.title, row.day, f'<div class="content">{body}</div>', source=row.agency), modified=row.day)

"""P1 `trs`: a ministry on TRS static pages, a shell before the platform, and look-alikes in the column."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial

from samples.county import MINISTRY
from samples.pages import article, Chrome, page
from samples.pdf import pdf_of
from samples.reports import make_report, SampleReport
from samples.site import file, Pages, plain, Portal, Published, ROBOTS

HOST = "trs.gov.test"
PLATFORM = "/gongkai/zfxxgkpt/"
COLUMN = f"{PLATFORM}zfxxgknb/"
PER_PAGE = 7
FILE_YEAR = 2010
SLIP_YEAR = 2020
CHROME = Chrome(
    site=MINISTRY.name,
    code="bm99000001",
    menu=(("首页", "/"), ("机构概况", "javascript:;"), ("政府信息公开", "/gongkai/"), ("法治政府建设年度报告", "/fzzf/")),
)
MENU = (
    ("政府信息公开指南", "zfxxgkzn"),
    ("政府信息公开制度", "zfxxgkzd"),
    ("法定主动公开内容", "fdzdgknr"),
    ("政府信息公开年报", "zfxxgknb"),
    ("依申请公开", "ysqgk"),
)


@dataclass(frozen=True, slots=True)
class Item:
    """A row of the column: what it is called, when, where; `report` is None for a look-alike."""

    title: str
    day: date
    href: str
    report: SampleReport | None = None

    @property
    def path(self) -> str:
        """Path of the page that the row's relative address leads to."""
        return f"/gongkai/{self.href.removeprefix('../../')}" if self.href.startswith("../../") else COLUMN + self.href[2:]


def portal(season: int = 1) -> Portal:
    """Return the portal; expected are the sixteen reports of 2008–2023, the one of 2010 as a file.

    From season 2 the report for 2024 is there, and the one for 2020 is corrected: its total of reconsiderations was one
    too large.
    """
    pages = Pages()
    items = sorted(_items(season), key=lambda item: item.day, reverse=True)
    _frame(pages)
    _column(pages, items)
    for item in items:
        _article(pages, item)
    home = f"http://{HOST}/"
    return Portal(
        id="trs",
        name=MINISTRY.name,
        home=home,
        hosts={HOST: pages},
        expected=tuple(_expected(items)),
        lists=12,
        never=("/protect/",),
    )


def _items(season: int) -> Iterator[Item]:
    slips = {SLIP_YEAR: "review_litigation.recon_total"} if season == 1 else {}
    for year in range(2008, 2024 if season == 1 else 2025):
        report = make_report(MINISTRY.name, year, slip=slips.get(year))
        day = date(2024, 1, 31) if year == 2023 else report.published_on
        yield Item(report.title, day, f"./{day:%Y%m}/t{day:%Y%m%d}_{534737 - (2023 - year) * 11}.html", report)
    for year, number in ((2022, 533801), (2023, 534701)):
        day = date(year + 1, 1, 29)
        yield Item(f"政府网站工作年度报表({year}年度)", day, f"../../wzgl/{day:%Y%m}/t{day:%Y%m%d}_{number}.html")
    yield Item(f"{MINISTRY.name}法治政府建设情况报告（2023年）", date(2024, 3, 20), "./202403/t20240320_534990.html")
    yield Item("一图读懂2023年年度报告", date(2024, 2, 2), "./202402/t20240202_534750.html")
    yield Item(f"{MINISTRY.name}政府信息公开情况统计表（2009年度）", date(2010, 1, 30), "./201001/t20100130_500100.html")


def _expected(items: list[Item]) -> Iterator[Published]:
    for item in items:
        if (report := item.report) is not None:
            attached = f"http://{HOST}{_file_path(item)}" if report.year == FILE_YEAR else None
            url = f"http://{HOST}{item.path}"
            yield Published(
                agency=report.agency, year=report.year, url=url, form=report.form, file=attached, broken=report.broken
            )


def _frame(pages: Pages) -> None:
    pages.put("/robots.txt", lambda: plain(ROBOTS))
    welcome = '<h2>要闻</h2><p>渡口安全月活动启动。</p><a href="./gongkai/">政府信息公开</a> <a href="./fzzf/">法治政府建设年度报告</a>'
    for path in ("/", "/index.html"):
        pages.add(path, page(CHROME, "首页", welcome))
    shell = '<html><head><meta charset="utf-8"><title></title></head><body><script>location.href="./zfxxgkpt/"</script></body></html>'
    for path in ("/gongkai/", "/gongkai/index.html"):
        pages.add(path, f"{shell:<302}")
    for path in (PLATFORM, f"{PLATFORM}index.html"):
        pages.add(path, page(CHROME, "政府信息公开", f'<div class="zfxxgk_menu">{_menu("./")}</div>'))
    _neighbours(pages)


def _menu(up: str) -> str:
    return "<ul>" + "".join(f'<li><a href="{up}{folder}/">{name}</a></li>' for name, folder in MENU) + "</ul>"


def _neighbours(pages: Pages) -> None:
    for name, folder in MENU:
        if folder != "zfxxgknb":
            text = f"<h1>{name}</h1><p>本栏目介绍{name}的有关内容，供公众查阅。</p>"
            pages.add(f"{PLATFORM}{folder}/", page(CHROME, name, f'<div class="zfxxgk_menu">{_menu("../")}</div>{text}'))
    rows = '<li><a href="./202304/t20230401_520001.html">2022年法治政府建设年度报告</a><b>2023-04-01</b></li>'
    pages.add("/fzzf/", page(CHROME, "法治政府建设年度报告", f"<ul>{rows}</ul>"))
    law = article(CHROME, "2022年法治政府建设年度报告", date(2023, 4, 1), _law_text(2022), source="法规司")
    pages.add("/fzzf/202304/t20230401_520001.html", law)


def _column(pages: Pages, items: list[Item]) -> None:
    parts = [items[start : start + PER_PAGE] for start in range(0, len(items), PER_PAGE)]
    for number, part in enumerate(parts):
        text = page(CHROME, "政府信息公开年报", _list(part, number, len(parts)))
        pages.add(f"{COLUMN}index_{number}.html" if number else f"{COLUMN}index.html", text)
    pages.add(COLUMN, page(CHROME, "政府信息公开年报", _list(parts[0], 0, len(parts))))
    stub = (
        '<html><head><meta charset="utf-8"><title>政府信息公开年报</title></head><body><div class="page"></div></body></html>'
    )
    pages.add(f"{COLUMN}index_{len(parts)}.html", stub + " " * (350 - len(stub.encode())))


def _list(items: list[Item], number: int, count: int) -> str:
    menu = f'<div class="zfxxgk_menu">{_menu("../")}</div>'
    if number == count - 1:
        return menu + _old_list(items, number, count)
    rows = "".join(
        f'<li><a href="{one.href}" title="{one.title}">{_short(one.title)}</a><b>{one.day}</b></li>' for one in items
    )
    pager = f'<div class="page"><script>createPageHTML({count}, {number}, "index", "html");</script></div>'
    return f'{menu}<div class="zfxxgk_zdgkc"><ul>{rows}</ul></div>{pager}'


def _old_list(items: list[Item], number: int, count: int) -> str:
    row = '<tr><td><a href="{0}" title="{1}" target="_blank">{2}</a></td>\n<td width="90">\n  {3}\n</td></tr>'
    rows = "\n".join(row.format(one.href, one.title, _short(one.title), one.day) for one in items)
    trail = '<a class="CurrChnlCls" title="政府信息公开年报" href="./">政府信息公开年报</a>'
    return f'{trail}<table class="gl_list">{rows}</table><script>{PAGER.format(number, count)}</script>'


PAGER = """
var currentPage = {0};
var countPage = {1};
for (var i = 0; i < countPage; i++) {{
  if (i == 0) document.write("<a href='index.html'>1</a>");
  else document.write("<a href='index" + "_" + i + ".html'>" + (i + 1) + "</a>");
}}
"""


def _short(title: str) -> str:
    return title if len(title) <= 18 else title[:18] + "..."


def _article(pages: Pages, item: Item) -> None:
    pages.add(item.path, partial(_article_page, item), modified=item.day)
    if item.report is not None and item.report.year == FILE_YEAR:
        report = item.report
        pages.put(_file_path(item), lambda: file(pdf_of(report), "application/pdf"))


def _file_path(item: Item) -> str:
    return item.path.rpartition("/")[0] + "/P020110131322559475097.pdf"


def _article_page(item: Item) -> str:
    said = '<script>if("办公厅"!=""){document.write(\'<span class="cm-con">来源：办公厅</span>\')}</script>'
    editor = "<style>.TRS_Editor P{margin-top:0;line-height:2}</style>"
    body = f'{said}<div class="TRS_Editor">{editor}<div class="TRS_Editor">{_body(item)}</div></div>'
    return article(CHROME, item.title, item.day, body, source="办公厅")


def _body(item: Item) -> str:
    if item.report is None:
        return f"<h1>{item.title}</h1>" + _look_alike(item.title)
    if item.report.year != FILE_YEAR:
        return item.report.html
    link = '<a appendix="true" href="./P020110131322559475097.pdf" title="2010年报告.pdf" OLDSRC="/protect/P0.pdf">附件</a>'
    return f'<h1>{item.title}</h1><p>现将{item.title}予以公布，全文见附件。</p><p class="insertfileTag">{link}</p>'


def _look_alike(title: str) -> str:
    if "网站" in title:
        return WEBSITE_FORM
    if "统计表" in title:
        return STATISTICS_ANNEX
    return '<p><img src="./W0202402.jpg" alt="一图读懂"></p>' if "一图" in title else _law_text(2023)


def _law_text(year: int) -> str:
    return f"<p>{year}年，本局坚持依法履职，完善行政决策程序，规范渡口执法行为，现将法治政府建设情况报告如下。</p>" * 3


WEBSITE_FORM = """<table border="1"><tr><td>网站名称</td><td colspan="2">国家渡口管理局政府网站</td></tr>
<tr><td>独立用户访问总量（单位：个）</td><td colspan="2">128640</td></tr>
<tr><td rowspan="2">信息发布</td><td>信息发布总数</td><td>2311</td></tr><tr><td>政务动态信息更新量</td><td>1804</td></tr>
<tr><td>安全防护</td><td>安全检测评估次数</td><td>12</td></tr></table>"""

STATISTICS_ANNEX = """<table border="1"><tr><td>指标名称</td><td>计量单位</td><td>本年度</td></tr>
<tr><td>主动公开信息数</td><td>条</td><td>806</td></tr><tr><td>网上咨询数</td><td>人次</td><td>95</td></tr>
<tr><td>依申请公开信息目录数</td><td>条</td><td>31</td></tr></table>"""

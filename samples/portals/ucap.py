"""P2 `ucap`: a county on UCAP static pages; the years of the column are bare numbers under a heading that is no link."""

from __future__ import annotations

from datetime import date
from functools import partial

from samples.county import departments, government, towns, WEST
from samples.listing import newest_first, parts, Row
from samples.pages import article, Chrome, meta_tags, page
from samples.reports import html_block, SampleReport
from samples.site import Pages, plain, Portal, redirect, ROBOTS

HOST = "ucap.gov.test"
YEARS = range(2014, 2025)
BIG_YEAR = 2023
PER_PAGE = 12
CHROME = Chrome(
    site="椴溪县人民政府网", code="9901250001", menu=(("首页", "/jyt/index.shtml"), ("政务公开", "/jyt/c100/zwgklist.shtml"))
)
NOTICES = (
    ("关于做好2023年政府信息公开年度报告编制发布工作的通知", date(2023, 12, 20), "174170001"),
    ("关于印发2023年政务公开工作要点的通知", date(2023, 4, 6), "174160002"),
    ("关于举办政府信息公开业务培训会的通知", date(2023, 6, 15), "174160003"),
)


def portal(season: int = 1) -> Portal:
    """Return the portal; expected are three organs a year since 2014, and all 23 organs in 2023. All seasons are alike."""
    del season
    pages = Pages(coding="gzip")
    rows = _rows()
    _frame(pages)
    for year in YEARS:
        _year(pages, year, [row for row in rows if row.year == year])
    for row in rows:
        pages.add(row.path, partial(_article, row), modified=row.day)
    home = f"http://{HOST}/jyt/index.shtml"
    expected = tuple(row.published(HOST) for row in rows)
    return Portal(
        id="ucap", name="椴溪县人民政府", home=home, hosts={HOST: pages}, expected=expected, division=WEST.division, lists=18
    )


def _rows() -> list[Row]:
    all_organs = [government(WEST).name, *(organ.name for organ in (*towns(WEST), *departments(WEST)[:8]))]
    usual = [all_organs[0], all_organs[1], all_organs[15]]
    pairs = [(agency, year) for year in YEARS for agency in (all_organs if year == BIG_YEAR else usual)]
    return newest_first([_row(number, agency, year) for number, (agency, year) in enumerate(pairs)])


def _row(number: int, agency: str, year: int) -> Row:
    named = f"{agency}信息公开工作年度报告" if year == BIG_YEAR and number % 7 == 2 else None
    return Row(agency=agency, year=year, path=f"/jyt/c240106/{year + 1}01/{174175550 + number * 13}.shtml", named=named)


def _frame(pages: Pages) -> None:
    pages.put("/robots.txt", lambda: plain(ROBOTS))
    pages.put("/", lambda: redirect("/jyt/index.shtml"))
    pages.add("/jyt/index.shtml", _page("首页", '<p>欢迎访问。</p><a href="/jyt/c100/zwgklist.shtml">政务公开</a>'))
    rows = "".join(f'<li><a href="/jyt/c100/{d:%Y%m}/{n}.shtml" title="{t}">{t}</a><b>{d}</b></li>' for t, d, n in NOTICES)
    pages.add("/jyt/c100/zwgklist.shtml", _page("文件通知", f'{_side()}<div class="list"><ul>{rows}</ul></div>{_pager(1, 3)}'))
    for title, day, number in NOTICES:
        text = f"<h1>{title}</h1><p>各乡镇人民政府，县政府各部门：</p><p>请按照要求认真做好有关工作，按时报送。</p>"
        pages.add(f"/jyt/c100/{day:%Y%m}/{number}.shtml", article(CHROME, title, day, _side() + text, source="县政府办公室"))


def _side() -> str:
    links = "".join(
        f'<li id="erji_c2501{year % 100}"><a href="{_folder(year)}zwgklist.shtml">{year}</a></li>' for year in YEARS[::-1]
    )
    return (
        '<div class="left"><h3><div>政府信息<br>公开指南</div></h3><h3><div>政府信息<br>公开制度</div></h3>'
        f'<h3><div>政府信息<br>公开年报</div></h3><ul id="nb_list">{links}</ul></div>'
    )


def _folder(year: int) -> str:
    return f"/jyt/c2501{year % 100}/"


def _year(pages: Pages, year: int, rows: list[Row]) -> None:
    pieces = parts(rows, PER_PAGE)
    for number, piece in enumerate(pieces, start=1):
        name = "zwgklist.shtml" if number == 1 else f"zwgklist_{number}.shtml"
        pages.add(f"{_folder(year)}{name}", _page(f"{year}", _list(piece, len(pieces), number, len(rows))))
    if len(pieces) > 1:
        pages.add(f"{_folder(year)}zwgklist_{len(pieces) + 1}.shtml", _page("提示", "<p>您访问的页面不存在</p>"))


def _list(rows: list[Row], count: int, number: int, total: int) -> str:
    lines = "".join(f'<li><a href="{row.path}" title="{row.title}">{row.title}</a><b>{row.day}</b></li>' for row in rows)
    return f'{_side()}<div class="list"><ul>{lines}</ul></div>{_pager(count, total, number)}'


def _pager(count: int, total: int, number: int = 1) -> str:
    call = f"createPageHTML('page_div',{count}, {number},'zwgklist','shtml',{total});"
    return f'<div id="page_div"></div><!-- <script>old()</script> --><script>{call}</script>-->'


def _page(title: str, main: str) -> str:
    metas = meta_tags(CHROME, ColumnName=title, channelId="0f" * 16)
    return page(CHROME, title, main, head=f"{metas}\n{metas}")


def _article(row: Row) -> str:
    metas = meta_tags(CHROME, ArticleTitle=row.title, PubDate=f"{row.day} 10:22", ContentSource=row.agency)
    whole = article(CHROME, row.title, row.day, f'{_side()}<div id="zoomcon">{_halves(row.report())}</div>', source=row.agency)
    return whole.replace("</head>", f"{metas}\n</head>", 1)


def _halves(report: SampleReport) -> str:
    head, half, tail = report.render(html_block).partition("<p><strong>四、")
    return f"<UCAPCONTENT>{head}<pagebreak></pagebreak>{half}{tail}</UCAPCONTENT>"

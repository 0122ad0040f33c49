"""A portal whose menus lead round for ever and whose articles are cut into pages, crawled whole: only a crawl can show it."""

from __future__ import annotations

import json
from pathlib import Path

from crawling import crawl

from samples.county import departments, EAST, government
from samples.listing import Row
from samples.pages import article, Chrome, page
from samples.server import serving
from samples.site import html, Pages, plain, Portal, Request, Response, ROBOTS

CHROME = Chrome(site="鹭洲县人民政府", code="9901240001", links=0)
ROWS = [Row(agency=organ.name, year=2023, path=f"/xx/{n}.html") for n, organ in enumerate(departments(EAST)[:3])]
MENU = '<a href="zwgk/">政务公开</a> <a href="zwgk/nb/">政府信息公开年报</a> <a href="gk/nb/">年度报告</a>'


def odd() -> Portal:
    """Return the portal: any address below any other gives the same two pages, and its first report has two pages."""
    pages = Pages()
    pages.put("/robots.txt", lambda: plain(ROBOTS))
    column = page(CHROME, "政府信息公开年报", MENU + "".join(f'<li><a href="{row.path}">{row.title}</a></li>' for row in ROWS))
    for row in ROWS:
        pages.add(row.path, article(CHROME, row.title, row.day, row.report().html, source=row.agency))
    body = ROWS[0].report().html
    cut = body.index("<p><strong>四、")
    for path, text in (("/xx/0.html", f'{body[:cut]}<a href="0_2.html">下一页</a>'), ("/xx/0_2.html", body[cut:])):
        pages.add(path, article(CHROME, ROWS[0].title, ROWS[0].day, text, source=ROWS[0].agency))

    def answer(request: Request) -> Response | None:
        if request.path.endswith("/nb/"):
            return html(column)
        return html(page(CHROME, "首页", MENU)) if request.path.endswith("/") else pages(request)

    organ = government(EAST)
    host = "odd.gov.test"
    expected = tuple(row.published(host) for row in ROWS)
    return Portal(id="odd", name=organ.name, home=f"http://{host}/", hosts={host: answer}, expected=expected, lists=4)


def test_menus_that_lead_round_end_and_cut_articles_are_whole(tmp_path: Path) -> None:
    portal = odd()
    with serving([portal]) as site:
        done = crawl(portal.home, tmp_path, proxy=site.url)
        asked = [one.path for one in site.log]
    assert done.returncode == 0, done.stderr
    assert len(asked) <= 4 * (len(ROWS) + portal.lists)
    documents = [json.loads(path.read_text("utf-8")) for path in tmp_path.glob("documents/**/*.json")]
    assert {one["agency"]["name"] for one in documents} == {row.agency for row in ROWS}
    assert all(one["statistics"]["review_litigation"] is not None for one in documents)
    assert all({section["number"] for section in one["sections"]} >= {1, 2, 3, 4, 5, 6} for one in documents)

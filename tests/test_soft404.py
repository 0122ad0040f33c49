"""Pages that are not there though the host says 200: known by what it answers for an address that can't exist."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from crawling import crawl

from archive.looks import state_of
from archive.store import Archive
from crawler.known import last_look
from crawler.pages import Page
from crawler.soft404 import Absent, absent_url, is_absent, print_of
from samples.portals.simple import COLUMN, rows_of, simple_site
from samples.server import serving, Site
from samples.site import html, Portal, redirect, Request, Response

HOST = "gone.gov.test"
HOME = f"http://{HOST}/"
ROWS = [*rows_of("水务局", range(2019, 2025))]
DEAD = {f"{COLUMN}{year}.html" for year in (2019, 2020)}
GUIDE = "本站首页为您提供政务公开、办事服务、互动交流、数据开放等栏目，您可以从下面的导航进入各个栏目，也可以使用站内检索。"
"""What the host says for nothing: no word of it says that something is missing."""


def guide(request: Request) -> Response:
    return html(
        f"<title>岚川省水务局</title><h1>导航</h1><p>{GUIDE}</p><p>{request.path} 2026年1月{hash(request.path) % 28}日</p>"
    )


def portal(answer: Callable[[Request, Response | None], Response | None]) -> Portal:
    """Return a portal of six reports, of which `answer` may withhold some: it gets the request and the page for it."""
    pages = simple_site(ROWS)
    return Portal(
        id="gone", name="水务局", home=HOME, hosts={HOST: lambda request: answer(request, pages(request))}, expected=()
    )


def soft(request: Request, page: Response | None) -> Response:
    return guide(request) if page is None or request.path in DEAD else page


def sends(request: Request, page: Response | None) -> Response:
    if request.path == "/tishi.html":
        return guide(request)
    return redirect("/tishi.html") if page is None or request.path in DEAD else page


def years(archive: Path) -> set[int]:
    return {row["report_year"] for row in Archive.open(archive).catalog.rows("SELECT report_year FROM reports")}


def invented(site: Site) -> list[str]:
    return [one.path for one in site.log if re.search(r"/[0-9a-f]{24}\.html$", one.path)]


def states(archive: Path, path: str) -> list[str]:
    """Return what each visit of an address says of its page, for judging what changed."""
    opened = Archive.open(archive)
    rows = opened.catalog.rows("SELECT * FROM captures WHERE url = ? ORDER BY fetched_at", [f"http://{HOST}{path}"])
    kinds = {
        row["id"]: [
            one["page_kind"] for one in opened.catalog.rows("SELECT page_kind FROM visits WHERE capture = ?", [row["id"]])
        ]
        for row in rows
    }
    rows = opened.catalog.rows("SELECT * FROM captures WHERE url = ? ORDER BY fetched_at", [f"http://{HOST}{path}"])
    names = ("url", "status", "failure", "location")
    return [state_of(**{name: row[name] for name in names}, page_kinds=kinds[row["id"]], read_kinds=())[0] for row in rows]


def test_an_address_that_cant_exist_lies_in_the_pages_folder() -> None:
    assert absent_url("https://a.gov.cn/nb/12.shtml?id=3", "f0") == "https://a.gov.cn/nb/f0.shtml"
    assert absent_url("http://a.gov.cn", "f0") == "http://a.gov.cn/f0"
    assert absent_url("http://a.gov.cn:8080/nb/show", "f0") == "http://a.gov.cn:8080/nb/f0"


def page(path: str, text: str, title: str = "某县") -> Page:
    return Page(f"http://a.gov.cn/nb/{path}", f"<title>{title}</title><p>{text}</p>")


@pytest.mark.parametrize(
    ("text", "title", "is_it"),
    [
        (f"{GUIDE}你要的是 12345678.html，今天是2026年3月4日", "某县", True),
        (GUIDE, "别的县", False),
        (f"{GUIDE}某局2019年政府信息公开工作年度报告", "某县", False),
        ("某局依法公开政府信息。" * 9, "某县", False),
    ],
)
def test_a_page_is_the_answer_for_nothing_only_if_it_says_nothing_else(text: str, title: str, *, is_it: bool) -> None:
    absent = Absent(200, page=print_of(page("f0f0f0f0.html", f"{GUIDE}你要的是 f0f0f0f0.html，今天是2026年1月1日")))
    link = "某局2019年政府信息公开工作年度报告"
    assert is_absent(page("12345678.html", text, title), absent, title=link) is is_it
    assert not is_absent(page("12345678.html", text, title), Absent(404, page=absent.page), title=link)
    assert not is_absent(page("12345678.html", text, title), Absent(None), title=link)


@pytest.mark.parametrize("answer", [soft, sends], ids=["answers", "sends on"])
def test_what_is_alike_to_the_answer_for_nothing_is_not_there(answer: Callable[..., Response], tmp_path: Path) -> None:
    with serving([portal(answer)]) as site:
        done = crawl(HOME, tmp_path, proxy=site.url)
        once, asked = invented(site), len(site.log)
        again = crawl(HOME, tmp_path, proxy=site.url)
        twice = invented(site)
    assert done.returncode == 0, done.stdout + done.stderr
    assert years(tmp_path) == set(range(2021, 2025))
    assert "not_found (" in done.stdout
    assert "unread_report" not in done.stdout
    assert {state for path in DEAD for state in states(tmp_path, path)} == {"gone"}
    assert len(once) == 1
    assert asked <= 4 * len(ROWS)
    assert again.returncode == 0
    assert twice == once, "what a host answers for nothing is asked once a week at most"


def test_a_report_that_was_there_and_becomes_a_soft_404_is_gone(tmp_path: Path) -> None:
    """Also in the eyes of a revisit, which looks at it once more after two weeks."""
    dead = {"are": False}
    with serving([portal(lambda request, page: soft(request, page) if dead["are"] else page)]) as site:
        first = crawl(HOME, tmp_path, proxy=site.url)
        dead["are"] = True
        second = crawl(HOME, tmp_path, proxy=site.url)
    assert (first.returncode, second.returncode) == (0, 0), second.stdout + second.stderr
    assert "not_found (2)" in second.stdout
    assert {states(tmp_path, path)[-1] for path in DEAD} == {"gone"}
    looks = [last_look(Archive.open(tmp_path), f"http://{HOST}{row.path}").is_gone for row in ROWS]
    assert looks == [row.path in DEAD for row in ROWS]


def test_a_block_that_answers_everything_alike_is_no_proof_that_pages_are_gone(tmp_path: Path) -> None:
    """A report that we know no longer comes either: so it is the host, and not the page."""
    busy = {"is": False}

    def answer(request: Request, page: Response | None) -> Response | None:
        return guide(request) if busy["is"] and request.path.startswith(COLUMN) and request.path != COLUMN else page

    with serving([portal(answer)]) as site:
        first = crawl(HOME, tmp_path, proxy=site.url)
        busy["is"] = True
        second = crawl(HOME, tmp_path, proxy=site.url)
    assert (first.returncode, second.returncode) == (0, 4), second.stdout + second.stderr
    assert "blocked:softblock" in second.stdout
    assert "not_found" not in second.stdout
    assert "gone" not in {state for row in ROWS for state in states(tmp_path, row.path)}

"""A second crawl of a portal looks again at all that is known of it, at what no list names any more, too."""

from __future__ import annotations

from datetime import datetime, timedelta, UTC
from pathlib import Path

from crawling import crawl
from test_revisit import listing, page, report
from wire_server import Reply, serving, WireServer

from archive.frames import frame_of
from archive.model import Portal
from archive.store import Archive
from crawler.budget import HostBudget
from crawler.frontier import Entry, Frontier
from crawler.known import KnownReport
from crawler.links import COLUMN
from crawler.lists import rows
from crawler.pages import Page
from crawler.plan import unlisted
from crawler.portals import find_portal
from crawler.refusals import Refusals

OLD = "http://old.du.gov.test"
AWAY = b"HTTP/1.1 302 Found\r\nLocation: /nb/\r\nContent-Length: 0\r\n\r\n"


def test_a_report_that_no_list_names_is_asked_for_and_one_sent_to_the_list_is_gone(tmp_path: Path) -> None:
    years = (2020, 2021, 2022, 2023)
    elsewhere = {f"{OLD}/nb/{year}.html": year for year in (2018, 2019)}
    rows_there = "".join(
        f"<li><a href='{url}'>渡口县民政局{year}年政府信息公开工作年度报告</a>" for url, year in elsewhere.items()
    )
    replies = {"/": page("<a href='/nb/'>政府信息公开年报</a>"), "/nb/": page(listing(*years) + rows_there)}
    replies |= {f"/nb/{year}.html": page(report(year)) for year in years}
    replies |= {url: page(report(year)) for url, year in elsewhere.items()}
    with serving(WireServer(replies)) as server:
        proxy = f"http://127.0.0.1:{server.port}"
        assert crawl("http://du.gov.test/", tmp_path, proxy=proxy).returncode == 0
        server.replies["/nb/"] = page(listing(2023))
        server.replies["/nb/2020.html"] = Reply((AWAY,))
        del server.replies["/nb/2021.html"]
        server.replies[f"{OLD}/robots.txt"] = Reply((), "reset")
        server.requests.clear()
        done = crawl("http://du.gov.test/", tmp_path, proxy=proxy, RETRY_TIMES="0", DOWNLOAD_TIMEOUT="2")
        asked = [head.split()[1].decode().removeprefix("http://du.gov.test") for head in server.requests]
    assert done.returncode == 0, done.stdout + done.stderr  # though a host of two known reports gives no answer any more
    assert asked[:4] == ["/robots.txt", "/", "/nb/", "/nb/2023.html"]
    assert sorted(one for one in asked[4:-1] if one.startswith("/")) == ["/nb/2020.html", "/nb/2021.html", "/nb/2022.html"]
    assert asked[-1] in {"/nb/2022.html", "/nb/2023.html"}  # the proof that the host does not send all away
    assert "1 reports, finished" in done.stdout
    assert "1 known reports more are there" in done.stdout
    rows_of = Archive.open(tmp_path).catalog.rows(
        "SELECT c.url FROM captures c JOIN visits v ON v.capture = c.id WHERE v.page_kind = 'not_found' ORDER BY c.url"
    )
    assert [row["url"].rpartition("/")[2] for row in rows_of] == ["2020.html", "2021.html"]


class _Haste(dict[str, Reply]):
    """Replies of a host that gives one report, and sends whoever asks for more to the list."""

    given = False

    def get(self, path: str, default: object = None) -> Reply | None:  # type: ignore[override]
        is_report = path.startswith("/nb/2")
        is_sent, self.given = is_report and self.given, is_report or self.given
        return Reply((AWAY,)) if is_sent else super().get(path)


def test_a_host_that_sends_all_reports_away_says_of_none_that_it_is_gone(tmp_path: Path) -> None:
    replies = {"/nb/": page(listing(2022, 2023)), **{f"/nb/{year}.html": page(report(year)) for year in (2022, 2023)}}
    with serving(WireServer(replies)) as server:
        proxy = f"http://127.0.0.1:{server.port}"
        assert crawl("http://du.gov.test/nb/", tmp_path, proxy=proxy).returncode == 0
        server.replies = _Haste(replies)
        done = crawl("http://du.gov.test/nb/", tmp_path, proxy=proxy)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "sends reports away that it gave before" in done.stdout
    catalog = Archive.open(tmp_path).catalog
    sent = [row["id"] for row in catalog.rows("SELECT id FROM captures WHERE status = 302")]
    blocked = catalog.rows("SELECT DISTINCT capture AS id FROM visits WHERE page_kind = 'blocked:softblock'")
    assert len(sent) == 2
    assert set(sent) == {row["id"] for row in blocked}


def test_where_the_portal_is_down_its_reports_are_left_alone(tmp_path: Path) -> None:
    replies = {"/": page(listing(2022, 2023)), **{f"/nb/{year}.html": page(report(year)) for year in (2022, 2023)}}
    shut = Reply((b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 4\r\n\r\nshut",))
    with serving(WireServer(replies)) as server:
        proxy = f"http://127.0.0.1:{server.port}"
        assert crawl("http://du.gov.test/", tmp_path, proxy=proxy).returncode == 0
        server.replies = dict.fromkeys(("/", "/nb/2022.html", "/nb/2023.html"), shut)
        server.requests.clear()
        assert crawl("http://du.gov.test/", tmp_path, proxy=proxy, RETRY_TIMES="0").returncode == 3
        assert not [head for head in server.requests if b"/nb/20" in head]


def test_unlisted_is_what_was_not_asked_for() -> None:
    known = {key: KnownReport(url=f"http://{key}", report_year=2023, context={"title": "年报"}) for key in ("a/1", "a/2")}
    (left,) = unlisted(known, {"a/1"}, datetime(2026, 2, 1, tzinfo=UTC) + timedelta(days=1))
    assert (left.url, left.title, left.key) == ("http://a/2", "年报", Entry(url="http://a/2", score=0).key)


def test_a_host_has_given_when_it_gave_a_page_that_leads_on() -> None:
    refusals = Refusals(5)
    refusals.gave("a", is_page=False, is_report=False)
    assert not refusals.has_given()
    refusals.gave("b", is_page=True, is_report=False)
    assert (refusals.has_given("a"), refusals.has_given("b"), refusals.has_given()) == (False, True, True)


def test_a_list_that_cuts_all_its_titles_is_a_list() -> None:
    cut = "".join(f"<li><a href='/a/{n}.html'>渡口县民政局20{n}年政府信息公开工作年...</a></li>" for n in range(10, 20))
    links = Page("http://a.gov.test/nb/", f"<ul>{cut}</ul>").links
    assert len(rows(links, in_column=True)) == 10
    assert rows(links, in_column=False) == ()


def test_portals_of_one_machine_are_told_by_their_ports() -> None:
    known = {"one": Portal(id="one", name="一", home="http://a.gov.test:8001/")}
    assert find_portal("http://a.gov.test:8001/nb/", known).id == "one"
    assert find_portal("http://a.gov.test:8002/", known).id == "a.gov.test-8002"
    assert find_portal("https://a.gov.test:443/", known).id == "a.gov.test"


def test_what_was_told_later_than_now_holds_no_host(tmp_path: Path) -> None:
    """Crawls under clocks of their own, one after the other: each begins at the same hour."""
    budget = HostBudget(tmp_path / "hosts.sqlite")
    for second in range(60):
        budget.turn("a", 0, 1000.0 + second)
    budget.hold("b", 500, 2000)
    assert budget.turn("a", 1, 1000.0).wait == 0
    assert budget.turn("b", 1, 1990).held == 0


def test_a_page_named_as_the_column_is_a_column_though_its_rows_stand_in_a_frame(tmp_path: Path) -> None:
    frontier = Frontier(tmp_path / "f.sqlite")
    frontier.push([Entry(url="http://a/nb", score=COLUMN), Entry(url="http://a/gk", score=1), Entry(url="http://a/l", score=1)])
    for key, outcome in (("a/nb", "other"), ("a/gk", "other"), ("a/l", "list_page")):
        frontier.end(key, outcome)
    assert [frontier.is_column(key, least=COLUMN) for key in ("a/nb", "a/gk", "a/l", "a/x")] == [True, False, True, False]


def test_names_drawn_by_lot_are_no_redesign() -> None:
    one, other = (frame_of(f'<div class="c{drawn} main2">'.encode()) for drawn in ("1f09a3b7", "90210344"))
    assert one == other == {"div.0", "div.main0"}

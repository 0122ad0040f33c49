"""Who needs a browser, what its requests get, when its page has come to rest, and how what it drew is stored."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from archive_makers import stored_record
from hypothesis import given
from hypothesis import strategies as st
from scrapy.settings import Settings

from archive.addresses import page_key
from archive.clock import moment
from archive.model import Drawing, Exchange
from archive.pack import pack, Selection
from archive.rebuild import rebuild
from archive.store import Archive
from archive.verify import verify
from archive.warc import conversion, decode, encode
from crawler import browser_gate
from crawler.browser_calm import Calm, RESTLESS
from crawler.browser_gate import least_lead, why_no_browser
from crawler.browser_need import is_undrawn, put_off
from crawler.browser_rows import drawn_on, drawn_page, further, Turning
from crawler.frontier import Entry, Frontier
from crawler.judge import judge, Judgement
from crawler.links import COLUMN, REPORT
from crawler.pages import Page
from crawler.states import click_on, clicked, join_drawn
from crawler.urls import identity, staged

HOME = "http://a.gov.test/"
SHELL = '<html><head><title>门户</title></head><body><div id="app"></div><script src="/main.js"></script></body></html>'
MENU = '<a href="/index.html">首页</a>'
AT = "2026-11-23T01:02:03.000004Z"
QUIET = 1.0
PAGE = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5\r\n\r\nshell"


def entry(**more: object) -> Entry:
    return Entry(**{"url": HOME, "score": 60, **more})  # type: ignore[arg-type]


def undrawn(html: str, **more: object) -> bool:
    one = entry(**more)
    return is_undrawn(Page(one.url, html), one, judge(Page(one.url, html), one))


@pytest.mark.parametrize(
    ("html", "more"),
    [
        (SHELL, {}),
        (SHELL, {"number": 2}),
        ("<h1>政府信息公开年报</h1><ul id='list'></ul><script>load()</script>", {"in_column": True, "score": 90}),
        (
            f"{MENU}<li v-for='row in rows'>{{{{row.title}}}}</li><p v-if='!rows.length'>暂无数据</p><script>new Vue()</script>",
            {"in_column": True},
        ),
        ("<h1></h1><script>draw()</script>", {"title": "某局2023年政府信息公开工作年度报告", "score": 100}),
    ],
)
def test_what_only_its_scripts_fill_is_undrawn(html: str, more: dict[str, object]) -> None:
    assert undrawn(html, **more)


@pytest.mark.parametrize(
    ("html", "more"),
    [
        (SHELL.replace('<script src="/main.js"></script>', ""), {}),
        (SHELL, {"is_data": True}),
        (SHELL, {"drawn_from": "urn:uuid:1"}),
        (SHELL, {"score": 1}),
        ("<a href='/nb/'>政府信息公开年报</a><div id=app></div><script>x()</script>", {}),
        (f"{MENU}<ul></ul><script>load()</script>", {"in_column": True, "number": 2}),
        (f"{MENU}<p>暂无信息</p><script>load()</script>", {"in_column": True, "score": 90}),
        (f"{MENU}<p>页面不存在</p><script>x()</script>", {"in_column": True}),
        ("<script>location.href='/next.html'</script>", {}),
        (f"<p>{'一段正文。' * 30}</p><script>share()</script>", {"title": "某局2023年政府信息公开工作年度报告", "score": 100}),
        (
            "<a href='1.pdf'>某局2023年政府信息公开工作年度报告.pdf</a><script>x()</script>",
            {"title": "2023年年报", "score": 100},
        ),
        (
            f"{MENU}<table><tr><td>1</td></tr></table><script>x()</script>",
            {"title": "某局2023年政府信息公开年度报告", "score": 100},
        ),
    ],
)
def test_what_says_something_without_a_browser_is_not(html: str, more: dict[str, object]) -> None:
    assert not undrawn(html, **more)


def test_a_page_is_drawn_after_the_data_that_its_scripts_ask_for(tmp_path: Path) -> None:
    archive, raw = stored(tmp_path)
    asked = Judgement(kind="other", follow=(entry(url=HOME + "api", score=40, is_data=True),))
    later = put_off(Page(HOME, SHELL), entry(), asked, raw, has_browser=True)
    last = later.follow[-1]
    assert (later.kind, last.url, last.drawn_from, last.score) == ("undrawn", HOME, raw.id, 39)
    assert last.key != entry().key
    assert put_off(Page(HOME, SHELL), entry(), asked, raw, has_browser=False).kind == "other"
    archive.close()


def test_the_frontier_says_whether_data_filled_a_page(tmp_path: Path) -> None:
    frontier = Frontier(tmp_path / "f.sqlite")
    frontier.push([entry(url=HOME + "api", is_data=True, referer=HOME, score=95), entry(drawn_from="urn:uuid:1", referer=HOME)])
    assert not frontier.is_filled(HOME, least=30)
    frontier.push([entry(url=HOME + "1.html", referer=HOME, score=100)])
    assert frontier.is_filled(HOME, least=30)
    assert not frontier.is_filled(HOME + "other", least=30)
    frontier.close(finished=True)


def test_links_in_a_script_fill_no_article() -> None:
    article = entry(title="某局2023年政府信息公开工作年度报告", score=100, in_column=True)
    assert least_lead(article) > REPORT
    assert least_lead(entry(in_column=True, score=COLUMN)) < REPORT


def test_an_article_is_filled_by_the_data_that_is_the_report(tmp_path: Path) -> None:
    frontier = Frontier(tmp_path / "f.sqlite")
    asked = entry(url=HOME + "api", is_data=True, referer=HOME, score=95)
    frontier.push([asked])
    frontier.lease(floor=1)
    frontier.end(asked.key, "other")
    assert not frontier.is_filled(HOME, least=75)
    frontier.end(asked.key, "annual_report")
    assert frontier.is_filled(HOME, least=75)
    frontier.close(finished=True)


# ---------------------------------------------------------------------- what the browser's requests get


@pytest.fixture
def answers() -> Any:
    return pytest.importorskip("crawler.browser_answers", reason="not the extra `browser`")


@pytest.mark.parametrize(
    "kind", ["image", "font", "media", "websocket", "eventsource", "ping", "manifest", "other", "texttrack"]
)
def test_only_scripts_and_data_are_asked_for(kind: str, answers: Any) -> None:
    assert answers.refusal(kind, asked_before=0, most=9) == kind


@pytest.mark.parametrize("kind", ["script", "xhr", "fetch"])
def test_scripts_and_data_are_asked_for_up_to_a_bound(kind: str, answers: Any) -> None:
    assert answers.refusal(kind, asked_before=8, most=9) is None
    assert answers.refusal(kind, asked_before=9, most=9) == "too-many"


def test_cookies_of_scripts_never_leave_the_browser(answers: Any) -> None:
    asked = {"cookie": "__jsl_clearance=solved", "user-agent": "x", "sec-fetch-mode": "cors", "x-sign": "1", "referer": HOME}
    assert answers.forwarded(asked) == {"x-sign": "1", "referer": HOME}


def test_the_browser_gets_a_body_with_its_codings_undone(answers: Any) -> None:
    headers = (("Content-Encoding", "gzip"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"), ("X-Y", "1"), ("X-Y", "2"))
    assert answers.handed_back(headers) == {"set-cookie": "a=1\nb=2", "x-y": "1, 2"}


# ---------------------------------------------------------------------- when a page has come to rest


@given(st.lists(st.tuples(st.floats(0.05, 0.5), st.integers(0, 2), st.integers(0, 3)), max_size=60))
def test_a_page_at_rest_was_quiet_long_enough(steps: list[tuple[float, int, int]]) -> None:
    calm, at, last_asked, last_changed, shown = Calm(0.0, 0.0, QUIET), 0.0, 0.0, 0.0, 0
    for wait, pending, size in steps:
        at += wait
        last_asked = at if pending else last_asked
        last_changed = at if size != shown else last_changed
        shown = size
        if calm.observe(at, (size, 0), pending=pending, last_asked=last_asked):
            assert not pending
            assert at - last_asked >= QUIET
            assert at - last_changed >= QUIET or at - last_asked >= RESTLESS * QUIET


def test_a_page_comes_to_rest_and_a_carousel_is_taken_as_it_is() -> None:
    calm = Calm(0.0, 0.0, QUIET)
    assert not calm.observe(0.5, (9, 9), pending=0, last_asked=0.0)
    assert calm.observe(0.5 + QUIET, (9, 9), pending=0, last_asked=0.0)
    assert calm.observe(RESTLESS * QUIET, (9, 8), pending=0, last_asked=0.0)


# ---------------------------------------------------------------------- whether there is a browser


def test_who_has_no_browser_is_told_how_to_get_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    at_hand = Settings({"BROWSER": True, "BROWSER_EXECUTABLE": "sh"})
    monkeypatch.setattr(browser_gate, "find_spec", lambda _: None)
    assert "requirements-browser.txt" in (why_no_browser(at_hand) or "")
    monkeypatch.setattr(browser_gate, "find_spec", lambda _: object())
    monkeypatch.setattr(browser_gate, "_driver_starts", lambda: False)
    assert "libatomic1" in (why_no_browser(at_hand) or "")
    monkeypatch.setattr(browser_gate, "_driver_starts", lambda: True)
    assert why_no_browser(at_hand) is None
    assert "turned off" in (why_no_browser(Settings({"BROWSER": "0"})) or "")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "apt-get install chromium" in (why_no_browser(Settings({"BROWSER": True})) or "")


# ---------------------------------------------------------------------- how what it drew is stored


def stored(root: Path) -> tuple[Archive, object]:
    archive = Archive.open(root / "data")
    with archive.start_run("crawl") as run:
        exchange = Exchange(url=HOME, method="GET", request=b"GET / HTTP/1.1\r\n\r\n", response=PAGE, fetched_at=moment(AT))
        raw = run.record(exchange)
        drawing = Drawing(
            of=raw.id,
            url=HOME,
            payload="<p>年报</p>".encode(),
            drawn_at=moment(AT),
            software="Chromium 1",
            used=(raw.id,),
            refused={"image": 2},
        )
        run.record_drawing(drawing)
    return archive, raw


def test_a_drawn_page_is_a_conversion_that_refers_to_the_page_as_it_came(tmp_path: Path) -> None:
    archive, raw = stored(tmp_path)
    row = archive.catalog.one("SELECT * FROM captures WHERE record_type = 'conversion'")
    assert row is not None
    record = stored_record(archive, row["id"])
    assert record.field("WARC-Refers-To") == f"<{raw.id}>"  # type: ignore[attr-defined]
    assert (row["revisit_of"], row["media_type"], row["status"], row["method"]) == (raw.id, "text/html", None, None)  # type: ignore[attr-defined]
    assert archive.payload_of(row["id"]).body.decode() == "<p>年报</p>"
    assert list(verify(archive.root)) == []
    rebuild(archive.root)
    assert list(verify(archive.root)) == []
    archive.close()


def test_a_pack_of_a_drawn_page_brings_the_page_as_it_came(tmp_path: Path) -> None:
    archive, _ = stored(tmp_path)
    packed = pack(archive, tmp_path / "x.wacz", Selection(since=AT))
    assert packed.captures == 2
    archive.close()


def test_a_conversion_record_comes_back_whole() -> None:
    drawing = Drawing(of="urn:uuid:1", url=HOME + "#/列表", payload=b"<p>", drawn_at=moment(AT), software="Chromium 1")
    record = conversion(drawing, "urn:uuid:2")
    assert decode(encode(record)) == record
    assert record.url == HOME + "#/%E5%88%97%E8%A1%A8"


# ---------------------------------------------------------------------- the states of an application


@given(
    st.lists(st.tuples(st.integers(0, 99), st.text(min_size=1, max_size=30)), max_size=4),
    st.sampled_from(["", "#/list", "#!/a?b=1"]),
)
def test_an_address_keeps_the_steps_that_lead_to_what_is_shown(steps: list[tuple[int, str]], route: str) -> None:
    address = HOME + route
    for turns, text in steps:
        address = click_on(address, text, turns=turns)
    assert clicked(address) == (HOME + route, tuple(steps))
    assert staged(address)[0] == HOME


@pytest.mark.parametrize(
    ("base", "href", "url"),
    [
        (HOME, "#/article/5?id=2", HOME + "#/article/5?id=2"),
        (HOME + "x/#/list", "#!/a", HOME + "x/#!/a"),
        (HOME + "#/list", "/y.html", HOME + "y.html"),
        (HOME + "#/list", "/app/#/列表", HOME + "app/#/%E5%88%97%E8%A1%A8"),
        (HOME, "#top", None),
        (HOME, "javascript:void(0)", None),
    ],
)
def test_a_drawn_page_names_routes(base: str, href: str, url: str | None) -> None:
    assert join_drawn(base, href) == url


def test_routes_name_pages_only_where_a_browser_draws_them() -> None:
    html = '<a href="#/article/5">某局2023年政府信息公开工作年度报告</a>'
    assert Page(HOME, html).links == ()
    assert [link.url for link in drawn_page(Page(HOME, html)).links] == [HOME + "#/article/5"]


def test_states_of_one_document_are_pages_of_their_own() -> None:
    one, other = HOME + "#/article/5", HOME + "#/article/6"
    assert len({identity(one), identity(other), identity(HOME)}) == 3
    assert len({page_key(one), page_key(other), page_key(HOME)}) == 3
    assert identity(HOME + "#top") == identity(HOME)


def test_states_of_a_drawn_document_need_no_further_request() -> None:
    follow = (entry(url=HOME + "#/article/5"), entry(url=HOME + "a.html"), entry(url="http://b.gov.cn/#/x"))
    assert [one.drawn_from for one in drawn_on(follow, entry(drawn_from="urn:uuid:1"))] == ["urn:uuid:1", None, None]


# ---------------------------------------------------------------------- lists without links

ROW = "<div><span>{}年政府信息公开工作年度报告</span><i>{}-01-20</i></div>"
LIST = (
    "<h2>政府信息公开年报</h2><div>"
    + "".join(ROW.format(f"某市教育局{year}", year + 1) for year in range(2019, 2024))
    + "</div>"
)


def further_of(html: str, *turned: str) -> list[str]:
    page, one = drawn_page(Page(HOME, html)), entry(in_column=True, drawn_from="urn:uuid:1", score=90)
    found = further(page, one, judge(page, one), enumerate(turned, 1), family=None, most_depth=6)
    return [unquote(found.url) for found in found]


def test_rows_that_only_a_click_opens_are_clicked_on_once() -> None:
    assert further_of(LIST) == [f"{HOME}#click=0,某市教育局{year}年政府信息公开工作年度报告" for year in range(2019, 2024)]


def test_rows_of_a_further_page_are_reached_by_turning_over() -> None:
    assert f"{HOME}#click=1,某市财政局2022年政府信息公开工作年度报告" in further_of(LIST, ROW.format("某市财政局2022", 2023))


def test_nothing_is_clicked_on_where_rows_are_links() -> None:
    linked = "".join(
        f"<li><a href='/{year}.html'>某市教育局{year}年政府信息公开工作年度报告</a></li>" for year in range(2019, 2024)
    )
    assert further_of(LIST + linked) == []


def test_a_menu_around_the_column_is_not_clicked_on() -> None:
    assert further_of(
        "<div><span>首页</span><span>政府信息公开年报</span></div><h2>政府信息公开年报</h2>" + ROW.format("某局2023", 2024)
    ) == [f"{HOME}#click=0,某局2023年政府信息公开工作年度报告"]


def test_look_alikes_and_the_column_itself_are_not_clicked_on() -> None:
    assert further_of("<h2>政府信息公开年报</h2><div>2023年政府网站工作年度报表</div><div>联系我们</div>") == []


def test_a_list_is_turned_over_as_long_as_it_brings_rows_that_are_new() -> None:
    turning = Turning(entry(in_column=True, score=90), family=None, most_depth=6)
    other = LIST.replace("教育局", "财政局")
    assert [turning.goes_on(html) for html in (LIST, other, LIST, "<p>空</p>")] == [True, True, False, False]


def test_a_row_that_moves_to_another_page_of_its_list_stays_the_same_page() -> None:
    one, other = click_on(HOME + "#/list", "某局2023年报", turns=0), click_on(HOME + "#/list", "某局2023年报", turns=3)
    assert (identity(one), page_key(one)) == (identity(other), page_key(other))
    assert identity(one) != identity(click_on(HOME + "#/list", "某局2022年报"))
    again = click_on(one, "附件", turns=2)
    assert identity(again) == identity(click_on(other, "附件")) != identity(one)
    assert identity(HOME + "#/12,5/7,3") != identity(HOME + "#/12,5/8,3")

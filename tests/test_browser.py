"""Who needs a browser, what its requests get, when its page has come to rest, and how what it drew is stored."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scrapy.settings import Settings

from archive.clock import moment
from archive.model import Drawing, Exchange
from archive.pack import pack, Selection
from archive.rebuild import rebuild
from archive.store import Archive
from archive.verify import verify
from archive.warc import conversion, decode, encode
from crawler import browser_gate
from crawler.browser_answers import Answer, forwarded, handed_back, refusal
from crawler.browser_calm import Calm, QUIET, RESTLESS
from crawler.browser_gate import why_no_browser
from crawler.browser_need import is_undrawn, put_off
from crawler.frontier import Entry, Frontier
from crawler.judge import judge, Judgement
from crawler.pages import Page

HOME = "http://a.gov.test/"
SHELL = '<html><head><title>门户</title></head><body><div id="app"></div><script src="/main.js"></script></body></html>'
MENU = '<a href="/index.html">首页</a>'
AT = "2026-11-23T01:02:03.000004Z"
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


@pytest.mark.parametrize(
    "kind", ["image", "font", "media", "websocket", "eventsource", "ping", "manifest", "other", "texttrack"]
)
def test_only_scripts_and_data_are_asked_for(kind: str) -> None:
    assert refusal(kind, asked_before=0, most=9) == kind


@pytest.mark.parametrize("kind", ["script", "xhr", "fetch"])
def test_scripts_and_data_are_asked_for_up_to_a_bound(kind: str) -> None:
    assert refusal(kind, asked_before=8, most=9) is None
    assert refusal(kind, asked_before=9, most=9) == "too-many"


def test_cookies_of_scripts_never_leave_the_browser() -> None:
    asked = {"cookie": "__jsl_clearance=solved", "user-agent": "x", "sec-fetch-mode": "cors", "x-sign": "1", "referer": HOME}
    assert forwarded(asked) == {"x-sign": "1", "referer": HOME}


def test_the_browser_gets_a_body_with_its_codings_undone() -> None:
    headers = (("Content-Encoding", "gzip"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"), ("X-Y", "1"), ("X-Y", "2"))
    assert handed_back(headers) == {"set-cookie": "a=1\nb=2", "x-y": "1, 2"}
    assert Answer(200, headers, b"").capture is None


# ---------------------------------------------------------------------- when a page has come to rest


@given(st.lists(st.tuples(st.floats(0.05, 0.5), st.integers(0, 2), st.integers(0, 3)), max_size=60))
def test_a_page_at_rest_was_quiet_long_enough(steps: list[tuple[float, int, int]]) -> None:
    calm, at, last_asked, last_changed, shown = Calm(0.0, 0.0), 0.0, 0.0, 0.0, 0
    for wait, pending, size in steps:
        at += wait
        last_asked = at if pending else last_asked
        last_changed = at if size != shown else last_changed
        shown = size
        if calm.observe(at, (size, 0), pending=pending, last_asked=last_asked):
            assert not pending
            assert at - last_asked >= QUIET
            assert at - last_changed >= QUIET or at - last_asked >= RESTLESS


def test_a_page_comes_to_rest_and_a_carousel_is_taken_as_it_is() -> None:
    calm = Calm(0.0, 0.0)
    assert not calm.observe(0.5, (9, 9), pending=0, last_asked=0.0)
    assert calm.observe(0.5 + QUIET, (9, 9), pending=0, last_asked=0.0)
    assert calm.observe(RESTLESS, (9, 8), pending=0, last_asked=0.0)


# ---------------------------------------------------------------------- whether there is a browser


def test_who_has_no_browser_is_told_how_to_get_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    at_hand = Settings({"BROWSER": True, "BROWSER_EXECUTABLE": "sh"})
    monkeypatch.setattr(browser_gate, "find_spec", lambda _: None)
    assert "requirements-browser.txt" in (why_no_browser(at_hand) or "")
    monkeypatch.setattr(browser_gate, "find_spec", lambda _: object())
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
    record = archive.record_of(row["id"])
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

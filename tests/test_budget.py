"""One request a second of a host, whoever asks: processes, retries and robots.txt share its budget."""

from __future__ import annotations

from datetime import datetime, UTC
from itertools import count, pairwise
from multiprocessing import get_context
from pathlib import Path

import pytest
from crawling import crawl, start
from hypothesis import given, settings
from hypothesis import strategies as st
from wire_server import Reply, serving, WireServer

from crawler.budget import HostBudget, SLOWEST
from crawler.robots import rules_of
from samples.portals.simple import rows_of, simple_site
from samples.server import running
from samples.server import serving as serving_portals
from samples.site import Portal, Request, Response


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(0, 3), min_size=2, max_size=20))
def test_turns_are_a_delay_apart_however_they_are_asked_for(
    tmp_path_factory: pytest.TempPathFactory, gaps: list[float]
) -> None:
    budget = HostBudget(tmp_path_factory.mktemp("b") / "hosts.sqlite")
    now, turns = 1000.0, []
    for gap in gaps:
        now += gap
        turns.append(now + budget.turn("a", 1.0, now).wait)
    assert all(later - sooner >= 0.999 for sooner, later in pairwise(turns))
    assert turns[0] == 1000.0 + gaps[0]


def test_hosts_do_not_wait_for_each_other_and_a_clock_set_back_stops_nothing(tmp_path: Path) -> None:
    budget = HostBudget(tmp_path / "hosts.sqlite")
    budget.turn("a", 60, 1000)
    assert budget.turn("b", 1, 1000).wait == 0
    budget.turn("c", 1, 1e9)
    assert budget.turn("c", 1, 1000).wait == 0


def test_a_slow_host_is_asked_less_often_and_a_held_one_not_at_all(tmp_path: Path) -> None:
    budget = HostBudget(tmp_path / "hosts.sqlite")
    budget.turn("a", 1, 1000)
    budget.answered("a", 4, 1004)
    assert budget.turn("a", 1, 1004).wait == 4
    budget.answered("b", 300, 1000)
    assert budget.turn("b", 1, 1000).wait == SLOWEST
    budget.hold("a", 100, 1010)
    other = HostBudget(tmp_path / "hosts.sqlite")
    assert other.turn("a", 1, 1010).held == 100
    assert other.turn("a", 1, 1111).held == 0


def _take(path: Path, count: int) -> list[float]:
    budget = HostBudget(path)
    return [budget.turn("a", 1.0, 1000.0).wait for _ in range(count)]


def test_processes_share_a_host(tmp_path: Path) -> None:
    with get_context("spawn").Pool(3) as pool:
        waits = pool.starmap(_take, [(tmp_path / "hosts.sqlite", 20)] * 3)
    assert sorted(wait for each in waits for wait in each) == [float(n) for n in range(60)]


def test_two_crawls_of_one_host_keep_a_second_apart(tmp_path: Path) -> None:
    """Proved at the server: the times at which it was asked, by whichever of two processes."""
    with running() as site:
        both = [
            start(
                f"http://gate.gov.test/{path}",
                tmp_path,
                proxy=site.url,
                DOWNLOAD_DELAY="0.4",
                PORTAL_REGISTRIES=_alone(tmp_path, name),
            )
            for name, path in (("one", ""), ("two", "x/"))
        ]
        for each in both:
            each.communicate(timeout=300)
        times = sorted(one.time for one in site.log)
    assert {each.returncode for each in both} <= {0, 3}
    assert len(times) > 8
    assert times[-1] - times[0] > 0.4 * (len(times) - 3), "two budgets would have taken half the time"


def test_what_one_crawl_is_told_to_wait_another_waits_too(tmp_path: Path) -> None:
    """Retry-After holds the host for each process of the archive: by the server's own log, nobody asks while it lasts."""
    pages, numbers = simple_site(rows_of("移民局", range(2014, 2024))), count(1)
    wait = Response(body=b"later", status=429, content_type="text/plain", headers=(("Retry-After", "4"),))

    def answer(request: Request) -> Response | None:
        return wait if next(numbers) == 6 else pages(request)

    host = "shared.gov.test"
    portal = Portal(id="shared", name="shared", home=f"http://{host}/", hosts={host: answer}, expected=())
    with serving_portals([portal]) as site:
        both = [
            start(f"http://{host}/{path}", tmp_path, proxy=site.url, PORTAL_REGISTRIES=_alone(tmp_path, name, host))
            for name, path in (("one", ""), ("two", "zwgk/"))
        ]
        said = [each.communicate(timeout=300) for each in both]
        log = sorted(site.log, key=lambda one: one.time)
    told = next(number for number, one in enumerate(log) if one.status == 429)
    after = [one.time - log[told].time for one in log[told + 1 :]]
    assert [each.returncode for each in both] == [0, 0], said
    # One request may be on its way while the answer is.
    assert sum(seconds < 3.9 for seconds in after) <= 1
    assert len(after) > 5


def _alone(folder: Path, name: str, host: str = "gate.gov.test") -> str:
    """Write a registry in which the host is a portal of this name: portals that share a host have a lock each."""
    file = folder / f"{name}.toml"
    file.write_text(f'[{name}]\nname = "{name}"\nhome = "http://{host}/"\n', encoding="utf-8")
    return str(file)


def test_a_host_that_asks_for_an_hour_is_left_alone(tmp_path: Path) -> None:
    busy = Reply((b"HTTP/1.1 503 Busy\r\nRetry-After: 3600\r\nContent-Length: 0\r\n\r\n",), "close")
    ok = Reply((b"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n",), "close")
    with serving(WireServer({"/robots.txt": ok, "/": busy})) as server:
        proxy = f"http://127.0.0.1:{server.port}"
        first = crawl("http://busy.gov.test/", tmp_path, proxy=proxy)
        asked = len(server.requests)
        crawl("http://busy.gov.test/", tmp_path, proxy=proxy)
        assert (asked, len(server.requests)) == (2, 2)
    assert first.returncode == 4, first.stdout + first.stderr
    assert "asked to be left alone" in first.stdout


def test_visit_times_and_request_rates_of_robots_txt_hold() -> None:
    rules = rules_of(200, b"User-agent: *\nVisit-time: 2200-0500\nRequest-rate: 1/20s\nCrawl-delay: 2\n")
    assert rules.delay("Gongkai") == 20
    hours = rules.hours("Gongkai")
    assert str(hours) == "22:00 to 05:00 UTC"
    assert hours is not None
    assert [hours.holds(datetime(2026, 11, 23, hour, 59, tzinfo=UTC)) for hour in (21, 22, 4, 5)] == [False, True, True, False]
    assert rules_of(404, b"").hours("Gongkai") is None

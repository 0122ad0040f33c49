"""Hosts that begin to block: they rest, are asked less often, and what they refused is asked for again, today or another day."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from itertools import count, pairwise
from pathlib import Path

import pytest
from crawling import crawl

from archive.store import Archive
from crawler.refusals import Refusals
from samples.portals.simple import COLUMN, rows_of, simple_site
from samples.server import serving, Site
from samples.site import html, Portal, Request, Response

HOST = "hasty.gov.test"
HOME = f"http://{HOST}/"
ROWS = [*rows_of("林业局", range(2018, 2025))]


class Clock:
    """A clock that is told the time."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_host_rests_longer_each_time_and_then_is_left_for_another_day() -> None:
    clock = Clock()
    refusals = Refusals(5, clock)
    assert refusals.gave("a", is_page=True, is_report=True)
    rests = []
    for number in range(4):
        rests.append(refusals.refused("a", f"page {number}", "throttle").rest)
        assert (refusals.resting() == {"a"}) is (rests[-1] is not None)
        clock.now += 100
        assert refusals.resting() == frozenset()
    assert rests == [5, 15, 45, None]
    assert refusals.delay("a") == 9
    assert not refusals.gave("a", is_page=True, is_report=False)
    assert refusals.refused("a", "page 5", "throttle").rest == 5
    assert refusals.delay("a") == 18, "it never falls"


def test_a_host_that_never_gave_a_page_is_a_wall() -> None:
    refusals = Refusals(5)
    fates = [refusals.refused("a", "home", "rs"), refusals.refused("a", "column", "rs")]
    assert [(fate.is_wall, fate.rest) for fate in fates] == [(True, 0.0), (True, None)]
    assert refusals.resting() == frozenset()


@pytest.mark.parametrize(
    ("kind", "is_report", "is_its_own"), [("forbidden", False, True), ("softblock", False, False), ("softblock", True, True)]
)
def test_a_page_that_is_refused_twice_after_a_rest_while_others_come_is_refused_for_itself(
    kind: str, *, is_report: bool, is_its_own: bool
) -> None:
    """Under a soft block lists still come, so only a report says that the host is in a good mood."""
    refusals = Refusals(0)
    refusals.gave("a", is_page=True, is_report=False)
    hasty = refusals.refused("a", "odd", kind)
    assert (hasty.is_its_own, hasty.comes_first) == (False, True)
    rested = refusals.refused("a", "odd", kind)
    assert (rested.is_its_own, rested.comes_first) == (False, False)
    refusals.gave("a", is_page=True, is_report=is_report)
    assert not refusals.refused("a", "odd", kind).is_its_own, "it was not asked for after a rest"
    assert refusals.refused("a", "odd", kind).is_its_own is is_its_own


def test_a_host_that_gives_every_other_page_refuses_none_for_itself() -> None:
    """As one does that counts requests a second: what it refused comes when it is asked for after the rest."""
    refusals = Refusals(0)
    refusals.gave("a", is_page=True, is_report=True)
    for number in range(20):
        fate = refusals.refused("a", f"page {number}", "softblock")
        assert (fate.is_its_own, fate.comes_first, fate.rest) == (False, True, 0.0)
        refusals.gave("a", is_page=True, is_report=True)


def portal(blocks: Callable[[Request], bool], block: Callable[[Request], Request | Response]) -> Portal:
    """Return a portal of seven reports that answers otherwise where `blocks` says so."""
    pages = simple_site(ROWS)

    def answer(request: Request) -> Response | None:
        if not blocks(request):
            return pages(request)
        instead = block(request)
        return instead if isinstance(instead, Response) else pages(instead)

    return Portal(id="hasty", name="林业局", home=HOME, hosts={HOST: answer}, expected=())


def index(request: Request) -> Request:
    return Request(host=request.host, path=COLUMN)


def is_article(request: Request) -> bool:
    # Not whatever else is asked for in the column: an address that can't exist is no page that is missed when it is refused.
    return request.path in {row.path for row in ROWS}


def found(archive: Path) -> set[int]:
    return {row["report_year"] for row in Archive.open(archive).catalog.rows("SELECT report_year FROM reports")}


def asked(site: Site) -> Counter[str]:
    return Counter(one.path for one in site.log)


class Hurry:
    """Blocks whoever asks for an article less than so many seconds after the last one."""

    def __init__(self, seconds: float) -> None:
        self.seconds, self.last, self.has_blocked = seconds, 0.0, False

    def __call__(self, request: Request) -> bool:
        if not is_article(request):
            return False
        last, self.last = self.last, time.monotonic()
        self.has_blocked |= self.last - last < self.seconds
        return self.last - last < self.seconds


@pytest.mark.soak  # how fast requests come is the machine's affair: the rest of this file tells the time itself
def test_a_host_that_blocks_whoever_hurries_is_asked_more_slowly_until_all_is_there(tmp_path: Path) -> None:
    hurry = Hurry(0.25)
    with serving([portal(hurry, index)]) as site:
        done = crawl(HOME, tmp_path, proxy=site.url, BACKOFF_SECONDS="0.5")
    assert done.returncode == 0, done.stdout + done.stderr
    assert found(tmp_path) == set(range(2018, 2025))
    assert ("blocked:softblock" in done.stdout) is hurry.has_blocked, "a busy machine may be slow enough from the start"


def test_what_a_host_refused_to_the_end_is_what_the_next_crawl_asks_for(tmp_path: Path) -> None:
    numbers, mood = count(1), {"bad": True}
    with serving([portal(lambda one: is_article(one) and mood["bad"] and next(numbers) > 3, index)]) as site:
        first = crawl(HOME, tmp_path, proxy=site.url)
        some = found(tmp_path)
        second = crawl(HOME, tmp_path, proxy=site.url)
        as_before, before = found(tmp_path), len(site.log)
        mood["bad"] = False
        third = crawl(HOME, tmp_path, proxy=site.url)
        later = [one.path for one in site.log[before:]]
    assert (first.returncode, len(some)) == (4, 3)
    assert (second.returncode, as_before) == (4, some), second.stdout + second.stderr
    assert "unread_report" not in second.stdout
    assert third.returncode == 0, third.stdout + third.stderr
    assert found(tmp_path) == set(range(2018, 2025))
    assert sorted(path for path in later if path.startswith(COLUMN)) == sorted(
        row.path for row in ROWS if row.year not in some
    ), "the pages that were refused, and no others"


@pytest.mark.soak
def test_a_challenge_in_the_midst_of_pages_is_waited_out(tmp_path: Path) -> None:
    numbers = count(1)
    with serving(
        [portal(lambda one: is_article(one) and next(numbers) in {3, 4}, lambda _: html("$_ts=1", status=412))]
    ) as site:
        done = crawl(HOME, tmp_path, proxy=site.url)
    assert done.returncode == 0, done.stdout + done.stderr
    assert found(tmp_path) == set(range(2018, 2025))


@pytest.mark.soak
def test_one_address_that_gives_the_list_is_no_block(tmp_path: Path) -> None:
    odd = next(row for row in ROWS if row.year == 2020)
    with serving([portal(lambda one: one.path == odd.path, index)]) as site:
        done = crawl(HOME, tmp_path, proxy=site.url)
        most = max(asked(site).values())
    assert done.returncode == 0, done.stdout + done.stderr
    assert found(tmp_path) == set(range(2018, 2025)) - {2020}
    assert "blocked:softblock (1)" in done.stdout
    assert most <= 4


def test_a_retry_after_of_minutes_is_waited_for_in_the_frontier(tmp_path: Path) -> None:
    """Longer than a request waits, shorter than a crawl does: the page comes in the end."""
    numbers = count(1)
    busy = Response(body=b"slow down", status=429, content_type="text/plain", headers=(("Retry-After", "2"),))
    with serving([portal(lambda one: is_article(one) and next(numbers) == 3, lambda _: busy)]) as site:
        done = crawl(HOME, tmp_path, proxy=site.url, BACKOFF_MAX_SECONDS="1")
        times = [one.time for one in site.log]
    assert done.returncode == 0, done.stdout + done.stderr
    assert found(tmp_path) == set(range(2018, 2025))
    assert max(later - sooner for sooner, later in pairwise(times)) >= 2

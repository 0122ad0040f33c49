"""How a crawl ends: its exit status and its one sentence, signals, kills, and two at once."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
from crawling import crawl, environment, ROOT, start
from wire_server import Reply, serving, WireServer

from archive.model import Finding
from crawler.tally import Tally
from samples.portals import expected
from samples.server import running

OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nConnection: close\r\n"


def page(html: str, status: bytes = OK) -> Reply:
    return Reply((status + f"Content-Length: {len(html.encode())}\r\n\r\n{html}".encode(),), "close")


def requests_of(archive: Path) -> int:
    files = archive.glob("journal/*/*/*/*.jsonl")
    return sum(file.read_text(encoding="utf-8").count('"event":"exchange"') for file in files)


def verify(archive: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "archive", "verify", "--archive", str(archive)]
    return subprocess.run(command, cwd=ROOT, env=environment(None), capture_output=True, text=True, timeout=300, check=False)


def reports_in(archive: Path) -> set[tuple[str, int]]:
    command = [sys.executable, "-m", "archive", "list", "--archive", str(archive), "--json"]
    listed = subprocess.run(command, cwd=ROOT, env=environment(None), capture_output=True, text=True, timeout=300, check=True)
    return {(one["agency"]["name"], one["report_year"]) for one in json.loads(listed.stdout)}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["annual_reports"], "needs -a portal="),
        (["annual_reports", "-a", "portal="], "needs -a portal="),
        (["annual_reports", "-a", "portal"], "-a takes NAME=VALUE, not 'portal'"),
        (["annual_reports", "portal=trs"], "give one spider, not 2"),
        (["annual_reports", "-a", "portal=trs", "--bogus"], "there is no option '--bogus'"),
        (["annual_reports", "-a", "portal=trs", "-o", "items.json"], "there is no option '-o'"),
        (["annual_reports", "-a", "portal=trs", "--quiet", "--json"], "--json: not allowed with argument --quiet"),
        (["annual_reports", "-a", "portal=trs", "--due"], "options of revisit"),
        (["annual_reports", "-a", "portal=trs", "-s", "CRAWL_MAX_PAGES"], "-s"),
        (["annual_reports", "-a", "portal=trs", "-s", "CRAWL_MAX_PAGES=few"], "CRAWL_MAX_PAGES takes a number from 0 on"),
        (["annual_reports", "-a", "portal=trs", "-s", "DOWNLOAD_DELAY=-1"], "DOWNLOAD_DELAY takes a number from 0 on"),
        (["annual_reports", "-a", "portal=trs", "-s", "CONCURRENT_REQUESTS=0"], "CONCURRENT_REQUESTS takes a number from 1 on"),
        (["annual_reports", "-a", "portal=trs", "-s", "ALLOW_LOOPBACK=maybe"], "ALLOW_LOOPBACK takes 0 or 1"),
        (["annual_reports", "-a", "portal=trs", "-L", "LOUD"], "LOG_LEVEL takes DEBUG"),
        (["revisit", "-a", "due=maybe"], "-a due takes 0 or 1"),
        (["annual_reports", "-a", "portal=trss"], "There is no portal 'trss'; the nearest are: trs"),
        (["annual_reports", "-a", "portal=trs", "-a", "year=2023"], "takes no argument 'year'"),
        (["anual_reports", "-a", "portal=trs"], "there is no spider 'anual_reports'"),
        (
            ["annual_reports", "-a", "portal=trs", "-s", "PORTAL_REGISTRIES=/nowhere.toml"],
            "The registry /nowhere.toml can't be read",
        ),
        (["annual_reports", "-a", "portal=http://a.test/", "-s", "ARCHIVE_ROOT=/proc/data"], "/proc/data"),
    ],
)
def test_a_mistake_is_one_sentence_and_status_2(arguments: list[str], says: str, tmp_path: Path) -> None:
    registries = f"PORTAL_REGISTRIES={ROOT / 'samples' / 'registry.toml'}"
    command = [sys.executable, "-m", "scrapy", "crawl", "-s", registries, "-s", f"ARCHIVE_ROOT={tmp_path / 'data'}", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment(None), capture_output=True, text=True, timeout=300, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert says in done.stderr
    assert done.stderr.startswith("crawl: ")
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "data" / "journal").exists()


def test_a_portal_without_reports_is_status_3(tmp_path: Path) -> None:
    with serving(WireServer({"/": page("<h1>本县概况</h1>")})) as server:
        done = crawl("http://empty.gov.test/", tmp_path, proxy=f"http://127.0.0.1:{server.port}")
    assert (done.returncode, done.stderr) == (3, "")
    assert "0 reports, nothing found" in done.stdout


@pytest.mark.parametrize(
    ("robots", "says"),
    [
        (page("", b"HTTP/1.1 503 Busy\r\n"), "robots.txt answered 503"),
        (page("User-agent: *\nDisallow: /\n"), "disallows http://shut.gov.test/"),
    ],
)
def test_robots_that_say_no_are_status_4(tmp_path: Path, robots: Reply, says: str) -> None:
    with serving(WireServer({"/robots.txt": robots, "/": page("<a href='/nb/'>年报</a>")})) as server:
        done = crawl("http://shut.gov.test/", tmp_path, proxy=f"http://127.0.0.1:{server.port}")
        assert not any(b"/robots.txt" not in head for head in server.requests)
    assert done.returncode == 4
    assert says in done.stdout


def test_a_host_that_is_not_there_is_not_crawled_now(tmp_path: Path) -> None:
    done = crawl("http://127.0.0.1:9/", tmp_path)
    assert done.returncode == 1
    assert "robots.txt could not be had" in done.stdout


@pytest.mark.parametrize(
    ("kinds", "outcome"), [(["unreachable"], "failed"), (["blocked:rs"], "blocked"), (["unreachable", "blocked:rs"], "blocked")]
)
def test_a_host_that_gives_no_answer_is_no_block_though_its_other_pages_wait(kinds: list[str], outcome: str) -> None:
    assert Tally(findings=[Finding(kind=kind, says="…") for kind in kinds], cut_off=True).outcome() == outcome


def test_loopback_is_refused_unless_allowed(tmp_path: Path) -> None:
    with serving(WireServer({"/": page("<h1>x</h1>")})) as server:
        done = crawl(f"http://127.0.0.1:{server.port}/", tmp_path, ALLOW_LOOPBACK="0")
        assert server.requests == []
    assert done.returncode == 1
    assert "no public address" in done.stdout


def test_an_error_of_ours_is_status_1_and_said(tmp_path: Path) -> None:
    """A bug in a step of the pipeline is no finding: the crawl goes on, and fails in the end."""
    (tmp_path / "broken.py").write_text("class Broken:\n    def process_item(self, item):\n        raise KeyError('渡口')\n")
    pipelines = json.dumps({"broken.Broken": 100})
    with running() as site:
        command = start("gate", tmp_path / "data", proxy=site.url, ITEM_PIPELINES=pipelines, python_path=str(tmp_path))
        printed, _ = command.communicate(timeout=300)
    assert command.returncode == 1
    assert "KeyError: '渡口'" in printed


def test_a_redirect_to_the_inside_or_to_another_site_is_not_followed(tmp_path: Path) -> None:
    replies = {
        "/": page("<a href='/a'>政府信息公开年报</a><a href='/b'>信息公开年报</a>"),
        "/a": Reply((b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/latest/\r\nContent-Length: 0\r\n\r\n",)),
        "/b": Reply((b"HTTP/1.1 302 Found\r\nLocation: http://other.gov.test/\r\nContent-Length: 0\r\n\r\n",)),
    }
    with serving(WireServer(replies)) as server:
        done = crawl("http://sly.gov.test/", tmp_path, proxy=f"http://127.0.0.1:{server.port}")
        asked = b" ".join(server.requests)
    assert b"169.254" not in asked
    assert b"other.gov.test" not in asked
    assert "out-of-scope (2)" in done.stdout


def test_a_second_crawl_of_the_portal_is_status_5_and_of_another_is_not(tmp_path: Path) -> None:
    with running() as site:
        first = start("trs", tmp_path, proxy=site.url, DOWNLOAD_DELAY="0.5")
        try:
            _wait(lambda: requests_of(tmp_path) >= 2)
            second = crawl("trs", tmp_path, proxy=site.url)
            other = crawl("gate", tmp_path, proxy=site.url)
        finally:
            first.kill()
            first.communicate()
    assert second.returncode == 5
    assert second.stderr.count("\n") == 1
    assert other.returncode == 0, other.stdout + other.stderr


@pytest.mark.parametrize("how", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.soak)])
def test_a_signal_stops_in_time_and_the_next_crawl_goes_on(tmp_path: Path, how: signal.Signals) -> None:
    """Also while a server keeps us waiting: half of a slow page is kept, and the page is asked for again."""
    slow = {"/": page("<a href='/nb/'>政府信息公开年报</a>"), "/nb/": Reply((OK + b"\r\n<html>", b"slow"), "hang")}
    with serving(WireServer(slow)) as server:
        proxy = f"http://127.0.0.1:{server.port}"
        running_crawl = start("http://slow.gov.test/", tmp_path, proxy=proxy, DOWNLOAD_TIMEOUT="60")
        _wait(lambda: any(b"/nb/" in head for head in server.requests))
        told = time.monotonic()
        running_crawl.send_signal(how)
        printed, _ = running_crawl.communicate(timeout=20)
        waited = time.monotonic() - told
        asked = len(server.requests)
        server.replies["/nb/"] = page("<h1>年报</h1>")
        again = crawl("http://slow.gov.test/", tmp_path, proxy=proxy)
        later = [head.split()[1] for head in server.requests[asked:]]
    assert (running_crawl.returncode, "stopped" in printed) == (1, True)
    assert waited < 18, "the crawl waited for the server, which is silent for 20 seconds"
    assert "Taking up the interrupted crawl" in again.stderr
    assert later[:2] == [b"http://slow.gov.test/robots.txt", b"http://slow.gov.test/nb/"]
    assert b"http://slow.gov.test/" not in later
    assert verify(tmp_path).returncode == 0


def test_killed_at_any_point_the_archive_verifies_and_the_crawl_goes_on(tmp_path: Path) -> None:
    """SIGKILL after ever more requests: each next start takes it up, and at the end all is there, and proved."""
    with running() as site:
        for point in (1, 8, 20):
            victim = start("trs", tmp_path, proxy=site.url, DOWNLOAD_DELAY="0.03")
            _wait(lambda at=point, by=victim: requests_of(tmp_path) >= at or by.poll() is not None)
            victim.kill()
            victim.communicate()
            assert verify(tmp_path).returncode == 0
        last = crawl("trs", tmp_path, proxy=site.url)
        pages = [one.url for one in site.log if not one.path.endswith("robots.txt")]
    assert last.returncode == 0, last.stdout + last.stderr
    assert "16 reports" in last.stdout
    assert verify(tmp_path).returncode == 0
    assert reports_in(tmp_path) == expected("trs")
    assert len(pages) <= len(set(pages)) + 3, "at most the page in flight at each kill is asked for again"


@pytest.mark.soak
def test_killed_at_fifty_random_moments_nothing_is_lost(tmp_path: Path) -> None:
    """Whatever the moment: all reports, a whole archive, and no page asked for again but those in flight at the kills."""
    moments = random.Random(20261123)
    kills = 0
    for number in range(80):
        portal = ("trs", "gate", "legacy")[number % 3]
        root, mine = tmp_path / str(number), 0
        with running() as site:
            while mine < 6:
                victim = start(portal, root, proxy=site.url, DOWNLOAD_DELAY="0.3")  # slow enough to be caught at work
                with suppress(subprocess.TimeoutExpired):
                    victim.wait(timeout=moments.uniform(2, 7))
                ended = victim.poll() is not None
                victim.kill()
                victim.communicate()
                if ended:
                    break
                mine += 1
                assert verify(root).returncode == 0 or not (root / "archive.json").exists()
            last = crawl(portal, root, proxy=site.url)
            pages = [one.url for one in site.log if one.method == "GET" and one.status == 200 and not one.conditional]
        pages = [url for url in pages if not url.endswith("robots.txt")]
        assert last.returncode == 0, last.stdout + last.stderr
        assert reports_in(root) == expected(portal)
        assert verify(root).returncode == 0
        assert len(pages) <= len(set(pages)) + mine
        kills += mine
        if kills >= 50:
            break
    assert kills >= 50


@pytest.mark.soak
def test_two_crawls_of_one_archive_killed_together_lose_nothing(tmp_path: Path) -> None:
    """They share catalog, host budget and folders; each next start repairs what the other's death left as well."""
    moments, portals = random.Random(20261124), ("trs", "legacy")
    with running() as site:
        for _ in range(5):
            victims = [start(portal, tmp_path, proxy=site.url, DOWNLOAD_DELAY="0.3") for portal in portals]
            time.sleep(moments.uniform(2, 7))
            for victim in victims:
                victim.kill()
            for victim in victims:
                victim.communicate()
            assert verify(tmp_path).returncode == 0 or not (tmp_path / "archive.json").exists()
        last = [start(portal, tmp_path, proxy=site.url) for portal in portals]
        told = [one.communicate(timeout=180) for one in last]
        pages = [one.url for one in site.log if one.method == "GET" and one.status == 200 and not one.conditional]
    assert [one.returncode for one in last] == [0, 0], told
    assert reports_in(tmp_path) == expected("trs") | expected("legacy")
    assert verify(tmp_path).returncode == 0
    pages = [url for url in pages if not url.endswith("robots.txt")]
    assert len(pages) <= len(set(pages)) + 5 * len(portals), "at most the pages in flight at each kill are asked for again"


def test_a_frontier_that_is_lost_costs_no_page_again(tmp_path: Path) -> None:
    """The journal is the truth: what the killed part has fetched is read from the archive, not from the portal."""
    with running() as site:
        victim = start("trs", tmp_path, proxy=site.url, DOWNLOAD_DELAY="0.03")
        _wait(lambda: requests_of(tmp_path) >= 8)
        victim.kill()
        victim.communicate()
        for file in (tmp_path / "frontier").iterdir():
            file.unlink()
        last = crawl("trs", tmp_path, proxy=site.url)
        pages = [one.url for one in site.log if not one.path.endswith("robots.txt")]
    assert last.returncode == 0, last.stdout + last.stderr
    assert "16 reports" in last.stdout
    assert len(pages) <= len(set(pages)) + 1, "at most the page in flight is asked for again"
    assert verify(tmp_path).returncode == 0


def test_a_crawl_killed_in_a_gate_goes_through_it_the_next_time(tmp_path: Path) -> None:
    """The archive has the redirect that sets the cookie, but nothing of what is behind it."""
    with running() as site:
        victim = start("gate", tmp_path, proxy=site.url, DOWNLOAD_DELAY="1")
        _wait(lambda: requests_of(tmp_path) >= 2)
        victim.kill()
        victim.communicate()
        last = crawl("gate", tmp_path, proxy=site.url)
    assert last.returncode == 0, last.stdout + last.stderr
    assert reports_in(tmp_path) == expected("gate")


def _wait(condition: object) -> None:
    end = time.monotonic() + 30
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < end, "the crawl did not come so far"
        time.sleep(0.01)


def test_a_machine_gets_one_line_and_silence_is_silent(tmp_path: Path) -> None:
    with running() as site:
        told = start("gate", tmp_path, proxy=site.url, more=["--json"])
        printed, said = told.communicate(timeout=300)
        quiet = start("gate", tmp_path, proxy=site.url, more=["--quiet"])
        nothing = quiet.communicate(timeout=300)
    facts = json.loads(printed)
    assert (facts["portal"], facts["outcome"], facts["reports"], facts["new"]) == ("gate", "finished", 3, 3)
    assert (facts["changes"], said) == ({"first_seen": 3}, "")
    assert nothing == ("", "")

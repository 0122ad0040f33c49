"""Crawls with a real browser: applications are found whole, politely; no challenge reaches the browser; nothing is left behind."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from itertools import pairwise
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from crawling import command, environment, ROOT, start
from scrapy.settings import Settings
from test_portals_matrix import listed

from archive.schema import Row
from archive.store import Archive
from archive.verify import verify
from crawler.browser_gate import why_no_browser
from samples.judge import judge
from samples.portals import portals
from samples.portals.spa import HOST, TRACKER
from samples.server import running, serving, Site
from samples.site import html, plain, Portal, Request, Response

HAS_BROWSER = why_no_browser(Settings({"BROWSER": True})) is None
pytestmark = pytest.mark.skipif(not HAS_BROWSER, reason="no chromium, or not the extra `browser`")
QUICK = {"BROWSER_QUIET": "0.3"}
AGENT = "Mozilla/5.0 (compatible; Gongkai/0.1; +mailto:tests@example.org)"


def crawl(
    name: str, root: Path, *, proxy: str, spider: str = "annual_reports", **settings: str
) -> subprocess.CompletedProcess[str]:
    """Crawl to the end: a browser takes its time, on a busy machine much of it."""
    asked = [spider if part == "annual_reports" else part for part in command(name, root, **settings)]
    return subprocess.run(asked, cwd=ROOT, env=environment(proxy), capture_output=True, text=True, timeout=600, check=False)


def rows(root: Path, sql: str) -> list[Row]:
    archive = Archive.open(root)
    try:
        return list(archive.catalog.rows(sql))
    finally:
        archive.close()


def drawn(root: Path) -> list[Row]:
    return rows(root, "SELECT * FROM captures WHERE record_type = 'conversion' ORDER BY fetched_at")


def kinds(root: Path) -> set[str]:
    return {row["kind"] for row in rows(root, "SELECT kind FROM findings")}


def counts(root: Path) -> dict[str, int]:
    found: dict[str, int] = json.loads(rows(root, "SELECT counts FROM runs ORDER BY id DESC")[0]["counts"])
    return found


@pytest.mark.parametrize("name", ["spa", pytest.param("spaclick", marks=pytest.mark.soak)])
def test_an_application_is_found_whole(name: str, tmp_path: Path) -> None:
    with running() as site:
        done = crawl(name, tmp_path, proxy=site.url, **QUICK)
        log = [asdict(one) for one in site.log]
    assert judge(name, listed(tmp_path), log).faults == (), done.stdout + done.stderr
    assert (done.returncode, len(listed(tmp_path))) == (0, len(portals()[name].expected))
    assert not [one for one in log if one["host"] == TRACKER or one["path"].startswith("/admin/")]
    assert {one["user_agent"] for one in log} == {AGENT}
    assert list(verify(tmp_path)) == []
    captures = rows(tmp_path, "SELECT c.record_type FROM reports r JOIN captures c ON c.id = r.capture")
    assert {row["record_type"] for row in captures} == {"conversion"}


def test_what_is_refused_to_scripts_is_counted(tmp_path: Path) -> None:
    with running() as site:
        crawl("spa", tmp_path, proxy=site.url, CRAWL_MAX_PAGES="2", **QUICK)
    found = counts(tmp_path)
    told = {name: found[f"browser.refused.{name}"] for name in ("blocked:robots", "out-of-scope", "ping", "image")}
    assert (found["browser.drawn"], told) == (1, {"blocked:robots": 1, "out-of-scope": 2, "ping": 1, "image": 1})
    raw = drawn(tmp_path)[0]["revisit_of"]
    assert rows(tmp_path, f"SELECT url FROM captures WHERE id = '{raw}'") == [{"url": f"http://{HOST}/"}]


def test_requests_of_scripts_wait_for_the_turns_of_their_host(tmp_path: Path) -> None:
    with running() as site:
        crawl("spa", tmp_path, proxy=site.url, CRAWL_MAX_PAGES="8", DOWNLOAD_DELAY="0.5", **QUICK)
        times = [one.time for one in site.log if one.host == HOST]
    assert any("/rest/" in one.path for one in site.log)
    assert min(later - earlier for earlier, later in pairwise(times)) >= 0.4


def test_without_a_browser_one_sentence_says_so(tmp_path: Path) -> None:
    with running() as site:
        done = crawl("spa", tmp_path, proxy=site.url, BROWSER_EXECUTABLE="/nowhere/chromium")
    assert (done.returncode, done.stderr) == (3, "")
    assert "apt-get install chromium" in done.stdout
    assert "needs_browser" in kinds(tmp_path)
    assert drawn(tmp_path) == []


def test_a_browser_that_does_not_start_is_a_finding(tmp_path: Path) -> None:
    with application("draw()") as site:
        done = alone(site, tmp_path, BROWSER_EXECUTABLE="/bin/false")
    assert (done.returncode, done.stderr) == (3, "")
    assert "the browser could not draw it" in done.stdout
    assert "undrawn" in kinds(tmp_path)


@pytest.mark.parametrize("name", ["rs", *(pytest.param(name, marks=pytest.mark.soak) for name in ("jsl", "c3vk", "geo"))])
def test_a_challenge_never_reaches_the_browser(name: str, tmp_path: Path) -> None:
    with running() as site:
        done = crawl(name, tmp_path, proxy=site.url)
    assert (done.returncode, drawn(tmp_path)) == (4, [])


# ---------------------------------------------------------------------- applications made for one purpose


@contextmanager
def application(script: str, **more: Any) -> Iterator[Site]:
    shell = f'<html><body><div id="app"></div><script>{script}</script></body></html>'

    def answer(request: Request) -> Response | None:
        return plain("", status=404) if request.path == "/robots.txt" else html(shell)

    with serving(
        [Portal(id="one", name="某县", home="http://one.gov.test/", hosts={"one.gov.test": answer}, expected=(), **more)]
    ) as site:
        yield site


def alone(site: Site, root: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    return crawl("http://one.gov.test/", root, proxy=site.url, **QUICK, **settings)


def test_a_page_that_sets_a_cookie_and_loads_itself_again_is_a_challenge(tmp_path: Path) -> None:
    solving = "if (!document.cookie) { document.cookie = 'pass=1'; location.reload(); }"
    with application(solving) as site:
        done = alone(site, tmp_path)
    assert (done.returncode, drawn(tmp_path)) == (4, [])
    assert "blocked:script" in kinds(tmp_path)
    assert len([one for one in site.log if one.path == "/"]) == 1


@pytest.mark.parametrize(
    "script",
    ["while (true) {}", pytest.param("setInterval(() => fetch('/more?' + Math.random()), 50)", marks=pytest.mark.soak)],
)
def test_a_page_that_never_comes_to_rest_is_given_up(script: str, tmp_path: Path) -> None:
    with application(script) as site:
        done = alone(site, tmp_path, BROWSER_SECONDS="4", BROWSER_MAX_REQUESTS="3")
    assert (done.returncode, drawn(tmp_path)) == (3, [])
    assert "undrawn" in kinds(tmp_path)
    assert len(site.log) < 9


def test_the_browser_itself_reaches_no_network(tmp_path: Path) -> None:
    with listening() as (port, heard):
        ways = f"""
        new WebSocket('ws://127.0.0.1:{port}/');
        var peer = new RTCPeerConnection({{iceServers: [{{urls: 'stun:127.0.0.1:{port}?transport=tcp'}}]}});
        peer.createDataChannel('x'); peer.createOffer().then(offer => peer.setLocalDescription(offer));
        new EventSource('http://127.0.0.1:{port}/'); navigator.sendBeacon('http://127.0.0.1:{port}/');
        var frame = document.createElement('iframe'); frame.src = 'http://127.0.0.1:{port}/'; document.body.append(frame);
        var link = document.createElement('link'); link.rel = 'prefetch'; link.href = 'http://127.0.0.1:{port}/'; document.head.append(link);
        new Worker(URL.createObjectURL(new Blob(["fetch('http://127.0.0.1:{port}/')"])));
        """
        with application(ways) as site:
            alone(site, tmp_path)
    assert len(drawn(tmp_path)) == 1
    assert heard == []


@contextmanager
def listening() -> Iterator[tuple[int, list[Any]]]:
    heard: list[Any] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = Thread(target=partial(_accept, server, heard), daemon=True)
        thread.start()
        yield server.getsockname()[1], heard
        server.shutdown(socket.SHUT_RDWR)
        thread.join()


def _accept(server: socket.socket, heard: list[Any]) -> None:
    while True:
        try:
            connection, peer = server.accept()
        except OSError:
            return
        connection.close()
        heard.append(peer)


# ---------------------------------------------------------------------- the end of a crawl


def descendants(pid: int) -> set[int]:
    found: set[int] = set()
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        found |= {int(child)} | descendants(int(child))
    return found


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def interrupted(site: Site, root: Path, by: signal.Signals) -> float:
    """Stop a crawl while a browser is at work; return how many seconds it took to end. Nothing of it may be left."""
    crawling = start("spa", root, proxy=site.url, **QUICK)
    while not any("/rest/" in one.path for one in site.log) and crawling.poll() is None:
        time.sleep(0.05)
    assert crawling.poll() is None, crawling.communicate()
    family, began = descendants(crawling.pid), time.monotonic()
    crawling.send_signal(by)
    crawling.communicate(timeout=30)
    took, ends = time.monotonic() - began, time.monotonic() + 20
    while any(map(is_alive, family)) and time.monotonic() < ends:
        time.sleep(0.1)
    assert len(family) > 3
    assert not [pid for pid in family if is_alive(pid)]
    return took


HAS_PROC = pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="no /proc")


@HAS_PROC
@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGKILL])
def test_a_crawl_that_ends_leaves_no_browser(by: signal.Signals, tmp_path: Path) -> None:
    with running() as site:
        interrupted(site, tmp_path, by)


@HAS_PROC
@pytest.mark.soak
@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGKILL])
def test_a_crawl_with_a_browser_is_taken_up(by: signal.Signals, tmp_path: Path) -> None:
    with running() as site:
        assert interrupted(site, tmp_path, by) < 5
        done = crawl("spa", tmp_path, proxy=site.url, **QUICK)
        log = [asdict(one) for one in site.log]
    assert done.returncode == 0, done.stdout + done.stderr
    verdict = judge("spa", listed(tmp_path), log)
    assert (verdict.missing, verdict.extra, verdict.cells_wrong) == ((), (), ())
    assert list(verify(tmp_path)) == []


@pytest.mark.soak
@pytest.mark.parametrize("name", ["spa", "spaclick"])
@pytest.mark.parametrize("browser", ["1", "0"])
def test_a_second_look_at_an_application_changes_nothing(name: str, browser: str, tmp_path: Path) -> None:
    with running() as site:
        crawl(name, tmp_path, proxy=site.url, **QUICK)
        before = rows(tmp_path, _REPORTS)
        first = len(site.log)
        done = crawl(name, tmp_path, proxy=site.url, spider="revisit", BROWSER=browser, **QUICK)
        asked = {one.path for one in site.log[first:]}
    assert done.returncode == 0, done.stdout + done.stderr
    assert (len(before), rows(tmp_path, _REPORTS)) == (len(portals()[name].expected), before)
    assert {row["verdict"] for row in rows(tmp_path, "SELECT DISTINCT verdict FROM changes")} <= {"first_seen", "page_only"}
    assert any("/rest/article" in path for path in asked) == (browser == "1")
    assert ("needs_browser" in kinds(tmp_path)) == (browser == "0")
    assert not [kind for kind in kinds(tmp_path) if kind.startswith("blocked")]


_REPORTS = "SELECT identity, content_sha256, versions FROM reports ORDER BY identity"

"""Looking again: what is due when, what a revisit asks for, and what it leaves alone."""

from __future__ import annotations

import signal
import subprocess
import time
from datetime import date, datetime, timedelta, UTC
from pathlib import Path

import pytest
from crawling import command, crawl, environment, ROOT
from wire_server import Reply, serving, WireServer

from archive.store import Archive
from crawler.due import is_due, list_interval, report_interval
from crawler.known import unfinished_runs

OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nConnection: close\r\n"
NOW = datetime(2026, 2, 1, tzinfo=UTC)


def page(html: str, etag: str = "") -> Reply:
    tag = f'ETag: "{etag}"\r\n'.encode() if etag else b""
    return Reply((OK + tag + f"Content-Length: {len(html.encode())}\r\n\r\n{html}".encode(),), "close")


def report(year: int) -> str:
    heads = (
        "总体情况",
        "主动公开政府信息情况",
        "收到和处理政府信息公开申请情况",
        "行政复议、行政诉讼情况",
        "存在的主要问题及改进情况",
    )
    body = "".join(
        f"<p>{number}、{head}</p><p>{'本机关认真贯彻落实条例，依法公开政府信息。' * 4}</p>"
        for number, head in zip("一二三四五", heads, strict=True)
    )
    return f"<title>渡口县民政局{year}年政府信息公开工作年度报告</title><h1>渡口县民政局{year}年政府信息公开工作年度报告</h1>{body}"


def listing(*years: int) -> str:
    rows = "".join(
        f"<li><a href='/nb/{year}.html'>渡口县民政局{year}年政府信息公开工作年度报告</a> {year + 1}-01-20</li>"
        for year in years
    )
    return f"<h1>政府信息公开年报</h1><ul>{rows}</ul>"


def revisit(archive: Path, proxy: str, *more: str) -> subprocess.CompletedProcess[str]:
    asked = [part for part in command(None, archive) if part != "annual_reports"]
    asked.insert(asked.index("crawl") + 1, "revisit")
    return subprocess.run(
        [*asked, *more], cwd=ROOT, env=environment(proxy), capture_output=True, text=True, timeout=300, check=False
    )


@pytest.mark.parametrize(
    ("year", "today", "days"),
    [
        (2025, date(2026, 2, 1), 7),
        (2025, date(2026, 7, 1), 30),
        (2023, date(2026, 2, 1), 90),
        (2010, date(2026, 2, 1), 180),
        (None, date(2026, 2, 1), 30),
    ],
)
def test_last_years_reports_are_looked_at_often_in_their_season(year: int | None, today: date, days: int) -> None:
    assert report_interval(year, today) == timedelta(days=days)


def test_a_gone_page_is_looked_at_again_after_the_two_weeks_that_a_withdrawal_needs() -> None:
    assert report_interval(2010, NOW.date(), is_gone=True) == timedelta(days=14)


def test_what_was_never_seen_is_due_and_a_daily_timer_stays_daily() -> None:
    assert is_due(None, timedelta(days=1), NOW)
    assert is_due(NOW - timedelta(hours=23, minutes=30), list_interval(NOW.date()), NOW)
    assert not is_due(NOW - timedelta(hours=20), list_interval(NOW.date()), NOW)


def test_an_interrupted_run_is_taken_up_unless_it_ended_since_or_is_stale(tmp_path: Path) -> None:
    clock = iter(NOW + timedelta(seconds=step) for step in range(100))
    archive = Archive.open(tmp_path, clock=lambda: next(clock))
    ids = []
    for outcome in ("stopped", "finished", "failed", "stopped", "budget"):
        run = archive.start_run("crawl", portal="du")
        ids.append(run.id)
        run.finish(outcome, {})
    later = NOW + timedelta(days=1)
    assert unfinished_runs(archive, "du", "crawl", later) == (ids[4], ids[3]), "after a failed one, a crawl begins afresh"
    assert unfinished_runs(archive, "du", "crawl", later + timedelta(days=31)) == ()
    assert unfinished_runs(archive, "du", "revisit", later) == ()


def test_a_revisit_finds_what_is_new_and_asks_for_nothing_else(tmp_path: Path) -> None:
    years = (2020, 2021, 2022, 2023)
    replies = {"/": page("<a href='/nb/'>政府信息公开年报</a><a href='/gk/'>县情概况</a>"), "/nb/": page(listing(*years))}
    replies |= {f"/nb/{year}.html": page(report(year)) for year in years}
    replies["/gk/"] = page("<h1>县情</h1>")
    with serving(WireServer(replies)) as server:
        proxy = f"http://127.0.0.1:{server.port}"
        assert crawl("http://du.gov.test/", tmp_path, proxy=proxy).returncode == 0
        server.replies["/nb/"] = page(listing(*years, 2024))
        server.replies["/nb/2024.html"] = page(report(2024))
        asked = len(server.requests)
        dry = revisit(tmp_path, proxy, "--dry-run")
        assert len(server.requests) == asked
        done = revisit(tmp_path, proxy)
        later = [head.split()[1].decode().removeprefix("http://du.gov.test") for head in server.requests[asked:]]
        asked = len(server.requests)
        due = revisit(tmp_path, proxy, "--due")
        assert len(server.requests) == asked
    assert done.returncode == 0, done.stdout + done.stderr
    assert dry.stdout.splitlines()[0].split("\t")[:2] == ["http://du.gov.test/", "http://du.gov.test/nb/"]
    assert later[:3] == ["/robots.txt", "/nb/", "/"]
    assert later[3] == "/nb/2024.html"
    assert sorted(later[4:]) == [f"/nb/{year}.html" for year in years]
    assert "1 had nothing due, 0 failed" in due.stdout
    archive = Archive.open(tmp_path)
    seen = {row["report_year"]: row["sightings"] for row in archive.catalog.rows("SELECT * FROM reports")}
    assert seen == {2020: 2, 2021: 2, 2022: 2, 2023: 2, 2024: 1}
    runs = [(row["kind"], row["outcome"]) for row in archive.catalog.rows("SELECT * FROM runs ORDER BY id")]
    assert runs == [("crawl", "finished"), ("revisit", "finished")]


def test_a_signal_to_a_round_stops_the_crawl_that_is_going_on_and_the_next_takes_it_up(tmp_path: Path) -> None:
    """As `systemctl stop` and `docker stop` do it: one signal, to the round alone."""
    replies = {"/": page(listing(2023, 2024)), **{f"/nb/{year}.html": page(report(year)) for year in (2023, 2024)}}
    with serving(WireServer(replies)) as server:
        proxy = f"http://127.0.0.1:{server.port}"
        assert crawl("http://du.gov.test/", tmp_path, proxy=proxy).returncode == 0
        server.requests.clear()
        server.replies["/"] = Reply((OK + b"\r\n<html>",), "hang")
        asked = [part for part in command(None, tmp_path) if part != "annual_reports"]
        asked.insert(asked.index("crawl") + 1, "revisit")
        started = subprocess.Popen(
            asked, cwd=ROOT, env=environment(proxy), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        ends = time.monotonic() + 60
        while not any(b"/ " in head.split(b"\r\n")[0] and b"robots" not in head for head in server.requests):
            assert time.monotonic() < ends
            time.sleep(0.05)
        started.send_signal(signal.SIGINT)
        printed, said = started.communicate(timeout=30)
    assert started.returncode == 1
    assert "The round was stopped at http://du.gov.test/." in said
    assert "0 reports, stopped" in printed
    outcomes = [row["outcome"] for row in Archive.open(tmp_path).catalog.rows("SELECT outcome FROM runs ORDER BY id")]
    assert outcomes == ["finished", "stopped"]

"""What should make an operator look: no report where there were some, costly and blocked crawls, reports that are overdue."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from crawling import crawl
from wire_server import Reply, serving, WireServer

from crawler.monitors import alarms, Counts, overdue

USUAL: list[Counts] = [{"reports": 10, "pages.annual_report": 10, "pages.list_page": 5}] * 3


@pytest.mark.parametrize(
    ("now", "before", "kinds"),
    [
        ({"reports": 10, "pages.annual_report": 15}, USUAL, []),
        ({"reports": 0, "pages.other": 4}, USUAL, ["no-reports"]),
        ({"reports": 0, "pages.other": 4}, [], []),
        ({"reports": 3}, [], []),  # all was done before a kill: the next start reads no page
        ({"reports": 4, "pages.annual_report": 4}, USUAL, ["few-reports"]),
        ({"reports": 10, "pages.other": 60}, USUAL, ["cost"]),
        ({"reports": 10, "pages.annual_report": 10, "pages.blocked:rs": 5}, USUAL, ["blocked"]),
    ],
)
def test_a_crawl_unlike_those_before_it_is_told(now: Counts, before: list[Counts], kinds: list[str]) -> None:
    assert [alarm.kind for alarm in alarms(now, before, portal="渡口县")] == [f"monitor:{kind}" for kind in kinds]


@pytest.mark.parametrize(
    ("years", "today", "count"),
    [
        ({2024: 60, 2025: 0}, date(2026, 1, 31), 0),
        ({2024: 60}, date(2026, 2, 1), 1),
        ({2024: 60, 2025: 20}, date(2026, 2, 1), 0),
        ({2024: 60, 2025: 20}, date(2026, 4, 1), 1),
        ({2024: 60, 2025: 55}, date(2026, 4, 1), 0),
        ({}, date(2026, 4, 1), 0),
    ],
)
def test_last_years_reports_are_expected_by_the_days_that_the_regulations_name(
    years: dict[int, int], today: date, count: int
) -> None:
    assert len(list(overdue(years, today, portal="渡口县"))) == count


def test_a_portal_that_falls_silent_is_said_at_the_end_of_its_crawl(tmp_path: Path) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nConnection: close\r\n\r\n"
    title = "渡口县民政局2021年政府信息公开工作年度报告"
    heads = ("总体情况", "主动公开政府信息情况", "收到和处理政府信息公开申请情况", "行政复议、行政诉讼情况")
    text = "".join(
        f"<p>{number}、{name}</p><p>{'本机关依法公开政府信息。' * 5}</p>"
        for number, name in zip("一二三四", heads, strict=True)
    )
    with serving(WireServer({"/": Reply((head + f"<a href='/nb.html'>{title}</a>".encode(),), "close")})) as server:
        server.replies["/nb.html"] = Reply((head + f"<title>{title}</title><h1>{title}</h1>{text}".encode(),), "close")
        first = crawl("http://du.gov.test/", tmp_path, proxy=f"http://127.0.0.1:{server.port}")
        server.replies["/"] = Reply((head + "<h1>网站建设中</h1>".encode(),), "close")
        second = crawl("http://du.gov.test/", tmp_path, proxy=f"http://127.0.0.1:{server.port}")
    assert (first.returncode, second.returncode) == (0, 3), first.stdout + second.stdout
    assert "monitor:no-reports (1): du.gov.test gave no report, where its crawls usually give 1." in second.stdout

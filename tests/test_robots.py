"""robots.txt by RFC 9309, and waiting when a server asks for it."""

from __future__ import annotations

from datetime import datetime, UTC

import pytest

from crawler.backoff import wait_seconds
from crawler.robots import rules_of

URL = "http://a.gov.cn/zwgk/xxgknb/index.html"
FILE = b"User-agent: *\nDisallow: /admin/\nCrawl-delay: 3\n\nUser-agent: Gongkai\nDisallow: /zwgk/xxgknb/\n"


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 412, 301])
def test_no_robots_txt_means_no_rules(status: int) -> None:
    assert rules_of(status, b"").decision(URL, "Gongkai") == "no-robots"


@pytest.mark.parametrize("status", [500, 502, 503, 521, 429])
def test_a_failing_server_means_not_now(status: int) -> None:
    assert rules_of(status, FILE).decision(URL, "Gongkai") == "unreachable"


def test_the_group_that_names_us_decides() -> None:
    rules = rules_of(200, FILE)
    assert rules.decision(URL, "Gongkai") == "disallowed"
    assert rules.decision("http://a.gov.cn/admin/", "Gongkai") == "allowed"
    assert rules.decision(URL, "Somebody") == "allowed"
    assert rules.delay("Somebody") == 3


def test_a_page_served_as_robots_txt_forbids_nothing() -> None:
    assert rules_of(200, "<html><body>页面不存在</body></html>".encode("gbk")).decision(URL, "Gongkai") == "allowed"


def test_a_crawl_delay_of_hours_is_capped() -> None:
    assert rules_of(200, b"User-agent: *\nCrawl-delay: 86400\n").delay("Gongkai") == 60


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("", 5), ("7", 7), ("86400", 30), ("Mon, 01 Jan 2024 00:00:09 GMT", 9), ("Sun, 31 Dec 2023 00:00:00 GMT", 0), ("soon", 5)],
)
def test_wait_seconds(said: str, seconds: float) -> None:
    now = datetime(2024, 1, 1, tzinfo=UTC)
    assert wait_seconds(said, now=now, default=5, longest=30) == seconds

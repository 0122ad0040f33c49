"""Hours for visits, of robots.txt and of the registry: no request leaves at another time."""

from __future__ import annotations

from datetime import datetime, time, timedelta, UTC
from pathlib import Path

import pytest
from crawling import crawl
from hypothesis import given
from hypothesis import strategies as st

from crawler.due import SHANGHAI
from crawler.hours import Hours, hours_of, OutsideVisitTime, refuse_outside
from samples.portals import expected
from samples.server import running

TIMES = st.times().map(lambda at: at.replace(second=0, microsecond=0))


@given(TIMES, TIMES, st.datetimes(timezones=st.just(UTC)))
def test_a_moment_is_in_a_span_or_in_its_rest_of_the_day(start: time, end: time, now: datetime) -> None:
    if start == end:
        return
    one, rest = Hours(start, end, SHANGHAI), Hours(end, start, SHANGHAI)
    assert one.holds(now) is not rest.holds(now)


def test_hours_are_those_of_shanghai() -> None:
    night = hours_of("20:00-08:00", SHANGHAI)
    assert night.holds(datetime(2026, 1, 1, 12, 0, tzinfo=UTC))
    assert night.holds(datetime(2026, 1, 1, 23, 59, tzinfo=UTC))
    assert not night.holds(datetime(2026, 1, 1, 0, 0, tzinfo=UTC))
    with pytest.raises(OutsideVisitTime, match="x is visited from 20:00 to 08:00 Asia/Shanghai only"):
        refuse_outside(night, datetime(2026, 1, 1, 0, 0, tzinfo=UTC), "x")


@pytest.mark.parametrize(
    "text", ["", "20-8", "20:00", "24:00-08:00", "08:60-09:00", "8:00-9:00", "08:00-08:00", "20:00 - 08:00"]
)
def test_other_texts_are_no_hours(text: str) -> None:
    with pytest.raises(ValueError, match=r"names no hours|has no length"):
        hours_of(text, SHANGHAI)


def visited(folder: Path, begins: timedelta, ends: timedelta) -> str:
    """Write a registry in which a sample portal may be visited from a time from now on to another; return its path."""
    now = datetime.now(SHANGHAI)
    span = f"{now + begins:%H:%M}-{now + ends:%H:%M}"
    file = folder / "visits.toml"
    file.write_text(f'[gate]\nname = "gate"\nhome = "http://gate.gov.test/"\nvisit = "{span}"\n', encoding="utf-8")
    return str(file)


def test_outside_its_hours_a_portal_gets_no_request_and_inside_them_it_is_crawled_from_where_it_was(tmp_path: Path) -> None:
    with running() as site:
        closed = visited(tmp_path, timedelta(hours=1), timedelta(hours=2))
        early = crawl("gate", tmp_path / "data", proxy=site.url, PORTAL_REGISTRIES=closed)
        asked = list(site.log)
        opened = visited(tmp_path, timedelta(hours=-1), timedelta(hours=2))
        later = crawl("gate", tmp_path / "data", proxy=site.url, PORTAL_REGISTRIES=opened)
    assert (early.returncode, asked) == (4, [])
    assert "blocked:visit-time" in early.stdout
    assert "by the registry, is visited from" in early.stdout
    assert later.returncode == 0
    assert f"{len(expected('gate'))} reports, finished" in later.stdout


@pytest.mark.soak
def test_hours_that_end_while_a_crawl_runs_end_it_too(tmp_path: Path) -> None:
    with running() as site:
        span = visited(tmp_path, timedelta(hours=-1), timedelta(minutes=1))
        ends = (datetime.now(UTC) + timedelta(minutes=1)).replace(second=0, microsecond=0).timestamp()
        done = crawl("gate", tmp_path / "data", proxy=site.url, PORTAL_REGISTRIES=span, DOWNLOAD_DELAY="20")
        last = max(one.time for one in site.log)
        opened = visited(tmp_path, timedelta(hours=-1), timedelta(hours=2))
        later = crawl("gate", tmp_path / "data", proxy=site.url, PORTAL_REGISTRIES=opened)
    assert done.returncode == 4
    assert last < ends
    assert later.returncode == 0

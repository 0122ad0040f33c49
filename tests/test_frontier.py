"""The frontier: best first, each page once, and nothing lost by a kill."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.errors import UnwritableArchive
from crawler.frontier import Entry, Frontier
from crawler.scratch_files import opened


def entry(path: str, score: int = 50, host: str = "a.gov.cn") -> Entry:
    return Entry(url=f"http://{host}/{path}", score=score, reasons=("test",), alternatives=("http://a.gov.cn/other",))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "frontier" / "a.sqlite"


def test_best_first_then_first_come(path: Path) -> None:
    frontier = Frontier(path)
    frontier.push([entry("low", 10), entry("one", 90), entry("two", 90)])
    order = [frontier.lease(floor=1) for _ in range(4)]
    assert [each and each.url[-3:] for each in order] == ["one", "two", "low", None]


def test_an_entry_comes_back_as_it_was(path: Path) -> None:
    frontier = Frontier(path)
    frontier.push([entry("x")])
    assert frontier.lease(floor=1) == entry("x")


def test_the_same_page_is_taken_once_under_its_better_score(path: Path) -> None:
    frontier = Frontier(path)
    assert frontier.push([entry("x/", 10), entry("x/index.html", 60), entry("x/?spm=1", 5)]) == 1
    assert frontier.lease(floor=1) == entry("x/index.html", 60)
    assert frontier.push([entry("x/", 100)]) == 0
    assert frontier.lease(floor=1) is None


def test_busy_and_blocked_hosts_wait(path: Path) -> None:
    frontier = Frontier(path)
    frontier.push([entry("x", 90), entry("y", 10, host="b.gov.cn")])
    found = frontier.lease(floor=1, busy=["a.gov.cn"])
    assert found is not None
    assert found.url == "http://b.gov.cn/y"
    frontier.blocked_hosts.add("a.gov.cn")
    assert not frontier.has_waiting(floor=1)


def test_the_floor_holds_back_what_promises_little(path: Path) -> None:
    frontier = Frontier(path)
    frontier.push([entry("x", 1)])
    assert frontier.lease(floor=10) is None
    assert not frontier.has_waiting(floor=10)
    assert frontier.has_waiting(floor=1)


def test_a_killed_crawl_goes_on_where_it_was(path: Path) -> None:
    first = Frontier(path)
    first.push([entry("done", 90), entry("open", 80)])
    first.lease(floor=1)
    first.lease(floor=1)
    first.end(entry("done").key, "annual_report", [entry("found", 70)])
    second = Frontier(path)  # the first is never closed
    assert second.resumed
    assert second.outcomes() == {"annual_report": 1}
    assert [each.url[-5:] for each in iter(lambda: second.lease(floor=1), None)] == ["/open", "found"]


def test_a_finished_crawl_begins_afresh(path: Path) -> None:
    first = Frontier(path)
    first.push([entry("x")])
    first.close(finished=True)
    second = Frontier(path)
    assert not second.resumed
    assert not second.knows("http://a.gov.cn/x")
    second.close(finished=False)
    assert Frontier(path).resumed


def test_a_redirect_takes_a_page_that_nobody_has(path: Path) -> None:
    frontier = Frontier(path)
    frontier.push([entry("from", 90), entry("waits", 50)])
    leased = frontier.lease(floor=1)
    assert leased is not None
    assert frontier.claim(entry("waits"), leased.key)
    assert frontier.claim(entry("new"), leased.key)
    assert not frontier.claim(entry("from"), leased.key)
    assert not frontier.claim(entry("new"), leased.key)
    assert frontier.lease(floor=1) is None


def test_what_a_page_in_flight_had_claimed_is_free_after_a_kill(path: Path) -> None:
    """The page is asked for again; its redirect's target and its files must not pass for somebody else's."""
    killed = Frontier(path)
    killed.push([entry("from", 90), entry("waits", 50)])
    leased = killed.lease(floor=1)
    assert leased is not None
    assert killed.claim(entry("waits"), leased.key)
    assert killed.claim(entry("new"), leased.key)
    again = Frontier(path)
    assert again.claim(entry("waits"), leased.key)
    assert again.claim(entry("new"), leased.key)
    again.end(leased.key, "annual_report")
    assert not Frontier(path).claim(entry("new"), leased.key)


def test_a_crawl_that_the_journal_knows_ended_begins_afresh(path: Path) -> None:
    """Killed between the run's last line and the frontier's: the journal is the truth."""
    Frontier(path).push([entry("x")])
    assert not Frontier(path, may_resume=False).knows("http://a.gov.cn/x")


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abcdefgh"), st.integers(1, 100)), max_size=20), st.integers(0, 20))
def test_every_page_is_handed_out_once_whatever_the_kill(
    tmp_path_factory: pytest.TempPathFactory, pushed: list[tuple[str, int]], kill_at: int
) -> None:
    """However pages come in, and wherever it is killed, each page is ended exactly once."""
    path = tmp_path_factory.mktemp("f") / "x.sqlite"
    frontier, ended = Frontier(path), []
    frontier.push(entry(name, score) for name, score in pushed)
    for step in range(100):
        if step == kill_at:
            frontier = Frontier(path)
        leased = frontier.lease(floor=1)
        if leased is None:
            break
        if step != kill_at - 1:  # killed with this one in flight
            frontier.end(leased.key, "other")
            ended.append(leased.key)
    if kill_at and len(ended) < len({name for name, _ in pushed}):
        frontier = Frontier(path)
        ended += [each.key for each in iter(lambda: frontier.lease(floor=1), None)]
    assert sorted(ended) == sorted({entry(name).key for name, _ in pushed})


@pytest.mark.parametrize("begin", [0, 4096])
def test_a_damaged_file_is_begun_anew_and_that_is_said(path: Path, begin: int) -> None:
    """Not a traceback at every crawl to come: the journal knows what it knew."""
    before = Frontier(path)
    before.push([entry(str(number)) for number in range(50)])
    before.close(finished=False)
    raw = path.read_bytes()
    path.write_bytes(raw[:begin] + os.urandom(len(raw) - begin))
    frontier, said = opened(path, Frontier)
    assert (frontier.is_new, len(said)) == (True, 1)
    assert opened(path, Frontier)[1] == ()


def test_a_busy_file_is_one_sentence(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawler.scratch_files.WAIT", 0.01)
    Frontier(path).close(finished=False)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(UnwritableArchive, match="locked"):
            opened(path, Frontier)

"""The whole program against the sample portals, through http_proxy: what it finds, and what it never asks for."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from crawling import crawl

from samples.portals import expected, portals
from samples.server import Logged, running


@dataclass(frozen=True)
class Crawled:
    """A finished crawl: exit status, what was printed, the server's log, the journal, and the documents stored."""

    status: int
    printed: str
    said: str
    log: tuple[Logged, ...]
    archive: Path

    def events(self, name: str) -> list[dict[str, Any]]:
        files = sorted(self.archive.glob("journal/*/*/*/*.jsonl"))
        lines = (line for file in files for line in file.read_text(encoding="utf-8").splitlines())
        return [event for event in map(json.loads, lines) if event["event"] == name]

    def documents(self) -> list[dict[str, Any]]:
        paths = [self.archive / "documents" / event["path"] for event in self.events("derivation")]
        return [json.loads(path.read_text(encoding="utf-8")) for path in paths]

    def found(self) -> set[tuple[str, int]]:
        return {(one["agency"]["name"], one["report_year"]) for one in self.documents()}

    def asked(self) -> Counter[str]:
        return Counter(one.url for one in self.log)


def crawled(portal: str, archive: Path, **settings: str) -> Crawled:
    with running() as site:
        done = crawl(portal, archive, proxy=site.url, **settings)
        return Crawled(done.returncode, done.stdout, done.stderr, tuple(site.log), archive)


@pytest.fixture(scope="module")
def trs(tmp_path_factory: pytest.TempPathFactory) -> Crawled:
    """The first sample portal, crawled once from its home page."""
    return crawled("http://trs.gov.test/", tmp_path_factory.mktemp("trs") / "data")


def test_all_sixteen_reports_and_nothing_else(trs: Crawled) -> None:
    assert (trs.status, trs.said) == (0, "")
    assert trs.found() == expected("trs")
    assert len(trs.events("derivation")) == 16


def test_the_report_that_is_only_a_file_comes_from_the_file(trs: Crawled) -> None:
    (event,) = [event for event in trs.events("derivation") if event["url"].endswith(".pdf")]
    (document,) = [one for one in trs.documents() if one["report_year"] == 2010]
    assert event["context"]["url"].endswith(".html")
    assert [(file["name"], file["media_type"]) for file in document["attachments"]] == [("2010年报告.pdf", "application/pdf")]
    (exchange,) = [one for one in trs.events("exchange") if one["capture"] == event["capture"]]
    assert document["attachments"][0]["sha256"] == exchange["payload_sha256"]


def test_look_alikes_stubs_and_editor_paths_are_never_asked_for(trs: Crawled) -> None:
    asked = " ".join(trs.asked())
    assert "/protect/" not in asked
    assert "index_3.html" not in asked
    assert "/fzzf/" not in asked
    assert "/wzgl/" not in asked


def test_politeness_by_the_servers_own_log(trs: Crawled) -> None:
    portal = portals()["trs"]
    assert max(trs.asked().values()) == 1
    assert len(trs.log) <= 4 * (len(portal.expected) + portal.lists)
    assert trs.log[0].path == "/robots.txt"
    assert {one.user_agent for one in trs.log} == {"Mozilla/5.0 (compatible; Gongkai/0.1; +mailto:tests@example.org)"}


def test_every_request_is_a_capture_with_the_decision_of_robots(trs: Crawled) -> None:
    exchanges = trs.events("exchange")
    assert Counter(one["url"] for one in exchanges) == trs.asked()
    assert Counter(one["robots"] for one in exchanges) == {"allowed": len(exchanges) - 1, "not-asked": 1}


def test_the_summary_says_what_was_read(trs: Crawled) -> None:
    assert "国家渡口管理局  2023  2021  200/200" in trs.printed
    assert re.search(r"国家渡口管理局  2020  2019  198/198     1/\d+ ", trs.printed)
    assert "16 reports, finished" in trs.printed
    assert str(trs.archive) in trs.printed


def test_a_second_crawl_stores_no_second_document(trs: Crawled) -> None:
    documents = {path.name for path in trs.archive.glob("documents/**/*.json")}
    again = crawled("trs", trs.archive)
    assert again.status == 0
    assert {path.name for path in trs.archive.glob("documents/**/*.json")} == documents
    assert again.printed.count(" known") == 16


@pytest.mark.parametrize("portal", ["ucap", "legacy", "gate", "soft", pytest.param("vsb", marks=pytest.mark.soak)])
def test_other_portals_by_the_generic_walk(portal: str, tmp_path: Path) -> None:
    """Years under a heading, descending pages, GBK with files, a cookie gate, many addresses for one page."""
    done = crawled(portal, tmp_path / "data")
    made = portals()[portal]
    assert done.status == 0
    assert done.found() == expected(portal)
    assert len(done.events("derivation")) == len(expected(portal))
    assert len(done.log) <= 4 * (len(made.expected) + made.lists)
    assert not [path for path in done.asked() if any(never in path for never in made.never)]
    pages = {url: count for url, count in done.asked().items() if not url.endswith("/robots.txt")}
    assert max(pages.values()) <= (2 if portal == "gate" else 1)


def refusals(done) -> list[str]:
    """Return the findings of a crawl without the monitors', which depend on the day of the year."""
    return [event["kind"] for event in done.events("finding") if not event["kind"].startswith("monitor:")]


@pytest.mark.parametrize("portal", ["rs", "jsl", "c3vk", "geo"])
def test_challenges_are_recorded_and_left_alone(portal: str, tmp_path: Path) -> None:
    done = crawled(portal, tmp_path / "data")
    assert done.status == 4
    assert len(done.log) <= 3
    assert refusals(done) == [f"blocked:{portal}"]
    assert done.events("derivation") == []


def test_a_host_that_answers_with_its_index_is_left_alone(tmp_path: Path) -> None:
    done = crawled("softblock", tmp_path / "data")
    assert done.status == 4
    assert refusals(done) == ["blocked:softblock"]
    assert done.found() < expected("softblock")


@pytest.mark.soak
def test_what_a_page_of_pictures_says_is_missing_is_said(tmp_path: Path) -> None:
    """The county's page of all organs: all but the scan without a word of text, which is a finding."""
    done = crawled("county", tmp_path / "data")
    assert done.status == 0
    missing = expected("county") - done.found()
    assert done.found() <= expected("county")
    assert len(missing) <= 1
    findings = [event["says"] for event in done.events("finding") if event["kind"] == "unread_report"]
    assert all(any(agency.removeprefix("云棠县") in says for says in findings) for agency, _ in missing)

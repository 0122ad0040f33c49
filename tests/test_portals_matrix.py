"""The acceptance matrix: every sample portal crawled once, from its bare home: nothing missed, invented, asked twice or forbidden."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict, dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from crawling import crawl, environment, ROOT

from samples.judge import judge, Judgement
from samples.portals import portals
from samples.server import running

SPECIFIED = ("trs", "ucap", "ucapjson", "hanweb", "jpaas", "lonsun", "vsb", "legacy", "county", "soft", "gate")
HOMEGROWN = ("oldphp", "drawn", "framed", "matrix", "nodes", "widget", "mapped", "posted", "rounds")
"""Portals of nobody's CMS: the generic walk alone finds their reports."""
WALLED = ("rs", "jsl", "c3vk", "geo")
"""Hosts that let nobody in."""


@dataclass(frozen=True)
class Crawled:
    """A finished crawl: its exit status, what it printed and the journal's findings, and the verdict on it."""

    status: int
    printed: str
    findings: tuple[dict[str, Any], ...]
    verdict: Judgement


def crawled(name: str, archive: Path) -> Crawled:
    with running() as site:
        done = crawl(name, archive, proxy=site.url)
        log = [asdict(one) for one in site.log]
    return Crawled(done.returncode, done.stdout + done.stderr, findings(archive), judge(name, listed(archive), log))


def listed(archive: Path) -> list[dict[str, Any]]:
    command = [sys.executable, "-m", "archive", "list", "--json", "--archive", str(archive)]
    done = subprocess.run(command, cwd=ROOT, env=environment(None), capture_output=True, text=True, check=True)
    rows: list[dict[str, Any]] = json.loads(done.stdout, parse_float=Decimal)
    return rows


def findings(archive: Path) -> tuple[dict[str, Any], ...]:
    lines = (line for file in sorted(archive.glob("journal/**/*.jsonl")) for line in file.read_text("utf-8").splitlines())
    return tuple(event for event in map(json.loads, lines) if event["event"] == "finding")


@pytest.mark.parametrize("name", [*SPECIFIED, *HOMEGROWN, pytest.param("gkmlpt", marks=pytest.mark.soak)])
def test_a_portal_is_found_whole(name: str, tmp_path: Path) -> None:
    done = crawled(name, tmp_path)
    assert done.verdict.faults == (), done.printed
    assert (done.status, done.verdict.found) == (0, len(portals()[name].expected))


@pytest.mark.parametrize("name", WALLED)
def test_a_wall_is_left_alone(name: str, tmp_path: Path) -> None:
    done = crawled(name, tmp_path)
    assert (done.status, done.verdict.found, done.verdict.faults) == (4, 0, ())
    assert any(finding["kind"].startswith("blocked") for finding in done.findings)

"""`scrapy probe` says what a portal is and prints its row; `scrapy portals` lists the registry and how it goes."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import tomllib
from pathlib import Path

from crawling import crawl, environment, REGISTRIES, ROOT

from archive.store import Archive
from crawler.budget import HostBudget
from crawler.portals import portal_of
from samples.server import running

SETTINGS = ("-s", "DOWNLOAD_DELAY=0", "-s", "ALLOW_LOOPBACK=1", "-s", f"PORTAL_REGISTRIES={REGISTRIES}")


def scrapy(*arguments: str, proxy: str | None = None, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "scrapy", *arguments, *SETTINGS]
    return subprocess.run(command, cwd=cwd, env=environment(proxy), capture_output=True, text=True, timeout=300, check=False)


def test_a_probe_prints_a_row_that_the_registry_takes_and_stores_nothing(tmp_path: Path) -> None:
    with running() as site:
        done = scrapy(
            "probe",
            "http://trs.gov.test/",
            "-s",
            "CRAWL_MAX_PAGES=8",
            "-s",
            f"ARCHIVE_ROOT={tmp_path / 'data'}",
            proxy=site.url,
        )
    assert done.returncode == 0, done.stdout + done.stderr
    (row,) = tomllib.loads(done.stdout).items()
    portal = portal_of("stdout", *row)
    assert (portal.id, portal.family, portal.home) == ("trs", "trs", "http://trs.gov.test/")
    assert portal.columns == ("http://trs.gov.test/gongkai/zfxxgkpt/zfxxgknb/",)
    assert "family: trs (" in done.stderr
    assert "robots.txt: allowed" in done.stderr
    assert "index_1.html" in done.stderr
    assert not (tmp_path / "data").exists()


def test_a_probe_waits_its_turn_among_the_archives_crawls(tmp_path: Path) -> None:
    """A host that asked the archive's crawls to leave it alone is not probed either."""
    Archive.open(tmp_path).close()
    HostBudget(tmp_path / "locks" / "hosts.sqlite").hold("trs.gov.test", 3600, time.time())
    with running() as site:
        done = scrapy("probe", "http://trs.gov.test/", "-s", f"ARCHIVE_ROOT={tmp_path}", proxy=site.url)
        assert site.log == []
    assert done.returncode == 4
    assert "asked to be left alone" in done.stderr


def test_a_probe_names_a_block() -> None:
    with running() as site:
        done = scrapy("probe", "http://rs.gov.test/", proxy=site.url)
    assert done.returncode == 4
    assert "blocked:rs: " in done.stderr
    assert "column: none found" in done.stderr


def test_portals_are_listed_with_their_last_run(tmp_path: Path) -> None:
    with running() as site:
        assert crawl("gate", tmp_path, proxy=site.url).returncode == 0
    done = scrapy("portals", "--json", "-s", f"ARCHIVE_ROOT={tmp_path}")
    rows = {row["portal"]: row for row in json.loads(done.stdout)}
    assert (rows["gate"]["state"], rows["gate"]["reports"]) == ("finished", 3)
    assert (rows["mva"]["state"], rows["npc"]["state"], rows["mva"]["last_run"]) == ("never", "paused", None)
    plain = scrapy("portals", "-s", f"ARCHIVE_ROOT={tmp_path}")
    assert len(plain.stdout.splitlines()) == len(rows) + 1
    assert scrapy("portals", "x").returncode == 2

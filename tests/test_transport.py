"""Portals that speak only http, only https, or TLS with a fault: crawled all the same, and said."""

from __future__ import annotations

from pathlib import Path

import pytest
from crawling import crawl

from archive.store import Archive
from samples.portals import expected
from samples.server import running


@pytest.mark.parametrize(
    ("portal", "home", "kind"),
    [
        ("httponly", "https://httponly.gov.test/", "scheme"),
        ("httpsonly", "http://httpsonly.gov.test/", "scheme"),
        ("expired", "https://expired.gov.test/", "tls-relaxed"),
    ],
)
def test_a_fault_of_transport_is_found_once_and_costs_no_report(tmp_path: Path, portal: str, home: str, kind: str) -> None:
    with running() as site:
        done = crawl(home, tmp_path, proxy=site.url)
    assert done.returncode == 0, done.stdout + done.stderr
    archive = Archive.open(tmp_path)
    found = {(row["agency"], row["report_year"]) for row in archive.catalog.rows("SELECT * FROM reports")}
    assert found == expected(portal)
    kinds = [row["kind"] for row in archive.catalog.rows("SELECT * FROM findings")]
    assert kinds.count(kind) == 1


def test_a_full_disk_stops_the_crawl_cleanly(tmp_path: Path) -> None:
    with running() as site:
        done = crawl("gate", tmp_path, proxy=site.url, DISK_RESERVE=str(1 << 60))
        again = crawl("gate", tmp_path, proxy=site.url)
    assert done.returncode == 1
    assert "The disk has less than" in done.stdout
    assert again.returncode == 0

"""Crawls with a real browser: an application is found whole, politely; a challenge never reaches the browser; nothing is left behind."""

from __future__ import annotations

import shutil
from collections import Counter
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path

import pytest
from crawling import crawl
from test_portals_matrix import findings, listed

from archive.store import Archive
from archive.verify import verify
from samples.judge import judge
from samples.portals import portals
from samples.portals.spa import HOST, TRACKER
from samples.server import running

HAS_BROWSER = find_spec("scrapy_playwright") is not None and shutil.which("chromium") is not None
pytestmark = pytest.mark.skipif(not HAS_BROWSER, reason="no chromium, or not the extra `browser`")


def test_an_application_is_found_whole(tmp_path: Path) -> None:
    with running() as site:
        done = crawl("spa", tmp_path, proxy=site.url)
        log = [asdict(one) for one in site.log]
    assert judge("spa", listed(tmp_path), log).faults == (), done.stdout + done.stderr
    assert (done.returncode, len(listed(tmp_path))) == (0, len(portals()["spa"].expected))
    assert not [one for one in log if one["host"] == TRACKER or one["path"].startswith("/admin/")]
    assert {one["user_agent"] for one in log if one["host"] == HOST} == {"Mozilla/5.0 (compatible; Gongkai/0.1; +mailto:tests@example.org)"}
    _drawings_are_proved(tmp_path)


def _drawings_are_proved(root: Path) -> None:
    archive = Archive.open(root)
    drawn = list(archive.catalog.rows("SELECT * FROM captures WHERE record_type = 'conversion'"))
    reports = list(archive.catalog.rows("SELECT c.record_type FROM reports r JOIN captures c ON c.id = r.capture"))
    counts = next(iter(archive.catalog.rows("SELECT counts FROM runs")))["counts"]
    assert {row["record_type"] for row in reports} == {"conversion"}
    assert all(archive.capture(row["revisit_of"]).url == row["url"] for row in drawn)
    assert f'"browser.drawn":{len(drawn)}' in counts
    assert f'"browser.refused.blocked:robots":{len(drawn)}' in counts
    assert f'"browser.refused.out-of-scope":{2 * len(drawn)}' in counts
    assert list(verify(root)) == []
    archive.close()

"""Four crawls, weeks apart by a shifted clock, of one portal whose reports change: the whole way to the verdicts."""

import subprocess
from datetime import datetime, timedelta, UTC

import pytest
from crawling import command, environment, ROOT
from season_driver import number_of

from archive.rebuild import differences
from archive.store import Archive
from samples.mutations import MUTATIONS
from samples.seasonal import HOME, seasonal_portal
from samples.seasons import DAYS, KINDS, stories
from samples.server import serving

BLOCKED = 4
"""What a crawl returns that some hosts blocked."""

CLOCK = """
import datetime, os
real = datetime.datetime
class Shifted(real):
    @classmethod
    def now(cls, tz=None):
        return real.now(tz) + datetime.timedelta(days=int(os.environ["SHIFTED_BY_DAYS"]))
datetime.datetime = Shifted
"""


@pytest.mark.soak
def test_crawls_over_four_seasons_find_every_change_and_invent_none(tmp_path):
    """Redirects, attachments, missing pages, blocks and conditional requests as the crawler meets them."""
    kinds = (*KINDS, *MUTATIONS)
    told = list(stories(3 * len(kinds), kinds))
    clock = tmp_path / "clock"
    clock.mkdir()
    (clock / "sitecustomize.py").write_text(CLOCK)
    start = datetime.now(UTC)
    for visit, days in enumerate(DAYS):
        with serving([seasonal_portal(told, visit)]) as site:
            shifted = {**environment(site.url), "PYTHONPATH": str(clock), "SHIFTED_BY_DAYS": str(days)}
            asked = command(HOME, tmp_path / "data", CRAWL_MAX_PAGES="1000")
            crawled = subprocess.run(asked, cwd=ROOT, env=shifted, capture_output=True, text=True, timeout=400, check=False)
            assert crawled.returncode in (0, BLOCKED), crawled.stderr
    archive = Archive.open(tmp_path / "data")
    seen = {number: set() for number in range(len(told))}
    visits = {(start + timedelta(days=days)).date().isoformat(): visit for visit, days in enumerate(DAYS)}
    for row in archive.catalog.rows("SELECT * FROM changes"):
        seen[number_of(row["url"])].add((row["verdict"], visits[row["seen_at"][:10]]))
    wrong = {(n, s.kind): (s.verdicts - seen[n], seen[n] - s.verdicts) for n, s in enumerate(told) if seen[n] != s.verdicts}
    assert wrong == {}
    assert list(differences(archive.root)) == []

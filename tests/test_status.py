"""The operator's morning look, and the guard that stops a crawl before the disk is full."""

import json
import shutil
from datetime import date, timedelta
from types import SimpleNamespace

from archive_makers import Clock, fill, START
from click.testing import CliRunner

from archive.cli import main
from archive.seal import seal
from archive.space import enough, free
from archive.status import sentences, status
from archive.store import Archive


def test_portals_findings_room_and_seal(tmp_path):
    """Each portal by its last run, a run that is going on, and what waits for a person."""
    for portal in ("a", "b"):
        fill(Archive.open(tmp_path, clock=Clock(step=0.01)), portal=portal)
    archive = Archive.open(tmp_path)
    before = status(archive, START)
    assert [(row["portal"], row["outcome"], row["captures"]) for row in before["portals"]] == [
        ("a", "finished", 5),
        ("b", "finished", 5),
    ]
    assert [sum(row[name] for row in before["portals"]) for name in ("reports", "findings_open")] == [2, 1]
    assert before["seal"] == {"at": None, "day": None, "age_days": None}
    assert before["findings_open"] >= 1
    seal(archive, date(2026, 11, 23))
    with Archive.open(tmp_path, clock=Clock(at=START + timedelta(days=1))).start_run("crawl", portal="a") as run:
        after = status(archive, START + timedelta(days=400))
        assert after["running"] == [run.id]
        assert after["portals"][0]["outcome"] == "running"
    assert after["seal"]["day"] == "2026-11-22"
    assert after["seal"]["age_days"] > 300
    on_disk = sum(path.stat().st_size for path in tmp_path.rglob("*") if path.is_file() and path.parent.name == "captures")
    assert after["disk"]["used"]["captures"] >= on_disk
    assert sentences(before)[1] == "last seal: never"


def test_the_command_in_both_shapes(tmp_path):
    """A table and sentences, or one object."""
    fill(Archive.open(tmp_path, clock=Clock())).close()
    shown = CliRunner().invoke(main, ["status", "--archive", str(tmp_path)])
    assert (shown.exit_code, "qingchuan\t2026-11-22" in shown.stdout, "running: nothing" in shown.stdout) == (0, True, True)
    state = json.loads(CliRunner().invoke(main, ["status", "--archive", str(tmp_path), "--json"]).stdout)
    assert state["portals"][0]["captures"] == 5


def test_enough_is_more_than_the_reserve(tmp_path, monkeypatch):
    """Also for an archive that is not made yet."""
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=10))
    assert free(tmp_path / "not" / "yet") == 10
    assert enough(tmp_path, 9)
    assert not enough(tmp_path, 10)

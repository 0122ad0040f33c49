"""The writing end: runs, locks, equal payloads, documents of reports, and refusals."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest
from archive_makers import Clock, exchange, failure, fill, report, START

from archive.codec import loads
from archive.errors import AlreadyRunning, Misuse, NotInArchive, UnwritableArchive
from archive.model import Furniture
from archive.store import Archive
from archive.verify import verify


def documents(root):
    """Return the stored documents."""
    return sorted(root.glob("documents/*/*/*/*/*.json"))


def test_the_same_report_twice_is_one_document(tmp_path):
    """A page whose visit counter moved is stored as a capture, not as a document; and it is said."""
    with Archive.open(tmp_path).start_run("crawl") as run:
        first = run.store(run.record(exchange(b"1")), report(), reader_version="1")
        moved = report(furniture=(Furniture(rule="visits", text="浏览次数:999"),))
        second = run.store(run.record(exchange(b"2")), moved, reader_version="1")
    with Archive.open(tmp_path).start_run("crawl") as run:
        third = run.store(run.record(exchange(b"3")), report(), reader_version="1")
    assert (first.is_new, second.is_new, third.is_new) == (True, False, False)
    assert "is stored already" in second.says
    assert "青川县教育局, 2024" in third.says
    assert len(documents(tmp_path)) == 1
    (row,) = Archive.open(tmp_path).catalog.rows("SELECT * FROM reports")
    assert (row["sightings"], row["versions"]) == (3, 1)


def test_a_document_holds_no_url_time_or_furniture(tmp_path):
    """What moves from visit to visit stands in the journal, with what people want to find again."""
    fill(Archive.open(tmp_path))
    for path in documents(tmp_path):
        text = path.read_text(encoding="utf-8")
        assert "a.gov.test" not in text
        assert "扫一扫" not in text
        assert "2026" not in text
        assert path.parent.name == path.name[:2]
    text = "".join(path.read_text(encoding="utf-8") for path in tmp_path.glob("journal/*/*/*/*.jsonl"))
    assert "扫一扫" in text
    assert "http://www.a.gov.test/a.pdf" in text


def test_decimals_keep_their_digits(tmp_path):
    """12.50 is not 12.5: as printed, down to the catalog."""
    archive = fill(Archive.open(tmp_path))
    (row,) = archive.catalog.rows(
        "SELECT [administrative_fees.amount_wan_yuan] AS money FROM cells_2021_proactive_disclosure LIMIT 1"
    )
    assert row["money"] == "12.50"
    assert any("12.50" in str(loads(path.read_bytes())["statistics"]) for path in documents(tmp_path))


def test_numbers_beyond_sqlite_are_kept(tmp_path):
    """A garbled page may print any number of digits."""
    with Archive.open(tmp_path).start_run("crawl") as run:
        run.store(run.record(exchange()), report(10**30), reader_version="1")
    (row,) = Archive.open(tmp_path).catalog.rows("SELECT [new_received.natural_person] AS n FROM cells_2021_applications")
    assert row["n"] == str(10**30)


def test_a_blank_is_no_zero_in_the_catalog(tmp_path):
    """Value, kind and reading of a cell stand in its row and packed letter."""
    archive = fill(Archive.open(tmp_path))
    (row,) = archive.catalog.rows("SELECT * FROM cells_2021_applications ORDER BY document LIMIT 1")
    assert (row["new_received.natural_person"], row["new_received.business_enterprise"]) == (3, None)
    assert row["packed"].startswith("nb.")


def test_equal_payloads_are_revisits_in_later_runs_too(tmp_path):
    """The second crawl of an unchanged site stores heads only, and gives the bodies back."""
    body = os.urandom(20_000)
    archive = Archive.open(tmp_path)
    with archive.start_run("crawl") as run:
        first = run.record(exchange(body))
    with Archive.open(tmp_path).start_run("crawl") as run:
        again = run.record(exchange(body, url="http://mirror.test/", seconds=9, head=b"Date: x\r\n"))
        empty = [run.record(exchange(b"")) for _ in range(2)]
    assert again.revisit_of == first.id
    assert again.payload_sha256 == first.payload_sha256
    assert [each.revisit_of for each in empty] == [None, None]
    payload = archive.payload_of(again.id)
    assert payload.body == body
    assert ("Date", "x") in payload.headers
    assert sum(path.stat().st_size for path in tmp_path.glob("captures/*/*/*/*.gz")) < 25_000


def test_a_cut_body_is_never_what_a_revisit_refers_to(tmp_path):
    """Half a page, met twice, is stored twice."""
    with Archive.open(tmp_path).start_run("crawl") as run:
        cut = [run.record(exchange(b"half", truncated="disconnect")) for _ in range(2)]
        whole = run.record(exchange(b"half"))
    assert [each.revisit_of for each in (*cut, whole)] == [None, None, None]
    assert cut[0].truncated == "disconnect"


def test_failures_are_captures(tmp_path):
    """That nobody answered is a fact with a time."""
    archive = Archive.open(tmp_path)
    with archive.start_run("crawl") as run:
        capture = run.record(failure("tls"))
    assert archive.capture(capture.id) == capture
    assert (capture.failure, capture.status, capture.payload_sha256) == ("tls", None, None)
    with pytest.raises(NotInArchive):
        archive.payload_of(capture.id)


def test_files_roll_over_by_size_and_at_midnight_utc(tmp_path):
    """Paths are days; a clock that is set back goes back to none of them."""
    clock = Clock(step=0)
    archive = Archive.open(tmp_path, clock=clock)
    run = archive.start_run("crawl")
    run._max_size = 1000
    for _ in range(3):
        run.record(exchange(os.urandom(600)))
    clock.at += timedelta(minutes=1)
    run.record(exchange(b"next day"))
    clock.at -= timedelta(hours=1)
    run.record(exchange(b"set back"))
    run.finish("finished", {})
    days = [path.relative_to(tmp_path / "captures").as_posix()[:10] for path in sorted(tmp_path.glob("captures/*/*/*/*.gz"))]
    assert days.count("2026/11/23") == 2
    assert len(days) >= 4
    assert len(list(tmp_path.glob("journal/*/*/*/*.jsonl"))) == 2
    assert list(verify(tmp_path)) == []


def test_one_crawl_a_portal(tmp_path):
    """A second crawl of the same portal is refused by name and process; another portal may share the archive."""
    archive = Archive.open(tmp_path)
    with archive.start_run("crawl", portal="moe"):
        with pytest.raises(AlreadyRunning, match=rf"'moe'.*{os.getpid()}"):
            archive.start_run("crawl", portal="moe")
        Archive.open(tmp_path).start_run("crawl", portal="mof").finish("finished", {})
    archive.start_run("crawl", portal="moe").finish("finished", {})


def test_a_lock_dies_with_its_process(tmp_path):
    """After SIGKILL the portal can be crawled again at once."""
    code = f"""
import os, pathlib
from archive.store import Archive
run = Archive.open(pathlib.Path({str(tmp_path)!r})).start_run("crawl", portal="moe")
os.kill(os.getpid(), 9)
"""
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == -9
    archive = Archive.open(tmp_path)
    assert any("was killed" in said for said in archive.repairs)
    archive.start_run("crawl", portal="moe").finish("finished", {})


def test_a_run_left_by_an_exception_failed(tmp_path):
    """Its outcome says so, and its lock is free."""
    archive = Archive.open(tmp_path)
    with pytest.raises(ZeroDivisionError), archive.start_run("crawl", portal="moe") as run:
        run.record(exchange(b"x" * (1 // 0)))
    (row,) = archive.catalog.rows("SELECT outcome, portal FROM runs")
    assert row == {"outcome": "failed", "portal": "moe"}
    with pytest.raises(UnwritableArchive):
        run.record(exchange())


def test_refusals(tmp_path):
    """An archive that can't be made, one that is not there, a time without zone."""
    (tmp_path / "file").write_text("x")
    with pytest.raises(UnwritableArchive):
        Archive.open(tmp_path / "file" / "data")
    with pytest.raises(Misuse, match="no archive"):
        Archive.open_existing(tmp_path / "none")
    assert not (tmp_path / "none").exists()
    with Archive.open(tmp_path / "data").start_run("crawl") as run:
        with pytest.raises(ValueError, match="time zone"):
            run.record(replace(exchange(), fetched_at=START.replace(tzinfo=None)))
        with pytest.raises(ValueError, match="no outcome"):
            run.finish("well", {})


def test_journal_lines_are_plain_json_in_a_chain(tmp_path):
    """Whoever has only Python's json and hashlib can check the chain."""
    fill(Archive.open(tmp_path))
    (path,) = tmp_path.glob("journal/*/*/*/*.jsonl")
    prev = sha256(f"gongkai journal {path.stem}".encode()).hexdigest()
    lines = path.read_bytes().splitlines()
    for number, line in enumerate(lines, 1):
        event = json.loads(line)
        assert event["prev"] == prev
        assert event["id"] == f"{path.stem}#{number}"
        prev = sha256(line).hexdigest()
    assert len(lines) > 10

"""What an operator does to an archive, or its machine: one clear sentence each, and nothing lost."""

import json
import os
import shutil
import signal
import sqlite3
import tempfile
import threading
from contextlib import closing
from datetime import date, datetime, timedelta, UTC
from pathlib import Path

import pytest
from archive_makers import Clock, exchange, fill, report, START
from click.testing import CliRunner
from test_read_only import as_nobody

from archive.capture_files import index_path
from archive.cli import main
from archive.durable import AppendFile
from archive.errors import UnwritableArchive
from archive.journal import genesis, read_lines, repair_tail, seal_line
from archive.locks import is_held, Lock
from archive.pack import pack, Selection
from archive.seal import seal
from archive.store import Archive
from archive.verify import verify


@pytest.fixture
def root(tmp_path):
    """Return a closed archive of one finished crawl."""
    fill(Archive.open(tmp_path / "data", clock=Clock(step=0.01))).close()
    return tmp_path / "data"


def killed(root, work, clock=None):
    """Begin a crawl of `portal`, do `work` with it and die; the run's lock and whatever it wrote are left."""
    child = os.fork()
    if child == 0:
        try:
            work(Archive.open(root, clock=clock or Clock(step=0.01)).start_run("crawl", portal="killed"))
            os.kill(os.getpid(), signal.SIGKILL)
        finally:
            os._exit(1)
    assert os.WIFSIGNALED(os.waitpid(child, 0)[1])


def two_pages(run):
    """Record two pages, and a document between them."""
    first = run.record(exchange(os.urandom(300)))
    run.store(first, report(9), reader_version="1")
    run.record(exchange(os.urandom(300), url="http://a.test/2"))


def said(root, command="list", *arguments):
    """Return exit status and stderr of a command that may fail, but not by a traceback."""
    result = CliRunner().invoke(main, [command, "--archive", str(root), *map(str, arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.stderr


def faults(root):
    """Return what verify finds."""
    return [str(fault) for fault in verify(root)]


def newest(root, pattern):
    """Return the last file of a pattern that was written."""
    return max(root.glob(pattern), key=lambda path: (path.stat().st_mtime_ns, path))


def test_a_document_without_bytes_stops_no_start(root):
    """A name that the disk kept without its bytes (or anything else in the folder) is told, and left for verify."""
    killed(root, two_pages)
    bad = root / "documents/2026/11/22/ab" / f"{'ab' * 32}.json"
    bad.parent.mkdir(parents=True)
    bad.touch()
    status, sentence = said(root)
    assert (status, "left a document that differs from its name" in sentence) == (0, True)
    assert all(bad.name in fault for fault in faults(root))
    bad.unlink()
    assert faults(root) == []


def test_rot_in_a_killed_run_stops_no_start_and_costs_no_other_record(root):
    """A record that can't be read any more, in the file that must be repaired: the others are indexed, it is named."""
    killed(root, two_pages)
    path = newest(root, "captures/*/*/*/*.warc.gz")
    raw = bytearray(path.read_bytes())
    with closing(sqlite3.connect(root / "catalog.db")):
        events = [line.event for line in read_lines(newest(root, "journal/*/*/*/*.jsonl")) if "records" in line.event]
    first = next(each for each in events if each["event"] == "exchange")["records"][0]
    raw[first["offset"] + 30] ^= 1
    path.write_bytes(raw)
    assert said(root)[0] == 0
    (fault,) = faults(root)
    assert first["id"] in fault
    assert index_path(path).read_text().count("\n") == 1


def test_whole_records_behind_damage_are_journalled_not_cut(root):
    """The journal of a killed run is gone and a record of its file damaged: what stands behind it is no torn tail."""
    killed(root, two_pages)
    path = newest(root, "captures/*/*/*/*.warc.gz")
    newest(root, "journal/*/*/*/*crawl*.jsonl").unlink()
    raw = bytearray(path.read_bytes())
    second = raw.index(b"\x1f\x8b\x08", 1)
    raw[second + 20] ^= 1
    path.write_bytes(raw)
    status, sentence = said(root)
    assert (status, "journalled the response record" in sentence, "cut" in sentence) == (0, True, False)
    assert path.read_bytes() == raw
    assert any("counts twice or not at all" in fault for fault in faults(root))


def test_zeros_that_a_power_failure_left_are_a_torn_tail(tmp_path):
    """In the last line, whether its end reached the disk or not; before it they are damage, and stay."""
    line = seal_line({"event": "x", "id": "r#1"}, genesis("r"))
    for tail in (b"\0" * 300, b"\0" * 4096 + line[40:] + b"\n", b'{"a":1' + b"\0\0" + b"\n"):
        path = tmp_path / "r.jsonl"
        path.write_bytes(line + b"\n" + tail)
        assert [each.damage for each in read_lines(path)] == [None]
        assert "cut" in repair_tail(path)
        assert path.read_bytes() == line + b"\n"
    path.write_bytes(b"\0\n" + line + b"\n")
    assert repair_tail(path) is None
    assert len(list(read_lines(path))) == 2


def test_a_killed_run_whose_clock_went_back_over_midnight_is_repaired(root):
    """What it left stands in no day before its own."""
    clock = Clock(step=0.01)

    def back(run):
        run.record(exchange(b"before"))
        clock.at -= timedelta(days=3)
        run.store(run.record(exchange(b"after")), report(8), reader_version="1")
        run._file._warc.append(b"torn")

    killed(root, back, clock)
    status, sentence = said(root)
    assert (status, "cut 4 bytes" in sentence) == (0, True)
    assert faults(root) == []


@pytest.mark.parametrize("year", [1970, 2038, 2110])
def test_a_clock_of_another_age(tmp_path, year, monkeypatch):
    """A battery that died, and the years after those that fewer bits can count: written, verified, packed."""
    at = datetime(year, 1, 19, 3, 14, 8, tzinfo=UTC)
    archive = fill(Archive.open(tmp_path / "data", clock=Clock(at, 0.01)))
    monkeypatch.setattr("archive.pack.now", lambda: at)
    assert pack(archive, tmp_path / "a.wacz", Selection()).captures == 5
    archive.close()
    assert faults(tmp_path / "data") == []


def test_an_append_that_could_not_be_taken_back_is_cut_before_the_next(tmp_path, monkeypatch):
    """Neither the write nor the cutting works: nothing may be written behind the torn bytes."""
    file = AppendFile(tmp_path / "a")
    file.append(b"one\n")
    real, left = os.write, [1]

    def write(fd, data):
        left[0] -= 1
        if left[0] == 0:
            real(fd, bytes(data)[:2])
            raise OSError(5, "Input/output error")
        return real(fd, data)

    def refuse(*_):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "write", write)
    with monkeypatch.context() as patch:
        patch.setattr(os, "ftruncate", refuse)
        for _ in range(2):
            with pytest.raises(OSError, match="Input/output"):
                file.append(b"torn\n")
    file.append(b"two\n")
    file.close()
    assert (tmp_path / "a").read_bytes() == b"one\ntwo\n"


def test_a_lost_index_is_written_again(root):
    """By `rebuild`, byte for byte as it was; a sealed one too."""
    path = newest(root, "captures/*/*/*/*.cdxj")
    raw = path.read_bytes()
    path.unlink()
    assert any("CDXJ" in fault and "rebuild" in fault for fault in faults(root))
    assert "written anew" in said(root, "rebuild")[1]
    assert (path.read_bytes(), faults(root)) == (raw, [])


def test_a_catalog_of_another_version_is_made_anew_and_that_is_said(root):
    """Newer or older: its tables are not ours."""
    with closing(sqlite3.connect(root / "catalog.db")) as catalog:
        catalog.executescript("PRAGMA user_version = 12345; CREATE TABLE future (x); DROP TABLE captures")
    status, sentence = said(root)
    assert (status, sentence.count("another version's")) == (0, 1)
    assert (said(root)[1], faults(root)) == ("", [])


def test_an_archive_of_a_newer_format_is_refused_before_anything_is_written(root):
    """One sentence; not a byte is touched."""
    (root / "archive.json").write_bytes(b'{"archive":"gongkai","format":2}\n')
    before = {path: path.stat().st_mtime_ns for path in root.rglob("*")}
    for command in ("list", "verify", "rebuild", "seal"):
        assert said(root, command) == (
            2,
            f"archive: the archive {root} has the format 2, this program knows 1: use a newer one\n",
        )
    with pytest.raises(UnwritableArchive, match="format 2"):
        Archive.open(root)
    assert {path: path.stat().st_mtime_ns for path in root.rglob("*")} == before


def test_a_catalog_that_breaks_while_it_is_used_is_made_anew_at_the_next_start(root):
    """The run ends in one sentence; nothing that was captured needs the catalog."""
    archive = Archive.open(root)
    run = archive.start_run("crawl")
    run.record(exchange(b"first"))
    archive.catalog.db.conn.execute("PRAGMA cache_size = 1")
    raw = (root / "catalog.db").read_bytes()
    archive.catalog.db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    (root / "catalog.db").write_bytes(raw[:4096] + os.urandom((root / "catalog.db").stat().st_size - 4096))
    with pytest.raises(UnwritableArchive, match="the next start makes it anew"):
        for number in range(50):
            run.record(exchange(b"%d" % number))
        run.finish("finished", {})
    archive.close()
    del run, archive
    status, sentence = said(root)
    assert (status, "made anew from the journals" in sentence) == (0, True)
    assert faults(root) == []


def test_a_broken_index_of_the_catalog_is_found(root):
    """The tables are as they should be, but a look-up would find nothing."""
    with closing(sqlite3.connect(root / "catalog.db")) as catalog:
        (page,) = catalog.execute("SELECT rootpage FROM sqlite_master WHERE name = 'captures_0'").fetchone()
        (size,) = catalog.execute("PRAGMA page_size").fetchone()
        catalog.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with (root / "catalog.db").open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\x0a" + b"\0" * 6 + b"\0")  # an index page without entries
    assert any("catalog.db" in fault for fault in faults(root))
    assert said(root, "rebuild")[0] == 0
    assert faults(root) == []


def test_the_last_lines_of_a_journal_are_missed(root):
    """Cut at a line's end no checksum is wrong; the run has no end, with or without a catalog that remembers."""
    path = newest(root, "journal/*/*/*/*.jsonl")
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))
    found = faults(root)
    assert any(path.name in fault and "bytes are missing" in fault for fault in found)
    (root / "catalog.db").unlink()
    assert any(path.name in fault and "has no end" in fault for fault in faults(root))


def test_a_journal_whose_tail_came_twice_is_named_and_changes_nothing(root):
    """A copy that was resumed at the wrong place: each line too many is named, and counts once."""
    before = json.loads(CliRunner().invoke(main, ["list", "--json", "--archive", str(root)]).stdout)
    path = newest(root, "journal/*/*/*/*.jsonl")
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines + lines[-3:]))
    assert json.loads(CliRunner().invoke(main, ["list", "--json", "--archive", str(root)]).stdout) == before
    assert len({fault for fault in faults(root) if "stands in" in fault}) == 3


@pytest.mark.parametrize("locks", [True, False])
def test_a_copy_made_in_the_middle_of_a_crawl_becomes_whole(tmp_path, locks):
    """Journals copied first, as the manual says; with its locks, at the next start; without, by `rebuild`."""
    root, copy = tmp_path / "data", tmp_path / "copy"
    archive = Archive.open(root, clock=Clock(step=0.01))
    run = archive.start_run("crawl", portal="p")
    two_pages(run)
    shutil.copytree(root / "journal", copy / "journal")
    two_pages(run)
    later = Archive.open(root, clock=Clock(step=0.01)).start_run("crawl", portal="q")
    kept = [later.record(exchange(b"later", url="http://q.test/")).id]
    for name in ("captures", "documents", *(("locks",) if locks else ())):
        shutil.copytree(root / name, copy / name)
    shutil.copy(root / "archive.json", copy)
    for living in (run, later):
        living.finish("finished", {})
    kept += [row["id"] for row in archive.catalog.rows("SELECT id FROM captures")]
    archive.close()
    status, sentence = said(copy, "list" if locks else "rebuild")
    assert (status, sentence.count("was killed")) == (0, 2)
    with closing(Archive.open(copy)) as restored:
        assert all(restored.payload_of(name) for name in kept)
    assert faults(copy) == []


def test_moved_linked_and_spread_over_disks(root, tmp_path):
    """No path is stored but relative to the archive."""
    link, moved = tmp_path / "link", tmp_path / "moved"
    link.symlink_to(root)
    assert said(link, "verify")[0] == 0
    link.unlink()
    root.rename(moved)
    shutil.move(moved / "captures", tmp_path / "elsewhere")
    (moved / "captures").symlink_to(tmp_path / "elsewhere")
    fill(Archive.open(moved, clock=Clock(step=0.01)), portal="q").close()
    assert (said(moved, "verify")[0], faults(moved)) == (0, [])


def test_a_dead_process_whose_number_lives_again_holds_no_lock(root):
    """The operating system let go of the lock; the number beside it is for people."""
    killed(root, two_pages)
    (root / "locks" / "portal-killed.pid").write_text(str(os.getppid()))
    with closing(Archive.open(root)) as archive:
        assert any("was killed" in sentence for sentence in archive.repairs)
        archive.start_run("crawl", portal="killed").finish("finished", {})


def test_a_run_that_a_repair_takes_for_dead_while_it_begins_waits_and_keeps_its_lock(root, monkeypatch):
    """Whoever repairs looks at each lock for a moment, and removes the file of a run that wrote nothing."""
    monkeypatch.setattr("archive.run.secrets.token_hex", lambda _: "beginning")
    archive = Archive.open(root, clock=Clock(step=0))
    other = Lock(root / "locks", f"run-{START:%Y%m%dT%H%M%SZ}-crawl-beginning")
    assert other.take()
    timer = threading.Timer(0.2, lambda: other.release(remove=True))
    timer.start()
    with archive.start_run("crawl") as run:
        timer.join()
        assert is_held(root / "locks" / f"run-{run.id}.lock")
    archive.close()


def test_no_room_for_temporary_files_is_one_sentence(root, monkeypatch):
    """The bytes are proved all the same; only the catalog can't be compared."""
    monkeypatch.setattr(tempfile, "tempdir", "/proc")
    result = CliRunner().invoke(main, ["verify", "--archive", str(root)])
    assert result.exit_code == 1
    assert "catalog.db\t\tcan't be read, or compared with its rebuild: " in result.stdout


@pytest.mark.parametrize(
    "pattern", ["journal/*/*/*/*.jsonl", "captures/*/*/*/*.gz", "captures/*/*/*/*.cdxj", "documents/*/*/*/*/*"]
)
def test_a_file_that_lost_its_rights_is_named_and_the_others_are_proved(pattern):
    """As a bad sector would be: verify goes on to the next file."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        root = Path(name) / "data"
        fill(Archive.open(root, clock=Clock(step=0.01))).close()
        locked = newest(root, pattern)
        locked.chmod(0)
        found = as_nobody(lambda: [said(root, "verify"), faults(root)])
    assert found[0][0] == 1
    assert f"{locked.relative_to(root)}: can't be read: Permission denied" in found[1]
    assert not any("Traceback" in each for each in found[1])


def test_a_full_disk_can_be_read_though_a_killed_run_waits_for_repair(root, monkeypatch):
    """Who reads needs no room: a copy of the catalog is read, and that is said."""
    killed(root, two_pages)

    def full(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("archive.journal.AppendFile", full)
        status, sentence = said(root)
    assert (status, "No space left" in sentence, "a copy of its catalog is read" in sentence) == (0, True, True)
    assert "was killed" in said(root)[1]
    assert faults(root) == []


def test_what_no_one_could_derive_again_survives_a_rebuild(root):
    """Decisions, notifications, takedowns lifted and not, seals, runs, the killed ones too: all of it stands in the journal."""
    killed(root, two_pages)
    archive = Archive.open(root)
    first, second = [
        row["id"] for row in archive.catalog.rows("SELECT id FROM captures WHERE record_type = 'response' LIMIT 2")
    ]
    archive.take_down(first, "asked")
    archive.take_down(second, "asked too")
    archive.lift(second, "the court said so")
    seal(archive, date(2026, 11, 23))
    with archive.start_run("decide") as run:
        run.adopt("decision", fingerprint="f", verdict="accepted", note="seen", state="open", says="asked")
        run.adopt("notification_sent", target="t", service="json", changes=["c"], message_sha256="0" * 64)
    tables = ("runs", "decisions", "notifications", "takedowns", "lifted_takedowns", "lifts", "seals", "sealed", "findings")
    before = {name: list(archive.catalog.rows(f"SELECT * FROM {name} ORDER BY 1, 2")) for name in tables}
    archive.close()
    assert all(before.values())
    assert "killed" in {row["outcome"] for row in before["runs"]}
    (root / "catalog.db").unlink()
    assert said(root, "rebuild")[0] == 0
    with closing(Archive.open(root)) as again:
        assert {name: list(again.catalog.rows(f"SELECT * FROM {name} ORDER BY 1, 2")) for name in tables} == before
    assert faults(root) == []

"""Faults of every kind while the archive is written: afterwards it opens, says what it repaired, and verify is clean."""

import os
import random
import secrets
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
import zipfile
from contextlib import closing, contextmanager, suppress
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import season_driver
from archive_makers import Clock, exchange, fill, report, START
from click.testing import CliRunner

import archive.rebuild
import pipelines.rederive
from archive.cli import main
from archive.errors import UnwritableArchive
from archive.pack import pack, Selection
from archive.rebuild import rebuild
from archive.scratch import scratch_folder
from archive.seal import seal
from archive.store import Archive
from archive.takedowns import takedown_of
from archive.verify import verify
from pipelines import READER_VERSION
from pipelines.rederive import derive_all
from pipelines.stored import groups
from samples.seasons import stories

AFTER = date(2026, 11, 23)


@pytest.fixture
def folder():
    """Return an empty folder, in memory where the machine has one."""
    with TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as name:
        yield Path(name)


def small_clock():
    """Return a clock that stays on one day."""
    return Clock(step=0.001)


def committed(root):
    """Return the ids of the captures whose journal lines are whole."""
    lines = (line for path in root.glob("journal/*/*/*/*.jsonl") for line in path.read_bytes().splitlines(keepends=True))
    return {line.split(b'"capture":"')[1][:45] for line in lines if b'"event":"exchange"' in line and line.endswith(b"}\n")}


def whole(root, before):
    """Open the archive as the next start does: whatever was committed is there, can be read, and verify is clean."""
    with closing(Archive.open(root)) as archive:
        assert [str(fault) for fault in verify(root)] == []
        rows = list(archive.catalog.rows("SELECT id, record_type FROM captures"))
        assert {one.decode() for one in before} <= {row["id"] for row in rows}
        for row in rows:
            if row["record_type"] != "metadata" and takedown_of(archive.catalog, row["id"]) is None:
                archive.payload_of(row["id"])
        assert list((root / "tmp").iterdir()) == []
        return archive.repairs


def crawl(root):
    """Write like a crawl of a few pages."""
    archive = Archive.open(root, clock=small_clock())
    with archive.start_run("crawl", portal="p") as run:
        for number in range(6):
            capture = run.record(exchange(b"x" * 2000 + os.urandom(50), url=f"http://a.gov.test/{number}", seconds=number))
            run.visited(capture, links=[], page_kind="annual_report")
            run.store(capture, report(number, year=2010 + number), reader_version="1")


def ingest(root):
    """Write like an ingest of files."""
    with Archive.open(root, clock=small_clock()).start_run("ingest") as run:
        for number in range(4):
            capture = run.record_file(Path(f"{number}.html"), os.urandom(3000), None, START)
            run.store(capture, report(number, year=2020 + number), reader_version="1")


def rederive(root):
    """Read everything again as a reader version that the archive has not met."""
    pipelines.rederive.READER_VERSION = secrets.token_hex(4)
    with closing(Archive.open(root)) as archive:
        found = derive_all(root, groups(archive, pipelines.rederive.READER_VERSION), 1)
        for _ in pipelines.rederive.keep(archive, found):
            pass


def decide(root):
    """Judge a finding as a person does."""
    with closing(Archive.open(root)) as archive, archive.start_run("decide") as run:
        run.adopt("decision", fingerprint="f", verdict="accepted", note="seen", state="open", says="asked")


WORK = {
    "crawl": crawl,
    "ingest": ingest,
    "rebuild": rebuild,
    "seal": lambda root: seal(Archive.open(root), AFTER),
    "pack": lambda root: pack(Archive.open(root), root.parent / "out.wacz", Selection()),
    "rederive": rederive,
    "decide": decide,
    "takedown": lambda root: Archive.open(root).take_down(min(committed(root)).decode(), "asked"),
}


def killed(work, delay):
    """Do `work` in a child that is killed by SIGKILL after `delay` seconds; say whether it was still at it."""
    child = os.fork()
    if child == 0:
        try:
            work()
        finally:
            os._exit(0)
    until = time.monotonic() + delay
    while time.monotonic() < until and not os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT):
        time.sleep(0.001)
    with suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def kill_often(folder, wanted, seed):
    """Kill every kind of work at random moments, again and again in archives that grow, until so many kills hit."""
    lot = random.Random(seed)
    hits, number, root = 0, 0, None
    while hits < wanted:
        if number % 12 == 0:
            if root:
                shutil.rmtree(root.parent)
            root = folder / str(number) / "archive"
            for portal in ("a", "b"):
                fill(Archive.open(root, clock=small_clock()), portal=portal).close()
        work = WORK[list(WORK)[number % len(WORK)]]
        hits += killed(lambda work=work, root=root: work(root), lot.random() ** 2 * 0.25)
        whole(root, committed(root))
        if (root.parent / "out.wacz").exists():
            assert zipfile.ZipFile(root.parent / "out.wacz").testzip() is None
        assert len(list(root.parent.glob(".out.wacz.*"))) <= 1, "each pack clears away what a killed one left"
        number += 1


def test_killed_at_random_moments(folder):
    """A few of each kind of work; tests/test_kills.py does hundreds, of the programs themselves."""
    kill_often(folder, 6, seed=1)


def test_a_killed_rebuild_leaves_nothing_behind(folder):
    """The next start removes its half-made catalog, and says so; that of a living one stays."""
    root = folder / "archive"
    fill(Archive.open(root, clock=small_clock())).close()
    child = os.fork()
    if child == 0:
        archive.rebuild._replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
        rebuild(root)
        os._exit(1)
    assert os.WIFSIGNALED(os.waitpid(child, 0)[1])
    (left,) = (root / "tmp").iterdir()
    with scratch_folder(root, "rebuild") as living:
        with closing(Archive.open(root)) as opened:
            (said,) = opened.repairs
            assert said.startswith(f"tmp/{left.name}: removed ")
        assert list((root / "tmp").iterdir()) == [living]
    assert whole(root, committed(root)) == ()
    assert not list((root / "locks").glob("rebuild-*"))


def test_a_killed_pack_leaves_nothing_behind(folder):
    """The next pack to the same file removes what it had begun."""
    root = folder / "archive"
    fill(Archive.open(root, clock=small_clock())).close()
    for name in (".out.wacz.999999", ".out.wacz.note"):
        (folder / name).write_bytes(b"half")
    pack(Archive.open(root), folder / "out.wacz", Selection())
    assert sorted(path.name for path in folder.glob(".*")) == [".out.wacz.note"]


@pytest.mark.soak
def test_a_killed_rederivation_leaves_no_process_and_no_fault(folder):
    """The command with its processes, killed at random moments: what it stored is whole, the rest is done the next time."""
    root, lot = folder / "archive", random.Random(3)
    with closing(Archive.open(root, clock=small_clock())) as opened:
        season_driver.record(opened, stories(30), version="0")
    asked = [sys.executable, "-m", "pipelines", "rederive", "--apply", "--processes", "2", "--archive", str(root)]
    hits = 0
    while hits < 12:
        work = subprocess.Popen(asked, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        try:
            work.wait(lot.uniform(1, 6))
        except subprocess.TimeoutExpired:
            work.kill()
            hits += 1
        work.wait()
        until = time.monotonic() + 30
        while processes_of(work.pid) and time.monotonic() < until:
            time.sleep(0.1)
        assert processes_of(work.pid) == []
        whole(root, committed(root))
        with closing(Archive.open(root)) as opened:
            done = not list(groups(opened, READER_VERSION))
        if done:
            break
    assert hits
    assert subprocess.run(asked, check=False, capture_output=True).returncode == 0
    whole(root, committed(root))


def processes_of(session):
    """Return the processes of a session that are still there."""
    listed = subprocess.run(["ps", "-o", "pid=,stat=", "-s", str(session)], capture_output=True, text=True, check=False).stdout
    return [line for line in listed.splitlines() if "Z" not in line.split()[1]]


@contextmanager
def shim(monkeypatch, name, number, error):
    """Make the n-th call of an `os` function raise an error."""
    real, left = getattr(os, name), [number]

    def call(*args, **options):
        left[0] -= 1
        if left[0] == 0:
            raise OSError(error, os.strerror(error))
        return real(*args, **options)

    with monkeypatch.context() as patch:
        patch.setattr(os, name, call)
        yield


@pytest.mark.parametrize("name", ["fsync", "write", "replace"])
def test_io_errors_are_told_and_leave_nothing_half_written(folder, monkeypatch, name):
    """A dying disk (EIO) at any call: one sentence, and what was committed is there."""
    told = 0
    for number in (*range(1, 8), *range(9, 40, 5)):
        root = folder / str(number)
        with shim(monkeypatch, name, number, 5):
            try:
                fill(Archive.open(root, clock=small_clock())).close()
            except UnwritableArchive as error:
                told += "Input/output error" in str(error)
        whole(root, committed(root))
    assert told > (1 if name == "replace" else 6)


def test_short_writes_are_finished(folder, monkeypatch):
    """A write may take less than it was given: the rest is written after."""
    real = os.write
    monkeypatch.setattr(os, "write", lambda fd, data: real(fd, bytes(data)[:97]))
    fill(Archive.open(folder / "a", clock=small_clock())).close()
    assert len(committed(folder / "a")) == 5
    whole(folder / "a", committed(folder / "a"))


def test_a_clock_that_goes_backwards(folder):
    """Over midnight and back, within a run and from run to run; and the days can be sealed."""
    for number, step in enumerate((-3600 * 7, 3600 * 11, -86400)):
        fill(Archive.open(folder, clock=Clock(step=step)), portal=f"p{number}").close()
    whole(folder, committed(folder))
    archive = Archive.open(folder)
    assert seal(archive, AFTER)
    archive.close()
    whole(folder, committed(folder))


def test_a_busy_catalog_does_not_hold_up_what_is_captured(folder, monkeypatch):
    """Whoever keeps the database locked keeps no exchange from the disk; the catalog catches up later."""
    root = folder / "a"
    archive = Archive.open(root, clock=small_clock())
    run = archive.start_run("crawl", portal="p")
    archive.catalog.db.conn.execute("PRAGMA busy_timeout = 50")
    other = sqlite3.connect(root / "catalog.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    capture = run.record(exchange(b"precious"))
    run.store(capture, report(), reader_version="1")
    with pytest.raises(UnwritableArchive, match="locked"):
        run.finish("finished", {})
    other.execute("ROLLBACK")
    other.close()
    archive.close()
    whole(root, committed(root))
    with closing(Archive.open(root)) as again:
        assert again.payload_of(capture.id).body == b"precious"
        assert again.catalog.one("SELECT outcome FROM runs WHERE kind = 'crawl'") == {"outcome": "finished"}


@pytest.mark.parametrize("part", [0, 0.3, 0.6])
def test_a_corrupt_catalog_is_made_anew_or_named(folder, part):
    """Header or middle: the archive opens; `verify` names what it finds, `rebuild` mends it."""
    fill(Archive.open(folder, clock=small_clock())).close()
    path = folder / "catalog.db"
    raw = bytearray(path.read_bytes())
    at = int(len(raw) * part)
    raw[at : at + 40000] = os.urandom(len(raw[at : at + 40000]))
    path.write_bytes(raw)
    for command in ("list", "verify", "status", "rebuild", "list"):
        result = CliRunner().invoke(main, [command, "--archive", str(folder)])
        assert result.exception is None or isinstance(result.exception, SystemExit), (command, result.exception)
        assert "Traceback" not in result.output
    assert result.exit_code == 0
    whole(folder, committed(folder))


def test_two_writers_a_sealer_and_a_reader_at_once(folder):
    """Nobody loses anything, nobody sees a record that is not there, and nobody is told of a fault."""
    root = folder / "a"
    fill(Archive.open(root, clock=small_clock()), portal="first").close()

    def child(work):
        number = os.fork()
        if number == 0:
            try:
                work()
                os._exit(0)
            finally:
                os._exit(1)
        return number

    def write(portal):
        for _ in range(3):
            fill(Archive.open(root, clock=small_clock()), portal=portal).close()

    def read():
        until = time.monotonic() + 3
        while time.monotonic() < until:
            with closing(Archive.open(root)) as archive:
                for row in list(archive.catalog.rows("SELECT id FROM captures WHERE record_type <> 'metadata'")):
                    archive.payload_of(row["id"])
            faults = list(map(str, verify(root)))
            assert faults == [], faults

    def seals():
        for _ in range(3):
            with closing(Archive.open(root)) as archive:
                seal(archive, AFTER)
            time.sleep(0.3)

    children = [child(work) for work in (lambda: write("a"), lambda: write("b"), read, seals)]
    assert [os.waitpid(number, 0)[1] for number in children] == [0, 0, 0, 0]
    whole(root, committed(root))
    assert len(committed(root)) == 7 * 5


@contextmanager
def small_disk(folder, size):
    """Mount a small disk; skip where that is not permitted."""
    folder.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], capture_output=True, check=False)
    if done.returncode:
        pytest.skip(f"nothing can be mounted here: {done.stderr[:80]!r}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=False, capture_output=True)


def test_a_disk_that_is_full(folder):
    """A real one, SQLite included: one sentence; with room again, everything committed is there."""
    with small_disk(folder / "disk", "600k") as disk:
        root = disk / "archive"
        with pytest.raises(UnwritableArchive):
            for number in range(100):
                fill(Archive.open(root, clock=small_clock()), portal=f"p{number}").close()
        before = committed(root) if root.exists() else set()
        subprocess.run(["mount", "-o", "remount,size=50m", disk], check=True)
        whole(root, before)
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        assert CliRunner().invoke(main, ["verify", "--archive", str(root)]).exit_code == 0
        assert CliRunner().invoke(main, ["list", "--archive", str(root)]).exit_code == 0


def test_a_disk_that_turns_read_only_after_a_kill(folder):
    """Everything is read, who must write is told, and the run is closed when the disk is mended."""

    def dies(root):
        run = Archive.open(root, clock=small_clock()).start_run("crawl", portal="p")
        run.record(exchange(b"before"))
        os.kill(os.getpid(), signal.SIGKILL)

    with small_disk(folder / "disk", "8m") as disk:
        root = disk / "archive"
        assert killed(lambda: dies(root), 60)
        (kept,) = committed(root)
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        for command in ("list", "runs", "status", "changes", "findings", "export", "verify"):
            result = CliRunner().invoke(main, [command, "--archive", str(root)])
            assert "Traceback" not in result.output
            assert (result.exit_code, "can't be written" in result.stderr) == (int(command == "verify"), True), command
        assert "has no end" in result.stdout
        for command in (("seal",), ("rebuild",), ("takedown", kept.decode(), "--reason", "x")):
            result = CliRunner().invoke(main, [*command, "--archive", str(root)])
            assert (result.exit_code, result.stderr.splitlines()[-1][:9]) == (2, "archive: "), (command, result.output)
        subprocess.run(["mount", "-o", "remount,rw", disk], check=True)
        assert any("was killed" in said for said in whole(root, {kept}))


def little_room(folder, rooms):
    """Do each work with so many bytes left on a real disk; return how many could not be done."""
    refused = 0
    for number, room in enumerate(rooms):
        with small_disk(folder / str(number), "8m") as disk:
            root = disk / "archive"
            for portal in ("a", "b"):
                fill(Archive.open(root, clock=small_clock()), portal=portal).close()
            for work, more in COMMANDS.items():
                with (disk / "filler").open("wb") as filler:
                    os.posix_fallocate(filler.fileno(), 0, max(1, shutil.disk_usage(disk).free - room))
                result = CliRunner().invoke(main, [work, "--archive", str(root), *more(disk, root)])
                assert result.exception is None or isinstance(result.exception, SystemExit), (work, room, result.exception)
                assert result.exit_code == 0 or result.stderr.count("\n") >= 1, (work, room)
                refused += result.exit_code != 0
                before = committed(root)
                (disk / "filler").unlink()
                whole(root, before)
                assert not list(disk.glob(".out*")), "a pack that had no room leaves nothing"
                (disk / "out.wacz").unlink(missing_ok=True)
    return refused


COMMANDS = {
    "pack": lambda disk, _: ["-o", str(disk / "out.wacz")],
    "rebuild": lambda *_: [],
    "takedown": lambda _, root: [min(committed(root)).decode(), "--reason", "asked"],
    "seal": lambda *_: ["--before", str(AFTER)],
}


def test_a_disk_with_little_room(folder):
    """Full in the middle of a ZIP, of a joined file, of a journal's line, of the catalog's WAL: one sentence, then all as before."""
    assert little_room(folder, (0, 14 << 12)) > 4


@pytest.mark.soak
def test_a_disk_with_any_little_room(folder):
    """Page by page."""
    print(f"{little_room(folder, range(0, 60 << 12, 1 << 12))} commands had no room")


def test_threads_share_a_run(folder):
    """A crawl's handlers may record from several threads."""
    archive = Archive.open(folder, clock=small_clock())
    with archive.start_run("crawl", portal="p") as run:
        threads = [
            threading.Thread(
                target=lambda n=n: [run.record(exchange(os.urandom(99), url=f"http://a.test/{n}/{m}")) for m in range(5)]
            )
            for n in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    archive.close()
    assert len(committed(folder)) == 20
    whole(folder, committed(folder))

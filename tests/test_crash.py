"""A killed writer loses at most the exchange in flight, and the next start makes the archive whole and says so."""

import json
import os
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from archive_makers import Clock, exchange, fill, killed_at, report

from archive.errors import UnwritableArchive
from archive.store import Archive
from archive.verify import verify


@pytest.fixture
def tmp_path(tmp_path):
    """Return an empty folder in memory where the machine has one: hundreds of fsyncs are waited for otherwise."""
    if not Path("/dev/shm").is_dir():
        yield tmp_path
        return
    with TemporaryDirectory(dir="/dev/shm") as folder:
        yield Path(folder)


def committed(root):
    """Return the URLs and document ids whose journal lines are whole."""
    lines = [line for path in root.glob("journal/*/*/*/*.jsonl") for line in path.read_bytes().splitlines(keepends=True)]
    events = [json.loads(line) for line in lines if line.endswith(b"\n")]
    return {event["capture"] for event in events if event["event"] == "exchange"}


def archive_runs(root):
    """Return the runs of an archive."""
    with closing(Archive.open(root)) as archive:
        return list(archive.catalog.rows("SELECT * FROM runs"))


def faults_after(root):
    """Open the archive as the next start does, and return what verify finds."""
    archive = Archive.open(root)
    archive.close()
    return archive, [str(fault) for fault in verify(root)]


@pytest.mark.parametrize("half_written", [False, True])
def test_killed_anywhere_the_next_start_is_whole(tmp_path, half_written):
    """Every system call that writes is a point at which the power may go: at each of them, nothing committed is lost."""
    number, survivors = 0, 0
    while True:
        number += 2 if half_written else 1
        root = tmp_path / str(number)
        if not killed_at(number, lambda root=root: fill(Archive.open(root, clock=Clock())), half_written=half_written):
            break
        before = committed(root)
        archive, faults = faults_after(root)
        assert faults == [], f"killed at {number}: {faults}"
        assert before <= committed(root), f"killed at {number}"
        survivors += bool(archive.repairs)
        assert not list((root / "tmp").iterdir())
    assert number > 40
    assert survivors > 20


def test_a_whole_record_without_its_line_is_kept(tmp_path):
    """Between WARC and journal: the response is whole on the disk, so it is journalled, not cut."""
    archive = Archive.open(tmp_path)
    child = os.fork()
    if child == 0:
        run = Archive.open(tmp_path).start_run("crawl")
        run._journal.append = lambda *a, **k: (
            os.kill(os.getpid(), 9) if a[0] == "exchange" else type(run._journal).append(run._journal, *a, **k)
        )
        run.record(exchange(b"precious"))
        os._exit(0)
    assert os.WIFSIGNALED(os.waitpid(child, 0)[1])
    archive = Archive.open(tmp_path)
    assert any("journalled the response record" in said for said in archive.repairs)
    (row,) = archive.catalog.rows("SELECT * FROM captures")
    assert (row["recovered"], row["status"], row["method"], row["robots"]) == (1, 200, "GET", None)
    assert archive.payload_of(row["id"]).body == b"precious"
    assert list(verify(tmp_path)) == []
    assert Archive.open(tmp_path).repairs == ()
    (run,) = archive.catalog.rows("SELECT * FROM runs WHERE kind = 'crawl'")
    assert run["outcome"] == "killed"


def test_repair_killed_anywhere_is_repaired_again(tmp_path):
    """Whoever repairs may be killed too, and whoever repairs after it."""
    number = 0
    while True:
        number += 5
        root = tmp_path / str(number)
        assert killed_at(41, lambda root=root: fill(Archive.open(root)), half_written=True)
        before = committed(root)
        went_through = not killed_at(number, lambda root=root: Archive.open(root))
        killed_at(number + 2, lambda root=root: Archive.open(root), half_written=True)
        _, faults = faults_after(root)
        assert faults == []
        assert before <= committed(root)
        if went_through:
            break
    assert number > 6


def test_a_living_run_is_left_alone(tmp_path):
    """Opening the archive while another portal is crawled repairs nothing, and verify finds nothing wrong."""
    with Archive.open(tmp_path).start_run("crawl", portal="a") as run:
        capture = run.record(exchange())
        archive = Archive.open(tmp_path)
        assert archive.repairs == ()
        assert list(verify(tmp_path)) == []
        run.store(capture, report(), reader_version="1")
    assert list(verify(tmp_path)) == []


def test_many_processes_share_an_archive(tmp_path):
    """Several portals are crawled at once into an archive that is not there yet."""
    children = []
    for number in range(6):
        child = os.fork()
        if child == 0:
            try:
                fill(Archive.open(tmp_path), portal=f"portal{number}")
                os._exit(0)
            finally:
                os._exit(1)
        children.append(child)
    assert [os.waitpid(child, 0)[1] for child in children] == [0] * 6
    archive, faults = faults_after(tmp_path)
    assert faults == []
    assert archive.repairs == ()
    assert [row["outcome"] for row in archive_runs(tmp_path)] == ["finished"] * 6


def test_disk_full_anywhere_leaves_nothing_half_written(tmp_path, monkeypatch):
    """At whichever write the disk is full: one sentence, nothing half-written, nothing committed lost."""
    refused = 0
    for number in range(1, 40):
        root = tmp_path / str(number)
        monkeypatch.setattr(os, "write", full_disk(os.write, [number]))
        try:
            fill(Archive.open(root))
        except UnwritableArchive:
            refused += 1
        monkeypatch.undo()
        before = committed(root)
        _, faults = faults_after(root)
        assert faults == [], f"disk full at {number}: {faults}"
        assert before <= committed(root)
    assert refused > 15


def full_disk(real, left):
    """Return an `os.write` that, at its n-th call, writes a few bytes and raises."""

    def write(fd, data):
        left[0] -= 1
        if left[0] == 0:
            real(fd, bytes(data)[:10])
            raise OSError(28, "No space left on device")
        return real(fd, data)

    return write


def test_after_a_full_disk_the_run_can_go_on(tmp_path, monkeypatch):
    """The exchange whose journal line could not be written is taken back from the WARC."""
    archive = Archive.open(tmp_path)
    run = archive.start_run("crawl")
    run.record(exchange())
    monkeypatch.setattr(os, "write", full_disk(os.write, [2]))
    with pytest.raises(UnwritableArchive, match="No space left"):
        run.record(exchange(b"more"))
    monkeypatch.undo()
    run.record(exchange(b"again"))
    run.finish("finished", {})
    assert list(verify(tmp_path)) == []
    assert len(list(archive.catalog.rows("SELECT id FROM captures"))) == 2

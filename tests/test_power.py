"""The power fails: only what was synced is sure to be on the disk, and of the rest any part. Nothing that was acknowledged is lost.

A killed process loses no byte that it wrote; a power failure does. Each image is the tree as the disk may hold it at some sync:
file contents and folders as last synced, or as they are, or torn, in any mixture.
"""

import os
import random
from contextlib import closing
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from archive_makers import Clock, exchange, fill, report

from archive.seal import seal
from archive.store import Archive
from archive.verify import verify


class Disk:
    """Remembers, at each fsync, what of a tree is sure to be on the disk, and writes images of it."""

    def __init__(self, root, monkeypatch):
        self.root, self.files, self.folders, self.moments = root, {}, {}, []
        self.acknowledged = 0
        self._keep = []
        self._sync_all()
        real = os.fsync

        def fsync(fd):
            self.moments.append((self.acknowledged, *self._state()))
            real(fd)
            self._synced(Path(f"/proc/self/fd/{fd}"))
            self.moments.append((self.acknowledged, *self._state()))

        monkeypatch.setattr(os, "fsync", fsync)

    def _sync_all(self):
        for path in (self.root, *self.root.rglob("*")):
            self._synced(path)

    def _synced(self, path):
        number = self._number(path)
        if path.is_dir():
            self.folders[number] = {each.name: self._number(each) for each in path.iterdir()}
        else:
            self.files[number] = path.read_bytes()

    def _number(self, path):
        # What is held open keeps its number for itself, though it be deleted.
        self._keep.append(os.open(path, os.O_RDONLY))
        return path.stat().st_ino

    def _state(self):
        """Return what is sure, and what the process sees: contents and folders by number."""
        files, folders = {}, {}
        for path in (self.root, *self.root.rglob("*")):
            number = self._number(path)
            if path.is_dir():
                folders[number] = {each.name: each.stat().st_ino for each in path.iterdir()}
            elif not path.name.startswith("catalog.db"):
                files[number] = path.read_bytes()
        return dict(self.files), dict(self.folders), files, folders, self.root.stat().st_ino

    def close(self):
        for fd in self._keep:
            os.close(fd)


def image(moment, target, lot):
    """Write the tree as the disk may hold it: `lot` None is the least that is sure, else a mixture that it chooses."""
    _, sure_files, sure_folders, files, folders, root = moment

    def folder(number, path):
        path.mkdir(parents=True)
        names = sure_folders.get(number, {})
        if lot and lot.random() < 0.5:
            names = folders.get(number, names)
        for name, each in names.items():
            if each in sure_folders or each in folders:
                folder(each, path / name)
            elif not name.startswith("catalog.db"):
                (path / name).write_bytes(content(each))

    def content(number):
        sure = sure_files.get(number, b"")
        now = files.get(number, sure)
        if lot is None or not now.startswith(sure):
            return sure
        rest = now[len(sure) :]
        cut = lot.randrange(len(rest) + 1)
        return sure + lot.choice([b"", rest, rest[:cut], bytes(len(rest)), bytes(cut) + rest[cut:]])

    folder(root, target)


def crawl(root, disk, kept):
    """Write like a crawl; note each capture that was acknowledged."""
    with closing(Archive.open(root, clock=Clock(step=0.5))) as archive, archive.start_run("crawl", portal="p") as run:
        for number in range(4):
            capture = run.record(exchange(os.urandom(400), url=f"http://a.test/{number}", seconds=number))
            kept.append(capture.id)
            disk.acknowledged = len(kept)
            run.visited(capture, links=["http://a.test/"] * 200, page_kind="annual_report")
            run.store(capture, report(number, year=2010 + number), reader_version="1")


def join(root, disk, kept):
    """Seal a day of two runs."""
    del disk, kept
    with closing(Archive.open(root)) as archive:
        seal(archive, date(2026, 11, 23))


def moments_of(work, root, monkeypatch):
    """Do the work on an archive with two runs; return what the disk may hold at each sync, and what was acknowledged by then."""
    for portal in ("a", "b"):
        fill(Archive.open(root, clock=Clock(step=0.01)), portal=portal).close()
    with closing(Archive.open(root)) as archive:
        kept = [row["id"] for row in archive.catalog.rows("SELECT id FROM captures")]
    with monkeypatch.context() as patch, closing(Disk(root, patch)) as disk:
        disk.acknowledged = len(kept)
        work(root, disk, kept)
    return kept, disk.moments


@pytest.mark.parametrize("work", [crawl, join])
def test_nothing_acknowledged_is_lost_by_a_power_failure(work, monkeypatch):
    """A few moments with the least that is sure, and with a mixture each; `make soak` does them all, many times."""
    _fail(work, monkeypatch, step=17, mixtures=1)


@pytest.mark.soak
@pytest.mark.parametrize("work", [crawl, join])
def test_nothing_acknowledged_is_lost_by_any_power_failure(work, monkeypatch):
    """Every sync of the work, before it and after it."""
    print(f"{work.__name__}: {_fail(work, monkeypatch, step=1, mixtures=4)} power failures")


def _fail(work, monkeypatch, *, step, mixtures):
    count = 0
    with TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as name:
        kept, moments = moments_of(work, Path(name) / "data", monkeypatch)
        for number in range(0, len(moments), step):
            for lot in (None, *(random.Random(f"{number} {each}") for each in range(mixtures))):
                count += 1
                root = Path(name) / f"image{count}"
                image(moments[number], root, lot)
                _whole(root, kept[: moments[number][0]], f"{work.__name__}, sync {number}, {'mixed' if lot else 'least'}")
    return count


def _whole(root, kept, when):
    with closing(Archive.open(root)) as archive:
        for name in kept:
            if archive.catalog.one("SELECT record_type AS t FROM captures WHERE id = ?", [name]) != {"t": "metadata"}:
                assert archive.payload_of(name), when
    assert [str(fault) for fault in verify(root)] == [], when

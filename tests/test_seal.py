"""A sealed day: nothing lost whenever the power goes, every bit covered, everything still read back."""

import json
import os
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from archive_makers import catalog_of_shuffled, Clock, fill, killed_at, START
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.cli import main
from archive.errors import AlreadyRunning, Misuse, UnwritableArchive
from archive.locks import Lock, reading
from archive.manifest import read_manifest
from archive.merkle import merkle_root
from archive.seal import bundles, seal
from archive.sealable import LooseFile
from archive.store import Archive
from archive.verify import verify

DAY = date(2026, 11, 22)
AFTER = DAY + timedelta(days=1)


@pytest.fixture
def folder():
    """Return an empty folder, in memory where the machine has one."""
    with TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as name:
        yield Path(name)


def filled(root, runs=3):
    """Return an archive with as many small crawls on one day."""
    for number in range(runs):
        fill(Archive.open(root, clock=Clock(step=0.01)), portal=f"portal{number}").close()
    return Archive.open(root)


def payloads(archive):
    """Return the body of each capture that has one."""
    rows = archive.catalog.rows("SELECT id FROM captures WHERE record_type <> 'metadata'")
    return {row["id"]: archive.payload_of(row["id"]).body for row in list(rows)}


def warcs(root):
    """Return the names of the WARC files."""
    return sorted(path.name for path in root.glob("captures/*/*/*/*.warc.gz"))


def test_a_day_becomes_one_file_and_reads_as_before(folder):
    """Joined, indexed, with a manifest; and a second time there is nothing to do."""
    archive = filled(folder)
    before = payloads(archive)
    (day,) = seal(archive, AFTER)
    assert (day.day, day.joined, day.into, day.damaged) == ("2026-11-22", 3, 1, ())
    assert payloads(archive) == before
    assert len(warcs(folder)) == 1
    assert list(verify(folder)) == []
    manifest = read_manifest((folder / day.manifest).read_bytes())
    assert manifest.root == day.merkle_root
    on_disk = {path.relative_to(folder).as_posix() for path in folder.glob("*/2026/11/22/**/*") if path.is_file()}
    assert {entry.path for entry in manifest.files} == on_disk - {day.manifest}
    journals = sorted(folder.glob("journal/**/*.jsonl"))
    assert seal(archive, AFTER) == []
    assert sorted(folder.glob("journal/**/*.jsonl")) == journals


def test_what_comes_later_is_sealed_later(folder):
    """A day that gets more, and a run that is going on: the next seal takes them in."""
    archive = filled(folder, 1)
    late = Archive.open(folder, clock=Clock(step=0.01)).start_run("crawl", portal="late")
    (first,) = seal(archive, AFTER)
    late.finish("finished", {})
    fill(Archive.open(folder, clock=Clock(step=0.01)), portal="other")
    (second,) = seal(archive, AFTER)
    assert first.files < second.files
    assert list(verify(folder)) == []


def test_only_days_that_are_over(folder):
    """Today's files may still grow."""
    with pytest.raises(Misuse, match="not over"):
        seal(filled(folder, 1), date(2999, 1, 1))
    assert seal(Archive.open(folder), DAY) == []


def test_a_damaged_file_is_left_as_it_is_and_named(folder):
    """The others of the day are joined; verify goes on naming the damaged one."""
    archive = filled(folder)
    bad = folder / "captures/2026/11/22" / warcs(folder)[1]
    raw = bytearray(bad.read_bytes())
    raw[4] ^= 1  # the time in the gzip header: only the journal's hash covers it
    bad.write_bytes(raw)
    result = CliRunner().invoke(main, ["seal", "--archive", str(folder), "--before", "2026-11-23"])
    assert result.exit_code == 1
    assert bad.name in result.stderr
    assert len(warcs(folder)) == 2
    assert {fault.path for fault in verify(folder)} == {f"captures/2026/11/22/{bad.name}"}
    assert any(row["kind"] == "damaged_file" for row in archive.catalog.rows("SELECT * FROM findings"))


def test_killed_anywhere_nothing_is_lost(folder):
    """At every system call that writes: the next start finishes or takes back, and verify is clean."""
    origin = folder / "origin"
    before = payloads(filled(origin))
    number, repaired = 0, 0
    while True:
        number += 2
        root = folder / str(number)
        copy(origin, root)
        if not killed_at(number, lambda root=root: seal(Archive.open(root), AFTER), half_written=bool(number % 4)):
            break
        archive = Archive.open(root)
        repaired += bool(archive.repairs)
        assert [str(fault) for fault in verify(root)] == [], f"killed at {number}"
        assert payloads(archive) == before
        seal(archive, AFTER)
        assert len(warcs(root)) == 1
        assert list(verify(root)) == []
        archive.close()
    assert number > 20
    assert repaired > 8


def copy(origin, root):
    """Copy a closed archive, without its catalog: the next opening makes it anew."""
    for path in origin.rglob("*"):
        if path.is_file() and not path.name.startswith("catalog.db"):
            (root / path.relative_to(origin)).parent.mkdir(parents=True, exist_ok=True)
            (root / path.relative_to(origin)).write_bytes(path.read_bytes())


def test_a_full_disk_takes_everything_back(folder, monkeypatch):
    """Whatever can't be written: one sentence, and the files of before are there."""
    origin = folder / "origin"
    before = payloads(filled(origin))
    refused = 0
    for number in range(1, 16, 2):
        root = folder / str(number)
        copy(origin, root)
        archive = Archive.open(root)
        with monkeypatch.context() as patch:
            patch.setattr("os.write", full_disk(number))
            try:
                seal(archive, AFTER)
            except (UnwritableArchive, OSError):
                refused += 1
        archive = Archive.open(root)
        assert [str(fault) for fault in verify(root)] == [], f"disk full at {number}"
        assert payloads(archive) == before
    assert refused > 4


def full_disk(number):
    """Return an `os.write` that raises at its n-th call, after some bytes."""
    real, left = os.write, [number]

    def write(fd, data):
        left[0] -= 1
        if left[0] == 0:
            real(fd, bytes(data)[:7])
            raise OSError(28, "No space left on device")
        return real(fd, data)

    return write


@pytest.fixture(scope="module")
def sealed(tmp_path_factory):
    """Return the folder of a sealed archive; tests put back what they change."""
    root = tmp_path_factory.mktemp("sealed")
    archive = filled(root)
    seal(archive, AFTER)
    archive.close()
    return root


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_any_flipped_bit_of_a_sealed_archive_is_found_and_named(sealed, data):
    """Manifest included."""
    paths = (path for path in sealed.rglob("*") if path.is_file() and not path.name.startswith("catalog.db"))
    path = data.draw(st.sampled_from(sorted(path for path in paths if path.parent.name != "locks")))
    raw = path.read_bytes()
    at = data.draw(st.integers(0, len(raw) * 8 - 1))
    path.write_bytes(raw[: at // 8] + bytes([raw[at // 8] ^ 1 << at % 8]) + raw[at // 8 + 1 :])
    try:
        assert path.relative_to(sealed).as_posix() in {fault.path for fault in verify(sealed)}
    finally:
        path.write_bytes(raw)


def test_a_missing_manifest_and_a_foreign_one_are_named(sealed):
    """Both ways."""
    (path,) = sealed.glob("seals/*/*/*/*.json")
    raw = path.read_bytes()
    path.rename(path.with_name("other.json"))
    found = {fault.path.rsplit("/", 1)[-1] for fault in verify(sealed)}
    path.with_name("other.json").unlink()
    path.write_bytes(raw)
    assert found == {path.name, "other.json"}


def test_any_order_and_repetition_of_journals_gives_the_same_catalog(sealed, tmp_path):
    """Also where the seal is read before what it sealed."""
    assert catalog_of_shuffled(sealed, tmp_path, 4)["sealed_parts"]


def test_seal_and_readers_exclude_each_other(folder, monkeypatch):
    """Verify is not surprised by files that go away, and a seal does not wait for ever."""
    archive = filled(folder, 1)
    monkeypatch.setattr("archive.seal.LOCK_WAIT", 0.01)
    with reading(folder), reading(folder), pytest.raises(AlreadyRunning):
        seal(archive, AFTER)
    lock = Lock(folder / "locks", "seal")
    assert lock.take()
    with pytest.raises(AlreadyRunning):
        seal(archive, AFTER)
    lock.release()
    assert len(seal(archive, AFTER)) == 1


@given(st.lists(st.integers(0, 120), max_size=30))
def test_no_bundle_is_larger_than_allowed(sizes):
    """Unless a single file is."""
    files = [LooseFile(str(number), size, ()) for number, size in enumerate(sizes)]
    found = bundles(files, 100)
    assert [file for bundle in found for file in bundle] == files
    assert all(len(bundle) == 1 or sum(file.size for file in bundle) <= 100 for bundle in found)


def test_merkle_root_is_that_of_the_rfc():
    """Known answers of RFC 9162's tree, as Certificate Transparency's own tests have them."""
    leaves = [
        bytes.fromhex(each)
        for each in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "60616263646566676869 6a6b6c6d6e6f")
    ]
    roots = [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ]
    assert [merkle_root(leaves[:count]) for count in range(1, 9)] == roots


def test_the_command_prints_the_root(folder):
    """For whoever has it signed or time-stamped elsewhere."""
    filled(folder, 2).close()
    result = CliRunner().invoke(main, ["seal", "--archive", str(folder), "--before", "2026-11-23"])
    day, root, path = result.stdout.split()
    assert (result.exit_code, day) == (0, "2026-11-22")
    assert json.loads((folder / path).read_bytes())["merkle_root"] == root
    again = CliRunner().invoke(main, ["seal", "--archive", str(folder)])
    assert (again.exit_code, again.stdout) == (0, "")
    assert START.date() == DAY

"""An archive that can't be written (a read-only disk, another user's folder) is read, proved and exported all the same."""

import json
import os
import sqlite3
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from archive_makers import Clock, fill
from click.testing import CliRunner

from archive.cli import main
from archive.locks import is_held, Lock
from archive.read_only import CatalogAsItIs
from archive.store import Archive

NOBODY = 65534


@pytest.fixture
def root():
    """Return a closed archive that everybody may read and only its owner write."""
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        path = Path(folder) / "archive"
        fill(Archive.open(path, clock=Clock())).close()
        yield path


def as_nobody(work):
    """Return what `work` returns in a process that may write none of our files; skip where we can't be somebody else."""
    if os.getuid() != 0:
        pytest.skip("only root can try it as somebody else")
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setgid(NOBODY)
            os.setuid(NOBODY)
            os.write(write, json.dumps(work()).encode())
        finally:
            os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as answer:
        found = answer.read()
    os.waitpid(child, 0)
    return json.loads(found)


def outcome(*arguments):
    """Return exit status, stdout and stderr of a command."""
    result = CliRunner().invoke(main, arguments)
    return result.exit_code, result.stdout, result.stderr


def files(root):
    """Return every file with its bytes."""
    return {path: path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


@pytest.mark.parametrize("command", ["list", "versions", "runs", "verify", "export"])
def test_whoever_can_only_read_reads(root, command):
    """The same answer as for its owner, one sentence on stderr, and not a byte of the archive touched."""
    wanted = outcome(command, "--archive", str(root))
    before = files(root)
    status, out, said = as_nobody(lambda: outcome(command, "--archive", str(root)))
    assert (status, out) == wanted[:2]
    assert "can't be written" in said
    assert files(root) == before


def test_likeness_is_looked_up_in_a_copy_of_the_index(root):
    """Whether the archive has an index already or not."""
    (name,) = {row["document"] for row in json.loads(outcome("versions", "--archive", str(root), "--json")[1])[:1]}
    for _ in range(2):
        before = files(root)
        status, out, said = as_nobody(lambda: outcome("alike", "--archive", str(root), name))
        assert (status, "can't be written" in said) == (0, True), said
        assert files(root) == before
        assert outcome("alike", "--archive", str(root), name)[:2] == (0, out)


def test_a_pack_goes_elsewhere(root):
    """Also with a catalog that must be caught up, or is not there at all."""
    (root / "catalog.db").unlink()
    with TemporaryDirectory() as out:
        Path(out).chmod(0o777)
        status, _, said = as_nobody(lambda: outcome("pack", "--archive", str(root), "-o", f"{out}/a.wacz"))
        assert (status, "5 captures" in said) == (0, True)
        assert zipfile.ZipFile(f"{out}/a.wacz").testzip() is None
    assert not (root / "catalog.db").exists()


def test_who_must_write_is_told(root):
    """One sentence, exit status 2."""
    status, _, said = as_nobody(lambda: outcome("seal", "--archive", str(root)))
    assert (status, "can't be written by this process" in said) == (2, True)


def test_a_large_catalog_is_read_as_it_is(root, monkeypatch):
    """No copy of gigabytes for one look; what it does not know yet is not seen, and that is said."""
    monkeypatch.setattr("archive.read_only.COPY_UP_TO", 0)
    monkeypatch.setattr("archive.store.is_writable", lambda _: False)
    archive = Archive.open_existing(root)
    assert isinstance(archive.catalog, CatalogAsItIs)
    assert "as it is" in archive.read_only
    assert archive.catalog.one("SELECT count(*) AS n FROM captures") == {"n": 5}
    with pytest.raises(sqlite3.OperationalError):
        archive.catalog.run("DELETE FROM captures")
    archive.close()


def test_a_lock_is_seen_without_taking_it(tmp_path):
    """Held, free, and not there."""
    lock = Lock(tmp_path, "run-a")
    assert lock.take()
    assert is_held(tmp_path / "run-a.lock")
    lock.release()
    assert not is_held(tmp_path / "run-a.lock")
    assert not is_held(tmp_path / "run-b.lock")

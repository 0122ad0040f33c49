"""What verify finds: any flipped bit, anything missing, anything too much, and a catalog that says something else."""

import sqlite3

import pytest
from archive_makers import Clock, fill
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.store import Archive
from archive.verify import verify


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """Return the folder of a whole archive, closed; tests put back what they change."""
    root = tmp_path_factory.mktemp("archive")
    fill(Archive.open(root, clock=Clock())).close()
    return root


def covered(root):
    """Return the files whose every byte is covered: all but the catalog, which is compared with its rebuild, and locks."""
    paths = (path for path in root.rglob("*") if path.is_file() and not path.name.startswith("catalog.db"))
    return sorted(path for path in paths if path.relative_to(root).parts[0] != "locks")


def faulty(root):
    """Return the files that verify names."""
    return {fault.path for fault in verify(root)}


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_any_flipped_bit_is_found_and_named(root, data):
    """Anywhere: gzip headers, line ends and index included."""
    path = data.draw(st.sampled_from(covered(root)))
    raw = path.read_bytes()
    at = data.draw(st.integers(0, len(raw) * 8 - 1))
    flipped = bytearray(raw)
    flipped[at // 8] ^= 1 << at % 8
    path.write_bytes(flipped)
    try:
        assert path.relative_to(root).as_posix() in faulty(root)
    finally:
        path.write_bytes(raw)
    assert len(covered(root)) >= 6


def test_a_whole_archive_is_whole(root):
    """No fault is invented."""
    assert faulty(root) == set()


def test_whatever_is_missing_is_named(root):
    """A file that went away, whichever it is."""
    for path in covered(root):
        hidden = path.with_name("hidden")
        raw = path.read_bytes()
        path.rename(hidden)
        hidden.unlink()
        name = path.relative_to(root).as_posix()
        found = faulty(root)
        path.write_bytes(raw)
        # Of a journal that is gone, what it knew remains: orphans, and a catalog that knows more than its rebuild.
        assert name in found or (name.startswith("journal/") and "catalog.db" in found), name


def test_whatever_is_too_much_is_named(root):
    """A file or bytes that no journal line tells of."""
    for folder, name in (("captures", "x.warc.gz"), ("documents", "a.json"), ("journal", "notes.txt"), ("journal", "x.jsonl")):
        path = root / folder / name
        path.write_bytes(b"x\n")
        assert f"{folder}/{name}" in faulty(root)
        path.unlink()
    for path in covered(root):
        raw = path.read_bytes()
        path.write_bytes(raw + b"\n")
        assert path.relative_to(root).as_posix() in faulty(root)
        path.write_bytes(raw)


def test_a_line_taken_out_is_named_with_its_place(root):
    """The chain shows it, though every line left is whole."""
    path = covered(root)[-1]
    assert path.suffix == ".jsonl"
    raw = path.read_bytes()
    lines = raw.splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:3] + lines[4:]))
    found = list(verify(root))
    path.write_bytes(raw)
    assert (found[0].path, found[0].where) == (path.relative_to(root).as_posix(), "line 4")


def test_a_changed_catalog_is_named_with_its_table(root):
    """Somebody who edits a number in the catalog is found out."""
    connection = sqlite3.connect(root / "catalog.db")
    connection.execute("UPDATE cells_2021_applications SET [new_received.natural_person] = 4")
    connection.commit()
    connection.close()
    (fault,) = verify(root)
    assert fault.path == "catalog.db"
    assert "cells_2021_applications" in fault.says
    connection = sqlite3.connect(root / "catalog.db")
    connection.execute("UPDATE cells_2021_applications SET [new_received.natural_person] = 3")
    connection.commit()
    connection.close()

"""Prints are found by their bands, and are the same to everybody, whether they wait in memory or stand in the tree."""

import sqlite3

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive import prints
from archive.prints import all_bands, packed_bands
from archive.schema import statements
from archive.tables import Tables

bands = st.lists(st.integers(min_value=-(1 << 63), max_value=-(1 << 63) + 5), unique=True, max_size=4).map(sorted)
writers = st.integers(0, 1)
steps = st.lists(
    st.one_of(
        st.tuples(writers, st.integers(0, 9), st.integers(0, 5), bands),
        st.tuples(writers, st.integers(0, 9)),
        st.tuples(writers),
    ),
    max_size=40,
)


def opened(path):
    """Return a catalog's tables."""
    connection = sqlite3.connect(path, isolation_level=None)
    tables = Tables(connection)
    connection.execute("PRAGMA synchronous = OFF")
    return tables


def row(number, instant, keys):
    """Return a row of `prints`."""
    names = {"identity": f"a{number}", "capture": "c", "document": "d", "reader_version": "1"}
    return names | {"number": number, "instant": instant, "at": f"{instant}", "bands": packed_bands(keys)}


@settings(max_examples=60, deadline=None)
@given(steps=steps, at_least=st.integers(1, 4))
def test_what_waits_is_found_as_what_stands_in_the_tree(tmp_path_factory, steps, at_least):
    """Put in, taken out, rolled back, by two processes in turn: the oldest three before, and all after, of each band."""
    path = tmp_path_factory.mktemp("prints") / "catalog.db"
    held, both = {}, [opened(path), opened(path)]
    both[0].connection.executescript(f"BEGIN; {'; '.join(statements())}; COMMIT")
    with pytest.MonkeyPatch.context() as patched:
        for name, value in {"WAITING_AT_LEAST": at_least, "WAITING_SHARE": 3, "_FRESH": 5, "_SLICE": 2}.items():
            patched.setattr(prints, name, value)
        for writer, *step in steps:
            take(both[writer], step, held)
    for tables in both:
        check(tables, held)
        tables.connection.close()


def take(tables, step, held):
    """Put one print in, take one out, or roll back what was put in."""
    tables.connection.execute("BEGIN IMMEDIATE")
    tables.prints.refresh()
    if not step:
        tables.prints.put_in([row(77, 0, [-(1 << 63)])])
        tables.forget_waiting()
        tables.connection.execute("ROLLBACK")
        return
    number, *placed = step
    tables.prints.take_out(list(tables.rows("SELECT * FROM prints WHERE number = ?", [number])))
    held.pop(number, None)
    if placed:
        tables.prints.put_in([row(*step)])
        held[number] = placed
    tables.flush()
    tables.connection.execute("COMMIT")


def check(tables, held):
    """Ask for everything that is held."""
    tables.prints.refresh()
    for band in range(-(1 << 63), -(1 << 63) + 6):
        sharing = sorted((instant, number) for number, (instant, keys) in held.items() if band in keys)
        for place in [(0, 0), (3, 5), (9, 0)]:
            assert tables.prints.before(place, [band]) == {
                number for _, number in [each for each in sharing if each < place][:3]
            }
            assert tables.prints.after(place, [band]) == {number for at, number in sharing if (at, number) > place}
    expected = sorted((band, instant, number) for number, (instant, keys) in held.items() for band in keys)
    assert list(all_bands(tables.connection)) == expected

"""Listings on a terminal: aligned where there is room, whole where there is none; and times as people give them."""

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from archive.layout import laid_out
from archive.moments import beginning

NAMES = ("seen_at", "agency", "url")
ROWS = [("2026-03-01T01:00:30.000001Z", "苇泽县财政局", "http://www.a.gov.test/1.html"), ("", "某镇", "http://b/")]


def test_a_wide_terminal_shows_columns():
    """Chinese signs are two columns wide; times are told to the second."""
    assert list(laid_out(NAMES, ROWS, 80)) == [
        "seen_at              agency        url",
        "2026-03-01 01:00:30  苇泽县财政局  http://www.a.gov.test/1.html",
        "                     某镇          http://b/",
    ]


def test_a_narrow_one_cuts_nothing():
    """What has no room stands below its row, with its name."""
    head, first, below, second, _ = laid_out(NAMES, ROWS, 40)
    assert head == "seen_at              agency  (url)"
    assert (first, below) == ("2026-03-01 01:00:30  苇泽县财政局", "    url: http://www.a.gov.test/1.html")
    assert second.strip() == "某镇"


@given(st.lists(st.lists(st.text("ab 局0", max_size=30), min_size=3, max_size=3), max_size=5), st.integers(1, 100))
def test_every_value_stands_there_whole(rows, width):
    """And no row of values is wider than the terminal, unless one value alone is."""
    lines = list(laid_out(NAMES, rows, width))
    words = [" ".join(text.split()) for row in rows for text in row]
    assert all(any(word in line for line in lines[1:]) for word in words if word)
    widest = max([cell_len(word) for word in (*words, *NAMES)]) + len("    seen_at: ")
    assert all(cell_len(line) <= max(width, widest) for line in lines[1:])


def test_times():
    """What is no day, or no UTC time, is refused."""
    good = ("2026", "2026-11", "2026-11-22", "2026-11-22T23", "2026-11-22T23:59", "2026-11-22T23:59:59.123")
    assert [beginning(text) for text in good] == list(good)
    assert beginning("2026-11-22 23:59:59Z") == "2026-11-22T23:59:59"
    for bad in (
        "",
        "yesterday",
        "2026-13",
        "2026-02-30",
        "2026-11-22T24:00",
        "2026-11-22T",
        "2026Z",
        "22.11.2026",
        "2026-11-22T10:00+08:00",
    ):
        assert beginning(bad) is None, bad

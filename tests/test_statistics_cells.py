"""What a printed cell says: the three states (number, nought, blank) never run into one another."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.forms import CellSpec
from pipelines.statistics.cells import is_value, read_cell

COUNT = CellSpec(id="a", row="a", label="", unit="件")
CHANGE = CellSpec(id="a", row="a", label="", unit="项", signed=True)
MONEY = CellSpec(id="a", row="a", label="", type="decimal")


@pytest.mark.parametrize(
    ("raw", "value", "kind", "unit"),
    [
        ("0", 0, "zero", "件"),
        (" 12\u00a0", 12, "number", "件"),
        ("１２", 12, "number", "件"),
        ("1,033", 1033, "number", "件"),
        ("1，033", 1033, "number", "件"),
        ("3件", 3, "number", "件"),
        ("22（其中修订 16 件）", 22, "number", "件"),
        ("零", 0, "zero", "件"),
        ("二十三", 23, "number", "件"),
        ("251000元", 251000, "number", "元"),
        ("160.5964万元", Decimal("160.5964"), "number", "万元"),
        ("160.5964\n万元", Decimal("160.5964"), "number", "万元"),
        ("0.00", Decimal("0.00"), "zero", "件"),
        ("-35", -35, "number", "件"),
        ("", None, "blank", "件"),
        ("\u00a0\u3000", None, "blank", "件"),
        ("/", None, "dash", "件"),
        ("——", None, "dash", "件"),
        ("－", None, "dash", "件"),
        ("\\", None, "dash", "件"),
        ("无", None, "text", "件"),
        ("见附件", None, "text", "件"),
        ("12.5%", None, "text", "件"),
    ],
)
def test_what_a_cell_says(raw, value, kind, unit):
    """The value is taken only where it is unmistakable; raw text is kept without its padding."""
    cell = read_cell(raw, COUNT, None)
    assert (cell.value, cell.kind, cell.unit, cell.reading) == (value, kind, unit, "printed")
    assert str(cell.value) == str(value)


@pytest.mark.parametrize(
    ("raw", "value"),
    [("增10", 10), ("减少2", -2), ("+82", 82), ("－59", -59), ("+(0)", 0), ("↓3", -3), ("5", 5), ("减0", 0)],
)
def test_signs_of_a_change(raw, value):
    """本年增/减 prints its sign in signs or words."""
    assert read_cell(raw, CHANGE, None).value == value


@pytest.mark.parametrize("raw", ["+1/-2", "+(0) -(0)", "增1减2"])
def test_two_changes_in_one_cell_are_words(raw):
    """Which of the two counts, or their sum, is not ours to say."""
    cell = read_cell(raw, CHANGE, None)
    assert (cell.value, cell.kind, cell.raw) == (None, "text", raw)


@pytest.mark.parametrize(
    ("raw", "candidates"),
    [("O", (0,)), ("1O", (10,)), ("1 033", (1033,)), ("1\n2", (12,)), ("007", (7,)), ("3①", ()), ("3²", ())],
)
def test_unclear_cells_are_unread(raw, candidates):
    """A letter for a digit, a gap inside a number, a footnote mark beside it: nothing is taken on its own word."""
    cell = read_cell(raw, COUNT, None)
    assert (cell.value, cell.reading, cell.candidates) == (None, "unread", candidates)


@pytest.mark.parametrize("raw", ["约3", "请 0", "3件（含上年）及2件", "见附件2"])
def test_a_number_among_words_is_unread(raw):
    """A label that ran into the cell, or a remark: somebody must look, so the cell does not pass for words alone."""
    cell = read_cell(raw, COUNT, None)
    assert (cell.value, cell.kind, cell.reading, cell.raw) == (None, "text", "unread", raw)


def test_a_unit_that_is_not_printed_comes_from_the_form_or_is_none():
    """采购总金额 has no unit in its header: a bare number has none."""
    assert read_cell("8040", MONEY, None).unit is None


@given(st.text(max_size=12))
def test_any_text_is_read_without_a_guess(text):
    """Whatever stands in a cell, a value is only ever made of the digits that are printed in it."""
    cell = read_cell(text, CHANGE, None)
    assert cell.value is None or cell.reading == "printed"
    if cell.kind in ("blank", "dash"):
        assert cell.value is None
    is_value(text)


@given(st.decimals(min_value=0, max_value=10**9, places=4, allow_nan=False))
def test_decimals_keep_their_printed_digits(number):
    """397.6190 and 397.619 are different prints of one amount."""
    assert str(read_cell(str(number), MONEY, None).value) == str(number)


@pytest.mark.parametrize("digits", [20, 9000])
def test_numbers_run_together_are_no_number(digits):
    """No count has twenty digits, and Python makes no int of thousands: such a cell is unread, not an error."""
    cell = read_cell("9" * digits, COUNT, None)
    assert (cell.value, cell.reading) == (None, "unread")

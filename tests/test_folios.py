"""Page numbers that stand alone on their line, among values that stand alone on theirs."""

import hypothesis.strategies as st
import pytest
from hypothesis import given

from pipelines.statistics import statistics_from_text
from pipelines.statistics.folios import folios
from pipelines.statistics.pieces import pieces_of_text
from tests.layouts import BLANKS_DROPPED, TEXT
from tests.strategies import reports
from tests.test_statistics_layouts import differences, FEW

FILLER = "为了便于公众了解政府信息公开工作的情况，本机关依照条例编制本报告，并向社会公布。" * 12


def numbered(text, first, every):
    """The text with a page number on a line of its own after every so many lines, counted from `first`."""
    lines, out, page = text.split("\n"), [], first
    for k, line in enumerate(lines, 1):
        out.append(line)
        if k % every == 0:
            out.append(str(page))
            page += 1
    return "\n".join([*out, str(page)])


@pytest.mark.parametrize("form", ["2008", "2014", "2019", "2021"])
@pytest.mark.parametrize(
    "layout", ["a cell a line", "a cell a paragraph", "blanks dropped, lines", "blanks dropped, paragraphs"]
)
def test_no_page_number_is_taken_for_a_value(layout, form):
    """Whether blanks were dropped or not, and wherever the pages end: what is read is right."""

    @FEW
    @given(reports(form, blanks=layout in BLANKS_DROPPED), st.integers(1, 9), st.integers(20, 60))
    def check(report, first, every):
        text = numbered({**TEXT, **BLANKS_DROPPED}[layout](report, form), first, every)
        assert [one for one in differences(statistics_from_text(text), report) if one[1] != "no table"] == []

    check()


def summary(*values):
    """A text of 2014's table, a cell a line, with these values after its first labels; None for a dropped blank."""
    labels = (
        "主动公开政府信息数",
        "其中：主动公开规范性文件数",
        "制发规范性文件总数",
        "1.政府公报公开政府信息数",
        "2.政府网站公开政府信息数",
        "3.政务微博公开政府信息数",
    )
    cells = [text for label, value in zip(labels, values, strict=False) for text in (label, "条", value) if text]
    return "\n".join(["统计指标", "单位", "统计数", *cells])


def values(text):
    """The values that were read, by the end of their ids."""
    return [cell.value for cell in statistics_from_text(text).summary_2014.cells.values()][:6]


def test_a_page_number_after_a_dropped_blank_is_unread():
    """The 4 behind 制发规范性文件总数 numbers the page, or is its value: nobody can say; 35 is none of the pages' numbers."""
    text = "\n".join([FILLER, "3", FILLER, summary("1259", "35", "4", None, "35", "900"), FILLER, "5"])
    assert values(text) == [1259, 35, None, None, 35, 900]


def test_a_number_is_a_value_where_the_pages_have_no_numbers():
    """No 3 and no 5 within a page's length: the 4 is the row's own, though another row lost its blank."""
    text = "\n".join([FILLER * 6, summary("1259", "35", "4", None, "35", "900"), FILLER * 6])
    assert values(text) == [1259, 35, 4, None, 35, 900]


def test_a_full_table_keeps_its_numbers():
    """Where no row lacks a value and none has two, no page number stands among them."""
    text = "\n".join([FILLER, "3", FILLER, summary("1259", "35", "4", "0", "35", "900"), FILLER, "5"])
    assert values(text) == [1259, 35, 4, 0, 35, 900]


def test_numbers_with_bars_or_beside_words_are_no_page_numbers():
    """A bar ends a cell, and a page number has no words on its line."""
    assert folios(pieces_of_text("1\n甲 2\n3 |\n乙\n2\n4")) == {0, 12, 14}

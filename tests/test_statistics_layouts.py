"""One truth in many layouts: every cell read right, or said to be unread; never wrong, and never missed in silence."""

from decimal import Decimal

import hypothesis.strategies as st
import lxml.html
import pytest
from hypothesis import given, HealthCheck, settings

from pipelines.statistics import statistics_from_html, statistics_from_text
from tests.layouts import BLANKS_DROPPED, BLANKS_KEPT, HTML, LOSSY, TEXT
from tests.strategies import reports

FORMS = ("2014", "2019", "2021")
ALL_FORMS = ("2008", *FORMS)
FEW = settings(max_examples=5, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def read(name, payload):
    """Read a payload by the entry point of its kind."""
    return statistics_from_html(lxml.html.fromstring(payload)) if name in HTML else statistics_from_text(payload)


def differences(statistics, report):
    """Return the cells that differ from the truth without being said to be unread."""
    found = []
    for name, cells in report.items():
        table = statistics.tables().get(name)
        if table is None:
            found.append((name, "no table"))
            continue
        for one, printed in cells.items():
            cell = table.cells.get(one)
            if cell is None:
                found.append((name, one, "not listed"))
                continue
            want = Decimal(printed) if printed else None
            if cell.reading != "unread" and cell.value != want:
                found.append((name, one, cell.value, want))
            if cell.reading == "unread" and (cell.value is not None or table.status == "complete"):
                found.append((name, one, "unread, but not said"))
    return found


def unread(statistics):
    """Return the ids of all unread cells."""
    return [one for table in statistics.tables().values() for one, cell in table.cells.items() if cell.reading == "unread"]


@pytest.mark.parametrize("form", ALL_FORMS)
@pytest.mark.parametrize("layout", [*HTML, *TEXT])
def test_every_cell_is_read(layout, form):
    """These layouts lose nothing: all cells are there, in the right place."""

    @FEW
    @given(reports(form))
    def check(report):
        statistics = read(layout, {**HTML, **TEXT}[layout](report, form))
        assert differences(statistics, report) == []
        assert unread(statistics) == []
        assert {table.form for table in statistics.tables().values()} == {form}
        assert statistics.others == ()
        assert all(table.extra == () for table in statistics.tables().values())

    check()


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("layout", LOSSY)
def test_what_the_layout_lost_is_said(layout, form):
    """Digits without separators and lines removed: right where one reading is left, else unread."""

    @FEW
    @given(reports(form))
    def check(report):
        assert differences(read(layout, LOSSY[layout](report, form)), report) == []

    check()


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("layout", BLANKS_KEPT)
def test_blanks_stay_blank(layout, form):
    """An empty cell is never nought, and moves no other."""

    @FEW
    @given(reports(form, blanks=True))
    def check(report):
        statistics = read(layout, {**HTML, **TEXT}[layout](report, form))
        assert differences(statistics, report) == []
        kinds = {cell.kind for table in statistics.tables().values() for cell in table.cells.values()}
        assert kinds <= {"number", "zero", "blank"}

    check()


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("layout", BLANKS_DROPPED)
def test_dropped_blanks_move_nothing(layout, form):
    """Where the converter left empty cells out, the rest may stand in any column: only what is certain is read."""

    @FEW
    @given(reports(form, blanks=True))
    def check(report):
        statistics = statistics_from_text(BLANKS_DROPPED[layout](report, form))
        wrong = [one for one in differences(statistics, report) if one[1] != "no table"]
        assert wrong == []

    check()


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("layout", ["a cell a line", "pipes with padding", "tabs", "glued", "spaces", "carriage returns"])
def test_a_text_cut_anywhere_gives_no_wrong_cell(layout, form):
    """An excerpt ends in the middle of a table: the rest is unread."""

    @FEW
    @given(reports(form), st.floats(0.1, 0.95))
    def check(report, share):
        whole = {**TEXT, **LOSSY}[layout](report, form)
        statistics = statistics_from_text(whole[: int(len(whole) * share)])
        assert [one for one in differences(statistics, report) if one[1] != "no table"] == []

    check()

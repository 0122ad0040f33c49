"""One truth in odd layouts: what they lose is said, and nothing is ever read wrong."""

import lxml.html
import pytest
from hypothesis import given, HealthCheck, settings

from pipelines.statistics import statistics_from_html, statistics_from_text
from tests.odd_layouts import READ, SAID
from tests.strategies import reports
from tests.test_statistics_layouts import differences, unread

FEW = settings(max_examples=3, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
FORMS = ("2014", "2019", "2021")


def read(payload):
    """Read a page or a text."""
    return statistics_from_html(lxml.html.fromstring(payload)) if payload.startswith("<") else statistics_from_text(payload)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("layout", READ)
def test_every_cell_is_read(layout, form):
    """These layouts lose nothing, blanks included."""

    @FEW
    @given(reports(form, blanks=True))
    def check(report):
        statistics = read(READ[layout](report, form))
        assert differences(statistics, report) == []
        assert unread(statistics) == []

    check()


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("layout", SAID)
@pytest.mark.parametrize("blanks", [False, True])
def test_nothing_is_read_wrong(layout, form, blanks):
    """Every cell is right or said to be unread, and every table is there."""

    @FEW
    @given(reports(form, blanks=blanks))
    def check(report):
        found = [one for one in differences(read(SAID[layout](report, form)), report) if one[-1] != "not listed"]
        assert found == []

    check()

"""Tables of PDFs without a single line: numbers keep their columns where full rows, headers and sums tell them, else they are unread."""

import pytest
from file_makers import pdf_of
from hypothesis import given, HealthCheck, settings

from pipelines.reader import read
from tests.layouts import HEADINGS, rows_of
from tests.strategies import reports
from tests.test_statistics_layouts import differences

FEW = settings(max_examples=2, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
LEFT, STEP, TOP, LEADING = 330, 36, 800, 13


def drawn(report, form, aligned):
    """A PDF whose rows are lines: the label, then every number in its column, `aligned` left, right or in the middle."""
    lines = []
    for name, cells in report.items():
        lines.append([(30, HEADINGS[name])])
        for row in rows_of(form, name, cells):
            wide = name == "review_litigation"
            labels = [one.text for one in row if not one.cell and not one.header]
            spots = [one for one in row if one.cell or (one.header and one is not row[0])]
            head = [row[0].text] if row[0].header else labels
            step, left = (36, 30) if wide else (STEP, LEFT) if name == "applications" else (80, LEFT)
            lines.append([(30, " ".join(head))] if head and not wide else [])
            lines[-1] += [(left + step * (k + 1), one.text) for k, one in enumerate(spots)]

    def page(chunk):
        def draw(c):
            c.setFont("STSong-Light", 7)
            show = {"left": c.drawString, "right": c.drawRightString, "middle": c.drawCentredString}[aligned]
            for k, line in enumerate(chunk):
                for x, text in line:
                    (c.drawString if x == 30 else show)(x, TOP - LEADING * k, text)

        return draw

    return pdf_of([], pages=[page(lines[k : k + 55]) for k in range(0, len(lines), 55)])


@pytest.mark.parametrize(("form", "aligned"), [("2021", "left"), ("2021", "right"), ("2019", "middle")])
def test_numbers_without_lines_are_right_or_unread(form, aligned):
    """Blanks keep their place in most rows, and nothing is ever read into another column."""
    rights = []

    @FEW
    @given(reports(form, blanks=True))
    def check(report):
        statistics = read(drawn(report, form, aligned)).statistics
        assert [one for one in differences(statistics, report) if one[1] != "no table"] == []
        rights.extend(c.reading != "unread" for name in ("applications",) for c in statistics.tables()[name].cells.values())

    check()
    assert sum(rights) > 0.3 * len(rights)


def test_a_number_between_two_columns_is_in_neither():
    """A slip of the layout program: the row stays a line of words, and its cells are unread."""

    def draw(c):
        c.setFont("STSong-Light", 7)
        for k, (label, *numbers) in enumerate(
            [
                ("（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）",),
                ("一、本年新收政府信息公开申请数量", *[(330 + 36 * n, "1" if n < 7 else "6") for n in range(1, 8)]),
                ("二、上年结转政府信息公开申请数量", *[(330 + 36 * n, "0") for n in range(1, 8)]),
                ("（一）予以公开", *[(330 + 36 * n, "1" if n < 7 else "6") for n in range(1, 8)]),
                ("1.属于国家秘密", (330 + 36, "2"), (330 + 36 * 7, "2")),
                ("2.其他法律行政法规禁止公开", (330 + 36 * 1.5, "2"), (330 + 36 * 7, "2")),
                ("3.危及“三安全一稳定”", (330 + 36, "2"), (330 + 36 * 7, "3")),
                ("（七）总计", *[(330 + 36 * n, "9") for n in range(1, 8)]),
            ]
        ):
            c.drawString(30, TOP - LEADING * k, label)
            for x, text in numbers:
                c.drawString(x, TOP - LEADING * k, text)

    cells = read(pdf_of([], pages=[draw])).statistics.applications.cells
    assert [cells[f"denied_state_secret.{one}"].value for one in ("natural_person", "business_enterprise", "total")] == [
        2,
        None,
        2,
    ]
    assert {c.kind for name, c in cells.items() if name.startswith("denied_state_secret")} == {"number", "blank"}
    for row in ("denied_other_law", "denied_security_stability"):
        assert {c.reading for name, c in cells.items() if name.startswith(row)} == {"unread"}

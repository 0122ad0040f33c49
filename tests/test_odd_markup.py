"""What editors leave inside the cells of a page: hidden text, footnotes, fields, pictures, tables of one cell."""

import io

import docx
import pytest

from pipelines.reader import read
from tests.layouts import Td
from tests.test_statistics_cases import html, report, rows_of

TABLES = ("proactive_disclosure", "applications", "review_litigation")


def statistics(cell="{}", row="{}", **changes):
    """The statistics of a whole page; `cell` is put around each number, `row` around what a row holds."""
    cells = report(**changes)
    parts = []
    for name in TABLES:
        rows = [
            [Td(cell.format(one.text) if one.cell else one.text, one.across, one.down) for one in line]
            for line in rows_of("2021", name, cells[name])
        ]
        parts.append(html(rows))
    page = "".join(parts).replace("<tr>", row.partition("{}")[0] + "<tr>").replace("</tr>", row.partition("{}")[2] + "</tr>")
    return read(f"<html><body><h1>某镇2023年政府信息公开工作年度报告</h1>{page}</body></html>".encode()).statistics


def licence(found):
    """The cell of administrative licences."""
    return found.proactive_disclosure.cells["administrative_license.decisions"]


@pytest.mark.parametrize(
    "cell",
    [
        "{}<!-- 5 -->",
        "<!-- 5 -->{}",
        '<span style="display: none">9</span>{}',
        "<table><tr><td>{}</td></tr></table>",
        '<input type="text" value="{}">',
        "<span>&#8203;{}&#8203;</span>",
        '{}</td><td style="display:none">7',
    ],
)
def test_what_is_seen_in_a_cell_is_read(cell):
    """Comments, hidden text and the wrappers of editors are no part of a number, and take none away."""
    found = statistics(cell, administrative_license__decisions="12")
    assert licence(found).value == 12
    assert [table.status for table in found.tables().values()] == ["complete"] * 3


@pytest.mark.parametrize("cell", ["{}<sup>1</sup>", "<del>5</del>{}", "<s>5</s>{}"])
def test_a_footnote_and_what_was_struck_out_are_no_digits(cell):
    """12 with footnote 1 is not 121, and a struck 5 before it makes no 512: such a cell is said to be unread."""
    found = licence(statistics(cell, administrative_license__decisions="12"))
    assert (found.value, found.reading) == (None, "unread")


def test_a_picture_of_a_number_is_no_blank():
    """A cell that shows a picture says something, which we don't know."""
    assert licence(statistics('<img src="3.png">')).reading == "unread"


def test_rows_that_nobody_sees_are_not_read():
    """A hidden copy of each row, as spreadsheets leave it, does not stand beside the row."""
    found = statistics(
        row='{}<tr style="display:none"><td>行政许可</td><td>9</td></tr>', administrative_license__decisions="12"
    )
    assert licence(found).value == 12


@pytest.mark.parametrize(("mark", "value"), [("hidden", 12), ("superscript", None), ("strike", None)])
def test_marks_in_word_files_are_no_digits(mark, value):
    """Word prints no hidden run; a raised or struck one stands beside the number, not in it."""
    document = docx.Document()
    rows = rows_of("2021", "proactive_disclosure", report(administrative_license__decisions="12")["proactive_disclosure"])
    table = document.add_table(rows=len(rows), cols=4)
    for line, row in zip(table.rows, rows, strict=True):
        for cell, one in zip(line.cells, row, strict=False):
            cell.text = one.text
            if one.cell == "administrative_license.decisions":
                setattr(cell.paragraphs[0].add_run("1").font, mark, True)
    file = io.BytesIO()
    document.save(file)
    assert licence(read(file.getvalue()).statistics).value == value

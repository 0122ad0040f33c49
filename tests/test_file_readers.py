"""Every file type gives back the table that was written into it: texts, positions and spans."""

import io
import zipfile

import file_makers
import pytest
from file_makers import docx_body, docx_of, pdf_of, Spot, W
from hypothesis import given, HealthCheck, settings
from hypothesis import strategies as st

from archive.model import PagePlace
from pipelines.attachments import read_file, sniff
from pipelines.attachments.tables import grid_text

KINDS = ("docx", "doc", "rtf", "xlsx", "xls", "ofd", "pdf")
texts = st.sampled_from(["0", "12", "7730.28", "规章", "一、新收", "其他", "（三）总计", "-", "", ""])


@st.composite
def tables(draw):
    """A rectangle of 2–5 rows and 2–6 columns cut into cells with spans, the first of them filled."""
    height, width = draw(st.integers(2, 5)), draw(st.integers(2, 6))
    free = {(r, c) for r in range(height) for c in range(width)}
    spots = []
    for r, c in sorted(free):
        if (r, c) not in free:
            continue
        rows, columns = draw(st.integers(1, 3)), draw(st.integers(1, 3))
        while not {(r + i, c + j) for i in range(rows) for j in range(columns)} <= free:
            rows, columns = (rows, columns - 1) if columns > 1 else (rows - 1, 1)
        free -= {(r + i, c + j) for i in range(rows) for j in range(columns)}
        spots.append(Spot(draw(texts) if spots else "表头", r, c, rows, columns))
    return spots


def cells_of(reading):
    """Return the cells of the only grid, each once."""
    (grid,) = reading.grids
    return {cell for row in grid.rows for cell in row if cell is not None}


def squeezed(cells):
    """Return cells as tuples over rows and columns in which some cell begins: no reader can know of others."""
    rows, columns = sorted({c[1] for c in cells}), sorted({c[2] for c in cells})
    return {
        (
            "".join(text.split()),
            rows.index(r),
            columns.index(c),
            sum(r <= x < r + height for x in rows),
            sum(c <= x < c + width for x in columns),
        )
        for text, r, c, height, width in cells
    }


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(spots=tables())
def test_round_trip(kind, spots):
    """Whatever the spans, each text comes back in its place, and a blank cell as a blank one.

    A sheet has no outline: an empty row ends a table there, so of sheets only the texts are compared.
    """
    if sum(bool(s.text) for s in spots) < 2 or len(spots) < 2:
        return
    payload = getattr(file_makers, f"{kind}_of")(spots)
    reading = read_file(payload, sniff(payload))
    if kind in ("xlsx", "xls"):
        assert sorted(reading.text.split()) == sorted(s.text for s in spots if s.text)
        return
    got = squeezed([(c.text, c.row, c.column, c.row_span, c.column_span) for c in cells_of(reading)])
    assert got == squeezed([(s.text, s.row, s.column, s.rows, s.columns) for s in spots])


SHEET = [
    Spot("", 0, 0, 2, 1),
    Spot("申请人", 0, 1, 1, 2),
    Spot("自然人", 1, 1),
    Spot("总计", 1, 2),
    Spot("新收", 2, 0),
    Spot("3", 2, 1),
    Spot("", 2, 2),
]


@pytest.mark.parametrize("kind", KINDS)
def test_statutory_shape(kind):
    """A header over two rows, and a blank beside a number: the blank is not filled from anywhere."""
    payload = getattr(file_makers, f"{kind}_of")(SHEET)
    reading = read_file(payload, sniff(payload))
    assert grid_text(reading.grids[0].rows).endswith("\n\t自然人\t总计\n新收\t3\t")
    assert "申请人" in reading.text


@pytest.mark.parametrize("kind", ["pdf", "ofd"])
def test_cells_say_where_they_stand(kind):
    """In paged files every cell has its page and box, and a text outside a table is not in it."""
    payload = getattr(file_makers, f"{kind}_of")(SHEET)
    cell = next(c for c in cells_of(read_file(payload, sniff(payload))) if c.text == "3")
    assert isinstance(cell.at, PagePlace)
    assert cell.at.page == 1
    left, top, right, bottom = cell.at.box
    assert right - left == pytest.approx(60, abs=4)
    assert 20 < bottom - top < 32


def test_docx_leaves_out_what_is_not_printed():
    """Deleted and moved text, field codes, hidden runs and a deleted row are not the report's; inserted text is."""
    body = (
        "<w:p><w:r><w:t>收到</w:t></w:r><w:del><w:r><w:delText>9</w:delText></w:r></w:del><w:ins><w:r><w:t>3</w:t></w:r></w:ins>"
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t>隐藏</w:t></w:r><w:r><w:instrText>PAGE</w:instrText></w:r><w:r><w:t>件</w:t></w:r></w:p>"
        "<w:tbl><w:tr><w:trPr><w:del/></w:trPr><w:tc><w:p><w:r><w:t>旧</w:t></w:r></w:p></w:tc></w:tr>"
        "<w:tr><w:tc><w:p><w:r><w:t>新</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>1</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
    )
    reading = read_file(docx_body(body), sniff(docx_body(body)))
    assert reading.text == "收到3件\n新\t1"
    assert reading.grids[0].before == "收到3件"


def test_docx_text_box_and_nested_table():
    """A text box's text is read once although Word writes it twice; a table in a cell is a grid of its own."""
    box = (
        '<w:p><w:r><mc:AlternateContent xmlns:mc="urn:mc"><mc:Choice><w:txbxContent><w:p><w:r><w:t>框内</w:t></w:r></w:p></w:txbxContent></mc:Choice>'
        "<mc:Fallback><w:txbxContent><w:p><w:r><w:t>框内</w:t></w:r></w:p></w:txbxContent></mc:Fallback></mc:AlternateContent></w:r></w:p>"
    )
    inner = "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>里</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>2</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
    body = f"{box}<w:tbl><w:tr><w:tc>{inner}<w:p/></w:tc><w:tc><w:p><w:r><w:t>外</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
    reading = read_file(docx_body(body), sniff(docx_body(body)))
    assert reading.text.count("框内") == 1
    assert [len(grid.rows[0]) for grid in reading.grids] == [2, 2]
    assert [cell.text for cell in reading.grids[1].rows[0]] == ["里", "2"]


def test_doc_leaves_out_deleted_text():
    """A tracked deletion in a Word 97 file would otherwise glue the old number to the new one."""
    payload = file_makers.doc_of([Spot("新收", 0, 0), Spot("93", 0, 1)], before="总体情况", deleted="9")
    reading = read_file(payload, sniff(payload))
    assert reading.text == "总体情况\n新收\t3"


def test_doc_without_paragraph_properties_gives_lines():
    """Without row marks a blank cell and a row's end look alike: the text is kept, no grid is guessed."""
    made = bytearray(file_makers.doc_of([Spot("新收", 0, 0), Spot("3", 0, 1)]))
    made[512 + 0x9A + 8 * 13 + 4 : 512 + 0x9A + 8 * 13 + 8] = bytes(4)
    reading = read_file(bytes(made), sniff(bytes(made)))
    assert (reading.grids, reading.text.split()) == ((), ["新收", "3"])


def test_rtf_code_pages_and_groups_that_are_not_printed():
    """Bytes are read in the code page of their font; headers, deleted and hidden text are left out."""
    rtf = rb"{\rtf1\ansi\ansicpg936{\fonttbl{\f0\fcharset134 a;}{\f1\fcharset136 b;}}{\header no}\f0 \'b9\'ab{\f1 \'a4\'bd}{\deleted 9}{\v 8}3\par}"
    assert read_file(rtf, sniff(rtf)).text == "公公3"


def test_sheet_is_cut_at_headings():
    """Three tables on one sheet are three tables; a number is as shown, not as its binary fraction."""
    spots = [Spot("二、主动公开政府信息情况", 0, 0, 1, 3), Spot("收费", 1, 0), Spot("7730.2799999999997", 1, 1, 1, 2)]
    spots += [Spot("三、收到和处理政府信息公开申请情况", 2, 0, 1, 3), Spot("新收", 3, 0), Spot("5.0", 3, 1), Spot("无", 3, 2)]
    reading = read_file(file_makers.xlsx_of(spots), sniff(file_makers.xlsx_of(spots)))
    assert reading.text.splitlines()[1] == "收费\t7730.28\t"
    assert [grid.before for grid in reading.grids] == ["二、主动公开政府信息情况", "三、收到和处理政府信息公开申请情况"]
    assert reading.text.endswith("新收\t5\t无")


def test_hidden_sheets_are_left_out():
    """A hidden sheet is not published to whoever opens the file, and last year's numbers often stand there."""
    visible = file_makers.xlsx_of([Spot("新收", 0, 0), Spot("3", 0, 1)])
    assert read_file(visible, sniff(visible)).text == "新收\t3"
    with zipfile.ZipFile(io.BytesIO(visible)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(b'name="a"', b'name="a" state="hidden"')
    hidden = file_makers.zipped(parts)
    with pytest.raises(Exception, match="empty"):
        read_file(hidden, sniff(hidden))


def test_docx_namespace_prefix_does_not_matter():
    """Other programs name the namespace otherwise, or use the strict one."""
    payload = docx_of([Spot("新收", 0, 0), Spot("3", 0, 1)])
    other = docx_body("").replace(W.encode(), b"x")
    assert read_file(payload, sniff(payload)).text == "新收\t3"
    assert sniff(other).endswith("document")


def test_pdf_number_is_not_split_or_joined():
    """“1 0” in neighbouring cells are two numbers, a thousand with its comma is one, a number in a line keeps its spaces."""
    draw = lambda c: (c.setFont("Helvetica", 10), c.drawString(60, 700, "10  1,204 5"))  # noqa: E731
    reading = read_file(pdf_of([], pages=[draw]), "application/pdf")
    assert reading.text == "10 1,204 5"

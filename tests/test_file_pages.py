"""Paged files: tables over page breaks, page numbers, watermarks, false bold, turned pages, lines drawn in every way."""

import io
from dataclasses import replace

import pypdfium2
import pytest
from file_makers import draw_table, ofd_of, pdf_of, Spot

from pipelines.attachments import read_file, sniff
from pipelines.attachments.layout import read_pages
from pipelines.attachments.page import Glyph, Page, Rule
from pipelines.attachments.tables import grid_text

PDF = "application/pdf"
FIRST = [
    Spot("（四）无法提供", 0, 0, 2, 2),
    Spot("1.不掌握", 0, 2, 1, 2),
    Spot("3", 0, 4),
    Spot("2.没有", 1, 2, 1, 2),
    Spot("1", 1, 4),
]
REST = [Spot("", 0, 0, 1, 2), Spot("3.补正", 0, 2, 1, 2), Spot("", 0, 4), Spot("（七）总计", 1, 0, 1, 4), Spot("4", 1, 4)]


def read(*pages, **options):
    """Read a PDF whose pages are drawn by functions."""
    return read_file(pdf_of([], pages=list(pages), **options), PDF)


def say(text, x=60, y=800):
    """Return a function that prints a line on a canvas."""
    return lambda c: (c.setFont("STSong-Light", 10), c.drawString(x, y, text))


def both(*draws):
    """Return a function that draws all of these."""
    return lambda c: [draw(c) for draw in draws]


def rows(grid):
    """Return a grid's rows as lists of texts, spanning cells at each position."""
    return [[cell.text.replace("\n", "") if cell else None for cell in row] for row in grid.rows]


@pytest.mark.parametrize("open_end", [False, True])
def test_table_over_a_page_break_is_one(open_end):
    """The group's label goes on over the break, rows do not run together, a blank after the break stays blank."""
    reading = read(
        both(lambda c: draw_table(c, FIRST, 300, open_end=open_end), say("- 1 -", 280, 30)),
        both(lambda c: draw_table(c, REST, 780), say("- 2 -", 280, 30)),
    )
    (grid,) = reading.grids
    assert [tuple(row) for row in rows(grid)] == [
        ("（四）无法提供", "1.不掌握", "3"),
        ("（四）无法提供", "2.没有", "1"),
        ("（四）无法提供", "3.补正", ""),
        ("（七）总计", "（七）总计", "4"),
    ]
    assert "- 1 -" not in reading.text


def test_blank_row_after_a_page_break_is_no_label():
    """Table four's only row of numbers may be blank and alone on the next page: it must not vanish into the header."""
    head = [Spot("行政复议", 0, 0, 1, 2), Spot("结果维持", 1, 0, 2, 1), Spot("总计", 1, 1, 2, 1)]
    reading = read(lambda c: draw_table(c, head, 200), lambda c: draw_table(c, [Spot("", 0, 0), Spot("2", 0, 1)], 780))
    assert rows(reading.grids[0])[-1] == ["", "2"]


def test_text_between_pages_keeps_tables_apart():
    """A table begins anew where a heading stands between: two statutory tables often have the same outline."""
    reading = read(
        lambda c: draw_table(c, FIRST, 300), both(say("四、政府信息公开行政复议"), lambda c: draw_table(c, FIRST, 700))
    )
    assert len(reading.grids) == 2
    assert reading.grids[1].before == "四、政府信息公开行政复议"


def test_head_printed_again_on_the_next_page_is_dropped():
    """Word repeats header rows on each page; a row of numbers that happens to repeat is never taken for one."""
    head = [Spot("项目", 0, 0), Spot("数量", 0, 1)]
    one = [*head, Spot("新收", 1, 0), Spot("3", 1, 1)]
    two = [*head, Spot("结转", 1, 0), Spot("3", 1, 1)]
    reading = read(lambda c: draw_table(c, one, 200), lambda c: draw_table(c, two, 780))
    assert rows(reading.grids[0]) == [["项目", "数量"], ["新收", "3"], ["结转", "3"]]
    again = [Spot("新收", 0, 0), Spot("3", 0, 1), Spot("总计", 1, 0), Spot("9", 1, 1)]
    reading = read(lambda c: draw_table(c, again, 200), lambda c: draw_table(c, again, 780))
    assert len(reading.grids[0].rows) == 4


def test_row_cut_in_two_by_the_page_break():
    """Where no line closes the row on either page, its label's second half belongs to the first."""
    first = [Spot("2.申请人逾期未按", 0, 0, 1, 2), Spot("7", 0, 2)]
    rest = [Spot("要求缴纳费用", 0, 0, 1, 2), Spot("", 0, 2), Spot("总计", 1, 0, 1, 2), Spot("7", 1, 2)]

    pages = [
        _page(1, first, 760, closed_bottom=False),
        _page(2, rest, 60, closed_top=False),
    ]
    text, (grid,) = read_pages(pages)
    assert rows(grid) == [["2.申请人逾期未按要求缴纳费用", "7"], ["总计", "7"]]
    assert text.splitlines()[0] == "2.申请人逾期未按要求缴纳费用\t7"


def test_two_numbered_rows_are_never_joined_although_no_line_parts_them():
    """Some exporters draw no line at the break at all: two numbers, or a label with its own number, are two rows."""
    first = [Spot("2.没有现成信息", 0, 0, 1, 2), Spot("3", 0, 2)]
    rest = [Spot("3.补正", 0, 0, 1, 2), Spot("", 0, 2), Spot("总计", 1, 0, 1, 2), Spot("3", 1, 2)]
    _, (grid,) = read_pages([_page(1, first, 760, closed_bottom=False), _page(2, rest, 60, closed_top=False)])
    assert rows(grid) == [["2.没有现成信息", "3"], ["3.补正", ""], ["总计", "3"]]


def _page(number, spots, top, *, closed_top=True, closed_bottom=True):
    """Return a page with a table as geometry; its first and last lines are left out on demand."""
    height = max(s.row + s.rows for s in spots)
    rules, glyphs = [], []
    for s in spots:
        x0, x1, y0, y1 = 60 + 60 * s.column, 60 + 60 * (s.column + s.columns), top + 24 * s.row, top + 24 * (s.row + s.rows)
        rules += [Rule(True, x0, y0, y1), Rule(True, x1, y0, y1)]
        rules += [Rule(False, y0, x0, x1)] if s.row or closed_top else []
        rules += [Rule(False, y1, x0, x1)] if s.row + s.rows < height or closed_bottom else []
        glyphs += [Glyph(c, x0 + 2 + 8 * i, y0 + 6, x0 + 10 + 8 * i, y0 + 15) for i, c in enumerate(s.text)]
    if len(spots) == 2:
        rules.append(Rule(False, top, 60, 240))
    return Page(number=number, width=595, height=842, glyphs=tuple(glyphs), rules=tuple(rules))


def test_page_numbers_go_and_the_reports_numbers_stay():
    """A bare number in the margin is a page number when it counts pages; “3” alone at the foot of page one is not."""
    counted = read(*(both(say("正文"), say(str(n), 290, 30)) for n in (11, 12, 13)))
    assert counted.text.split() == ["正文"] * 3
    assert read(both(say("收到申请"), say("3", 290, 30))).text.split() == ["收到申请", "3"]


def test_prose_is_joined_into_paragraphs():
    """A line that fills the column goes on in the next one, also over a page break; an indented one begins anew."""
    full = "一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十"
    page = lambda lines: both(*(say(t, x, 700 - 20 * i) for i, (t, x) in enumerate(lines)))  # noqa: E731
    reading = read(page([(full[2:], 80), (full, 60)]), page([("末行。", 60), ("新段。", 80)]))
    assert reading.text.splitlines() == [full[2:] + full + "末行。", "新段。"]


def test_watermarks_and_false_bold_are_not_read():
    """Slanted text is a watermark; a digit printed twice in one place is one digit."""

    def draw(c):
        c.setFont("Helvetica", 12)
        c.drawString(60, 700, "2024")
        c.drawString(60.3, 700, "2024")
        c.rotate(30)
        c.drawString(300, 300, "COPY")

    assert read(draw).text == "2024"


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_turned_pages_read_as_shown(turn):
    """A landscape page is stored upright with a turn; its text and lines are read as people see them."""
    latin = [replace(spot, text=spot.text and f"{i} row") for i, spot in enumerate(FIRST)]

    def draw(c):
        c.rotate({90: 90, 180: 180, 270: -90}[turn])
        c.translate(*{90: (0, -595), 180: (-595, -842), 270: (-842, 0)}[turn])
        draw_table(c, latin, 500)

    document = pypdfium2.PdfDocument(pdf_of([], pages=[draw]))
    document[0].set_rotation(turn)
    out = io.BytesIO()
    document.save(out)
    assert rows(read_file(out.getvalue(), PDF).grids[0]) == rows(read_file(pdf_of(latin), PDF).grids[0])


@pytest.mark.parametrize("style", ["thin boxes", "dashes", "one path", "white"])
def test_lines_are_seen_however_they_are_drawn(style):
    """Programs draw rulings as filled slivers, as dashes, as one long path; white lines are not seen and part nothing."""

    def line(c, x0, y0, x1, y1):
        if style == "thin boxes":
            c.rect(min(x0, x1) - 0.3, min(y0, y1) - 0.3, abs(x1 - x0) + 0.6, abs(y1 - y0) + 0.6, stroke=0, fill=1)
        elif style == "dashes":
            steps = 30
            for i in range(steps):
                a, b = i / steps, (i + 0.7) / steps
                c.line(x0 + a * (x1 - x0), y0 + a * (y1 - y0), x0 + b * (x1 - x0), y0 + b * (y1 - y0))
        else:
            c.line(x0, y0, x1, y1)

    def draw(c):
        if style == "white":
            c.setStrokeColorRGB(1, 1, 1)
        if style == "one path":
            path = c.beginPath()
            for x in (60, 120, 180):
                path.moveTo(x, 700)
                path.lineTo(x, 650)
            for y in (700, 675, 650):
                path.moveTo(60, y)
                path.lineTo(180, y)
            c.drawPath(path)
        else:
            for x in (60, 120, 180):
                line(c, x, 700, x, 650)
            for y in (700, 675, 650):
                line(c, 60, y, 180, y)
        c.setFont("Helvetica", 9)
        for i, text in enumerate(("a", "1", "b", "2")):
            c.drawString(65 + 60 * (i % 2), 685 - 25 * (i // 2), text)

    reading = read(draw)
    if style == "white":
        assert reading.grids == ()
        assert reading.text == "a 1\nb 2"
    else:
        assert rows(reading.grids[0]) == [["a", "1"], ["b", "2"]]


def test_wrapped_number_is_not_glued():
    """Two lines of digits in one cell may be one number or two: the text keeps the line break for whoever decides."""
    glyphs = [Glyph("1", 70, 70, 75, 79), Glyph("2", 70, 84, 75, 93), Glyph("x", 130, 70, 135, 79)]
    rules = [Rule(True, x, 60, 100) for x in (60, 120, 180)] + [Rule(False, y, 60, 180) for y in (60, 100)]
    _, (grid,) = read_pages([Page(number=1, width=595, height=842, glyphs=tuple(glyphs), rules=tuple(rules))])
    assert grid.rows[0][0].text == "1\n2"
    assert grid_text(grid.rows) == "1 2\tx"


@pytest.mark.parametrize("delta", ["", ' DeltaX="g 3 1.5"', ' DeltaX="1.5"'])
def test_ofd_steps_between_characters(delta):
    """Steps may be written one by one, as a run, in part or not at all: “1101” never loses a digit to its neighbour."""
    text = (
        f'<ofd:TextObject Boundary="20 20 60 5" Size="3"><ofd:TextCode X="0" Y="3"{delta}>1101</ofd:TextCode></ofd:TextObject>'
    )
    page = (
        f'<ofd:Page xmlns:ofd="http://www.ofdspec.org/2016"><ofd:Content><ofd:Layer>{text}</ofd:Layer></ofd:Content></ofd:Page>'
    )
    payload = ofd_of([Spot("x", 0, 0)], extra={"Doc_0/Pages/P.xml": page})
    assert read_file(payload, sniff(payload)).text == "1101"

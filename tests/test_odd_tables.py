"""Tables with more than their form has, and texts with more than the table: nothing that is not certain is taken for a cell."""

import pytest

from pipelines.statistics import statistics_from_text
from tests.layouts import CORNER, HEADINGS, Td
from tests.test_statistics_cases import html, read, report, rows_of


def lines(rows, join=" "):
    """A row a line, cells joined."""
    return [join.join(cell.text for cell in row) for row in rows]


def three(**changes):
    """The printed rows of table three."""
    return rows_of("2021", "applications", report(**changes)["applications"])


def read_lines(rows):
    """The statistics of a text whose lines are these."""
    return statistics_from_text("\n".join([HEADINGS["applications"], *rows]))


def test_a_further_column_leaves_rows_with_blanks_unread():
    """With a subtotal's column, seven values of eight cells are not the seven of the form."""
    rows = [[*row[:-1], Td("小计" if not row[-1].cell else "0"), row[-1]] if row[-1].cell else row for row in three()]
    rows[5] = [*rows[5][:-1], Td("")]
    rows[6] = [*rows[6][:-4], Td(""), *rows[6][-3:]]
    cells = read(html(rows)).applications.cells
    assert {cell.reading for name, cell in cells.items() if name.startswith(("disclosed", "partially"))} == {"unread"}
    assert {cell.value for cell in cells.values()} == {None}


def test_page_numbers_between_rows_are_no_values():
    """A number alone on its line belongs to no row where every row stands on a line of its own."""
    rows = lines(three(new_received__natural_person="12", new_received__total="12"))
    first = next(k for k, line in enumerate(rows) if line.startswith("一、本年新收"))
    rows[first + 1 : first + 1] = ["7", "某镇2023年政府信息公开工作年度报告"]
    cells = read_lines(rows).applications.cells
    assert cells["new_received.total"].value == 12
    assert cells["carried_in.total"].value == 0


def test_a_number_that_the_line_end_tore_is_not_cut():
    """746 at the end of a full line and 9 on the next were 7469: what its sum does not prove stays unread."""
    rows = lines(three(new_received__natural_person="7469", new_received__total="7469"))
    first = next(k for k, line in enumerate(rows) if line.startswith("一、本年新收"))
    rows[first : first + 1] = [rows[first][:-1], "9"]
    assert read_lines(rows).applications.cells["new_received.total"].reading == "unread"


def test_a_page_number_does_not_stand_in_for_a_lost_blank():
    """Where blanks were dropped, seven numbers that don't sum up are not seven cells."""
    lost = [[cell for cell in row if cell.text != "0" or "三安全" in row[0].text] for row in three()]
    rows = [cell.text for row in lost for cell in row]
    rows += ["1", "2"]
    place = next(k for k, text in enumerate(rows) if "三安全" in text)
    rows[place + 1 : place + 8] = ["0", "0", "0", "0", "0", "0", "9"]
    for name in ("属于国家秘密", "保护第三方", "重复申请", "过程性信息"):
        at = next(k for k, text in enumerate(rows) if name in text)
        rows[at + 1 : at + 1] = ["1", "1"]
    assert read_lines(rows).applications.cells["denied_security_stability.total"].reading == "unread"


@pytest.mark.parametrize("sign", ["-", "—", "/", "无"])
def test_dashes_and_words_in_a_row_of_spaces_are_cells(sign):
    """A row whose cells are dashes is read as one of numbers is, its cells without values."""
    cells = read_lines(lines(three(disclosed__natural_person=sign, disclosed__total="3"))).applications.cells
    assert [cells[f"disclosed.{column}"].value for column in ("natural_person", "business_enterprise", "total")] == [None, 0, 3]


@pytest.mark.parametrize(("join", "rule"), [("│", "├──┼──┤"), ("｜", None), (" | ", "+----+----+")])
def test_drawn_tables_are_tables(join, rule):
    """Frames drawn with signs part cells, and their lines are none."""
    rows = [f"{join}{line}{join}" for line in lines(three(disclosed__total="3"), join)]
    table = read_lines([part for row in rows for part in (row, rule) if part]).applications
    assert (table.status, table.cells["disclosed.total"].value) == ("complete", 3)


def test_a_letter_spaced_corner_begins_the_table():
    """Spaces between the signs make no label too long."""
    rows = ["\t".join(" ".join(cell.text) if not cell.cell else cell.text for cell in row) for row in three()]
    assert " ".join(CORNER) in rows[0]
    assert read_lines(rows).applications.status == "complete"


def test_a_unit_glued_between_label_and_value_is_neither():
    """公开政府信息数条1259: the label, its unit, the value."""
    found = statistics_from_text(
        "统计指标单位统计数\n（一）主动公开政府信息数条1259\n1.政府公报公开政府信息数条35\n2.政府网站公开政府信息数条12\n注"
    )
    assert {name: cell.value for name, cell in found.summary_2014.cells.items() if cell.value} == {
        "proactive_items": 1259,
        "channel_gazette": 35,
        "channel_website": 12,
    }


@pytest.mark.parametrize("join", [",", "；", "、"])
def test_a_table_that_nobody_can_cut_into_cells_is_said_to_be_there(join):
    """Cells joined by commas can't be told from thousands: the tables are there, and every cell is unread."""
    cells = report(administrative_license__decisions="1,033")
    found = statistics_from_text("\n".join(line for name in cells for line in lines(rows_of("2021", name, cells[name]), join)))
    assert {name: table.status for name, table in found.tables().items()} == dict.fromkeys(cells, "skeleton_only")
    assert not [cell for table in found.tables().values() for cell in table.cells.values() if cell.reading != "unread"]


def test_prose_that_names_rows_is_no_table():
    """A report in words names several rows, and has no table."""
    text = "共办理申请3件，其中予以公开1件，不予公开1件（属于国家秘密），重复申请1件。行政许可12件，行政处罚3件，行政强制0件。"
    assert statistics_from_text(text * 3).tables() == {}


FOUR = report(recon_upheld="2", recon_total="2", suit_after_recon_pending="1", suit_after_recon_total="1")["review_litigation"]
RESULTS = [Td(word) for word in ("结果维持", "结果纠正", "其他结果", "尚未审结", "总计")]


def four(rows):
    """Table four, and what was read of it as printed, in the form's order; None for unread."""
    cells = read(html(rows)).review_litigation.cells
    return [None if cell.reading == "unread" else str(cell.value) for cell in cells.values()]


def test_blocks_of_table_four_one_below_the_other():
    """Reconsideration and the two kinds of suits as three blocks, or as lines of label and value, are one table."""
    values = [Td(text) for text in FOUR.values()]
    blocks = [
        [Td("行政复议", 5)],
        RESULTS,
        values[:5],
        [Td("行政诉讼", 5)],
        [Td("未经复议直接起诉", 5)],
        RESULTS,
        values[5:10],
        [Td("复议后起诉", 5)],
        RESULTS,
        values[10:],
    ]
    assert four(blocks) == list(FOUR.values())
    titles = [[Td("行政复议")], [Td("行政诉讼"), Td("未经复议直接起诉")], [Td("行政诉讼"), Td("复议后起诉")]]
    pairs = [[*(titles[k // 5] if k % 5 == 0 else []), RESULTS[k % 5], value] for k, value in enumerate(values)]
    assert four(pairs) == list(FOUR.values())


def test_table_four_in_another_order_is_unread():
    """Litigation before reconsideration, or results in another order: fifteen numbers in a row are not enough."""
    values = [Td(text) for text in FOUR.values()]
    first = [
        [Td("行政诉讼", 10), Td("行政复议", 5)],
        [Td("未经复议直接起诉", 5), Td("复议后起诉", 5), *RESULTS],
        RESULTS * 2,
        [*values[5:], *values[:5]],
    ]
    assert set(four(first)) == {None}
    rows = rows_of("2021", "review_litigation", FOUR)
    turned = [
        [Td({"结果维持": "结果纠正", "结果纠正": "结果维持"}.get(one.text, one.text), one.across, one.down) for one in row]
        for row in rows
    ]
    assert set(four(turned)) == {None}


def test_html_tables_in_markdown_are_tables():
    """Converters write tables with spans as HTML into Markdown; places are offsets into the text."""
    cells = report(administrative_license__decisions="12")
    text = "\n\n".join(f"# {HEADINGS[name]}\n\n{html(rows_of('2021', name, cells[name]))}" for name in cells)
    found = statistics_from_text(text)
    assert [table.status for table in found.tables().values()] == ["complete"] * 3
    cell = found.proactive_disclosure.cells["administrative_license.decisions"]
    assert (cell.value, text[cell.at.start : cell.at.end]) == (12, "12")


@pytest.mark.parametrize(
    "text",
    [
        "<table>" * 20000,
        "</table>" + "<table><tr><td colspan=100 rowspan=100>" * 20000,
        "<table>" + "<tr>" * 50000 + "</table>",
    ],
)
def test_broken_tables_in_text_cost_little(text):
    """Unclosed tables and huge spans give nothing, soon."""
    assert statistics_from_text(text).tables() == {}


def test_dashes_before_the_first_label_tell_that_values_stand_first():
    """Where each row's values are printed above its label, a first row of dashes must not hand the next row's values on."""
    cells = report(normative_documents__issued="3", normative_documents__in_force="46")["proactive_disclosure"]
    cells |= {name: "-" for name in cells if name.startswith("regulations")}
    rows = rows_of("2021", "proactive_disclosure", cells)
    text = "\n".join(text for row in rows for text in sorted((cell.text for cell in row), key=lambda text: len(text) > 2))
    read_cells = statistics_from_text(text).proactive_disclosure.cells
    assert {cell.reading for name, cell in read_cells.items() if name.startswith("regulations")} == {"unread"}


FOURTH = "四、政府信息公开行政复议、行政诉讼情况"


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        (list(FOUR.values()), "complete"),
        (["行政复议", "行政诉讼", *FOUR.values()], "complete"),
        ([" ".join(FOUR.values())], "complete"),
        ([*list(FOUR.values())[:-1], "7"], "skeleton_only"),
        (list(FOUR.values())[:-1], "skeleton_only"),
        (["行政诉讼", "行政复议", *FOUR.values()], "skeleton_only"),
        (["纠正 维持", *FOUR.values()], "skeleton_only"),
        (["本年度行政复议2件，行政诉讼0件。"], None),
    ],
)
def test_table_four_without_its_header_is_read_by_its_sums_or_said(lines, status):
    """Fifteen values in order whose three sums hold; any other number of values is a table that nobody could read."""
    three_rows = [cell.text for row in three() for cell in row]
    found = statistics_from_text(
        "\n".join([HEADINGS["applications"], *three_rows, FOURTH, *lines, "五、存在的主要问题及改进情况", "7"])
    )
    table = found.review_litigation
    assert (table and table.status) == status
    if status == "complete":
        assert {cell.reading for cell in table.cells.values()} == {"inferred"}
        assert [str(cell.value) for cell in table.cells.values()] == list(FOUR.values())


@pytest.mark.parametrize(
    "line", ["（一）收到申请数：{}件", "收到申请数（件）： {}", "（一）收到申请数:{}；", "收到申请数：{}件。"]
)
def test_a_row_stated_in_a_line_is_a_row(line):
    """Label, colon, number: the table of 2014 as a list."""
    names = (
        "主动公开政府信息数",
        "制发规范性文件总数",
        "政府公报公开政府信息数",
        "政府网站公开政府信息数",
        "政务微博公开政府信息数",
        "政务微信公开政府信息数",
        "其他方式公开政府信息数",
    )
    found = statistics_from_text("\n".join([*(f"{name}：{k}条" for k, name in enumerate(names)), line.format(1259), "注"]))
    assert found.summary_2014.cells["requests_received"].value == 1259
    assert found.summary_2014.cells["channel_weibo"].value == 4


def test_a_report_s_own_list_of_a_few_numbers_is_no_table():
    """Three of the labels in a report's prose are not the table."""
    assert statistics_from_text("主动公开政府信息数：12条\n政府网站公开政府信息数：9条\n收到申请数：3件").tables() == {}


@pytest.mark.parametrize("place", [0, 3, 8])
def test_rows_that_changed_places_are_not_read_by_their_count(place):
    """The identities hold in any order of the rows: where a label stands out of its place, order proves nothing."""
    changes = {"new_received": "4", "disclosed": "1", "denied_other_law": "3", "total_processed": "4"}
    rows = lines(three(**{f"{row}__{column}": n for row, n in changes.items() for column in ("natural_person", "total")}))
    first = next(k for k, line in enumerate(rows) if line.startswith("一、本年新收")) + place
    rows[first], rows[first + 1] = rows[first + 1], rows[first]
    cells = read_lines(rows).applications.cells
    right = {f"{row}.{column}": int(n) for row, n in changes.items() for column in ("natural_person", "total")}
    assert [name for name, cell in cells.items() if cell.reading != "unread" and cell.value != right.get(name, 0)] == []


def test_applicants_in_another_order_are_not_read_by_their_count():
    """So do they in any order of the columns."""
    rows = lines(
        three(
            new_received__natural_person="4", new_received__total="4", carried_out__natural_person="4", carried_out__total="4"
        )
    )
    rows = [line.replace("自然人", "甲").replace("商业企业", "自然人").replace("甲", "商业企业") for line in rows]
    assert {cell.reading for cell in read_lines(rows).applications.cells.values()} == {"unread"}

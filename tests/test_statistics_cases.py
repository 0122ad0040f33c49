"""What agencies and converters really do to the tables, one case each; and the real reports, where they are at hand."""

import json
from decimal import Decimal

import lxml.html
import pytest

from archive.forms import table_form
from archive.model import HtmlPlace, PagePlace, TextPlace
from pipelines.statistics import disagreements, statistics_from_grids, statistics_from_html, statistics_from_text
from pipelines.statistics.grid import Grid, GridCell
from pipelines.statistics.labels import fingerprint
from pipelines.statistics.review import readings
from pipelines.statistics.solver import solve, summing
from tests.layouts import BLANKS_DROPPED, HTML, LOSSY, page, rows_of, Td, TEXT

ZEROS = {
    name: {spec.id: "0" for spec in table_form("2021", name).cells}
    for name in ("proactive_disclosure", "applications", "review_litigation")
}


def report(**changes):
    """A 2021 report of noughts, some cells (`row__column`) printed otherwise."""
    changed = {name.replace("__", "."): value for name, value in changes.items()}
    return {name: {one: changed.get(one, value) for one, value in cells.items()} for name, cells in ZEROS.items()}


def html(rows):
    """A table of `Td` rows."""
    return (
        "<table>"
        + "".join(
            "<tr>" + "".join(f'<td colspan="{c.across}" rowspan="{c.down}">{c.text}</td>' for c in r) + "</tr>" for r in rows
        )
        + "</table>"
    )


def read(markup):
    """The statistics of a piece of HTML."""
    return statistics_from_html(lxml.html.fromstring(f"<div>{markup}</div>"))


def test_places_lead_back_to_the_printed_text():
    """Every number can be shown in its page: XPath and offset give the raw text."""
    payload = HTML["every cell a paragraph"](report(new_received__total="37"), "2021")
    root = lxml.html.fromstring(payload)
    cell = statistics_from_html(root).applications.cells["new_received.total"]
    assert isinstance(cell.at, HtmlPlace)
    text = "".join(root.getroottree().xpath(cell.at.xpath)[0].itertext())
    assert text[cell.at.offset :].startswith("37")


def test_places_in_text_without_tables_lead_back_too():
    """Rows of divs have no table: the place is the div."""
    root = lxml.html.fromstring(HTML["rows of divs"](report(new_received__total="37"), "2021"))
    cell = statistics_from_html(root).applications.cells["new_received.total"]
    assert "".join(root.getroottree().xpath(cell.at.xpath)[0].itertext())[cell.at.offset :].startswith("37")


def test_places_in_text_are_offsets_into_it():
    """A text has no markup; the range holds the raw text."""
    payload = TEXT["pipes with padding"](report(new_received__total="37"), "2021")
    at = statistics_from_text(payload).applications.cells["new_received.total"].at
    assert isinstance(at, TextPlace)
    assert payload[at.start : at.end] == "37"


def test_prose_gives_no_table():
    """Words of the tables in sentences are no cells."""
    prose = (
        "二、主动公开政府信息情况\n根据《条例》第二十条第（一）项，制定规章0件、规范性文件5件。行政许可12件。\n"
        "三、收到和处理政府信息公开申请情况\n本年新收政府信息公开申请3件，予以公开3件，部分公开0件，总计3件，结转下年度继续办理0件。\n"
        "四、政府信息公开行政复议、行政诉讼情况\n行政复议2件，结果维持1件，行政诉讼0件。"
    )
    assert statistics_from_text(prose).tables() == {}
    assert read("".join(f"<p>{line}</p>" for line in prose.split("\n"))).tables() == {}


def test_rows_of_no_form_are_kept_beside():
    """其他主动公开文件 is no row of the form: it goes to `extra`, and moves nothing."""
    rows = rows_of("2021", "proactive_disclosure", report(normative_documents__issued="7")["proactive_disclosure"])
    rows.insert(4, [Td("其他主动公开文件"), Td("3"), Td("1"), Td("99")])
    table = read(html(rows)).proactive_disclosure
    assert table.cells["normative_documents.issued"].value == 7
    assert [(row.label, [cell.value for cell in row.cells]) for row in table.extra] == [("其他主动公开文件", [3, 1, 99])]


def test_a_statutory_row_that_was_split_is_not_summed():
    """行政检查 and 行政确认 under 其他对外管理服务事项: the parts are kept, the row stays unread."""
    text = "第二十条第(五)项\n信息内容\n上一年项目数量\n本年增/减\n处理决定数量\n行政许可\n1\n2\n3\n其他对外管理服务事项\n行政检查\n4\n5\n6\n行政确认\n7\n8\n9\n第二十条第(六)项\n信息内容"
    table = statistics_from_text("第二十条第(一)项\n" + text).proactive_disclosure
    assert table.status == "partial"
    assert table.cells["administrative_license.decisions"].value == 3
    assert table.cells["other_external_services.decisions"].reading == "unread"
    assert [row.parent for row in table.extra] == ["其他对外管理服务事项"] * 2


def test_a_letter_for_nought_needs_all_identities():
    """O in table three is nought when row, column and balance agree; in table two nothing can prove it."""
    changes = {
        "new_received__natural_person": "1",
        "new_received__total": "1",
        "disclosed__natural_person": "1",
        "disclosed__total": "1",
    }
    changes |= {"total_processed__natural_person": "1", "total_processed__total": "1", "disclosed__other_org": "O"}
    statistics = read(html(rows_of("2021", "applications", report(**changes)["applications"])))
    cell = statistics.applications.cells["disclosed.other_org"]
    assert (cell.value, cell.reading, cell.raw) == (0, "inferred", "O")
    changes["carried_out__total"] = "5"
    statistics = read(html(rows_of("2021", "applications", report(**changes, carried_out__other_org="5")["applications"])))
    assert statistics.applications.cells["disclosed.other_org"].reading == "unread"
    two = read(html(rows_of("2021", "proactive_disclosure", report(regulations__issued="O")["proactive_disclosure"])))
    assert two.proactive_disclosure.cells["regulations.issued"].reading == "unread"


def test_columns_in_another_order_follow_their_headers():
    """An agency that prints 总计 first, or 现行有效 first, moves no number to another column."""
    cells = report(new_received__natural_person="3", new_received__total="4")["applications"]
    rows = [[Td("申请人情况", across=10)]]
    rows.append(
        [Td("", across=3), *(Td(w) for w in ("总计", "自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他"))]
    )
    for row in rows_of("2021", "applications", cells)[3:]:
        label = next(one for one in row if not one.cell and not one.group)
        values = [one for one in row if one.cell]
        rows.append([Td(label.text, across=3), values[-1], *values[:-1]])
    table = read(html(rows)).applications
    assert (table.cells["new_received.natural_person"].value, table.cells["new_received.total"].value) == (3, 4)
    two = "<table><tr><td>第二十条第(一)项</td></tr><tr><td>信息内容</td><td>现行有效件数</td><td>本年制发件数</td><td>本年废止件数</td></tr><tr><td>规章</td><td>9</td><td>2</td><td>1</td></tr></table>"
    cells = read(two).proactive_disclosure.cells
    assert [cells[f"regulations.{name}"].value for name in ("issued", "repealed", "in_force")] == [2, 1, 9]


def test_both_columns_under_one_name_are_read_by_position():
    """上湾乡 2019 heads two columns 本年新制作数量."""
    text = "第二十条第(一)项\n信息内容\n本年新制作数量\n本年新制作数量\n对外公开总数量\n规章\n1\n2\n3\n规范性文件\n4\n5\n6"
    cells = statistics_from_text(text + "\n").proactive_disclosure.cells
    assert [cells[f"regulations.{name}"].value for name in ("newly_made", "newly_disclosed", "total_disclosed")] == [1, 2, 3]


def test_forms_are_chosen_per_table():
    """A report may print 2021's table two and 2019's table three."""
    cells = {spec.id: "0" for spec in table_form("2019", "applications").cells}
    markup = html(rows_of("2021", "proactive_disclosure", ZEROS["proactive_disclosure"])) + html(
        rows_of("2019", "applications", cells)
    )
    statistics = read(markup)
    assert (statistics.proactive_disclosure.form, statistics.applications.form) == ("2021", "2019")
    assert len(statistics.applications.cells) == 161


def test_own_table_is_named_and_the_regions_stands_beside():
    """本机关 before one and 全市汇总 before the other decide which is which."""
    own = html(rows_of("2021", "applications", report(new_received__total="5")["applications"]))
    region = html(rows_of("2021", "applications", report(new_received__total="500")["applications"]))
    statistics = read(f"<p>全市各级行政机关汇总情况</p>{region}<p>本机关收到和处理申请情况</p>{own}")
    assert (statistics.applications.scope, statistics.applications.cells["new_received.total"].value) == ("own_organ", 5)
    assert [(other.name, other.table.scope, other.table.cells["new_received.total"].value) for other in statistics.others] == [
        ("applications", "region", 500)
    ]


def test_two_numbers_in_one_cell_are_not_run_together():
    """`<p>1</p><p>2</p>` is not 12."""
    rows = html(rows_of("2021", "proactive_disclosure", ZEROS["proactive_disclosure"])).replace(
        '<td colspan="1" rowspan="1">0</td>', "<td><p>1</p><p>2</p></td>", 1
    )
    cell = read(rows).proactive_disclosure.cells["regulations.issued"]
    assert (cell.value, cell.reading, cell.candidates) == (None, "unread", (12,))


def test_money_keeps_the_unit_of_cell_or_header():
    """The unit is what is printed: in the cell, in the header, or nowhere."""
    text = "第二十条第(九)项\n信息内容\n采购项目数量\n采购总金额{}\n政府集中采购\n6\n{}\n"
    head = "第二十条第(一)项\n信息内容\n本年新制作数量\n本年新公开数量\n对外公开总数量\n规章\n1\n2\n3\n"
    for header, printed, unit, value in (
        ("", "152790元", "元", 152790),
        ("（万元）", "12.5", "万元", Decimal("12.5")),
        ("", "8040", None, 8040),
    ):
        cell = statistics_from_text(head + text.format(header, printed)).proactive_disclosure.cells[
            "central_procurement.amount"
        ]
        assert (cell.value, cell.unit) == (value, unit)


def test_grids_over_pages_are_one_table():
    """A PDF gives one grid a page; places stay those of the page."""
    rows = rows_of("2021", "applications", report(new_received__total="21")["applications"])
    grids = [
        Grid(
            rows=tuple(
                tuple(
                    GridCell(text=one.text, row=r, column=c, at=PagePlace(page, (0.0, 0.0, 1.0, 1.0)))
                    for c, one in enumerate(row)
                )
                for r, row in enumerate(part)
            )
        )
        for page, part in ((1, rows[:12]), (2, rows[12:]))
    ]
    statistics = statistics_from_grids(grids, "")
    assert statistics.applications.status == "complete"
    assert statistics.applications.cells["new_received.total"].at == PagePlace(1, (0.0, 0.0, 1.0, 1.0))
    assert statistics.others == ()


def test_two_readings_are_compared_cell_by_cell():
    """The page says 3 and the attachment 4: both are kept apart and told; what one could not read is no disagreement."""
    page_says = read(html(rows_of("2021", "applications", report(new_received__total="3")["applications"])))
    file_says = read(
        html(rows_of("2021", "applications", report(new_received__total="4", carried_in__total="O")["applications"]))
    )
    assert [(d.cell, d.one, d.other) for d in disagreements(page_says, file_says)] == [("new_received.total", 3, 4)]
    assert disagreements(page_says, page_says) == ()


def test_local_table_keeps_its_two_columns_apart():
    """本期实际 is the cell; 本年累计 stands beside it and is never added."""
    names = [
        ("主动公开信息数", "条", "01", "5", "50"),
        ("网上咨询数", "人次", "07", "2", "20"),
        ("申请总数", "条", "10", "1", "9"),
        ("当面申请数", "条", "11", "1", "9"),
    ]
    rows = [[Td(w) for w in ("指标名称", "计量单位", "代码", "本期实际", "本年累计")], *([Td(w) for w in row] for row in names)]
    table = read(html(rows)).local_2008
    assert [table.cells[name].value for name in ("proactive_items", "online_consultations", "requests_received")] == [5, 2, 1]
    assert {row.parent: row.cells[0].value for row in table.extra}["申请总数"] == 9


@pytest.mark.parametrize("header", [("指标", "单位", "数量"), ("项目", "计量单位", "本年数")])
def test_a_one_column_table_begins_under_any_header_of_labels_and_units(header):
    """Not only 指标名称 and 计量单位; without a column of units such a header is any table's."""
    names = [("主动公开信息数", "条", "5"), ("网上咨询数", "人次", "2"), ("申请总数", "条", "1")]
    table = read(html([[Td(w) for w in row] for row in (header, *names)])).local_2008
    assert [table.cells[name].value for name in ("proactive_items", "online_consultations", "requests_received")] == [5, 2, 1]
    assert read(html([[Td(w) for w in row] for row in (("项目", "金额", "备注"), *names)])).local_2008 is None


def test_glued_cells_are_split_only_where_one_reading_is_left():
    """The published example, and a balance that leaves two readings."""
    assert (8, 1, 0, 1, 0, 0, 10) in summing("81010010", 7)
    rows = {"in": "81010010", "out": "81010010"}
    assert solve(rows, 7, [(["in"], ["out"])])["in"] == (8, 1, 0, 1, 0, 0, 10)
    assert solve({"a": "10111", "b": "10111"}, 3, [(["a"], ["b"])])["a"] == (10, 1, 11)
    assert solve({"a": "112233"}, 3, []) == {"a": (11, 22, 33)}
    assert solve({"in": "123", "out": "124"}, 3, [(["in"], ["out"])]) == {}
    assert readings("000113000300011") == [(0, 0, 0, 1, 1, 3, 0, 0, 0, 3, 0, 0, 0, 1, 1)]


ONE_REQUEST = {
    f"{row}__{column}": "12"
    for row in ("new_received", "disclosed", "total_processed")
    for column in ("natural_person", "total")
}


def test_a_glued_report_is_read_by_its_identities():
    """Table three and four are proved and say so; table two has no identities, and keeps what length forces."""
    payload = LOSSY["glued"](report(**ONE_REQUEST, recon_upheld="2", recon_total="2", regulations__in_force="17"), "2021")
    statistics = statistics_from_text(payload)
    assert {cell.reading for cell in statistics.applications.cells.values()} == {"inferred"}
    assert statistics.applications.cells["disclosed.natural_person"].value == 12
    assert statistics.review_litigation.cells["recon_upheld"].value == 2
    two = statistics.proactive_disclosure.cells
    assert [two[f"regulations.{name}"].reading for name in ("issued", "repealed", "in_force")] == ["unread"] * 3
    assert two["administrative_license.decisions"].value == 0


def test_a_glued_report_with_a_slip_keeps_what_length_forces():
    """The balance is broken: no reading satisfies it, but seven digits for seven cells are certain."""
    payload = LOSSY["glued"](report(**ONE_REQUEST, carried_out__natural_person="3", carried_out__total="3"), "2021")
    cells = statistics_from_text(payload).applications.cells
    assert (cells["carried_out.total"].value, cells["carried_out.total"].reading) == (3, "inferred")
    assert cells["new_received.total"].reading == "unread"


def test_of_a_row_without_its_blanks_only_the_total_is_certain():
    """`3 | 3` over seven columns: 3 in all, of which applicant nobody knows."""
    blanks = {one.replace(".", "__"): "" for one in ZEROS["applications"]}
    numbers = blanks | dict.fromkeys(ONE_REQUEST, "3")
    cells = statistics_from_text(BLANKS_DROPPED["blanks dropped, lines"](report(**numbers), "2021")).applications.cells
    assert (cells["disclosed.total"].value, cells["disclosed.total"].reading) == (3, "inferred")
    assert cells["disclosed.natural_person"].reading == "unread"
    assert cells["disclosed.natural_person"].candidates == (3,)


def test_a_second_table_without_a_header_is_not_mixed_into_the_first():
    """The rows begin again: a further instance, whose numbers stand beside."""
    first, second = (
        rows_of("2021", "applications", report(new_received__total=value, carried_out__total=value)["applications"])
        for value in ("5", "9")
    )
    statistics = read(html([*first, *second[3:]]))
    assert statistics.applications.cells["carried_out.total"].value == 5
    assert [other.table.cells["carried_out.total"].value for other in statistics.others] == [9]


def test_a_row_one_cell_short_of_its_neighbours_is_unread():
    """Every row ends with an empty cell; in the one that lost a number, that cell is not its blank total."""
    rows = rows_of("2021", "applications", report(disclosed__natural_person="1", disclosed__total="1")["applications"])
    lines = ["| " + " | ".join(one.text for one in row if not one.group) + " |  |" for row in rows[3:]]
    lines[2] = lines[2].replace("| 0 ", "", 1)
    cells = statistics_from_text("申请人情况\n" + "\n".join(lines) + "\n").applications.cells
    assert cells["disclosed.total"].reading == "unread"
    assert cells["carried_out.total"].value == 0


def test_two_rows_of_cases_are_nobodys():
    """Table four has one row: of two different ones neither is taken; a spacer row of blanks is no row."""
    rows = rows_of("2021", "review_litigation", report(recon_upheld="1")["review_litigation"])
    blank = [Td("") for _ in range(15)]
    assert read(html([*rows[:3], blank, rows[3]])).review_litigation.cells["recon_upheld"].value == 1
    other = rows_of("2021", "review_litigation", report(recon_upheld="2")["review_litigation"])[3]
    assert read(html([*rows, other])).review_litigation.status == "skeleton_only"


def test_removed_lines_leave_a_skeleton():
    """Where every line is printed once, a nought may have stood anywhere."""
    statistics = statistics_from_text(LOSSY["lines deduplicated"](report(), "2021"))
    assert statistics.applications.status == "skeleton_only"
    assert {cell.reading for cell in statistics.applications.cells.values()} == {"unread"}


@pytest.mark.parametrize(
    ("printed", "same"),
    [
        ("3.危及“三安全一稳定”", "3、危及三安全一稳定"),
        ("（二） 部分公开", "(二)部分公开"),
        ("自 然　人", "自然人"),
        ("①当面申请数", "1.当面申请数"),
    ],
)
def test_fingerprints_forget_what_editors_vary(printed, same):
    """Numbering, quotes, brackets, width and spaces."""
    assert fingerprint(printed) == fingerprint(same)


@pytest.mark.parametrize(
    "markup",
    [
        "<table></table>",
        "<table><tr></tr></table>",
        '<table><tr><td rowspan="0" colspan="x">规章</td></tr></table>',
        '<table><tr><td colspan="99999">第二十条第(一)项</td></tr><tr><td>规章</td></tr></table>',
    ],
)
def test_odd_markup_is_no_error(markup):
    """Empty tables and senseless spans: nothing is read, nothing breaks."""
    read(markup)


def test_hidden_words_after_a_table_are_not_its_rows():
    """A page number, a link and a date after the tables are nobody's cells."""
    payload = page(report(), "2021", html).replace(
        "</div></body>", "<p>扫一扫</p><p>2024</p><p>行政许可</p><p>77</p></div></body>"
    )
    assert (
        statistics_from_html(lxml.html.fromstring(payload)).proactive_disclosure.cells["administrative_license.decisions"].value
        == 0
    )


CORPUS = [
    "seed0",
    "seed1",
    "seed2",
    "seed4",
    "hebei-jyt-2019",
    "hebei-jyt-2021",
    "hebei-jyt-2022",
    "hebei-jyt-2023",
    "hebei-gxt-2021",
    "hebei-gxt-2022",
    "hebei-gxt-2023",
    "shanghai-bgt-2019",
    "shanghai-bgt-2025",
    "peerfixture-hangzhou-style-2025",
    "hebei-jyt-2018-stattable",
    "lzq-xiang-2019",
    "jmsqjq-edu-2020",
    "hengdong-yanglin-2023",
    "changchun-jk-wenjiao-2020",
    "hebei-gxt-2016",
    "seed3",
]


@pytest.mark.corpus
@pytest.mark.parametrize("name", CORPUS)
def test_real_reports(corpus, name):
    """Hand-checked reports: no wrong value, none missed in silence; a table that is not there is not invented."""
    folder = corpus / "reports" / name
    truth = json.loads((folder / "truth.json").read_text(), parse_float=Decimal)["statistics"]
    source = next(folder.glob("source.*"))
    payload = source.read_bytes().decode()
    read_by = (
        (lambda text: statistics_from_html(lxml.html.fromstring(text))) if source.suffix == ".html" else statistics_from_text
    )
    tables = read_by(payload).tables()
    assert [table for table, cells in truth.items() if cells is None and table in tables] == []
    for table, expected in truth.items():
        for one, want in (expected or {"cells": {}})["cells"].items():
            cell = tables[table].cells[one]
            allowed = (
                {None, want["either"]}
                if isinstance(want, dict) and "either" in want
                else {
                    None
                    if isinstance(want, dict) and "undecidable" in want
                    else want["value"]
                    if isinstance(want, dict)
                    else want
                }
            )
            assert cell.value in allowed, (table, one)


def test_digits_beyond_any_count_are_no_error():
    """Thousands of digits in a row are more than Python makes an int of; the fuzzer found them in two places."""
    text = "四、政府信息公开行政复议、行政诉讼情况\n" + " ".join(["9" * 5000] * 15)
    table = statistics_from_text(text).review_litigation
    assert table is None or all(cell.value is None for cell in table.cells.values())

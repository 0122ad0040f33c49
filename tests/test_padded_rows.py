"""Rows that end with bars for the columns which spans took: an empty cell between two filled ones is certain, one behind is not."""

import pytest

from pipelines.statistics import statistics_from_text

CLAUSES = """二、主动公开政府信息情况
第二十条第(一)项 ||||
信息内容 | 本年制发件数 | 本年废止件数 | 现行有效件数 |
规章 | {regulations} |
行政规范性文件 | {documents} |
第二十条第(五)项 ||||
信息内容 | 本年处理决定数量 |||
行政许可 | 7 |||
"""
REVIEW = """四、政府信息公开行政复议、行政诉讼情况
行政复议 | 行政诉讼 ||||||||||||||
结果维持 | 结果纠正 | 其他结果 | 尚未审结 | 总计 | 未经复议直接起诉 | 复议后起诉 |||||||||
结果维持 | 结果纠正 | 其他结果 | 尚未审结 | 总计 | 结果维持 | 结果纠正 | 其他结果 | 尚未审结 | 总计 ||||||
{values} |
五、存在的主要问题及改进情况
"""


def disclosure(regulations, documents):
    table = statistics_from_text(CLAUSES.format(regulations=regulations, documents=documents)).proactive_disclosure
    return [(cell.value, cell.kind, cell.reading) for cell in list(table.cells.values())[:6]]


def printed(value):
    return (value, {None: "blank", 0: "zero"}.get(value, "number"), "printed")


def test_an_empty_cell_between_filled_ones_keeps_its_place():
    assert disclosure("3 |  | 6", "2 | 0 | 9") == [printed(one) for one in (3, None, 6, 2, 0, 9)]


def test_an_empty_first_cell_needs_a_full_row_that_shows_no_spanned_column():
    assert disclosure(" | 5 | 6", "2 | 0 | 9") == [printed(one) for one in (None, 5, 6, 2, 0, 9)]
    assert {reading for _, _, reading in disclosure(" | 5 | 6", " | 1 | 9")} == {"unread"}


@pytest.mark.parametrize("regulations", ["3 | 5 ", "3", "3 | 5 | "])
def test_a_row_that_may_have_lost_its_last_cells_stays_unread(regulations):
    assert {reading for _, _, reading in disclosure(regulations, "2 | 0 | 9")[:3]} == {"unread"}


def test_table_four_keeps_empty_cells_between_its_values():
    text = REVIEW.format(values="3 | 0 | 3 | 7 | 13 | 11 | 0 | 0 | 3 | 14 | 3 |  |  | 12 | 15")
    cells = statistics_from_text(text).review_litigation.cells
    assert [cell.value for cell in cells.values()] == [3, 0, 3, 7, 13, 11, 0, 0, 3, 14, 3, None, None, 12, 15]


def test_table_four_with_fewer_cells_than_columns_stays_unread():
    text = REVIEW.format(values="3 | 0 | 3 | 7 | 13 | 11 | 0 | 0 | 3 | 14 | 3 |  | 12 | 15")
    assert {cell.reading for cell in statistics_from_text(text).review_litigation.cells.values()} == {"unread"}

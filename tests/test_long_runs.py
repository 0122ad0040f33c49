"""Texts that repeat one thing for ever, as padding, rules and broken exports do: read in time that grows as they do.

A pattern that looks through the rest of the text at each place would keep these tests for minutes.
"""

import re

import pytest

from pipelines.reader import read
from samples.reports import make_report

RUNS = [
    "\n", " ", " \n", "\t", "\u3000", "|\t", "#", "-", "—", "一", "一、", "（一）", "（", "“", "：", "1", "3 0 ", "年 3", "2023年", "3件", "申请", "公开 信息 ", "0\n\n",
    "一、总体情况\n", "予以公开\n3\n", "予以公开\t3\t\n", "| 予以公开 | 3 | |\n", "行政复议 结果维持 ", "本机关共收到政府信息公开申请3件。", "2023年，公开3条，\n",
]  # fmt: skip
LONG = 30_000


@pytest.mark.parametrize("run", RUNS)
def test_a_long_run_is_read(run):
    """The text is taken for a report's or not, but an end comes."""
    text = (run * (LONG // len(run) + 1))[:LONG]
    assert read(f"甲{text}乙".encode()).statistics.tables().keys() <= {
        "applications",
        "proactive_disclosure",
        "review_litigation",
    }
    assert read(f"<html><body><p>甲{text}乙</p><div>{text}</div></body></html>".encode()).kind


@pytest.mark.parametrize("form", ["2014", "2019", "2021"])
@pytest.mark.parametrize("place", [0, 1, 3, 8, 40])
def test_thousands_of_digits_are_no_number(form, place):
    """Python makes no int of them: they are left unread wherever they stand among the values."""
    sample = make_report("青川县教育局", {"2014": 2016, "2019": 2020, "2021": 2023}[form], form, 7)
    for text in (sample.text, sample.html, "\n".join(sample.text.split("|"))):
        numbers = list(re.finditer(r"(?<=[|>\n ])\d{1,3}(?=[<|\n ])", text))
        at = numbers[place % len(numbers)]
        found = read((text[: at.start()] + "7" * 7000 + text[at.end() :]).encode())
        values = [cell.value for table in found.statistics.tables().values() for cell in table.cells.values()]
        assert all(value is None or value < 10**16 for value in values)

"""Reports in traditional characters say what their simplified twins say."""

from dataclasses import replace

import opencc
import pytest

from pipelines.reader import Context, read
from pipelines.traditional import is_traditional, REASON, simplified
from samples.office import docx_of
from samples.reports import make_report

TO_TRADITIONAL = opencc.OpenCC("s2t").convert


@pytest.mark.parametrize("form", ["2014", "2019", "2021"])
@pytest.mark.parametrize("layout", ["html", "text"])
def test_a_report_says_the_same_in_both(form, layout):
    """Agency, year, chapters, figures and every cell are those of the simplified page; a reason tells."""
    page = getattr(make_report("青川县教育局", {"2014": 2016, "2019": 2020, "2021": 2023}[form], form, 7), layout)
    one, other = read(page.encode()), read(TO_TRADITIONAL(page).encode())
    assert (other.kind, other.title, other.agency, other.report_year) == (one.kind, one.title, one.agency, one.report_year)
    assert other.sections == one.sections
    assert other.prose_figures == one.prose_figures
    assert other.statistics == one.statistics
    assert other.reasons == (*one.reasons, REASON) or REASON in other.reasons


def test_a_word_file_in_traditional_characters_is_read_too():
    """What a file's reader gives is translated like a page."""
    sample = make_report("青川县教育局", 2023, "2021", 7)
    doubled = replace(
        sample,
        title=TO_TRADITIONAL(sample.title),
        sections=tuple(
            replace(
                section,
                heading=TO_TRADITIONAL(section.heading),
                blocks=tuple(TO_TRADITIONAL(block) if isinstance(block, str) else block for block in section.blocks),
            )
            for section in sample.sections
        ),
    )
    one, other = read(docx_of(sample)), read(docx_of(doubled))
    assert (other.agency, other.report_year, other.statistics.tables().keys()) == (
        one.agency,
        one.report_year,
        one.statistics.tables().keys(),
    )


def test_addresses_stay_as_printed():
    """A file's name in a link is no word of the report."""
    page = TO_TRADITIONAL(make_report("青川县教育局", 2023, "2021", 7).html) + '<a href="/附件/年度報告.pdf">年度報告</a>'
    found = read(page.encode(), Context(url="http://a.gov.test/x.html"))
    assert [one.url for one in found.attachments] == ["http://a.gov.test/附件/年度報告.pdf"]
    assert [one.name for one in found.attachments] == ["年度报告"]


def test_a_simplified_text_that_holds_a_few_traditional_signs_is_left_alone():
    """A name or a language switch (繁體) is no reason to touch a text; nor is a text of something else."""
    for text in ("公开报告，张開明编制，公开", "乾隆年間的書", "政府信息公开 繁體版 報告"):
        assert simplified(text) is text
    assert is_traditional("政府信息公開工作年度報告")


@pytest.mark.parametrize("layout", ["html", "text"])
def test_signs_with_their_sound_behind_them_are_read(layout):
    """数 printed as 數(shù): so hijacked copies of reports are."""
    page = getattr(make_report("青川县教育局", 2023, "2021", 7), layout)
    sounded = TO_TRADITIONAL(page).replace("數", "數(shù)").replace("現", "現(xiàn)").replace("項", "項(xiàng)")
    one, other = read(page.encode()), read(sounded.encode())
    assert (other.agency, other.report_year, other.sections) == (one.agency, one.report_year, one.sections)
    assert [[cell.value for cell in table.cells.values()] for table in other.statistics.tables().values()] == [
        [cell.value for cell in table.cells.values()] for table in one.statistics.tables().values()
    ]


def test_a_question_mark_before_a_number_is_a_lost_space_there():
    text = "主動公開政府信息情況，數(shù)據(jù)、項(xiàng)目\n行政許可 |\n? 12 |\n報告"
    assert "|\n  12 |" in simplified(text)
    assert len(simplified(text)) == len(text)

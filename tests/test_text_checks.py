"""What a report's chapters should hold and its sentences say: each check can fail, and fails on no true report for a slip of ours."""

from pathlib import Path

import pytest

from archive.model import Cell, Report, Statistics, Table
from pipelines.checks import prose_checks
from pipelines.prose import prose_figures
from pipelines.reader import Context, read
from pipelines.sections import find_sections
from pipelines.text_checks import text_checks

HEADINGS = (
    "总体情况",
    "主动公开政府信息情况",
    "收到和处理政府信息公开申请情况",
    "政府信息公开行政复议、行政诉讼情况",
    "存在的主要问题及改进情况",
    "其他需要报告的事项",
)
NUMERALS = "一二三四五六"
FILLED = "这一章写明了本年度的工作情况和数据。"


def body(*, numerals=NUMERALS, **texts):
    """A report's body: chapters by number, each filled unless a text is given (None leaves the chapter out)."""
    chapters = [(heading, texts.get(f"c{number}", FILLED)) for number, heading in enumerate(HEADINGS, 1)]
    kept = [chapter for chapter in chapters if chapter[1] is not None]
    return "\n".join(f"{numeral}、{heading}\n{text}" for numeral, (heading, text) in zip(numerals, kept, strict=False))


def checked(text, carried_out="0"):
    """The verdicts of the text's checks, by id."""
    unread = carried_out is None
    cell = Cell(
        value=None if unread else int(carried_out),
        raw=carried_out or "",
        kind="number",
        reading="unread" if unread else "printed",
    )
    tables = Statistics(applications=Table(form="2021", status="partial", cells={"carried_out.total": cell}))
    report = Report(kind="annual_report", body=text, sections=find_sections(text), statistics=tables)
    return {check.id: check.verdict for check in text_checks(report, tables, prose_figures(text))}


def test_a_proper_report_keeps_them_all():
    """Six chapters in order, with something in each."""
    assert checked(body()) == {"sections.missing": "holds", "sections.numbering": "holds", "sections.problems_empty": "holds"}


def test_a_chapter_over_which_the_numerals_close_is_missing():
    """Without the fourth, the fifth is called 四: the agency left it out."""
    found = checked(body(c4=None, numerals="一二三四五"))
    assert (found["sections.missing"], found["sections.numbering"]) == ("fails", "fails")


@pytest.mark.parametrize(("texts", "numerals"), [({"c4": None}, "一二三五六"), ({"c5": None, "c6": None}, "一二三四")])
def test_a_chapter_whose_numeral_is_gone_too_may_only_not_have_come(texts, numerals):
    """A heading lost from a text, or a text cut at its end, is no slip of the agency."""
    found = checked(body(**texts, numerals=numerals))
    assert (found["sections.missing"], found["sections.numbering"]) == ("cannot_be_assessed", "holds")


@pytest.mark.parametrize(("text", "verdict"), [("无。", "fails"), ("", "fails"), ("一是力量不足，二是内容不够丰富。", "holds")])
def test_an_empty_fifth_chapter_is_told(text, verdict):
    """The form wants problems and what was done about them."""
    assert checked(body(c5=text))["sections.problems_empty"] == verdict


@pytest.mark.parametrize(
    ("six", "verdict"), [("无。", "fails"), ("本年度无其他需要报告的事项。", "fails"), ("本年度收取信息处理费30元。", "holds")]
)
def test_a_fee_that_the_sixth_chapter_denies(six, verdict):
    """The fee for processing information belongs there; the administrative fees of table two do not."""
    assert checked(body(c1="本年度收取信息处理费30元，工作平稳。", c6=six))["fees.section_six"] == verdict


def test_no_fee_stated_is_no_check():
    """Most reports state none."""
    assert "fees.section_six" not in checked(body(c6="无。"))


@pytest.mark.parametrize(("carried", "verdict"), [("0", "holds"), ("2", "fails"), (None, "cannot_be_assessed")])
def test_all_concluded_against_what_was_carried_over(carried, verdict):
    """All requests were answered, yet two are carried into the next year."""
    assert checked(body(c1="收到政府信息公开申请5件，均已按期答复。"), carried)["prose.all_concluded"] == verdict


def test_all_concluded_of_something_else_is_no_claim_about_requests():
    """Proposals of deputies are no requests."""
    assert "prose.all_concluded" not in checked(body(c1="收到人大建议5件，均已按期答复。"), "2")


def test_a_part_of_the_total_is_not_held_against_it():
    """洪泽 2024: the office received 17 on behalf of the district, the table counts 95 of all organs."""
    text = "2024年，区政府办代表区政府受理政府信息公开申请17件，均已答复。"
    cells = {
        f"{row}.total": Cell(value=value, raw=str(value), kind="number")
        for row, value in (("new_received", 95), ("carried_in", 0))
    }
    tables = Statistics(applications=Table(form="2021", status="partial", cells=cells))
    verdicts = {c.verdict for c in prose_checks(prose_figures(text), tables, text) if c.id == "prose.applications.new_received"}
    assert verdicts == {"cannot_be_assessed"}


JUDGED = {
    ("hengdong-yanglin-2023", "proactive_disclosure.township_regulations"),
    ("hongze-2023", "review_litigation.recon_total"),
    ("hongze-2023", "review_litigation.suit_after_recon_total"),
    ("seed4", "review_litigation.without_refusal"),
    ("whentby-xiliu-2023-mirror", "prose.proactive.normative_documents.issued"),
    ("whentby-xiliu-2023-mirror", "prose.proactive.normative_documents.in_force"),
}
"""What fails over the corpus, each looked up in its source: all are the agencies' own."""


@pytest.mark.corpus
def test_nothing_fails_on_real_reports_but_what_is_so(corpus: Path):
    """A false alarm costs whoever reads the list more than a missing one."""
    sources = (path for path in sorted((corpus / "reports").glob("*/source.*")) if path.suffix != ".png")
    found = {
        (path.parent.name, check.id)
        for path in sources
        for check in read(path.read_bytes(), Context(file_name=path.name)).checks
        if check.verdict == "fails"
    }
    assert found == JUDGED

"""Two readings of one table beside one another: what agrees is counted, what differs is named, nothing is corrected."""

from dataclasses import replace

import pytest
from archive_makers import exchange, START

from archive.codec import report_to_json
from archive.documents import make_document, same_content
from archive.hashing import digests_of, sha256_hex
from archive.model import Attachment, Statistics
from archive.store import Archive
from pipelines.attached import AttachedFile, with_files
from pipelines.attachments import sniff
from pipelines.reader import Context, read
from pipelines.readings import beside, ReadFile
from pipelines.rederive import derive
from pipelines.stored import groups
from samples.office import docx_of
from samples.pdf import pdf_of
from samples.reports import make_report

AGENCY = "青川县教育局"
CONTEXT = Context(url="http://www.a.gov.test/a.html", fetched_at=START)


@pytest.fixture(scope="module")
def sample():
    """A report in the form of 2021."""
    return make_report(AGENCY, 2023, "2021", 7)


@pytest.fixture(scope="module")
def page(sample):
    """The report of its page."""
    return read(sample.html.encode(), CONTEXT)


@pytest.fixture(scope="module")
def twin(sample):
    """The same report as a DOCX file."""
    return attached(docx_of(sample))


def attached(payload, name="附件.docx"):
    """A file that was fetched with the page."""
    return AttachedFile(
        attachment=Attachment(url=f"http://www.a.gov.test/{name}", name=name, sha256=sha256_hex(payload)), payload=payload
    )


def comparisons(report):
    """The checks between two readings: verdict, cells of both, cells that agree, evidence."""
    return {c.id: (c.verdict, c.left, c.right, c.evidence) for c in report.checks if c.id.startswith("readings.attachment")}


def without_tables(report):
    """The page as if it had shown no tables."""
    return replace(report, statistics=Statistics())


def changed(file, cell, value):
    """A file that prints another number in a cell of table three."""
    table = file.report.statistics.applications
    cells = {**table.cells, cell: table.cells[cell]._replace(value=value, raw=str(value), kind="number")}
    statistics = replace(file.report.statistics, applications=replace(table, cells=cells))
    return replace(file, report=replace(file.report, statistics=statistics))


@pytest.fixture(scope="module")
def file(twin):
    """The attached file as read by itself."""
    return ReadFile(attachment=twin.attachment, report=read(twin.payload, Context(file_name="附件.docx")))


def test_an_equal_copy_agrees_in_every_cell_and_stands_beside(page, twin):
    """The page's tables stay the named ones; the copy says which file it is of."""
    report, unread = with_files(page, [twin], b"page", CONTEXT)
    assert unread == ()
    assert {name: verdict for name, (verdict, *_) in comparisons(report).items()} == {
        "readings.attachment.proactive_disclosure": "holds",
        "readings.attachment.applications": "holds",
        "readings.attachment.review_litigation": "holds",
    }
    assert "readings.attachment.applications: 175 of 175 cells agree" in report.reasons
    assert report.statistics.tables() == page.statistics.tables()
    assert {(other.name, other.table.attachment) for other in report.statistics.others} == {
        (name, twin.attachment.sha256) for name in page.statistics.tables()
    }
    assert [one.sha256 for one in report.attachments] == [twin.attachment.sha256]


def test_a_copy_in_a_file_is_no_figure_of_the_page(page, twin):
    """A night on which the file was not to be had changes no figures; the document is another, since the file is missing."""
    report, _ = with_files(page, [twin], b"page", CONTEXT)
    assert digests_of(report).figures_sha256 == digests_of(page).figures_sha256
    assert report_to_json(report)["statistics"]["others"][0]["attachment"] == twin.attachment.sha256


def test_a_number_that_differs_is_named_with_both_texts(page, file):
    """The check fails, the page's number stays."""
    report = beside(page, [changed(file, "new_received.total", 9999)])
    verdict, both, agree, evidence = comparisons(report)["readings.attachment.applications"]
    raw = page.statistics.applications.cells["new_received.total"].raw
    assert (verdict, both - agree, evidence) == ("fails", 1, (f"new_received.total: {raw} | 9999",))
    assert report.statistics.applications == page.statistics.applications


def test_where_the_page_has_no_table_the_file_s_is_named_and_says_so(page, file):
    """A page of prose with its tables in a file: the numbers are there, with the file that they stand in."""
    report = beside(without_tables(page), [file])
    assert report.statistics.applications == replace(file.report.statistics.applications, attachment=file.attachment.sha256)
    assert report.statistics.others == ()


def test_two_files_that_disagree_name_nothing(page, file):
    """Which of the two would be right is a guess: both stand beside, the check fails, the page's table is missing."""
    report = beside(without_tables(page), [file, changed(file, "new_received.total", 9999)])
    assert report.statistics.applications is None
    assert [other.name for other in report.statistics.others].count("applications") == 2
    assert comparisons(report)["readings.attachment.applications"][0] == "fails"
    assert report.statistics.review_litigation is not None


@pytest.mark.parametrize(("agency", "year"), [("青川县民政局", 2023), (AGENCY, 2022)])
def test_another_s_report_is_never_taken_for_the_page_s(page, agency, year):
    """A list of many organs' files, or last year's file: kept, and neither compared nor named."""
    payload = docx_of(make_report(agency, year, "2021", 8))
    strange = ReadFile(attachment=attached(payload).attachment, report=read(payload, Context()))
    report = beside(without_tables(page), [strange])
    assert (report.statistics.tables(), comparisons(report)) == ({}, {})
    assert {other.why for other in report.statistics.others} == {"附件“附件.docx”：另一机关或年度的表"}


def test_a_blank_beside_a_nought_is_no_disagreement(page, file):
    """Some leave out noughts in one of the two: the cells stay as printed, and the check says what it took for nought."""
    table = file.report.statistics.applications
    zero = next(name for name, cell in table.cells.items() if cell.value == 0)
    blank = table.cells[zero]._replace(value=None, raw="", kind="blank")
    copy = replace(file.report.statistics, applications=replace(table, cells={**table.cells, zero: blank}))
    report = beside(page, [replace(file, report=replace(file.report, statistics=copy))])
    check = next(check for check in report.checks if check.id == "readings.attachment.applications")
    assert (check.verdict, check.blanks_as_zero) == ("holds", True)


def test_a_file_that_cannot_be_read_is_told_and_the_page_stays(page):
    """The sentence becomes a finding; no table is lost for it."""
    report, unread = with_files(page, [attached(b"%PDF-1.4 broken", "坏.pdf")], b"page", CONTEXT)
    assert len(unread) == 1
    assert "坏.pdf" in unread[0]
    assert report.statistics == page.statistics


def test_the_report_s_own_file_is_not_read_against_itself(sample):
    """Where the page was only a title, its file is the report: comparing it with itself would prove nothing."""
    payload = docx_of(sample)
    report = read(payload, CONTEXT)
    done, _ = with_files(report, [attached(payload)], payload, CONTEXT)
    assert comparisons(done) == {}


def test_a_file_s_lines_and_its_text_are_two_readings(sample):
    """The ruled grid of a PDF and the words of its text layer are read apart and agree."""
    payload = pdf_of(sample)
    assert sniff(payload) == "application/pdf"
    report = read(payload, CONTEXT)
    found = {check.id: check.verdict for check in report.checks if check.id.startswith("readings.text")}
    assert found
    assert set(found.values()) <= {"holds", "cannot_be_assessed"}


def test_read_again_from_the_archive_the_file_stands_beside_as_before(tmp_path, sample, twin):
    """Re-derivation finds the file's bytes by their digest: the copy is neither lost nor changed."""
    archive = Archive.open(tmp_path)
    with archive.start_run("crawl", portal="qingchuan") as run:
        run.record(exchange(twin.payload, url=twin.attachment.url))
        capture = run.record(exchange(sample.html.encode(), url=CONTEXT.url, seconds=1))
        report, _ = with_files(read(sample.html.encode(), CONTEXT), [twin], sample.html.encode(), CONTEXT)
        run.store(capture, report, reader_version="0", context={"url": CONTEXT.url})
    (group,) = groups(archive, "another")
    (derived,) = derive(archive.root, group)
    assert (derived.error, derived.effect.is_none) == (None, True)
    assert same_content(derived.made.document.payload, make_document(report, "0").payload)
    assert len(report.statistics.others) == 3

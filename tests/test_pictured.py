"""Tables that a page shows as pictures: said to be there, fetched with the page, and read where the recogniser is installed."""

import io
import json
import re

import pypdfium2
import pytest

from archive.hashing import sha256_hex
from archive.model import Attachment
from crawler.families import family_of
from crawler.judge import files_of
from crawler.pages import Page
from pipelines.attached import AttachedFile, with_files
from pipelines.attachments import optional
from pipelines.reader import Context, read
from pipelines.readings import beside, ReadFile
from samples.office import docx_of
from samples.pictures import scan
from samples.reports import make_report

CONTEXT = Context(url="http://www.a.gov.test/xxgk/a.html")
TABLES = ("proactive_disclosure", "applications", "review_litigation")
FRAME = '<img src="/images/logo.png"><img src="line.gif" width="20" height="2">'


def markup(sample, picture='<p><img src="../upload/{}.png"></p>'):
    """A sample's page, its tables replaced by pictures."""
    numbers = iter(range(9))
    body = re.sub("<table.*?</table>", lambda _: picture.format(next(numbers)), sample.html, flags=re.DOTALL)
    return f"<html><body>{FRAME}<div>{body}</div><p>扫一扫</p>{FRAME}</body></html>"


@pytest.fixture(scope="module")
def sample():
    """A report in the form of 2021."""
    return make_report("青川县教育局", 2023, "2021", 7)


def picture(name="0.png"):
    """A fetched picture that says nothing."""
    payload = scan(name)
    url = f"http://www.a.gov.test/upload/{name}"
    return AttachedFile(attachment=Attachment(url=url, name=name, sha256=sha256_hex(payload)), payload=payload)


@pytest.mark.parametrize(("year", "form"), [(2020, "2019"), (2023, "2021")])
def test_tables_shown_as_pictures_are_said_to_be_there(year, form):
    """Every cell is unread, and the form is the year's: a researcher sees what is missing."""
    report = read(markup(make_report("青川县教育局", year, form, 7)).encode(), CONTEXT)
    assert report.kind == "annual_report"
    assert {name: (table.status, table.form) for name, table in report.statistics.tables().items()} == dict.fromkeys(
        TABLES, ("image_only", form)
    )
    assert {c.reading for table in report.statistics.tables().values() for c in table.cells.values()} == {"unread"}


def test_a_picture_elsewhere_and_a_page_with_its_tables_show_none(sample):
    """A logo, a line, a photograph in chapter one are no tables; nor is a picture beside a table that stands as text."""
    photo = markup(sample, "").replace("</h1>", '</h1><p><img src="photo.jpg"></p>')
    assert read(photo.encode(), CONTEXT).statistics.tables() == {}
    beside_tables = f"<html><body>{sample.html.replace('</table>', '</table><img src=x.png>')}</body></html>"
    assert {table.status for table in read(beside_tables.encode(), CONTEXT).statistics.tables().values()} == {"complete"}


def test_the_crawl_fetches_the_pictures_of_tables(sample):
    """In the order of the page, wherever they lie; not what belongs to the frame."""
    page = Page(CONTEXT.url, markup(sample))
    assert [link.url for link in files_of(page, family_of(page))] == [
        f"http://www.a.gov.test/upload/{number}.png" for number in range(3)
    ]


def test_without_the_recogniser_it_is_said_what_is_missing(sample, monkeypatch):
    """The picture is kept with its digest, and a reason names the extra to install."""
    monkeypatch.setattr("pipelines.attached.can_recognise", lambda: False)
    report, unread = with_files(read(markup(sample).encode(), CONTEXT), [picture()], b"page", CONTEXT)
    assert unread == ()
    assert any("0.png" in reason and "rapidocr" in reason for reason in report.reasons)
    assert [one.name for one in report.attachments] == ["0.png"]


def test_a_picture_beside_a_report_that_has_its_tables_is_not_read(sample, monkeypatch):
    """OCR takes seconds, and the page has said everything."""
    monkeypatch.setattr("pipelines.attached.read", None)
    page = read(f"<html><body>{sample.html}</body></html>".encode(), CONTEXT)
    report, unread = with_files(page, [picture()], b"page", CONTEXT)
    assert (unread, report.statistics) == ((), page.statistics)


def test_a_file_s_table_takes_the_place_of_the_picture_s(sample):
    """What was said to be a picture is the file's table, and its identities are the report's checks."""
    payload = docx_of(sample)
    one = AttachedFile(
        attachment=Attachment(url="http://www.a.gov.test/a.docx", name="a.docx", sha256=sha256_hex(payload)), payload=payload
    )
    report, _ = with_files(read(markup(sample).encode(), CONTEXT), [one], b"page", CONTEXT)
    assert {name: (t.status, t.attachment) for name, t in report.statistics.tables().items()} == dict.fromkeys(
        TABLES, ("complete", one.attachment.sha256)
    )
    assert {c.verdict for c in report.checks if c.id.startswith("applications.balance")} == {"holds"}
    assert report.statistics.others == ()


def test_files_that_disagree_leave_the_picture(sample):
    """Which of two readings would be right is a guess: the table stays a picture, both stand beside."""
    file = ReadFile(attachment=Attachment(url="a.docx", name="a.docx", sha256="a" * 64), report=read(docx_of(sample)))
    other = ReadFile(
        attachment=Attachment(url="b.docx", name="b.docx", sha256="b" * 64),
        report=read(docx_of(make_report("青川县教育局", 2023, "2021", 8))),
    )
    report = beside(read(markup(sample).encode(), CONTEXT), [file, other])
    assert report.statistics.applications.status == "image_only"
    assert [one.name for one in report.statistics.others].count("applications") == 2


@pytest.mark.soak
@pytest.mark.skipif(not optional.can_recognise(), reason="the optional extra `ocr` is not installed")
def test_pictures_of_a_real_report_give_no_wrong_number(corpus, sample):
    """Each page of a real PDF as a picture beside a page: what counts as read is what is printed."""
    folder = corpus / "reports" / "hongze-2023"
    document = pypdfium2.PdfDocument(folder / "source.pdf")
    files = []
    for number in range(len(document)):
        out = io.BytesIO()
        document[number].render(scale=2).to_pil().convert("RGB").save(out, "PNG")
        payload, name = out.getvalue(), f"{number}.png"
        attachment = Attachment(url=f"http://www.a.gov.test/{name}", name=name, sha256=sha256_hex(payload))
        files.append(AttachedFile(attachment=attachment, payload=payload))
    report, _ = with_files(read(markup(sample).encode(), CONTEXT), files, b"page", CONTEXT)
    truth = json.loads((folder / "truth.json").read_text())["statistics"]
    tables = [(name, table) for name, table in report.statistics.tables().items()]
    tables += [(other.name, other.table) for other in report.statistics.others]
    sure = [(name, one, c) for name, table in tables for one, c in table.cells.items() if c.reading in ("printed", "inferred")]
    assert sure
    assert [(name, one, c.value) for name, one, c in sure if c.value != truth[name]["cells"][one]] == []

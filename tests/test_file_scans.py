"""Scans and pictures: what the recogniser sees goes through the same geometry, and only identities make a number count."""

import io
from dataclasses import replace

import pypdfium2
import pytest
from file_makers import draw_table, pdf_of, Spot
from PIL import Image

from archive.forms import table_form
from archive.model import Cell, ExtraRow, OtherTable, Statistics, Table
from pipelines.attachments import confirm, optional, read_file, sniff
from pipelines.attachments.pixels import has_ink, ink_of, lean_of, rules_of

NUMBERS = [["16", "0", "240", ""], ["3", "57", "8", "1"], ["900", "4", "12", "6"]]
needs_ocr = pytest.mark.skipif(not optional.can_recognise(), reason="the optional extra `ocr` is not installed")


def picture(lean=0.0):
    """Return a picture of a ruled table of numbers."""

    def draw(c):
        for x in range(5):
            c.line(100 + 80 * x, 700, 100 + 80 * x, 580)
        for y in range(4):
            c.line(100, 700 - 40 * y, 420, 700 - 40 * y)
        c.setFont("Helvetica", 16)
        for r, row in enumerate(NUMBERS):
            for k, text in enumerate(row):
                c.drawString(125 + 80 * k, 674 - 40 * r, text)

    page = pypdfium2.PdfDocument(pdf_of([], pages=[draw]))[0]
    return page.render(scale=2).to_pil().convert("RGB").rotate(lean, fillcolor=(255, 255, 255))


def png(image):
    """Return a picture as PNG bytes."""
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize("lean", [-1.2, 0.0, 0.8])
def test_lean_is_measured(lean):
    """A page lies askew on the scanner; the angle that sets it right is found to a fifth of a degree."""
    assert lean_of(picture(lean)) == pytest.approx(-lean, abs=0.2)


def test_lines_and_ink_of_a_picture():
    """Ruling lines come out where they are drawn, in points, and a blank cell has no ink."""
    image = picture()
    ink = ink_of(image)
    rules = rules_of(ink, 2)
    assert {round(rule.at / 10) for rule in rules if rule.upright} == {10, 18, 26, 34, 42}
    assert {round((rule.at - 142) / 10) for rule in rules if not rule.upright} == {0, 4, 8, 12}
    assert has_ink(ink, (100, 142, 180, 182), 2)
    assert not has_ink(ink, (340, 142, 420, 182), 2)


@needs_ocr
def test_picture_of_a_table():
    """Each number in its cell, the blank blank, “900” not turned into “006”; the same through a PDF of the picture alone."""
    image = picture(0.6)
    out = io.BytesIO()
    image.save(out, "PDF", resolution=144)
    for payload in (png(image), out.getvalue()):
        reading = read_file(payload, sniff(payload))
        assert reading.recognised
        assert [[cell.text for cell in row] for row in reading.grids[0].rows] == NUMBERS


@needs_ocr
def test_scanned_cover_leaves_printed_tables_beyond_doubt():
    """Reports often begin with a scanned cover: the tables after it are printed, and none of their numbers is a guess."""
    cover = Image.new("RGB", (800, 1100), (250, 250, 250))
    cover.paste((200, 30, 30), (300, 400, 500, 600))

    def drawn(c):
        c.drawInlineImage(cover, 0, 0, 595, 842)

    reading = read_file(
        pdf_of([], pages=[drawn, lambda c: draw_table(c, [Spot("a", 0, 0), Spot("7", 0, 1)], 700)]), "application/pdf"
    )
    assert reading.text.endswith("a\t7")
    assert not reading.recognised
    assert reading.notes[0] == "pages that are pictures: 1"


def test_without_the_recogniser_a_picture_says_what_is_missing(monkeypatch):
    """Nothing is read, and the note names the extra to install."""
    monkeypatch.setattr("pipelines.attachments.pictures.can_recognise", lambda: False)
    reading = read_file(png(picture()), "image/png")
    assert reading.image_only
    assert "rapidocr" in reading.notes[0]


def test_picture_that_is_no_page():
    """An icon is refused before the recogniser is started, and so is a picture of too many points."""
    with pytest.raises(Exception, match="too small"):
        read_file(png(Image.new("L", (16, 16))), "image/png")
    with pytest.raises(Exception, match="pixels, more than"):
        read_file(png(Image.new("1", (8000, 8000))), "image/png")


def table(form, name, values, status="complete"):
    """Return a table with these values, zero elsewhere."""
    cells = {
        spec.id: Cell(
            value=values.get(spec.id, 0), raw=str(values.get(spec.id, 0)), kind="number" if values.get(spec.id) else "zero"
        )
        for spec in table_form(form, name).cells
    }
    return Table(form=form, status=status, cells=cells)


RECON = {"recon_upheld": 3, "recon_corrected": 1, "recon_total": 4}


def test_numbers_in_identities_that_hold_are_accepted():
    """Table four: the three sums hold, so its fifteen numbers are inferred and the table stays complete."""
    read = confirm(Statistics(review_litigation=table("2021", "review_litigation", RECON))).review_litigation
    assert {cell.reading for cell in read.cells.values()} == {"inferred"}
    assert read.status == "complete"


@pytest.mark.parametrize("change", [{"recon_total": 5}, {"recon_other": 1}])
def test_a_sum_that_fails_confirms_none_of_its_numbers(change):
    """One digit read wrong breaks its sum: nothing of that block is accepted, the other blocks are."""
    read = confirm(Statistics(review_litigation=table("2021", "review_litigation", {**RECON, **change}))).review_litigation
    unsure = {name for name, cell in read.cells.items() if cell.reading == "unconfirmed"}
    assert unsure == {name for name in read.cells if name.startswith("recon_")}
    assert read.status == "partial"


def test_blanks_confirm_nothing():
    """A blank may be a digit that was not seen: its sum can't confirm the rest."""
    whole = table("2021", "review_litigation", RECON)
    cells = {**whole.cells, "recon_other": Cell(value=None, raw="", kind="blank")}
    read = confirm(Statistics(review_litigation=replace(whole, cells=cells))).review_litigation
    assert read.cells["recon_total"].reading == "unconfirmed"
    assert read.cells["recon_other"].reading == "unconfirmed"


def test_every_identity_of_a_number_must_hold():
    """Table three: a row that sums up while its column does not leaves the number unconfirmed."""
    values = {"new_received.natural_person": 2, "new_received.total": 2, "disclosed.natural_person": 2, "disclosed.total": 2}
    values |= {"total_processed.natural_person": 2, "total_processed.total": 2}
    sure = confirm(Statistics(applications=table("2021", "applications", values))).applications
    assert {cell.reading for cell in sure.cells.values()} == {"inferred"}
    wrong = {**values, "disclosed.natural_person": 7, "disclosed.total": 7}
    unsure = confirm(Statistics(applications=table("2021", "applications", wrong))).applications
    assert unsure.cells["disclosed.natural_person"].reading == "unconfirmed"
    assert unsure.cells["new_received.other_org"].reading == "inferred"


def test_what_no_identity_touches_is_never_accepted():
    """Table two has no identities, extra rows neither; an unread cell stays unread; second instances are judged too."""
    two = table("2021", "proactive_disclosure", {"administrative_license.decisions": 9})
    unread = {**two.cells, "regulations.issued": Cell(value=None, raw="", kind="blank", reading="unread")}
    extra = (ExtraRow(label="其他", cells=(Cell(value=1, raw="1", kind="number"),)),)
    other = OtherTable(name="review_litigation", why="region", table=table("2021", "review_litigation", {"recon_total": 1}))
    read = confirm(Statistics(proactive_disclosure=replace(two, cells=unread, extra=extra), others=(other,)))
    assert {cell.reading for cell in read.proactive_disclosure.cells.values()} == {"unconfirmed", "unread"}
    assert read.proactive_disclosure.extra[0].cells[0].reading == "unconfirmed"
    assert read.others[0].table.cells["recon_total"].reading == "unconfirmed"

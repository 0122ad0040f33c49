"""Files that mean harm or are broken: each is refused or unreadable with one sentence, and nothing else ever escapes."""

import gzip
import io
import zlib

import file_makers
import pypdfium2
import pytest
from file_makers import docx_body, docx_of, pdf_of, Spot, zipped
from hypothesis import example, given, HealthCheck, settings
from hypothesis import strategies as st
from reportlab.lib.pdfencrypt import StandardEncryption

from archive.errors import Refused, Unreadable
from pipelines.attachments import FileReading, read_file, sniff
from pipelines.attachments.container import MAX_PART
from pipelines.attachments.reading import MAX_FILE, MAX_PAGES
from samples.ole import ole

SPOTS = [Spot("新收", 0, 0), Spot("3", 0, 1), Spot("总计", 1, 0), Spot("3", 1, 1)]
MADE = {kind: getattr(file_makers, f"{kind}_of")(SPOTS) for kind in ("docx", "doc", "rtf", "xlsx", "xls", "ofd", "pdf")}
TYPES = {kind: sniff(payload) for kind, payload in MADE.items()}


def read(payload):
    """Read as whatever it is."""
    return read_file(payload, sniff(payload))


def outcome(payload, media_type=None):
    """Return the reading, or our error; anything else escapes and fails the test."""
    try:
        return read_file(payload, media_type or sniff(payload))
    except Unreadable as error:
        return error


def locked_pdf():
    """Return a PDF that opens only with a password."""
    return pdf_of(SPOTS, encrypt=StandardEncryption("secret", canPrint=0))


def bomb_part(size=MAX_PART + 1):
    """Return that many bytes that pack to almost nothing."""
    return b"0" * size


def bomb_pdf():
    """Return a PDF whose page content unpacks to 64 MB."""
    packed = zlib.compress(b"0 0 m 1 1 l S " * (64 * 2**20 // 14), 9)
    return (
        (
            b"%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
            b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>endobj\n"
            b"4 0 obj<</Filter/FlateDecode/Length %d>>stream\n" % len(packed)
        )
        + packed
        + b"\nendstream endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
    )


def many_pages():
    """Return a PDF of more pages than any report has."""
    document = pypdfium2.PdfDocument.new()
    for _ in range(MAX_PAGES + 1):
        document.new_page(100, 100)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def deep_docx():
    """Return a DOCX whose elements nest a thousand deep."""
    return docx_body("<w:sdt>" * 1000 + "<w:p/>" + "</w:sdt>" * 1000)


def locked_zip():
    """Return a ZIP whose part says that it is encrypted."""
    payload = bytearray(zipped({"report.pdf": MADE["pdf"]}))
    directory = payload.rindex(b"PK\x01\x02")
    payload[6] |= 1
    payload[directory + 8] |= 1
    return bytes(payload)


REFUSED = {
    "encrypted": [
        locked_pdf,
        lambda: ole({"EncryptedPackage": b"x", "EncryptionInfo": b"x"}),
        locked_zip,
        lambda: file_makers.doc_of(SPOTS, flags=0x0300),
    ],
    "macros": [
        lambda: docx_of(SPOTS, extra={"word/vbaProject.bin": b"x"}),
        lambda: file_makers.xlsx_of(SPOTS, extra={"xl/vbaProject.bin": b"x"}),
        lambda: ole({"WordDocument": b"x", "Macros": b"x"}),
    ],
    "unpack": [
        bomb_pdf,
        lambda: zipped({"word/document.xml": bomb_part()}),
        lambda: zipped({"a.pdf": bomb_part()}),
        lambda: gzip.compress(bomb_part()),
    ],
    "times its size": [lambda: zipped({"word/document.xml": bomb_part(8 * 2**20)})],
    "entities": [lambda: zipped({"word/document.xml": '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'})],
    "deeper than": [deep_docx, lambda: b"{\\rtf1" + b"{" * 5000],
    "packed twice": [lambda: zipped({"a.zip": zipped({"a.zip": b"x"})}), lambda: gzip.compress(gzip.compress(b"x" * 100))],
    "pages": [many_pages],
    "files, more than": [lambda: zipped({f"{i}.txt": "x" for i in range(60)})],
    "parts, more than": [lambda: zipped({f"{i}": "" for i in range(3000)})],
}


@pytest.mark.parametrize(("reason", "make"), [(reason, make) for reason, makers in REFUSED.items() for make in makers])
def test_refused_with_its_reason(reason, make):
    """The sentence says why, so that a person can decide what to do about it."""
    with pytest.raises(Refused, match=reason):
        read(make())


def test_file_larger_than_any_report():
    """Size is refused before anything looks inside."""
    with pytest.raises(Refused, match="bytes, more than"):
        read_file(bytes(MAX_FILE + 1), "application/pdf")


@pytest.mark.parametrize("kind", MADE)
def test_truncated_file_is_unreadable_or_read_in_part(kind):
    """A download that broke off half way must never give other numbers than the whole file."""
    half = MADE[kind][: len(MADE[kind]) // 2]
    got = outcome(half)
    assert isinstance(got, Unreadable) or set(got.text.split()) <= {"新收", "3", "总计"}


@pytest.mark.parametrize("payload", [b"", b"\0" * 100, b"plain text", b"MZ\x90\0" + bytes(range(256))])
def test_types_that_are_not_files_of_ours_say_so(payload):
    """Asked for a type that no reader has, the sentence names the type."""
    with pytest.raises(Unreadable, match="not read"):
        read(payload)


def test_old_word_is_named():
    """Word 95 files exist on old portals; the sentence tells what to do."""
    with pytest.raises(Unreadable, match="Word 95"):
        read(ole({"WordDocument": b"\xdc\xa5" + bytes(600)}))


@st.composite
def damaged(draw):
    """A file with some of its bytes changed, cut out or doubled."""
    kind = draw(st.sampled_from(sorted(MADE)))
    payload = bytearray(MADE[kind])
    for _ in range(draw(st.integers(1, 12))):
        at = draw(st.integers(0, max(0, len(payload) - 1)))
        change = draw(st.integers(0, 2))
        if change == 0:
            payload[at : at + 1] = bytes([draw(st.integers(0, 255))])
        elif change == 1:
            del payload[at : at + draw(st.integers(1, 64))]
        else:
            payload[at:at] = payload[at : at + draw(st.integers(1, 64))]
    return kind, bytes(payload)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(made=damaged())
def test_nothing_but_our_errors_escapes(made):
    """Whatever the bytes, and even under the wrong type, a reader answers with a reading or one of our sentences."""
    kind, payload = made
    for media_type in {TYPES[kind], sniff(payload)}:
        got = outcome(payload, media_type)
        assert isinstance(got, FileReading) or "\n" not in str(got)


@settings(max_examples=200, deadline=None)
@given(
    payload=st.binary(max_size=300),
    head=st.sampled_from(
        [
            b"",
            b"PK\x03\x04",
            b"%PDF-1.4",
            b"{\\rtf1",
            b"\x1f\x8b\x08",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
            b"MIME-Version: 1.0\n",
        ]
    ),
)
@example(payload=b"", head=b"PK\x05\x06")
def test_sniffing_never_raises(payload, head):
    """Every payload has a type, and its reader keeps to our errors."""
    assert str(outcome(head + payload))


def test_zip_gives_the_report_among_its_files():
    """Of several files the one that reads like the report is taken, and its name is said; junk of other systems is passed over."""
    report = docx_body("<w:p><w:r><w:t>政府信息公开工作年度报告，本年新收3件</w:t></w:r></w:p>")
    other = docx_body("<w:p><w:r><w:t>会议通知</w:t></w:r></w:p>")
    reading = read(zipped({"__MACOSX/x": b"x", "通知.docx": other, "2023年度报告.docx": report, "坏.pdf": b"%PDF-1.4"}))
    assert "本年新收3件" in reading.text
    assert any("2023年度报告.docx" in note for note in reading.notes)


def test_zip_of_unreadable_files_names_each():
    """Every reason is said, since one of them is the report's."""
    with pytest.raises(Unreadable, match=r"a\.pdf: The PDF is damaged.*b\.bin: Files of type"):
        read(zipped({"a.pdf": b"%PDF-1.4", "b.bin": bytes(range(32))}))


@pytest.mark.parametrize("wrap", ["zip", "gzip", "mht"])
def test_wrapped_page_is_handed_over(wrap):
    """A page inside a wrapper is the page reader's business: its bytes are handed over, in a charset that they state."""
    page = "<html><body><table><tr><td>新收</td></tr></table></body></html>"
    mht = (
        b'MIME-Version: 1.0\nContent-Type: multipart/related; boundary="b"\n\n--b\nContent-Type: text/html; charset="gb2312"\n\n'
        + page.encode("gb2312")
        + b"\n--b--\n"
    )
    payload = {"zip": zipped({"a.htm": page}), "gzip": gzip.compress(page.encode()), "mht": mht}[wrap]
    assert "新收" in read(payload).html.decode("utf-8-sig")


def test_gbk_names_in_a_zip_are_readable():
    """Chinese Windows packs names in GBK without saying so."""
    packed = zipped({"AAAA.docx": MADE["docx"]}).replace(b"AAAA.docx", "年报.docx".encode("gb18030"))
    assert any("年报.docx" in note for note in read(packed).notes)

"""A file is what its bytes say, whatever it is called."""

import gzip

import file_makers
import pytest
from file_makers import Spot, zipped

from pipelines.attachments import sniff
from samples.ole import ole

SPOTS = [Spot("a", 0, 0), Spot("1", 0, 1)]
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.mark.parametrize(
    ("payload", "media_type"),
    [
        (b"", "application/x-empty"),
        (b" \r\n\t", "application/x-empty"),
        (b"%PDF-1.7\n", "application/pdf"),
        (b"\xef\xbb\xbf\n%PDF-1.4\n", "application/pdf"),
        (file_makers.docx_of(SPOTS), WORD),
        (file_makers.docx_of(SPOTS)[:300], WORD),
        (file_makers.xlsx_of(SPOTS), SHEET),
        (file_makers.doc_of(SPOTS), "application/msword"),
        (file_makers.xls_of(SPOTS), "application/vnd.ms-excel"),
        (file_makers.ofd_of(SPOTS), "application/ofd"),
        (file_makers.rtf_of(SPOTS), "application/rtf"),
        (ole({"Other": b"x"}), "application/x-ole-storage"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 cut", "application/x-ole-storage"),
        (zipped({"a.txt": "x"}), "application/zip"),
        (gzip.compress(b"x"), "application/gzip"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        ("<!DOCTYPE html><p>新".encode("gb18030"), "text/html"),
        ("\ufeff  <HTML><body>新</body>".encode(), "text/html"),
        ("<html>新</html>".encode("utf-16"), "text/html"),
        ("<html>new page</html>".encode("utf-16-le"), "text/html"),
        (b"\n\n<div class=a>x</div>", "text/html"),
        ("<p style='a'>新收</p>".encode(), "text/html"),
        ("政府信息公开工作年度报告<p>一</p><p>二</p>".encode(), "text/html"),
        (b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=b\n\n--b", "multipart/related"),
        (
            b"From: <Saved by WPS>\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\tboundary=b\r\n",
            "multipart/related",
        ),
        ("一、总体情况\n".encode("gb18030"), "text/plain"),
        ("a < b 且 3 | 4".encode(), "text/plain"),
        ("| 新收 | 3 |<br>\n".encode(), "text/plain"),
        (bytes(range(256)) * 4, "application/octet-stream"),
        (b"Rar!\x1a\x07\x00", "application/vnd.rar"),
    ],
)
def test_type_by_bytes(payload, media_type):
    """Containers are told apart by their parts, text from binary by its control characters, pages by their tags."""
    assert sniff(payload) == media_type

"""What a file is, by its bytes: names and HTTP headers lie often on these sites (HTML called .doc, DOCX called .pdf)."""

from __future__ import annotations

import io
import re
import zipfile

import olefile

EMPTY = "application/x-empty"
UNKNOWN = "application/octet-stream"
HTML = "text/html"
TEXT = "text/plain"
MHT = "multipart/related"
PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOC = "application/msword"
XLS = "application/vnd.ms-excel"
OLE = "application/x-ole-storage"
OFD = "application/ofd"
RTF = "application/rtf"
ZIP = "application/zip"
GZIP = "application/gzip"
RAR = "application/vnd.rar"
PNG = "image/png"
JPEG = "image/jpeg"
GIF = "image/gif"
BMP = "image/bmp"
TIFF = "image/tiff"
WEBP = "image/webp"
PICTURES = (PNG, JPEG, GIF, BMP, TIFF, WEBP)

_MAGIC = (
    (b"{\\rt", RTF),
    (b"\x1f\x8b", GZIP),
    (b"Rar!\x1a\x07", RAR),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"\xff\xd8\xff", JPEG),
    (b"GIF8", GIF),
    (b"II*\x00", TIFF),
    (b"MM\x00*", TIFF),
)
_OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_EMPTY = b"\x00\t\r\n "
_HEAD = 4096
_CONTROLS = bytes(byte for byte in range(32) if not 9 <= byte <= 13)

_MHT = re.compile(
    r"\s*(?:[\w-]+:[^\n]*\n(?:[ \t][^\n]*\n)*)*?(?:mime-version:|content-type:\s*multipart/related)", re.IGNORECASE
)
_TAG = re.compile(
    r"</?(?:!doctype\s+html|html|head|body|meta|title|script|style|table|tbody|div|span|p|font|center|h[1-6]|ul|br|a|img|link|section|article|o:p)\b[^<]*>?",
    re.IGNORECASE,
)


def sniff(payload: bytes) -> str:
    """Return the media type of a file by its first bytes (and, in containers, by its parts).

    `text/html`, `text/plain`, `multipart/related` (MHT), `application/x-empty`, `application/octet-stream` where nothing
    fits, else the type of a file. Never raises.
    """
    if not payload[:64].strip(_EMPTY) and not payload.strip(_EMPTY):
        return EMPTY
    if b"%PDF-" in payload[:1024]:
        return PDF
    if payload.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return _of_zip(payload)
    if payload.startswith(_OLE_MAGIC):
        return _of_ole(payload)
    return (
        next((kind for magic, kind in _MAGIC if payload.startswith(magic)), None) or _of_picture(payload) or _of_text(payload)
    )


def _of_picture(payload: bytes) -> str | None:
    if payload.startswith(b"BM") and int.from_bytes(payload[2:6], "little") == len(payload):
        return BMP
    return WEBP if payload.startswith(b"RIFF") and payload[8:12] == b"WEBP" else None


def _of_zip(payload: bytes) -> str:
    try:
        names = set(zipfile.ZipFile(io.BytesIO(payload)).namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError):
        return _of_cut_zip(payload)
    if any(name.startswith("word/document") for name in names):
        return DOCX
    if any(name.startswith("xl/workbook") for name in names):
        return XLSX
    return OFD if "OFD.xml" in names else ZIP


def _of_cut_zip(payload: bytes) -> str:
    """A ZIP without its directory is damaged, but its first parts still tell what it was, so that the error names it."""
    parts = ((b"word/document", DOCX), (b"xl/workbook", XLSX), (b"OFD.xml", OFD))
    return next((kind for part, kind in parts if part in payload), ZIP)


def _of_ole(payload: bytes) -> str:
    try:
        with olefile.OleFileIO(io.BytesIO(payload)) as ole:
            names = {entry[0].lower() for entry in ole.listdir()}
    except Exception:  # noqa: BLE001  olefile raises whatever its struct and index operations do; sniffing never raises
        return DOC if "WordDocument".encode("utf-16-le") in payload else OLE
    if "worddocument" in names:
        return DOC
    return XLS if names & {"workbook", "book"} else OLE


def _of_text(payload: bytes) -> str:
    head = _decoded_head(payload)
    if head is None:
        return UNKNOWN
    if _MHT.match(head) and "multipart/" in head.lower():
        return MHT
    return HTML if _is_html(head) else TEXT


def _is_html(head: str) -> bool:
    start = head.lstrip()[:32].lower()
    if start.startswith(("<!doctype html", "<html", "<!--")):
        return True
    return bool(_TAG.search(head)) and (start.startswith("<") or len(_TAG.findall(head)) > 2)


def _decoded_head(payload: bytes) -> str | None:
    """Return the start of a text file, bytes as Latin-1 where there is no byte order mark; None for binary bytes."""
    for bom, codec in _BOMS:
        if payload.startswith(bom):
            return payload[len(bom) : _HEAD].decode(codec, "replace")
    head = payload[:_HEAD]
    if head.count(0) > len(head) // 4:
        return _utf16_head(head)
    controls = len(head) - len(head.translate(None, _CONTROLS))
    return head.decode("latin-1") if controls * 50 <= len(head) else None


def _utf16_head(head: bytes) -> str | None:
    codec = "utf-16-le" if head[1::2].count(0) > head[::2].count(0) else "utf-16-be"
    text = head[: len(head) // 2 * 2].decode(codec, "replace")
    return text if sum(c.isprintable() or c.isspace() for c in text) > 0.9 * len(text) else None

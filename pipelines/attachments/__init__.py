"""Readers of files other than pages and plain text, each giving the text, the grids and where they stand.

A new file type is one module with a function `read_x(payload) -> FileReading`, and one line in `_READERS`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from archive.errors import Refused, Unreadable
from pipelines.attachments import sniffing
from pipelines.attachments.confirm import confirm
from pipelines.attachments.doc import read_doc, read_ole
from pipelines.attachments.docx import read_docx
from pipelines.attachments.ofd import read_ofd
from pipelines.attachments.packed import read_gzip, read_mht, read_zip
from pipelines.attachments.pdf import read_pdf
from pipelines.attachments.pictures import read_picture
from pipelines.attachments.reading import FileReading, MAX_FILE
from pipelines.attachments.rtf import read_rtf
from pipelines.attachments.sheets import read_xls, read_xlsx
from pipelines.attachments.sniffing import sniff

__all__ = ["FileReading", "confirm", "read_file", "sniff"]

_READERS: Mapping[str, Callable[[bytes], FileReading]] = {
    sniffing.PDF: read_pdf,
    sniffing.DOCX: read_docx,
    sniffing.DOC: read_doc,
    sniffing.OFD: read_ofd,
    sniffing.RTF: read_rtf,
    sniffing.XLSX: read_xlsx,
    sniffing.XLS: read_xls,
    sniffing.MHT: read_mht,
    sniffing.ZIP: lambda payload: read_zip(payload, read_file),
    sniffing.GZIP: lambda payload: read_gzip(payload, read_file),
    sniffing.OLE: read_ole,
    **dict.fromkeys(sniffing.PICTURES, read_picture),
}


def read_file(payload: bytes, media_type: str) -> FileReading:
    """Return what a file says, by the media type that `sniff` gave it.

    Raises Refused for a file that is refused on purpose (encrypted, macros, a bomb, too large) and Unreadable for any
    other that can't be read; nothing else escapes, whatever the bytes.
    """
    if len(payload) > MAX_FILE:
        raise Refused(f"The file has {len(payload)} bytes, more than the {MAX_FILE} that are read.")
    reader = _READERS.get(media_type)
    if reader is None:
        raise Unreadable(f"Files of type {media_type} are not read.")
    try:
        return reader(payload)
    except Unreadable:
        raise
    except Exception as error:
        raise Unreadable(f"The {media_type} file can't be read: {type(error).__name__}: {error}") from error

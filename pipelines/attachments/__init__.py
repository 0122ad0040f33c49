"""Readers of files other than pages and plain text, each giving the text, the grids and where they stand.

A new file type is one module with a function `read_x(payload) -> FileReading`, and one line in `_READERS`; a type that
holds further files gets `read_file` as its second argument.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module

from archive.errors import Refused, Unreadable
from pipelines.attachments import sniffing
from pipelines.attachments.confirm import confirm
from pipelines.attachments.reading import FileReading, MAX_FILE
from pipelines.attachments.sniffing import sniff

__all__ = ["FileReading", "confirm", "read_file", "sniff"]

_READERS: Mapping[str, tuple[str, str]] = {
    sniffing.PDF: ("pdf", "read_pdf"),
    sniffing.DOCX: ("docx", "read_docx"),
    sniffing.DOC: ("doc", "read_doc"),
    sniffing.OFD: ("ofd", "read_ofd"),
    sniffing.RTF: ("rtf", "read_rtf"),
    sniffing.XLSX: ("sheets", "read_xlsx"),
    sniffing.XLS: ("sheets", "read_xls"),
    sniffing.MHT: ("packed", "read_mht"),
    sniffing.ZIP: ("packed", "read_zip"),
    sniffing.GZIP: ("packed", "read_gzip"),
    sniffing.OLE: ("doc", "read_ole"),
    **dict.fromkeys(sniffing.PICTURES, ("pictures", "read_picture")),
}
"""The module and function for each type, imported when the first such file comes: pages, which are most, need none of them."""

_HOLD_FILES = frozenset({sniffing.ZIP, sniffing.GZIP})


def read_file(payload: bytes, media_type: str) -> FileReading:
    """Return what a file says, by the media type that `sniff` gave it.

    Raises Refused for a file that is refused on purpose (encrypted, macros, a bomb, too large) and Unreadable for any
    other that can't be read; nothing else escapes, whatever the bytes.
    """
    if len(payload) > MAX_FILE:
        raise Refused(f"The file has {len(payload)} bytes, more than the {MAX_FILE} that are read.")
    if media_type not in _READERS:
        raise Unreadable(f"Files of type {media_type} are not read.")
    module, function = _READERS[media_type]
    reader: Callable[..., FileReading] = getattr(import_module(f"pipelines.attachments.{module}"), function)
    try:
        return reader(payload, read_file) if media_type in _HOLD_FILES else reader(payload)
    except Unreadable:
        raise
    except Exception as error:
        raise Unreadable(f"The {media_type} file can't be read: {type(error).__name__}: {error}") from error

"""DOC and WPS (OLE, Word 97 to 2003): paragraphs and tables from the piece table and the row marks' cell edges."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import olefile

from archive.errors import Refused, Unreadable
from pipelines.attachments.blocks import Block, written
from pipelines.attachments.edged_rows import ALONE, Row, row_grid
from pipelines.attachments.reading import FileReading, MAX_FILE
from pipelines.attachments.sniffing import DOC
from pipelines.attachments.word_binary import (
    IN_TABLE,
    is_macro_storage,
    parse_word,
    Properties,
    ROW_END,
    TABLE_DEFINITION,
    VERTICAL_MERGE,
    WordFile,
)

_CELL_SIZE = 20
_OTHER_MARKS = dict.fromkeys([*range(1, 9), 0x0E, 0x0F, *range(0x10, 0x1E), 0x1F])


@dataclass
class _Open:
    """What is being read: the paragraph, the cell and the row that are not yet closed, and the table's rows so far."""

    paragraph: list[str] = field(default_factory=list)
    cell: list[str] = field(default_factory=list)
    cells: list[str] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)


def read_doc(payload: bytes) -> FileReading:
    """Return the main text and tables of a DOC or an OLE WPS file; notes, headers and deleted text are left out.

    Raises Refused for an encrypted file or one with macros, Unreadable for a damaged one or Word 95 and older.
    """
    streams = ole_streams(payload, "DOC", ("WordDocument", "0Table", "1Table", "Data"))
    if "WordDocument" not in streams:
        raise Unreadable("The DOC is damaged: it has no stream 'WordDocument'.")
    word = parse_word(streams["WordDocument"], streams, streams.get("Data", b""))
    text, grids = written(list(_blocks(word)))
    if not text:
        raise Unreadable("The DOC holds no text.")
    return FileReading(text=text, grids=grids, media_type=DOC)


def read_ole(payload: bytes) -> FileReading:
    """Raise the reason why an OLE file that is neither DOC nor XLS is not read: encrypted, macros, or another program's."""
    ole_streams(payload, "OLE file", ())
    raise Unreadable("The OLE file is neither a Word nor an Excel file.")


def ole_streams(payload: bytes, what: str, names: Sequence[str]) -> dict[str, bytes]:
    """Return those of the named streams that an OLE file has.

    Raises Refused for encrypted packages and macros, Unreadable for a damaged container.
    """
    try:
        with olefile.OleFileIO(io.BytesIO(payload)) as ole:
            _refuse(ole, what)
            return {name: _stream(ole, name, what) for name in names if ole.exists(name)}
    except (OSError, struct.error, IndexError, KeyError, ValueError, TypeError, AttributeError) as error:
        raise Unreadable(f"The {what} is damaged: {error}") from error


def _refuse(ole: olefile.OleFileIO, what: str) -> None:
    names = {part for entry in ole.listdir(storages=True) for part in entry}
    if {"EncryptedPackage", "EncryptionInfo"} & names:
        raise Refused(f"The {what} is encrypted.")
    macro = next((name for name in sorted(names) if is_macro_storage(name)), None)
    if macro is not None:
        raise Refused(f"The {what} carries macros ({macro}).")


def _stream(ole: olefile.OleFileIO, name: str, what: str) -> bytes:
    if ole.get_size(name) > MAX_FILE:
        raise Refused(f"The {what} says that its stream {name!r} has {ole.get_size(name)} bytes.")
    payload: bytes = ole.openstream(name).read()
    return payload


def _blocks(word: WordFile) -> Iterator[Block]:
    now = _Open()
    fields: list[bool] = []
    for character, offset in word.marks():
        if character in "\x13\x14\x15":
            _step_field(fields, character)
        elif character in "\r\x07\x0c":
            yield from _closed(now, character, word.paragraphs.at(offset))
        elif not any(fields):
            now.paragraph.append(character)
    yield from _closed(now, "\r", {})


def _step_field(fields: list[bool], mark: str) -> None:
    """Follow a field: True while its code is read, which is not printed, False in its result."""
    if mark == "\x13":
        fields.append(True)
    elif fields and mark == "\x14":
        fields[-1] = False
    elif fields:
        fields.pop()


def _closed(now: _Open, mark: str, properties: Properties) -> Iterator[Block]:
    """Yield what a paragraph's or cell's mark closes."""
    text = _clean("".join(now.paragraph))
    now.paragraph = []
    if _is(properties, ROW_END) and mark == "\x07":
        now.rows.append(_row(now.cells, properties))
        now.cells, now.cell = [], []
    elif mark == "\x07":
        now.cells.append("\n".join(part for part in [*now.cell, text] if part))
        now.cell = []
    elif _is(properties, IN_TABLE):
        now.cell.append(text)
    else:
        if now.rows:
            yield row_grid(now.rows, "DOC")
        yield from [*now.cells, *now.cell, text]
        now.rows, now.cells, now.cell = [], [], []


def _is(properties: Properties, code: int) -> bool:
    return properties.get(code, b"\0")[:1] == b"\x01"


def _clean(text: str) -> str:
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return whole.replace("\x0b", "\n").replace("\x1e", "-").translate(_OTHER_MARKS).strip()


def _row(texts: Sequence[str], properties: Properties) -> Row:
    definition = properties.get(TABLE_DEFINITION, b"\0")
    count = definition[0] if definition else 0
    if count != len(texts) or len(definition) < 1 + 2 * (count + 1):
        return Row(texts=tuple(texts), edges=(), merges=(ALONE,) * len(texts))
    edges = struct.unpack_from(f"<{count + 1}h", definition, 1)
    cells = definition[1 + 2 * (count + 1) :]
    flags = [int.from_bytes(cells[i * _CELL_SIZE : i * _CELL_SIZE + 2], "little") for i in range(count)]
    merges = [(flag >> 5) & 3 for flag in flags]
    later = properties.get(VERTICAL_MERGE, b"")
    for i, merge in zip(later[::2], later[1::2], strict=False):
        if i < count:
            merges[i] = merge
    return Row(texts=tuple(texts), edges=edges, merges=tuple(merges))

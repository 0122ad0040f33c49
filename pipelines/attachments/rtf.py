"""RTF: control words, code pages of the fonts, and tables by cell and row marks.

Source: Rich Text Format Specification 1.9.1 (Microsoft).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from archive.errors import Refused, Unreadable
from pipelines.attachments.blocks import Block, written
from pipelines.attachments.edged_rows import ALONE, MERGED, Row, row_grid, STARTS
from pipelines.attachments.reading import FileReading, MAX_CELLS, MAX_TEXT
from pipelines.attachments.sniffing import RTF

MAX_DEPTH = 200
"""Deepest nesting of groups that is followed."""

_TOKEN = re.compile(rb"\\([a-zA-Z]+)(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\(.)|([{}])|[\r\n]+|([^\\{}\r\n]+)", re.DOTALL)
_GONE = frozenset(
    b"fonttbl colortbl stylesheet info pict object header headerl headerr headerf footer footerl footerr footerf footnote "
    b"annotation fldinst themedata datastore listtable listoverridetable rsidtbl generator xmlnstbl bkmkstart bkmkend "
    b"nonshppict shprslt latentstyles pgptbl revtbl deleted".split()
)
_SYMBOLS = {
    b"par": "\r",
    b"line": "\n",
    b"tab": "\t",
    b"emdash": "—",
    b"endash": "–",
    b"lquote": "‘",
    b"rquote": "’",
    b"ldblquote": "“",
    b"rdblquote": "”",
    b"bullet": "•",
    b"emspace": " ",
    b"enspace": " ",
    b"sect": "\r",
    b"page": "\r",
}
_CHARSETS = {0: "cp1252", 128: "cp932", 129: "cp949", 134: "gb18030", 136: "cp950"}


@dataclass(frozen=True, slots=True)
class _State:
    """What a group inherits: whether its text is printed or hidden, its bytes' code page, how many bytes repeat a `u` word."""

    printed: bool = True
    hidden: bool = False
    codec: str = "gb18030"
    skip: int = 1


@dataclass
class _Reader:
    """What is being read: open groups, the current paragraph's pieces, the open cell and row, the rows of the table."""

    state: _State = field(default_factory=_State)
    groups: list[_State] = field(default_factory=list)
    fonts: dict[int, str] = field(default_factory=dict)
    font: int = 0
    codec: str = "gb18030"
    pending: bytes = b""
    to_skip: int = 0
    length: int = 0
    total: int = 0
    paragraph: list[str] = field(default_factory=list)
    cell: list[str] = field(default_factory=list)
    cells: list[str] = field(default_factory=list)
    edges: list[int] = field(default_factory=list)
    merges: list[int] = field(default_factory=list)
    merge: int = ALONE
    left: int = 0
    in_table: bool = False
    rows: list[Row] = field(default_factory=list)

    def blocks(self, payload: bytes) -> Iterator[Block]:
        """Yield the paragraphs and tables of a file."""
        for token in _TOKEN.finditer(payload):
            word, number, code, symbol, brace, text = token.groups()
            if word is not None:
                yield from self._word(word, int(number) if number else None)
            elif brace is not None:
                self._brace(brace)
            elif code is not None:
                self._bytes(bytes.fromhex(code.decode("ascii")))
            elif symbol is not None:
                self._symbol(symbol)
            elif text is not None:
                self._bytes(text)
        yield from self._end_paragraph()
        yield from self._end_table()

    def _brace(self, brace: bytes) -> None:
        self._decode()
        if brace == b"{":
            self.groups.append(self.state)
            if len(self.groups) > MAX_DEPTH:
                raise Refused(f"The RTF nests its groups deeper than {MAX_DEPTH}.")
        elif self.groups:
            self.state = self.groups.pop()

    def _symbol(self, symbol: bytes) -> None:
        if symbol == b"*":
            self.state = replace(self.state, printed=False)
        elif symbol in b"\\{}":
            self._bytes(symbol)
        elif symbol in (b"~", b"_"):
            self._print(" " if symbol == b"~" else "-")

    def _bytes(self, payload: bytes) -> None:
        skipped = min(self.to_skip, len(payload))
        self.to_skip -= skipped
        if self.state.printed and not self.state.hidden:
            self.pending += payload[skipped:]

    def _decode(self) -> None:
        if self.pending:
            text, self.pending = self.pending.decode(self.state.codec, "replace"), b""
            self._print(text)

    def _print(self, text: str) -> None:
        if text and self.state.printed and not self.state.hidden:
            self._decode()
            self.length += len(text)
            if self.length > MAX_TEXT:
                raise Refused(f"The RTF holds more than {MAX_TEXT} characters.")
            self.paragraph.append(text)

    def _word(self, word: bytes, number: int | None) -> Iterator[Block]:
        self._decode()
        if word in _GONE:
            self.state = replace(self.state, printed=False)
        elif word in (b"v", b"deleted"):
            self.state = replace(self.state, hidden=number != 0)
        elif word == b"plain":
            self.state = replace(self.state, codec=self.codec, hidden=False)
        elif word == b"u" and number is not None:
            self._print(chr(number % 0x10000))
            self.to_skip = self.state.skip
        elif word == b"uc":
            self.state = replace(self.state, skip=max(0, number or 0))
        elif word == b"ansicpg" and number is not None:
            self.codec = _codec(number)
            self.state = replace(self.state, codec=self.codec)
        elif word == b"f" and number is not None:
            self.font = number
            self.state = replace(self.state, codec=self.fonts.get(number, self.codec))
        elif word == b"fcharset":
            self.fonts[self.font] = _CHARSETS.get(number or 0, self.codec) if number else self.codec
        elif word in _SYMBOLS and self.state.printed:
            yield from self._mark(_SYMBOLS[word])
        elif self.state.printed:
            yield from self._table_word(word, number)

    def _mark(self, mark: str) -> Iterator[Block]:
        if mark == "\r":
            yield from self._end_paragraph()
        else:
            self._print(mark)

    def _table_word(self, word: bytes, number: int | None) -> Iterator[Block]:
        if word == b"trowd":
            self.edges, self.merges, self.merge, self.left = [], [], ALONE, 0
        elif word == b"trleft":
            self.left = number or 0
        elif word in (b"clvmgf", b"clvmrg"):
            self.merge = STARTS if word == b"clvmgf" else MERGED
        elif word == b"cellx":
            self.edges.append(number or 0)
            self.merges.append(self.merge)
            self.merge = ALONE
        elif word in (b"pard", b"intbl"):
            self.in_table = word == b"intbl"
        elif word == b"cell":
            self.in_table = True
            yield from self._end_paragraph()
            self.cells.append("\n".join(part for part in self.cell if part))
            self.cell = []
        elif word == b"nestcell":
            yield from self._end_paragraph()
        elif word == b"row":
            self._end_row()

    def _end_row(self) -> None:
        self.total += len(self.cells)
        if self.total > MAX_CELLS:
            raise Refused(f"The RTF has more than {MAX_CELLS} table cells.")
        known = len(self.edges) == len(self.cells)
        self.rows.append(
            Row(
                texts=tuple(self.cells),
                edges=(self.left, *self.edges) if known else (),
                merges=tuple(self.merges) if known else (ALONE,) * len(self.cells),
            )
        )
        self.cells, self.cell = [], []

    def _end_paragraph(self) -> Iterator[Block]:
        self._decode()
        text = "".join(self.paragraph).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").strip()
        self.paragraph = []
        if self.in_table:
            self.cell.append(text)
        elif text:
            yield from self._end_table()
            yield text

    def _end_table(self) -> Iterator[Block]:
        if any(row.texts for row in self.rows):
            yield row_grid(self.rows, "RTF")
        yield from [text for text in [*self.cells, *self.cell] if text]
        self.rows, self.cells, self.cell = [], [], []


def _codec(page: int) -> str:
    return {936: "gb18030", 950: "cp950", 65001: "utf-8"}.get(page, f"cp{page}" if page in (932, 949, 1252) else "gb18030")


def read_rtf(payload: bytes) -> FileReading:
    """Return an RTF's paragraphs and tables; headers, notes, pictures, deleted and hidden text are left out.

    Raises Refused for one that nests too deep or holds too much, Unreadable where it holds no text.
    """
    text, grids = written(list(_Reader().blocks(payload)))
    if not text:
        raise Unreadable("The RTF holds no text.")
    return FileReading(text=text, grids=grids, media_type=RTF)

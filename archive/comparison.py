"""What differs between two documents of one report, part by part, as read by the same reader version. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any

from archive.codec import Json
from archive.model import TABLE_NAMES

Files = tuple[tuple[str | None, str | None, str | None], ...]
"""Attachments as (URL, name, SHA-256); None for what is not known."""

_READ = ("printed", "inferred")
_NO_WORD = re.compile(r"[\W\d_]+")
_NUMBERS = re.compile(r"\d+(?:[.,]\d+)*")
_PIECE = re.compile(r"[^。；！？\n]*[。；！？\n]?")


@dataclass(frozen=True, slots=True, kw_only=True)
class CellChange:
    """One cell that reads otherwise. `old` and `new` are None for a blank or dash; the raw texts are as printed."""

    table: str
    cell: str
    old: Any
    new: Any
    old_raw: str
    new_raw: str
    unit: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TextChange:
    """One passage that was replaced; either side is empty where text was only added or taken out."""

    old: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Everything that differs between two documents. `words` says whether other words stand there, numbers left aside.

    `numbers` says that numbers in the text differ. A cell that one side could not read is no difference.
    """

    cells: tuple[CellChange, ...] = ()
    words: bool = False
    numbers: bool = False
    title: tuple[str, str] | None = None
    agency: tuple[str, str] | None = None
    year: tuple[int, int] | None = None
    published_on: tuple[str, str] | None = None
    files: tuple[tuple[str, str | None, str | None], ...] = ()
    texts: tuple[TextChange, ...] = field(default=())

    @property
    def verdicts(self) -> tuple[str, ...]:
        """The verdicts of `DESIGN.md` §5 that this difference amounts to, empty where the reports are the same."""
        found = {
            "figures": bool(self.cells) or (self.numbers and not self.words),
            "wording": self.words,
            "attachment_replaced": bool(self.files),
            "retitled": bool(self.title or self.agency or self.year),
            "redated": bool(self.published_on),
        }
        return tuple(name for name, holds in found.items() if holds)


def compare(old: Json, new: Json, *, old_files: Files | None = None, new_files: Files | None = None) -> Difference:
    """Return what differs between two documents (their JSON); attachments are given with their URLs where they are known."""
    before, after = _body(old), _body(new)
    words = _words(_unnamed(old, before)) != _words(_unnamed(new, after))
    numbers = _numbers(before) != _numbers(after)
    return Difference(
        cells=tuple(cell_changes(old["statistics"], new["statistics"])),
        words=words,
        numbers=numbers,
        title=_differing(_squeezed(old["title"]), _squeezed(new["title"])),
        agency=_differing((old["agency"] or {}).get("name"), (new["agency"] or {}).get("name")),
        year=_differing(old["report_year"], new["report_year"]),
        published_on=_differing(old["published_on"], new["published_on"]),
        files=file_changes(
            _files(old) if old_files is None else old_files,
            _files(new) if new_files is None else new_files,
        ),
        texts=tuple(text_changes(before, after)) if words or numbers else (),
    )


def _differing(old: Any, new: Any) -> tuple[Any, Any] | None:
    return (old, new) if old is not None and new is not None and old != new else None


def _squeezed(title: str | None) -> str | None:
    return "".join(unicodedata.normalize("NFKC", title).split()) or None if title else None


def _body(document: Json) -> str:
    """The body without the line that is the title: a retitled report is not reworded."""
    title = _squeezed(document["title"])
    return "\n".join(line for line in document["body"].split("\n") if _squeezed(line) != title or not title)


def _unnamed(document: Json, text: str) -> str:
    """The text without the agency's own name: an office that was renamed did not reword its report."""
    name = (document["agency"] or {}).get("name")
    return text.replace(name, "") if name else text


def _words(text: str) -> str:
    return _NO_WORD.sub("", unicodedata.normalize("NFKC", text))


def _numbers(text: str) -> list[str]:
    return _NUMBERS.findall(unicodedata.normalize("NFKC", text))


def cell_changes(old: Json, new: Json) -> Iterator[CellChange]:
    """Yield the cells of the named tables that both sides read, and read otherwise, in printed order."""
    for name in TABLE_NAMES:
        before, after = old.get(name), new.get(name)
        if before and after and before["form"] == after["form"]:
            yield from _table_changes(name, before["cells"], after["cells"])


def _table_changes(name: str, old: Mapping[str, Json], new: Mapping[str, Json]) -> Iterator[CellChange]:
    for cell, before in old.items():
        after = new.get(cell)
        if after and before["reading"] in _READ and after["reading"] in _READ and _said(before) != _said(after):
            sides = {"old": before["value"], "new": after["value"], "old_raw": before["raw"], "new_raw": after["raw"]}
            yield CellChange(table=name, cell=cell, unit=after["unit"], **sides)


def _said(cell: Json) -> tuple[Any, ...]:
    return cell["kind"], cell["value"], cell["unit"], _words(cell["raw"]) if cell["kind"] == "text" else None


def file_changes(old: Files, new: Files) -> tuple[tuple[str, str | None, str | None], ...]:
    """Return the attachments whose bytes changed, as (name, old SHA-256, new SHA-256); None for one that is new or gone.

    A file that could not be fetched on either visit is no change. Attachments are matched by URL, else by name.
    """
    before, after = _by_name(old), _by_name(new)
    replaced = [
        (name, before[name], after[name]) for name in before.keys() & after.keys() if _replaced(before[name], after[name])
    ]
    gone = [(name, before[name], None) for name in before.keys() - after.keys() if before[name]]
    came = [(name, None, after[name]) for name in after.keys() - before.keys() if after[name]]
    same = {sha for _, sha, _ in gone} & {sha for _, _, sha in came}
    return tuple(sorted([*replaced, *(each for each in (*gone, *came) if not same & {each[1], each[2]})], key=str))


def _by_name(files: Files) -> dict[str, str | None]:
    return {str(url or name): sha for url, name, sha in files}


def _replaced(old: str | None, new: str | None) -> bool:
    return bool(old and new and old != new)


def _files(document: Json) -> Files:
    return tuple((None, each["name"], each["sha256"]) for each in document["attachments"])


def text_changes(old: str, new: str) -> Iterator[TextChange]:
    """Yield the passages that differ between two texts, by sentence and then narrowed to what differs within."""
    before, after = _pieces(old), _pieces(new)
    matcher = SequenceMatcher(None, [_key(piece) for piece in before], [_key(piece) for piece in after], autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag != "equal":
            yield TextChange(old="".join(before[a:b]).strip(), new="".join(after[c:d]).strip())


def _pieces(text: str) -> list[str]:
    return [piece for piece in _PIECE.findall(text) if piece.strip()]


def _key(piece: str) -> str:
    return "".join(unicodedata.normalize("NFKC", piece).split())


def word_marks(old: str, new: str) -> Iterator[tuple[str, str]]:
    """Yield (mark, text) for a replaced passage, character by character: ` ` kept, `-` taken out, `+` put in."""
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            yield " ", old[a:b]
            continue
        yield from ((mark, text) for mark, text in (("-", old[a:b]), ("+", new[c:d])) if text)


def cells_json(changes: Iterable[CellChange]) -> list[Json]:
    """Return cell changes as JSON objects."""
    return [{name: getattr(each, name) for name in CellChange.__slots__} for each in changes]

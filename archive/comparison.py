"""What differs between two documents of one report, part by part, as read by the same reader version. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any

from archive.codec import Json
from archive.compared_text import compared_text, is_headed, numbers_of, plain_words, report_lines, seen, squeezed, words_of
from archive.model import TABLE_NAMES

Files = tuple[tuple[str | None, str | None, str | None], ...]
"""Attachments as (URL, name, SHA-256); None for what is not known."""

DATED_BY_ADDRESS = "published: on the day in its address, no other date is there"
"""The reason by which a reader says that nothing but the address told when a report was published."""
DATED_BY_LIST = "published: on the day in the list that names it, the page gives none"
"""The reason by which a reader says that the list told when a report was published, not its page."""

_READ = ("printed", "inferred")
_SIGNS = re.compile(r"\d+(?:[.,，．]\d+)*|.", re.DOTALL)
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

    `numbers` says that numbers in the text differ, `prose` names the prose figures that do. A cell that one side could not
    read is no difference.
    """

    cells: tuple[CellChange, ...] = ()
    prose: tuple[str, ...] = ()
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
            "figures": bool(self.cells or self.prose) or (self.numbers and not self.words),
            "wording": self.words,
            "attachment_replaced": bool(self.files),
            "retitled": bool(self.title or self.agency or self.year),
            "redated": bool(self.published_on),
        }
        return tuple(name for name, holds in found.items() if holds)


def compare(old: Json, new: Json, *, old_files: Files | None = None, new_files: Files | None = None) -> Difference:
    """Return what differs between two documents (their JSON); attachments are given with their URLs where they are known."""
    before, after = compared_text(old, new), compared_text(new, old)
    words = words_of(old, before, new) != words_of(new, after, old)
    numbers = _numbers(old, new, before, after)
    title = _title(old, new)
    return Difference(
        cells=tuple(cell_changes(old["statistics"], new["statistics"])),
        prose=tuple(_prose_changes(old, new, *numbers)),
        words=words,
        numbers=numbers[0] != numbers[1],
        title=title,
        agency=_agency(old, new) if title or _found_alike(old, new) else None,
        year=_differing(old["report_year"], new["report_year"]) if title or _years_found_alike(old, new) else None,
        published_on=None if _is_dated_by_address(old, new) else _differing(old["published_on"], new["published_on"]),
        files=file_changes(
            _files(old) if old_files is None else old_files,
            _files(new) if new_files is None else new_files,
        ),
        texts=tuple(text_changes(before, after)) if words or numbers[0] != numbers[1] else (),
    )


def _differing(old: Any, new: Any) -> tuple[Any, Any] | None:
    return (old, new) if old is not None and new is not None and old != new else None


def _title(old: Json, new: Json) -> tuple[str, str] | None:
    """The titles that differ. A report that has one over its page and one over its text is not retitled when a template shows only one."""
    titles = _differing(squeezed(old["title"]), squeezed(new["title"]))
    return None if titles and (is_headed(old, titles[1]) or is_headed(new, titles[0])) else titles


def _is_dated_by_address(*documents: Json) -> bool:
    """Whether one of the dates stands in the page's address only, or just one in a list only.

    Sites that are moved give all their reports a new address; a page that stops saying its date is not redated by its list.
    """
    listed = {DATED_BY_LIST in each["reasons"] for each in documents}
    return len(listed) > 1 or any(DATED_BY_ADDRESS in each["reasons"] for each in documents)


def _agency(old: Json, new: Json) -> tuple[str, str] | None:
    """The agencies' names that differ; one that says its county too is no other."""
    names = [(each["agency"] or {}).get("name") for each in (old, new)]
    one, other = (squeezed(name) or "" for name in names)
    return None if one.endswith(other) or other.endswith(one) else _differing(*names)


def _found_alike(old: Json, new: Json) -> bool:
    """Whether both agencies were found in the same place: under one title, a name from elsewhere on the page is no renaming."""
    return (old["agency"] or {}).get("from") == (new["agency"] or {}).get("from")


def _years_found_alike(old: Json, new: Json) -> bool:
    return bool(old["report_year_from"] == new["report_year_from"])


def _numbers(old: Json, new: Json, before: str, after: str) -> tuple[list[str], list[str]]:
    """Both texts' numbers; where the report's year differs, years are told by their distance from it: that is told as the year."""
    before, after = report_lines(before), report_lines(after)
    plain = numbers_of(before), numbers_of(after)
    years = old["report_year"], new["report_year"]
    if plain[0] == plain[1] or None in years or years[0] == years[1]:
        return plain
    return numbers_of(before, year=years[0]), numbers_of(after, year=years[1])


def _prose_changes(old: Json, new: Json, before: list[str], after: list[str]) -> Iterator[str]:
    """Yield the prose figures that both sides state with other values, where the text's numbers bear it out."""
    changed = Counter(before) != Counter(after)
    one, other = _prose(old), _prose(new)
    yield from (name for name in sorted(one.keys() & other.keys()) if changed and one[name].isdisjoint(other[name]))


def _prose(document: Json) -> dict[str, set[Any]]:
    found: dict[str, set[Any]] = {}
    for figure in document["prose_figures"]:
        found.setdefault(figure["id"], set()).add(figure["value"])
    return found


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
    return cell["kind"], cell["value"], cell["unit"], plain_words(cell["raw"]) if cell["kind"] == "text" else None


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
    return "".join(seen(piece).split())


def word_marks(old: str, new: str) -> Iterator[tuple[str, str]]:
    """Yield (mark, text) for a replaced passage, sign by sign, numbers whole: ` ` kept, `-` taken out, `+` put in."""
    before, after = _SIGNS.findall(old), _SIGNS.findall(new)
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            yield " ", "".join(before[a:b])
            continue
        yield from ((mark, "".join(text)) for mark, text in (("-", before[a:b]), ("+", after[c:d])) if text)


def cells_json(changes: Iterable[CellChange]) -> list[Json]:
    """Return cell changes as JSON objects."""
    return [{name: getattr(each, name) for name in CellChange.__slots__} for each in changes]

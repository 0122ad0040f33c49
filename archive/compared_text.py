"""What of a report's text is compared: words and numbers, without what stands there for another reason. Pure.

Left aside are the title's line and the agency's name (told as `retitled`), the names of attached files (told as
`attachment_replaced`), lists of other pages that a reader left in the body, and how a number is printed: 12,345 is 12345.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import groupby

from archive.codec import Json
from archive.model import TABLE_NAMES

_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]")
"""Soft hyphens and characters of no width: nobody sees them come or go."""
_NO_WORD = re.compile(r"[\W\d_]+")
_NUMBER = re.compile(r"\d{1,3}(?:[, ]\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?")
_FILE_LINE = re.compile(r"\W*(?:(?:相关|点击)?(?:附件|附表|下载|查看)(?:下载|列表)?)?\W*[0-9一二三四五]?\W*")
_DATED_ROW = re.compile(
    r"[^。；;]{2,90}?\W*20\d\d\s*[-年/.]\s*\d{1,2}\s*[-月/.]\s*\d{1,2}\s*日?\W*|\W*20\d\d[-/.]\d{1,2}[-/.]\d{1,2}\W+[^。；;]{2,90}"
)
_DATED_ROWS = 3
"""So many dated lines in a row are a list of other pages; a report's signature has one."""
_FEWEST_SIGNS = 40
"""Signs of a text below which it is what a template prints without an article, such as 暂无内容 or the names of buttons."""
_LONG_LINE = 50
_HEAD, _HEAD_LINES = 1000, 8
"""Characters and lines at the start of a body in which the report's own title stands."""
_CHAPTER = re.compile(r"[（(]?[一二三四五六七八九十]{1,3}[)）、.．,，]")
_DATE_ALONE = re.compile(r"\W*\d{4}\s*[-年/.]\s*\d{1,2}\s*[-月/.]\s*\d{1,2}\s*日?\W*")
_WORDS_AND_NUMBER = re.compile(r"[^\W\d_].*\d|\d.*[^\W\d_]")
_CELL_VALUE = re.compile(r"\s*(?:[\d,.\s]*(?:件|条|个|人次|万元|元|次|项)?|无|没有|[-—–/\\]*)\s*")


def seen(text: str) -> str:
    """Return a text in half-width forms and without characters of no width."""
    return _UNSEEN.sub("", unicodedata.normalize("NFKC", text))


def squeezed(text: str | None) -> str | None:
    """Return a title or name without white space, in half-width forms; None for none."""
    return "".join(seen(text).split()) or None if text else None


def compared_text(document: Json, *others: Json) -> str:
    """Return the lines of a document's body (its JSON) that are the report's own.

    `others` are the documents it is compared with: a line that is the title of one of them is a title here too.
    """
    titles = {title for each in (document, *others) if (title := _bare(each["title"]))}
    names = [name for each in document["attachments"] if (name := squeezed(each["name"]))]
    lines = (line for line in document["body"].split("\n") if _bare(line) not in titles)
    return "\n".join(_without_lists(line for line in lines if not (names and _names_files(line, names))))


def is_headed(document: Json, title: str) -> bool:
    """Say whether a title stands at the start of a document's body, as its lines or over them."""
    head = [plain for line in document["body"][:_HEAD].split("\n") if (plain := _bare(line))]
    wanted = _bare(title)
    return any("".join(head[first:last]) == wanted for first in range(_HEAD_LINES) for last in range(first + 1, first + 4))


def is_bare(document: Json) -> bool:
    """Say whether a document (its JSON) holds next to no text, no table and names no file: a title alone."""
    tables = any(document["statistics"][name] for name in TABLE_NAMES)
    return not document["attachments"] and not tables and len("".join(compared_text(document).split())) < _FEWEST_SIGNS


def _bare(line: str | None) -> str | None:
    """A title without white space and the brackets and cell borders around it."""
    return (squeezed(line) or "").strip('《》〈〉<>【】[]“”"|') or None


def _names_files(line: str, names: Iterable[str]) -> bool:
    plain = squeezed(line) or ""
    left = plain
    for name in names:
        left = left.replace(name, "")
    return left != plain and _FILE_LINE.fullmatch(left) is not None


def _without_lists(lines: Iterable[str]) -> Iterator[str]:
    for is_dated, group in groupby(lines, key=lambda line: _DATED_ROW.fullmatch(seen(line)) is not None):
        rows = list(group)
        if not (is_dated and len(rows) >= _DATED_ROWS):
            yield from rows


def words_of(document: Json, text: str, *others: Json) -> str:
    """Return the words of a document's text run together: no numbers, no punctuation, no values of cells, no name of its agency.

    Nor the name that the `others`, which it is compared with, have for it: with its county or without.
    """
    plain = "\n".join(map(_labels, seen(text).split("\n")))
    names = {name for each in (document, *others) if (name := (each["agency"] or {}).get("name"))}
    for name in sorted(names, key=len, reverse=True):
        plain = plain.replace(name, "")
    return _NO_WORD.sub("", plain)


def _labels(line: str) -> str:
    """A table's row without its values: a cell that says 无 or 3件 is compared as a cell."""
    if " |" not in line:
        return line
    return " | ".join(cell for cell in line.split("|") if not _CELL_VALUE.fullmatch(cell))


def plain_words(text: str) -> str:
    """Return the words of any text run together."""
    return _NO_WORD.sub("", seen(text))


def report_lines(text: str) -> str:
    """Return a compared text without the short lines at its edges that hold words and numbers but end in no full stop (。 or .).

    Counters, clocks and buttons stand over the first and under the last line of the report itself; a date alone, a table's row and a
    sentence are the report's wherever they stand. Without a long line, a heading or a row there are no edges.
    """
    lines = text.split("\n")
    own = [number for number, line in enumerate(lines) if _is_own(line)]
    if not own:
        return text
    return "\n".join(line for number, line in enumerate(lines) if own[0] <= number <= own[-1] or not _is_edge(line))


def _is_own(line: str) -> bool:
    return " | " in line or len(line) >= _LONG_LINE or _CHAPTER.match(line.strip()) is not None


def _is_edge(line: str) -> bool:
    plain = seen(line).strip()
    if plain.endswith(("。", ".", ";")) or _DATE_ALONE.fullmatch(plain):
        return False
    return bool(_WORDS_AND_NUMBER.search(plain))


def numbers_of(text: str, *, year: int | None = None) -> list[str]:
    """Return the numbers printed in a text, in order, without separators of thousands and zeros that say nothing.

    With a `year` those that name it, or the year before or after, are told by their distance from it.
    """
    found = (_number(raw) for raw in _NUMBER.findall(seen(text)))
    return [_from_year(number, year) if year else number for number in found]


def _number(raw: str) -> str:
    whole, point, decimals = raw.replace(",", "").replace(" ", "").partition(".")
    decimals = decimals.rstrip("0")
    return (whole.lstrip("0") or "0") + (point + decimals if decimals else "")


def _from_year(number: str, year: int) -> str:
    return f"year{int(number) - year:+d}" if len(number) == 4 and number.isdigit() and abs(int(number) - year) <= 1 else number

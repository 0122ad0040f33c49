"""Tables that a page shows as pictures: said to be there (`image_only`), and which pictures they are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from lxml import etree
from lxml.html import HtmlElement

from archive.forms import table_form
from archive.model import Statistics, Table
from pipelines.sections import find_sections
from pipelines.statistics.cells import PICTURE, unread_cell
from pipelines.statistics.spans import BREAKS

_CHAPTERS = {2: "proactive_disclosure", 3: "applications", 4: "review_litigation"}
_WORDS = {"proactive_disclosure": "信息内容", "applications": "勾稽关系", "review_litigation": "结果维持"}
"""What stands in a chapter that has its table as text."""

ORNAMENT = re.compile(
    r"logo|icon|ewm|erweima|qr|weixin|wechat|banner|share|jiucuo|dzjg|gongan|ghs|top|btn|arrow", re.IGNORECASE
)
"""Addresses of pictures that belong to a page's frame."""

_LONGEST_SIZE = 10
_SMALL = 60
"""Pixels: what is said to be no wider or higher than that is no table."""

_MARK = re.compile(rf"{PICTURE}(\d+){PICTURE}")
_YEAR = re.compile(r"(?<!\d)(20[012]\d)\s*年")
_FIRST_YEAR = 2019
"""Reports of earlier years have no table in these chapters."""


def pictured_tables(root: HtmlElement) -> Mapping[str, tuple[str, ...]]:
    """Return, by the table's name, the addresses as printed of the pictures in its chapter, where nothing of the table stands as text."""
    pictures = [image for image in root.iter("img") if _may_show_a_table(image)]
    if not pictures:
        return {}
    found = {}
    for section in find_sections(_text_with(root, pictures)):
        name = _CHAPTERS.get(section.number or 0)
        own = tuple((pictures[int(mark)].get("src") or "").strip() for mark in _MARK.findall(section.text))
        if own and name and _WORDS[name] not in "".join(section.text.split()):
            found[name] = own
    return found


def with_pictured(statistics: Statistics, root: HtmlElement, words: str) -> Statistics:
    """Return the statistics with the tables that a page shows as pictures, every cell unread; `words` are where the year stands first."""
    if statistics.summary_2014 is not None or len(statistics.tables()) >= len(_CHAPTERS):
        return statistics
    missing = [name for name in pictured_tables(root) if name not in statistics.tables()]
    year = int(match[1]) if missing and (match := _YEAR.search(words)) else _FIRST_YEAR + 2
    form = next((table.form for table in statistics.tables().values()), "2019" if year < _FIRST_YEAR + 2 else "2021")
    shown = {name: _unread(form, name) for name in missing} if year >= _FIRST_YEAR else {}
    return replace(statistics, **shown)  # type: ignore[arg-type]


def _unread(form_id: str, name: str) -> Table:
    form = table_form(form_id, name)
    return Table(form=form.form, status="image_only", cells={spec.id: unread_cell(spec) for spec in form.cells})


def _may_show_a_table(image: HtmlElement) -> bool:
    sizes = [
        int(size)
        for name in ("width", "height")
        if (size := (image.get(name) or "").removesuffix("px")).isdecimal() and len(size) < _LONGEST_SIZE
    ]
    return not ORNAMENT.search(image.get("src") or "") and all(size > _SMALL for size in sizes)


def _text_with(root: HtmlElement, pictures: Sequence[HtmlElement]) -> str:
    """The text of an element, a line for each block, a mark for each of the pictures."""
    return "".join(_parts(root, {picture: f"{PICTURE}{number}{PICTURE}" for number, picture in enumerate(pictures)}))


def _parts(root: HtmlElement, marks: Mapping[HtmlElement, str]) -> Iterator[str]:
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if element.tag in BREAKS:
            yield "\n"
        if event == "start":
            yield marks.get(element) or element.text or ""
        elif element is not root:
            yield element.tail or ""

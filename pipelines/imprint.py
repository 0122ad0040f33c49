"""Names of organs in what stands around a report: its letterhead, its labelled fields (填报单位、发布机构), its files' names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from lxml.html import HtmlElement

from pipelines.names import full_name
from pipelines.numerals import HAN

_NAME = rf"([{HAN}（）()·]{{3,30}})"
_LETTERHEAD = re.compile(rf"^{_NAME}文件$")
_AUTHOR = re.compile(rf"(?:填报|编制|报告|制作)(?:单位|机关|机构|部门)(?:[(（]盖章[)）])?\s*[:：]\s*{_NAME}")
_PUBLISHER = re.compile(rf"(?:发布|公开|发文)(?:单位|机关|机构|部门)\s*[:：]\s*{_NAME}")
_FIRST_LINES = 6
_FILE_LINE = re.compile(r"^\s*附\s*件\s*\d?\s*[:：]?\s*(.{6,80})$", re.MULTILINE)


def name_in_letterhead(body: str) -> str | None:
    """Return the organ whose letterhead (…文件) begins a body, None where none does."""
    lines = ("".join(line.split()) for line in body[:600].split("\n")[:_FIRST_LINES])
    return next((full_name(match[1]) for line in lines if (match := _LETTERHEAD.match(line))), None)


def author_in_fields(text: str) -> str | None:
    """Return the organ that a field names as the one that fills in or writes the report (填报单位); None for none, or for several."""
    return only_name(full_name(name) for name in _AUTHOR.findall(text))


def publisher_in_fields(text: str) -> str | None:
    """Return the organ that a field names as the publisher (发布机构); None for none, or for several."""
    return only_name(full_name(name) for name in _PUBLISHER.findall(text))


def file_lines(body: str) -> Iterator[str]:
    """Return what a body's own lines call its attached files (附件：…)."""
    yield from (match[1].strip() for match in _FILE_LINE.finditer(body))


def organ_links(root: HtmlElement) -> int:
    """Return how many links of a page are an organ's name and nothing else; 0 where most are not: a menu or footer names some too."""
    links = list(root.iter("a"))
    count = sum(1 for link in links if full_name("".join(link.itertext())))
    return count if 2 * count >= len(links) else 0


def only_name(names: Iterable[str | None]) -> str | None:
    """Return the one name among some, None where there is none or several differ."""
    found = {name for name in names if name}
    return found.pop() if len(found) == 1 else None

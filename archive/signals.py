"""What two reports are compared by: several signals of one report, each blind where another sees.

Wording alone can't tell a corrected number from next year's copy; numbers alone can't tell a copy from an office that
had nothing to report. So a report has its wording, its wording with digits masked, its numbers by name, and its
telling figures: numbers so particular that two texts don't share many of them by chance.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from math import log2
from urllib.parse import urlsplit

from archive.model import Agency, Number, Report, SourceClass
from archive.shingles import Hashes, letters, mask_digits, shingles

_RUN = re.compile(r"[0-9][0-9,.]*")
_NUMBER = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?(?![0-9.])|(?<![0-9.])[0-9]+(?:\.[0-9]+)?(?![0-9.])")
"""Thousands marked by commas, or digits with at most one point; 1.2.3 is no number."""

_YEARS = range(1949, 2100)
_DIGITS_TELLING = 3
_DIGITS_COUNTED = 4


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Signals:
    """The signals of one report.

    `text` and `masked` are sets of shingles (`archive.shingles`); `numbers` the values by cell or prose figure;
    `figures` the telling figures as plain decimal strings; None in the others means not known.
    """

    text: Hashes
    masked: Hashes
    numbers: Mapping[str, Number]
    figures: frozenset[str]
    agency: Agency | None = None
    year: int | None = None
    source_class: SourceClass = "unknown"
    site: str | None = None


def signals_of(report: Report, *, url: str | None = None) -> Signals:
    """Return the signals of a report; `url` is where it was found, for the signal of the site."""
    codes = letters(report.body)
    return Signals(
        text=shingles(codes),
        masked=shingles(mask_digits(codes)),
        numbers=numbers_of(report),
        figures=telling_figures(report),
        agency=report.agency,
        year=report.report_year,
        source_class=report.source_class,
        site=urlsplit(url).hostname if url else None,
    )


def numbers_of(report: Report) -> dict[str, Number]:
    """Return every value that was read, by `table.cell` or `prose.id`; a figure stated twice in prose counts once.

    Blank, dash and unread cells are not there: they are no zeros.
    """
    tables = report.statistics.tables().items()
    cells = {f"{name}.{name_of_cell}": cell.value for name, table in tables for name_of_cell, cell in table.cells.items()}
    stated = {f"prose.{figure.id}": figure.value for figure in reversed(report.prose_figures)}
    return {name: value for name, value in {**cells, **stated}.items() if value is not None}


def telling_figures(report: Report) -> frozenset[str]:
    """Return the telling figures of a report, printed in its body or read from its tables."""
    return figures_of(report.body) | telling(str(number) for number in numbers_of(report).values())


def figures_of(text: str) -> frozenset[str]:
    """Return the telling figures printed in a text."""
    plain = unicodedata.normalize("NFKC", text)
    runs = (run.rstrip(",.") for run in _RUN.findall(plain) if len(run) >= _DIGITS_TELLING)
    return telling(number.replace(",", "") for run in runs for number in _NUMBER.findall(run))


def telling(printed: Iterable[str]) -> frozenset[str]:
    """Return those of the printed numbers that tell: at least three digits besides zeros at the ends, and no year."""
    long_enough = (number for number in printed if len(number) >= _DIGITS_TELLING)
    return frozenset(number for number in long_enough if significant(number) >= _DIGITS_TELLING and not _is_year(number))


def significant(number: str) -> int:
    """Return how many digits of a printed number are left when the zeros at both ends are taken off: 1000 → 1, 16.80 → 3."""
    return len(number.lstrip("-").replace(".", "").strip("0"))


def bits(figures: Iterable[str]) -> float:
    """Return how much some telling figures say, in bits, were each digit drawn by lot.

    No figure counts for more than four digits: a telephone number that two offices of one building share is no evidence.
    """
    return sum(min(significant(figure), _DIGITS_COUNTED) for figure in figures) * log2(10)


def _is_year(number: str) -> bool:
    return "." not in number and int(Decimal(number)) in _YEARS

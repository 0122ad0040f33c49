"""How two reports are alike, judged from several signals at once (`DESIGN.md` §5).

The judgement is pure and says its numbers. It is about the two texts, not about who took from whom.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Literal

from archive.model import Agency, Report, SourceClass
from archive.shingles import jaccard
from archive.signals import bits, Signals, signals_of

Resemblance = Literal[
    "same",
    "mirror",
    "corrected",
    "renumbered",
    "next_year_copy",
    "sister_template",
    "essay_mill",
    "same_figures",
    "undecided",
    "unrelated",
]
"""What two reports are to each other.

`same`: nothing that we compare differs. `mirror`: the same on another site, or on a page known to be a copy. `corrected`: one agency's
report for one year, reworded or with some numbers changed. `renumbered`: the same, but most numbers differ, so a year
or an agency may be misread. `next_year_copy`: one agency, two years, one text (numbers aside) or one set of figures.
`sister_template`: one text, two agencies. `essay_mill`: the figures of a report in other words, on a page not known to be official.
`same_figures`: the same between official pages or from one agency (an explainer, an office's report for its
government). `undecided`: one text, but agency or year is not known, and without them it can't be said which. `unrelated`: none of these.
"""

SAME_TEXT = 0.98
MIRRORED = 0.80
ONE_TEXT = 0.45
"""Shares of shingles in common. Of 50 real reports (1,225 pairs, two agencies over eight years among them) two have 0.45 with digits
masked, an office's two years, and no others more than 0.36; so 0.45 is no accident; in made-up pairs (`benchmarks/likeness.py`) it is what is left when
38 % of the sentences were written anew. A mirror that loses a few sentences and adds its own keeps 0.97."""

FEW_NUMBERS = 0.50
FIGURES_SHARE = 0.60
FIGURES_BITS = 39.0
"""Four telling figures of three digits. Of 50 real reports only an office's two years share three."""
MANY_NUMBERS = 12
"""So many numbers, none of them zero in both reports, that all stand in the same cell are nobody's accident."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """How two reports are alike: the verdict, and the signals it rests on.

    `text` and `masked` are shares of shingles in common, as printed and with digits masked; 0 where either has no text.
    `numbers_equal` counts among `numbers_compared`: the numbers that both have and that are not zero in both.
    `figures` are the telling figures in both, `figures_share` their part of the report with fewer. None means not
    known. `other` is the other document's id, where it has one.
    """

    verdict: Resemblance
    text: float
    masked: float
    numbers_equal: int
    numbers_compared: int
    figures: tuple[str, ...]
    figures_share: float
    same_agency: bool | None
    same_year: bool | None
    same_site: bool | None
    says: str
    other: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Measures:
    text: float
    masked: float
    numbers_equal: int
    numbers_compared: int
    figures: tuple[str, ...]
    figures_share: float
    same_agency: bool | None
    same_year: bool | None
    same_site: bool | None

    @property
    def may_be_one_report(self) -> bool:
        is_same = self.same_agency is not False and self.same_year is not False
        return is_same and self.numbers_equal == self.numbers_compared and not self.only_digits_differ

    @property
    def only_digits_differ(self) -> bool:
        """The words are the same, sign by sign: then a number in the text differs, whether or not we know what it counts."""
        return self.text < self.masked == 1.0

    @property
    def few_numbers_differ(self) -> bool:
        return self.numbers_equal >= FEW_NUMBERS * self.numbers_compared

    @property
    def figures_kept(self) -> bool:
        """Particular figures in both, or every number of many equal in its cell, small as they may be."""
        all_equal = self.numbers_equal == self.numbers_compared >= MANY_NUMBERS
        return all_equal or (self.figures_share >= FIGURES_SHARE and bits(self.figures) >= FIGURES_BITS)


def explain(a: Report, b: Report, *, url_a: str | None = None, url_b: str | None = None) -> Likeness:
    """Return how two reports are alike; the order does not matter. Without both URLs the signal of the site is not known."""
    return compare(signals_of(a, url=url_a), signals_of(b, url=url_b))


def compare(a: Signals, b: Signals) -> Likeness:
    """Return how two reports are alike by their signals, for whoever compares one report with many."""
    measures = _measure(a, b)
    verdict = _judge(measures, a.source_class, b.source_class)
    return Likeness(verdict=verdict, says=f"{_MEANS[verdict]}: {_say(measures)}", **asdict(measures))


def same_agency(a: Agency | None, b: Agency | None) -> bool | None:
    """Say whether two agencies are one; None if either is not known, or if one may be the other's short name."""
    if a is None or b is None:
        return None
    if a.division and b.division and a.division != b.division:
        return False
    one, other = _name(a), _name(b)
    if one == other:
        return True
    return None if one.endswith(other) or other.endswith(one) else False


def _judge(m: _Measures, *sources: SourceClass) -> Resemblance:
    known_copy = not {"mirror", "content_farm"}.isdisjoint(sources)
    elsewhere = m.same_site is False or known_copy
    if m.may_be_one_report and m.text >= (MIRRORED if elsewhere else SAME_TEXT):
        return "mirror" if elsewhere else "same"
    if m.figures_kept and m.same_agency is not True and _may_be_spun(m, known_copy, sources):
        return "essay_mill"
    if m.same_agency and m.same_year and m.masked >= ONE_TEXT:
        return "corrected" if m.few_numbers_differ else "renumbered"
    if m.same_agency and m.same_year is False and (m.masked >= ONE_TEXT or m.figures_kept):
        return "next_year_copy"
    if m.same_agency is False and m.masked >= ONE_TEXT:
        return "sister_template"
    if None in (m.same_agency, m.same_year) and m.masked >= ONE_TEXT:
        return "undecided"
    return "same_figures" if m.figures_kept else "unrelated"


def _may_be_spun(m: _Measures, known_copy: bool, sources: Sequence[SourceClass]) -> bool:
    both_official = all(source == "official" for source in sources)
    # On one site half of the text and all figures may be a report and what an office took from it.
    most = MIRRORED if m.same_site is False else ONE_TEXT
    return known_copy or (m.text < most and not both_official)


def _measure(a: Signals, b: Signals) -> _Measures:
    readable = bool(a.text.size and b.text.size)
    telling = [name for name in a.numbers.keys() & b.numbers.keys() if a.numbers[name] or b.numbers[name]]
    figures = a.figures & b.figures
    return _Measures(
        text=jaccard(a.text, b.text) if readable else 0.0,
        masked=jaccard(a.masked, b.masked) if readable else 0.0,
        numbers_equal=sum(a.numbers[name] == b.numbers[name] for name in telling),
        numbers_compared=len(telling),
        figures=tuple(sorted(figures, key=lambda figure: (Decimal(figure), figure))),
        figures_share=len(figures) / max(1, min(len(a.figures), len(b.figures))),
        same_agency=same_agency(a.agency, b.agency),
        same_year=_equal(a.year, b.year),
        same_site=_equal(a.site, b.site),
    )


def _equal(one: object, other: object) -> bool | None:
    return None if one is None or other is None else one == other


def _name(agency: Agency) -> str:
    return "".join(unicodedata.normalize("NFKC", agency.name).split())


def _say(m: _Measures) -> str:
    known = {"agency": m.same_agency, "year": m.same_year, "site": m.same_site}
    words = {True: "same {}", False: "another {}", None: "{} not known on both sides"}
    only = ", so only digits differ" if m.only_digits_differ else ""
    figures = f"{len(m.figures)} telling figures in both ({m.figures_share:.0%} of the report with fewer)"
    return (
        f"{', '.join(words[same].format(what) for what, same in known.items())}; {m.text:.1%} of the wording in common,"
        f" {m.masked:.1%} with digits masked{only}; {m.numbers_equal} of {m.numbers_compared} numbers equal; {figures}"
    )


_MEANS: dict[Resemblance, str] = {
    "same": "the same report",
    "mirror": "the same report on another site, or on a page known as a copy",
    "corrected": "the same agency's report for the same year, with something changed",
    "renumbered": "the same agency's text for the same year, but most numbers differ: a year or an agency may be misread",
    "next_year_copy": "one agency's text or figures, in two years",
    "sister_template": "one text, two agencies",
    "essay_mill": "a report's figures in other words, on a page not known to be official",
    "same_figures": "the same figures, in other words",
    "undecided": "one text, but agency or year is not known on both sides, so it can't be said what it is",
    "unrelated": "nothing that tells",
}

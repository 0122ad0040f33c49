"""Made-up reports in pairs whose relation is known: what likeness is measured on.

The words mean nothing: two-character words drawn by lot, so that no two sentences are alike by chance. What is true to
life is the shape: about 4,000 characters, of which three in ten are a template that all share, some twenty
numbers in the prose, and the table of applications (2021 form) with mostly zeros.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

from archive.forms import table_form
from archive.model import Agency, Cell, Report, Statistics, Table

_LOT = Random(2008)
_SIGNS = [chr(code) for code in _LOT.sample(range(0x4E00, 0x9000), 900)]
WORDS = tuple("".join(_LOT.sample(_SIGNS, 2)) for _ in range(4000))
_SYNONYMS = dict(zip(WORDS, WORDS[1:] + WORDS[:1], strict=True))
_FORM = table_form("2021", "applications")
_SENTENCE = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """The words of one sentence, and the number it ends on, None for most."""

    words: tuple[str, ...]
    number: int | None = None

    def __str__(self) -> str:
        return "".join(self.words) + ("。" if self.number is None else f"{self.number}件。")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A made-up report before it is printed: sentences and the cells of its one table."""

    agency: str
    year: int
    sentences: tuple[Sentence, ...]
    cells: tuple[int, ...]

    def report(self) -> Report:
        """Return the report as a reader would give it, the table's text in the body."""
        return Report(
            title=f"{self.agency}{self.year}年政府信息公开工作年度报告",
            report_year=self.year,
            agency=Agency(name=self.agency),
            kind="annual_report",
            source_class="official",
            body="\n".join([f"{self.agency}{self.year}年", *map(str, self.sentences), *self.rows()]),
            statistics=Statistics(applications=self.table()),
        )

    def rows(self) -> list[str]:
        """Return the rows of the table as printed: the label once, then its values."""
        values = iter(self.cells)
        labels = {spec.row: spec.label for spec in _FORM.cells}
        return [" ".join([labels[row], *(str(next(values)) for _ in _FORM.columns)]) for row in _FORM.rows]

    def table(self) -> Table:
        """Return the table of applications, every cell printed."""
        values = zip(_FORM.cells, self.cells, strict=True)
        cells = {s.id: Cell(value=v, raw=str(v), kind="number" if v else "zero", unit=s.unit) for s, v in values}
        return Table(form="2021", status="complete", cells=cells)


def _fresh(lot: Random, number: int | None = None) -> Sentence:
    return Sentence(words=tuple(lot.choices(WORDS, k=_SENTENCE)), number=number)


_TEMPLATE = tuple(_fresh(_LOT) for _ in range(42))


def draft(seed: int, *, length: int = 90) -> Draft:
    """Return the made-up report of this seed: its own agency, year, sentences (three in ten of the template) and numbers."""
    lot = Random(seed)
    shared = lot.sample(_TEMPLATE, min(len(_TEMPLATE), length * 3 // 10))
    own = [_fresh(lot, _number(lot) if at % 5 == 0 else None) for at in range(length - len(shared))]
    sentences = [*shared, *own]
    lot.shuffle(sentences)
    agency = "".join(lot.sample(_SIGNS, 4)) + "人民政府"
    return Draft(agency=agency, year=lot.randrange(2021, 2026), sentences=tuple(sentences), cells=_cells(lot))


def edited(original: Draft, share: float, lot: Random) -> Draft:
    """Return the draft with a share of its sentences written anew, numbers kept where they stand."""
    chosen = set(lot.sample(range(len(original.sentences)), round(share * len(original.sentences))))
    sentences = (_fresh(lot, each.number) if at in chosen else each for at, each in enumerate(original.sentences))
    return replace(original, sentences=tuple(sentences))


def corrected(original: Draft, lot: Random, *, numbers: int = 3) -> Draft:
    """Return the draft with some cells of its table changed."""
    chosen = set(lot.sample(range(len(original.cells)), numbers))
    return replace(
        original,
        cells=tuple(value + 1 + lot.randrange(9) if at in chosen else value for at, value in enumerate(original.cells)),
    )


def next_year(original: Draft, lot: Random, *, share: float = 0.1) -> Draft:
    """Return next year's report of the same agency: every number new, a share of the sentences written anew."""
    return replace(_renumbered(edited(original, share, lot), lot), year=original.year + 1)


def sister(original: Draft, lot: Random, *, share: float = 0.2) -> Draft:
    """Return another agency's report of the same year, written over the original."""
    return replace(_renumbered(edited(original, share, lot), lot), agency="".join(lot.sample(_SIGNS, 4)) + "人民政府")


def mirrored(original: Draft, lot: Random) -> Report:
    """Return the report as another site shows it: two sentences lost, one of the site's own at the end, no agency named."""
    kept = list(original.sentences)
    for _ in range(2):
        kept.pop(lot.randrange(len(kept)))
    return replace(replace(original, sentences=(*kept, _fresh(lot))).report(), agency=None)


def spun(original: Draft, lot: Random, *, share: float = 0.4) -> Report:
    """Return the report as an essay mill sells it: a share of the words replaced, neighbours changed round, no year, no table."""
    sentences = [_spun(each, lot, share) for each in original.sentences]
    for at in range(0, len(sentences) - 1, 2):
        sentences[at : at + 2] = reversed(sentences[at : at + 2])
    return Report(title="".join(lot.choices(WORDS, k=4)), body="\n".join(map(str, sentences)), kind="annual_report")


def _spun(sentence: Sentence, lot: Random, share: float) -> Sentence:
    words: Sequence[str] = [_SYNONYMS[word] if lot.random() < share else word for word in sentence.words]
    return replace(sentence, words=tuple(words))


def _renumbered(original: Draft, lot: Random) -> Draft:
    sentences = (s if s.number is None else replace(s, number=_number(lot)) for s in original.sentences)
    return replace(original, sentences=tuple(sentences), cells=_cells(lot))


def _number(lot: Random) -> int:
    return int(10 ** lot.uniform(0, 4.5))


def _cells(lot: Random) -> tuple[int, ...]:
    return tuple(lot.randrange(1, 40) if lot.random() < 0.25 else 0 for _ in _FORM.cells)

"""Expectations: what numbers of a report, or of two years' reports, should satisfy, as data in the form's JSON file.

Unlike an identity, an expectation may span tables and years and may be an inequality. None is printed in the form; each names
its source. A term is `table/cell`, a leading `-` takes it off, a leading `previous:` means the same agency's report of the year
before; a number stands for itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from archive.model import Severity

Relation = Literal["=", "<=", ">=", "implies"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One summand: a cell, with its sign, of this year's report or the previous one; or a `constant` (then there is no cell)."""

    table: str = ""
    cell: str = ""
    sign: Literal[1, -1] = 1
    previous: bool = False
    constant: int | None = None

    def __str__(self) -> str:
        """Return the term as the form's file has it."""
        if self.constant is not None:
            return str(self.constant)
        return f"{'-' if self.sign < 0 else ''}{'previous:' if self.previous else ''}{self.table}/{self.cell}"


@dataclass(frozen=True, kw_only=True)
class Expectation:
    """`left op right`, both sums of terms; `implies` means: where left is above nought, so is right.

    `levels` are the agency's levels that it is for, empty for all.
    """

    id: str
    left: tuple[Term, ...]
    op: Relation
    right: tuple[Term, ...]
    says: str
    source: str
    severity: Severity = "soft"
    levels: tuple[str, ...] = ()

    @cached_property
    def terms(self) -> tuple[Term, ...]:
        """Every term of both sides."""
        return self.left + self.right

    @cached_property
    def spans_years(self) -> bool:
        """Say whether the previous year's report is needed."""
        return any(term.previous for term in self.terms)

    @property
    def owner(self) -> str:
        """The table that must be there, in this form, for the expectation to be tried: that of the first term."""
        return self.left[0].table


def parse_expectations(raw: Mapping[str, Any], labels: Mapping[str, str]) -> tuple[Expectation, ...]:
    """Return the expectations of a form's JSON; `labels` are the labels of row and column ids, to fill `says`."""
    return tuple(one for rule in raw.get("expectations", ()) for one in _unroll(rule, labels))


def _unroll(rule: Mapping[str, Any], labels: Mapping[str, str]) -> Iterator[Expectation]:
    key = next((key for key in ("row", "column") if f"for_each_{key}" in rule), None)
    for value in rule[f"for_each_{key}"] if key else [""]:
        names = {key: value} if key else {}
        yield Expectation(
            id=".".join([rule["id"], *names.values()]),
            left=tuple(_term(one, names) for one in rule["left"]),
            op=rule["op"],
            right=tuple(_term(one, names) for one in rule["right"]),
            says=rule["says"].format(**dict.fromkeys(names, labels.get(value, value))),
            source=rule["source"],
            severity=rule["severity"],
            levels=tuple(rule.get("levels", ())),
        )


def _term(raw: str | int, names: Mapping[str, str]) -> Term:
    if isinstance(raw, int):
        return Term(constant=raw)
    name = raw.format(**names)
    place = name.removeprefix("-")
    table, _, cell = place.removeprefix("previous:").partition("/")
    return Term(table=table, cell=cell, sign=-1 if name.startswith("-") else 1, previous=place.startswith("previous:"))

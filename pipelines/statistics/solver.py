"""Cells glued together without separators, read back by the identities: exact, and only what every solution agrees on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

MOST_STEPS = 60_000
"""How many partial readings are tried before a table is left unread."""


def splits(digits: str, count: int) -> Iterator[tuple[int, ...]]:
    """Yield every way to read a run of digits as `count` whole numbers without leading zeros."""
    if count == 1:
        if digits and (digits == "0" or digits[0] != "0"):
            yield (int(digits),)
        return
    longest = 1 if digits[:1] == "0" else len(digits) - count + 1
    for length in range(1, longest + 1):
        for rest in splits(digits[length:], count - 1):
            yield (int(digits[:length]), *rest)


@lru_cache(maxsize=2048)
def summing(digits: str, count: int) -> tuple[tuple[int, ...], ...]:
    """Return the readings whose last number is the sum of the others."""
    return tuple(one for one in splits(digits, count) if one[-1] == sum(one[:-1]))


def forced(digits: str, count: int) -> tuple[int, ...] | None:
    """Return the reading that length alone forces: as many digits as cells, or None."""
    return tuple(int(sign) for sign in digits) if len(digits) == count and digits.isdigit() else None


def solve(
    rows: Mapping[str, str],
    count: int,
    equations: Sequence[tuple[Sequence[str], Sequence[str]]],
) -> dict[str, tuple[int | None, ...]]:
    """Return, by row, the value of each cell where all solutions agree, None where they differ.

    Each row is a run of digits for `count` cells, the last their sum; each equation says that the rows of its left side sum
    to those of its right, column by column. Empty when nothing satisfies all of them, or the search is too wide.
    """
    choices = {name: summing(digits, count) for name, digits in rows.items()}
    if not all(choices.values()) or any(name not in rows for left, right in equations for name in (*left, *right)):
        return {}
    solutions = _search(choices, equations)
    if not solutions:
        return {}
    return {
        name: tuple(values.pop() if len(values := {one[name][k] for one in solutions}) == 1 else None for k in range(count))
        for name in rows
    }


def _search(
    choices: Mapping[str, tuple[tuple[int, ...], ...]],
    equations: Sequence[tuple[Sequence[str], Sequence[str]]],
) -> list[dict[str, tuple[int, ...]]]:
    """All solutions; none when the steps run out."""
    names = sorted(choices, key=lambda name: len(choices[name]))
    due = [[eq for eq in equations if max(names.index(one) for one in (*eq[0], *eq[1])) == k] for k in range(len(names))]
    partial: list[dict[str, tuple[int, ...]]] = [{}]
    for name, checks in zip(names, due, strict=True):
        partial = [{**one, name: choice} for one in partial for choice in choices[name]]
        if len(partial) > MOST_STEPS:
            return []
        partial = [one for one in partial if all(_holds(one, left, right) for left, right in checks)]
    return partial


def _holds(chosen: Mapping[str, tuple[int, ...]], left: Sequence[str], right: Sequence[str]) -> bool:
    return _total(chosen, left) == _total(chosen, right)


def _total(chosen: Mapping[str, tuple[int, ...]], names: Sequence[str]) -> tuple[int, ...]:
    return tuple(map(sum, zip(*(chosen[name] for name in names), strict=True)))

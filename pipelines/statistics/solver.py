"""Cells glued together without separators, read back by the identities: exact, and only what every solution agrees on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

MOST_STEPS = 60_000
"""How many partial readings are tried before a table is left unread."""

MOST_DIGITS = 30
"""Seven numbers of a province have fewer digits than this; longer runs are left unread."""


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
    """Return the readings of a run of digits as `count` numbers whose last is the sum of the others; none where it isn't a run of digits."""
    if len(digits) > MOST_DIGITS or not digits.isdigit() or not digits.isascii():
        return ()
    lasts = (k for k in range(count - 1, len(digits)) if digits[k] != "0" or k == len(digits) - 1)
    return tuple((*rest, int(digits[k:])) for k in lasts for rest in _adding(digits[:k], count - 1, int(digits[k:])))


def _adding(digits: str, count: int, total: int) -> Iterator[tuple[int, ...]]:
    """Every reading as `count` numbers that add up to `total`."""
    if count == 1:
        if digits == str(total):
            yield (total,)
        return
    widest = len(str(total))
    if len(digits) > count * widest:
        return
    longest = 1 if digits[:1] == "0" else min(len(digits) - count + 1, widest)
    for length in range(1, longest + 1):
        first = int(digits[:length])
        if first > total:
            return
        for rest in _adding(digits[length:], count - 1, total - first):
            yield (first, *rest)


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
    partial: list[dict[str, tuple[int, ...]]] = [{}]
    for name in sorted(choices, key=lambda name: len(choices[name])):
        partial = [{**one, name: choice} for one in partial for choice in choices[name]]
        if len(partial) > MOST_STEPS:
            return []
        checks = [equation for equation in equations if name in equation[0] or name in equation[1]]
        partial = [one for one in partial if all(_can_hold(one, left, right) for left, right in checks)]
    return partial


def _can_hold(chosen: Mapping[str, tuple[int, ...]], left: Sequence[str], right: Sequence[str]) -> bool:
    """Whether the two sides are equal, or still can be once their other rows are chosen: counts are never negative."""
    mine, theirs = _total(chosen, left), _total(chosen, right)
    left_open, right_open = any(name not in chosen for name in left), any(name not in chosen for name in right)
    return all((a >= b or left_open) and (a <= b or right_open) for a, b in zip(mine, theirs, strict=True))


def _total(chosen: Mapping[str, tuple[int, ...]], names: Sequence[str]) -> tuple[int, ...]:
    width = len(next(iter(chosen.values())))
    return tuple(sum(chosen[name][k] for name in names if name in chosen) for k in range(width))

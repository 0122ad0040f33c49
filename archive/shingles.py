"""A text as the set of its five-character shingles, hashed: what likeness of wording is measured on.

A shingle is five letters or digits in a row; blanks, punctuation, case and width do not count, so that a page laid out
anew keeps its shingles. All of it runs in numpy: a report of 5,000 characters takes about a tenth of a millisecond.
"""

from __future__ import annotations

import hashlib
import unicodedata
from functools import cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from archive.forms import form, FORM_IDS, TableForm

Hashes = NDArray[np.uint64]
Letters = NDArray[np.uint16]

SHINGLE = 5
_ZERO, _NINE = ord("0"), ord("9")
_POWERS = tuple(pow(0x9E3779B97F4A7C15, power, 1 << 64) for power in range(SHINGLE))
_TABLE_BITS = 20


def letters(text: str) -> Letters:
    """Return the letters and digits of a text as UTF-16 units, folded to half width and lower case."""
    units = np.frombuffer(text.encode("utf-16-le", "surrogatepass"), dtype="<u2")
    folded: Letters = _folding()[units]
    kept: Letters = folded[folded != 0]
    return kept


def mask_digits(codes: Letters) -> Letters:
    """Return the letters with each run of digits made one 0: what a form letter says, whatever the figures."""
    digit = (codes >= _ZERO) & (codes <= _NINE)
    again = np.zeros_like(digit)
    again[1:] = digit[1:] & digit[:-1]
    return np.where(digit, np.uint16(_ZERO), codes)[~again]


def shingles(codes: Letters) -> Hashes:
    """Return the set of a text's shingles as sorted, distinct 64-bit hashes; a text under five letters is one shingle.

    Shingles of the statutory tables' own labels are left out: every report prints them, so they say nothing of who
    wrote it.
    """
    return distinct(own_shingles(codes))


def own_shingles(codes: Letters) -> Hashes:
    """Return the hashes of `shingles` in the order of the text, repeated as they are there: enough for a signature, in half the time."""
    hashes = hash_shingles(codes)
    own: Hashes = hashes[~_statutory()[hashes >> np.uint64(64 - _TABLE_BITS)]]
    return own


def hash_shingles(codes: Letters) -> Hashes:
    """Return a well-mixed 64-bit hash for each shingle, in the order of the text; empty for an empty text."""
    if not codes.size:
        return np.empty(0, dtype=np.uint64)
    wide = np.zeros(max(codes.size, SHINGLE), dtype=np.uint64)
    wide[: codes.size] = codes
    count = wide.size - SHINGLE + 1
    summed = np.zeros(count, dtype=np.uint64)
    for start, power in enumerate(_POWERS):
        summed += wide[start : start + count] * np.uint64(power)
    return mix(summed)


def distinct(hashes: Hashes) -> Hashes:
    """Return the hashes sorted, each once (`np.unique` does the same ten times slower)."""
    ordered = np.sort(hashes)
    first = np.ones(ordered.size, dtype=np.bool_)
    first[1:] = ordered[1:] != ordered[:-1]
    return ordered[first]


def mix(numbers: Hashes) -> Hashes:
    """Return the numbers scattered over all 64 bits (the finaliser of SplitMix64, Steele and others 2014)."""
    mixed = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


def jaccard(one: Hashes, other: Hashes) -> float:
    """Return the share of shingles that two sets have in common, 0 to 1; 1 for two empty sets."""
    if not one.size and not other.size:
        return 1.0
    both = np.sort(np.concatenate((one, other)), kind="stable")
    union = 1 + np.count_nonzero(both[1:] != both[:-1])
    return float((one.size + other.size - union) / union)


@cache
def scheme() -> str:
    """Return a short name that changes whenever the same text would give other shingles, as when a form gets a new label."""
    tables = _folding().tobytes() + np.packbits(_statutory()).tobytes()
    return f"{SHINGLE}-{hashlib.sha256(tables).hexdigest()[:16]}"


@cache
def _folding() -> Letters:
    table = np.array([_fold(chr(code)) for code in range(1 << 16)], dtype=np.uint16)
    # Half of a character beyond the basic plane is kept: two halves in a row are that character.
    table[0xD800:0xE000] = np.arange(0xD800, 0xE000)
    return table


def _fold(char: str) -> int:
    plain = unicodedata.normalize("NFKC", char).casefold()
    return next((ord(each) for each in plain if each.isalnum() and ord(each) < 1 << 16), 0)


@cache
def _statutory() -> NDArray[np.bool_]:
    """Return a table over the first bits of a hash: does a label of the forms have a shingle there?

    A shingle of a report's own falls on one of them in about one case of three hundred, in every report alike.
    """
    seen = np.zeros(1 << _TABLE_BITS, dtype=np.bool_)
    for text in _printed_labels():
        seen[hash_shingles(mask_digits(letters(text))) >> np.uint64(64 - _TABLE_BITS)] = True
    return seen


def _printed_labels() -> set[str]:
    tables = [table for form_id in FORM_IDS for table in form(form_id).tables.values()]
    return {text for table in tables for text in _labels_in_order(table)}


def _labels_in_order(table: TableForm) -> list[str]:
    """Return the labels alone, and each with its neighbour, as printed with a number between and with none."""
    rows = list(dict.fromkeys((spec.group or "", spec.label) for spec in table.cells))
    columns = list(dict.fromkeys(spec.column_label or "" for spec in table.cells))
    labels = [*columns, *(label for _, label in rows), *(group + label for group, label in rows), *table.headings]
    beside = [between.join(pair) for pair in pairwise(label for _, label in rows) for between in ("", "0")]
    return [*labels, "".join(columns), *beside]

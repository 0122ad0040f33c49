"""Signatures that estimate how much two sets have in common (MinHash), and the bands that find similar ones (LSH).

`signature` is one-permutation MinHash (Li, Owen, Zhang 2012): the hashes are dealt into bins by their first bits and the
smallest of each bin stands for it; an empty bin borrows from another (Shrivastava 2017). It needs one pass, where the
classic way needs one for each of its hash functions. `signature_of_few` is the classic way, for sets so small
that most bins would be empty.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from archive.shingles import Hashes, mix

Signature = NDArray[np.uint32]

BINS = 256
_BIN_BITS = 8
_NONE = np.uint64((1 << 64) - 1)
"""Stands in a bin without hashes; a hash of this value would be taken for none, in one case of 2⁶⁴."""
_LENDERS = np.argsort(mix(np.arange(1, BINS * BINS + 1, dtype=np.uint64)).reshape(BINS, BINS), axis=0)
"""Column i: the bins that bin i asks, in turn, when it is empty; the same for every set, by every numpy."""
_SEEDS = mix(np.arange(1, BINS + 1, dtype=np.uint64) << np.uint64(32)).reshape(BINS, 1)


def signature(hashes: Hashes) -> Signature:
    """Return the 256 values that stand for a set of well-mixed 64-bit hashes, in any order and repeated or not; zeros for an empty set."""
    if not hashes.size:
        return np.zeros(BINS, dtype=np.uint32)
    smallest = np.full(BINS, _NONE)
    np.minimum.at(smallest, (hashes >> np.uint64(64 - _BIN_BITS)).astype(np.intp), hashes)
    filled = smallest != _NONE
    values: Signature = smallest.astype(np.uint32)
    return values if filled.all() else _borrow(values, filled)


def signature_of_few(hashes: Hashes, size: int) -> Signature:
    """Return `size` (at most 256) values that stand for a small set of well-mixed hashes; zeros for an empty set."""
    if not hashes.size:
        return np.zeros(size, dtype=np.uint32)
    smallest: Hashes = mix(hashes ^ _SEEDS[:size]).min(axis=1)
    return smallest.astype(np.uint32)


def band_keys(values: Signature, rows: int, *, salt: int = 0) -> list[int]:
    """Return a signed 64-bit key for each full band of `rows` values: sets that share a key may be similar.

    Bands of different places, or of different `salt`, never share a key on purpose.
    """
    bands = values.size // rows
    key = np.arange(1, bands + 1, dtype=np.uint64) + np.uint64(salt << 32)
    for column in values[: bands * rows].reshape(bands, rows).T:
        key = mix(key ^ column)
    keys: list[int] = key.astype(np.int64).tolist()
    return keys


def _borrow(values: Signature, filled: NDArray[np.bool_]) -> Signature:
    empty = np.flatnonzero(~filled)
    lenders = _LENDERS[:, empty]
    chosen = lenders[filled[lenders].argmax(axis=0), np.arange(empty.size)]
    borrowed = values.copy()
    borrowed[empty] = values[chosen]
    return borrowed

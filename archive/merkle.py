"""The Merkle tree of a list of leaves (RFC 9162 §2.1.1): one hash that stands for all of them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence


def merkle_root(leaves: Sequence[bytes]) -> str:
    """Return the hex SHA-256 root of the leaves, in their order; that of no leaves is the hash of nothing."""
    level = [hashlib.sha256(b"\0" + leaf).digest() for leaf in leaves]
    if not level:
        return hashlib.sha256(b"").hexdigest()
    # Pairing from the left and handing an odd last one up gives the tree of the RFC, whose left part is a power of two.
    while len(level) > 1:
        paired = [hashlib.sha256(b"\1" + left + right).digest() for left, right in zip(level[::2], level[1::2], strict=False)]
        level = paired + level[len(paired) * 2 :]
    return level[0].hex()

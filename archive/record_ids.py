"""Names of WARC records: UUIDs in order of time (version 7, RFC 9562), so that the catalog's indexes grow at one end."""

from __future__ import annotations

import secrets
import time
import uuid

_RANDOM_BITS = 74


def record_uri() -> str:
    """Return a new WARC-Record-ID without its brackets: `urn:uuid:…`."""
    return f"urn:uuid:{uuid_of(time.time_ns() // 1_000_000, secrets.randbits(_RANDOM_BITS))}"


def uuid_of(milliseconds: int, random: int) -> uuid.UUID:
    """Return the UUID of a time (since 1970) and 74 random bits.

    >>> str(uuid_of(0x017F22E279B0, 0))
    '017f22e2-79b0-7000-8000-000000000000'
    """
    high, low = random >> 62 & 0xFFF, random & (1 << 62) - 1
    return uuid.UUID(int=(milliseconds & (1 << 48) - 1) << 80 | 7 << 76 | high << 64 | 2 << 62 | low)

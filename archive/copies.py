"""Reports whose text, numbers aside, is nearly that of another report: from last year, or from another office.

The office's own name is left out before, so that a text which only names another office is the same text.
"""

from __future__ import annotations

from dataclasses import dataclass

from archive.codec import Json
from archive.minhash import band_keys, signature
from archive.shingles import Hashes, jaccard, letters, mask_digits, shingles

COPIED = 0.85
"""Share of masked shingles in common from which a text is called a copy."""

ROWS = 8
BANDS = 18
"""Values in a band, and bands: of two texts with 0.85 in common 99.7 % share a band, with 0.45 in common 3 %."""

MIN_SHINGLES = 200
"""A text of fewer shingles says too little to be called a copy."""


@dataclass(frozen=True, slots=True, eq=False)
class Wording:
    """A report's text without numbers and without its office's name, as shingles."""

    hashes: Hashes

    def bands(self) -> list[int]:
        """Return the keys under which copies of this text are found; none for a text that says too little."""
        return band_keys(signature(self.hashes)[: ROWS * BANDS], ROWS) if self.hashes.size >= MIN_SHINGLES else []

    def share(self, other: Wording) -> float:
        """Return the share of shingles in common, 0 to 1."""
        return jaccard(self.hashes, other.hashes)


def wording_of(document: Json) -> Wording:
    """Return the wording of a document (its JSON). Lines of tables are left out: forms are alike by statute."""
    name = (document["agency"] or {}).get("name") or ""
    text = "\n".join(line for line in document["body"].split("\n") if " | " not in line)
    return Wording(shingles(mask_digits(letters(text.replace(name, "") if name else text))))

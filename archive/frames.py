"""The frame of a page: which elements its template is made of. A redesign changes the frames of many pages alike.

Text and numbers are left out, so that a counter, a date or a list of the latest news is no change of the frame.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

Frame = frozenset[str]

REDESIGN_PAGES = 3
"""So many pages of a site with the same difference of frames are a redesign."""

_TAG = re.compile(rb"<([a-zA-Z][a-zA-Z0-9]{0,15})\b([^<>]*)>")
_NAMES = re.compile(rb"""\b(class|id)\s*=\s*["']?([^"'<>]*)["']?""", re.IGNORECASE)
_DIGITS = re.compile(r"(?=[a-f]{0,64}\d)[0-9a-f]{6,}|\d+")
"""Numbers, and what is drawn by lot for each answer: six hexadecimal digits or more. Bounded: a name may be as long as its page."""


def frame_of(payload: bytes) -> Frame:
    """Return the frame of an HTML payload: `tag.class` and `tag#id`, digits masked; empty for what has no tags."""
    return frozenset(token for tag, inner in _TAG.findall(payload) for token in _tokens(tag, inner))


def _tokens(tag: bytes, inner: bytes) -> Iterable[str]:
    name = tag.decode("ascii").lower()
    for kind, value in _NAMES.findall(inner):
        mark = "#" if kind.lower() == b"id" else "."
        for word in value.decode("latin-1").split():
            yield f"{name}{mark}{_DIGITS.sub('0', word)}"


def frame_difference(old: Frame, new: Frame) -> tuple[str, ...]:
    """Return what differs between two frames, sorted: `-div.old`, `+div.new`."""
    return tuple(sorted([f"-{token}" for token in old - new] + [f"+{token}" for token in new - old]))


def redesigned(differences: Mapping[str, tuple[str, Iterable[str]]]) -> frozenset[str]:
    """Return the changes that are part of a redesign; `differences` holds, of one site, (page, difference) by change.

    At least half of a change's difference must be shared with `REDESIGN_PAGES` pages. The order does not matter.
    """
    pages: dict[str, set[str]] = {}
    for page, tokens in differences.values():
        for token in tokens:
            pages.setdefault(token, set()).add(page)
    common = {token for token, where in pages.items() if len(where) >= REDESIGN_PAGES}
    return frozenset(change for change, (_, tokens) in differences.items() if _mostly(set(tokens), common))


def _mostly(tokens: set[str], common: set[str]) -> bool:
    return bool(tokens) and 2 * len(tokens & common) >= len(tokens)

"""Words of a text as a full-text index keeps them, and what a person searches for. Pure.

Chinese is written without spaces, and an index of whole runs finds no word inside one. So each two signs in a row are a token (检索 by
bigrams), which finds every word of two signs and more; a word in letters or digits is a token as it is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from operator import add

from archive.errors import Misuse

AGENCY, TITLE, YEAR = "\ue001", "\ue002", "\ue003"
"""Signs of the private use area before tokens of an agency's name, of a title, and a report year: they stand in no text."""

_WORD = re.compile("[0-9a-z]+")
_PIECE = re.compile(r"[0-9A-Za-z]+|\S")
_SPACES = re.compile(r"\s+")
_QUOTE = re.compile('["“”]')
_TERM = re.compile(r'"([^"]*)"|“([^”]*)”|([^\s"“”]+)')
_BESIDE = 30


@dataclass(frozen=True)
class Term:
    """A word or phrase that is searched for: its characters stand together in a text, whatever spaces are between."""

    text: str

    @cached_property
    def tokens(self) -> frozenset[str]:
        """The tokens that a text with this term has for certain; empty for a single sign."""
        return frozenset((*_WORD.findall(folded(self.text)), *pairs(folded(self.text))))

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """What finds the term in a text of half-width letters; words in letters and digits are whole words."""
        pieces = _PIECE.findall(unfolded(self.text))
        words = (
            rf"(?<![0-9A-Za-z]){each}(?![0-9A-Za-z])" if each.isascii() and each.isalnum() else re.escape(each)
            for each in pieces
        )
        return re.compile(r"\s*".join(words), re.IGNORECASE)


def terms_of(words: Iterable[str]) -> tuple[Term, ...]:
    """Return the terms of a search: each of the words as it is given, or the words and the phrases in quotes that it is made of.

    Raises Misuse for what can't be searched for.
    """
    found = (term for word in words for term in _terms(word))
    terms = tuple(Term(text) for text in dict.fromkeys(found) if text)
    if not terms:
        raise Misuse("there is nothing to search for: give words of at least two characters")
    for term in terms:
        if not term.tokens:
            raise Misuse(f"{term.text!r} can't be searched for: a word has at least two characters")
    return terms


def _terms(word: str) -> list[str]:
    if not _QUOTE.search(word):
        return [word.strip()]
    return ["".join(each).strip() for each in _TERM.findall(word)]


def unfolded(text: str) -> str:
    """Return a text in half-width letters."""
    return unicodedata.normalize("NFKC", text)


def folded(text: str) -> str:
    """Return a text in half-width small letters."""
    return unfolded(text).lower()


def pairs(text: str) -> set[str]:
    """Return each two signs that stand together in a text, spaces left out; letters and digits of ASCII are no signs."""
    signs = _SPACES.sub("", text)
    return {pair for pair in set(map(add, signs, signs[1:])) if pair[0] > "\x7f" < pair[1] and pair.isalnum()}


def tokens_of(title: str, agency: str, body: str, year: int | None) -> set[str]:
    """Return the tokens of a document."""
    text = folded(f"{title}\n{agency}\n{body}")
    own = {f"{YEAR}{year}"} if year else set()
    return {*_WORD.findall(text), *pairs(text), *marked(AGENCY, agency), *marked(TITLE, title), *own}


def marked(mark: str, text: str) -> Iterable[str]:
    """Return the pairs of a name or title, with the sign that says of what they are."""
    return {mark + pair for pair in pairs(folded(text))}


def snippet(text: str, terms: Iterable[Term]) -> str | None:
    """Return a piece of a text around its first term, in one line; None where one of the terms is not there."""
    plain = unfolded(text)
    found = [term.pattern.search(plain) for term in terms]
    places = [each.span() for each in found if each]
    if len(places) < len(found) or not places:
        return None
    start, end = min(places)
    before, after = max(0, start - _BESIDE), min(len(plain), end + _BESIDE)
    piece = _SPACES.sub(" ", plain[before:after]).strip()
    return f"{'…' if before else ''}{piece}{'…' if after < len(plain) else ''}"

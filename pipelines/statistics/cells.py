"""What one printed cell says: number, explicit zero, blank, dash or words; its unit; and what it might mean if unclear."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from functools import lru_cache

from archive.forms import CellSpec
from archive.model import Cell, CellKind, CellReading, Number, Place

_UNITS = "万元|亿元|元|件次|件|条|人次|人|次|篇|个|项|宗|起|部|份|家|万"
_NUMBER = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_PLAIN = re.compile(rf"(?P<sign>[+-])?(?P<number>{_NUMBER})(?P<unit>{_UNITS})?(?P<note>\([^()]*\))?")
_SIGNED = re.compile(
    rf"(?P<sign>\+|-|增加|新增|增|减少|减|↑|↓)\(?(?P<number>{_NUMBER})\)?(?P<unit>{_UNITS})?(?P<note>\([^()]*\))?",
)
_DASH = re.compile(r"[-/\\|_]+")
_UNCLEAR = re.compile(r"[+-]?[\dOo〇○lI][\dOo〇○lI,. ]*")
PICTURE = "\ufffc"
"""Stands for what is printed in a cell and is no text (U+FFFC, object replacement character): a picture, something struck out."""
_NUMBER_SIGN = re.compile(r"[¹²³⁰-₉①-⓿❶-➓½⅓¼¾㈠-㊉]")
"""Signs that NFKC would turn into digits of the number beside them: footnote marks, above all."""
_WORD = re.compile(r"[\u4e00-\u9fff]")
_DIGIT = re.compile(r"\d")
_MARKED_NUMBER = re.compile(r"(?=\D|.*[^\d.,]$)[^\w+-]{0,3}(?P<number>\d[\d.,]*)[^\w+%‰-]{0,3}")
"""A number beside signs that are none of a number's: a footnote's star, a stroke; a share (%) is a printed text."""
_LEADING_ZERO = re.compile(r"[+-]?0\d")
LONGEST_NUMBER = 16
"""No count and no amount in these tables is longer, commas and decimals included: what is, is several numbers run together."""
_LONGEST = 400
"""Python refuses to make an int of thousands of digits; nothing near that is a cell."""
_PAD = " \t\r\n\u00a0\u3000\u2002\u2003\u2009\u200b\ufeff"
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−─━﹣ー", "-") | {"／": "/"})
_LESS = frozenset({"-", "减少", "减", "↓"})
_DIGITS = {"零": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}
_LOOKALIKES = str.maketrans("Oo〇○lI", "000011")


def is_count(text: str) -> bool:
    """Say whether a text is a whole number in plain digits, no longer than one of these tables: Python makes no int of thousands."""
    return text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER


def read_cell(raw: str, spec: CellSpec, at: Place | None) -> Cell:
    """Return the cell that the text of one printed cell says.

    A number is taken only where it is unmistakable; a letter O, a space inside a number or a leading zero leaves the cell
    `unread` with what it might be as candidate. Words (无, 见附件, `+1/-2`) are kept as text without a value.
    """
    return _made(Cell, _said(raw, spec.signed, spec.unit) + (at,))  # noqa: RUF005 - half the time of unpacking


_made = tuple.__new__
"""Makes a named tuple of all its fields in half the time of its own constructor."""


@lru_cache(maxsize=2048)
def _said(
    raw: str, signed: bool, unit: str | None
) -> tuple[Number | None, str, CellKind, str | None, CellReading, tuple[Number, ...]]:
    """All of a cell but its place: most cells of most reports are one of a few."""
    printed = raw.strip(_PAD)
    kind, reading, value, own, candidates = _meaning(printed, signed)
    return value, printed, kind, own or unit, reading, candidates


def unread_cell(spec: CellSpec, candidates: tuple[Number, ...] = (), raw: str = "", at: Place | None = None) -> Cell:
    """Return a cell that is there in the form but could not be read."""
    return Cell(
        value=None,
        raw=raw,
        kind="text" if raw else "blank",
        unit=spec.unit,
        reading="unread",
        candidates=candidates,
        at=at,
    )


def inferred_cell(value: Number, spec: CellSpec, raw: str, at: Place | None) -> Cell:
    """Return a cell whose value the identities prove."""
    return Cell(value=value, raw=raw, kind="number" if value else "zero", unit=spec.unit, reading="inferred", at=at)


@lru_cache(maxsize=2048)
def is_value(text: str) -> bool:
    """Say whether the text of a whole cell can stand in a value column: empty, a number, a dash or 无."""
    kind, reading, _, _, candidates = _meaning(text.strip(_PAD), signed=True)
    return kind != "text" or (reading == "unread" and bool(candidates)) or fold(text) in _NOTHING


_NOTHING = frozenset({"无", "不涉及", "没有", "暂无", "/无", "未涉及", "未开展", "+/-"})


@lru_cache(maxsize=2048)
def fold(text: str) -> str:
    """Return the text in NFKC with every dash as `-` and no padding of any kind."""
    return unicodedata.normalize("NFKC", text.translate(_DASHES)).translate(_DASHES).strip(_PAD)


@lru_cache(maxsize=2048)
def _meaning(printed: str, signed: bool) -> tuple[CellKind, CellReading, Number | None, str | None, tuple[Number, ...]]:
    text = " ".join(fold(printed).split())
    tight = text.replace(" ", "")
    if not text:
        return "blank", "printed", None, None, ()
    if PICTURE in printed or _NUMBER_SIGN.search(printed):
        return "text", "unread", None, None, ()
    if _DASH.fullmatch(tight):
        return "dash", "printed", None, None, ()
    if match := _match(text, tight, signed=signed):
        return _number(match)
    if chinese := _chinese(tight):
        return _kind(chinese[0]), "printed", chinese[0], chinese[1], ()
    if _UNCLEAR.fullmatch(text):
        return "text", "unread", None, None, _candidates(tight)
    if match := _MARKED_NUMBER.fullmatch(tight):
        return "text", "unread", None, None, _candidates(match["number"])
    return "text", "unread" if _is_worded_number(tight) else "printed", None, None, ()


def _is_worded_number(text: str) -> bool:
    """Whether a number stands among words: a label that ran into the cell, or a remark. Somebody must look."""
    return _DIGIT.search(text) is not None and _WORD.search(text) is not None


def _match(text: str, tight: str, *, signed: bool) -> re.Match[str] | None:
    """A number with no space between its digits; a sign in words only where the form has signs."""
    if len(tight) > _LONGEST or re.search(r"[\d.,] +[\d.,]", text.partition("(")[0]):
        return None
    return (_SIGNED.fullmatch(tight) if signed else None) or _PLAIN.fullmatch(tight)


def _number(match: re.Match[str]) -> tuple[CellKind, CellReading, Number | None, str | None, tuple[Number, ...]]:
    value = to_number(match["number"])
    value = -value if match["sign"] in _LESS else value
    if _LEADING_ZERO.match(match["number"]) or len(match["number"]) > LONGEST_NUMBER:
        return "text", "unread", None, match["unit"], (value,)
    return _kind(value), "printed", value, match["unit"], ()


def _kind(value: Number) -> CellKind:
    return "number" if value else "zero"


def to_number(digits: str) -> Number:
    """Return the exact number of a run of digits, with or without thousands commas and decimal point."""
    plain = digits.replace(",", "")
    return Decimal(plain) if "." in plain else int(plain)


def _chinese(text: str) -> tuple[int, str | None] | None:
    """零 to 九十九, with or without a unit."""
    match = re.fullmatch(rf"(?P<tens>[一二三四五六七八九]?十)?(?P<ones>[零〇一二两三四五六七八九])?(?P<unit>{_UNITS})?", text)
    if match is None or not (match["tens"] or match["ones"]):
        return None
    tens = _DIGITS.get(match["tens"][0], 1) if match["tens"] and len(match["tens"]) == 2 else 1
    return (tens * 10 if match["tens"] else 0) + _DIGITS.get(match["ones"] or "零", 0), match["unit"]


def _candidates(text: str) -> tuple[Number, ...]:
    """The number that is meant if look-alike letters are digits and spaces nothing; none where that is no number."""
    match = _PLAIN.fullmatch(text.translate(_LOOKALIKES)) if len(text) <= _LONGEST else None
    return (to_number(match["number"]) * (-1 if match["sign"] == "-" else 1),) if match else ()

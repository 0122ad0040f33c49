"""Numbers as Chinese prose writes them: digits of both widths, thousands commas, Chinese numerals."""

from __future__ import annotations

import re
from decimal import Decimal

from archive.model import Number

ZEROS = "零〇○0０"
"""The zero signs of years and counts; editors use all of them, ○ (U+25CB) included."""

HAN = "\\u3400-\\u4dbf\\u4e00-\\u9fff\\U00020000-\\U000323af"
"""Range of Chinese characters inside a pattern's brackets, rare ones included: places such as 㵲阳镇 and 大𫭢镇 need them."""

_DIGITS = {**dict.fromkeys(ZEROS, 0), **{sign: n for n, sign in enumerate("一二三四五六七八九", start=1)}, "两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000}

NUMBER = r"(?:\d+(?:[,，]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|[零〇○一二三四五六七八九十百千万两]+)"
"""Pattern of a printed number, without sign or unit."""

MOST_SIGNS = 30
"""No number in a report is longer, and Python makes no int of thousands of digits."""

# The look behind stands behind the first sign, so that a search goes from one such sign to the next.
_YEAR = re.compile(rf"[二2](?<![一二三四五六七八九].)[{ZEROS}][{ZEROS}一二三四五六七八九\d]{{2}}(?![一二三四五六七八九])")


def number_of(text: str) -> Number | None:
    """Return the value of a printed number, None for what is none; a decimal keeps its printed digits.

    >>> number_of("1，033"), number_of("二十三"), number_of("一百零五"), number_of("零")
    (1033, 23, 105, 0)
    """
    plain = text.replace(",", "").replace("，", "").strip()
    if len(plain) > MOST_SIGNS:
        return None
    if re.fullmatch(r"\d+", plain):
        return int(plain)
    if re.fullmatch(r"\d+\.\d+", plain):
        return Decimal(plain)
    return chinese_number(plain)


def chinese_number(text: str) -> int | None:
    """Return the value of a Chinese numeral below a hundred million, None for what is none."""
    if not text or any(sign not in _DIGITS and sign not in _UNITS and sign != "万" for sign in text):
        return None
    if all(sign in _DIGITS for sign in text):
        return int("".join(str(_DIGITS[sign]) for sign in text))
    high, mark, low = text.rpartition("万")
    return (_below_ten_thousand(high) if mark else 0) * 10_000 + _below_ten_thousand(low)


def _below_ten_thousand(text: str) -> int:
    total, digit = 0, 0
    for place, sign in enumerate(text):
        if sign in _UNITS:
            total += (digit or (1 if place == 0 else 0)) * _UNITS[sign]
            digit = 0
        else:
            digit = _DIGITS[sign]
    return total + digit


def plain_years(text: str) -> str:
    """Return the text with years written as Chinese digits (二〇二三, in every zero sign) as plain digits of the same length.

    >>> plain_years("二○二三年")
    '2023年'
    """
    return _YEAR.sub(lambda found: "".join(str(_DIGITS.get(sign, sign)) for sign in found[0]), text)

"""What Chinese division names are made of: proper part (专名), peoples (族), and the word for the kind of division (通名)."""

from __future__ import annotations

import re
from functools import cache

_PEOPLES = (
    "维吾尔|哈萨克|柯尔克孜|塔吉克|乌孜别克|塔塔尔|俄罗斯|锡伯|达斡尔|鄂温克|鄂伦春|蒙古|朝鲜|土家|布依|哈尼|景颇|傈僳|仡佬|毛南|仫佬|拉祜"
    "|布朗|独龙|普米|纳西|裕固|保安|东乡|撒拉|德昂|阿昌|基诺|珞巴|门巴|赫哲|壮|回|藏|苗|侗|彝|傣|白|羌|满|瑶|黎|畲|水|佤|怒|土|京|各"
)
_AUTONOMOUS = re.compile(rf"(.{{2,}}?)(?:(?:{_PEOPLES})族?)+自治([区州县旗])")
_PEOPLE_ITSELF = re.compile(r"(.{2,}?)族?自治([州县旗])")
_KIND = re.compile(r"(.{2,}?)(特别行政区|自治区|地区|林区|新区|特区|矿区|省|市|区|县|盟|旗)")


@cache
def aliases(name: str) -> tuple[tuple[str, bool], ...]:
    """Return what a division is called, longest first, each with whether it still says the kind: full names do, stems don't.

    酉阳土家族苗族自治县 → itself, 酉阳县 (both True), 酉阳 (False). A stem of one character (凤 of 凤县) is no name.
    """
    autonomous = _AUTONOMOUS.fullmatch(name) or _PEOPLE_ITSELF.fullmatch(name)
    if autonomous:
        proper, kind = autonomous.groups()
        short = () if kind == "区" else ((proper + kind, True),)
        return ((name, True), *short, (proper, False))
    plain = _KIND.fullmatch(name)
    return ((name, True), (plain[1], False)) if plain else ((name, True),)


def stem(name: str) -> str:
    """Return the proper part of a division's name: 上虞 for 上虞市 and 上虞区, the whole name where nothing can be taken off."""
    return aliases(name)[-1][0]

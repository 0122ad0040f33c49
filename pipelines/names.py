"""Names of organs (机关名称): the full form and the parent, as far as the name itself holds them."""

from __future__ import annotations

import re

from pipelines.numerals import HAN

_ZONE = re.compile(
    r"(?:开发区|高新区|新区|园区|示范区|试验区|度假区|工业区|保税区|合作区|风景区|景区|功能区|灌区|库区|林区|矿区|社区|校区|经开区)$"
)
_SUFFIX = re.compile(
    r"(?:人民政府|政府|办事处|委员会|管委会|办公厅|办公室|厅|局|部|委|署|院|会|中心|公署|支队|大队|总队|分局|分中心|银行|[支分]行|学校|大学|学院|[中小]学|医院|幼儿园|第[一二三四五六七八九十]{1,2}师|街道|办|所|站|司|集团|公司|馆|社|队"
    r"|省|市|区|县|旗|自治州|盟|地区|镇|乡|苏木|场)$"
)
# Words that a sentence has and a name hasn't. Names look like sentences often enough: 贵州, 全州, 平等镇, 固本乡, 新发布依族乡.
_NO_NAME = re.compile(
    r"^(?:我|各|该|某|全[省市区县镇乡年]|全州(?!县)|贵(?:办|局|单位|机关|厅)|其|有关|上级|人民政府$|政府|(?:党政|综合|党政综合)?办公室|配合|协同|邀请|依托|街道办事处$|行政机关|依法|关于|根据|按照|为|由|在|对(?!外)"
    r"|是|现将|[省市县区](?:人民)?政府|部门|目前|今年|本(?:单位|机关|部门|局|厅|委|镇|乡|街|县|区|市|办|级|年|地|行政))"
    r"|我[省市区县州镇乡局厅委办单部街]|的(?!乡)|了|等(?:部门|单位|方面|有关|各|相关|$)|通过|认真|全面|积极|进一步|组织(?!部)|提供|公布|编制(?!委)|发布(?!依族)"
    r"|确保|针对|发生|收到|尚未|开展|加强|推进(?!办|中心|委)|落实|建立|公开|情况|报告|工作(?!局|委|部|办)|信息(?!化|中心|产业)|[)）](?!$)|\d|年度"
)
# 以推动政府, 规范政府: of a sentence, the subject's 政府 behind a verb. A government is one of a place.
_GOVERNED = re.compile(r"(?:[省市县区州旗盟镇乡木场道团]|地区|兵团|第[一二三四五六七八九十]{1,2}师)(?:人民)?政府$")
_UNIT = rf"[{HAN}]{{1,12}}?(?:特别行政区|自治区|自治州|自治县|自治旗|生产建设兵团|地区|新区|省|市|盟|州|区|县|旗)"
_REGION = re.compile(rf"(?:{_UNIT})+")
_CITY_WORK = re.compile(r"(?<=[省市州区县旗])城市$")
"""青川县城市管理局 manages the county's towns: 城市 is no city there."""


def full_name(text: str) -> str | None:
    """Return an organ's full name from the words that name it; None where they name no organ (我局, 本单位, 办公室).

    A bare place is its government: 衡东县杨林镇 → 衡东县杨林镇人民政府, 西平街道 → 西平街道办事处.
    """
    name = re.sub(r"[\s\u3000\xa0]+", "", text).strip("，,。、:：《》-—·|")
    name = _unbracketed(name)
    plain = re.sub(r"(?<=.)[(（][^()（）]*[)）]$", "", name)
    if not _is_long_enough(plain) or _NO_NAME.search(plain) or not _SUFFIX.search(plain):
        return None
    if plain.endswith("政府") and not _GOVERNED.search(plain):
        return None
    return _completed(name)


def _unbracketed(name: str) -> str:
    """The name without brackets around it, or one at an end that has no partner: 城市管理局（综合执法局） keeps its own."""
    if len(re.findall(r"[(（]", name)) == len(re.findall(r"[)）]", name)) and not re.match(
        r"[(（][^()（）]*[)）]$|[)）]", name
    ):
        return name
    return name.strip("()（）")


def _is_long_enough(name: str) -> bool:
    """Say whether a name has the length of one; two characters are enough for a county (丰县), not for an organ (区委)."""
    return 3 <= len(name) <= 40 or re.fullmatch(r"[^两几外内郊辖市县区州省][县]", name) is not None


def _completed(name: str) -> str:
    name = re.sub(r"(?<=[省市区县旗州乡镇])政府(?=$|办公厅$|办公室$|办$)", "人民政府", name)
    name = re.sub(r"(?<=人民政府)办$", "办公室", re.sub(r"街道办(?:公室)?$", "街道办事处", name))
    if name.endswith("街道"):
        return name + "办事处"
    if _ZONE.search(name) or "兵团" in name or not re.search(r"(?:省|市|区|县|旗|自治州|镇|乡|苏木)$", name):
        return name
    return name + "人民政府"


def parent_of(name: str) -> str | None:
    """Return the government that an organ belongs to, as far as its name holds it; None where the name holds none."""
    before, government, after = name.rpartition("人民政府")
    if government and after:
        return before + government
    region = _REGION.match(before if government else name)
    if region is None:
        return None
    place = _CITY_WORK.sub("", region[0])
    rest = (before if government else name)[len(place) :]
    if not rest:
        place = _without_last(place)
    # A zone (新区, 开发区) has a committee or a government: the name doesn't tell which.
    return place + "人民政府" if place and not _ZONE.search(place) else None


def _without_last(place: str) -> str:
    units = re.findall(_UNIT, place)
    return "".join(units[:-1])


def has_region(name: str) -> bool:
    """Say whether a name begins with the place above the organ's own: 宁陕县梅子镇人民政府 does, 梅子镇人民政府 doesn't."""
    return parent_of(name) is not None

"""The made-up places of the samples: a province, a prefecture, its counties, and every organ that reports there.

No name here is a real place or organ; division codes start with 99, which GB/T 2260 has not given to anybody.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["ministry", "prefecture", "county", "department", "township"]

PROVINCE = "岚川省"


@dataclass(frozen=True, slots=True, kw_only=True)
class Organ:
    """One organ that reports (发布机关): its full name, the short one that menus use, and its place."""

    name: str
    short: str
    level: Level
    place: str
    division: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A county or city (县、市): its name, its division code, and the names of its towns and streets."""

    name: str
    division: str
    towns: tuple[str, ...]


COUNTY = Place(
    name="云棠县",
    division="990121",
    towns=(
        *("城关镇", "青枥镇", "渡口坪镇", "雁回镇", "石楠镇", "白芦镇", "双塘铺镇", "松隐镇"),
        *("梨树坳乡", "水磨湾乡", "半坡乡", "枫桥坞乡", "云栖路街道", "文渊街道"),
    ),
)
SOUTH = Place(
    name="苇泽县",
    division="990122",
    towns=(
        *("城厢镇", "沙栗镇", "荷塘湾镇", "桑园铺镇", "蒲溪镇", "横石镇", "竹坞镇"),
        *("上茅乡", "回龙坳乡", "雨山乡", "南薰街道", "望津街道"),
    ),
)
NORTH = Place(name="杉岭县", division="990123", towns=("杉城镇", "柏枝镇", "黄杨镇", "冷水坞乡"))
WEST = Place(
    name="椴溪县",
    division="990125",
    towns=(
        *("城关镇", "雷竹镇", "清滩镇", "老渡镇", "官塘湾镇", "石榴坪镇", "云雾镇", "双桥头镇"),
        *("栗坡乡", "高枧乡", "三汊乡", "麻石乡", "东园街道", "砚池街道"),
    ),
)
CITY = Place(name="栎宁市", division="990100", towns=())
EAST = Place(name="鹭洲县", division="990124", towns=("鹭洲镇", "芦港镇", "潮音镇", "菱湖镇", "月塘乡", "石埠乡"))

DEPARTMENTS = (
    *("教育局", "发展和改革局", "财政局", "民政局", "司法局", "水利局", "交通运输局", "农业农村局"),
    *("卫生健康局", "自然资源局", "住房和城乡建设局", "文化和旅游局", "审计局", "统计局", "应急管理局"),
    *("市场监督管理局", "人力资源和社会保障局", "退役军人事务局", "医疗保障局", "林业局", "信访局", "城市管理局"),
    *("科学技术局", "商务局", "行政审批局", "乡村振兴局"),
)

MINISTRY = Organ(name="国家渡口管理局", short="渡口局", level="ministry", place="", division="990000")
BRIDGES = Organ(name="国家津梁局", short="津梁局", level="ministry", place="", division="990000")


def government(place: Place) -> Organ:
    """Return the people's government of a county or city (人民政府)."""
    unit = place.name[-1]
    level: Level = "prefecture" if unit == "市" else "county"
    return Organ(name=f"{place.name}人民政府", short=f"{unit}政府", level=level, place=place.name, division=place.division)


def departments(place: Place) -> tuple[Organ, ...]:
    """Return the departments (部门) of a county or city, always in the same order."""
    return tuple(_department(place, name) for name in DEPARTMENTS)


def _department(place: Place, name: str) -> Organ:
    short = f"{place.name[-1]}{name}"
    return Organ(name=f"{place.name}{name}", short=short, level="department", place=place.name, division=place.division)


def towns(place: Place) -> tuple[Organ, ...]:
    """Return the towns, townships and streets (镇、乡、街道) of a county; a street has an office, not a government."""
    return tuple(_town(place, name) for name in place.towns)


def _town(place: Place, name: str) -> Organ:
    body = "办事处" if name.endswith("街道") else "人民政府"
    return Organ(name=f"{place.name}{name}{body}", short=name, level="township", place=place.name, division=place.division)


def organs(place: Place) -> tuple[Organ, ...]:
    """Return every reporting organ of a county: its government, its departments, its towns."""
    return (government(place), *departments(place), *towns(place))

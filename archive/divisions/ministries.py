"""Central organs (国务院部门) that publish annual reports, under every name they had since 2008."""

from __future__ import annotations

_OF_THE_STATE_COUNCIL = frozenset(
    [
        "国务院办公厅",
        "外交部",
        "国防部",
        "国家发展和改革委员会",
        "教育部",
        "科学技术部",
        "工业和信息化部",
        "国家民族事务委员会",
        "公安部",
        "国家安全部",
        "监察部",
        "民政部",
        "司法部",
        "财政部",
        "人力资源和社会保障部",
        "国土资源部",
        "自然资源部",
        "环境保护部",
        "生态环境部",
        "住房和城乡建设部",
        "交通运输部",
        "铁道部",
        "水利部",
        "农业部",
        "农业农村部",
        "商务部",
        "文化部",
        "文化和旅游部",
        "卫生部",
        "国家卫生和计划生育委员会",
        "国家卫生健康委员会",
        "国家人口和计划生育委员会",
        "退役军人事务部",
        "应急管理部",
        "中国人民银行",
        "审计署",
        "国务院国有资产监督管理委员会",
        "海关总署",
        "国家税务总局",
        "国家工商行政管理总局",
        "国家质量监督检验检疫总局",
        "国家市场监督管理总局",
        "国家广播电影电视总局",
        "国家新闻出版广电总局",
        "国家广播电视总局",
        "国家体育总局",
        "国家安全生产监督管理总局",
        "国家食品药品监督管理总局",
        "国家统计局",
        "国家知识产权局",
        "国家旅游局",
        "国家宗教事务局",
        "国务院参事室",
        "国家机关事务管理局",
        "国家国际发展合作署",
        "国家医疗保障局",
        "国家金融监督管理总局",
        "中国证券监督管理委员会",
        "国家信访局",
        "中国科学院",
        "中国社会科学院",
        "中国工程院",
        "国务院发展研究中心",
        "中国气象局",
        "中国地震局",
        "中国银行业监督管理委员会",
        "中国保险监督管理委员会",
        "中国银行保险监督管理委员会",
    ]
)
_UNDER_A_MINISTRY = frozenset(
    [
        "国家粮食局",
        "国家粮食和物资储备局",
        "国家能源局",
        "国家烟草专卖局",
        "国家外国专家局",
        "国家海洋局",
        "国家测绘局",
        "国家测绘地理信息局",
        "国家铁路局",
        "中国民用航空局",
        "国家邮政局",
        "国家文物局",
        "国家中医药管理局",
        "国家外汇管理局",
        "国家煤矿安全监察局",
        "国家矿山安全监察局",
        "国家食品药品监督管理局",
        "国家药品监督管理局",
        "国家移民管理局",
        "国家林业局",
        "国家林业和草原局",
        "国家疾病预防控制局",
        "国家公务员局",
        "国家国防科技工业局",
        "国家消防救援局",
        "国家保密局",
        "国家密码管理局",
        "国家档案局",
        "国家数据局",
    ]
)

_SHORT_NAMES = {
    "国家发展改革委": "国家发展和改革委员会",
    "国家发改委": "国家发展和改革委员会",
    "人力资源社会保障部": "人力资源和社会保障部",
    "住房城乡建设部": "住房和城乡建设部",
    "国家民委": "国家民族事务委员会",
    "国家卫生计生委": "国家卫生和计划生育委员会",
    "国家卫生健康委": "国家卫生健康委员会",
    "国家卫健委": "国家卫生健康委员会",
    "国务院国资委": "国务院国有资产监督管理委员会",
    "国家工商总局": "国家工商行政管理总局",
    "国家质检总局": "国家质量监督检验检疫总局",
    "国家市场监管总局": "国家市场监督管理总局",
    "市场监管总局": "国家市场监督管理总局",
    "国家安全监管总局": "国家安全生产监督管理总局",
    "国家食品药品监管总局": "国家食品药品监督管理总局",
    "国家广电总局": "国家广播电视总局",
    "国管局": "国家机关事务管理局",
    "国家医保局": "国家医疗保障局",
    "国家金融监管总局": "国家金融监督管理总局",
    "金融监管总局": "国家金融监督管理总局",
    "中国证监会": "中国证券监督管理委员会",
    "证监会": "中国证券监督管理委员会",
    "中国银监会": "中国银行业监督管理委员会",
    "中国保监会": "中国保险监督管理委员会",
    "中国银保监会": "中国银行保险监督管理委员会",
    "人民银行": "中国人民银行",
    "国家粮食和储备局": "国家粮食和物资储备局",
    "国家民航局": "中国民用航空局",
    "中国民航局": "中国民用航空局",
    "国家外汇局": "国家外汇管理局",
    "国家矿山安监局": "国家矿山安全监察局",
    "国家药监局": "国家药品监督管理局",
    "国家林草局": "国家林业和草原局",
    "国家疾控局": "国家疾病预防控制局",
    "国家国防科工局": "国家国防科技工业局",
}
"""Names that the organs use of themselves in titles and on their sites."""


def is_ministry(name: str) -> bool:
    """Say whether this is the whole name of a central organ; its offices in the provinces are none."""
    return _short(name) in _OF_THE_STATE_COUNCIL or _short(name) in _UNDER_A_MINISTRY


def central_organs() -> frozenset[str]:
    """Return the whole names of all central organs that there are or were since 2008."""
    return _OF_THE_STATE_COUNCIL | _UNDER_A_MINISTRY


def superior_of(name: str) -> str | None:
    """Return 国务院 for the organs directly under it; None for others, bureaus managed by a ministry among them."""
    return "国务院" if _short(name) in _OF_THE_STATE_COUNCIL else None


def central_organ_of(name: str) -> str:
    """Return the central organ whose name a longer name begins with (国家税务总局 of 国家税务总局上虞市税务局), “” for none."""
    found = (organ for organ in _OF_THE_STATE_COUNCIL | _UNDER_A_MINISTRY if name.startswith(organ) and len(name) > len(organ))
    return max(found, key=len, default="")


def whole_name(name: str) -> str:
    """Return the whole name of a central organ for one that it uses of itself (国家卫生健康委), any other name as it is."""
    return _SHORT_NAMES.get(name, name)


def _short(name: str) -> str:
    return whole_name(name.removeprefix("中华人民共和国"))

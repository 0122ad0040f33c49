"""Who reports: full names, and the most trusted place that holds one."""

import re

import pytest

from archive.divisions.table import lines
from pipelines.agency import Evidence, find_agency, name_in_lead, name_in_signature, name_in_title
from pipelines.names import full_name, parent_of


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("云岭省教育厅2023年政府信息公开工作年度报告", "云岭省教育厅"),
        ("2013年度河口镇政府信息公开工作年度报告", "河口镇人民政府"),
        ("河口镇人民政府信息公开工作年度报告", "河口镇人民政府"),
        ("城关镇人民政府年政府信息公开工作年度报告", "城关镇人民政府"),
        ("2022年云海市政府信息公开工作年度报告", "云海市人民政府"),
        ("关于青川区发展和改革委员会2020年政府信息公开工作年度报告", "青川区发展和改革委员会"),
        ("青川县人民政府办公室\n2023年度政府信息公开工作年度报告", "青川县人民政府办公室"),
        ("青川 县 东街 街道 2023 年政府信息公开年报", "青川县东街街道办事处"),
        ("云海高新区2023年政府信息公开工作年度报告", "云海高新区"),
        ("云海市青川区人民政府2025年年报.pdf", "云海市青川区人民政府"),
        ("2019年度政府信息公开工作年度报告（青川县河口镇）", "青川县河口镇人民政府"),
        ("贵州省教育厅2023年政府信息公开工作年度报告", "贵州省教育厅"),  # 贵 is also an honorific: 贵办, 贵单位
        ("全州县2023年政府信息公开工作年度报告", "全州县人民政府"),  # 全 is also “the whole”: 全县
        ("高等级公路管理局2023年政府信息公开工作年度报告", "高等级公路管理局"),
        ("政府信息公开工作年度报告", None),
        ("我局2023年政府信息公开工作年度报告", None),
    ],
)
def test_the_organ_in_a_title(title, name):
    assert name_in_title(title) == name


@pytest.mark.parametrize(
    "words", ["我局", "本单位", "各部门", "办公室", "政府", "通过政府", "全镇", "认真落实办公室", "有关部门"]
)
def test_words_that_are_no_name(words):
    assert full_name(words) is None


def test_the_body_gives_the_place_that_a_short_title_leaves_out():
    body = "本报告由云海市青川区人民政府办公室编制，请与云海市青川区人民政府联系。"
    agency = find_agency(Evidence(title="青川区人民政府2023年政府信息公开工作年度报告", body=body))
    assert agency.name == "云海市青川区人民政府"


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ("本年度报告由云岭省教育厅编制。全文包括概述。", "云岭省教育厅"),
        ("现发布《云岭省交通厅2016年度政府信息公开工作报告》。", "云岭省交通厅"),
        ("一、总体情况\n2024年,东街街道办事处高度重视政府信息公开工作。", "东街街道办事处"),
        ("一、总体情况\n我局认真落实，目前我乡未收到申请，确保政府信息公开工作有序开展。", None),
    ],
)
def test_the_organ_in_the_opening_paragraphs(body, name):
    assert name_in_lead(body) == name


def test_the_organ_that_signs():
    assert name_in_signature("六、其他\n无。\n云岭省教育厅\n2014年1月16日") == "云岭省教育厅"
    assert name_in_signature("六、其他\n市科技局\n2014年1月16日") is None


def test_places_are_trusted_in_order():
    known = {
        "manifest_titles": ("云岭省水利厅2020年政府信息公开年报",),
        "source": "省政府办公厅",
        "site_name": "云岭省人民政府门户网站",
    }
    assert find_agency(Evidence(title="云岭省教育厅2020年政府信息公开年报", **known)).found_in == "title"
    assert find_agency(Evidence(**known)).name == "云岭省水利厅"
    assert find_agency(Evidence(links=("县发展改革局",))).name == "县发展改革局"
    assert find_agency(Evidence(site_name="云岭省人民政府门户网站")).name == "云岭省人民政府"
    assert find_agency(Evidence()) is None


@pytest.mark.parametrize(
    ("name", "parent"),
    [
        ("宁山县梅岭镇人民政府", "宁山县人民政府"),
        ("云海市青川区人民政府西平街道办事处", "云海市青川区人民政府"),
        ("云岭省教育厅", "云岭省人民政府"),
        ("云岭省人民政府", None),
        ("青川县城市管理局", "青川县人民政府"),
        ("云海市市中区人民政府", "云海市人民政府"),
        ("云海新区东街街道办事处", None),  # a zone has a committee or a government: the name doesn't tell
        ("梅岭镇人民政府", None),
    ],
)
def test_the_parent_as_far_as_the_name_holds_it(name, parent):
    assert parent_of(name) == parent


def test_every_county_and_township_of_the_country_passes_as_a_name():
    """Names look like sentences often enough (贵州, 天等县, 平等镇, 固本乡, 新发布依族乡): a rule against sentences must let them pass."""
    counties = {
        row[1] for row in lines("divisions.tsv.gz") if len(row) > 1 and row[1][-1] in "省市州盟县区旗" and len(row[1]) > 2
    }
    townships = {field.split(",")[0] for row in lines("townships.tsv.gz") for field in row[1:]}
    named = {name for name in townships if re.fullmatch(r"[\u4e00-\u9fff]+(?:镇|乡|街道)", name)}
    assert len(counties) > 3000
    assert len(named) > 30000
    lost = [name for name in counties if name_in_title(f"{name}2023年政府信息公开工作年度报告") is None]
    lost += [name for name in named if name_in_title(f"青川县{name}2023年政府信息公开工作年度报告") is None]
    assert lost == []


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ("如对本报告有任何疑问，请与云海区教育局综合科联系（地址：东街1号）。", "云海区教育局"),
        ("如有疑问，请与云海区发展和改革局政府信息公开领导小组办公室联系（地址：东街1号）。", "云海区发展和改革局"),
        ("本报告由云海经济技术开发区管理委员会（以下简称经开区管委会）编制。", "云海经济技术开发区管理委员会"),
        ("本报告根据条例要求，由河口镇人民政府党政办公室编制。", "河口镇人民政府"),
        ("如有疑问，请与云海区人民政府办公室联系（地址：东街1号）。", "云海区人民政府办公室"),
    ],
)
def test_a_desk_answers_for_its_organ(body, name):
    assert name_in_lead(body) == name

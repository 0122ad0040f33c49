"""Divisions by report year: every code has one name a year, a name is never guessed, places are followed through renamings."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.agencies import agency_key, canonical
from archive.divisions import (
    describe,
    division_of_code,
    divisions_named,
    find,
    in_year,
    known_years,
    locate,
    parent_of,
    same_place,
    Standing,
    successors,
)
from archive.divisions.table import table
from archive.divisions.townships import townships_of

ROWS = [row for rows in table().by_code.values() for row in rows]
PLACES = st.sampled_from(ROWS).flatmap(lambda row: st.tuples(st.just(row), st.integers(row.first, row.last)))


def full_name(division, year):
    parent = parent_of(division, year)
    return (full_name(parent, year) if parent else "") + division.name


@pytest.mark.parametrize(
    ("name", "year", "code"),
    [
        ("酉阳土家族苗族自治县人民政府桃花源街道办事处", 2025, "500242"),
        ("淮安市洪泽区人民政府", 2023, "320813"),
        ("曲靖市沾益区人民政府西平街道办事处", 2024, "530303"),
        ("重庆市荣昌区河包镇人民政府", 2020, "500153"),
        ("河北省教育厅", 2013, "130000"),
        ("上虞市汤浦镇人民政府", 2009, "330682"),
        ("绍兴市上虞区谢塘镇人民政府", 2013, "330604"),
        ("巍山县牛街乡人民政府", 2019, "532927"),
        ("吉林市人民政府", 2020, "220200"),
        ("内蒙古教育厅", 2020, "150000"),
        ("恩施州教育局", 2020, "422800"),
        ("井陉矿区矿市街道", 2025, "130107"),
        ("衢江区湖南镇", 2021, "330803"),
        ("杭州市长河街道", 2022, "330108"),
        ("东莞市长安镇人民政府", 2022, "441900"),
        ("仙桃市人民政府", 2022, "429004"),
        ("国家税务总局上虞市税务局", 2012, "330682"),
        ("国家统计局浙江调查总队", 2020, "330000"),
        ("杭州市场监督管理局", 2020, "330100"),
        ("杭州滨江教育局", 2020, "330108"),
        ("酉阳县乡村振兴局", 2022, "500242"),
        ("舒兰市乡镇企业局", 2012, "220283"),
    ],
)
def test_an_agencys_name_gives_the_code_of_its_place_in_the_report_year(name, year, code):
    assert locate(name, year).code == code


@pytest.mark.parametrize(
    ("name", "year", "code"),
    [
        ("上虞区汤浦镇人民政府", 2009, "330682"),
        ("沾益县人民政府", 2020, "530303"),
        ("綦江区人民政府", 2009, "500222"),
        ("吐鲁番市高昌区教育局", 2010, "652101"),
        ("高昌区教育局", 2010, "652101"),
    ],
)
def test_a_name_of_another_time_is_followed_to_the_report_year_through_renamings(name, year, code):
    assert locate(name, year).code == code


@pytest.mark.parametrize(
    ("name", "year"),
    [
        ("朝阳区教育局", 2020),
        ("通州区人民政府", 2020),
        ("吉林教育局", 2020),
        ("某市财政局", 2021),
        ("教育局", 2020),
        ("中山大学", 2020),
        ("中山路街道办事处", 2020),
        ("南京路街道办事处", 2020),
        ("锡山街道办事处", 2020),
        ("滨江镇计生办", 2020),
        ("和平中学管理处", 2020),
        ("矿区街道办事处", 2020),
        ("吉林市场监督管理局", 2020),
        ("上海铁路局", 2020),
        ("西咸新区底张街道办事处", 2023),
        ("崇文区教育局", 2015),
        ("上虞市人民政府", 1999),
        ("上虞区人民政府", known_years()[-1] + 1),
        ("", 2020),
    ],
)
def test_what_several_places_or_none_could_be_meant_by_is_not_guessed(name, year):
    assert locate(name, year) is None


def test_a_name_means_what_bore_it_in_that_year_before_what_bore_it_once():
    assert locate("哈密市人民政府", 2016).code == "650500"
    assert locate("哈密市人民政府", 2010).code == "652201", "the county, in the prefecture 哈密地区"


def test_the_portals_division_or_the_township_decides_between_namesakes():
    assert locate("朝阳区教育局", 2020, within="110105").code == "110105"
    assert locate("鼓楼区教育局", 2020, within="320100").code == "320106"
    assert locate("鼓楼区华侨路街道", 2021).code == "320106"
    assert locate("鼓楼区华侨路街道", 2024).code == "320106"
    assert locate("鼓楼区华侨路街道", 2010) is None, "no list of that year shows that the others have none of this name"


def test_the_names_own_place_is_stronger_than_the_portals():
    assert locate("河北省教育厅", 2020, within="330604").code == "130000"


def test_a_bare_name_on_a_countys_portal_lies_in_the_county_of_the_report_year():
    assert locate("教育局", 2020, within="330604").code == "330604"
    assert locate("汤浦镇人民政府", 2009, within="330604").code == "330682"
    assert locate("教育局", 2020, within="330600") is None
    assert locate("某市财政局", 2020, within="330604") is None
    assert locate("国家能源局", 2020, within="330604") is None


def test_without_a_year_only_what_never_changed_is_answered():
    assert locate("河北教育厅", None).code == "130000"
    assert locate("上虞区教育局", None) is None


def test_townships_have_their_code_of_the_year_or_none():
    found = find("重庆市荣昌区河包镇人民政府", 2020)
    assert (found.township, found.township_code, found.rest) == ("河包镇", "500153109", "人民政府")
    early = find("绍兴市上虞区谢塘镇人民政府", 2013)
    assert (early.township, early.township_code) == ("谢塘镇", None)
    assert all(one.code.startswith("330604") and len(one.code) == 9 for one in townships_of("330604"))


@pytest.mark.parametrize(
    ("name", "year", "within", "standing"),
    [
        ("曲靖市沾益区人民政府西平街道办事处", 2024, None, Standing("township", "530303", "曲靖市沾益区人民政府")),
        ("云和县浮云街道办事处", 2024, None, Standing("township", "331125", "云和县人民政府")),
        ("兴发乡人民政府", 2024, "520527", Standing("township", "520527", "赫章县人民政府")),
        ("绍兴市上虞区谢塘镇财政所", 2020, None, Standing("township", "330604", "绍兴市上虞区谢塘镇人民政府")),
        ("河北省教育厅", 2013, None, Standing("province", "130000", "河北省人民政府")),
        ("淮安市洪泽区人民政府", 2023, None, Standing("county", "320813", "淮安市人民政府")),
        ("增城市人民政府", 2010, None, Standing("county", "440183", "广州市人民政府")),
        ("刚察县人民政府办公室", 2023, None, Standing("county", "632224", "刚察县人民政府")),
        ("丽水市人民政府", 2017, None, Standing("prefecture", "331100", "浙江省人民政府")),
        ("喀什地区行政公署", 2020, None, Standing("prefecture", "653100", "新疆维吾尔自治区人民政府")),
        ("喀什地区教育局", 2020, None, Standing("prefecture", "653100", "喀什地区行政公署")),
        ("上海市人民政府", 2022, None, Standing("province", "310000", "国务院")),
        ("国家税务总局上虞市税务局", 2012, None, Standing("county", "330682", None)),
        ("教育部", 2020, None, Standing("ministry", None, "国务院")),
        ("国家卫生健康委", 2020, None, Standing("ministry", None, "国务院")),
        ("国家能源局", 2020, "330604", Standing("ministry", None, None)),
        ("长春经开区文教局", 2020, None, Standing(None, None, None)),
        ("淄博高新区中埠镇", 2020, None, Standing("township", None, None)),
        ("河包镇人民政府", 2020, None, Standing("township", None, None)),
    ],
)
def test_an_agency_stands_at_a_level_in_a_division_under_an_organ(name, year, within, standing):
    assert describe(name, year, within) == standing


def test_a_code_has_one_name_a_year():
    for rows in table().by_code.values():
        assert all(before.last < after.first for before, after in pairwise(rows)), rows


@pytest.mark.parametrize("organ", ["人民政府", "教育局"])
def test_every_full_name_is_located_at_itself_in_its_first_and_its_last_year(organ):
    asked = [(row, year) for row in ROWS for year in {row.first, row.last}]
    assert [(row, year) for row, year in asked if locate(full_name(row, year) + organ, year) != row] == []


@given(PLACES)
def test_a_full_name_is_located_at_itself_in_any_year(place):
    row, year = place
    assert locate(full_name(row, year), year) == row


@given(PLACES)
def test_a_name_alone_is_located_at_itself_or_not_at_all(place):
    row, year = place
    assert locate(row.name + "人民政府", year) in {row, None}


@given(PLACES, st.integers(known_years()[0], known_years()[-1]))
def test_being_the_same_place_goes_both_ways(place, other_year):
    row, year = place
    there = in_year(row, other_year)
    if there is not None:
        assert same_place(row.code, year, there.code, other_year)
        assert same_place(there.code, other_year, row.code, year)


@given(PLACES)
def test_every_division_but_a_province_lies_in_one(place):
    row, year = place
    parent = parent_of(row, year)
    assert (parent is None) == (row.level == "province")


def test_divisions_are_followed_through_renamings_and_mergers():
    assert successors("330682", 2009) == ("330604",)
    assert successors("110103", 2009) == ("110101",), "崇文区 went into 东城区"
    assert same_place("330682", 2009, "330604", 2020)
    assert not same_place("110103", 2009, "110101", 2020), "a merger is not the same place"
    assert successors("999999", 2009) == ()
    assert division_of_code("330604", 2012) is None


def test_namesakes_are_listed_in_order_of_code():
    assert [one.code for one in divisions_named("鼓楼区", 2020)] == ["320106", "320302", "350102", "410204"]
    assert [one.code for one in divisions_named("内蒙古", 2020)] == ["150000"]


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("云和县 人民政府办", "云和县人民政府办公室"),
        ("云和县政府办公室", "云和县人民政府办公室"),
        ("云和县府办", "云和县人民政府办公室"),
        ("浮云街道办", "浮云街道办事处"),
        ("浮云街道", "浮云街道办事处"),
        ("谢塘镇政府", "谢塘镇人民政府"),
        ("谢塘镇", "谢塘镇人民政府"),
        ("上海自由贸易试验区管委会", "上海自由贸易试验区管理委员会"),
        ("云和县人民政府", "云和县人民政府"),
    ],
)
def test_an_agencys_name_has_one_spelling(written, name):
    assert canonical(written) == name
    assert canonical(name) == name


def test_one_agency_has_one_key_through_spellings_and_renamings():
    assert agency_key("无锡市锡山区安镇街道", 2020) == agency_key("锡山区安镇街道办事处", 2024) == "320205/安镇街道/办事处"
    assert agency_key("上虞市教育局", 2009) == agency_key("绍兴市上虞区教育局", 2020) == "330604//教育局"
    assert agency_key("云和县政府", 2020) != agency_key("云和县人民政府办公室", 2020)
    assert agency_key("崇文区教育局", 2009) == "110103@2009//教育局"
    assert agency_key("朝阳区教育局", 2020) is None
    assert agency_key("淄博高新区中埠镇", 2020) is None

"""Agencies of reports get level, division and parent as of the report year, by name and by the site they report on."""

from __future__ import annotations

import pytest

from archive.model import Agency
from pipelines.reader import Context, read
from pipelines.standing import placed, site_division

PAGE = (
    '<html><head><meta charset="utf-8"><meta name="SiteIDCode" content="{code}"><title>谢塘镇人民政府{year}年政府信息公开工作年度报告</title></head>'
    "<body><h1>谢塘镇人民政府{year}年政府信息公开工作年度报告</h1><div><p>一、总体情况</p><p>本报告由谢塘镇人民政府编制。{filler}</p>"
    "<p>二、主动公开政府信息情况</p><p>{filler}</p><p>三、收到和处理政府信息公开申请情况</p><p>{filler}</p></div></body></html>"
)


def page(code, year):
    return PAGE.format(
        code=code, year=year, filler="本年度主动公开政府信息若干条，内容包括财政预决算和重点民生项目。" * 5
    ).encode()


@pytest.mark.parametrize(
    ("metas", "visible", "code"),
    [
        ({"siteidcode": "3306040001"}, "", "330604"),
        ({"siteidcode": " 6200000068 "}, "", "620000"),
        ({}, "版权所有 网站标识码：3306040001 浙公网安备", "330604"),
        ({"siteidcode": "bm14000002"}, "", None),
        ({"siteidcode": "33060400012"}, "", None),
        ({"sitename": "上虞区人民政府门户网站"}, "", "330604"),
        ({"sitename": "朝阳区人民政府"}, "", None),
        ({"sitename": "中国·云和"}, "", None),
        ({}, "", None),
    ],
)
def test_a_site_says_its_division_by_identity_code_or_full_name(metas, visible, code):
    assert site_division(metas, visible) == code


def test_a_bare_name_is_placed_by_its_site_as_of_the_report_year():
    agency = read(page("3306040001", 2020)).agency
    assert (agency.level, agency.division, agency.parent) == ("township", "330604", "上虞区人民政府")
    agency = read(page("3306040001", 2012)).agency
    assert (agency.level, agency.division, agency.parent) == ("township", "330682", "上虞市人民政府")


def test_the_portals_registry_row_places_what_the_page_does_not():
    assert read(page("", 2020)).agency.division is None
    assert read(page("", 2020), Context(division="330604")).agency.division == "330604"
    assert read(page("3306040001", 2020), Context(division="420000")).agency.division == "330604"


def test_what_cannot_be_placed_keeps_the_parent_in_its_name_and_no_code():
    agency = Agency(name="某市甲镇人民政府", parent="某市人民政府", found_in="title")
    assert placed(agency, 2020, None) == Agency(
        name="某市甲镇人民政府", level="township", parent="某市人民政府", found_in="title"
    )
    assert placed(None, 2020, "330604") is None


def test_an_office_of_a_central_organ_has_no_government_above_it():
    agency = Agency(name="国家税务总局上虞市税务局", parent="国家税务总局上虞市人民政府")
    assert placed(agency, 2012, None) == Agency(name="国家税务总局上虞市税务局", level="county", division="330682")

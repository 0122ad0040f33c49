"""The report year, and where it was read."""

from datetime import date

import pytest

from pipelines.dates import published_on
from pipelines.year import find_year, YearFound

PERIOD = "本报告所列数据的统计期限自2022年1月1日起至2022年12月31日止。"


@pytest.mark.parametrize(
    ("title", "body", "year", "found_in"),
    [
        ("某县2023年政府信息公开工作年度报告", "", 2023, "title"),
        ("2023年度某县政府信息公开工作年度报告", "", 2023, "title"),
        ("某县 2 0 2 3 年政府信息公开年报", "", 2023, "title"),
        ("某县二〇二三年政府信息公开年报", "", 2023, "title"),
        ("某县二○二三年政府信息公开年报", "", 2023, "title"),
        ("某县二零二三年政府信息公开年报", "", 2023, "title"),
        ("某县二0二三年政府信息公开年报", "", 2023, "title"),
        ("关于公布2022年政府信息公开年度报告的公告（2023年3月）", "", 2022, "title"),
        ("某县2021年2022年政府信息公开年度报告", PERIOD, 2022, "title"),
        ("某县政府信息公开年度报告", PERIOD, 2022, "period"),
        (None, "统计时段自2022-1-1起至2022-12-31止，数据的统计期限2022-1-1起至2022-12-31止", 2022, "period"),
        ("某镇年政府信息公开工作年度报告", "统计数据时限为2018年11日至2018年1231日", 2018, "period"),
        (None, "特向社会公布2017年度政府信息公开年度报告。", 2017, "period"),
        (None, "一、总体情况\n2024年,某街道办事处高度重视。2024年收到1件。2025年将继续。", 2024, "lead"),
    ],
)
def test_the_year_is_read_from_the_most_trusted_place(title, body, year, found_in):
    assert find_year(title=title, body=body) == YearFound(year, found_in)


def test_a_heading_is_trusted_before_url_and_publication():
    known = {"url": "http://a.gov.cn/nb/2019n/t20210101_1.html", "published": date(2021, 1, 5)}
    assert find_year(title="城关镇", body="本年度公开信息。", hint=2020, **known) == YearFound(2020, "heading")
    assert find_year(title="城关镇", body="本年度公开信息。", **known) == YearFound(2019, "url")


@pytest.mark.parametrize(
    ("url", "year"),
    [
        ("http://a.gov.cn/zfxxgknb/bm/2023n/content/post_9469010.html", 2023),
        ("http://a.gov.cn/zfxxgknb/gknb2017/201802/t20180223_195744.html", 2017),
        ("http://a.gov.cn/zwgk/nb2024/202501/t20250121_8.html", 2024),
        ("http://a.gov.cn/module/xxgkAnnualReport.jsp?area=1&fbtime=2022", 2022),
        ("http://a.gov.cn/nb/2021.html", 2021),
        ("http://a.gov.cn/col/1414231541890/2014/01/22/1456727267574.html", None),
    ],
)
def test_years_in_urls(url, year):
    found = find_year(title=None, body="", url=url)
    assert (found.year if found else None) == year


def test_a_publication_in_the_second_half_of_a_year_tells_nothing():
    assert find_year(title=None, body="", published=date(2024, 3, 1)) == YearFound(2023, "published")
    assert find_year(title=None, body="", published=date(2015, 8, 3)) is None


def test_a_range_of_years_in_a_title_is_no_report_year():
    assert find_year(title="2008-2023年政府信息公开年报", body="") is None


def test_publication_dates_by_trust():
    visible = "首页 发布日期：2024年01月26日 来源："
    assert published_on(visible, meta="2024-02-01 10:22") == date(2024, 1, 26)
    assert published_on("", meta="2024-02-01 10:22", listed_on=date(2024, 3, 1)) == date(2024, 2, 1)
    assert published_on("", listed_on=date(2024, 3, 1), url="http://a/t20240402_1.html") == date(2024, 3, 1)
    assert published_on("", url="http://a/202404/t20240402_1.html") == date(2024, 4, 2)
    assert published_on("时间：2024-02-31") is None

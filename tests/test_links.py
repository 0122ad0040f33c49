"""Which links are followed, and why: anchors, headings, columns, look-alikes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from crawler.links import (
    COLUMN,
    GROUP,
    is_annual_column,
    LAST_RESORT,
    names_unit,
    OPEN,
    PLATFORM,
    refusal,
    REPORT,
    score,
    year_in,
)
from crawler.pages import Link, Page, squeeze

HOST = "http://a.gov.cn"


def link(text: str, *, title: str = "", heading: str = "", path: str = "/x/1.html") -> Link:
    return Link(url=HOST + path, text=squeeze(text), title=squeeze(title or text), heading=squeeze(heading))


@pytest.mark.parametrize(
    "title",
    [
        "XX人民政府2023年政府信息公开工作年度报告",
        "2022年上海市政府信息公开工作年度报告",
        "河北省工业和信息化厅2023年度政府信息公开工作报告",
        "XX局2019年政府信息公开报告（图片版）".replace("报告", "年度报告"),
        "XX局2013年度政府信息公开总结",
        "河北省工业和信息化厅2019年政府信息公开报告",
        "合水镇人民政府信息公开工作年度报告",
        "宿迁高新区年政府信息公开工作年度报告",
        "淮安市洪泽区人民政府2025年年报.pdf",
        "二〇二三年XX县政务公开工作年度报告",
        "XX市生态环境局2023年政府信息公开工作年度报告",
        "XX区综合行政执法局2022年政府信息公开年报",
        "XX市信用办公室2021年政府信息公开工作年度报告",
        "XX县政府会议中心2021年政府信息公开工作年度报告",
    ],
)
def test_titles_of_reports(title: str) -> None:
    assert score(link(title), in_column=False).value == REPORT


@pytest.mark.parametrize(
    "title",
    [
        "政府网站工作年度报表(2023年度)",
        "网站工作2019年度报表",
        "法治政府建设情况报告（2023年）",
        "政府信息公开情况统计表（2018年度）",
        "一图读懂2023年年度报告",
        "图解：XX局2023年政府信息公开工作年度报告",
        "XX局2023年政府信息公开工作年度报告解读",
        "政府工作报告",
        "2023年国民经济和社会发展统计公报",
        "关于做好2023年政府信息公开工作年度报告编制发布工作的通知",
        "2023年政府信息公开年度报告编制培训会",
        "企业年报公示",
        "政府信息公开指南",
        "政府信息公开制度",
        "依 申 请 公 开",
        "政务新媒体年度报告",
        "行政执法年度报告",
    ],
)
def test_look_alikes_are_not_followed(title: str) -> None:
    """Not even within the column, where a bare 年报 would do."""
    judged = score(link(title), in_column=True)
    assert judged.value == 0
    assert judged.reasons[0].startswith("refused")


@pytest.mark.parametrize(
    "text",
    [
        "政府信息公开年报",
        "政府信息公开年度报告",
        "信息公开年报",
        "\u00a0政府信息\u3000公开年报",
        "年报",
        "年度报告",
        "工作年报",
        "政务公开年报",
    ],
)
def test_names_of_the_column(text: str) -> None:
    assert score(link(text), in_column=False).value == COLUMN


def test_the_way_there() -> None:
    assert score(link("政务公开"), in_column=False).value == OPEN
    assert score(link("政府信息公开专栏"), in_column=False).value == PLATFORM
    assert score(link("走进本县"), in_column=False).value == LAST_RESORT
    assert score(link("今天是个好天气，适合渡河"), in_column=False).value == 0


@pytest.mark.parametrize(
    "text", ["2023", "2023年", "2023年度", "县政府部门", "乡镇（街道）", "县发展改革局", "城关镇", "市生态环境局"]
)
def test_bare_anchors_mean_something_only_in_the_column(text: str) -> None:
    assert score(link(text), in_column=True).value == GROUP
    assert score(link(text, heading="政府信息公开年报"), in_column=False).value == GROUP
    assert score(link(text), in_column=False).value <= LAST_RESORT


def test_a_bare_organ_that_links_to_a_home_page_is_another_site() -> None:
    assert score(link("县发展改革局", path="/"), in_column=True).value <= LAST_RESORT


@pytest.mark.parametrize("text", ["下一页", "尾页", "2", "[3]", "»", "首页"])
def test_pagers_are_left_to_the_resolver(text: str) -> None:
    assert score(link(text, path="/zfxxgknb/index_1.html"), in_column=True).value == 0


@pytest.mark.parametrize(
    "path", ["/gongkai/zfxxgknb/", "/x/xxgknb2019_list.shtml", "/xxgk/gkndbg/index.html", "/n?frame=nb&x=ndbg"]
)
def test_the_path_names_the_column_where_the_text_says_nothing(path: str) -> None:
    assert score(link("点击进入这个栏目查看", path=path), in_column=False).value == GROUP


def test_a_full_title_beats_the_cut_text() -> None:
    cut = link("XX省科学技术厅2023年政府信...", title="XX省科学技术厅2023年政府信息公开工作年度报告")
    assert score(cut, in_column=True).value == REPORT


def test_the_page_says_that_it_is_the_column() -> None:
    assert is_annual_column(Page(f"{HOST}/x/", "<h1>2023年度政府信息公开年报</h1>"))
    assert is_annual_column(Page(f"{HOST}/x/", "<META content='政府信息公开年报' name=columnname>"))
    assert is_annual_column(Page(f"{HOST}/zfxxgk/zfxxgknb/index_2.html", ""))
    assert not is_annual_column(Page(f"{HOST}/x/", "<h1>XX局2023年政府信息公开工作年度报告</h1>"))


def test_year_in_is_none_where_there_are_two() -> None:
    assert year_in("2023年度") == 2023
    assert year_in("2019—2023年") is None
    assert year_in("t20240131_534737") is None


def test_organs_by_their_last_word() -> None:
    assert names_unit("县发展改革局")
    assert names_unit("市生态环境局")
    assert not names_unit("新闻")


@pytest.mark.corpus
def test_rows_of_real_columns(corpus: Path) -> None:
    """Every row of four Hebei columns that is a report is followed, every near miss is refused."""
    negatives = corpus / "pages" / "negatives"
    misses = json.loads((negatives / "hebei_near_misses.json").read_text(encoding="utf-8"))
    assert [row["title"] for row in misses if refusal(squeeze(row["title"])) is None] == []
    columns = json.loads((negatives / "hebei_list_columns.json").read_text(encoding="utf-8"))
    titles = {row["title"] for rows in columns.values() for row in rows} - {row["title"] for row in misses}
    followed = {title for title in titles if score(link(title), in_column=True).value >= GROUP - 5}
    assert {title for title in titles - followed if "信息公开" in title and "统计表" not in title} == set()

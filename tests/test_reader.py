"""The whole walk from bytes to a report: promises that hold for any input."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.codec import dumps, loads, report_from_json, report_to_json
from archive.errors import Refused, Unreadable
from archive.hashing import digests_of
from pipelines.reader import Context, read

TABLE = (
    "<table><tr><td colspan='4'>第二十条第（一）项</td></tr><tr><td>信息内容</td><td>本年制发件数</td><td>本年废止件数</td><td>现行有效件数</td></tr>"
    "<tr><td>规章</td><td>0</td><td>0</td><td>0</td></tr><tr><td>行政规范性文件</td><td>2</td><td>&nbsp;</td><td>7</td></tr></table>"
)
TITLE = "青川县教育局2023年政府信息公开工作年度报告"
PROSE = [
    "本报告所列数据的统计期限自2023年1月1日起至2023年12月31日止。",
    "一、总体情况",
    "2023年，青川县教育局主动公开信息35条，收到政府信息公开申请2件。",
    "二、主动公开政府信息情况",
    TABLE,
    "三、收到和处理政府信息公开申请情况",
    "四、政府信息公开行政复议、行政诉讼情况",
    "未发生行政复议、行政诉讼。",
    "五、存在的主要问题及改进情况",
    "公开形式不够丰富。",
    "六、其他需要报告的事项",
    "未收取信息处理费。",
]


def page(counter, wrapper="<p>{}</p>", frame='<div class="TRS_Editor">{}</div>'):
    main = "".join(text if text == TABLE else wrapper.format(text) for text in PROSE)
    return (
        f"<html><head><title>{TITLE}-青川县人民政府</title></head><body><div>您的位置：首页 > 年报</div><h1>{TITLE}</h1>"
        f"<div>发布日期：2024-01-20 浏览次数：{counter}</div>{frame.format(main)}<div>版权所有：青川县人民政府</div></body></html>"
    ).encode()


def test_a_moving_counter_and_a_redesign_give_the_same_digests():
    pages = [
        page(1),
        page(20481),
        page(1, wrapper='<p class="MsoNormal"><span lang="EN-US">{}</span></p>'),
        page(1, wrapper="<div>{}</div>", frame='<div id="zoom"><div>{}</div></div>'),
        page(1).decode().encode("gb18030"),
    ]
    digests = [digests_of(read(payload)) for payload in pages]
    assert [one.content_sha256 for one in digests] == [digests[0].content_sha256] * len(pages)


def test_a_changed_number_changes_the_figures_digest_and_not_by_chance():
    before, after = read(page(1)), read(page(1).replace(b"<td>7</td>", b"<td>8</td>"))
    assert digests_of(before).figures_sha256 != digests_of(after).figures_sha256


def test_everything_of_a_page_is_read():
    report = read(page(7), Context(url="http://www.qingchuan.gov.cn/nb/t20240120_1.html"))
    assert (report.title, report.report_year, report.published_on.isoformat()) == (TITLE, 2023, "2024-01-20")
    assert (report.agency.name, report.kind, report.source_class) == ("青川县教育局", "annual_report", "official")
    cells = report.statistics.proactive_disclosure.cells
    assert cells["normative_documents.in_force"].value == 7
    assert (cells["normative_documents.repealed"].value, cells["normative_documents.repealed"].kind) == (None, "blank")
    assert "行政规范性文件 | 2 |  | 7" in report.body
    assert [section.number for section in report.sections] == [1, 2, 3, 4, 5, 6]
    assert {figure.id for figure in report.prose_figures} >= {
        "proactive.items",
        "applications.new_received",
        "review.litigation",
    }


def test_a_report_comes_back_from_its_json():
    report = read(page(7))
    assert report_from_json(loads(dumps(report_to_json(report)))) == report


SCRAPS = st.sampled_from(
    [*PROSE, TITLE, "<html>", "<body>", "<table>", "<tr><td>", "</td>", "<p>", "</div>", "<div class='TRS_Editor'>", "<script>", "</script>", "<a href='x.pdf'>附件</a>",
     "\x00", "\ufffd", "<!--", "]]>", "2023", "上一篇：无", "|", "0\n0\n0\n", "结果维持", "&#x1F600;", "\u3000\u3000", "<meta charset=gbk>", "%PDF-", "PK\x03\x04"]
)  # fmt: skip


@given(st.lists(SCRAPS, max_size=40).map("".join), st.sampled_from(["utf-8", "gb18030"]))
@settings(deadline=None, max_examples=150)
def test_any_scraps_give_a_report_or_one_sentence(text, charset):
    with suppress(Unreadable):
        report = read(text.encode(charset, errors="replace"), Context(url="http://a.gov.cn/1.html", title=TITLE))
        assert all(report.body[slice(*figure.at)] == figure.quote for figure in report.prose_figures)
        assert report.reasons


@given(st.binary(max_size=300))
@settings(deadline=None, max_examples=100)
def test_any_bytes_give_a_report_or_one_sentence(payload):
    with suppress(Unreadable):
        read(payload)


@pytest.mark.parametrize(
    "markup", ["<div>" * 3000 + "公开", "<table><tr><td>" * 400 + "1", "<p>" + "公开" * 200_000, "<a>" * 5000, "一、" * 50_000]
)
def test_monstrous_markup_is_survived(markup):
    with suppress(Unreadable):
        read(markup.encode())


@pytest.mark.parametrize(
    ("payload", "word"),
    [
        (b"<html>" + b"<p>x</p>" * 101_000, "elements"),
        (b"<table>" + b"<tr><td>1<td>2" * 11_000, "cells"),
        (("<p>" + "公开" * 501_000).encode(), "characters"),
        (("公开\n" * 400_000).encode(), "characters"),
    ],
    ids=["elements", "cells", "markup", "text"],
)
def test_a_page_beyond_any_reports_size_is_refused_and_the_limit_is_named(payload, word):
    with pytest.raises(Refused, match=f"{word}, above the limit"):
        read(payload)

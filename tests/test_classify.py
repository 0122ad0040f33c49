"""What a page is, and whose it is."""

import json

import pytest

from pipelines.classify import classify_shell, refusal, says_gone, source_class
from pipelines.reader import Context, read

INTRO = "根据《中华人民共和国政府信息公开条例》，现公布本年度报告。本报告所列数据的统计期限自2023年1月1日起至2023年12月31日止。"
REPORT = f"""青川县教育局2023年政府信息公开工作年度报告
{INTRO}
一、总体情况
2023年公开信息三十五条。
二、主动公开政府信息情况
无。
三、收到和处理政府信息公开申请情况
全年未收到政府信息公开申请。
四、政府信息公开行政复议、行政诉讼情况
未发生行政复议、行政诉讼。
五、存在的主要问题及改进情况
形式不够丰富。
六、其他需要报告的事项
未收取信息处理费。
"""


def kind(text, **known):
    return read(text.encode(), Context(**known)).kind


def test_a_body_with_the_chapters_is_a_report_without_any_title():
    assert kind(REPORT.partition("\n")[2]) == "annual_report"


def test_the_body_decides_against_a_title_that_sounds_like_a_notice():
    body = REPORT.replace(
        "六、",
        "第二十条第（一）项\n信息内容 | 本年制发件数 | 本年废止件数 | 现行有效件数\n规章 | 0 | 0 | 0\n行政规范性文件 | 1 | 0 | 3\n六、",
    )
    assert kind(body, title="关于公布2023年政府信息公开工作年度报告的公告") == "annual_report"


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("青川县教育局2023年政府网站工作年度报表", "website_report"),
        ("网站工作2019年度报表", "website_report"),
        ("政府网站工作年报（2022年度）", "website_report"),
        ("2023年度法治政府建设情况报告", "rule_of_law_report"),
        ("青川县2020年依法行政工作报告", "rule_of_law_report"),
        ("一图读懂2023年政府信息公开工作年度报告", "explainer"),
        ("政府信息公开年报解读", "explainer"),
        ("政府信息公开情况统计表（2018年度）", "statistics_annex"),
        ("2022年上半年政府信息公开情况", "statistics_annex"),
        ("关于做好2023年政府信息公开年度报告编制发布工作的通知", "notice"),
        ("政府信息公开工作年度报告编制培训会", "notice"),
        ("政务新媒体2023年度报告", "other"),
        ("青川县2023年部门决算公开", "other"),
        ("企业年报公示", "other"),
        ("政府信息公开指南", "other"),
        ("青川县2023年上半年政府信息公开工作总结", "statistics_annex"),
        ("云海大学2022-2023学年信息公开工作年度报告", "other"),
        ("云海市第一医院2023年信息公开年度报告", "other"),
        ("云海市人民检察院2023年检务公开工作报告", "other"),
    ],
)
def test_look_alikes_are_refused_by_their_right_kind(title, expected):
    assert refusal(title).kind == expected
    assert kind("\r\n", title=title) == expected


@pytest.mark.parametrize(
    "title",
    [
        "青川县2023年政府信息公开工作年度报告",
        "2015年信息公开年报",
        "2013年度政府信息公开总结",
        "青川县人民政府网站2023年政府信息公开年报",
        "2016年政府信息公开年度报告及统计表",
        "政务公开工作年度报告（图片版）",
        "学院路街道2019年信息公开年报",
        "云海大学城管理委员会2019年信息公开年报",
        "云海市中医医院2019年政府信息公开工作年度报告",
    ],
)
def test_titles_of_reports_are_not_refused(title):
    assert refusal(title) is None


def test_a_report_without_a_body_is_empty_and_says_why():
    report = read(b"\r\r", Context(title="青川县教育局2020年政府信息公开工作年度报告"))
    assert (report.kind, report.report_year, report.agency.name) == ("empty", 2020, "青川县教育局")
    assert any("extraction_failed" in reason for reason in report.reasons)


def test_a_short_page_with_a_file_is_a_report_in_its_file():
    page = '<html><h1>青川县2010年政府信息公开年度报告</h1><p>全文见附件。</p><a href="P020110131.pdf" title="报告.pdf">附件</a></html>'
    report = read(page.encode(), Context(url="http://a.gov.cn/x/1.html"))
    assert report.kind == "annual_report"
    assert [(one.url, one.name) for one in report.attachments] == [("http://a.gov.cn/x/P020110131.pdf", "报告.pdf")]


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ('<html><meta content="x" r="m"><script>$_ts=window;</script></html>', "challenge_page"),
        ("<script>document.cookie=('_')+('x');location.href=location.pathname</script>", "challenge_page"),
        ('<script>location.href="./zfxxgkpt/"</script>', "other"),
        ('<meta http-equiv="refresh" content="0;url=/main/">', "other"),
        ("<html><p>对不起，您访问的页面不存在！</p></html>", "not_found"),
        ("<html><div><p>您访问的页面已删除</p></div></html>", "not_found"),
    ],
)
def test_shells(markup, expected):
    assert read(markup.encode()).kind == expected


def test_a_report_that_says_information_does_not_exist_is_not_gone():
    assert classify_shell("", "主动公开政府信息情况 信息不存在 访问的信息不存在" + "。" * 300, 3) is None


def test_a_list_is_never_read_as_an_article():
    rows = "".join(
        f'<li><a href="{n}.html">青川县某局{n}年政府信息公开工作年度报告</a><b>{n}-01-2{n % 10}</b></li>'
        for n in range(2010, 2024)
    )
    report = read(f"<html><title>年报</title><ul>{rows}</ul></html>".encode())
    assert (report.kind, report.body) == ("list_page", "")


@pytest.mark.parametrize(
    ("host", "text", "expected"),
    [
        ("www.qingchuan.gov.cn", REPORT, "official"),
        ("qingchuan.example.com", REPORT, "mirror"),
        ("whatever.com", REPORT.replace("青川县", "uedbet体育_"), "mirror"),
        (None, REPORT + "\n凯发k8国际首页登录", "mirror"),
        (None, REPORT + "\n全县歌舞娱乐场所安全检查信息12条。", "unknown"),
        (None, REPORT, "unknown"),
        (None, "导语：本文来源于网友上传，不代表本站观点。\n" + REPORT, "content_farm"),
        ("127.0.0.1", REPORT, "unknown"),
        (None, "主题分类 | 综合政务,文秘工作 其他 |\n" + REPORT, "unknown"),
    ],
)
def test_whose_page_it_is(host, text, expected):
    assert read(text.encode(), Context(url=f"http://{host}/1.html" if host else None)).source_class == expected


def test_a_gov_host_inside_another_domain_is_no_government():
    assert source_class(host="gov.cn.evil.com", body="", raw="", title=None, is_report=True)[0] == "mirror"


def test_an_essay_mills_copy_has_no_year_from_its_upload():
    text = "时间:2022-07-07 10:17:00\n导语:本文来源于网友上传,欢迎参考。\n" + REPORT.replace(
        "2023年1月1日起至2023年12月31日", "全年"
    ).replace("2023年", "")
    report = read(text.encode())
    assert (report.source_class, report.report_year) == ("content_farm", None)


@pytest.mark.corpus
def test_the_near_misses_of_real_annual_report_columns_are_refused(corpus):
    cases = json.loads((corpus / "pages" / "negatives" / "hebei_near_misses.json").read_text(encoding="utf-8"))
    assert len(cases) == 13
    got = [kind(case["text"] or "\n", title=case["title"], url=case["url"]) for case in cases]
    assert got == [case["kind"] for case in cases]


@pytest.mark.parametrize(
    "says", ["该信息已被撤销", "您访问的内容已下线", "该文章已过期或已删除！", "文档不存在或未发布", "The page cannot be found"]
)
def test_a_page_that_says_hardly_more_than_that_something_is_gone(says):
    """Also where a list still calls it a report and a picture stands beside it; never a page that is only out of order."""
    page = f"<html><body><img src='/404.png'><p>{says}</p><a href='/'>返回首页</a></body></html>"
    assert read(page.encode(), Context(title="某县教育局2023年政府信息公开工作年度报告")).kind == "not_found"
    assert not says_gone(f"一、总体情况。{says}。" + "本机关全年主动公开政府信息二百条，均已在网站发布。" * 6)


@pytest.mark.parametrize("says", ["系统繁忙，请稍后再试", "网站维护中，暂停服务", "服务暂时不可用", "您的访问过于频繁"])
def test_a_site_that_is_out_of_order_says_of_no_page_that_it_is_gone(says):
    """What is read of it is not a report, and not its end either."""
    assert read(f"<html><body><p>{says}</p></body></html>".encode(), Context()).kind not in ("not_found", "annual_report")

"""Pages that stand beside annual reports and are none (`PORTALS.md` §6.2), each refused by its right kind."""

import pytest

from pipelines.reader import Context, read

ORGANS = ("教育局", "财政局", "民政局", "司法局", "水利局", "商务局", "审计局", "统计局", "城关镇", "乐安镇")
SIX = (
    "总体情况",
    "主动公开政府信息情况",
    "收到和处理政府信息公开申请情况",
    "政府信息公开行政复议、行政诉讼情况",
    "存在的主要问题及改进情况",
    "其他需要报告的事项",
)


def chapters(*texts):
    """Six chapters with these texts."""
    return [
        line
        for number, heading, text in zip("一二三四五六", SIX, texts, strict=False)
        for line in (f"{number}、{heading}", text)
    ]


def page(title, *lines, url="http://www.qingchuan.gov.test/zwgk/a.html"):
    """What the reader makes of a page of paragraphs."""
    body = "".join(line if line.startswith("<") else f"<p>{line}</p>" for line in lines)
    return read(
        f"<html><head><title>{title}</title></head><body><h1>{title}</h1><div>{body}</div></body></html>".encode(),
        Context(url=url),
    )


LOOK_ALIKES = {
    "rules for the reports": (
        "notice",
        "关于印发《青川县2023年度政府信息公开工作年度报告编制规范》的通知",
        "各乡镇人民政府：",
        *chapters(
            "字数在一千字以内。", "按照格式填写。", "按照格式填写。", "按照格式填写。", "如实填写。", "收费情况在此处报告。"
        ),
    ),
    "a call for reports": (
        "notice",
        "青川县人民政府办公室关于做好2023年政府信息公开工作年度报告编制和发布工作的通知",
        "一、时间要求",
        "各单位须于2024年1月31日前发布。",
        "二、内容要求",
        "年度报告应包括总体情况、主动公开政府信息情况、收到和处理政府信息公开申请情况、行政复议和行政诉讼情况。",
    ),
    "what was published": (
        "notice",
        "关于2023年度政府信息公开工作年度报告发布情况的通报",
        "截至2024年1月31日，全县48个单位发布了年度报告。",
        "一、总体情况",
        "大部分单位按时发布。",
        "二、存在的主要问题",
        "个别单位格式不规范。",
    ),
    "a plan": (
        "notice",
        "青川县教育局2024年政府信息公开工作计划",
        "一、总体要求",
        "加强主动公开，规范依申请公开，做好政策解读。" * 3,
    ),
    "half a year": (
        "statistics_annex",
        "青川县教育局2023年上半年政府信息公开工作情况报告",
        "一、主动公开情况",
        "上半年共主动公开信息35条。",
        "二、依申请公开情况",
        "上半年收到申请2件。",
    ),
    "a quarter": (
        "statistics_annex",
        "2023年第三季度政府信息公开工作总结",
        "一、主动公开政府信息情况",
        "第三季度公开信息12条。",
        "二、依申请公开情况",
        "无。",
    ),
    "a web site's year": (
        "website_report",
        "青川县人民政府门户网站2023年度工作年报",
        "总访问量（单位：次） 123456",
        "信息发布（单位：条） 总数 3456",
        "解读回应 解读信息发布 23",
    ),
    "rule of law": (
        "rule_of_law_report",
        "青川县教育局2023年度推进工作情况的报告",
        "一、总体情况",
        "推进法治政府建设，主动公开政府信息，规范行政复议、行政诉讼。",
        "二、主要做法",
        "法治政府建设责任落实。",
        "三、下一步打算",
        "全面推进法治政府建设，提升法治政府建设水平。",
    ),
    "an explainer": (
        "explainer",
        "《青川县2023年政府信息公开工作年度报告》解读",
        "一、编制背景",
        "根据条例编制。",
        "二、主要内容",
        "年度报告由总体情况、主动公开政府信息情况、收到和处理政府信息公开申请情况等六部分组成。",
    ),
    "a guide": (
        "other",
        "青川县人民政府信息公开指南",
        "一、主动公开",
        "公开范围见目录。",
        "二、依申请公开",
        "申请人可以当面、信函、网络申请。不予公开的说明理由。",
        "三、监督方式",
        "可以申请行政复议、提起行政诉讼。",
    ),
    "the regulations": (
        "other",
        "中华人民共和国政府信息公开条例",
        (
            "第五十条 年度报告应当包括下列内容：（一）主动公开政府信息的情况；（二）收到和处理政府信息公开申请的情况；（三）行政复议、行政诉讼的情况；"
            "（四）存在的主要问题及改进情况；（五）其他需要报告的事项。"
        ),
    ),
    "a year's work": (
        "other",
        "青川县教育局2023年工作总结和2024年工作打算",
        "一、总体情况",
        "教育事业稳步发展，各项任务全面完成，师资队伍不断壮大。",
        "二、主动公开",
        "公开各类信息35条，群众满意度进一步提升。",
        "三、存在的主要问题",
        "师资不足，经费紧张。",
        "四、下一步工作",
        "继续努力。",
    ),
    "a school's report": (
        "other",
        "青川县第一中学2023年信息公开工作年度报告",
        "我校编制本报告。",
        "一、主动公开情况",
        "二、依申请公开情况",
        "三、存在的主要问题",
    ),
    "a year's organs": (
        "list_page",
        "2023年政府信息公开工作年度报告",
        "<div>" + "".join(f"<a href='/a{k}.html'>青川县{name}</a> " for k, name in enumerate(ORGANS)) + "</div>",
    ),
    "a list of years": (
        "list_page",
        "政府信息公开年度报告",
        "<ul>"
        + "".join(
            f"<li><a href='/{year}.html'>青川县人民政府{year}年政府信息公开工作年度报告</a><span>{year + 1}-01-31</span></li>"
            for year in range(2012, 2024)
        )
        + "</ul>",
    ),
}


@pytest.mark.parametrize("name", LOOK_ALIKES)
def test_a_look_alike_is_refused_by_its_kind(name):
    """The words are a report's, the page is none."""
    kind, title, *lines = LOOK_ALIKES[name]
    found = page(title, *lines)
    assert (found.kind, found.source_class) == (kind, "official"), found.reasons


@pytest.mark.parametrize(
    "title",
    [
        "关于公布青川县教育局2023年政府信息公开工作年度报告的公告",
        "关于发布《青川县教育局2023年政府信息公开工作年度报告》的通知",
        "青川县教育局2023年政府信息公开工作年度报告",
    ],
)
def test_a_notice_that_consists_of_the_report_is_the_report(title):
    """The body decides."""
    lines = chapters("2023年公开信息35条。", "规范性文件0件。", "收到申请3件。", "无。", "形式单一。", "无。")
    assert page(title, *lines).kind == "annual_report"


@pytest.mark.parametrize(
    "title", ["政府信息公开工作年度报告（精选5篇）", "2023年政府信息公开年度总结报告范文", "最新政府信息公开年报(3篇)"]
)
def test_an_essay_mill_is_known_by_what_it_sells(title):
    """Sold by the piece, whatever it is about."""
    lines = chapters("XX年我局公开信息XX条。", "无。", "无。", "无。", "无。", "无。")
    assert page(title, *lines, url="http://www.example.com/a.html").source_class == "content_farm"


def test_an_article_that_did_not_come_is_no_list():
    """A portal's menu names a few organs among much else: the page stays empty, and a finding."""
    menu = "".join(
        f"<a href='/m{k}.html'>{name}</a>"
        for k, name in enumerate((*ORGANS[:6], *["首页", "新闻", "公开", "服务", "互动", "专题", "数据", "地图"]))
    )
    assert page("2023年政府信息公开工作年度报告", f"<div>{menu}</div>").kind == "empty"

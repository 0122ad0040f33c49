"""Who reports and when, where nothing says it plainly: the right answer or none, never a piece of a sentence."""

from datetime import date

import pytest

from pipelines.agency import name_in_lead, name_in_title
from pipelines.dates import published_on
from pipelines.names import full_name
from pipelines.reader import read

CHAPTERS = "总体情况 主动公开政府信息情况 收到和处理政府信息公开申请情况 政府信息公开行政复议、行政诉讼情况 存在的主要问题及改进情况 其他需要报告的事项"
LEADS = """2023年，在区委、区政府的正确领导下，我街道认真贯彻落实条例。
坚持以人民为中心，以推动政府信息公开为抓手，认真落实。
深入学习政府信息公开条例，规范政府信息公开流程，强化政府信息公开监督保障。
为规范政府信息公开工作，进一步提高政府信息公开质量。
2023年，省工业和信息化厅以习近平新时代中国特色社会主义思想为指导，全面加强政府信息公开工作。
健全组织机构，成立以镇长为组长的领导小组，由党政办公室负责编制。
配合沙河市政务服务中心积极开展工作，
按照沙河市人民政府办公室要求，严格落实。
各乡镇人民政府认真落实政务公开。
由各科室部门严格审核，由办公室负责组织协调，
县财政局、县发改局等部门认真落实，
通过石家庄市人民政府网站主动公开信息30条，
根据上级政府信息公开工作部署，认真组织。"""


@pytest.mark.parametrize("sentence", LEADS.splitlines())
def test_a_sentence_that_names_no_reporting_organ_gives_none(sentence):
    """Verbs before 政府信息公开, helpers and superiors are not who reports."""
    assert name_in_lead(sentence) is None


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("沙河市城市管理局（沙河市综合行政执法局）2023年政府信息公开工作年度报告", "沙河市城市管理局（沙河市综合行政执法局）"),
        ("关于发布《沙河县水务局2023年政府信息公开工作年度报告》的公告", "沙河县水务局"),
        ("沙河县水务局关于2022-2023年政府信息公开工作年度报告", "沙河县水务局"),
        ("沙河县水务局2008年至2010年政府信息公开工作年度报告", "沙河县水务局"),
        ("沙河市第一中学2023年信息公开工作年度报告", "沙河市第一中学"),
        ("新疆生产建设兵团第一师2023年政府信息公开工作年度报告", "新疆生产建设兵团第一师"),
        ("我局2023年政府信息公开工作年度报告", None),
    ],
)
def test_names_in_titles(title, name):
    """Brackets, ranges of years and quotation marks belong to the title's form, not to the organ."""
    assert name_in_title(title) == name


@pytest.mark.parametrize("words", ["以推动政府", "学习政府", "规范政府", "以推动人民政府"])
def test_a_government_is_one_of_a_place(words):
    """What stands before 政府 must be a place."""
    assert full_name(words) is None


def test_the_office_that_answers_is_not_the_organ():
    """与某局办公室联系: the organ reports, its office answers."""
    assert name_in_lead("如有疑问，请与沙河县水务局办公室联系（地址：三楼）。") == "沙河县水务局"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("年报[ 2024-01-08 ] 来源：沙河县水务局 浏览：12次", date(2024, 1, 8)),
        ("年报2024-01-09 09:33 来源：沙河县水务局 字体：大 中 小", date(2024, 1, 9)),
        ("2024年3月1日召开会议。来源于群众。", None),
    ],
)
def test_the_day_beside_the_source(text, day):
    """A day without a label is the day of publication where the source follows it."""
    assert published_on(text) == day


def test_a_notice_that_holds_the_report_is_the_report():
    """关于公布《…年度报告》的公告 with all six chapters is the report; the same title over nothing is a notice."""
    title = "关于公布《沙河县水务局2023年政府信息公开工作年度报告》的公告"
    body = "".join(
        f"<p>{number}、{words}</p><p>我局共公开信息12条。</p>"
        for number, words in zip("一二三四五六", CHAPTERS.split(), strict=True)
    )
    kinds = [read(f"<html><h1>{title}</h1>{each}</html>".encode()).kind for each in (body, "<p>现予公布。详见附件。</p>")]
    assert kinds == ["annual_report", "notice"]

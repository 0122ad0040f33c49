"""Which links lead to the reports: a score with its reasons (`PORTALS.md` §1.1, §1.2, §6). Pure, and data first.

The text of a link decides, together with its heading and column; the URL only adds. Refusals are tried before anything else:
look-alikes share every word with the real thing but one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from crawler.pages import Link, Page

REPORT, PAGER, COLUMN, GROUP, PLATFORM, OPEN, GOAL_FLOOR, LAST_RESORT = 100, 95, 90, 80, 60, 50, 10, 1
"""Scores, best first. Under GOAL_FLOOR a link is followed only while nothing was found yet."""

_COLUMN_WORDS = r"(?:政府|政务)?(?:信息)?公开(?:工作)?(?:年度报告|年报|年度工作报告|工作年度报告|工作年报)"
_COLUMN = re.compile(
    rf"^(?:[·>»\-]*)(?:历年|法定主动公开内容)?(?:{_COLUMN_WORDS}|年报|年度报告|工作年报|年报汇总"
    r"|[县市区省州]?[级直]?(?:人民)?(?:政府)?各?(?:部门|单位|乡镇|街道)(?:信息公开)?年报)(?:专栏|汇总|列表|公开)?$"
)
_REPORT = re.compile(
    r"(?:政府|政务)?信息公开.{0,8}(?:年度?报告|年报|工作报告|年度工作报告|总结)|政务公开.{0,6}(?:年度?报告|年报)|信息公开(?:工作)?报告|年年报(?:\.\w+)?$"
)
_YEAR_ONLY = re.compile(r"^(?:\d{4}|[一二〇○零]{4})年?度?(?:的)?(?:年报|年度报告|报告|工作年报)?$")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")
_GROUP = re.compile(
    r"^(?:\d{4}年?度?)?(?:[县市区州省]?(?:级|直)?(?:人民)?政府(?:部门|工作部门|办公室)?|[县市区]直(?:部门|单位)|部门(?:年报)?|(?:直属|派出)机构"
    r"|乡镇[（(]?街道[）)]?|乡镇|街道|县[（(]?市、?区[）)]?|历年|更多|更多>*|more>*)(?:年报|年度报告|信息公开年报)?$",
    re.IGNORECASE,
)
_UNIT = re.compile(
    r"^[\u4e00-\u9fff·（）()]{2,24}(?:局|厅|委|委员会|办|办公室|院|所|中心|镇|乡|街道|办事处|处|政府|站|队|公司|管委会|大队|支队|社|会)$"
)
_PLATFORM = re.compile(r"^(?:法定主动公开内容|(?:政府)?信息公开(?:专栏|平台|目录)?|政府信息公开)$")
_OPEN = re.compile(r"^(?:政务公开|信息公开|政府信息公开|公开|政务信息公开|zwgk|xxgk)$", re.IGNORECASE)
_COLUMN_PATH = re.compile(
    r"(?:zfxxgknb|xxgknb|gknb|gkndbg|zfxxgkndbg|ndxxgkbg|xxgkndbg|ndbg|xxgkbg|gkbg|nbxx|zfxxgk_nb)[\w-]*?(?:/(?:index\.s?html?)?|/?(?:list|index)?[\w-]*\.s?html?|)$",
    re.IGNORECASE,
)
_OPEN_PATH = re.compile(r"/(?:zwgk|xxgk|zfxxgk|zfxxgkpt|zfxxgkzl|gongkai|openinfo)(?:/|$)", re.IGNORECASE)
_PAGES_ON = re.compile(
    r"^(?:[\[<>«»‹›]*(?:首页|上一?页|前一页|下一?页|后一页|尾页|末页|加载更多|第?\d{1,3}页?)[\]<>«»‹›]*|[<>«»‹›]+|next|prev)$",
    re.IGNORECASE,
)
_HOME_PATH = re.compile(r"^/?(?:(?:index|default|main)\.\w+)?$", re.IGNORECASE)
_FURTHER = re.compile(r"^[\u4e00-\u9fff]{2,8}$")


@dataclass(frozen=True, slots=True)
class Refusal:
    """A title that is no report although it sits beside the reports, and why.

    `spares_organs` says that the words may stand in an organ's name (生态环境局, 综合行政执法局): the rule then leaves alone what
    is titled as a disclosure report in full, or is an organ's name and nothing else.
    """

    pattern: re.Pattern[str]
    why: str
    spares_organs: bool = False


REFUSALS = (
    Refusal(re.compile(r"网站(?:工作)?.{0,8}(?:报表|年报|年度报告)|网站年度|网站监管"), "statistics form of a website"),
    Refusal(re.compile(r"法治政府|依法行政(?:工作)?(?:年度)?报告|法治建设"), "rule-of-law report"),
    Refusal(re.compile(r"情况统计表|统计表(?:$|[（(])"), "annex to a report of before 2018"),
    Refusal(re.compile(r"图解|一图|图说|图读|读懂|解读|视频|漫画|动漫|H5"), "derived from a report"),
    Refusal(
        re.compile(r"通知$|的通知|(?:编制|报送|做好|开展).{0,40}(?:工作|通知|培训)|培训(?:会|班)|要点$|评估(?:报告|结果)"),
        "about the report",
    ),
    Refusal(
        re.compile(r"^(?:.*政府)?工作报告$|统计公报|决算|预算|公报|年鉴|统计年报"), "another yearly paper", spares_organs=True
    ),
    Refusal(re.compile(r"通知|培训|要点|评估|考核|办法|通报|会议|方案|部署|征集"), "about the report", spares_organs=True),
    Refusal(
        re.compile(r"企业.{0,4}年(?:报|度报告)|事业单位|法人|上市公司|年检|年度报告公示|许可案卷"),
        "annual report in another sense",
        spares_organs=True,
    ),
    Refusal(
        re.compile(r"新媒体|行政执法|建议提案|提案办理|社会责任|环境|质量报告|信用"),
        "another subject's report",
        spares_organs=True,
    ),
    Refusal(
        re.compile(r"^(?!.*(?:年报|年度报告)).*(?:指南|制度|目录|依申请|规定|规范|流程|收费|意见箱|监督保障)"),
        "sibling in the menu",
        spares_organs=True,
    ),
)


@dataclass(frozen=True, slots=True)
class Score:
    """How much a link promises, and why; 0 for one that is not followed."""

    value: int
    reasons: tuple[str, ...] = ()


def refusal(text: str) -> str | None:
    """Return why a (squeezed) title can be no report, None where it may be one."""
    spared = bool(_REPORT.search(text) or _UNIT.match(text))
    rules = (rule for rule in REFUSALS if not (spared and rule.spares_organs))
    return next((rule.why for rule in rules if rule.pattern.search(text)), None)


def names_report(text: str) -> bool:
    """Say whether a squeezed text is the title of a report rather than of their column."""
    return bool(_REPORT.search(text)) and not names_column(text) and refusal(text) is None


def names_column(text: str) -> bool:
    """Say whether a squeezed text is the name of the column that lists the reports."""
    return bool(_COLUMN.match(text)) and refusal(text) is None


def names_unit(text: str) -> bool:
    """Say whether a squeezed text is nothing but the name of an organ (县发改局)."""
    return bool(_UNIT.match(text)) and refusal(text) is None


def is_annual_column(page: Page) -> bool:
    """Say whether a page is the column of the reports by what it says of itself: its column, path, headings, URL."""
    return any(names_column(_without_year(name)) for name in page.column_names) or bool(_COLUMN_PATH.search(_path(page.url)))


def year_in(text: str) -> int | None:
    """Return the only year that a text or URL names, None for none or several."""
    years = {int(year) for year in _YEAR.findall(text)}
    return years.pop() if len(years) == 1 else None


def score(link: Link, *, in_column: bool) -> Score:
    """Return what a link promises. `in_column` says that it stands in the annual reports' column.

    A heading that names the column (`<h3>政府信息公开年报</h3>` over bare years) does the same for the links under it.
    """
    if link.tag == "api":
        return _of_interface(link, in_column=in_column)
    if link.tag == "annual-api":
        return Score(PAGER, ("the interface of the annual reports",))
    if link.tag == "jump":
        return Score(PLATFORM, ("a node of the tree on another host",)) if refusal(link.text) is None else Score(0)
    if _PAGES_ON.match(link.text):
        return Score(0, ("of a pager",))
    refused = refusal(link.title) or refusal(link.text)
    if refused is not None:
        return Score(0, (f"refused: {refused}",))
    under = in_column or names_column(_without_year(link.heading))
    found = _by_name(link, under=under)
    if found.value or link.tag == "frame":
        return found
    if _COLUMN_PATH.search(_path(link.url)):
        return Score(GROUP, ("the path names the column",))
    return Score(LAST_RESORT, ("a menu entry",)) if _FURTHER.match(link.text) else Score(0)


def _of_interface(link: Link, *, in_column: bool) -> Score:
    if in_column or names_column(link.text):
        return Score(PAGER, ("the interface that gives the list",))
    if _PLATFORM.match(link.text):
        return Score(PLATFORM, ("the interface that gives the organs",))
    return Score(LAST_RESORT, ("an interface that a script asks",))


def _by_name(link: Link, *, under: bool) -> Score:
    name = link.title or link.text
    if names_column(link.text) or names_column(link.title):
        return Score(COLUMN, ("named as the column of annual reports",))
    if names_report(name):
        return Score(REPORT, ("titled as an annual report",))
    if under and (inherited := _inherited(link, name)) is not None:
        return inherited
    extra = 5 if _OPEN_PATH.search(_path(link.url)) else 0
    if _PLATFORM.match(link.text):
        return Score(PLATFORM + extra, ("the disclosure platform",))
    if _OPEN.match(link.text):
        return Score(OPEN + extra, ("the disclosure pages",))
    return Score(0)


def _inherited(link: Link, name: str) -> Score | None:
    if _YEAR_ONLY.match(name):
        return Score(GROUP, ("a bare year in the column",))
    if _GROUP.match(name):
        return Score(GROUP, ("a group within the column",))
    if names_unit(name) and not _HOME_PATH.match(_path(link.url)):
        return Score(GROUP, ("a bare organ in the column",))
    if re.search(r"(?:\.{3}|…)$", name) or (link.listed_on and re.search(r"年报|年度.*报告", name)):
        return Score(GROUP - 5, ("a row of the column with a cut or short title",))
    return None


def _without_year(text: str) -> str:
    return re.sub(r"^(?:\d{4}年?度?)", "", text)


def _path(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path

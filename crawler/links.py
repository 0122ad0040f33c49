"""Which links lead to the reports: a score with its reasons (`PORTALS.md` §1.1, §1.2, §6). Pure, and data first.

The text of a link decides, together with its heading and column; the URL only adds. Refusals are tried before anything else:
look-alikes share every word with the real thing but one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from crawler.entrances import ENTRANCES
from crawler.pages import is_bare, Link, Page

REPORT, PAGER, COLUMN, GROUP, PLATFORM, OPEN, ORGANS, ORGAN, GOAL_FLOOR, HOPE, SITE_MAP, LAST_RESORT = (
    100,
    95,
    90,
    80,
    60,
    50,
    35,
    30,
    10,
    8,
    5,
    1,
)
"""Scores, best first. Under GOAL_FLOOR a link is followed only while nothing was found yet."""

_OF_WHOM = r"(?:历年|往年|历届|各级|各地|各|本级|本机关|本单位|本局|部门|单位|机关|县直|市直|区直|州直|省直|县级|市级|区级|乡镇|街道|下属单位|及|、|和|政府部门|政府)*"
_COLUMN_WORDS = r"(?:政府|政务)?(?:信息)?公开(?:工作)?(?:年度报告|年报|年度工作报告|工作年度报告|工作年报|年度总结)"
_COLUMN_TAIL = (
    r"(?:专栏|汇总|列表|公开|公布|公示|栏目|专区|专题|目录|集|库|一览表?|查询|下载|更多|[（(][^（）()]{1,12}[）)]|[>»:：]+)*"
)
_NUMBERING = r"(?:[·•>»\-—|]|[（(]?[一二三四五六七八九十\d]{1,2}[）)、.．])*"
_COLUMN = re.compile(
    rf"^{_NUMBERING}(?:法定主动公开内容)?{_OF_WHOM}(?:{_COLUMN_WORDS}|年报|年度报告|工作年报|工作年度报告|信息年报){_COLUMN_TAIL}$"
)
_OF_A_PLACE = re.compile(rf"^[\u4e00-\u9fff]{{2,16}}?{_COLUMN_WORDS}{_COLUMN_TAIL}$")
_REPORT = re.compile(
    r"信息(?:主动)?公开.{0,10}?(?:年度?.{0,5}?报告|年报|工作(?:的)?(?:情况)?(?:的)?报告|情况(?:的)?报告|总结)|信息公开报告"
    r"|政务公开.{0,8}?(?:年度?.{0,5}?报告|年报|情况(?:的)?报告)|年年报(?:\.\w+)?$"
)
_YEAR_ONLY = re.compile(r"^(?:\d{4}|[一二〇○零]{4})年?度?(?:的)?(?:年报|年度报告|报告|工作年报)?[/＞>»]?$")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")
_HAN_YEAR = re.compile(r"二[〇○零0Ｏ][〇○零一二三四五六七八九]{2}(?=年)")
_HAN_DIGITS = str.maketrans("〇○零Ｏ一二三四五六七八九", "0000123456789")
_ADDRESS_YEAR = re.compile(
    r"(?:nb|bg|nd|year|nf|niandu|[?&]y)[_=-]?((?:19|20)\d\d)(?!\d)|/((?:19|20)\d\d)(?:nb?|nd|ndbg)(?:/|\.|$)", re.IGNORECASE
)
_GROUP = re.compile(
    r"^(?:\d{4}年?度?)?(?:[县市区州省]?(?:级|直)?(?:人民)?政府(?:部门|工作部门|办公室)?|[县市区]直(?:部门|单位)|部门(?:年报)?|(?:直属|派出)机构"
    r"|乡镇[（(]?街道[）)]?|乡镇|街道|县[（(]?市、?区[）)]?|历年|更多|更多>*|more>*)(?:年报|年度报告|信息公开年报)?$",
    re.IGNORECASE,
)
_UNIT = re.compile(
    r"^[\u4e00-\u9fff·、（）()]{2,28}(?:局|厅|委|委员会|办|办公室|院|所|中心|镇|乡|街道|办事处|处|政府|站|队|公司|管委会|大队|支队|社|会|馆|台|县|区|市|旗|州|盟|苏木"
    r"|园区?|农场|林场|牧场|联|校|学校|医院|集团|部|署|总队|法院|科|股|组|室|分局|联合会|银行|基地|示范区|新区|开发区)[）)]?$"
)
_NOT_A_UNIT = re.compile(
    r"办事大厅|(?:互动|交流|服务|动态|要闻|公告|公示|政策|法规|新闻|信息|数据|专栏|导航|首页|目录|机构|领导|联系|概况|指南|查询|下载|评议|监督|投诉|咨询|建议|信箱|会议|常务会)"
    r"(?:中心|公开|专区|社区)?$|^(?:个人中心|政务服务中心|办事服务|服务大厅|新闻中心|上一?部|全部)$"
)
_WITH_YEAR = re.compile(
    r"[（(【\[]?(?:(?:19|20)\d\d|二[〇○零0][一二三四五六七八九〇○零]{2})(?:年度?)?[）)】\]]?|(?:的)?(?:年报|年度报告|工作报告|报告)(?:全文)?$"
)
_PLATFORM = re.compile(
    r"^(?:法定主动公开内容?|(?:[\u4e00-\u9fff]{0,10}政府|本?[县市区州省旗镇乡局])?(?:政府|政务)?信息公开(?:专栏|平台|目录|专区|专题|网|栏目?)?|政府信息公开|政务公开(?:专栏|平台|专区|网))$"
)
_OPEN = re.compile(
    r"^(?:政务公开|政府公开|公开政府|信息公开|政府信息公开|公开|公开信息|政务信息公开|政务信息|阳光政务|zwgk|xxgk)$",
    re.IGNORECASE,
)
_ORGANS = re.compile(
    r"^(?:各|全[县市区]|本[县市区])?(?:[县市区州省](?:级|直|政府)?|直属|基层|所属)?(?:政府)?(?:工作)?(?:部门|乡镇|镇街|街道|单位|机构|委办局|镇)"
    r"(?:[、（(及和]?(?:乡镇|街道|部门|单位|机构|园区|乡)[）)]?)*(?:政府)?(?:信息公开|政务公开|公开)?(?:目录|平台|专栏|专区|网站|导航)?$"
)
_SITE_MAP = re.compile(r"^(?:网站|站点|本站)?(?:地图|导航)$|^sitemap$", re.IGNORECASE)
_COLUMN_PATH = re.compile(
    r"(?:zfxxgknb|xxgknb|gknb|gkndbg|zfxxgkndbg|ndxxgkbg|xxgkndbg|ndbg|xxgkbg|gkbg|nbxx|zfxxgk_nb)[\w-]*?(?:/(?:index\.s?html?)?|/?(?:list|index)?[\w-]*\.s?html?|)$",
    re.IGNORECASE,
)
_YEARLY_PATH = re.compile(
    r"(?<![a-z])(?:nb|ndbg|nianbao|niandu|annual|gkbg)(?![a-z])|xxgk\w{0,4}(?:nb|bg)|nianbao|niandubaogao", re.IGNORECASE
)
_FURTHER_MAP = re.compile(r"\.xml(?:\.gz)?$", re.IGNORECASE)
_LIST_PATH = re.compile(r"/(?:(?:index|list)[\w-]*\.\w+)?$|/(?:list|column|col|channel|category|class)s?[/_?-]", re.IGNORECASE)
_OPEN_PATH = re.compile(r"/(?:zwgk|xxgk|zfxxgk|zfxxgkpt|zfxxgkzl|gongkai|openinfo)(?:/|$)", re.IGNORECASE)
_PAGES_ON = re.compile(
    r"^(?:[\[<>«»‹›]*(?:首页|上一?页|前一页|下一?页|后一页|尾页|末页|加载更多|第?\d{1,3}页?)[\]<>«»‹›]*|[<>«»‹›]+|next|prev)$",
    re.IGNORECASE,
)
_HOME_PATH = re.compile(r"^/?(?:(?:index|default|main)\.\w+)?$", re.IGNORECASE)
_FURTHER = re.compile(r"^[\u4e00-\u9fff]{2,8}$")
_HOPEFUL = re.compile(r"^(?=.*(?:公开|公示|阳光|透明|年报|年度|报告))[\u4e00-\u9fff]{2,10}$")
"""Menu entries that speak of openness or of reports in words of their own: tried before all others while nothing was found."""
_OWN_GOVERNMENT = re.compile(r"^本?[县市区州省旗镇乡盟]?(?:人民)?政府(?:办公?室?)?$")


_ISSUED = re.compile(r"(?:印发|公布|发布|公开)《[^》]*(?:信息公开|政务公开)[^》]*(?:年度报告|年报)》的(?:通知|公告|函)$")
"""A report that an organ sends round under a covering title is a report."""


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
    Refusal(re.compile(r"[上下]半年|季度|第[一二三四]季|\d月份"), "a report on part of a year"),
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
    if _ISSUED.search(text):
        return None
    spared = bool(_REPORT.search(text) or _UNIT.match(text))
    rules = (rule for rule in REFUSALS if not (spared and rule.spares_organs))
    return next((rule.why for rule in rules if rule.pattern.search(text)), None)


def names_report(text: str) -> bool:
    """Say whether a squeezed text is the title of a report rather than of their column."""
    return bool(_REPORT.search(text)) and not names_column(text) and refusal(text) is None


def organ_score(link: Link) -> Score:
    """Return what a link from the disclosure pages, or to another host of the portal, promises for naming an organ or a kind of organs."""
    name = link.title or link.text
    if refusal(name) is not None:
        return Score(0)
    if _ORGANS.match(name):
        return Score(ORGANS, ("organs that may have pages of their own",))
    is_organ = names_unit(name) or _OWN_GOVERNMENT.match(name)
    return Score(ORGAN, ("an organ that may have pages of its own",)) if is_organ else Score(0)


def names_column(text: str) -> bool:
    """Say whether a squeezed text is the name of the column that lists the reports."""
    return bool(_COLUMN.match(text)) and refusal(text) is None


def names_unit(text: str) -> bool:
    """Say whether a squeezed text is nothing but the name of an organ (县发改局)."""
    return bool(_UNIT.match(text)) and not _NOT_A_UNIT.search(text) and refusal(text) is None


def unit_in(text: str) -> str | None:
    """Return the organ that a squeezed text names with nothing beside it but a year and 年报 (县财政局2023年), None for none."""
    bare = _WITH_YEAR.sub("", _WITH_YEAR.sub("", text)).strip("-—·:：|()（）[]【】")
    return bare if names_unit(bare) else None


def is_annual_column(page: Page) -> bool:
    """Say whether a page is the column of the reports by what it says of itself: its column, path, headings, URL."""
    names = map(_without_year, page.column_names)
    if any(names_column(name) or (_OF_A_PLACE.match(name) and refusal(name) is None) for name in names):
        return True
    return bool(_COLUMN_PATH.search(_path(page.url)))


def year_in(text: str) -> int | None:
    """Return the only year that a text or URL names, None for none or several."""
    years = {int(year) for year in _YEAR.findall(_HAN_YEAR.sub(_digits, text))}
    return years.pop() if len(years) == 1 else None


def year_of_address(url: str) -> int | None:
    """Return the year that a URL says its page is about (`?year=2023`, `/nb2023/`, `/2023n/`); a date of publication is none."""
    found = _ADDRESS_YEAR.search(_path(url))
    return int(found[1] or found[2]) if found else None


def _digits(found: re.Match[str]) -> str:
    return found[0].translate(_HAN_DIGITS)


def score(link: Link, *, in_column: bool) -> Score:
    """Return what a link promises. `in_column` says that it stands in the annual reports' column.

    A heading that names the column (`<h3>政府信息公开年报</h3>` over bare years) does the same for the links under it.
    """
    if link.tag == "api":
        return _of_interface(link, in_column=in_column)
    if link.tag == "annual-api":
        return Score(PAGER, ("the interface of the annual reports",))
    if link.tag == "mapped":
        return _of_site_map(link)
    if link.tag == "facet":
        return Score(GROUP, ("a part of the column's list",))
    if link.tag == "door":
        return Score(SITE_MAP, ("a way on from an entrance page",))
    if link.tag == "jump":
        return Score(PLATFORM, ("a node of the tree on another host",)) if refusal(link.text) is None else Score(0)
    if _PAGES_ON.match(link.text):
        return Score(0, ("of a pager",))
    refused = refusal(link.title) or refusal(link.text)
    if refused is not None:
        return Score(0, (f"refused: {refused}",))
    under = in_column or any(names_column(_without_year(text)) for text in (link.heading, link.section))
    found = _by_name(link, under=under)
    if found.value or link.tag == "frame":
        return found
    if _COLUMN_PATH.search(_path(link.url)):
        return Score(GROUP, ("the path names the column",))
    if _SITE_MAP.match(link.text) or link.tag in ENTRANCES:
        return Score(SITE_MAP if link.tag not in ENTRANCES else LAST_RESORT, ("another entrance",))
    if _HOPEFUL.match(link.text):
        return Score(HOPE, ("a menu entry that speaks of openness or reports",))
    return Score(LAST_RESORT, ("a menu entry",)) if _FURTHER.match(link.text) else Score(0)


def _of_site_map(link: Link) -> Score:
    """A site map names nothing: the address alone tells, first what may be the column, then lists, then the rest."""
    path = _path(link.url)
    if _COLUMN_PATH.search(path):
        return Score(GROUP, ("the path names the column",))
    if _YEARLY_PATH.search(path):
        return Score(ORGANS, ("the path speaks of a yearly report",))
    if _FURTHER_MAP.search(path):
        return Score(SITE_MAP, ("a further site map",))
    is_list = bool(_LIST_PATH.search(path))
    return Score(LAST_RESORT + 2 * is_list, ("a page of the site map",))


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
    if unit_in(name) and not _HOME_PATH.match(_path(link.url)):
        return Score(GROUP, ("a bare organ in the column",))
    if re.search(r"(?:\.{3}|…)$", name) or (re.search(r"年报|年度.*报告", name) and (link.listed_on or year_in(name))):
        return Score(GROUP - 5, ("a row of the column with a cut or short title",))
    if year_in(name) and re.search(r"(?:总结|报告|情况)(?:[（(][^（）()]*[）)])?$", name):
        return Score(GROUP - 5, ("a year's report by another name, in the column",))
    if is_bare(link.text) and (year_in(link.heading) or unit_in(link.row) or unit_in(link.heading)):
        return Score(GROUP - 5, ("a link without a name, in a row or under a heading with one",))
    return None


def _without_year(text: str) -> str:
    return re.sub(r"^(?:\d{4}年?度?)", "", text)


def _path(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path

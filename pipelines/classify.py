"""What a page is (`kind`) and whose it is (`source_class`), each with its reasons: the body decides, the title nominates."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from archive.model import Kind, SourceClass, Statistics
from pipelines.titles import is_report_title, squeeze

MIN_BODY = 60
"""Characters below which a body says nothing: a real report's shortest is a paragraph (shangyu-tangpu-2009 has 700)."""

_REFUSED: tuple[tuple[Kind, re.Pattern[str], str], ...] = (
    ("website_report", re.compile(r"网站(?:(?!信息公开|政务公开).){0,12}(?:年度报表|年报|年度报告|工作报表)|网站(?:工作|监管)?.{0,4}\d{4}年?度?(?:工作)?报表"), "the yearly form on the web site"),
    ("rule_of_law_report", re.compile(r"法治(?:政府|.{0,8}建设)|依法行政(?:工作)?(?:年度)?(?:情况)?(?:的)?(?:报告|总结)"), "the report on law-based government"),
    ("explainer", re.compile(r"图解|一图(?:读懂|看懂|速览)|图说|图文解读|(?:年报|报告|文件|政策)[》”]?(?:政策)?解读|解读[:：]|的解读$|数说"), "an explainer of a report"),
    ("statistics_annex", re.compile(r"^(?!.*(?:报告|年报|总结)).*统计(?:报)?表|(?:半年|季度)(?!报告制度).{0,24}(?:统计|情况|总结|报告|小结|通报)|依申请公开.{0,6}统计"), "a table of statistics, not the report"),
    ("notice", re.compile(r"(?:关于|做好|开展|印发|报送|编制|发布).{0,60}(?:通知|的函|通报|公告)$|培训|工作要点|第三方评估|任务分(?:解|工)|考核(?:办法|结果)|征求意见|格式|编制(?:规范|说明|指引|要求)|公开.{0,12}(?:计划|方案|安排)$"), "a text about reports"),
    ("other", re.compile(r"政务新媒体.{0,6}年|行政执法.{0,8}(?:年度|年报|总结)|建议提案|提案办理|政府工作报告|统计公报|决算|预算|环境(?:状况)?公报|统计年鉴|企业.{0,6}年(?:报|度)|法人.{0,4}年(?:报|度|检)|上市公司|(?:公开)?(?:指南|制度|目录)$|信访.{0,6}年|学年|(?:党务|检务|司法|审判|警务|村务|居务|厂务|校务|院务)公开|(?:大学|学院|学校|[中小]学|幼儿园|医院|公司|集团)(?=\d{4}|年|关于|的|信息公开)(?!.*(?:政府|政务)信息公开).*信息公开"), "another yearly paper"),
)  # fmt: skip
_PUBLISHES = re.compile(
    r"关于(?:公布|发布|印发|公开)(?:《[^《》]*信息公开[^《》]*报告》的|[^《》，]{2,40}信息公开(?:工作)?(?:年度)?(?:工作)?(?:报告|年报)的(?:公告|通告|公示|通知)$)"
)
"""A notice that consists of the report it publishes; whether it does, the chapters tell."""
_GONE = re.compile(
    r"找不到(?:该|此|您|页|网)|页面不存在|访问的(?:页面|文章|内容|信息)不存在|页面(?:已|被)(?:经)?删除|已(?:被)?删除或|无法找到|错误页面|404\s*(?:not found|错误|页面)|not\s+found|栏目正在建设中",
    re.IGNORECASE,
)
_GONE_BRIEFLY = re.compile(
    r"(?:信息|文章|内容|页面?|网页|文档|文件|资源|稿件|链接|栏目)[^。！，,；]{0,10}?(?:不存在|未发布|走丢|(?:已|被)[^。！，,；]{0,4}?(?:删除|下线|下架|撤[销下稿回]|失效|过期|移除))"
    r"|(?:没有|未)找到|找不到|(?:can(?:not|'t)|could\s*not)\s*be\s*found|notfound|pagenotfound",
    re.IGNORECASE,
)
"""Said by a page that says hardly anything else; within a report's text it would mean nothing."""
_BRIEF = 120
_CHALLENGE = re.compile(
    r"\$_ts\b|__jsl_clearance|C3VK=|wzws-waf|WZWS|_bot_sbu|_ws_sbu|CT6T=|请开启JavaScript并刷新|reason:\s*GeoBL|cyd-error-help|不合法参数，已被网站管理员设置拦截",
    re.IGNORECASE,
)
_SCRIPTED_COOKIE = re.compile(r"document\.cookie\s*=|eval\(|\br=[\"']m[\"']")
_REDIRECT = re.compile(r"(?:location(?:\.href)?\s*=|location\.(?:replace|assign)\(|http-equiv=[\"']?refresh)", re.IGNORECASE)
_SCRIPTED_LIST = re.compile(r"articleList\s*:|var\s+listData|createPageHTML\(|<datastore>|totalRecord\s*:|queryData=")
_SHELL = 6000
"""Characters of markup: a redirect shell is small; a full page may carry a redirect for mobile phones."""
_LONG_PAGE = 2000
"""Characters of text that no page without an article has."""
_OFFICIAL = re.compile(r"(?:^|\.)gov\.(?:cn|test)$")
_MILL = re.compile(
    r"范文|(?:精选|通用|合集|汇编|热门)[^。\n]{0,6}\d+篇|\d+篇[)）]|下载本文|本文档|网友上传|写作网|文秘(?!工作|$|[\s，、;；]|科|处)|客服老师|本站观点|论文网|公文网|工作总结网|免费(?:文章|论文)|原创文章"
)
_GAMBLING = re.compile(
    r"uedbet|博彩|凯发|k8国际|沙巴体育|足彩|bet365|best365|365体育|365bet|体育投注|娱乐(?:场(?!所|地|馆)|城(?=官|app|注|开)|app)|六合彩|彩票平台|真人娱乐|百家乐|老虎机|澳门(?:新葡京|赌场)|时时彩|体育[_@].{0,12}官网|棋牌(?:平台|官网)|亚博|开云|华体会|乐鱼"
)
"""For a text in lower case, each alternative beginning with a sign: so a search goes from one such sign to the next."""
_LEAST_ORGANS = 5
"""Links named by organs that make a page without a text the list of their reports."""
_ENOUGH, _TELLING_TOPICS = 4, 3
"""Signs that make a report; topics without which chapters alone, of a text that never names itself one, make none."""
_SELF = re.compile(r"本(?:年度)?(?:报告|年报)|年度报告|工作年报|信息公开(?:工作)?(?:报告|总结|小结)")
_EARLIER_TOPICS = ("主动公开", "依申请公开", "行政复议", "行政诉讼", "收费", "存在的主要问题", "政府信息公开条例", "不予公开")


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """What the decision rests on: title, body without furniture, chapters found, tables found, files and pictures.

    `organs` counts the links that are an organ's name.
    """

    title: str | None
    body: str
    statutory: int = 0
    chapters: int = 0
    statistics: Statistics = field(default_factory=Statistics)
    files: int = 0
    images: int = 0
    organs: int = 0


@dataclass(frozen=True, slots=True)
class Judged:
    """A kind and the sentences that say why."""

    kind: Kind
    reasons: tuple[str, ...]


def classify(traits: Traits) -> Judged:
    """Return what a page is. A body with the statutory chapters or tables is a report whatever its title says."""
    title = squeeze(traits.title or "")
    refused = refusal(title)
    tables = len(traits.statistics.tables())
    if is_blank_form(traits):
        return Judged("other", ("body: the blank statutory form, it names no year and has no number",))
    if traits.statutory >= 3 and (not refused or (tables and refused.kind != "statistics_annex") or _PUBLISHES.match(title)):
        return Judged("annual_report", (f"body: {traits.statutory} of the six statutory chapters, {tables} statutory tables",))
    return (
        refused
        or _by_weight(traits, tables)
        or _short(traits, title)
        or Judged("other", ("body: no chapters, no tables of a report",))
    )


def is_blank_form(traits: Traits) -> bool:
    """Say whether a body is the form that organs fill in: tables whose cells are all blank, no year, no title of a report."""
    tables = [table for table in traits.statistics.tables().values() if table.cells]
    cells = (cell for table in tables for cell in table.cells.values())
    blank = bool(tables) and all(cell.kind == "blank" and cell.reading == "printed" for cell in cells)
    return blank and not is_report_title(traits.title or "") and not re.search(r"20\d\d年", squeeze(traits.body))


def refusal(title: str) -> Judged | None:
    """Return the kind of a look-alike that a title names (`PORTALS.md` §6.2), None for a title that is none of them."""
    plain = squeeze(title)
    found = next(((kind, why) for kind, pattern, why in _REFUSED if pattern.search(plain)), None)
    return Judged(found[0], (f"title: {found[1]}: {plain[:80]}",)) if found else None


def _by_weight(traits: Traits, tables: int) -> Judged | None:
    """Return annual_report or one of its look-alikes where several weaker signs agree."""
    text = squeeze(traits.body)
    if text.count("法治政府") >= 3 and tables == 0 and traits.statutory < 2:
        return Judged(
            "rule_of_law_report", ("body: it speaks of 法治政府 throughout and has no chapters of a disclosure report",)
        )
    if (
        set(traits.statistics.tables()) == {"summary_2014"}
        and traits.chapters < 3
        and len(text) < 3500
        and not _SELF.search(text[:600])
    ):
        return Judged("statistics_annex", ("body: only the statistics table of 2014",))
    topics = sum(topic in text for topic in _EARLIER_TOPICS)
    signs = {
        f"{traits.chapters} chapters": min(traits.chapters, 3),
        f"{tables} statutory tables": 2 * min(tables, 2),
        f"{topics} topics of a report": topics // 2,
        "its title": 2 * is_report_title(traits.title or ""),
        "it calls itself a report": int(bool(_SELF.search(text[:1500])) and "信息公开" in text),
    }
    named = is_report_title(traits.title or "") or bool(_SELF.search(text)) or tables or topics >= _TELLING_TOPICS
    if sum(signs.values()) < _ENOUGH or len(text) < MIN_BODY or not named:
        return None
    return Judged("annual_report", ("body: " + ", ".join(name for name, weight in signs.items() if weight),))


def says_gone(text: str) -> bool:
    """Say whether a page's visible text is nothing but that what was asked for is not there: 该信息已被删除, 页面不存在."""
    plain = squeeze(text)
    return len(plain) < _BRIEF and bool(_GONE_BRIEFLY.search(plain))


def _short(traits: Traits, title: str) -> Judged | None:
    text = squeeze(traits.body)
    if len(text) >= 200:
        return None
    if says_gone(text) and not traits.files:
        return Judged("not_found", (f"body: it says that the page is gone: {text[:40]}",))
    if is_report_title(title) and (traits.files or traits.images):
        return Judged("annual_report", ("title: a report's; the report itself is the attached file or picture",))
    if _GONE.search(text):
        return Judged("not_found", (f"body: it says that the page is gone: {text[:40]}",))
    if len(text) < MIN_BODY and traits.organs >= _LEAST_ORGANS and not traits.images:
        return Judged("list_page", (f"page: {traits.organs} links that are organs' names and nothing else",))
    if len(text) < MIN_BODY:
        return Judged("empty", (f"extraction_failed: {len(text)} characters of body are left",))
    return None


def classify_shell(markup: str, visible: str, links: int) -> Judged | None:
    """Return the kind of a page without an article: challenge, redirect shell, soft 404; None for a page worth reading.

    `visible` is the page's text without scripts. A redirect shell is `other`: nobody blocks us there.
    """
    text = "".join(visible.split())
    if len(text) >= _LONG_PAGE + visible.count("\u200b"):
        return None
    text = squeeze(text)
    if len(text) < 200 and links == 0 and _CHALLENGE.search(markup):
        return Judged("challenge_page", ("page: a challenge of a web application firewall, not an article",))
    if len(text) < 50 and links == 0 and "<script" in markup.lower():
        if _SCRIPTED_COOKIE.search(markup):
            return Judged("challenge_page", ("page: nothing but a script that sets a cookie",))
        if _REDIRECT.search(markup) and len(markup) < _SHELL:
            return Judged("other", ("page: a redirect shell",))
    if len(text) < 200 and _SCRIPTED_LIST.search(markup):
        return Judged("list_page", ("page: a list that a script holds or fetches",))
    if says_gone(text):
        return Judged("not_found", (f"page: it says nothing but that what was asked for is not there: {text[:40]}",))
    if len(text) < _LONG_PAGE and _GONE.search(text[:600]) and "主动公开政府信息" not in text:
        return Judged("not_found", ("page: it says that what was asked for is not there",))
    if len(text) < 50 and len(markup) < _SHELL and _REDIRECT.search(markup):
        return Judged("other", ("page: a redirect shell",))
    return None


def source_class(
    *, host: str | None, body: str, raw: str, title: str | None, is_report: bool
) -> tuple[SourceClass, tuple[str, ...]]:
    """Return whose page it is, and why.

    `raw` is the page's whole text, furniture included, since essay mills show themselves there. Without a host a page is
    of unknown source unless its text betrays it.
    """
    official = host is not None and _OFFICIAL.search(host) is not None
    if not official and (mill := _MILL.search((title or "") + raw[:600] + raw[-400:])):
        return "content_farm", (f"source: an essay mill's words: {mill[0]}",)
    if is_report and (gambling := _GAMBLING.search(((title or "") + body).lower())):
        return "mirror", (f"source: a hijacked page, it advertises {gambling[0]}",)
    if official:
        return "official", (f"source: {host} is a government host",)
    if host and is_report and not re.fullmatch(r"localhost|[\d.]+|\[?[0-9a-f:]+\]?", host):
        return "mirror", (f"source: {host} is no government host",)
    return "unknown", ()


def list_page_reason(*, dated_links: int, links: int, prose: int, statutory: bool) -> str | None:
    """Return why a page is a list of links, None for one that is none. `prose` counts characters outside links."""
    if statutory or links < 5:
        return None
    if dated_links >= 5 and prose < 60 * dated_links:
        return f"page: {dated_links} dated links and {prose} characters of other text"
    return None

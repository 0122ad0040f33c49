"""Page furniture (页面框架文字): text that belongs to the page and not to the report, taken off by named rules.

A new rule is an entry of `RULES`: a name, where it acts, a pattern, the reason, and a text that it acts on. Rules only take
lines away; what they take is listed with the rule's name. Address and phone lines of the report itself are never touched
(`PORTALS.md` §7.3b): only what stands under a footer's own marks goes with the footer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal

from archive.model import Furniture

Where = Literal["head", "anywhere", "tail", "tail_onward"]

_HEAD_LINES = 25
_TAIL_LINES = 40
_HEADING = re.compile(r"^\W{0,4}[一二三四五六]\W{0,3}[、.．]|^\W{0,4}(?:一|1)[、.．]|概述$|总体情况")
_REPORT_WORDS = re.compile(r"^[（(]?[一二三四五六七八九十]{1,3}[)）、.．]|本年新收|结果维持|年度办理结果|信息处理费")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One kind of furniture. `pattern` must match a whole line (white space at its ends aside); each such line holds one of `marks`,
    in lower case, where the rule has some.

    `where`: head (before the first heading), anywhere, tail (last line, again and again), or tail_onward (this line and all
    after it, near the end of the page and only where no report text follows).
    """

    name: str
    where: Where
    pattern: re.Pattern[str]
    because: str
    example: str
    marks: tuple[str, ...] = ()


def _rule(name: str, where: Where, pattern: str, because: str, example: str, *, marks: str = "") -> Rule:
    """A rule whose pattern may begin with anything names its `marks`: without them it is tried at every sign of every line."""
    compiled = re.compile(pattern, re.IGNORECASE)
    return Rule(name=name, where=where, pattern=compiled, because=because, example=example, marks=tuple(marks.split()))


# Possessive, and repetitions counted: a line of nothing but labels and spaces must not be tried in all its divisions.
_GAP = r"[\s\u3000\xa0|]*+"
_DATE = r"\d{4}\s*[-年/.]\s*\d{1,2}\s*[-月/.]\s*\d{1,2}\s*日?(?:\s*T?\s*\d{1,2}:\d{2}(?::\d{2})?)?"
_LABELS = (
    "(?:信息|文章)?来源|作者|供稿|撰稿|上传[者人]|录入[者人]|发布(?:机构|单位|人|者)|信息发布人|(?:发布|公开|发文|成文|生成|制发|更新|归档|添加|录入)(?:日期|时间)|日期|时间|有效期"
    "|浏览(?:次数|量)?|访问(?:次数|量)|点击(?:数|率|次数|量)?|阅读(?:次数|量)?|字号|字体(?:大小)?|视力保护色|(?:责任|网站|网络)?编辑|审核|稿源|发稿时间"
)
_VALUES = rf"(?:{_DATE}|[\[【]?{_GAP}(?:默认|大|中|小|超大|loading|次)?[^，。；;:：\n]{{0,30}}?[\]】]?)"
_TOOLS = (
    "字号|字体(?:大小)?|打印(?:本页|此页|本文|页面)?|关闭(?:窗口|本页|页面)?|收藏|保存|下载|分享(?:到|至)?|朗读|语音播报|返回(?:列表|首页|顶部|上一页)?|top|回到顶部|放大|缩小|转发|复制链接|"
    "我要纠错|纠错|大|中|小|默认|超大|微信|微博|新浪微博|qq空间|qq好友|人人网|豆瓣网?|更多|设为首页|加入收藏|收藏本站|联系我们|loading[.…]{0,12}"
)
_FOOTER = (
    r"版权所有|版权与免责声明|ICP\s*备|公网安备|网站标识码|主办(?:单位)?\s*[:：]|承办(?:单位)?\s*[:：]|技术支持\s*[:：]|制作维护\s*[:：]|"
    r"网站地图|站点地图|隐私声明|网站声明|本?网站(?:已)?支持IPv6"
)
_COUNTED = r"\s*[:：]?[\s\u3000\xa0|]*+\d[\d,]{0,11}\s*(?:次|人次)?"
_VISITS = (
    rf"{_GAP}(?:(?:本文|本页|文章)(?:已?被)?(?:浏览|访问|点击|阅读|查看)(?:次数|人次|总数|量|数|率)?|(?:浏览|点击|阅读)(?:次数|量|数|率)?){_COUNTED}"
    rf"|{_GAP}您是(?:本站|本页)?第\s*\d[\d,]{{0,11}}\s*[位个名](?:访客|访问者|浏览者|来访者|网友)[。！]?"
)
_SAME_DAY = rf"{_GAP}(?:今天|今日|现在)是\s*[:：]?(?:北京时间)?\s*[:：]?\s*{_DATE}.{{0,24}}|{_GAP}(?:当前|现在|系统|打印|北京)时间\s*[:：]?\s*{_DATE}.{{0,12}}"
_WHO = "(?:信息|文章)?来源|稿源|作者|供稿|撰稿|上传[者人]|录入[者人]|信息发布人|浏览(?:次数|量)?|访问(?:次数|量)|点击(?:数|率|次数|量)|阅读(?:次数|量)?"

RULES: tuple[Rule, ...] = (
    _rule("trail", "anywhere", r"(?:(?:您|你)?(?:现在|当前|所在)?的?(?:位置|页面)(?:是)?\s*[:：]\s*)?(?:本站)?首\s?页\s*[>»›→＞][^。；，]{0,120}", "says where the page lies on the site, also where it is printed under the article", "当前位置：首页 > 政务公开 > 年报"),
    _rule("breadcrumb", "head", r"(?:您|你)?(?:现在|当前|所)*(?:的|所在)*(?:位置|页面)(?:是)?\s*[:：].*|首页\s*(?:>|»|›|-|/|→|＞).*|\s*(?:>|»|›|＞)+.{0,40}|首页", "says where the page lies on the site, not what the report says", "您当前所在位置: 乡镇信息公开 | 中村乡"),
    _rule("menu", "head", r"首\s?页\s*\|.{0,200}", "the site's menu", "首页 | 政务公开 | 网上办事 | 公众参与"),
    _rule("font-size", "head", rf"{_GAP}[【\[]?\s*(?:字号|字体)(?:大小)?\s*[:：]?{_GAP}[【\[]?(?:{_GAP}(?:默认|超大|大|中|小)){{0,4}}{_GAP}[】\]]?", "a control of the page", "字号：[ 大 中 小 ]"),
    _rule("date-and-source", "head", rf"{_GAP}[【\[(（]?(?:(?:{_LABELS})\s*[:：]{_GAP}{_VALUES}{_GAP}[】\])）]?{_GAP}){{1,10}}", "the CMS prints it; the date is kept as published_on", "来源: 浏览次数: 发布时间: 2020-02-20 16:53"),
    _rule("catalogue-table", "head", rf"{_GAP}(?:索\s*引\s*号|文\s*号|发文字号|组配分类|主题分类|体裁分类|公开(?:范围|方式|形式|时限|日期)|发布(?:机构|单位)|所属机构|责任部门|有\s*效\s*性|名\s*称|主题词|关\s*键\s*词|信息分类|内容概述|生成日期|信息公开元数据)\s*[:：]?.{{0,160}}", "metadata of the public catalogue, printed above every document", "索引号: | /2015-26440 | 公开方式: | 主动公开 |"),
    _rule("accessibility", "anywhere", r"(?:\s*(?:关怀版|无障碍(?:浏览|模式|阅读)?|长者(?:助手|版)|适老版|退出(?:关怀|适老)版|繁體版|简体|繁体|English|移动版|手机版))+\s*", "a control of the page", "关怀版 无障碍 无障碍"),
    _rule("page-tools", "anywhere", rf"{_GAP}(?:[-·【\[（(]?\s*+(?:{_TOOLS})\s*+[:：]?\s*+[】\]）)]?{_GAP})+", "buttons of the page", "【打印本页】 【关闭本页】 |"),
    _rule("scan-to-open", "anywhere", r"\W*(?:微信)?(?:用(?:手机|微信)?)?[“\"]?(?:扫一扫|扫码|扫描二维码|手机扫码)[”\"]?.{0,30}|用手机浏览本页|(?:手机|微信)扫.{0,20}", "a QR code's caption", "扫一扫在手机打开当前页"),
    _rule("visits", "anywhere", _VISITS, "a counter of the page", "阅读 1207 次"),
    _rule("today", "anywhere", _SAME_DAY, "the day on which the page was looked at", "今天是2026年2月1日 星期日"),
    _rule("feedback", "anywhere", r"\W*您对(?:本|此|该)(?:页|文|篇|条)[^。]{0,30}|\W*(?:非常满意|基本满意|不满意|满意|一般)\s*(?:[（(]\s*\d+\s*[)）])?(?:\W*(?:非常满意|基本满意|不满意|满意|一般)\s*(?:[（(]\s*\d+\s*[)）])?){1,4}\W*", "asks what readers think of the page", "您对本页内容是否满意？ 满意 不满意"),
    _rule("neighbour", "anywhere", r"\W*[上下]一(?:篇|条)\s*[:：].{0,80}", "a link to another page of the list", "下一条：某镇年报"),
    _rule("site-says", "anywhere", r"\W*(?:本?网站(?:已)?支持IPv6|转载请注明(?:出处|来源)).{0,30}", "said of the site, on all its pages", "转载请注明出处"),
    _rule("files-caption", "anywhere", r"\W*(?:(?:相关)?附件(?:下载|列表)?|附件清单)\s*[:：]", "a caption over links to files, which are listed by themselves", "相关附件："),
    _rule("markdown-image", "anywhere", rf"!\[[^\]]*\]\([^)]*\){_GAP}", "an image that holds no text of the report", "![]() |"),
    _rule("body-label", "head", r"正文|【正文】|正文内容|内容", "a caption of the page's frame", "正文"),
    _rule("bars", "head", r"[\s|\u3000\xa0]*\|[\s|\u3000\xa0]*", "cell borders of an empty layout table", "||"),
    _rule("editor", "tail", r"\W*(?:【?我要纠错】?)?\s*[【\[(（]?(?:(?:责任|网站|网络)?编辑|责编|审核|校对|签发|初审|复审|终审|责任人)\s*[:：].{0,40}", "who put the page on line, not who reports", "责任编辑：李某"),
    _rule("source-at-end", "tail", rf"{_GAP}[【\[(（]?(?:(?:{_WHO})\s*[:：]{_GAP}{_VALUES}{_GAP}[】\])）]?{_GAP}){{1,6}}(?:(?:发布|发文|更新)(?:日期|时间)\s*[:：]{_GAP}{_DATE})?", "the CMS prints it under the article", "上传者：李某　点击数：12"),
    _rule("visits-at-end", "tail", rf"{_GAP}(?:本站|累计|总)?访问(?:次数|人次|总数|量|数){_COUNTED}", "a counter of the page or of its site, under the article", "总访问量：12077"),
    _rule("bars-at-end", "tail", r"[\s|\u3000\xa0]*\|[\s|\u3000\xa0]*", "cell borders of an empty layout table", "|"),
    _rule("previous-next", "tail_onward", r"\W*上一(?:篇|条|页|个)\s*[:：]?.{0,80}", "links to other pages of the list, and what the page prints under them", "- 上一篇:乡镇庆七一表彰会讲话"),
    _rule("next", "tail_onward", r"\W*下一(?:篇|条|个)\s*[:：]?.{0,80}", "a link to another page of the list", "下一篇：没有了"),
    _rule("related", "tail_onward", r"\W*(?:相关(?:链接|文档|解读|文章|新闻|阅读|稿件|报道|信息|内容)|延伸阅读|热点信息|推荐阅读|精品范文|猜你喜欢|热门文章)\s*[:：]?", "a list of other pages", "相关链接"),
    _rule("footer", "tail_onward", rf".{{0,120}}(?:{_FOOTER}).{{0,200}}", "the site's footer, the same on all its pages", "版权所有：某县人民政府　　冀ICP备00000000号-1", marks="版权 icp 公网安备 网站 站点地图 隐私声明 主办 承办 技术支持 制作维护"),
    _rule("share", "tail_onward", r"\W*分享(?:到|至)\s*[:：]?.{0,40}", "buttons of the page", "分享到：微信 新浪微博"),
    _rule("essay-mill", "anywhere", r"导语[:：].{0,120}(?:网友上传|客服老师|仅供参考).{0,80}|.{0,60}来源于网友上传.{0,80}", "an essay mill's disclaimer", "导语:某文来源于网友上传,不代表本站观点,欢迎参考。", marks="导语 来源于网友上传"),
)  # fmt: skip


def strip_furniture(text: str) -> tuple[str, tuple[Furniture, ...]]:
    """Return a body without furniture, and what was taken off, in reading order of each pass.

    Running it again changes nothing. It never adds text: the lines that stay are lines of `text`.
    """
    current, taken = _tidy(text), list[Furniture]()
    while True:
        kept, found = _one_pass(current.split("\n"))
        after = _tidy("\n".join(kept))
        taken += found
        if after == current:
            return current, tuple(taken)
        current = after


def is_furniture(line: str) -> bool:
    """Say whether a line is furniture wherever it stands."""
    return _matching(line, ("anywhere",)) is not None


def _tidy(text: str) -> str:
    return (re.sub(r"\n{3,}", "\n\n", text) if "\n\n\n" in text else text).strip("\n")


def _one_pass(lines: list[str]) -> tuple[list[str], list[Furniture]]:
    end, cut = _cut_onward(lines)
    kept, head = _take(lines[:end])
    end, tail = _cut_tail(kept)
    return kept[:end], head + tail + cut


def _take(lines: list[str]) -> tuple[list[str], list[Furniture]]:
    kept, taken = list[str](), list[Furniture]()
    head_end = _head_end(lines)
    for number, line in enumerate(lines):
        rule = _matching(line, ("head", "anywhere") if number < head_end else ("anywhere",))
        if rule:
            taken.append(Furniture(rule=rule.name, text=line.strip()))
        else:
            kept.append(line)
    return kept, taken


def _head_end(lines: list[str]) -> int:
    heading = next((number for number, line in enumerate(lines) if _HEADING.search(line)), _HEAD_LINES)
    return min(heading, _HEAD_LINES)


def _cut_tail(lines: list[str]) -> tuple[int, list[Furniture]]:
    end, taken = len(lines), list[Furniture]()
    while end:
        rule = _matching(lines[end - 1], ("tail",))
        if not rule and lines[end - 1].strip():
            break
        if rule:
            taken.append(Furniture(rule=rule.name, text=lines[end - 1].strip()))
        end -= 1
    return (end, taken) if taken else (len(lines), [])


def _cut_onward(lines: list[str]) -> tuple[int, list[Furniture]]:
    """Return the line from which all is furniture, and that furniture; the number of lines where there is none."""
    start = max(len(lines) - _TAIL_LINES, len(lines) // 2)
    for number in range(start, len(lines)):
        rule = _matching(lines[number], ("tail_onward",))
        if rule and not any(_reports(line) for line in lines[number + 1 :]):
            return number, [Furniture(rule=rule.name, text=line.strip()) for line in lines[number:] if line.strip()]
    return len(lines), []


def _reports(line: str) -> bool:
    return len(line) > 120 or bool(_REPORT_WORDS.search(line.strip()))


@lru_cache(maxsize=1024)
def _matching(line: str, places: tuple[Where, ...]) -> Rule | None:
    """The rule that a line is furniture by. A second pass asks again for most lines, and the pages of a portal share theirs."""
    plain = line.strip(" \t\u3000\xa0")
    if not plain or len(plain) > 400:
        return None
    screen = _screen(places)
    if not screen.whole.fullmatch(plain) and (screen.marks is None or not screen.marks.search(plain.lower())):
        return None
    return next((rule for rule in screen.rules if rule.pattern.fullmatch(plain)), None)


@dataclass(frozen=True, slots=True)
class _Screen:
    """The rules for some places, and what lets most lines pass at once: those without marks as one pattern, and all marks."""

    rules: tuple[Rule, ...]
    whole: re.Pattern[str]
    marks: re.Pattern[str] | None


@cache
def _screen(places: tuple[Where, ...]) -> _Screen:
    rules = tuple(rule for rule in RULES if rule.where in places)
    whole = "|".join(f"(?:{rule.pattern.pattern})" for rule in rules if not rule.marks)
    marks = "|".join(re.escape(mark) for rule in rules for mark in rule.marks)
    return _Screen(rules, re.compile(whole, re.IGNORECASE), re.compile(marks) if marks else None)

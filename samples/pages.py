"""Page templates: the chrome that portals put around a report (`PORTALS.md` §5, §7), and the two pages of the bench."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from html import escape
from random import Random

from samples.reports import Block, make_report, SampleReport
from samples.tables import html_table

MENU = ("首页", "政务要闻", "政务公开", "政务服务", "互动交流", "数据发布", "走进本地")
TOPICS = ("防汛提示", "招生公告", "项目公示", "便民通知", "人事任免", "采购公告", "政策问答", "民生实事")


@dataclass(frozen=True, slots=True, kw_only=True)
class Chrome:
    """What a portal's pages share: the site's name, its 网站标识码, its home, how many side links
    and how many style rules a page carries.
    """

    site: str
    code: str
    home: str = "/"
    links: int = 24
    rules: int = 4
    menu: tuple[tuple[str, str], ...] = ()


def meta_tags(chrome: Chrome, **article: str) -> str:
    """Return the head's meta tags of the tagging rules (网页标签规范); `article` gives ArticleTitle, PubDate and others."""
    tags = {"SiteName": chrome.site, "SiteIDCode": chrome.code, **article}
    return "\n".join(f'<meta name="{name}" content="{escape(text)}">' for name, text in tags.items())


def page(chrome: Chrome, title: str, main: str, *, head: str = "") -> str:
    """Return a whole page of the portal around `main`: header, menu, trail, main part, side links, footer."""
    return f"""<!DOCTYPE html>
<html lang="zh-CN"><head><meta charset="utf-8">
<title>{escape(title)}-{escape(chrome.site)}</title>
{head}
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>{_style(chrome.rules)}</style>
</head><body>
<div class="top"><a href="javascript:void(0)">无障碍浏览</a> <a href="javascript:void(0)">长者助手</a> <span>今天是</span>
<form action="#"><input name="q" value="请输入关键字"><button type="button">搜索</button></form></div>
<div class="nav"><ul>{_menu(chrome)}</ul></div>
<div class="path">您当前的位置：<a href="{chrome.home}">首页</a> &gt; <span>{escape(title)}</span></div>
<div class="main">{main}</div>
{_side(chrome)}
<div class="foot"><p>版权所有：{escape(chrome.site)}　　技术支持：本站信息中心</p>
<p>网站标识码：{chrome.code}　　本网站已支持IPv6　　建议使用1024×768分辨率浏览</p></div>
<script>var visits = 1;</script>
</body></html>
"""


def article(chrome: Chrome, title: str, day: date, body: str, *, source: str, clock: str = "10:22") -> str:
    """Return an article page: metas, the line of date, source, counter and font size, the body, share and tail links."""
    head = meta_tags(chrome, ArticleTitle=title, PubDate=f"{day} {clock}", ContentSource=source)
    return page(chrome, title, _article_line(day, source, clock) + body + ARTICLE_TAIL, head=head)


def _article_line(day: date, source: str, clock: str) -> str:
    return (
        f'<div class="info"><span>发布时间：{day} {clock}</span> <span>来源：{escape(source)}</span> '
        '<span>浏览次数：<i id="hits"></i></span> <span>字号：[ <a href="javascript:doZoom(16)">大</a> '
        '<a href="javascript:doZoom(14)">中</a> <a href="javascript:doZoom(12)">小</a> ]</span> '
        '<a href="javascript:window.print()">【打印本页】</a></div>\n'
    )


ARTICLE_TAIL = (
    '\n<div class="share">分享到：<a href="javascript:;">微信</a> <a href="javascript:;">新浪微博</a></div>'
    '<div class="sweep">扫一扫在手机打开当前页</div>'
    '<div class="close"><a href="javascript:window.close()">【关闭窗口】</a></div>'
)


def _style(rules: int) -> str:
    return "\n".join(
        f".box-{n} .item-{n % 7}{{float:left;width:{40 + n}px;margin:0 {n % 9}px;background:#f{n % 10}f7fa}}"
        for n in range(rules)
    )


def _menu(chrome: Chrome) -> str:
    entries = chrome.menu or tuple((name, chrome.home if name == "首页" else "javascript:void(0)") for name in MENU)
    return "".join(f'<li><a href="{href}">{name}</a></li>' for name, href in entries)


def _side(chrome: Chrome) -> str:
    dice = Random(chrome.site)
    rows = (f'<li><a href="javascript:void({n})">{dice.choice(TOPICS)}（第{n}期）</a></li>' for n in range(1, chrome.links + 1))
    return f'<div class="side"><h3>相关信息</h3><ul>{"".join(rows)}</ul></div>'


def word_block(block: Block) -> str:
    """Return a paragraph or table as Word pastes it: MsoNormal, nested spans, `o:p`, inline styles."""
    if isinstance(block, str):
        return f'<p class="MsoNormal" style="{WORD_PARAGRAPH}">{_word_spans(block)}</p>'
    table = 'class="MsoTableGrid" border="1" cellspacing="0" style="border-collapse:collapse;mso-table-layout-alt:fixed"'
    return html_table(block, _word_cell, table)


def _word_cell(text: str) -> str:
    return f'<p class="MsoNormal" align="center" style="{WORD_CELL}">{_word_span(text)}</p>'


def _word_spans(text: str) -> str:
    return "".join(_word_span(text[start : start + 6]) for start in range(0, len(text), 6))


def _word_span(text: str) -> str:
    face = f'<font face="仿宋_GB2312"><span style="{WORD_SPAN}">{escape(text)}</span></font>'
    return f'<span style="{WORD_SPAN}">{face}</span><span lang="EN-US" style="font-size:12.0pt"><o:p></o:p></span>'


WORD_PARAGRAPH = "margin-bottom:0.0000pt;text-indent:32.0000pt;line-height:150%;mso-pagination:widow-orphan;text-align:left"
WORD_CELL = "margin:0cm 0cm 0.0001pt;text-align:center;layout-grid-mode:char;mso-pagination:widow-orphan"
WORD_SPAN = "mso-spacerun:'yes';font-family:仿宋_GB2312;mso-bidi-font-family:宋体;font-size:16.0000pt;mso-font-kerning:0.0000pt"

BENCH = Chrome(site="云棠县人民政府网", code="9901210001", links=110, rules=240)


def bench_report() -> SampleReport:
    """Return the report that both pages of the bench carry (form 2021)."""
    return make_report("云棠县城关镇人民政府", 2023)


def lean_page(report: SampleReport | None = None) -> str:
    """Return a clean article page of about 40 KB with some 126 links: the light case of the bench, or another report on it."""
    report = report or bench_report()
    body = f'<div class="TRS_Editor">{report.html}</div>'
    return article(BENCH, report.title, report.published_on, body, source="县政府办公室")


def word_page(report: SampleReport | None = None) -> str:
    """Return the same report, or another, pasted from Word, about 250 KB: the heavy case of the bench."""
    report = report or bench_report()
    body = f'<div class="TRS_Editor">{report.render(word_block, heading=WORD_HEADING)}</div>'
    return article(BENCH, report.title, report.published_on, body, source="县政府办公室")


WORD_HEADING = '<p class="MsoNormal"><b><span style="font-family:黑体;font-size:16.0000pt">{}</span></b></p>'

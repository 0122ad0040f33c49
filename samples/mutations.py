"""Further stories of seasons: what portals do to a report's page, its numbers' print and its address, and what is no change.

Beside `samples.seasons`, whose stories change the report itself; here most change only what stands around it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

from samples.pages import word_block
from samples.reports import make_report
from samples.seasons import Answer, DAYS, file_of, Page, SLIP, Story, told_of, Visits

Edit = Callable[[str], str]

_NUMBER = re.compile(r"(<td[^>]*>)(\d+)(</td>)")
_END = '</div>\n<div class="share">'
_EDITOR = '<div class="TRS_Editor">'


def put(old: str, new: str) -> Edit:
    """Return an edit that replaces a text of the page. The edit raises ValueError where the text does not stand."""

    def edit(page: str) -> str:
        if old not in page:
            raise ValueError(f"the sample page does not hold {old!r}")
        return page.replace(old, new)

    return edit


def rewrite(pattern: str, new: str | Callable[[re.Match[str]], str], count: int = 0) -> Edit:
    """Return an edit by a regular expression. The edit raises ValueError where nothing matches."""

    def edit(page: str) -> str:
        made, times = re.subn(pattern, new, page, count=count)
        if not times:
            raise ValueError(f"the sample page holds nothing like {pattern}")
        return made

    return edit


def under(text: str) -> Edit:
    """Return an edit that puts markup under the report, inside its container."""
    return put(_END, text + _END)


def over(text: str) -> Edit:
    """Return an edit that puts markup over the report, inside its container."""
    return put(_EDITOR, _EDITOR + text)


def same(page: str) -> str:
    """Return the page as it is."""
    return page


def _edited(page: Page, *edits: Edit) -> Visits:
    """The visits of a page, each with its edit; the last edit stays."""
    made = page.answer(0)
    each = [edits[min(visit, len(edits) - 1)] for visit in range(len(DAYS))]
    return tuple((replace(made, body=edit(made.body)),) for edit in each)


def _becomes(page: Page, edit: Edit, *verdicts: tuple[str, int], kind: str) -> Story:
    return told_of(kind, page, _edited(page, same, edit), *verdicts)


def _gone(page: Page) -> Answer:
    return Answer(url=page.url, status=404, body="404", page_kind="not_found")


def _leads_to(page: Page, other: Page) -> Answer:
    return Answer(url=page.url, status=301, location=other.url, page_kind="")


def _at(page: Page, old: str, new: str) -> Page:
    return replace(page, url=page.url.replace(old, new))


def _wrong(page: Page) -> Page:
    report = make_report(page.report.agency, page.report.year, slip=SLIP)
    return replace(page, report=report, body=report.html)


# ---------------------------------------------------------------- figures


def _row(value: int) -> Edit:
    return rewrite(
        r'(<table border="1"><tbody>)', rf'\1<tr><td>其他主动公开文件</td><td colspan="3">{value}</td></tr>', count=1
    )


def _extra_row(page: Page) -> Story:
    return told_of("extra_row", page, _edited(page, _row(17), _row(18)), ("figures", 1))


def _first_zero(new: str) -> Edit:
    return rewrite(r"(<td[^>]*>)0(</td>)", rf"\g<1>{new}\2", count=1)


def _zero_to_blank(page: Page) -> Story:
    return _becomes(page, _first_zero(""), ("figures", 1), kind="zero_to_blank")


def _blank_to_zero(page: Page) -> Story:
    return told_of("blank_to_zero", page, _edited(page, _first_zero(""), same), ("figures", 1))


def _swapped(page: Page) -> Story:
    def swap(text: str) -> str:
        cells = list(_NUMBER.finditer(text))
        a, b = next((a, b) for a, b in pairwise(cells[20:]) if a[2] != b[2])
        return text[: a.start(2)] + b[2] + text[a.end(2) : b.start(2)] + a[2] + text[b.end(2) :]

    return _becomes(page, swap, ("figures", 1), kind="swapped")


def _prose_figure(page: Page) -> Story:
    more = rewrite(r"(共收到政府信息公开申请)(\d+)件", lambda found: f"{found[1]}{int(found[2]) + 1}件")
    words = put("本报告所列数据", "本机关所列数据")
    visits = _edited(page, same, more, lambda text: words(more(text)), words)
    return told_of("prose_figure", page, visits, ("figures", 1), ("wording", 2), ("figures", 3))


def _twice_between(page: Page) -> Story:
    wrong = _wrong(page)
    before = replace(wrong, body=wrong.body.replace("本报告所列数据", "本机关所列数据"))
    return told_of("twice_between", page, _states(before, page), ("figures", 1), ("wording", 1))


def _states(*pages: Page) -> Visits:
    return tuple((pages[min(visit, len(pages) - 1)].answer(0),) for visit in range(len(DAYS)))


# ---------------------------------------------------------------- print and markup


def _fee(text: str) -> Edit:
    return rewrite(r"(行政事业性收费</td><td[^>]*>)\d*(\.\d+)?", rf"\g<1>{text}", count=1)


def _thousands(page: Page) -> Story:
    edits = (_fee("12345"), _fee("12,345"), _fee("12，345"), _fee("１２３４５"))
    return told_of("thousands", page, _edited(page, *edits), *_noise(1, 2, 3))


def _noise(*visits: int) -> tuple[tuple[str, int], ...]:
    return tuple(("page_only", visit) for visit in visits)


def _full_width(page: Page) -> Story:
    wide = str.maketrans("0123456789，。：", "０１２３４５６７８９,.:")
    print_wide = rewrite(r"(?<=<p>)[^<]*(?=</p>)", lambda found: found[0].translate(wide))
    return _becomes(page, print_wide, *_noise(1), kind="full_width")


def _unseen(page: Page) -> Story:
    return _becomes(page, put("政府信息", "政府\u200b信息"), *_noise(1), kind="unseen")


def _pasted_from_word(page: Page) -> Story:
    return told_of("pasted_from_word", page, _states(page, replace(page, body=page.report.render(word_block))), *_noise(1))


def _line_breaks(page: Page) -> Story:
    return _becomes(page, put("</p>\n<p>", "<br>　　"), *_noise(1), kind="line_breaks")


def _layout_table(page: Page) -> Story:
    def wrap(text: str) -> str:
        start, end = text.index(_EDITOR), text.index('<div class="share">')
        inner = text[start + len(_EDITOR) : end]
        return (
            f'{text[:start]}<table width="100%"><tr><td valign="top"><div id="zoom">{inner}</div></td></tr></table>{text[end:]}'
        )

    return _becomes(page, wrap, *_noise(1), kind="layout_table")


def _title_above(page: Page) -> Story:
    def lift(text: str) -> str:
        heading = re.search(r"<h1>.*?</h1>", text)
        assert heading
        lifted = heading[0].replace("h1>", "h2>") + '<div class="info">'
        return text.replace(heading[0], "").replace('<div class="info">', lifted)

    return _becomes(page, lift, *_noise(1), kind="title_above")


def _date_in_words(page: Page) -> Story:
    day = page.report.published_on
    edit = put(f"发布时间：{day} 10:22", f"发布日期：{day.year}年{day.month}月{day.day}日")
    return _becomes(page, edit, *_noise(1), kind="date_in_words")


def _title_typo(page: Page) -> Story:
    agency, year = page.report.agency, page.report.year
    wrong = make_report(agency, year, title=f"{agency}{year + 1}年政府信息公开工作年度报告")
    return told_of("title_typo", page, _states(replace(page, report=wrong, body=wrong.html), page), ("retitled", 1))


# ---------------------------------------------------------------- furniture that lies in the report's container


def _counter_within(page: Page) -> Story:
    edits = [under(f"<p>浏览次数：{count}次</p>") for count in (1207, 1518, 1518, 1829)]
    return told_of("counter_within", page, _edited(page, *edits), *_noise(1, 3))


def _visitor_within(page: Page) -> Story:
    edits = [over(f"<p>您是第 {count} 位访客</p>") for count in (1207, 1518)]
    return told_of("visitor_within", page, _edited(page, *edits), *_noise(1))


def _today_within(page: Page) -> Story:
    edits = [over(f"<p>今天是2026年{month}月1日 星期{day}</p>") for month, day in ((2, "日"), (3, "一"))]
    return told_of("today_within", page, _edited(page, *edits), *_noise(1))


def _widgets_within(page: Page) -> Story:
    widgets = "<p>【字体：大 中 小】【打印】【关闭】</p><p>分享到：</p><p>微信</p><p>微博</p><p>网站编辑：李某</p>"
    return _becomes(page, under(widgets), *_noise(1), kind="widgets_within")


def _neighbours_within(page: Page) -> Story:
    edits = [over(f"<p>上一篇：<a href='/x/{n}.html'>{n}号通知</a></p>") for n in (1, 2)]
    return told_of("neighbours_within", page, _edited(page, *edits), *_noise(1))


def _likes_within(page: Page) -> Story:
    edits = [under(f"<p>点赞（{count}） 收藏（{count}） 今日访问：{count}</p>") for count in (11, 22)]
    return told_of("likes_within", page, _edited(page, *edits), *_noise(1))


def _weather_within(page: Page) -> Story:
    edits = [over(f"<p>2026-0{month}-01 10:2{month} 星期三 晴 {month}℃</p>") for month in (2, 3)]
    return told_of("weather_within", page, _edited(page, *edits), *_noise(1))


def _date_unsaid(page: Page) -> Story:
    page = _at(page, "/zfxxgk/", "/zfxxgk/2026/03/01/")
    unsaid = rewrite(r'<span>发布时间：[^<]*</span>|<meta name="PubDate"[^>]*>', "")
    return _becomes(page, unsaid, *_noise(1), kind="date_unsaid")


def _dated_list_within(page: Page) -> Story:
    def rows(month: int) -> str:
        found = (f"<li><a href='/x/{n}.html'>第{n}号项目公示</a><span>2026-0{month}-0{n}</span></li>" for n in range(1, 7))
        return f"<div class='rel'><ul>{''.join(found)}</ul></div>"

    return told_of("dated_list_within", page, _edited(page, under(rows(1)), under(rows(2))), *_noise(1))


# ---------------------------------------------------------------- attachments


def _attachment_added(page: Page) -> Story:
    filed = replace(page, file=file_of(page.url))
    after = filed.answer(0, b"%PDF-1.4 as published")
    return told_of("attachment_added", page, ((page.answer(0),), (after,), (after,), (after,)), ("attachment_replaced", 1))


def _attachment_removed(page: Page) -> Story:
    filed = replace(page, file=file_of(page.url))
    before = filed.answer(0, b"%PDF-1.4 as published")
    still = (page.answer(0),)
    return told_of("attachment_removed", page, ((before,), still, still, still), ("attachment_replaced", 1))


# ---------------------------------------------------------------- addresses


def _new_host_redirect(page: Page) -> Story:
    new = _at(page, "http://www.", "http://xxgk-")
    later = (_leads_to(page, new), new.answer(0))
    return told_of("new_host_redirect", page, ((page.answer(0),), later, later, later), ("moved", 1))


def _new_host_gone(page: Page) -> Story:
    new = _at(page, "http://www.", "http://xxgk.")
    later = (_gone(page), new.answer(0))
    return told_of("new_host_gone", page, ((page.answer(0),), later, later, later), ("moved", 1))


def _mirror_stays(page: Page) -> Story:
    mirror = _at(page, "http://www.", "http://city.").answer(0)
    visits = ((page.answer(0),), (page.answer(0), mirror), (_gone(page), mirror), (_gone(page), mirror))
    return told_of("mirror_stays", page, visits, ("republished", 1), ("withdrawn", 3))


def _moved_and_back(page: Page) -> Story:
    other = _at(page, "/zfxxgk/", "/gkml/nb/")
    back = (page.answer(0), _gone(other))
    return told_of(
        "moved_and_back", page, ((page.answer(0),), (_gone(page), other.answer(0)), back, back), ("moved", 1), ("moved", 2)
    )


def _moved_twice(page: Page) -> Story:
    second, third = _at(page, "/zfxxgk/", "/gkml/nb/"), _at(page, "/zfxxgk/", "/xxgk/nb/")
    visits = ((page.answer(0),), (_gone(page), second.answer(0)), (_gone(second), third.answer(0)), (third.answer(0),))
    return told_of("moved_twice", page, visits, ("moved", 1), ("moved", 2))


def _cache_buster(page: Page) -> Story:
    visits = tuple((replace(page.answer(0), url=f"{page.url}?t=170000000{visit}"),) for visit in range(len(DAYS)))
    return told_of("cache_buster", page, visits)


def _one_of_two(page: Page) -> Story:
    right = _at(page, "/zfxxgk/", "/xxgk/nianbao/")
    visits = ((page.answer(0), right.answer(0)), *((page.answer(0), _wrong(right).answer(0)) for _ in DAYS[1:]))
    return told_of("one_of_two", page, visits, ("figures", 1))


def _one_of_two_gone(page: Page) -> Story:
    other = _at(page, "/zfxxgk/", "/xxgk/nianbao/")
    return told_of(
        "one_of_two_gone", page, ((page.answer(0), other.answer(0)), *((page.answer(0), _gone(other)) for _ in DAYS[1:]))
    )


def _notice_instead(page: Page) -> Story:
    def replaced(text: str) -> str:
        start, end = text.index(_EDITOR), text.index('<div class="share">')
        said = "<p>各镇人民政府，各股室：请各单位安排专人值守，遇有险情立即报告，值班电话保持畅通。</p>" * 6
        title = "关于做好汛期值班工作的通知"
        made = f"{text[:start]}{_EDITOR}<h1>{title}</h1>{said}</div>\n{text[end:]}"
        return made.replace(page.report.title, title)

    return _becomes(page, replaced, ("withdrawn", 2), kind="notice_instead")


def _restored_changed(page: Page) -> Story:
    gone = (_gone(page),)
    visits = ((_wrong(page).answer(0),), gone, gone, (page.answer(0),))
    return told_of("restored_changed", page, visits, ("withdrawn", 2), ("restored", 3), ("figures", 3))


def _to_login(page: Page) -> Story:
    form = "<html><head><title>统一身份认证</title></head><body><h1>统一身份认证</h1><form><input name='user'></form></body></html>"
    login = Answer(url=page.url.replace("/zfxxgk/", "/login/"), body=form)
    sent = (Answer(url=page.url, status=302, location=login.url, page_kind=""), login)
    return told_of("to_login", page, ((page.answer(0),), sent, sent, sent))


def _maintenance(page: Page) -> Story:
    body = "<html><head><title>系统维护</title></head><body><h2>网站系统升级维护中，暂停服务，敬请谅解！</h2></body></html>"
    shut = (Answer(url=page.url, body=body),)
    return told_of("maintenance", page, ((page.answer(0),), shut, shut, (page.answer(0),)))


def _garbled_once(page: Page) -> Story:
    whole = page.answer(0)
    garbled = replace(whole, body=whole.body.encode("gb18030").decode("utf-8", "replace"))
    return told_of("garbled_once", page, ((whole,), (garbled,), (whole,), (whole,)))


def _tip(page: Page, says: str) -> Answer:
    return Answer(
        url=page.url, body=f"<html><head><title>提示</title></head><body><p>{says}</p><a href='/'>返回首页</a></body></html>"
    )


def _soft_words(page: Page) -> Story:
    gone = (_tip(page, "该信息已被撤销或已过期"),)
    return told_of("soft_words", page, ((page.answer(0),), gone, gone, gone), ("withdrawn", 2))


def _busy(page: Page) -> Story:
    busy = (_tip(page, "系统繁忙，请稍后再试"),)
    return told_of("busy", page, ((page.answer(0),), busy, busy, busy))


def _title_in_brackets(page: Page) -> Story:
    title = page.report.title
    return _becomes(page, put(title, f"《{title}》"), *_noise(1), kind="title_in_brackets")


def _breaks_off(page: Page) -> Story:
    whole = page.answer(0)
    cut = replace(whole, body=whole.body[: len(whole.body) * 2 // 3])
    return told_of("breaks_off", page, ((whole,), (cut,), (cut,), (_wrong(page).answer(0),)), ("figures", 3))


MUTATIONS: tuple[Callable[[Page], Story], ...] = (
    *(_extra_row, _zero_to_blank, _blank_to_zero, _swapped, _prose_figure, _twice_between, _thousands, _full_width, _unseen),
    *(_pasted_from_word, _line_breaks, _layout_table, _title_above, _date_in_words, _title_typo, _counter_within),
    *(_visitor_within, _today_within, _widgets_within, _neighbours_within, _dated_list_within, _attachment_added),
    *(_attachment_removed, _new_host_redirect, _new_host_gone, _mirror_stays, _moved_and_back, _moved_twice, _cache_buster),
    *(_one_of_two, _one_of_two_gone, _notice_instead, _restored_changed, _to_login, _maintenance, _garbled_once),
    *(_likes_within, _weather_within, _date_unsaid, _breaks_off, _soft_words, _busy, _title_in_brackets),
)

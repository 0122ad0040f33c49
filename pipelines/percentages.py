"""The percentages that prose prints right behind a count: its share of a whole (占33.9%), its growth or decline (同比增长12.5%).

Value and quote are as printed; a decline is told by the id, not by a sign. Of which whole a share is, the sentence says or doesn't.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from archive.model import Number
from pipelines.numerals import number_of

_CHANNELS = ("in_person", "fax", "email", "online", "letter", "other")
_OUTCOMES = ("disclosed", "partially_disclosed", "disclosed_or_partially", "denied", "other_handling", "not_processed")
_REASONS = ("nonexistent", "not_this_organ", "unclear", "unable")
_SHARED = {*(f"applications.received_{name}" for name in _CHANNELS), *(f"applications.{name}" for name in _OUTCOMES + _REASONS)}
"""Figures that are parts of a whole."""
_UNITS = "件条份次宗例起项个"
_PERCENT = r"(?<![\d.])(?P<n>\d{1,3}(?:\.\d+)?)[%％]"
_WHOLE = r"占(?:总|申请|答复|办理|办结|受理|收件|收到|处理|全部|当年|全年|本年度?|结果|件|数|量|的|比|例){0,8}(?:为|是|达到?)?"
_SHARE = re.compile(rf"[，,、（(]?(?:所)?{_WHOLE}{_PERCENT}(?=$|[）)，,；;、。\n])")
_BRACKETED = re.compile(rf"[（(]{_PERCENT}(?=[）)，,；;])")
_ORPHAN = re.compile(rf"(?<![{_UNITS}])(?<![{_UNITS}][，,、（(所])(?<![{_UNITS}][，,、（(]所){_WHOLE}{_PERCENT}")
"""A share behind no count. Where one stands, shares may be printed before their counts: 占1.4%的是部分公开8件，占2.3%，不予公开13件."""
_THAN = r"(?:同比|(?:与|较|比|同)(?:去年|上一?年|20\d\d年)(?:度)?(?:同期)?(?:相比)?[，,]?)"
_CHANGE = re.compile(
    rf"[，,（(]?(?:(?:申请|受理|收件|公开|信息)?(?:总?数量?|总?量|件数))?{_THAN}(?:(?P<up>增长|增加|上升|提高)|下降|减少|回落|降低)(?:了)?{_PERCENT}"
)
_JOINED = re.compile(rf"(?:[及和与]|(?:^|[^\d%％）){_UNITS}])、)$")
"""予以公开及部分公开258件，占33.9%: the share is of both, not of the one whose number it seems to be."""
_STOPS = "。\n"


def percentages(figure: str, count: re.Match[str], text: str) -> Iterator[tuple[str, Number, re.Match[str]]]:
    """Yield id, value and match of the percentage that stands right behind a count, if it is not only about right.

    `count` is the match of a figure's rule in `text`, prose without white space.
    """
    start, end = count.span()
    if text.find("%", end, end + 40) < 0 and text.find("％", end, end + 40) < 0:
        return
    if figure in _SHARED and not _JOINED.search(text[max(0, start - 2) : start]) and (share := _share(text, end)):
        yield from _stated(f"{figure}.share", share, text)
    elif change := _CHANGE.match(text, end):
        yield from _stated(f"{figure}.{'growth' if change['up'] else 'decline'}", change, text)


def _share(text: str, end: int) -> re.Match[str] | None:
    if bracketed := _BRACKETED.match(text, end):
        return bracketed
    begin = max(text.rfind(stop, 0, end) for stop in _STOPS) + 1
    close = min(place if place >= 0 else len(text) for place in (text.find(stop, end) for stop in _STOPS))
    return None if _ORPHAN.search(text, begin, close) else _SHARE.match(text, end)


def _stated(name: str, match: re.Match[str], text: str) -> Iterator[tuple[str, Number, re.Match[str]]]:
    value = number_of(match["n"])
    if value is not None and not is_about(text, match.start("n"), match.end()):
        yield name, value, match


def is_about(text: str, start: int, end: int) -> bool:
    """Say whether a number is no figure of the year: about right (近300条, 超过200期, 3条以上), an average, a sum since the beginning."""
    clause = re.split(r"[，,。；;\n]", text[max(0, start - 24) : start])[-1]
    return (
        any(word in clause for word in ("日均", "月均", "平均", "历年", "施行以来", "实施以来"))
        or text[max(0, start - 2) : start].endswith(("近", "约", "逾", "超", "超过", "日均"))
        or text.startswith(("以上", "左右", "多", "余", "次以上"), end)
    )

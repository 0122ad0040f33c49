"""A second copy of a page's tables, in its text, out of sight or in a script: read by itself and compared with the first cell by cell.

The named table stays the one of the page's markup; a copy stands in `others`, and each disagreement is a check that fails.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from lxml.html import HtmlElement

from archive.errors import Unreadable
from archive.model import Check, OtherTable, Statistics, Table, TABLE_NAMES
from pipelines.body import is_data_table
from pipelines.pages import parse_html
from pipelines.readings import compared, is_comparable, LABELS
from pipelines.statistics import HIDDEN, statistics_from_html, text_beside
from pipelines.year import find_year

TEXT = "同页文字中的另一份"
SCRIPT = "页面脚本中的另一份"
_RULES = {TEXT: "readings.text", HIDDEN: "readings.hidden", SCRIPT: "readings.script"}
_MARKS = {
    "proactive_disclosure": ("制发件数", "新公开数量", "收费金额", "本年增"),
    "applications": ("勾稽关系", "继续办理", "不掌握相关"),
    "review_litigation": ("复议后起诉", "经复议直接", "议后起诉"),
    "summary_2014": ("统计指标", "申请办结数", "收到申请数"),
    "local_2008": ("指标名称", "申请总数", "计量单位"),
}
"""Words that stand once in each table, hardly in prose."""
_LEAST_MARKS = 2


def with_copies(
    statistics: Statistics, root: HtmlElement, visible: str, script: str | None
) -> tuple[Statistics, tuple[Check, ...]]:
    """Return a page's statistics with the copies that stand beside its tables, and a check for each copy.

    `root` is the element that the statistics were read from, `visible` its text, `script` an article that a script holds in
    HTML, None without one. A page without a second copy pays for counting a dozen words.
    """
    found = list(_copies(statistics, root, visible, script))
    whole = replace(statistics, others=(*statistics.others, *found)) if found else statistics
    return whole, tuple(_checks(whole))


def _copies(statistics: Statistics, root: HtmlElement, visible: str, script: str | None) -> Iterator[OtherTable]:
    if doubled := _named_again(statistics, visible):
        beside = text_beside(root, frozenset(table for table in root.iter("table") if is_data_table(table)))
        yield from _kept(beside, doubled, TEXT)
    if script and (again := [name for name in TABLE_NAMES if _count(name, script)]):
        yield from _kept(_in_script(script, visible), again, SCRIPT)


def _named_again(statistics: Statistics, visible: str) -> list[str]:
    """The tables whose words stand in a text more often than the tables that were read of it explain."""
    instances = [*statistics.tables(), *(other.name for other in statistics.others)]
    return [name for name in statistics.tables() if _count(name, visible) > instances.count(name)]


def _count(name: str, text: str) -> int:
    """How many tables of a name a text may hold, by the second most frequent of its words."""
    return sorted((text.count(mark) for mark in _MARKS[name]), reverse=True)[_LEAST_MARKS - 1]


def _in_script(script: str, visible: str) -> Statistics:
    """The tables of a script's article; none where it states another year than the page."""
    try:
        root = parse_html(script)
    except Unreadable:
        return Statistics()
    years = {found.year for text in (visible, "".join(root.itertext())) if (found := find_year(title=None, body=text))}
    return statistics_from_html(root) if len(years) < 2 else Statistics()


def _kept(read: Statistics, names: list[str], why: str) -> Iterator[OtherTable]:
    tables = [*read.tables().items(), *((other.name, other.table) for other in read.others)]
    yield from (OtherTable(name=name, why=why, table=table) for name, table in tables if name in names and _says(table))


def _says(table: Table) -> bool:
    """Whether anything of a table could be read: stray words of one are no copy."""
    return any(cell.value is not None for cell in table.cells.values())


def _checks(statistics: Statistics) -> Iterator[Check]:
    tables = statistics.tables()
    for other in statistics.others:
        named = tables.get(other.name)
        if other.why in _RULES and named is not None and is_comparable(named, other.table):
            says = f"{LABELS[other.name]}与{other.why}逐格相同"
            yield compared(other.name, named, other.table, rule=_RULES[other.why], says=says)

"""Prose against table (`FORMS.md` §2.5): soft checks, since prose rounds, splits and counts carried-in requests at will."""

from __future__ import annotations

import re
from dataclasses import dataclass

from archive.model import Check, Number, ProseFigure, Statistics, Table

_DENIED = [
    "denied_state_secret",
    "denied_other_law",
    "denied_security_stability",
    "denied_third_party_rights",
    "denied_internal_affairs",
    "denied_process_information",
    "denied_enforcement_file",
    "denied_administrative_inquiry",
]
_UNABLE = ["unable_not_held", "unable_needs_creation", "unable_still_unclear"]
_NOT_PROCESSED = [
    "not_processed_petition",
    "not_processed_repeat",
    "not_processed_publication",
    "not_processed_excessive",
    "not_processed_reissue",
]


@dataclass(frozen=True, slots=True)
class Comparison:
    """A prose figure and the sums of cells that it may state; any one of them satisfies it."""

    figure: str
    table: str
    sums: tuple[tuple[str, ...], ...]
    says: str


def _total(*rows: str) -> tuple[str, ...]:
    return tuple(f"{row}.total" for row in rows)


COMPARISONS: tuple[Comparison, ...] = (
    Comparison("applications.new_received", "applications", (_total("new_received"), _total("new_received", "carried_in")), "正文收到申请数 = 表中本年新收（或加上年结转）"),
    Comparison("applications.carried_in", "applications", (_total("carried_in"),), "正文上年结转数 = 表中上年结转"),
    Comparison("applications.carried_out", "applications", (_total("carried_out"),), "正文结转下年数 = 表中结转下年度继续办理"),
    Comparison("applications.total_processed", "applications", (_total("total_processed"),), "正文答复办结数 = 表中办理结果总计"),
    Comparison("applications.disclosed", "applications", (_total("disclosed"), _total("disclosed", "partially_disclosed")), "正文予以公开数 = 表中予以公开"),
    Comparison("applications.partially_disclosed", "applications", (_total("partially_disclosed"), _total("disclosed", "partially_disclosed")), "正文部分公开数 = 表中部分公开"),
    Comparison("applications.disclosed_or_partially", "applications", (_total("disclosed", "partially_disclosed"),), "正文予以公开及部分公开数 = 表中两项之和"),
    Comparison("applications.denied", "applications", (_total(*_DENIED),), "正文不予公开数 = 表中不予公开各项之和"),
    Comparison("applications.unable", "applications", (_total(*_UNABLE),), "正文无法提供数 = 表中无法提供各项之和"),
    Comparison("applications.not_processed", "applications", (_total(*_NOT_PROCESSED),), "正文不予处理数 = 表中不予处理各项之和"),
    Comparison("review.reconsideration", "review_litigation", (("recon_total",),), "正文行政复议数 = 表中行政复议总计"),
    Comparison("review.litigation", "review_litigation", (("suit_direct_total", "suit_after_recon_total"), ("suit_direct_total",), ("suit_after_recon_total",)), "正文行政诉讼数 = 表中行政诉讼总计"),
    Comparison("proactive.normative_documents.issued", "proactive_disclosure", (("normative_documents.issued",), ("normative_documents.newly_made",)), "正文制发规范性文件数 = 表中本年制发件数"),
    Comparison("proactive.normative_documents.repealed", "proactive_disclosure", (("normative_documents.repealed",),), "正文废止规范性文件数 = 表中本年废止件数"),
    Comparison("proactive.normative_documents.in_force", "proactive_disclosure", (("normative_documents.in_force",), ("normative_documents.total_disclosed",)), "正文现行有效规范性文件数 = 表中现行有效件数"),
)  # fmt: skip
# 信息处理费 (元) and 行政事业性收费 (万元) are different things: never compared.


def prose_checks(figures: tuple[ProseFigure, ...], statistics: Statistics, body: str = "") -> tuple[Check, ...]:
    """Return a soft check for each prose figure that a table states too; the quote is its evidence.

    It holds if any sum of cells that the sentence may mean agrees; it can't be assessed where none of the sums is fully read, or
    where the words before it in `body` make it a part of what the table counts (区政府办代表区政府受理17件).
    """
    tables = statistics.tables()
    return tuple(
        _check(comparison, figure, tables[comparison.table], is_part=_is_part(figure, body))
        for comparison in COMPARISONS
        if comparison.table in tables
        for figure in figures
        if figure.id == comparison.figure
    )


def _check(comparison: Comparison, figure: ProseFigure, table: Table, *, is_part: bool) -> Check:
    sums = [total for cells in comparison.sums if (total := _sum(table, cells)) is not None]
    agrees = figure.value in sums
    verdict = "holds" if agrees else "cannot_be_assessed" if is_part or not sums else "fails"
    return Check(
        id=f"prose.{figure.id}",
        verdict=verdict,  # type: ignore[arg-type]
        says=comparison.says,
        severity="soft",
        left=figure.value,
        right=figure.value if verdict == "holds" else sums[0] if sums else None,
        evidence=(figure.quote,),
    )


_PART = re.compile(r"(?:代表|代为|其中|受[^，,。；;\n]{1,12}委托)[^。；;\n]{0,20}$")


def _is_part(figure: ProseFigure, body: str) -> bool:
    return _PART.search(body[max(0, figure.at[0] - 40) : figure.at[0]]) is not None


def _sum(table: Table, cells: tuple[str, ...]) -> Number | None:
    values = [table.cells[name].value for name in cells if name in table.cells]
    numbers = [value for value in values if value is not None]
    return sum(numbers) if numbers and len(numbers) == len(cells) else None

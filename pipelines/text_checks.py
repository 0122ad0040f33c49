"""What a report's chapters should hold, and what its sentences say of its tables (`FORMS.md` §2.5, §4). All soft.

The fee for processing information (信息处理费, yuan) is not the administrative fees of table two (万元): these are never compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from archive.model import Check, Number, ProseFigure, Report, Section, Statistics, Verdict
from pipelines.numerals import number_of

_NONE = re.compile(r"(?:本(?:年度?|单位|机关)?)?(?:暂|均)?(?:无|没有)(?:其他)?(?:需要?)?(?:报告|说明)?的?(?:事项|情况)?")
_FEW = 10
_DONE = r"(?:均已|已全部|全部|均)(?:依法|按时|按期|在规定期限内|在法定期限内)*(?:予以)?(?:办结|答复|办理完毕)"
_IS_DONE = re.compile(_DONE)
_ALL_DONE = re.compile(rf"[^。；;\n]{{0,40}}申请[^。；;\n复诉]{{0,16}}{_DONE}")
_STOPS = re.compile(r"[。；;\n]")
_NUMERAL = re.compile(r"(?P<n>[一二三四五六七八九十]{1,3})\s*[、.．]\s*$")
_NUMERAL_LENGTH = 12
"""Characters in which a numeral, its mark and the white space about it stand."""


@dataclass(frozen=True, slots=True)
class TextRule:
    """A check of the text: its id, what it says, and where it comes from."""

    id: str
    says: str
    source: str


MISSING = TextRule("sections.missing", "六个章节齐全", "国办公开办函〔2021〕30号")
MISNUMBERED = TextRule("sections.numbering", "章节序号与规定的一致", "国办公开办函〔2021〕30号")
FIVE_EMPTY = TextRule("sections.problems_empty", "第五章写明存在的主要问题及改进情况", "国办公开办函〔2021〕30号")
FEES = TextRule("fees.section_six", "别处写有信息处理费，第六章就不写无", "国办函〔2020〕109号")
ALL_DONE = TextRule("prose.all_concluded", "正文称申请均已办结，则表中结转下年度继续办理为零", "FORMS.md §2.5")
RULES = (MISSING, MISNUMBERED, FIVE_EMPTY, FEES, ALL_DONE)


def text_checks(report: Report, statistics: Statistics, figures: Sequence[ProseFigure]) -> tuple[Check, ...]:
    """Return the checks of a report's text; those of the chapters only for the forms since 2019, which prescribe six."""
    found = [_all_done(report.body, statistics)]
    tables = [statistics.proactive_disclosure, statistics.applications, statistics.review_litigation]
    numbered = {section.number: section for section in report.sections if section.number is not None}
    if len(numbered) >= 3 and any(table is not None for table in tables):
        order = _misnumbered(report.body, numbered)
        missing = _missing(numbered, renumbered=order.verdict == "fails")
        found += [missing, order, _five(numbered), _fees(numbered, figures)]
    return tuple(check for check in found if check is not None)


def _missing(numbered: dict[int, Section], *, renumbered: bool) -> Check:
    """A chapter is missing where the numerals close up over it; else its heading, or the text's end, may only not have come."""
    lost = tuple(str(number) for number in range(1, 7) if number not in numbered)
    verdict: Verdict = "holds" if not lost else "fails" if renumbered else "cannot_be_assessed"
    return _check(MISSING, verdict, lost, left=len(numbered), right=6)


def _misnumbered(body: str, numbered: dict[int, Section]) -> Check:
    """The numeral that stands before each chapter's heading, where one does, against the chapter's number."""
    printed = [(number, found[-1]) for number, section in numbered.items() if (found := list(_numerals(body, section.heading)))]
    wrong = tuple(match[0] + numbered[number].heading for number, match in printed if number_of(match["n"]) != number)
    if not printed:
        return _check(MISNUMBERED, "cannot_be_assessed", ())
    return _check(MISNUMBERED, "fails" if wrong else "holds", wrong, left=len(printed) - len(wrong), right=len(printed))


def _numerals(body: str, heading: str) -> Iterator[re.Match[str]]:
    """Each numeral that stands right before a heading's words."""
    place = body.find(heading)
    while place >= 0:
        if match := _NUMERAL.search(body[max(0, place - _NUMERAL_LENGTH) : place]):
            yield match
        place = body.find(heading, place + 1)


def _five(numbered: dict[int, Section]) -> Check | None:
    if 5 not in numbered:
        return None
    text = _plain(numbered[5].text)
    return _check(FIVE_EMPTY, "fails" if len(text) < _FEW else "holds", (text,) if text and len(text) < _FEW else ())


def _fees(numbered: dict[int, Section], figures: Sequence[ProseFigure]) -> Check | None:
    stated = [one for one in figures if one.id == "fees.information_processing" and one.value]
    if 6 not in numbered or not stated:
        return None
    none = _NONE.fullmatch(_plain(numbered[6].text)) is not None
    return _check(FEES, "fails" if none else "holds", tuple(one.quote for one in stated) if none else (), left=stated[0].value)


def _all_done(body: str, statistics: Statistics) -> Check | None:
    match = next((match for clause in _clauses_done(body) if (match := _ALL_DONE.search(clause))), None)
    cell = statistics.applications.cells.get("carried_out.total") if statistics.applications else None
    if match is None or cell is None:
        return None
    if cell.value is None or cell.reading not in ("printed", "inferred"):
        return _check(ALL_DONE, "cannot_be_assessed", (match[0].strip(),))
    return _check(ALL_DONE, "fails" if cell.value else "holds", (match[0].strip(),), left=cell.value, right=0)


def _clauses_done(body: str) -> Iterator[str]:
    """The clauses that say of something that it is all done."""
    for done in _IS_DONE.finditer(body):
        start = max(body.rfind(stop, 0, done.start()) for stop in "。；;\n") + 1
        end = _STOPS.search(body, done.end())
        yield body[start : end.start() if end else len(body)]


def _plain(text: str) -> str:
    return re.sub(r"[^\w]", "", text)


def _check(
    rule: TextRule, verdict: Verdict, evidence: tuple[str, ...], *, left: Number | None = None, right: Number | None = None
) -> Check:
    return Check(id=rule.id, verdict=verdict, says=rule.says, severity="soft", left=left, right=right, evidence=evidence)

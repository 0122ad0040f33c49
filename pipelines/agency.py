"""Who reports (发布机关): the name, from the place in the page that is to be trusted most."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from archive.model import Agency
from pipelines.imprint import author_in_fields, file_lines, name_in_letterhead, only_name, publisher_in_fields
from pipelines.names import full_name, has_region, parent_of
from pipelines.numerals import HAN
from pipelines.titles import clean_title, squeeze, TITLE

_ORGAN = rf"[{HAN}（）()·]{{2,32}}?(?:人民政府|政府|办事处|委员会|管委会|办公厅|办公室|公署|街道|总局|厅|局|部|委|镇|乡|县|区|市|中心)"
_VERB = "高度重视|认真|深入|严格|坚持|贯彻|按照|紧紧|积极|扎实|在|以|共|主动|未|持续|切实|围绕|根据|通过|始终|全面|进一步|充分|不断|牢固|组织|收到|把|将|大力|依据|遵循|对|坚决|聚焦|信息公开"
_LEADS = (
    re.compile(rf"由({_ORGAN})(?:[（(]以下简称[^（()）]{{1,24}}[)）])?(?:负责|组织)?(?:编制|编写|起草)"),
    re.compile(rf"(?:^|[，,。；\n])({_ORGAN})(?:现)?(?:编写了?|编制了?|发布)(?!说明)[^。\n]{{0,40}}报告"),
    re.compile(rf"(?:^|[，,。；：:\n）)])(?:20\d\d年(?:度|来|以来)?[，,]?)({_ORGAN})(?={_VERB})"),
    re.compile(rf"(?:日|[，,。；：:\n]){{1,2}}({_ORGAN})(?:{_VERB})"),
    re.compile(rf"(?:^|[，,。；：:\n])(?:20\d\d年(?:度)?[，,]?)([{HAN}]{{2,10}}(?:街道|镇|乡))(?={_VERB})"),
)
_DESK = rf"(?:(?:(?![局厅委部会院])[{HAN}]){{1,6}}[科股]|(?:政府)?(?:信息|政务)公开[{HAN}]{{0,8}}办公室)"
_CONTACT = re.compile(rf"(?:联系|与)({_ORGAN}){_DESK}?(?:联系|[（(]地址)")
_OFFICE = re.compile(r"(?<=[局厅委会处])办公室$")
"""An organ's own office answers the telephone; the organ reports."""
_TOWN_OFFICE = re.compile(r"(?<=[府处道镇乡])(?:党政综合|党政|综合)办(?:公室)?$")
"""A township's office writes the report; the township reports."""
_QUOTED = re.compile(r"《([^《》]{6,80}?(?:报告|年报))》")
_INLINE = re.compile(
    rf"(?:公布|发布|现将|编制)((?:20\d\d年(?:度)?)?[{HAN}]{{2,24}}?(?:20\d\d年(?:度)?)?(?:政府)?信息公开(?:工作)?(?:年度)?(?:工作)?报告)"
)
_BARE_REPORT = re.compile(rf"^([{HAN}（）()·]{{3,40}}?)20\d\d年?(?:度)?(?:年报|年度报告)$")
_BEHIND = re.compile(rf"[（(]([{HAN}]{{3,30}})[)）]")
_RANGE = re.compile(r"(?:关于)?20\d\d年?(?:度)?(?:至|到|—|-|~|～|、|和|及)(?=20\d\d)")
_DATE_LINE = re.compile(r"20\d\d年\d{1,2}月\d{1,2}日")


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a page and the crawl know about who reports; every part may be missing.

    `links` are texts of links that may be no more than the organ's name; `body` is left empty where the page is no report,
    since organs that an article speaks of are not its author. `files` are the names of the attached files, `fields` is the page's whole
    text, where labelled fields stand around the article.
    """

    title: str | None = None
    heading: str | None = None
    manifest_titles: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    body: str = ""
    hint: str | None = None
    source: str | None = None
    site_name: str | None = None
    files: tuple[str, ...] = ()
    fields: str = ""


def find_agency(evidence: Evidence) -> Agency | None:
    """Return who reports, None where nothing names an organ (我局 and 本单位 don't).

    Trusted in this order: the page's title, the heading in the text, the title in the list or manifest, the letterhead, the opening
    paragraphs, the signature, the field of who filled it in, the names of its files, the link's text, the meta ContentSource or the
    field of who published it, the meta SiteName.
    """
    found = next(((name, place) for place, names in _ways(evidence) for name in names if name), None)
    if found is None:
        return None
    name = found[0] if has_region(found[0]) else _longest_form(found[0], squeeze(evidence.body))
    return Agency(name=name, parent=parent_of(name), found_in=found[1])


def _ways(evidence: Evidence) -> Iterable[tuple[str, list[str | None]]]:
    yield "title", [name_in_title(evidence.title or "")]
    yield "heading", [name_in_title(evidence.heading or "")]
    yield "manifest", [name_in_title(title) for title in evidence.manifest_titles]
    yield "letterhead", [name_in_letterhead(evidence.body)]
    yield "lead", [name_in_lead(evidence.body)]
    yield "signature", [name_in_signature(evidence.body)]
    yield "field", [author_in_fields(evidence.fields)]
    yield "attachment", [only_name(map(name_in_title, (*evidence.files, *file_lines(evidence.body))))]
    yield "anchor", [full_name(text) for text in (*evidence.links, evidence.hint or "")]
    yield "source", [full_name(evidence.source or ""), publisher_in_fields(evidence.fields)]
    yield "site", [full_name(re.sub(r"(?:门户|政务)?(?:网站|网)$", "", evidence.site_name or ""))]


def name_in_title(title: str) -> str | None:
    """Return the organ that a report's title names, before or behind the year; None where it names none.

    合水镇人民政府信息公开工作年度报告 and 合水镇政府信息公开… share the word 政府 between organ and subject: the organ keeps it.
    """
    plain = _RANGE.sub("", re.sub(r"[《》_]", "", squeeze(clean_title(title))))
    match = TITLE.search(plain)
    if match is None:
        bare = _BARE_REPORT.match(plain)
        return full_name(bare[1]) if bare else None
    before, after = re.sub(r"^关于(?:公布|发布|印发|公开|报送)?", "", match["before"]), match["after"]
    shared = "政府" if re.match(r"政府", plain[match.end("after") :]) else ""
    whole = [words + shared if words.endswith("人民") else words for words in (after, before)]
    behind = _BEHIND.match(plain[match.end() :])
    whole += [behind[1]] if behind else []
    names = (full_name(re.sub(r"^(?:关于|附件\d?|正文)|(?:关于|的|年度|年)$", "", words)) for words in whole)
    return next((name for name in names if name), None)


def name_in_lead(body: str) -> str | None:
    """Return the organ that the opening paragraphs name as the one that reports, None where they name none."""
    text = re.sub(r"[ \t\u3000\xa0]+", "", body)[:1500]
    quoted = [name_in_title(title) for title in _QUOTED.findall(text) + _INLINE.findall(text)]
    stated = [_whole_name(match[1]) for pattern in _LEADS for match in pattern.finditer(text)]
    stated += [_whole_name(_OFFICE.sub("", match[1])) for match in _CONTACT.finditer(text)]
    return next((name for name in quoted + stated if name), None)


def name_in_signature(body: str) -> str | None:
    """Return the organ that signs at the end, above the date; None where nobody signs."""
    lines = [squeeze(line) for line in body[-400:].splitlines() if line.strip()][-6:]
    for above, below in pairwise(lines):
        if len(above) < 40 and _DATE_LINE.match(below) and (name := _whole_name(above)):
            return name
    return None


def _whole_name(words: str) -> str | None:
    """Return an organ's full name, None for one that only its county knows (省工信厅, 市科技局, 区教体局)."""
    relative = re.match(r"(?:省|市(?![南北中])|县|区|州)", words)
    return None if relative else full_name(_TOWN_OFFICE.sub("", words))


def _longest_form(name: str, text: str) -> str:
    """Return the fuller name that the body gives the same organ (宁陕县梅子镇人民政府 for 梅子镇人民政府), else the name."""
    if not any(sign + name in text for sign in "省市州盟县区旗"):
        return name
    place = rf"(?:(?![由与请在向对将据经告和])[{HAN}]){{1,8}}?[省市州盟县区旗]"
    fuller = re.compile(rf"(?:^|[，,。；：:、由与《\d日年度）)])((?:{place}){{1,3}}{re.escape(name)})")
    found = Counter(match[1] for match in fuller.finditer(text) if full_name(match[1]) == match[1])
    return found.most_common(1)[0][0] if found else name

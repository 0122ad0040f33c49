"""What a fetched page is, and where to go from it. Pure: the spider does what is judged here."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from crawler import challenges, shells
from crawler.embedded import row_templates, scripts_beside
from crawler.entrances import entrances
from crawler.families import Family, family_of
from crawler.frontier import Entry
from crawler.links import (
    COLUMN,
    GROUP,
    HOPE,
    is_annual_column,
    LAST_RESORT,
    names_report,
    OPEN,
    ORGAN,
    organ_score,
    ORGANS,
    PAGER,
    PLATFORM,
    score,
    unit_in,
)
from crawler.lists import agency_hint, companions, facets, is_list, item_keys, lists_organs, rows, year_hint
from crawler.pages import APIS, Link, Page
from crawler.urls import host_of, identity, join
from pipelines.pictured import pictured_tables

_STATUTORY = (
    re.compile(r"总体情况"),
    re.compile(r"主动公开政府信息情况"),
    re.compile(r"收到和处理政府信息公开申请情况"),
    re.compile(r"行政复议、?行政诉讼情况"),
    re.compile(r"存在的主要问题及改进情况"),
    re.compile(r"其他需要报告的事项"),
)
_EMPTY = re.compile(r"暂无(?:相关)?(?:信息|数据|内容)|没有(?:检索|查询)到|栏目(?:正在)?建设中")
_DEEPER = 3
"""So many links further than elsewhere a crawl goes within the column: groups, organs, years and files lie in each other."""
_DEEPEST_ORGANS = 4
_FRAMED_TEXT = 800
_MOST_DOORS = 8
_PROSE_SHORT = 400
_PROSE_LINE = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What a page is and asks for.

    `kind` is one of shell, script_only, not_found, empty_column, list_page, article, other. `follow` are the pages it leads to, `following`
    the next page of its list (with alternatives), `items` the identities of its rows. `is_candidate` says that it may be a
    report, `report_is_file` that the report must be in `files`.
    """

    kind: str
    family: str = "generic"
    evidence: tuple[str, ...] = ()
    follow: tuple[Entry, ...] = ()
    following: Entry | None = None
    items: frozenset[str] = frozenset()
    is_candidate: bool = False
    report_is_file: bool = False
    files: tuple[Link, ...] = ()


def judge(page: Page, entry: Entry, *, family_name: str | None = None, most_depth: int = 6) -> Judgement:
    """Return what a page is, given the entry that led to it. Links are not filtered by scope yet."""
    if page.is_data:
        return _content(page, entry, family_name, most_depth)
    if (onward := shells.target(page)) is not None:
        sent_on = replace(entry, url=onward, referer=page.url, reasons=("the page only sends on",), depth=entry.depth + 1)
        return Judgement(kind="shell", follow=(sent_on,) if sent_on.depth <= most_depth else ())
    if challenges.is_script_shell(page) and not _leads_on(page, family_name):
        is_frame = 0 < entry.depth < most_depth and not titled(entry)
        beside = scripts_beside(page) if entry.in_column or is_frame else ()
        scripts = tuple(_inside(page, entry, link, ("a script file of a page of nothing else",)) for link in beside)
        ways = entries(page, entry, (), in_column=entry.in_column, most_depth=most_depth)
        return Judgement(kind="script_only", follow=(*scripts, *ways))
    if challenges.is_soft_404(page):
        return Judgement(kind="not_found")
    return _content(page, entry, family_name, most_depth)


def _leads_on(page: Page, family_name: str | None) -> bool:
    """Say whether a page of nothing but script is one that its family reads: a list, its interface or a menu stands in it."""
    return bool(family_of(page, family_name).items(page))


def _content(page: Page, entry: Entry, family_name: str | None, most_depth: int) -> Judgement:
    family = family_of(page, family_name)
    links = family.items(page)
    is_report = statutory_headings(page) >= 3 and not (page.is_data and len(rows(links, in_column=True)) > 1)
    in_column = (entry.in_column or is_annual_column(page) or (titled(entry) and lists_organs(links))) and not is_report
    found = rows(links, in_column=in_column)
    listing = is_list(page, found) and not is_report
    pages_on = listing and (in_column or any(names_report(link.title or link.text) for link in found))
    candidate = is_report or titled(entry) or (stands_in_column(entry) and not listing)
    owns_files = is_report or (titled(entry) and not listing)
    own = files_of(page, family) if candidate else ()
    told = is_report or (titled(entry) and (bool(own) or prose_length(page) >= _PROSE_LINE))
    awaited = candidate and not told and not prose_length(page) and any(link.tag == "api" for link in links)
    leads = tuple(link for link in links if not (told and link.tag == "api"))
    onward = entries(page, entry, leads, in_column=in_column, most_depth=most_depth)
    if not candidate and not _promises(onward, in_column=in_column):
        doors = (
            (*facets(page, links), *scripts_beside(page)) if in_column else (*_doors(page, entry, links), *scripts_beside(page))
        )
        onward += entries(page, entry, doors, in_column=in_column, most_depth=most_depth)
    follow, files = _shared_out(onward, own, owns_files=owns_files)
    is_empty = in_column and not onward and bool(_EMPTY.search(page.text))
    return Judgement(
        kind="article" if candidate and not awaited else "list_page" if listing else "empty_column" if is_empty else "other",
        family=family.name,
        evidence=family.recognise(page),
        follow=follow,
        following=_following(page, entry, family.next_pages(page, entry.number), in_column=in_column) if pages_on else None,
        items=item_keys(found),
        is_candidate=candidate and not awaited,
        report_is_file=any(link.tag != "img" for link in files) and not is_report and prose_length(page) < _PROSE_SHORT,
        files=files,
    )


def _promises(onward: tuple[Entry, ...], *, in_column: bool) -> bool:
    """Say whether a page's links lead nearer to the reports: in the column to rows of it, elsewhere to the disclosure pages."""
    least = GROUP - 5 if in_column else ORGAN
    return any(one.score >= least for one in onward)


def _doors(page: Page, entry: Entry, links: tuple[Link, ...]) -> tuple[Link, ...]:
    """Return the ways on from a home that names none: all of an entrance page (a picture with areas), else its pictures without names."""
    own = [link for link in links if link.tag in {"a", "onclick"} and host_of(link.url) == host_of(page.url)]
    is_entrance = len(page.text) < _FRAMED_TEXT and len(own) <= _MOST_DOORS
    doors = own if is_entrance else [link for link in own if not link.text and not link.title][:_MOST_DOORS]
    return tuple(replace(link, tag="door") for link in doors) if entry.depth <= 1 else ()


def files_of(page: Page, family: Family) -> tuple[Link, ...]:
    """Return the files of an article, and the pictures that stand in the place of its tables; where it has neither files nor prose,
    the pictures beside it.

    A report of pictures keeps its page: the page says whose it is, and what the pictures are.
    """
    files = (*family.attachments(page), *tables_in_pictures(page))
    return files or (pictures(page) if prose_length(page) < _PROSE_SHORT else ())


def tables_in_pictures(page: Page) -> tuple[Link, ...]:
    """Return the pictures in the chapters of a report that have a table as a picture only."""
    sources = [source for sources in pictured_tables(page.root).values() for source in sources]
    urls = dict.fromkeys(url for source in sources if (url := join(page.base, source)))
    return tuple(Link(url=url, text="", title=url.rpartition("/")[2], tag="img") for url in urls)


def pictures(page: Page) -> tuple[Link, ...]:
    """Return the pictures that lie in the page's own folder, in their order: those of its text, not of its frame."""
    folder = page.url.rpartition("/")[0] + "/"
    urls = (join(page.base, str(source)) for source in page.root.xpath("//img/@src"))
    own = dict.fromkeys(url for url in urls if url and url.startswith(folder) and "/" not in url.removeprefix(folder))
    return tuple(Link(url=url, text="", title=url.rpartition("/")[2], tag="img") for url in own)


def _shared_out(
    onward: tuple[Entry, ...], files: tuple[Link, ...], *, owns_files: bool
) -> tuple[tuple[Entry, ...], tuple[Link, ...]]:
    """Return pages to follow and files of the article, no URL in both: a report owns its files, a list only names them."""
    attached, followed = {identity(link.url) for link in files}, {entry.key for entry in onward}
    if owns_files:
        return tuple(entry for entry in onward if entry.key not in attached), files
    return onward, tuple(link for link in files if identity(link.url) not in followed)


def statutory_headings(page: Page) -> int:
    """Return how many of the six statutory headings of a report (since 2019) a page holds."""
    return sum(1 for heading in _STATUTORY if heading.search(page.text))


def titled(entry: Entry) -> bool:
    """Say whether the link that led here was titled as an annual report."""
    return names_report(entry.title or "") or names_report(entry.anchor or "")


def names_a_report(entry: Entry) -> bool:
    """Say whether there must be a report behind the link: titled as one, or a bare organ in the column."""
    return titled(entry) or (entry.in_column and bool(unit_in(entry.title or entry.anchor or "")))


def stands_in_column(entry: Entry) -> bool:
    """Say whether the link that led here was a row of the column that may be a report by itself: an organ, a year, a cut title."""
    return entry.in_column and GROUP - 5 <= entry.score <= GROUP


def prose_length(page: Page) -> int:
    """Return how many characters stand in lines of running text: what is left when menus and labels are not counted."""
    blocks = page.root.xpath("//p|//td|//div[not(.//p or .//div or .//td)]")
    lengths = (len(re.sub(r"\s", "", str(block.text_content()))) for block in blocks if not block.xpath(".//script"))
    return sum(length for length in lengths if length >= _PROSE_LINE)


def entries(page: Page, entry: Entry, links: tuple[Link, ...], *, in_column: bool, most_depth: int) -> tuple[Entry, ...]:
    """Return the pages that a page's links lead to, with their scores; empty beyond the greatest depth."""
    if entry.depth >= most_depth + (_DEEPER if in_column else 0):
        return ()
    beside = companions(links) if in_column else frozenset()
    ways = entrances(page) if not entry.depth and not in_column else ()
    found = (_entry(page, entry, link, in_column=in_column, beside=link.url in beside) for link in (*links, *ways))
    here = identity(page.url)
    return tuple(one for one in found if one is not None and one.key != here)


def _entry(page: Page, parent: Entry, link: Link, *, in_column: bool, beside: bool) -> Entry | None:
    judged = score(link, in_column=in_column)
    value, reasons = judged.value, judged.reasons
    if link.tag == "frame" and not value and not reasons and len(page.text) < _FRAMED_TEXT:
        return _inside(page, parent, link, ("a frame of the page",))
    if link.tag == "api" and titled(parent):
        return _inside(page, parent, link, reasons)
    if value <= LAST_RESORT and not in_column and (_shows_organs(parent) or host_of(link.url) != host_of(page.url)):
        organ = organ_score(link)
        value, reasons = (organ.value, organ.reasons) if organ.value else (value, reasons)
    if beside:
        value, reasons = GROUP - 5, ("it stands among the rows of the column",)
    if not value or (value <= LAST_RESORT and parent.depth > 1 and link.tag != "mapped" and parent.score != HOPE):
        return None
    name = link.title or link.text
    return Entry(
        url=link.url,
        score=value,
        depth=parent.depth + 1,
        referer=page.asked_by or page.url,
        reasons=reasons,
        anchor=link.text or None,
        title=name or None,
        listed_on=link.listed_on.isoformat() if link.listed_on else None,
        year_hint=year_hint(page, link, parent.year_hint) if value >= GROUP - 5 else None,
        agency_hint=agency_hint(link, parent.agency_hint) if in_column or value == ORGAN else parent.agency_hint,
        in_column=value in {COLUMN, GROUP, GROUP - 5} or link.tag == "annual-api" or (value == PAGER),
        is_data=link.tag in APIS,
        templates=(page.templates or row_templates(page)) if link.tag in APIS else (),
    )


def _inside(page: Page, parent: Entry, link: Link, reasons: tuple[str, ...]) -> Entry:
    """Return the entry of what a page shows as its own, a frame or what its script asks for: all that is known of the page holds for it."""
    return replace(
        parent,
        url=link.url,
        depth=parent.depth + 1,
        referer=page.asked_by or page.url,
        reasons=reasons,
        number=1,
        list_of=None,
        alternatives=(),
        is_data=link.tag == "api",
    )


def _shows_organs(parent: Entry) -> bool:
    """Say whether a page is one of the disclosure pages below the home, where organs are named to lead to their own."""
    return 0 < parent.depth < _DEEPEST_ORGANS and parent.score in {OPEN, OPEN + 5, PLATFORM, PLATFORM + 5, ORGANS}


def _following(page: Page, entry: Entry, found: tuple[str, ...], *, in_column: bool) -> Entry | None:
    if not found:
        return None
    return replace(
        entry,
        url=found[0],
        alternatives=found[1:],
        score=PAGER,
        referer=page.asked_by or page.url,
        is_data=page.asked_by is not None or "#post=" in found[0],
        templates=page.templates or (row_templates(page) if "#post=" in found[0] else ()),
        reasons=(f"page {entry.number + 1} of the list",),
        in_column=in_column,
        number=entry.number + 1,
        list_of=entry.list_of or identity(page.url),
    )

"""A script of seasons: reports that change, move, vanish and come back between visits, and the verdicts that are true.

Every page is made up; a visit says what a crawl would get on that day, so a test can record it without a network.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, UTC
from itertools import product

from samples.county import departments, EAST, government, NORTH, SOUTH, towns, WEST
from samples.pages import article, Chrome
from samples.reports import make_report, SampleReport

DAYS = (0, 28, 47, 78)
"""Days of the visits: far enough apart for a withdrawal to be certain at the third."""

START = datetime(2026, 2, 1, 1, 0, tzinfo=UTC)
SLIP = "applications.balance.total"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What an address answers on one visit. `status` None: nobody answers. `page_kind` is what a crawl takes it for."""

    url: str
    status: int | None = 200
    body: str = ""
    location: str | None = None
    attachment: bytes | None = None
    page_kind: str = "article"


Verdicts = frozenset[tuple[str, int]]
"""Verdicts with the number of the visit that they were seen at."""

Visits = tuple[tuple[Answer, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One organ's report over all visits: what each visit gets, and the verdicts that must be found, no other."""

    kind: str
    agency: str
    year: int
    visits: Visits
    verdicts: Verdicts


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A report's page on its portal; `body` is the report as HTML, `file` the address of its attachment."""

    url: str
    report: SampleReport
    body: str
    is_new_design: bool = False
    file: str | None = None

    def answer(self, visit: int, attachment: bytes | None = None) -> Answer:
        """Return the page as a visit gets it, with another count of visitors every time."""
        chrome = Chrome(site=f"{self.report.agency}网", code="9901220001", links=12)
        file = f'<p><a href="{self.file}">附件：统计表.pdf</a></p>' if self.file else ""
        main = f'<div class="TRS_Editor">{self.body}{file}</div>'
        made = article(chrome, self.report.title, self.report.published_on, main, source=self.report.agency)
        made = made.replace('<i id="hits"></i>', f'<i id="hits">{1207 + 311 * visit}</i>')
        return Answer(url=self.url, body=redesigned(made) if self.is_new_design else made, attachment=attachment)


def when(visit: int) -> datetime:
    """Return when a visit begins."""
    return START + timedelta(days=DAYS[visit])


def file_of(url: str) -> str:
    """Return the address of a page's attachment."""
    return url.replace(".html", ".pdf")


def redesigned(page: str) -> str:
    """Return a page in its portal's new design: other containers, other classes, the same report."""
    names = {"top": "site-bar", "nav": "site-menu", "path": "crumbs", "main": "wrap", "side": "aside", "foot": "site-foot"}
    for old, new in names.items():
        page = page.replace(f'<div class="{old}">', f'<div class="layout {new}">')
    return page.replace('class="TRS_Editor"', 'class="article-body"').replace('class="info"', 'class="article-meta"')


def stories(count: int, kinds: Sequence[Callable[[Page], Story]] | None = None) -> Iterator[Story]:
    """Yield so many stories, every kind (`KINDS` where none are given) in turn, each about an (agency, year) of its own."""
    kinds = kinds or KINDS
    organs = [
        organ for place in (SOUTH, NORTH, WEST, EAST) for organ in (government(place), *departments(place), *towns(place))
    ]
    names = ((organ.name, year) for year, organ in product((2024, 2023, 2022, 2021), organs))
    for number, (agency, year) in zip(range(count), names, strict=False):
        kind = kinds[number % len(kinds)]
        yield kind(_page(kind.__name__.removeprefix("_"), number, agency, year))


def _page(kind: str, number: int, agency: str, year: int) -> Page:
    report = make_report(agency, year)
    host = kind.replace("_", "-") + ("" if kind == "redesign" else str(number))
    return Page(url=f"http://www.{host}.seasons.gov.test/zfxxgk/{number}.html", report=report, body=report.html)


def told_of(kind: str, page: Page, visits: Visits, *verdicts: tuple[str, int]) -> Story:
    """Return the story of a page: what each visit gets, and what must be found besides that it was seen at first."""
    report = page.report
    return Story(
        kind=kind, agency=report.agency, year=report.year, visits=visits, verdicts=frozenset((("first_seen", 0), *verdicts))
    )


def _then(page: Page, *later: Page) -> Visits:
    """The visits of a page that becomes another at each visit; the last one stays."""
    states = [page, *later]
    return tuple((states[min(visit, len(states) - 1)].answer(visit),) for visit in range(len(DAYS)))


def _still(page: Page) -> Visits:
    return tuple((page.answer(0),) for _ in DAYS)


def _unchanged(page: Page) -> Story:
    return told_of("unchanged", page, _still(page))


def _furniture(page: Page) -> Story:
    return told_of("furniture", page, _then(page), *(("page_only", visit) for visit in (1, 2, 3)))


def _figure(page: Page) -> Story:
    wrong = make_report(page.report.agency, page.report.year, slip=SLIP)
    before = replace(page, report=wrong, body=wrong.html)
    return told_of("figure", page, _same_counter(before, page), ("figures", 1))


def _same_counter(before: Page, after: Page) -> Visits:
    return ((before.answer(0),), *((after.answer(0),) for _ in DAYS[1:]))


def _figure_back(page: Page) -> Story:
    wrong = make_report(page.report.agency, page.report.year, slip=SLIP)
    other = replace(page, report=wrong, body=wrong.html)
    visits = tuple((each.answer(0),) for each in (page, other, page, page))
    return told_of("figure_back", page, visits, ("figures", 1), ("figures", 2))


def _wording(page: Page) -> Story:
    after = replace(page, body=page.body.replace("本报告所列数据", "本机关邀请村民代表旁听了办公会议。本报告所列数据"))
    return told_of("wording", page, _same_counter(page, after), ("wording", 1))


def _retitled(page: Page) -> Story:
    agency, year = page.report.agency, page.report.year
    named = make_report(agency, year, title=f"{agency}关于{year}年度政府信息公开工作的年度报告")
    return told_of("retitled", page, _same_counter(page, replace(page, report=named, body=named.html)), ("retitled", 1))


def _redated(page: Page) -> Story:
    later = replace(page.report, published_on=page.report.published_on + timedelta(days=40))
    return told_of("redated", page, _same_counter(page, replace(page, report=later)), ("redated", 1))


def _moved(page: Page) -> Story:
    new = replace(page, url=page.url.replace("/zfxxgk/", "/gkml/nb/"))
    gone = Answer(url=page.url, status=404, body="404", page_kind="not_found")
    visits = ((page.answer(0),), (gone, new.answer(0)), *((new.answer(0),) for _ in DAYS[2:]))
    return told_of("moved", page, visits, ("moved", 1))


def _moved_and_changed(page: Page) -> Story:
    wrong = make_report(page.report.agency, page.report.year, slip=SLIP)
    before = replace(page, report=wrong, body=wrong.html)
    new = replace(page, url=page.url.replace("/zfxxgk/", "/gkml/nb/"))
    visits = ((before.answer(0),), *((new.answer(0),) for _ in DAYS[1:]))
    return told_of("moved_and_changed", page, visits, ("moved", 1), ("figures", 1))


def _overwritten(page: Page) -> Story:
    """An address that always shows the latest report: the one of the year before is nowhere any more."""
    following = make_report(page.report.agency, page.report.year + 5)
    later = replace(page, report=following, body=following.html)
    return told_of("overwritten", page, _same_counter(page, later), ("first_seen", 1), ("withdrawn", 2))


def _restored_elsewhere(page: Page) -> Story:
    gone = Answer(url=page.url, status=404, body="404", page_kind="not_found")
    new = replace(page, url=page.url.replace("/zfxxgk/", "/gkml/nb/"))
    visits = ((page.answer(0),), (gone,), (gone,), (gone, new.answer(0)))
    return told_of("restored_elsewhere", page, visits, ("withdrawn", 2), ("restored", 3))


def _reworded_and_redesigned(page: Page) -> Story:
    after = replace(page, body=page.body.replace("本报告所列数据", "本机关邀请村民代表旁听了办公会议。本报告所列数据"))
    return told_of("reworded_and_redesigned", page, _same_counter(page, replace(after, is_new_design=True)), ("wording", 1))


def _moved_unlinked(page: Page) -> Story:
    new = replace(page, url=page.url.replace("/zfxxgk/", "/gkml/nb/"))
    return told_of("moved_unlinked", page, ((page.answer(0),), *((new.answer(0),) for _ in DAYS[1:])), ("moved", 1))


def _moved_redirect(page: Page) -> Story:
    new = replace(page, url=page.url.replace("/zfxxgk/", "/gkml/nb/"))
    sent_on = Answer(url=page.url, status=301, location=new.url, page_kind="")
    visits = ((page.answer(0),), *((sent_on, new.answer(0)) for _ in DAYS[1:]))
    return told_of("moved_redirect", page, visits, ("moved", 1))


def _https(page: Page) -> Story:
    new = replace(page, url=page.url.replace("http://www.", "https://"))
    sent_on = Answer(url=page.url, status=301, location=new.url, page_kind="")
    return told_of("https", page, ((page.answer(0),), *((sent_on, new.answer(0)) for _ in DAYS[1:])))


def _alias(page: Page) -> Story:
    other = replace(page, url=page.url.replace("/zfxxgk/", "/xxgk/nianbao/"))
    return told_of("alias", page, tuple((page.answer(0), other.answer(0)) for _ in DAYS))


def _gone(page: Page, gone: Answer) -> Visits:
    return ((page.answer(0),), *((gone,) for _ in DAYS[1:]))


def _withdrawn_404(page: Page) -> Story:
    gone = Answer(url=page.url, status=404, body="404", page_kind="not_found")
    return told_of("withdrawn_404", page, _gone(page, gone), ("withdrawn", 2))


def _withdrawn_soft(page: Page) -> Story:
    gone = Answer(url=page.url, body="<html><body>抱歉，您访问的页面不存在</body></html>", page_kind="not_found")
    return told_of("withdrawn_soft", page, _gone(page, gone), ("withdrawn", 2))


def _withdrawn_home(page: Page) -> Story:
    gone = Answer(url=page.url, status=302, location="/", page_kind="")
    return told_of("withdrawn_home", page, _gone(page, gone), ("withdrawn", 2))


def _restored(page: Page) -> Story:
    gone = Answer(url=page.url, status=410, body="gone", page_kind="not_found")
    visits = ((page.answer(0),), (gone,), (gone,), (page.answer(0),))
    return told_of("restored", page, visits, ("withdrawn", 2), ("restored", 3))


def _bad_night(page: Page) -> Story:
    gone = Answer(url=page.url, status=404, body="404", page_kind="not_found")
    return told_of("bad_night", page, ((page.answer(0),), (gone,), (page.answer(0),), (gone,)))


def _attachment(page: Page) -> Story:
    page = replace(page, file=file_of(page.url))
    old, new = (page.answer(0, b"%PDF-1.4 " + text) for text in (b"as published", b"with another table"))
    return told_of("attachment", page, ((old,), (new,), (new,), (new,)), ("attachment_replaced", 1))


def _attachment_missed(page: Page) -> Story:
    page = replace(page, file=file_of(page.url))
    whole, missed = page.answer(0, b"%PDF-1.4 as published"), page.answer(0)
    return told_of("attachment_missed", page, ((whole,), (missed,), (whole,), (missed,)))


def _republished(page: Page) -> Story:
    copy = replace(page, url=page.url.replace("http://www.", "http://city."))
    return told_of(
        "republished", page, ((page.answer(0),), *((page.answer(0), copy.answer(0)) for _ in DAYS[1:])), ("republished", 1)
    )


def _blocked(page: Page) -> Story:
    wall = Answer(url=page.url, status=412, body="<script>$_ts=1</script>", page_kind="blocked:rs")
    return told_of("blocked", page, ((page.answer(0),), *((wall,) for _ in DAYS[1:])))


def _unreachable(page: Page) -> Story:
    silent = Answer(url=page.url, status=None)
    broken = Answer(url=page.url, status=502, body="bad gateway", page_kind="error")
    return told_of("unreachable", page, ((page.answer(0),), (silent,), (broken,), (silent,)))


def _unread(page: Page) -> Story:
    shell = Answer(url=page.url, body="<html><body><script>load()</script></body></html>", page_kind="script_only")
    return told_of("unread", page, ((page.answer(0),), (shell,), (shell,), (page.answer(0),)))


def _renamed(page: Page) -> Story:
    agency = page.report.agency
    new = (
        agency.replace("人民政府", "人民政府办公室") if agency.endswith("人民政府") else agency.removesuffix("局") + "和数据局"
    )
    named = replace(page.report, agency=new, title=page.report.title.replace(agency, new))
    after = replace(page, report=named, body=page.body.replace(agency, new))
    return replace(told_of("renamed", page, _same_counter(page, after), ("retitled", 1)), agency=new)


def _late(page: Page) -> Story:
    visits = ((), (), (page.answer(0),), (page.answer(0),))
    return replace(told_of("late", page, visits), verdicts=frozenset((("first_seen", 2),)))


def _copied_last_year(page: Page) -> Story:
    agency, year = page.report.agency, page.report.year
    again = make_report(agency, year, seed=5)
    next_year = replace(again, year=year + 5, title=again.title.replace(str(year), str(year + 5)))
    copy = Page(
        url=page.url.replace(".html", "-next.html"), report=next_year, body=again.html.replace(str(year), str(year + 5))
    )
    return _two_reports("copied_last_year", page, copy)


def _copied_sister(page: Page) -> Story:
    agency, year = page.report.agency, page.report.year
    again = make_report(agency, year, seed=7)
    sister = f"{agency[0]}湖县{agency[3:]}"
    named = replace(again, agency=sister, title=again.title.replace(agency, sister))
    copy = Page(url=page.url.replace("http://www.", "http://sister."), report=named, body=again.html.replace(agency, sister))
    return _two_reports("copied_sister", page, copy)


def _two_reports(kind: str, page: Page, copy: Page) -> Story:
    visits = ((page.answer(0),), *((page.answer(0), copy.answer(0)) for _ in DAYS[1:]))
    return told_of(kind, page, visits, ("first_seen", 1), ("copied", 1))


def _redesign(page: Page) -> Story:
    return told_of(
        "redesign", page, _then(page, replace(page, is_new_design=True)), ("redesigned", 1), ("page_only", 2), ("page_only", 3)
    )


# A redesign is one of three pages at least.
KINDS: tuple[Callable[[Page], Story], ...] = (
    *(_unchanged, _furniture, _figure, _figure_back, _wording, _retitled, _redated, _moved, _moved_unlinked, _moved_redirect),
    *(_https, _alias, _withdrawn_404, _withdrawn_soft, _withdrawn_home, _restored, _bad_night, _attachment),
    *(_attachment_missed, _republished, _blocked, _unreachable, _unread, _renamed, _late, _copied_last_year),
    *(_copied_sister, _redesign, _redesign, _redesign, _moved_and_changed, _overwritten, _restored_elsewhere),
    _reworded_and_redesigned,
)

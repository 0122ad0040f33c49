"""What a drawn list holds: its rows, whether its page is turned by a button, and the rows that only a click opens. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from lxml.html import HtmlElement

from crawler.frontier import Entry
from crawler.judge import entries, judge, Judgement
from crawler.links import is_annual_column, PLATFORM, score
from crawler.pages import first_date, Link, Page, squeeze
from crawler.states import click_on, same_document
from crawler.urls import staged

_SCRIPT = re.compile(r"<script\b.*?</script\s*>", re.IGNORECASE | re.DOTALL)
_LONGEST = 80
_MOST = 60
_MAY_BE_ROWS = "//li|//div|//span|//td|//p|//a|//dd|//dt|//h3|//h4|//h5|//button"


def as_drawn(entry: Entry) -> Entry:
    """Return the entry of a drawn page as that of any page: what it leads to is not drawn by being named there."""
    return replace(entry, drawn_from=None)


def drawn_page(page: Page) -> Page:
    """Return a page that a browser drew, as it is judged: its scripts have had their say, and its links may be routes."""
    return replace(page, html=_SCRIPT.sub("", page.html), is_drawn=True)


def drawn_on(follow: tuple[Entry, ...], entry: Entry) -> tuple[Entry, ...]:
    """Return the entries of a drawn page; those that are other states of its document are drawn of the same page as it came."""
    return tuple(
        replace(one, drawn_from=entry.drawn_from) if staged(one.url)[1] and same_document(one.url, entry.url) else one
        for one in follow
    )


class Turning:
    """Decides, page by page of a list whose address stays the same, whether its page is to be turned once more."""

    def __init__(self, entry: Entry, *, family: str | None, most_depth: int) -> None:
        """Take the entry of the list; family and depth are those of the crawl."""
        self._entry = entry
        self._family = family
        self._depth = most_depth
        self._seen: set[str] = set()

    def goes_on(self, html: str) -> bool:
        """Say whether a page is of a list, brings rows that no page before it had, and names no address for the next."""
        page = drawn_page(Page(self._entry.url, html))
        judged = judge(page, as_drawn(self._entry), family_name=self._family, most_depth=self._depth)
        rows = {*judged.items, *(link.url for link in unlinked(page, judged, in_column=self._entry.in_column))}
        is_new = not rows <= self._seen
        self._seen |= rows
        return is_new and judged.following is None and not judged.is_candidate


def further(
    page: Page, entry: Entry, judged: Judgement, turned: Iterable[tuple[int, str]], *, family: str | None, most_depth: int
) -> tuple[Entry, ...]:
    """Return what a drawn page leads to besides its links: what a click opens, and all that the further pages of its list name.

    `turned` are these pages: how often the list was turned over, and the elements that it showed.
    """
    found = [*_to_click(page, entry, judged, turns=0, most_depth=most_depth)]
    for turns, html in turned:
        one = drawn_page(replace(page, html=html))
        more = judge(one, as_drawn(entry), family_name=family, most_depth=most_depth)
        found += [*more.follow, *_to_click(one, entry, more, turns=turns, most_depth=most_depth)]
    return tuple(found)


def _to_click(page: Page, entry: Entry, judged: Judgement, *, turns: int, most_depth: int) -> tuple[Entry, ...]:
    in_column = entry.in_column or is_annual_column(page)
    found = unlinked(page, judged, in_column=in_column, turns=turns)
    return entries(page, as_drawn(entry), found, in_column=in_column, most_depth=most_depth)


def unlinked(page: Page, judged: Judgement, *, in_column: bool, turns: int = 0) -> tuple[Link, ...]:
    """Return what stands on a page like a promising link and is none; nothing where the page has links that are rows, or is an article."""
    if judged.is_candidate or judged.items:
        return ()
    named = {page.title, page.headline, *page.column_names, *(link.text for link in page.links)}
    links = {element: _link(page, element, turns) for element in page.root.xpath(_MAY_BE_ROWS)}
    told = {element: link for element, link in links.items() if _promises(link, in_column=in_column)}
    innermost = [link for element, link in told.items() if not any(inner in told for inner in element.iterdescendants())]
    return tuple({link.text: link for link in innermost if link.text not in named}.values())[:_MOST]


def _promises(link: Link, *, in_column: bool) -> bool:
    return 2 <= len(link.text) <= _LONGEST and score(link, in_column=in_column).value >= PLATFORM


def _link(page: Page, element: HtmlElement, turns: int) -> Link:
    text, parent = squeeze(str(element.text_content())), element.getparent()
    row = str((element if parent is None else parent).text_content())
    listed = first_date(row) if len(row) <= 4 * _LONGEST else None
    return Link(url=click_on(page.url, text[:_LONGEST], turns=turns), text=text, title=text, tag="onclick", listed_on=listed)

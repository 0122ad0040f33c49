"""Rows of list pages: which links of a page are its list, and what each row says of the page behind it. Pure."""

from __future__ import annotations

from collections import Counter

from crawler.links import GROUP, is_annual_column, score, year_in
from crawler.pages import APIS, Link, Page
from crawler.urls import identity

LIST_ROWS = 3
"""So many harvestable rows in one group make a page a list."""


def rows(links: tuple[Link, ...], *, in_column: bool) -> tuple[Link, ...]:
    """Return the links that lead to reports or to groups of them: what a pager must bring more of."""
    return tuple(
        link for link in links if score(link, in_column=in_column).value >= GROUP and link.tag not in {"frame", "jump", *APIS}
    )


def is_list(page: Page, found: tuple[Link, ...]) -> bool:
    """Say whether the rows make the page a list: several in one group, or any on the column's own page."""
    largest = max(Counter(link.group for link in found).values(), default=0)
    return largest >= LIST_ROWS or (bool(found) and (page.asked_by is not None or is_annual_column(page)))


def item_keys(found: tuple[Link, ...]) -> frozenset[str]:
    """Return the identities of the rows: two pages of a list with the same ones are the same page."""
    return frozenset(identity(link.url) for link in found)


def year_hint(page: Page, link: Link, inherited: int | None) -> int | None:
    """Return the report year that a row inherits: from its own text, its heading, the page's headings, its parent's hint.

    It is a hint: the report's own title decides, if it names a year.
    """
    texts = (link.title, link.text, link.heading, *page.column_names, page.title)
    return next((year for year in map(year_in, texts) if year is not None), inherited)

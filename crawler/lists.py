"""Rows of list pages: which links of a page are its list, and what each row says of the page behind it. Pure."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit

from crawler.links import GROUP, is_annual_column, LAST_RESORT, Score, score, unit_in, year_in, year_of_address
from crawler.pages import APIS, Link, Page
from crawler.urls import identity

_ORDERS = re.compile(
    r"^(?:sort|order|orderby|by|dir|asc|desc|view|mode|style|size|font|lang|theme|c|o|year|month|day|date|y|m|d|\w*page\w*|pn|p)$",
    re.IGNORECASE,
)
"""Parameters that order, show or date a list, or page it on, and divide nothing."""
LIST_ROWS = 3
"""So many harvestable rows in one group make a page a list."""


def rows(links: tuple[Link, ...], *, in_column: bool) -> tuple[Link, ...]:
    """Return the links that lead to reports or to groups of them: what a pager must bring more of.

    In the column a cut title counts, too: there are lists that cut all of theirs.
    """
    least = GROUP - 5 if in_column else GROUP
    return tuple(
        link for link in links if score(link, in_column=in_column).value >= least and link.tag not in {"frame", "jump", *APIS}
    )


def is_list(page: Page, found: tuple[Link, ...]) -> bool:
    """Say whether the rows make the page a list: several in one group, or any on the column's own page."""
    largest = max(Counter(link.group for link in found).values(), default=0)
    return largest >= LIST_ROWS or (bool(found) and (page.asked_by is not None or is_annual_column(page)))


def lists_organs(links: tuple[Link, ...]) -> bool:
    """Say whether a group of links names nothing but organs or years, as the annual reports' column does."""
    named = Counter(link.group for link in links if unit_in(link.title or link.text))
    return max(named.values(), default=0) >= LIST_ROWS


def companions(links: tuple[Link, ...]) -> frozenset[str]:
    """Return the URLs of the column that no word tells, but that stand in a group most of whose links are rows of the list."""
    groups: dict[int, list[Link]] = {}
    for link in links:
        groups.setdefault(link.group, []).append(link)
    return frozenset(link.url for group in groups.values() for link in _untold(group))


def _untold(group: list[Link]) -> list[Link]:
    scored = [(link, score(link, in_column=True)) for link in group if link.tag in {"a", "onclick"}]
    told = [link for link, judged in scored if judged.value >= GROUP - 5]
    untold = [link for link, judged in scored if judged.value <= LAST_RESORT and _may_be_row(link, judged)]
    return untold if len(told) >= LIST_ROWS and len(told) >= 2 * len(untold) else []


def _may_be_row(link: Link, judged: Score) -> bool:
    return len(re.findall(r"[\u4e00-\u9fff]", link.text)) >= 2 and (judged.value > 0 or not judged.reasons)


def facets(page: Page, links: tuple[Link, ...]) -> tuple[Link, ...]:
    """Return the links by which a column without rows divides its list (A–G, 一科 …): this page with one parameter's value changed."""
    here = urlsplit(page.url)
    own = dict(parse_qsl(here.query, keep_blank_values=True))
    found: dict[str, list[Link]] = {}
    for link in links:
        parts = urlsplit(link.url)
        changed = dict(parse_qsl(parts.query)).items() - own.items()
        if (
            (parts.netloc, parts.path) == (here.netloc, here.path)
            and len(changed) == 1
            and link.tag in {"a", "option", "onclick"}
        ):
            found.setdefault(next(iter(changed))[0], []).append(link)
    divided = (named for name, named in found.items() if len(named) >= LIST_ROWS and not _ORDERS.match(name))
    return tuple(replace(link, tag="facet") for named in divided for link in named)


def item_keys(found: tuple[Link, ...]) -> frozenset[str]:
    """Return the identities of the rows: two pages of a list with the same ones are the same page."""
    return frozenset(identity(link.url) for link in found)


def agency_hint(link: Link, inherited: str | None) -> str | None:
    """Return the organ that a row of the column names: by itself, in the rest of its row, or in its heading; else the parent's."""
    named = (unit_in(text) for text in (link.title, link.text, link.row, link.heading))
    return next(filter(None, named), inherited)


def year_hint(page: Page, link: Link, inherited: int | None) -> int | None:
    """Return the report year that a row inherits: from its own text, its heading, the page's headings, its parent's hint.

    It is a hint: the report's own title decides, if it names a year.
    """
    texts = (link.title, link.text, link.row, link.heading, link.section, *page.column_names, page.title)
    said = next((year for year in map(year_in, texts) if year is not None), inherited)
    return said or year_of_address(link.url) or year_of_address(page.url)

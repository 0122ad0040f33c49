"""Any portal: works without recognising anything, by what all lists have in common."""

from __future__ import annotations

from crawler.asking import by_form, by_next_link, by_numbered_data, by_parameter, by_postback
from crawler.embedded import asked_for, embedded_links, shown_files
from crawler.families import Family
from crawler.pagers import by_address, by_anchor, by_guess, by_own_query, by_page_count, by_trs_call, by_ucap_call, resolve
from crawler.pages import Link, Page
from crawler.urls import is_document

RESOLVERS = (
    *(by_next_link, by_parameter, by_numbered_data, by_anchor, by_postback, by_ucap_call, by_trs_call, by_address),
    *(by_page_count, by_own_query, by_form, by_guess),
)


def recognise(page: Page) -> tuple[str, ...]:  # noqa: ARG001 - a family's signature
    """Return no evidence: generic is what remains."""
    return ()


def next_pages(page: Page, number: int) -> tuple[str, ...]:
    """Return the next page's alternatives by the first way of paging on that the page shows."""
    return resolve(page, number, RESOLVERS)


def items(page: Page) -> tuple[Link, ...]:
    """Return all links of the page, those that its scripts or data hold, and the interfaces that its scripts ask."""
    return (*page.links, *embedded_links(page), *asked_for(page))


def attachments(page: Page) -> tuple[Link, ...]:
    """Return the links to documents on an article's page, each URL once; where it has none, the documents that it shows by script."""
    found = {
        link.url: link for link in page.links if link.tag in {"a", "onclick", "embed"} and is_document(link.url, link.text)
    }
    return tuple(found.values()) or shown_files(page)


FAMILY = Family(name="generic", recognise=recognise, next_pages=next_pages, items=items, attachments=attachments)

"""The 政府信息公开专栏 as the State Council's office laid it out in 2019–2021, on whatever system (`PORTALS.md` §3.3)."""

from __future__ import annotations

import re

from crawler.families import Family, generic
from crawler.families.trs import RESOLVERS
from crawler.pagers import resolve
from crawler.pages import Link, Page

_CLASSES = re.compile(r"zfxxgk_(?:zdgkc|zn|content|list_con)|scroll_(?:main|cont|wrap)")
_ARTICLE = "//*[contains(@class,'scroll_cont')]"


def recognise(page: Page) -> tuple[str, ...]:
    """Return the one mark of the template, so that the system behind it is believed where it shows as much of itself."""
    return ("the disclosure template's classes",) if _CLASSES.search(page.html) else ()


def next_pages(page: Page, number: int) -> tuple[str, ...]:
    """Return the next page's alternatives, of TRS's paging call first: most of these columns are on it."""
    return resolve(page, number, (*RESOLVERS, *generic.RESOLVERS))


def attachments(page: Page) -> tuple[Link, ...]:
    """Return the files within the article's own element: menu and year list are repeated around it."""
    hrefs = {str(href).strip() for href in page.root.xpath(f"{_ARTICLE}//a/@href")}
    own = tuple(
        link for link in generic.attachments(page) if any(href and link.url.endswith(href.lstrip("./")) for href in hrefs)
    )
    return own or (() if page.root.xpath(f"boolean({_ARTICLE})") else generic.attachments(page))


FAMILY = Family(name="zhuanlan", recognise=recognise, next_pages=next_pages, items=generic.items, attachments=attachments)

"""Pages drawn by scripts (Vue, React): an empty element, and interfaces that give menu, list and article (`PORTALS.md` §3.13)."""

from __future__ import annotations

from crawler.asking import by_parameter
from crawler.families import Family, generic
from crawler.pagers import resolve
from crawler.pages import Page

_DRAWN = "//*[(self::div or self::main) and (@id='app' or @id='root' or @id='__nuxt' or @id='__next') and not(.//a)]"
_SHORT = 200


def recognise(page: Page) -> tuple[str, ...]:
    """Return the mark of a page that is drawn by its scripts: an empty element for it, and next to no text."""
    is_drawn = not page.is_data and len(page.text) < _SHORT and bool(page.root.xpath(f"boolean({_DRAWN})"))
    return ("an empty element waits to be drawn in",) if is_drawn else ()


def next_pages(page: Page, number: int) -> tuple[str, ...]:
    """Return the next page's alternatives: the interface's parameter counted up, else as anywhere."""
    return resolve(page, number, (by_parameter, *generic.RESOLVERS))


FAMILY = Family(name="spa", recognise=recognise, next_pages=next_pages, items=generic.items, attachments=generic.attachments)

"""TRS WCM (拓尔思), static pages: ministries, Beijing, Chongqing, Guizhou, Shaanxi … (`PORTALS.md` §3.1)."""

from __future__ import annotations

import re

from crawler.families import Family, generic
from crawler.pagers import by_anchor, by_page_count, by_trs_call, resolve
from crawler.pages import Link, Page
from crawler.urls import is_document

_EVIDENCE = (
    ("articles are named tYYYYMMDD_n", re.compile(r"/t(?:19|20)\d{6}_\d+\.s?html?", re.IGNORECASE)),
    ("the editor is TRS_Editor", re.compile(r"TRS_Editor|trs_editor_view|TRS_UEDITOR|Custom_UnionStyle")),
    ("createPageHTML counts from 0", re.compile(r"createPageHTML\(\s*\d+\s*,\s*\d+\s*,\s*['\"]")),
    ("the path's current column is CurrChnlCls", re.compile(r"CurrChnlCls")),
    ("attachments are P02…", re.compile(r"""href=['"]\./[PW]02\d{10,}""")),
)
RESOLVERS = (by_trs_call, by_page_count, by_anchor)


def recognise(page: Page) -> tuple[str, ...]:
    """Return the marks of TRS that a page shows."""
    return tuple(mark for mark, pattern in _EVIDENCE if pattern.search(page.html))


def next_pages(page: Page, number: int) -> tuple[str, ...]:
    """Return the next page's alternatives: page i (from 0) is `index_i.html`, beside a dialect that counts from 1."""
    return resolve(page, number, (*RESOLVERS, *generic.RESOLVERS))


def attachments(page: Page) -> tuple[Link, ...]:
    """Return the files of an article: those that the editor marked as its appendix, else all documents.

    `OLDSRC` is a path within the editor and is never asked for.
    """
    marked = {
        str(href) for href in page.root.xpath("//a[@appendix='true']/@href|//*[contains(@class,'insertfileTag')]//a/@href")
    }
    links = [link for link in page.links if link.tag == "a" and any(link.url.endswith(href.lstrip("./")) for href in marked)]
    found = {link.url: link for link in links if is_document(link.url, link.text)}
    return tuple(found.values()) or generic.attachments(page)


FAMILY = Family(name="trs", recognise=recognise, next_pages=next_pages, items=generic.items, attachments=attachments)

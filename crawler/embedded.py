"""Links that no element of a page holds: of data that came instead of a page, and of what scripts hold (`PORTALS.md` §9.3)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from crawler.calls import calls
from crawler.pages import Link, Page, squeeze
from crawler.payloads import as_html, compact, embedded, rows_of, templates_of
from crawler.references import quoted_paths
from crawler.script import from_json, invoked
from crawler.urls import join

_FIRST_GROUP = 1001
_MOST_CALLS = 6
_STORED = "//script[@type='application/json']/text()"
"""The state that an application was drawn from (`__NEXT_DATA__`)."""
_SITE_MAP = re.compile(r"<(?:urlset|sitemapindex)\b")
_DOCUMENT = re.compile(r"^[^\s<>'\"{}+]+\.(?:pdf|docx?|wps|ofd)(?:[?#][^\s<>'\"{}+]*)?$", re.IGNORECASE)
_WIDGET = "//table[@data-url or @lay-data or contains(concat(' ', @class), ' easyui-datagrid') or contains(@class, 'easyui-treegrid')]"
_MOST_SCRIPTS = 4
_LIBRARY = re.compile(
    r"jquery|bootstrap|swiper|layui|layer|vue|react|angular|echarts|polyfill|require|slide|share|stat|count|visit|analy|hm\.js|wap|mobile|zoom|font|print"
    r"|video|player|calendar|date|weather|wza|barrier|search|chunk|vendor|qrcode|[./-]min\.js",
    re.IGNORECASE,
)
_MOST_CLICKED = 60
_PAGING = frozenset(("首页", "上一页", "下一页", "尾页", "末页", "加载更多", "查看更多", "跳转", "更多"))


def embedded_links(page: Page) -> tuple[Link, ...]:
    """Return the links of data, or of the records, literals and templates in a page's scripts; their groups begin at 1001."""
    html = embedded_html(page)
    if not html:
        return ()
    scripts = f"<script>{page.scripts.text}</script>" if "javascript:" in html or "onclick" in html else ""
    rows = Page(page.url, scripts + html, page.base, charset=page.charset, templates=page.templates, library=page.library)
    is_map = page.is_data and bool(_SITE_MAP.search(page.html[:2000]))
    tags = {"a": "mapped"} if is_map else {}
    return tuple(replace(link, group=link.group + _FIRST_GROUP, tag=tags.get(link.tag, link.tag)) for link in rows.links)


def embedded_html(page: Page) -> str:
    """Return what a page's data or scripts hold, as HTML rows; empty for nothing."""
    if page.is_data:
        return as_html(page.html, page.templates)
    stored = (value for text in page.root.xpath(_STORED) if (value := from_json(str(text).strip())) is not None)
    rows = "".join(row for value in stored for row in rows_of(value, row_templates(page), listed=True))
    return rows + embedded(page.html, page.scripts.text, row_templates(page))


def row_templates(page: Page) -> tuple[str, ...]:
    """Return the addresses that a page's scripts make of a row's fields, data attributes and calls; empty without scripts."""
    if not page.scripts.text:
        return ()
    made = (*templates_of(page.html, page.scripts.targets), *page.scripts.data_templates, *page.scripts.function_templates)
    return tuple(dict.fromkeys(made))


def asked_for(page: Page) -> tuple[Link, ...]:
    """Return the interfaces that a page's scripts ask for data."""
    if not page.scripts.text and not page.root.xpath(f"boolean({_WIDGET})"):
        return ()
    clicked = tuple(islice(_clicked(page), _MOST_CLICKED))
    paths = {link.url.partition("?")[0].partition("#")[0] for link in clicked}
    asked = dict.fromkeys((*calls(page.scripts.text, page.base), *calls(_widgets(page), page.base)))
    found = [url for url in asked if url.partition("?")[0].partition("#")[0] not in paths]
    return (*clicked, *(Link(url=url, text="", title="", tag="api") for url in found[:_MOST_CALLS]))


def _widgets(page: Page) -> str:
    """Return, as a script would call them, the table widgets that a page declares in its markup (EasyUI, layui, bootstrap-table)."""
    return ";".join(map(_widget, page.root.xpath(_WIDGET)))


def _widget(element: HtmlElement) -> str:
    if url := element.get("data-url"):
        size = {"pageSize": int(said)} if (said := element.get("data-page-size") or "").isdigit() else {}
        is_paged = (element.get("data-side-pagination") or "") == "server"
        return f"bootstrapTable({compact({'url': url, 'pagination': is_paged, **size})})"
    if "lay-data" in element.attrib:
        return f"table.render({element.get('lay-data')})"
    own = {"url": element.get("url"), "pagination": element.get("pagination") == "true"} if element.get("url") else {}
    return f"datagrid({compact(own) if own else '{' + (element.get('data-options') or '') + '}'})"


def scripts_beside(page: Page) -> tuple[Link, ...]:
    """Return the site's own script files that a page loads: lists and menus often stand in them. Known libraries are left out."""
    sources = (join(page.base, str(source)) for source in page.root.xpath("//script/@src"))
    host = urlsplit(page.url).hostname
    own = dict.fromkeys(url for url in sources if url and urlsplit(url).hostname == host and not _LIBRARY.search(_file_of(url)))
    return tuple(Link(url=url, text="", title="", tag="api") for url in list(own)[:_MOST_SCRIPTS])


def shown_files(page: Page) -> tuple[Link, ...]:
    """Return the documents that no link of a page names: those in a script's strings or an element's attributes, for a viewer."""
    values = [str(one) for one in page.root.xpath("//*[not(self::a)]/@*[not(name()='href')]")]
    named = [*quoted_paths(page.scripts.text), *values]
    paths = (path.rpartition("file=")[2] for path in named if _DOCUMENT.search(path))
    urls = dict.fromkeys(url for path in paths if (url := join(page.base, path)))
    return tuple(Link(url=url, text="", title=_file_of(url), tag="embed") for url in urls)


def _file_of(url: str) -> str:
    return urlsplit(url).path.rpartition("/")[2]


def _clicked(page: Page) -> Iterator[Link]:
    """Yield what a click, or a choice in a list, asks for: each year and organ has its own request; pagers are left out."""
    known, defined = page.scripts.variables, page.scripts.functions
    for element in page.root.xpath("//*[@onclick]|//a[starts-with(@href, 'javascript:')]|//select[@onchange]/option[@value]"):
        text = squeeze(str(element.text_content()))
        select = element.getparent() if element.tag == "option" else element
        code = f"{select.get('onclick') or ''};{select.get('onchange') or ''};{(select.get('href') or '')[11:]}"
        if not 2 <= len(text) <= 30 or not (year_like(text) or len(text) >= 3) or "page" in text.lower() or text in _PAGING:
            continue
        for function, given in invoked(code, defined, {**known, "this.value": element.get("value")}):
            for url in calls(function.body, page.base, {**known, **given}) if any(given.values()) else ():
                yield Link(url=url, text=text, title=text, tag="api")


def year_like(text: str) -> bool:
    """Say whether a text begins with a year."""
    return text[:2] in {"19", "20"} and text[:4].isdigit()

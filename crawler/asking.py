"""How data and forms page on: the parameter that carries the page in a query, in a POST's form, or in an ASP.NET postback. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from lxml.html import HtmlElement

from crawler.calls import names_page
from crawler.pagers import said_total
from crawler.pages import Page, squeeze
from crawler.payloads import compact
from crawler.script import from_json
from crawler.urls import join, posted, posting

_PAGES = re.compile(
    r"[\"'<]?(?:total_?pages?|page_?count|pages|count_?page|page_?total)[\"'>]?\s*[:=]?\s*[\"']?(\d+)", re.IGNORECASE
)
_ROWS = re.compile(
    r"[\"'<](?:total(?:_?(?:count|records?|rows|num|elements))?|count|record_?count|records_?total|allrow)[\"'>]\s*:?\s*[\"']?(\d+)",
    re.IGNORECASE,
)
_SIZE = re.compile(r"^(?:_?page_?size|size|limit|rows|per_?page|prepage|length|num|count)$", re.IGNORECASE)
_OFFSET = re.compile(r"^(?:start|offset|skip|first|begin|start_?(?:record|index|row|num))$", re.IGNORECASE)
_END = re.compile(r"^(?:end|end_?(?:record|index|row|num))$", re.IGNORECASE)
_POSTBACK = re.compile(r"__doPostBack\(\s*\\?['\"]([^'\"]*)\\?['\"]\s*,\s*\\?['\"]([^'\"]*)\\?['\"]")
_ONWARD = re.compile(r"^(?:下一?页|后一?页|\[下一?页\]|>{1,2}|›|»|next|加载更多|下一页>+)$", re.IGNORECASE)

_NUMBERED_DATA = re.compile(r"[/_-](\d{1,4})(?:\.(?:json|js|xml|html?))?$")
_NEXT_NAME = re.compile(r"^next_?(?:page)?_?(?:url|link|href)?$|^@odata\.nextLink$", re.IGNORECASE)

Pairs = list[tuple[str, str]]


def by_parameter(page: Page, number: int) -> tuple[str, ...]:
    """Data that a script asked for: the parameter that carries page or offset goes up, until what the answer says is all."""
    if page.asked_by is None and not page.is_data:
        return ()
    url, form = posted(page.url)
    asked = _pairs_of(form) if form else []
    query = parse_qsl(urlsplit(url).query, keep_blank_values=True)
    if _is_last(page, number, _size_in([*asked, *query])):
        return ()
    if form and (raised := _raised(asked)) is not None:
        return (posting(url, _form_of(form, raised)),)
    if (raised := _raised(query)) is not None:
        return (posting(urlunsplit(urlsplit(url)._replace(query=urlencode(raised))), form),)
    return ()


def _is_last(page: Page, number: int, size: int | None) -> bool:
    pages, rows = _PAGES.search(page.html), _ROWS.search(page.html)
    if pages is not None and int(pages[1]) > 0:
        return number >= int(pages[1])
    return bool(rows and size and number * size >= int(rows[1]))


def _pairs_of(form: str) -> Pairs:
    """Return a form's fields; those of a JSON object by their paths (`page.index`)."""
    value = from_json(form) if form[:1] == "{" else None
    return list(_leaves(value)) if isinstance(value, dict) else parse_qsl(form, keep_blank_values=True)


def _leaves(value: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    for name, one in value.items():
        if isinstance(one, dict):
            yield from _leaves(one, f"{above}{name}.")
        elif isinstance(one, str | int) and not isinstance(one, bool):
            yield above + name, str(one)


def _form_of(form: str, raised: Pairs) -> str:
    value = from_json(form) if form[:1] == "{" else None
    return compact(_with(value, dict(raised))) if isinstance(value, dict) else urlencode(raised)


def _with(value: Mapping[str, Any], new: Mapping[str, str], above: str = "") -> dict[str, Any]:
    """Return a JSON object with the given leaves, each of the type that it had."""
    made = dict(value)
    for name, one in value.items():
        if isinstance(one, dict):
            made[name] = _with(one, new, f"{above}{name}.")
        elif (given := new.get(above + name)) is not None:
            made[name] = int(given) if isinstance(one, int) else given
    return made


def _carries_page(name: str) -> bool:
    """Say whether a field carries the page number, by its own name or with what it lies in (`page.index`)."""
    return names_page(name.rpartition(".")[2]) or names_page("".join(name.split(".")[-2:]))


def _matches(pattern: re.Pattern[str], name: str) -> bool:
    return bool(pattern.match(name.rpartition(".")[2]))


def _size_in(pairs: Pairs) -> int | None:
    return next((int(value) for name, value in pairs if _matches(_SIZE, name) and value.isdigit() and int(value)), None)


def _raised(pairs: Pairs) -> Pairs | None:
    """Return the parameters of the next page, None where none of them carries a page."""
    named = next((name for name, value in pairs if _carries_page(name) and value.isdigit()), None)
    if named is not None:
        return [(name, str(int(value) + 1) if name == named else value) for name, value in pairs]
    start = next((int(value) for name, value in pairs if _matches(_OFFSET, name) and value.isdigit()), None)
    end = next((int(value) for name, value in pairs if _matches(_END, name) and value.isdigit()), None)
    size = end - start + 1 if start is not None and end is not None else _size_in(pairs)
    if start is None or not size:
        return None
    return [
        (name, str(int(value) + size) if _matches(_OFFSET, name) or _matches(_END, name) else value) for name, value in pairs
    ]


def by_numbered_data(page: Page, number: int) -> tuple[str, ...]:
    """Data whose file or folder carries the page (`list_1.json`, `/api/list/9/1`): one more, until what the answer says is all."""
    parts = urlsplit(page.url)
    found = _NUMBERED_DATA.search(parts.path) if (page.asked_by is not None and page.is_data) else None
    if found is None or int(found[1]) not in {number, number - 1} or _is_last(page, number, None):
        return ()
    path = f"{parts.path[: found.start(1)]}{int(found[1]) + 1}{parts.path[found.end(1) :]}"
    return (urlunsplit(parts._replace(path=path)),)


def by_next_link(page: Page, number: int) -> tuple[str, ...]:  # noqa: ARG001 - a resolver's signature
    """Data that says itself where it goes on: `"next": "/api/list?after=8"`, at the top or one level down."""
    found = page.data if isinstance(page.data, dict) else {}
    levels = [found, *(one for one in found.values() if isinstance(one, dict))]
    said = (value for level in levels for name, value in level.items() if _NEXT_NAME.match(name))
    urls = (join(page.url, value) for value in said if isinstance(value, str) and re.match(r"https?://|/|\?|[\w./-]+\?", value))
    return tuple(url for url in urls if url)


def by_postback(page: Page, number: int) -> tuple[str, ...]:
    """ASP.NET: the link of the next page sends the page's form back, with its target and argument (`__doPostBack`)."""
    for element in page.root.xpath("//*[contains(@href, '__doPostBack') or contains(@onclick, '__doPostBack')]"):
        found = _POSTBACK.search(f"{element.get('href') or ''} {element.get('onclick') or ''}")
        text = squeeze(str(element.text_content()))
        form = next((one for one in element.iterancestors() if one.tag == "form"), None)
        if found and form is not None and (text == str(number + 1) or _ONWARD.match(text)):
            return _sent(page, form, {"__EVENTTARGET": found[1], "__EVENTARGUMENT": found[2]}, post=True)
    return ()


def by_form(page: Page, number: int) -> tuple[str, ...]:
    """A form with a field for the page, which a script fills and sends: as long as the page says that there are more."""
    if not _goes_on(page, number):
        return ()
    for form in page.root.xpath("//form"):
        named = next(
            (
                str(one.get("name"))
                for one in form.xpath(".//input[@name]|.//select[@name]")
                if names_page(str(one.get("name")))
            ),
            None,
        )
        named = named or next(iter(_page_buttons(form, number + 1)), None)
        if named is not None:
            return _sent(page, form, {named: str(number + 1)}, post=(form.get("method") or "get").lower() == "post")
    return ()


def _page_buttons(form: HtmlElement, number: int) -> Iterator[str]:
    """Yield the names of a form's buttons that send the given page (`<button name=pageIndex value=2>`)."""
    for one in form.xpath(".//button[@name]|.//input[@name and @type='submit']"):
        if names_page(str(one.get("name"))) and one.get("value") == str(number):
            yield str(one.get("name"))


def _goes_on(page: Page, number: int) -> bool:
    total = said_total(page)
    if total is not None:
        return number < total
    shown = page.root.xpath("//a|//button|//span[@onclick]|//li[@onclick]|//input[@type='button' or @type='submit']")
    texts = (squeeze(str(one.text_content()) or one.get("value") or "") for one in shown)
    return any(_ONWARD.match(text) or text == str(number + 1) for text in texts)


def _sent(page: Page, form: HtmlElement, given: dict[str, str], *, post: bool) -> tuple[str, ...]:
    """Return the address that sending a form asks for, its fields as the page has them, but the given ones."""
    url = join(page.base, form.get("action") or page.url)
    if url is None:
        return ()
    fields = urlencode({**dict(_fields(form)), **given})
    return (posting(url, fields) if post else f"{url.partition('?')[0]}?{fields}",)


def _fields(form: HtmlElement) -> Iterator[tuple[str, str]]:
    for one in form.xpath(".//input[@name]"):
        if (one.get("type") or "text").lower() not in {"submit", "button", "image", "reset", "checkbox", "radio", "file"}:
            yield str(one.get("name")), str(one.get("value") or "")
    for one in form.xpath(".//select[@name]"):
        chosen = one.xpath("(.//option[@selected]|.//option)[1]/@value")
        yield str(one.get("name")), str(chosen[0]) if chosen else ""

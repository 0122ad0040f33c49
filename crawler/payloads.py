"""Lists that are no HTML yet: JSON, XML and records within scripts, turned into rows of links that read like any other list.

A row is an object with something that looks like an address and something that looks like a name; no key names are needed. Where
objects have no address, the page's own templates say how to make one (`'<a href="/show?id=' + row.id + '">'`).
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta, timezone
from html import escape
from itertools import islice
from typing import Any
from urllib.parse import unquote

from lxml import etree

from crawler.script import from_json, literals, NotRead, Reader

_ADDRESS = re.compile(
    r"^(?:https?://|\.{0,2}/)[^\s<>\"'{}]+$|^[\w./%-]+\.(?:s?html?|jspx?|aspx?|php|action|do|pdf|docx?|wps|ofd|rtf)(?:\?[^\s<>\"'{}]*)?$",
    re.IGNORECASE,
)
_NO_PAGE = re.compile(r"\.(?:png|jpe?g|gif|svg|ico|css|js|mp[34]|woff2?)(?:\?|$)", re.IGNORECASE)
_HAN = re.compile(r"[\u4e00-\u9fff]")
_MARKUP = re.compile(r"<(?:a|li|tr|p|div|ul)\b", re.IGNORECASE)
_ADDRESS_KEYS = ("url", "link", "href", "docpuburl", "pc", "htmlpath", "loc", "path", "puburl", "post_url")
_NAME_KEYS = ("title", "doctitle", "fulltitle", "name", "filename", "subject", "label", "text")
_YEAR_KEY = re.compile(r"year|^nd$|niandu|nf$", re.IGNORECASE)
_TIME_KEY = re.compile(r"time|date|publish|created", re.IGNORECASE)
_DAY = re.compile(r"(?:19|20)\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}")
_ISLAND = re.compile(r"<xml\b[^>]*>(.*?)</xml>", re.DOTALL | re.IGNORECASE)
"""Data that Internet Explorer bound to a table's cells (`datasrc`)."""
_RECORD = re.compile(r"<record>\s*<!\[CDATA\[(.*?)\]\]>\s*</record>", re.DOTALL | re.IGNORECASE)
_JSONP = re.compile(r"^[\w$.]+\s*\(\s*([\[{].*[\]}])\s*\)\s*;?\s*$", re.DOTALL)
_BASE64 = re.compile(r">\s*([A-Za-z0-9+/\r\n]{200,}={0,2})\s*<")
_STRING = re.compile(r"""['"`](?=[^'"`]{0,80}<)""")
_HOLE = re.compile(
    r"""['"`]\s*\+\s*(?:[\w$]+\s*\(\s*)?(?:[\w$]+(?:\[[^\]'"]*\])?\s*\.\s*)+([\w$]+)\s*\)?\s*(?:\+\s*['"`]|(?=[,;\s>]))"""
    r"""|['"`]\s*\+\s*[\w$]+\[\s*['"]([\w$]+)['"]\s*\]\s*\+\s*['"`]"""
    r"""|\$\{\s*(?:[\w$]+\.)*([\w$]+)\s*\}|\{\{\{?\s*(?:[\w$]+\.)*([\w$]+)\s*\}?\}\}|<%=\s*(?:[\w$]+\.)*([\w$]+)\s*%>"""
)
_HREF = re.compile(r"""(?:href|data-url|data-href)\s*=\s*\\?["']{1,2}([^"'\s<>\\]*\{[\w$]+\}[^"'\s<>\\]*)""")
_CLICK = re.compile(r"""onclick\s*=\s*\\?["'](\w+\((?:\\?['"])?\{[\w$]+\}(?:\\?['"])?\))""")
_NODE = re.compile(r"""\.add\(\s*(\d+)\s*,\s*(-?\d+)\s*,\s*['"]([^'"]+)['"]\s*,\s*['"]([^'"]*)['"]""")
_MOST_ROWS = 5000
_PARENT_KEYS = ("pid", "parentid", "parent_id", "p_id", "parent", "fid", "upid", "superid")
_DEEPEST = 6
_CHINA = timezone(timedelta(hours=8))


def is_data(text: str) -> bool:
    """Say whether a response's text is data that a script asks for: JSON, JSONP or XML, and no page."""
    head = text.lstrip("\ufeff \r\n\t")[:400]
    if head[:1] in {"{", "["}:
        return from_json(text.lstrip("\ufeff").strip()) is not None
    if _JSONP.match(text.strip()):
        return True
    is_xml = head.startswith("<?xml") or re.match(r"<(?:datastore|rss|feed|urlset|sitemapindex|root|data|list|xml)\b", head)
    return bool(is_xml) and "<html" not in head.lower()


def as_html(text: str, templates: Iterable[str] = ()) -> str:
    """Return data as HTML rows; text that is no data comes back as it is (a fragment, a page).

    `templates` make the addresses of rows that have none.
    """
    stripped = text.lstrip("\ufeff").strip()
    value = from_json(stripped) if stripped[:1] in {"{", "["} else None
    if value is None and (wrapped := _JSONP.match(stripped)):
        value = next(literals("=" + wrapped[1]), None)
    if value is None and is_data(text):
        value = _xml_value(stripped)
    return text if value is None else "".join(rows_of(value, templates))


def embedded(html: str, script: str, templates: Iterable[str]) -> str:
    """Return the rows that a page's scripts hold, as HTML: CDATA records, data islands, JSON, markup, base64; empty for none."""
    parts = [*_RECORD.findall(html), *_decoded(html)]
    parts += (row for island in _ISLAND.findall(html) for row in rows_of(_xml_value(f"<xml>{island}</xml>"), ()))
    if script:
        parts += (part for value in literals(script) for part in rows_of(value, templates, listed=True))
        parts += _written(script)
        parts += _tree(script)
    return "<ul>" + "".join(parts) + "</ul>" if parts else ""


def _decoded(html: str) -> Iterator[str]:
    for found in _BASE64.findall(html):
        try:
            text = unquote(base64.b64decode(found).decode("utf-8", "replace"))
        except (binascii.Error, ValueError):
            continue
        if _MARKUP.search(text):
            yield text


def _written(script: str) -> Iterator[str]:
    """Yield the strings of a script that hold whole links, as `document.write` prints them."""
    at = 0
    while (found := _STRING.search(script, at)) is not None:
        reader = Reader(script, {}, found.start())
        try:
            text = reader._string(found[0])  # noqa: SLF001 - the same package's reader
        except NotRead:
            return
        at = max(reader.at, found.end())
        if "</a>" in text and "{{" not in text:
            yield text


def _tree(script: str) -> Iterator[str]:
    """Yield the nodes of a menu that a script builds one by one (dTree), each under its parent's name."""
    nodes = _NODE.findall(script)
    names = {number: name for number, _, name, _ in nodes}
    for _, parent, name, address in nodes:
        if address:
            yield f'<h3>{escape(names.get(parent, ""))}</h3><ul><li><a href="{escape(address)}">{escape(name)}</a></li></ul>'


def templates_of(html: str, targets: Callable[[str], Iterable[str]]) -> tuple[str, ...]:
    """Return the addresses that a page's scripts build from a row's fields, with `{field}` for each.

    `targets` gives where a piece of script goes, for rows that are clicked.
    """
    filled = _HOLE.sub(lambda found: "{" + next(filter(None, found.groups())) + "}", html)
    clicks = (re.sub(r"(?<!['\"])(\{[\w$]+\})", r"'\1'", click.replace("\\", "")) for click in _CLICK.findall(filled))
    clicked = (url for click in clicks for url in targets(click) if "{" in url)
    return tuple(dict.fromkeys((*_HREF.findall(filled), *clicked)))


def rows_of(value: Any, templates: Iterable[str], *, listed: bool = False) -> Iterator[str]:
    """Return HTML for a value of JSON: a list item a row, a heading for what names a group. `listed`: rows within arrays only."""
    return islice(_walk(value, tuple(templates), inside=not listed), _MOST_ROWS)


def _walk(value: Any, templates: tuple[str, ...], *, inside: bool) -> Iterator[str]:
    if isinstance(value, str):
        yield from _text_part(value, templates, inside=inside)
    elif isinstance(value, list):
        yield from _list_parts(value, templates)
    elif isinstance(value, dict):
        row = _row(value, templates) if inside else None
        yield row or _heading(value)
        for key, inner in value.items():
            if isinstance(inner, str) and (row or not _MARKUP.search(inner)) and inner[:1] not in {"{", "["}:
                continue
            if row and _names_files(inner):
                continue
            yield f"<h3>{escape(key)}</h3>" if _is_heading(key) else ""
            yield from _walk(inner, templates, inside=inside)


def _names_files(value: Any) -> bool:
    """Say whether a member of a row lists the row's own files: they belong to its page."""
    return isinstance(value, list) and all(isinstance(one, dict) and not _children(one) for one in value)


def _children(row: Mapping[str, Any]) -> bool:
    return any(isinstance(inner, list | dict) and inner for inner in row.values())


def _text_part(text: str, templates: tuple[str, ...], *, inside: bool) -> Iterator[str]:
    if text[:1] in {"{", "["} and (value := from_json(text)) is not None:
        yield from _walk(value, templates, inside=inside)
    elif _MARKUP.search(text) and ("<a" in text.lower() or "onclick" in text.lower()):
        yield text


def _list_parts(values: list[Any], templates: tuple[str, ...]) -> Iterator[str]:
    plain = [one for one in values if isinstance(one, str | int | float)]
    if len(plain) == len(values) and (row := _row({str(place): one for place, one in enumerate(plain)}, ())):
        yield row
        return
    yield "<ul>"
    for path, one in _as_tree(values):
        yield "".join(f"<h3>{escape(name)}</h3>" for name in path)
        if isinstance(one, list | dict | str):
            yield from _walk(one, templates, inside=True)
    yield "</ul>"


def _as_tree(values: list[Any]) -> list[tuple[tuple[str, ...], Any]]:
    """Return rows, each with the names of what it stands under where rows name their parents (`id`, `pId`); in the tree's order."""
    rows = [{key.lower(): one for key, one in row.items()} for row in values if isinstance(row, dict)]
    parent = next((key for key in _PARENT_KEYS if rows and all(key in row and "id" in row for row in rows)), None)
    if parent is None or len(rows) < len(values):
        return [((), one) for one in values]
    known = {str(row["id"]): row for row in rows}
    paths = [_path_to(row, known, parent) for row in rows]
    return sorted(zip(paths, values, strict=True), key=lambda one: one[0])


def _path_to(row: Mapping[str, Any], known: Mapping[str, Mapping[str, Any]], parent: str) -> tuple[str, ...]:
    path: list[str] = []
    above = known.get(str(row[parent]))
    while above is not None and above is not row and len(path) < _DEEPEST:
        path.append(_name({key: one for key, one in above.items() if isinstance(one, str)}) or "")
        above = known.get(str(above[parent]))
    return tuple(reversed(path))


def _row(row: Mapping[str, Any], templates: tuple[str, ...]) -> str | None:
    """Return the list item of an object that is a row, None for one that is none."""
    texts = {key.lower(): one.strip() for key, one in row.items() if isinstance(one, str) and one.strip()}
    address = _address(texts) or _made(row, templates)
    if address is None:
        return None
    name = _name(texts)
    if name is None and "loc" not in texts:
        return None
    rest = [text for text in texts.values() if text != name and len(text) < 40 and _HAN.search(text) and "<" not in text]
    more = " ".join([*rest, *_years(row), *_days(row, texts)])
    shown = escape(name or "")
    return f'<li><a href="{escape(address)}" title="{shown}">{shown}</a> <span>{escape(more)}</span></li>'


def _address(texts: Mapping[str, str]) -> str | None:
    inner = [from_json(text) for text in texts.values() if text.startswith("{")]
    pool = {**{key.lower(): one for found in inner if isinstance(found, dict) for key, one in found.items()}, **texts}
    ordered = [pool[key] for key in _ADDRESS_KEYS if isinstance(pool.get(key), str)]
    ordered += [one for one in pool.values() if isinstance(one, str)]
    return next((one for one in ordered if _ADDRESS.match(one) and not _NO_PAGE.search(one) and len(one) > 1), None)


def _made(row: Mapping[str, Any], templates: tuple[str, ...]) -> str | None:
    """Return the address that a template makes of a row's fields, None where none fits."""
    fields = {key: str(one) for key, one in row.items() if isinstance(one, str | int) and not isinstance(one, bool)}
    for template in templates:
        holes = re.findall(r"\{([\w$]+)\}", template)
        if all(fields.get(hole) for hole in holes):
            return re.sub(r"\{([\w$]+)\}", lambda found: fields[found[1]], template)
    return None


def _name(texts: Mapping[str, str]) -> str | None:
    named = (texts[key] for key in _NAME_KEYS if _HAN.search(texts.get(key, "")) or re.search(r"\d{4}", texts.get(key, "")))
    others = sorted((one for one in texts.values() if _HAN.search(one) and len(one) < 120 and "<" not in one), key=len)
    return next(named, None) or (others[-1] if others else None)


def _years(row: Mapping[str, Any]) -> Iterator[str]:
    for key, one in row.items():
        if _YEAR_KEY.search(key) and re.fullmatch(r"(?:19|20)\d\d", str(one)):
            yield f"{one}年"


def _days(row: Mapping[str, Any], texts: Mapping[str, str]) -> Iterator[str]:
    yield from (found[0] for one in texts.values() if len(one) < 40 and (found := _DAY.search(one)))
    for key, one in row.items():
        if isinstance(one, int) and _TIME_KEY.search(key) and 10**12 < one < 4 * 10**12:
            yield datetime.fromtimestamp(one / 1000, _CHINA).date().isoformat()


def _heading(group: Mapping[str, Any]) -> str:
    """Return a heading for an object that names a group of rows (a year, an organ), empty for any other."""
    if not _children(group):
        return ""
    texts = {key.lower(): one for key, one in group.items() if isinstance(one, str) and len(one) < 40}
    name = _name({key: one for key, one in texts.items() if not _ADDRESS.match(one)}) or next(_years(group), None)
    return f"<h3>{escape(name)}</h3>" if name else ""


def _is_heading(key: str) -> bool:
    return bool(re.fullmatch(r"(?:19|20)\d\d年?度?", key) or (_HAN.search(key) and len(key) < 30))


def _xml_value(text: str) -> Any:
    """Return an XML document as JSON would have it; elements that repeat become a list."""
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, huge_tree=False)
    root = etree.fromstring(re.sub(r"^<\?xml[^>]*\?>", "", text).strip().encode("utf-8"), parser)
    return None if root is None else _element_value(root)


def _element_value(element: Any) -> Any:
    children = [child for child in element if isinstance(child.tag, str)]
    attributes = {str(key): value for key, value in element.attrib.items()}
    if not children:
        text = (element.text or "").strip()
        return {**attributes, "text": text} if attributes and text else attributes or text
    names = [etree.QName(child).localname for child in children]
    if len(set(names)) < len(names):
        return [_element_value(child) for child in children]
    return {**attributes, **{name: _element_value(child) for name, child in zip(names, children, strict=True)}}


def compact(value: Any) -> str:
    """Return a value as JSON without spaces, as scripts send it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

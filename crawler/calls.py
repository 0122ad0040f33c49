"""The requests that a page's scripts make to fill a list: found in the text of the scripts, never by running them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from crawler.script import NotRead, Reader, UNKNOWN, variables
from crawler.urls import join, posting

_HEAD = re.compile(
    r"(?<![\w$])(?:[\w$]+\s*\.\s*)*?(get|post|getJSON|ajax|load|fetch|axios|open|request"
    r"|(?:table|tree|flow)\s*\.\s*render|bootstrapTable|datagrid|treegrid|dataTable|jqGrid)\s*\(\s*(?=['\"`{\w$/])",
    re.IGNORECASE,
)
_PAGE_NAME = re.compile(
    r"^(?:(?!per|pre|total|count|all|max|sum|home|last|end|first)[a-z]{0,6}_?page(?:d|_?(?:index|no|num|number))?|current|pn|pg|pno|p)$",
    re.IGNORECASE,
)
_PAGE_HOLE = re.compile(rf"([?&](?:\w*page\w*|current|pn|p)=){UNKNOWN}", re.IGNORECASE)
_NOT_A_LIST = re.compile(
    r"count|visit|click|hits|stat(?:istic)?s?\b|login|captcha|weather|hm\.js|beacon|track|comment|\.js(?:\?|$)|\.css|\.png|\.jpg",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Widget:
    """How a common table widget asks for its rows: method, the field of page or offset with its first value, that of the size."""

    method: str
    first: str
    starts: int
    size: str


WIDGETS = {
    "render": Widget("GET", "page", 1, "limit"),
    "bootstraptable": Widget("GET", "offset", 0, "limit"),
    "datagrid": Widget("POST", "page", 1, "rows"),
    "treegrid": Widget("POST", "page", 1, "rows"),
    "jqgrid": Widget("GET", "page", 1, "rows"),
    "datatable": Widget("GET", "start", 0, "length"),
}
"""Table widgets by the name of the call that draws them: layui, bootstrap-table, EasyUI, jqGrid, DataTables."""
_SIZES = ("limit", "pageSize", "rowNum", "pageLength", "iDisplayLength")


def names_page(name: str) -> bool:
    """Say whether a parameter's name is one that carries a page number."""
    return bool(_PAGE_NAME.match(name))


def calls(script: str, base: str, given: Mapping[str, Any] | None = None) -> tuple[str, ...]:
    """Return the addresses (with form, for a POST) that a script asks for data, each once, in order.

    `given` are variables from without: a page's, and the parameters of a function whose body the script is.
    """
    known = {**(given or {}), **variables(script)}
    found = (_call(script, head, known, base) for head in _HEAD.finditer(script))
    return tuple(dict.fromkeys(one for one in found if one is not None and not _NOT_A_LIST.search(urlsplit(one).path)))


def _call(script: str, head: re.Match[str], known: Mapping[str, Any], base: str) -> str | None:
    try:
        arguments = Reader(script, known, head.end()).arguments()
    except (NotRead, RecursionError):
        return None
    method, url, data = _parts(head[1].lower(), arguments)
    if not isinstance(url, str) or not _is_address(url):
        return None
    return address(base, url, data, post=method == "POST")


def _parts(how: str, arguments: list[Any]) -> tuple[str, Any, Any]:
    """Return method, URL and data of a call by the way it is made."""
    first, second = (*arguments, None, None)[:2]
    if (widget := WIDGETS.get(how.rpartition(".")[2])) is not None:
        return _of_widget(widget, first if isinstance(first, dict) else {})
    if how == "open":
        return ("GET", second, None) if str(first).upper() in {"GET", "POST"} else ("GET", None, None)
    if isinstance(first, dict):
        method = str(first.get("type") or first.get("method") or how).upper()
        return method, first.get("url"), first.get("data") if first.get("data") is not None else first.get("params")
    if how in {"fetch", "request", "axios"} and isinstance(second, dict):
        return (
            str(second.get("method") or "GET").upper(),
            first,
            second.get("body") or second.get("data") or second.get("params"),
        )
    if how == "get" and isinstance(second, dict) and isinstance(second.get("params"), dict):
        return "GET", first, second["params"]
    return ("POST" if how == "post" or (how == "load" and isinstance(second, dict)) else "GET"), first, second


def _of_widget(widget: Widget, options: Mapping[str, Any]) -> tuple[str, Any, Any]:
    """Return method, URL and data of the first request of a widget that draws a list: its own paging fields, if it pages."""
    asked = options["ajax"] if isinstance(options.get("ajax"), dict) else options
    url = asked.get("url") or options.get("ajax")
    method = next((asked[name] for name in ("method", "type", "mtype") if isinstance(asked.get(name), str)), widget.method)
    given: dict[str, Any] = next(
        (asked[name] for name in ("where", "queryParams", "postData", "data") if isinstance(asked.get(name), dict)), {}
    )
    size = next((options[name] for name in _SIZES if isinstance(options.get(name), int)), 10)
    pages = any(options.get(name) for name in ("page", "pagination", "serverSide", "pager"))
    return method.upper(), url, {**given, widget.first: widget.starts, widget.size: size} if pages else given


def _is_address(text: str) -> bool:
    return bool(re.match(r"(?:https?://|\.{0,2}/|[\w-]+(?:/|\.(?:json|jspx?|php|aspx?|do|action|s?html?|xml|ashx)))", text))


def address(base: str, url: str, data: Any, *, post: bool) -> str | None:
    """Return what to ask for: the joined URL with the data in its query, or behind it as the form of a POST."""
    known = _PAGE_HOLE.sub(r"\g<1>1", url)
    joined = join(base, known) if UNKNOWN not in known else None
    if joined is None:
        return None
    if isinstance(data, str):
        body = _PAGE_HOLE.sub(r"\g<1>1", f"&{data}")[1:].replace(UNKNOWN, "")
    else:
        body = urlencode(list(_pairs(data))) if isinstance(data, dict) else ""
    if post:
        return posting(joined, body)
    return joined + ("&" if "?" in joined else "?") + body if body else joined


def _pairs(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in data.items():
        if isinstance(value, list):
            yield from ((f"{name}[]", str(one)) for one in value if isinstance(one, str | int))
        if isinstance(value, list | dict):
            continue
        shown = str(value).lower() if isinstance(value, bool) else value
        yield name, ("1" if names_page(name) else "") if shown is None else str(shown).replace(UNKNOWN, "")

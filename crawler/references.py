"""Where an element of a page leads: href, frame, embedded file, `onclick`, `data-url`, choice of a list, form. Pure.

Scripts are not run: a function of the page that sets a location is read for what it sets (`crawler.script`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from lxml.html import HtmlElement

from crawler.payloads import compact
from crawler.script import arguments_of, Function, functions, goes_to, UNKNOWN, variables
from crawler.urls import posting

_QUOTED = re.compile(r"""['"]([^'"\s<>]+)['"]""")
_UNICODE = re.compile(r"\\u([0-9a-fA-F]{4})")
_LOOKS_LIKE_PATH = re.compile(
    r"^(?:https?://|\.{0,2}/|[\w./-]+\.(?:s?html?|jsp|php|aspx?|pdf|docx?|wps|ofd|action))", re.IGNORECASE
)
_OWN = ("id", "rel", "name", "title", "value")
_SHOWN = frozenset(("class", "style", "href", "src", "onclick", "target", "align", "width", "height", "type", "alt"))
_FEW = 6
"""An element with more children is a part of the page, no row of a list."""
_NOTHING = re.compile(r"^javascript:\s*(?:void\s*\(?\s*0?\s*\)?|;|return\s+false)?\s*;?\s*$", re.IGNORECASE)
_DATA_NAMES = ("data-url", "data-href", "data-link", "data-src", "data-file", "data-path")
_VIEWED = ("file", "url", "src", "path", "pdf", "doc")
_FILE = re.compile(r"\.(?:pdf|docx?|wps|ofd)(?:$|[?&#])", re.IGNORECASE)


_DATA_READ = re.compile(
    r"""\$\(\s*(?:this|\w+)\s*\)\s*\.\s*(?:data|attr)\(\s*['"](?:data-)?([\w-]+)['"]\s*\)|\w+\.dataset\.(\w+)"""
    r"""|[\w.]+\.getAttribute\(\s*['"](?:data-)?([\w-]+)['"]\s*\)"""
)
_FUNCTION_MADE = re.compile(r"^([A-Za-z_$][\w$]*)\(\)(.+)$")
_HOLE = re.compile(r"\{([\w-]+)\}")


@dataclass(frozen=True)
class Scripts:
    """The inline scripts of a page, read when the first link needs them.

    `given` are templates of the page that asked for this one: of handlers, with `{name}`, and of functions (`show()/view?id={0}`).
    `library` is the text of script files beside the page: its functions and variables count, what it does does not.
    """

    text: str
    given: tuple[str, ...] = ()
    library: str = ""

    @cached_property
    def functions(self) -> dict[str, Function]:
        """The named functions."""
        return {**functions(self.library), **functions(self.text)}

    @cached_property
    def variables(self) -> dict[str, Any]:
        """The variables with a value that can be read."""
        return {**variables(self.library), **variables(self.text)}

    @cached_property
    def data_templates(self) -> tuple[str, ...]:
        """The addresses that handlers make of an element's data attributes, with `{name}` for each."""
        given = tuple(one for one in self.given if not _FUNCTION_MADE.match(one))
        if not _DATA_READ.search(self.text):
            return given
        text = _DATA_READ.sub(lambda found: "'{" + next(filter(None, found.groups())) + "}'", self.text)
        return (*given, *(url for url in goes_to(text, {}, variables(text), 0) if _HOLE.search(url)))

    @cached_property
    def function_templates(self) -> tuple[str, ...]:
        """The addresses that functions make of their parameters, for data that call them: `show()/view?id={0}`."""
        made = ((name, self._made_by(function)) for name, function in self.functions.items())
        return tuple(f"{name}(){url}" for name, urls in made for url in urls if "{0}" in url)

    def _made_by(self, function: Function) -> tuple[str, ...]:
        holes = {name: f"{{{place}}}" for place, name in enumerate(function.parameters)}
        return goes_to(function.body, {}, {**self.variables, **holes}, 0)

    def _by_given(self, code: str) -> tuple[str, ...]:
        """Return where a piece of script goes through a function of the page that asked."""
        made = (found for one in self.given if (found := _FUNCTION_MADE.match(one)))
        return tuple(url for found in made for values in arguments_of(code, found[1]) if (url := _filled(found[2], values)))

    def targets(self, code: str, **given: Any) -> tuple[str, ...]:
        """Return where a piece of script goes; paths that it only quotes, where it is not understood."""
        if not code.strip() or _NOTHING.match(code):
            return ()
        known = {**self.variables, **{name.replace("_", "."): value for name, value in given.items()}}
        return goes_to(code, self.functions, known) or self._by_given(code) or quoted_paths(code)


def _filled(template: str, values: list[Any]) -> str | None:
    """Return an address with a call's values in its places, None where one is missing."""
    places = [int(place) for place in re.findall(r"\{(\d)\}", template)]
    if any(place >= len(values) or values[place] is None for place in places):
        return None
    return re.sub(r"\{(\d)\}", lambda found: str(values[int(found[1])]), template)


def quoted_paths(script: str) -> tuple[str, ...]:
    """Return the URLs and paths that stand as string literals in a piece of script."""
    plain = _UNICODE.sub(lambda found: chr(int(found[1], 16)), script)
    return tuple(found for found in _QUOTED.findall(plain) if _LOOKS_LIKE_PATH.match(found))


def references(element: HtmlElement, scripts: Scripts) -> Iterator[tuple[str, str]]:
    """Yield the kind and the (unresolved) address of each reference of an element."""
    match element.tag:
        case "a" | "area":
            yield from _anchor(element, scripts)
        case "iframe" | "frame" | "embed" | "object":
            yield from _framed(element)
        case "option":
            yield from _chosen(element, scripts)
        case "input" | "button" if (sent := _sent_alone(element)) is not None:
            yield "a", sent
        case "input" if (element.get("type") or "").lower() not in {"button", "image", "submit"}:
            return
        case "script" | "form" | "link" | "meta" | "img" | "body" | "html" | "select":
            return
        case _:
            yield from (("onclick", one) for one in _clicked(element, scripts))
            yield from _data(element, scripts)


def _anchor(element: HtmlElement, scripts: Scripts) -> Iterator[tuple[str, str]]:
    href = (element.get("href") or "").strip()
    clicked = list(_clicked(element, scripts))
    if href.lower().startswith("javascript:"):
        clicked += scripts.targets(href[11:])
    elif href not in {"", "#"}:
        yield "a", href
    yield from (("onclick", one) for one in clicked if UNKNOWN not in one)
    if not clicked and (href in {"", "#"} or href.lower().startswith("javascript:")):
        yield from _data(element, scripts)


def _clicked(element: HtmlElement, scripts: Scripts) -> tuple[str, ...]:
    """Return where a click on an element leads, given what its handler reads of the element itself (`this.id`, `$(this).attr('rel')`)."""
    code = element.get("onclick") or ""
    if "this" not in code:
        return scripts.targets(code)
    own = {f"this_{name}": str(element.get(name)) for name in _OWN if element.get(name)}
    read = _DATA_READ.sub(lambda found: compact(_values(element).get(next(filter(None, found.groups())), "")), code)
    return scripts.targets(read, **own)


def _values(element: HtmlElement) -> dict[str, str]:
    """Return what an element carries for its handlers: its `data-…` attributes by their names, and those that mean nothing else."""
    kept = ((str(name), str(value)) for name, value in element.attrib.items() if str(name) not in _SHOWN)
    return {name.removeprefix("data-"): value for name, value in kept}


def _data(element: HtmlElement, scripts: Scripts) -> Iterator[tuple[str, str]]:
    """Yield the address in a `data-…` attribute, or what the page's script makes of such attributes."""
    if not element.attrib:
        return
    given = ((str(name), str(value)) for name, value in element.attrib.items())
    yield from (("onclick", value) for name, value in given if name in _DATA_NAMES and _LOOKS_LIKE_PATH.match(value))
    values = _values(element) if scripts.data_templates and len(element) <= _FEW else {}
    for template in scripts.data_templates:
        if all(values.get(name) for name in _HOLE.findall(template)):
            yield "onclick", _HOLE.sub(lambda found: values[found[1]], template)


def _framed(element: HtmlElement) -> Iterator[tuple[str, str]]:
    """Yield a frame's page; of a viewer's frame, or an embedded object, the file that it shows."""
    source = (element.get("src") or element.get("data") or "").strip()
    if not source or source.lower().startswith(("javascript:", "about:", "data:")):
        return
    shown = [value for name, value in parse_qsl(urlsplit(source).query) if name.lower() in _VIEWED and _FILE.search(value)]
    if shown or _FILE.search(source):
        yield "embed", shown[0] if shown else source
    elif element.tag in {"iframe", "frame"}:
        yield "frame", source


def _chosen(element: HtmlElement, scripts: Scripts) -> Iterator[tuple[str, str]]:
    """Yield where choosing an option of a list leads: its value, what `onchange` makes of it, or the form that it sends."""
    value = str(element.get("value") if element.get("value") is not None else element.text_content()).strip()
    select = next((one for one in element.iterancestors() if one.tag == "select"), None)
    if not value or select is None:
        return
    if "/" in value or re.search(r"\.(?:s?html?|php|jsp|aspx?)\b", value):
        yield "option", value
        return
    code = select.get("onchange") or ""
    targets = scripts.targets(code, this_value=value) if "value" in code else ()
    yield from (("option", one) for one in targets if value in one)
    form = next((one for one in select.iterancestors() if one.tag == "form"), None)
    if not targets and form is not None and select.get("name"):
        fields = urlencode({**hidden_fields(form), str(select.get("name")): value})
        action = form.get("action") or ""
        is_post = (form.get("method") or "").lower() == "post"
        yield "option", posting(action, fields) if is_post else f"{action.partition('?')[0]}?{fields}"


def _sent_alone(button: HtmlElement) -> str | None:
    """Return where a button leads that is all that a form of GET shows: it is a link; None for any other."""
    kind = (button.get("type") or "submit").lower()
    form = next((one for one in button.iterancestors() if one.tag == "form"), None) if kind in {"submit", "image"} else None
    if form is None or not form.get("action") or (form.get("method") or "get").lower() != "get":
        return None
    shown = form.xpath(".//select|.//textarea|.//button|.//input[not(translate(@type, 'HIDEN', 'hiden')='hidden')]")
    fields = urlencode(hidden_fields(form))
    action = str(form.get("action"))
    return None if len(shown) > 1 else f"{action.partition('?')[0]}?{fields}" if fields else action


def hidden_fields(form: HtmlElement) -> dict[str, str]:
    """Return the hidden fields of a form by name."""
    found = form.xpath(".//input[@name and translate(@type, 'HIDEN', 'hiden')='hidden']")
    return {str(one.get("name")): str(one.get("value") or "") for one in found}

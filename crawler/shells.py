"""Pages that only send on: meta refresh and script redirects, where nothing else is on the page (`PORTALS.md` §8.3)."""

from __future__ import annotations

import re

from crawler.pages import Page
from crawler.script import balanced, NotRead
from crawler.urls import join

_REFRESH = re.compile(r"""^\s*\d*\s*[;,]?\s*url\s*=\s*['"]?([^'"]+)""", re.IGNORECASE)
_LOCATION = re.compile(
    r"""(?:(?:window|top|self|parent|document)\s*\.\s*)*location(?:\s*\.\s*href)?\s*=\s*['"]([^'"]+)['"](?!\s*\+)"""
    r"""|location\s*\.\s*(?:replace|assign)\s*\(\s*['"]([^'"]+)['"]\s*\)""",
)
_PHONE = re.compile(r"userAgent|mobile|iphone|android|screen\.width|clientWidth|innerWidth|navigator\.platform", re.IGNORECASE)
_IF = re.compile(r"\bif\s*(?=\()")
SHELL_TEXT = 40
"""A page with more visible characters than this is a page: its redirects are for phones."""


def target(page: Page) -> str | None:
    """Return where an otherwise empty page sends on to, None for a page with text, or whose script asks for a phone."""
    if len(page.text) > SHELL_TEXT or len(page.links) > 2:
        return None
    return _refresh(page) or _script(page)


def _refresh(page: Page) -> str | None:
    for element in page.root.xpath("//meta[@http-equiv]"):
        found = _REFRESH.match(element.get("content") or "")
        if element.get("http-equiv", "").lower() == "refresh" and found:
            return join(page.base, found.group(1).strip())
    return None


def _script(page: Page) -> str | None:
    script = _for_screens("\n".join(map(str, page.root.xpath("//script/text()|//body/@onload"))))
    found = None if _PHONE.search(script) else _LOCATION.search(script)
    return join(page.base, found.group(1) or found.group(2)) if found else None


def _for_screens(script: str) -> str:
    """Return a script without the branches that are taken on a phone: what is left says where everybody else is sent."""
    for found in reversed(list(_IF.finditer(script))):
        try:
            condition = balanced(script, found.end())
            if _PHONE.search(script[found.end() : condition]):
                script = script[: found.start()] + script[_statement_end(script, condition) :]
        except NotRead:
            continue
    return script


def _statement_end(script: str, at: int) -> int:
    block = re.compile(r"\s*(?=\{)").match(script, at)
    return balanced(script, block.end()) if block else (script.find(";", at) + 1 or len(script))

"""Addresses of what an application shows: its document, and behind it the state in which it is (`#/article/5`, or what was clicked on).

A state is a fragment: no host hears of it. It is part of an address only where a browser draws the page.
"""

from __future__ import annotations

import re
from urllib.parse import quote, unquote, urldefrag

from crawler.urls import join, staged

_ROUTE = re.compile(r"#!?/.+$", re.DOTALL)
_CLICK = re.compile(r"#click=([^#]*)$")

Step = tuple[int, str]
"""How often a list's page is turned over, and the text that is then clicked on; an empty text for no click."""


def join_drawn(base: str, href: str, charset: str = "utf-8") -> str | None:
    """Return the absolute URL of a reference on a drawn page, with the route of the application (`#/…`) where it names one.

    >>> join_drawn("http://a.gov.cn/x/#/list", "#/article/5")
    'http://a.gov.cn/x/#/article/5'
    """
    route = _ROUTE.search(href)
    here = urldefrag(base).url
    if route is None:
        return join(here, href, charset)
    document = join(here, href[: route.start()] or here, charset)
    return None if document is None else document + quote(route[0], safe="#!/?=&%;:,@+$~*()'-._")


def same_document(one: str, other: str) -> bool:
    """Say whether two addresses are states of one document."""
    return staged(one)[0] == staged(other)[0]


def click_on(address: str, text: str, *, turns: int = 0) -> str:
    """Return the address of what an application shows after one step more.

    >>> clicked(click_on("http://a.gov.cn/#/list", "年报", turns=2))
    ('http://a.gov.cn/#/list', ((2, '年报'),))
    """
    first, steps = clicked(address)
    return f"{first}#click=" + "/".join(f"{count},{quote(said, safe='')}" for count, said in (*steps, (turns, text)))


def clicked(address: str) -> tuple[str, tuple[Step, ...]]:
    """Return the address that is opened, and the steps that lead from there to what is shown."""
    found = _CLICK.search(address)
    if found is None:
        return address, ()
    pairs = (step.partition(",") for step in found[1].split("/"))
    return address[: found.start()], tuple((int(turns) if turns.isdigit() else 0, unquote(text)) for turns, _, text in pairs)

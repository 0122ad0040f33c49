"""Portal families (建站系统): one small file each, found by scanning this folder. `generic` reads what no other recognises.

A family is a `FAMILY = Family(…)` in a module of this folder; adding one touches its file and its stored pages.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from archive.errors import BadRegistry
from crawler.pages import Link, Page


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """How the portals of one content management system are known and read. All functions are pure.

    `recognise` gives the evidence, empty where there is none; `next_pages` the alternatives for the page after the given
    number; `items` the links of a list page; `attachments` the files that belong to an article.
    """

    name: str
    recognise: Callable[[Page], tuple[str, ...]]
    next_pages: Callable[[Page, int], tuple[str, ...]]
    items: Callable[[Page], tuple[Link, ...]]
    attachments: Callable[[Page], tuple[Link, ...]]


@cache
def families() -> dict[str, Family]:
    """Return all families by name, `generic` last."""
    modules = [import_module(f"{__name__}.{found.name}") for found in iter_modules(__path__)]
    found = sorted((module.FAMILY for module in modules), key=lambda family: (family.name == "generic", family.name))
    return {family.name: family for family in found}


def family_of(page: Page, named: str | None = None) -> Family:
    """Return the family that reads a page: the named one of the registry, else the one with most evidence, else generic.

    Raises BadRegistry for a name that no file of this folder has.
    """
    if named is not None:
        return named_family(named)
    known = [family for family in families().values() if family.name != "generic"]
    best = max(known, key=lambda family: len(family.recognise(page)))
    return best if best.recognise(page) else families()["generic"]


def named_family(name: str) -> Family:
    """Return the family of this name; raises BadRegistry where there is none."""
    if name not in families():
        raise BadRegistry(f"There is no portal family {name!r}; known are: {', '.join(families())}.")
    return families()[name]

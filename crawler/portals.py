"""The registry of portals: TOML, a section a portal, checked on loading, with the row and key named in each error."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from archive.errors import BadRegistry, UnknownPortal
from archive.model import Portal
from crawler.due import SHANGHAI
from crawler.families import families
from crawler.hours import hours_of
from crawler.urls import identity

_KEYS = {field.name for field in fields(Portal)} - {"id"}
_TEXTS = ("name", "home", "division", "family", "source", "visit", "note")
_FLAGS = ("verified", "paused")


def load_portals(paths: Iterable[Path]) -> dict[str, Portal]:
    """Return the portals of some registry files by id. Raises BadRegistry, naming file, row and key."""
    found: dict[str, Portal] = {}
    for path in paths:
        for portal in _read(path):
            if portal.id in found:
                raise BadRegistry(f"{path}: [{portal.id}] stands in another registry already.")
            found[portal.id] = portal
    return found


def _read(path: Path) -> list[Portal]:
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadRegistry(f"The registry {path} can't be read: {error}.") from error
    return [portal_of(str(path), name, row) for name, row in raw.items()]


def portal_of(where: str, name: str, row: Any) -> Portal:
    """Return the portal of one row. Raises BadRegistry with `where`, the row's id and the key that is wrong."""
    if not isinstance(row, Mapping):
        raise BadRegistry(f"{where}: {name} is no section; write [{name}].")
    problem = next(_problems(name, row), None)
    if problem is not None:
        raise BadRegistry(f"{where}: [{name}] {problem}.")
    return Portal(id=name, **{**row, "columns": tuple(row.get("columns", ()))})


def _problems(name: str, row: Mapping[str, Any]) -> Iterator[str]:
    if not re.fullmatch(r"[a-z0-9][a-z0-9.-]*", name):
        yield "has an id that is not made of a–z, 0–9, point and hyphen"
    yield from (f"has the unknown key {key!r}" for key in row if key not in _KEYS)
    yield from (f"lacks the key {key!r}" for key in ("name", "home") if not row.get(key))
    yield from (f"{key}: {row[key]!r} is no text" for key in _TEXTS if key in row and not isinstance(row[key], str))
    yield from (f"{key}: {row[key]!r} is neither true nor false" for key in _FLAGS if not isinstance(row.get(key, False), bool))
    yield from _address_problems(row)
    if "division" in row and not re.fullmatch(r"\d{6}", row["division"]):
        yield f"division: {row['division']!r} is no code of six digits (GB/T 2260)"
    if isinstance(row.get("visit"), str):
        yield from _hours_problems(row["visit"])
    if "family" in row and row["family"] not in families():
        yield f"family: there is no {row['family']!r}; known are {', '.join(families())}"


def _hours_problems(visit: str) -> Iterator[str]:
    try:
        hours_of(visit, SHANGHAI)
    except ValueError as error:
        yield f"visit: {error}"


def _address_problems(row: Mapping[str, Any]) -> Iterator[str]:
    columns = row.get("columns", [])
    if not isinstance(columns, list):
        yield f"columns: {columns!r} is no list"
        return
    for key, value in [("home", row.get("home")), *(("columns", column) for column in columns)]:
        if not isinstance(value, str) or not is_url(value):
            yield f"{key}: {value!r} is no http(s) URL"


def is_url(text: str) -> bool:
    """Say whether a text is an absolute http(s) URL with a host."""
    try:
        parts = urlsplit(text)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def find_portal(named: str, known: Mapping[str, Portal]) -> Portal:
    """Return the portal of this id, or of this URL: the registry's where its home is the same, else one made for it.

    Raises UnknownPortal, which names the nearest ids.
    """
    if named in known:
        return known[named]
    if is_url(named):
        return _by_url(named, known)
    near = difflib.get_close_matches(named, known, n=3, cutoff=0.5)
    hint = f"; the nearest are: {', '.join(near)}" if near else ""
    raise UnknownPortal(f"There is no portal {named!r}{hint}. Give an id of the registry or a URL that begins with http.")


def _by_url(url: str, known: Mapping[str, Portal]) -> Portal:
    place = _place(url)
    same = next((portal for portal in known.values() if _place(portal.home) == place), None)
    if same is None:
        return Portal(id="-".join(place), name=":".join(place), home=url)
    return same if identity(url) == identity(same.home) else replace(same, columns=(url, *same.columns))


def _place(url: str) -> tuple[str, ...]:
    """Host and, where it is not its scheme's own, port: what tells the portals of one machine apart."""
    parts = urlsplit(url)
    is_usual = parts.port in {None, 80, 443}
    return ((parts.hostname or "").lower(), *(() if is_usual else (str(parts.port),)))

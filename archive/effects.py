"""What a change of our reader does to one document: cells that read otherwise, cells gained, cells lost. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from archive.codec import Json
from archive.model import TABLE_NAMES

_READ = ("printed", "inferred")
CellName = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """How a document differs from what an earlier reader made of the same bytes.

    `changed` cells read otherwise, `gained` could not be read before, `lost` can't be read any more; `said` tells, by name, what
    else differs: kind, agency, report_year, title, published_on, body, as (old, new).
    """

    changed: tuple[CellName, ...] = ()
    gained: tuple[CellName, ...] = ()
    lost: tuple[CellName, ...] = ()
    said: tuple[tuple[str, Any, Any], ...] = ()

    @property
    def is_none(self) -> bool:
        """Whether nothing differs."""
        return not (self.changed or self.gained or self.lost or self.said)


NO_EFFECT = Effect()


def effect_of(old: Json, new: Json) -> Effect:
    """Return what differs between two documents (their JSON) that two readers made of the same payload."""
    before, after = dict(_cells(old)), dict(_cells(new))
    both = before.keys() & after.keys()
    return Effect(
        changed=tuple(sorted(name for name in both if before[name] != after[name])),
        gained=tuple(sorted(after.keys() - before.keys())),
        lost=tuple(sorted(before.keys() - after.keys())),
        said=tuple(_said(old, new)),
    )


def effect_on_page(old: Json | None, new: Json | None, kinds: tuple[str, str]) -> Effect:
    """Return what differs between what two readers made of a page, given what each took it for (`annual_report`, `other` …).

    Where it became a report, or ceased to be one, all its cells are gained or lost. A document is None where a reader made none.
    """
    is_report = tuple(kind == "annual_report" for kind in kinds)
    if not any(is_report) and (old is None or new is None):
        return NO_EFFECT
    if is_report == (True, True) or not any(is_report):
        assert old is not None
        assert new is not None
        return effect_of(old, new)
    before, after = (
        document if reports and document else {**_NOTHING, "kind": kind}
        for document, reports, kind in zip((old, new), is_report, kinds, strict=True)
    )
    return effect_of(before, after)


_NOTHING: Json = {
    **dict.fromkeys(("source_class", "report_year", "title", "published_on", "agency", "text_sha256")),
    "body": "",
    "statistics": {},
}


def _cells(document: Json) -> Iterator[tuple[CellName, Any]]:
    for name in TABLE_NAMES:
        table = document["statistics"].get(name)
        for cell_id, cell in (table or {"cells": {}})["cells"].items():
            if cell["reading"] in _READ:
                yield (name, cell_id), (cell["kind"], cell["value"], cell["unit"])


def _said(old: Json, new: Json) -> Iterator[tuple[str, Any, Any]]:
    for name in ("kind", "source_class", "report_year", "title", "published_on"):
        if old[name] != new[name]:
            yield name, old[name], new[name]
    names = [(each["agency"] or {}).get("name") for each in (old, new)]
    if names[0] != names[1]:
        yield "agency", names[0], names[1]
    if old["text_sha256"] != new["text_sha256"]:
        yield "body", f"{len(old['body'])} characters", f"{len(new['body'])} characters"

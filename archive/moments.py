"""Times as people give them to commands: a UTC date or time, or the beginning of one (2026, 2026-11, 2026-11-22T23:59)."""

from __future__ import annotations

import re
from datetime import datetime

import click

_SHAPE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[T ](\d\d)(?::(\d\d)(?::(\d\d)(?:\.\d{1,6})?)?)?)?)?)?(Z?)")
_LEAST = (1, 1, 1, 0, 0, 0)


def beginning(text: str) -> str | None:
    """Return a time's beginning as it stands in the journal (`2026-11-22T23:59`), None for what is the beginning of no UTC time."""
    found = _SHAPE.fullmatch(text.strip())
    if found is None or (found[7] and not found[4]):
        return None
    try:
        datetime(*(int(part) if part else least for part, least in zip(found.groups()[:6], _LEAST, strict=True)))  # type: ignore[arg-type]  # noqa: DTZ001 - only whether there is such a day
    except ValueError:
        return None
    return text.strip().removesuffix("Z").replace(" ", "T")


class Moment(click.ParamType[str]):
    """An option's UTC date or time; the command gets it as the text that times in the catalog begin with or are compared to."""

    name = "time"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the beginning of a time; see `click.ParamType.convert`."""
        found = beginning(value)
        if found is None:
            self.fail(f"{value!r} is no UTC date or time (2026, 2026-11, 2026-11-22, 2026-11-22T23:59:59).", param, ctx)
        return found


MOMENT = Moment()

"""Times as the archive writes them: UTC, microseconds, `Z`. Deadlines are Shanghai's; paths and records are UTC."""

from __future__ import annotations

from datetime import datetime, UTC


def now() -> datetime:
    """Return the present time in UTC."""
    return datetime.now(UTC)


def stamp(moment: datetime) -> str:
    """Return a time as `2026-11-22T23:59:59.000001Z`, which sorts as text. Raises ValueError for a time without zone."""
    if moment.tzinfo is None:
        msg = f"{moment!r} has no time zone: the archive would have to guess it"
        raise ValueError(msg)
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def moment(text: str) -> datetime:
    """Return the time that `stamp` wrote."""
    return datetime.fromisoformat(text)


def day_folder(moment: datetime) -> str:
    """Return the UTC date of a time as the path `2026/11/22`."""
    return moment.astimezone(UTC).strftime("%Y/%m/%d")

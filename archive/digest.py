"""The morning after: what is new, changed, withdrawn, blocked, contradictory, and how the runs went, since a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from html import escape

from archive.audit import Asked, check_rows, finding_rows
from archive.codec import Json
from archive.feeds import headline, is_web, TOLD
from archive.news import changes_rows, Wanted
from archive.records import Filters, runs_rows
from archive.store import Archive

SHOWN = 20
"""So many rows of a section are shown to people; the rest is counted. JSON has all."""


def digest(archive: Archive, since: str, until: str) -> Json:
    """Return what happened from `since` on (UTC time as text, or its beginning), by section; `until` is the present, for the title.

    Checks and findings that a person has confirmed or dismissed are left out, as are changes of a page's frame (counted only).
    """
    archive.catalog.catch_up()
    changes = list(changes_rows(archive.catalog, Wanted(since=since)))
    findings = [row for row in finding_rows(archive.catalog, kind=None) if _is_open(row) and (row["at"] or since) >= since]
    checks = Asked(filters=Filters(new_since=since), failed=True, undecided=True)
    return {
        "since": since,
        "until": until,
        "verdicts": dict(sorted(Counter(row["verdict"] for row in changes).items())),
        "new": [row for row in changes if row["verdict"] == "first_seen"],
        "changed": [row for row in changes if row["verdict"] in TOLD and row["verdict"] not in ("first_seen", "withdrawn")],
        "withdrawn": [row for row in changes if row["verdict"] == "withdrawn"],
        "blocked": [row for row in findings if _is_blocked(row)],
        "checks": list(check_rows(archive, checks)),
        "findings": [row for row in findings if not _is_blocked(row)],
        "runs": [row for row in runs_rows(archive.catalog, portal=None) if _is_recent(row, since)],
    }


def _is_open(row: Json) -> bool:
    return row["decision"] not in ("confirmed", "dismissed")


def _is_blocked(row: Json) -> bool:
    return bool(row["kind"].startswith("blocked") or row["kind"] == "monitor:blocked")


def _is_recent(row: Json, since: str) -> bool:
    return row["outcome"] is None or max(row["started_at"] or "", row["ended_at"] or "") >= since


def _change(row: Json) -> str:
    return f"{headline(row)} {row['url']}"


def _check(row: Json) -> str:
    return f"{row['agency'] or '（机关不详）'} {row['report_year']} {row['check']}: {row['says']} ({row['left']} ≠ {row['right']}) {row['url']}"


def _finding(row: Json) -> str:
    return f"{row['kind']}: {row['says']}" + (f" {row['url']}" if row["url"] else "")


def _run(row: Json) -> str:
    counts = ", ".join(f"{name} {count}" for name, count in row["counts"].items() if count)
    return f"{row['portal'] or row['kind']} {row['outcome'] or 'running'}: {row['captures']} captures; {counts or '-'} ({row['id']})"


SECTIONS: tuple[tuple[str, str, Callable[[Json], str]], ...] = (
    ("withdrawn", "Withdrawn 撤下", _change),
    ("changed", "Changed 改动", _change),
    ("new", "New 新发布", _change),
    ("blocked", "Blocked 受阻", _finding),
    ("checks", "Failed checks of what is new 勾稽不符", _check),
    ("findings", "Findings 待处理", _finding),
    ("runs", "Runs 运行", _run),
)
"""The sections in the order in which they are read, each with its heading and how a row is said."""


def _shown(rows: Iterable[Json], says: Callable[[Json], str]) -> Iterator[str]:
    every = list(rows)
    yield from (" ".join(says(row).split()) for row in every[:SHOWN])
    if len(every) > SHOWN:
        yield f"… and {len(every) - SHOWN} more (--json has all)"


def _title(found: Json) -> str:
    since, until = (found[name][:16].replace("T", " ") for name in ("since", "until"))
    return f"Gongkai, {since} – {until} UTC"


def digest_text(found: Json) -> Iterator[str]:
    """Yield a digest as lines; a section without rows is one line."""
    yield _title(found)
    for name, heading, says in SECTIONS:
        yield f"{heading}: {len(found[name])}"
        yield from (f"  {line}" for line in _shown(found[name], says))


def digest_html(found: Json) -> str:
    """Return a digest as one HTML page that needs nothing else."""
    title = escape(_title(found))
    parts = (_section(heading, found[name], says) for name, heading, says in SECTIONS)
    head = f'<!DOCTYPE html>\n<html lang="zh-CN"><head><meta charset="utf-8"><title>{title}</title></head>'
    return f"{head}\n<body><h1>{title}</h1>\n{''.join(parts)}</body></html>\n"


def _linked(line: str) -> str:
    """A line whose last word, where it is an address of the web, is a link."""
    said, _, last = line.rpartition(" ")
    return f'{escape(said)} <a href="{escape(last)}">{escape(last)}</a>' if is_web(last) else escape(line)


def _section(heading: str, rows: list[Json], says: Callable[[Json], str]) -> str:
    items = "".join(f"<li>{_linked(line)}</li>\n" for line in _shown(rows, says))
    return f"<h2>{escape(heading)}: {len(rows)}</h2>\n" + (f"<ul>\n{items}</ul>\n" if items else "")

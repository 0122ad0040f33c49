"""What changed, as rows that people take away: verdicts with their evidence, and the ledger of cells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from archive.catalog import Catalog
from archive.codec import Json, loads, packed
from archive.errors import Misuse

VERDICTS = (
    *("first_seen", "figures", "wording", "attachment_replaced", "retitled", "redated", "moved", "republished", "copied"),
    *("withdrawn", "restored", "redesigned", "page_only"),
)
"""Every verdict, those of substance first (`DESIGN.md` §5)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which changes: None and empty mean all. Times are UTC texts or their beginnings; `agency` is a part of the name.

    `since` counts from when the change was seen, and includes it; `site` is a host without `www.`; `named` is an agency's whole name,
    `division` a division code or its beginning; `untold_to` leaves out what the target of this id was told already.
    """

    since: str | None = None
    until: str | None = None
    verdicts: Sequence[str] = ()
    agency: str | None = None
    named: str | None = None
    division: str | None = None
    year: int | None = None
    site: str | None = None
    identity: str | None = None
    identities: Sequence[str] = ()
    untold_to: str | None = None
    limit: int | None = None


_WHERE = {
    "since": "seen_at >= :since",
    "until": "seen_at < :until",
    "agency": "agency IN (SELECT name FROM agencies WHERE instr(name, :agency))",
    "named": "agency = :named",
    "division": """EXISTS (SELECT 1 FROM documents d WHERE d.sha256 = coalesce(changes.new_document, changes.old_document)
        AND substr(d.division, 1, length(:division)) = :division)""",
    "year": "report_year = :year",
    "site": "site = :site",
    "identity": "identity = :identity",
    "untold_to": "NOT EXISTS (SELECT 1 FROM notifications n WHERE n.target = :untold_to AND n.change = changes.id)",
}
_COLUMNS = "seen_at, verdict, agency, report_year, url, says, since, identity, site, old_capture, new_capture, old_document, new_document"


def changes_rows(catalog: Catalog, wanted: Wanted) -> Iterator[Json]:
    """Yield the changes, newest first, evidence as a JSON value. Raises Misuse for a verdict that there is not."""
    if strange := sorted({*wanted.verdicts} - {*VERDICTS}):
        raise Misuse(f"{strange[0]!r} is no verdict: {', '.join(VERDICTS)}")
    asked = {name: getattr(wanted, name) for name in _WHERE if getattr(wanted, name) is not None}
    verdicts = {f"verdict{number}": verdict for number, verdict in enumerate(wanted.verdicts)}
    conditions = [_WHERE[name] for name in asked]
    if wanted.identities:
        asked["identities"] = packed(list(wanted.identities))
        conditions.append("identity IN (SELECT value FROM json_each(:identities))")
    # Of many verdicts nearly every change is one: they are read by their time, not gathered verdict by verdict and sorted.
    named = "+verdict" if len(verdicts) > 2 else "verdict"
    conditions += [f"{named} IN ({', '.join(':' + name for name in verdicts)})"] if verdicts else []
    where = " WHERE " + " AND ".join(conditions) if conditions else ""
    sql = f"SELECT id, {_COLUMNS}, evidence FROM changes{where} ORDER BY seen_at DESC, id LIMIT :limit"  # noqa: S608 - text of our own
    for row in catalog.rows(sql, {**asked, **verdicts, "limit": -1 if wanted.limit is None else wanted.limit}):
        yield {**row, "evidence": loads(row["evidence"])}


def grouped(rows: Iterator[Json]) -> Iterator[Json]:
    """Yield the changes with all of one site's redesign as one row, which says how many pages it stands for."""
    seen: dict[tuple[str, str], Json] = {}
    for row in rows:
        name = (row["site"], row["seen_at"][:10])
        if row["verdict"] != "redesigned":
            yield row
        elif name in seen:
            seen[name]["pages"] += 1
        else:
            seen[name] = {**row, "pages": 1}
    for row in seen.values():
        yield {**row, "says": f"{row['pages']} pages of {row['site']} have a new design", "agency": None, "report_year": None}


def history_rows(catalog: Catalog, identity: str | None) -> Iterator[Json]:
    """Yield the ledger of cells of one report, or of all: each value with when it was first and last seen."""
    where = "WHERE identity = ?" if identity else ""
    order = 'ORDER BY identity, key, segment, "table", cell, nth'
    yield from catalog.rows(f"SELECT * FROM cell_history {where} {order}", [identity] if identity else [])  # noqa: S608

"""How an archive stands, for the operator in the morning: portals and their last runs, what waits for a person, room, the last seal."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

from archive.audit import finding_rows
from archive.clock import moment
from archive.codec import Json
from archive.locks import is_held, run_names
from archive.space import free, used
from archive.store import Archive


def status(archive: Archive, at: datetime) -> Json:
    """Return an archive's state at a time (UTC): `portals` (a row each), `disk`, `seal`, `running`, and findings without portal.

    `seal.age_days` is None where nothing was ever sealed.
    """
    archive.catalog.catch_up()
    open_ = _open_findings(archive)
    last = archive.catalog.one("SELECT max(at) AS at, max(day) AS day FROM seals") or {}
    return {
        "portals": [{**row, "findings_open": open_[row["portal"]]} for row in archive.catalog.rows(_PORTALS)],
        "findings_open": open_.total(),
        "running": sorted(name for name in run_names(archive.root / "locks") if _lives(archive, name)),
        "disk": {"free": free(archive.root), "used": used(archive.root)},
        "seal": {**last, "age_days": (at - moment(last["at"])).days if last.get("at") else None},
    }


def sentences(state: Json) -> list[str]:
    """Return what is not about one portal, for people."""
    disk, seal = state["disk"], state["seal"]
    sealed = "never" if seal["at"] is None else f"{seal['age_days']} days ago (through {seal['day']})"
    return [
        f"disk: {_bytes(sum(disk['used'].values()))} used, {_bytes(disk['free'])} free",
        f"last seal: {sealed}",
        f"findings open: {state['findings_open']}",
        f"running: {', '.join(state['running']) or 'nothing'}",
    ]


def _bytes(count: int) -> str:
    size = float(count)
    for unit in ("B", "KiB", "MiB", "GiB"):
        if size < 1024:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1024
    return f"{size:.1f} TiB"


def _lives(archive: Archive, name: str) -> bool:
    return is_held(archive.root / "locks" / f"run-{name}.lock")


def _open_findings(archive: Archive) -> Counter[Any]:
    portals = {row["id"]: row["portal"] for row in archive.catalog.rows("SELECT id, portal FROM runs")}
    waiting = (row for row in finding_rows(archive.catalog, kind=None) if row["decision"] not in ("confirmed", "dismissed"))
    found = {row["fingerprint"]: portals.get(row["run"]) for row in waiting}
    return Counter(found.values())


_PORTALS = """
SELECT r.portal, r.id AS run, r.started_at AS last_run, r.ended_at, coalesce(r.outcome, 'running') AS outcome,
       (SELECT count(*) FROM captures c WHERE c.run = r.id) AS captures,
       (SELECT count(*) FROM reports p JOIN captures c ON c.id = p.capture JOIN runs u ON u.id = c.run
        WHERE u.portal = r.portal AND p.kind = 'annual_report') AS reports
FROM runs r
WHERE r.portal IS NOT NULL AND r.kind IN ('crawl', 'revisit')
AND r.id = (SELECT id FROM runs l WHERE l.portal = r.portal AND l.kind IN ('crawl', 'revisit')
            ORDER BY l.started_at DESC, l.id DESC LIMIT 1)
ORDER BY r.portal
"""

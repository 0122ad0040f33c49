"""What people decided on checks and findings: a journal event by a stable fingerprint, so that it survives re-runs and rebuilds.

A decision remembers the numbers it was made on: where a report says something else since, it is shown as `outdated`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, get_args, Literal

from archive.catalog import Catalog
from archive.codec import dumps, Json
from archive.errors import NotInArchive
from archive.hashing import sha256_hex
from archive.schema import Row

Decided = Literal["confirmed", "dismissed"]
DECISIONS: tuple[str, ...] = get_args(Decided)
LENGTH = 16


def fingerprint(rule: str, about: str, subject: str = "") -> str:
    """Return the stable name of a check or finding, 16 hex digits.

    `rule` is the check's id or the finding's kind, `about` the report's identity or the finding's URL, `subject` what else
    tells two of them apart (a quote). Neither run, capture, time nor numbers are part of it.
    """
    return sha256_hex(f"{rule}\n{about}\n{subject}".encode())[:LENGTH]


def finding_fingerprint(row: Row) -> str:
    """Return the fingerprint of a row of `findings`; one without a URL is told apart by its sentence."""
    return fingerprint(row["kind"], row["url"] or "", "" if row["url"] else row["says"])


def state_of(row: Row) -> str:
    """Return the digest of what a decision on a row is made on: the numbers of a check, nothing more of a finding."""
    return sha256_hex(dumps([row.get("left"), row.get("right"), row.get("verdict")]).encode())[:LENGTH]


def decided(catalog: Catalog, rows: Iterable[Row]) -> Iterator[Json]:
    """Yield rows that have a `fingerprint` with the latest decision on them: `decision`, `note`, `decided_at`, each None for none.

    `decision` is confirmed or dismissed, or outdated where the numbers are others than those that were judged.
    """
    known = {row["fingerprint"]: row for row in catalog.rows("SELECT * FROM decisions ORDER BY at, event")}
    for row in rows:
        yield {**row, **_shown(known.get(row["fingerprint"]), row)}


def _shown(decision: Row | None, row: Row) -> Json:
    if decision is None:
        return {"decision": None, "note": None, "decided_at": None}
    is_current = decision["state"] == state_of(row)
    return {
        "decision": decision["verdict"] if is_current else "outdated",
        "note": decision["note"],
        "decided_at": decision["at"],
    }


def find(rows: Iterable[Row], name: str) -> Row:
    """Return the row of this fingerprint. Raises NotInArchive."""
    found = next((row for row in rows if row["fingerprint"] == name), None)
    if found is None:
        raise NotInArchive(f"no check and no finding has the fingerprint {name!r}: see `checks` and `findings`")
    return found


def decision_facts(row: Row, verdict: str, note: str) -> dict[str, Any]:
    """Return the facts of the journal event `decision` on a row of checks or findings."""
    return {"fingerprint": row["fingerprint"], "verdict": verdict, "note": note, "state": state_of(row), "says": row["says"]}

"""A catalog made many times as large by SQL: copies of its rows under other names, for queries and insertion at a size beyond patience.

Copies are of other portals, agencies, pages, captures, documents and runs; words, figures and times are the same. There are no files behind
them, so what reads documents (`list --json`) can't be measured on them.
"""

from __future__ import annotations

from archive.catalog import Catalog
from archive.schema import all_tables, index_statements, INDEXES, NUMBERED

_HASHES = ("sha256", "document", "old_document", "new_document", "content_sha256", "payload_sha256", "wire_sha256")
_CAPTURES = ("capture", "old_capture", "new_capture", "first_capture", "last_capture", "revisit_of")
_RUNS = ("run", "event", "owner", "file")
_ADDRESSES = ("url", "first_url", "last_url")
_LEFT = ("capture_files", "findings", "journal_offsets")


def multiply(catalog: Catalog, times: int) -> None:
    """Add `times` - 1 copies of all rows (at most 200); indexes are taken down before, and made anew after."""
    db = catalog.connection
    # Nothing of it is worth keeping after a crash: the pages are written once, not twice.
    db.execute("PRAGMA journal_mode = OFF")
    for table, indexes in INDEXES.items():
        for number in range(len(indexes)):
            db.execute(f"DROP INDEX [{table}_{number}]")
    db.execute("BEGIN")
    catalog.prints.merge()
    for table in (name for name in all_tables() if name not in _LEFT):
        db.execute(f"CREATE TEMP TABLE [first_{table}] AS SELECT * FROM [{table}]")
        for nth in range(1, times):
            db.execute(_copy(table), {"nth": nth})
        db.execute(f"DROP TABLE [first_{table}]")
    db.execute("COMMIT")
    for statement in index_statements():
        db.execute(statement)
    db.execute("PRAGMA journal_mode = WAL")


def _copy(table: str) -> str:
    columns = [name for name in all_tables()[table][0] if not (table in NUMBERED and name == "number")]
    names = ", ".join(f"[{name}]" for name in columns)
    values = ", ".join(_value(table, name) for name in columns)
    return f"INSERT OR IGNORE INTO [{table}] ({names}) SELECT {values} FROM [first_{table}]"


def _value(table: str, name: str) -> str:
    named = f"[{name}]"
    if name in _CAPTURES or (table, name) == ("captures", "id"):
        # A capture's name begins with its time: another beginning is another time.
        return f"'urn:uuid:' || printf('%02x', 16 + :nth) || substr({named}, 12)"  # null stays null
    if name in _HASHES or (table, name) == ("changes", "id") or name == "change":
        return f"printf('%02x', :nth) || substr({named}, 3)"
    if name in _RUNS or (table, name) == ("runs", "id"):
        return f"{named} || '-' || :nth"
    if name in _ADDRESSES:
        return f"replace({named}, '://www.p', '://www.k' || :nth || 'p')"
    if name in ("key", "site", "portal"):
        return f"'k' || :nth || {named}"
    if name in ("agency", "parent") or (table, name) == ("agencies", "name"):
        return f"{named} || char(0x3400 + :nth)"
    if name == "identity":
        return f"'k' || :nth || ' ' || {named}"
    if name in ("number", "band") and table in ("prints", "print_bands"):
        return f"{named} + :nth"
    return named

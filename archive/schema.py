"""The catalog's tables as data. Pure: touches no database."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any, get_args

from archive.codec import dumps
from archive.forms import form, FORM_IDS
from archive.hashing import sha256_hex
from archive.model import CellKind, CellReading

Row = dict[str, Any]
Columns = dict[str, type]

_LETTERS = {"printed": "nzbdt", "inferred": "NZBDT", "unconfirmed": "oylhx", "unread": "OYLHX"}
LETTER_OF = {
    (kind, reading): letter
    for reading in get_args(CellReading)
    for kind, letter in zip(get_args(CellKind), _LETTERS[reading], strict=True)
}
"""The letter of the packed column for a cell's kind and reading; `.` for a cell that the document does not list."""


def _table(key: str, columns: str) -> tuple[Columns, tuple[str, ...]]:
    """A table by the names of its key's columns and of all columns, each with its kind behind a colon where it is no text."""
    named = (each.partition(":") for each in columns.split())
    return {name: _KINDS[kind] for name, _, kind in named}, tuple(key.split())


_KINDS = {"": str, "int": int, "number": bytes}
"""A `number` is declared BLOB, so that SQLite converts neither int nor text."""

TABLES: dict[str, tuple[Columns, tuple[str, ...]]] = {
    "runs": _table("id", "id kind portal started_at ended_at outcome counts settings"),
    "captures": _table(
        "id",
        "id event run url key fetched_at method status:int location media_type payload_sha256 wire_sha256 "
        "record_type failure truncated robots revisit_of recovered:int file offset:int length:int",
    ),
    "capture_files": _table("file", "file run end:int"),
    "visits": _table("capture event", "event capture page_kind links:int"),
    "derivations": _table(
        "event",
        "event at run capture url key fetched_at document reader_version context furniture attachments",
    ),
    "refusals": _table("event", "event at run capture url key fetched_at kind reader_version context attachments"),
    "document_pages": _table("document key", "document key"),
    "documents": _table(
        "sha256",
        "sha256 path damage reader_version title report_year:int published_on agency level division parent "
        "kind source_class content_sha256 text_sha256 figures_sha256 forms cells_read:int cells_unread:int "
        "checks_hold:int checks_fail:int checks_open:int",
    ),
    "bodies": _table("document", "document body"),
    "agencies": _table("name", "name"),
    "checks": _table(
        "document id nth",
        "document id nth:int verdict severity left:number right:number blanks_as_zero:int says evidence",
    ),
    "sightings": _table("capture", "capture identity document content_sha256 url fetched_at source_class run"),
    "versions": _table(
        "identity content_sha256",
        "identity content_sha256 number:int is_current:int document first_seen first_capture first_url "
        "last_seen last_capture last_url sightings:int",
    ),
    "reports": _table(
        "identity",
        "identity provisional:int agency report_year:int kind source_class url fetched_at capture document "
        "content_sha256 first_seen last_seen versions:int sightings:int urls:int",
    ),
    "segments": _table("key number", "key number:int identity first_seen last_seen last_capture looks:int"),
    "changes": _table(
        "id",
        "id owner verdict key site url identity agency report_year:int seen_at since old_capture new_capture "
        "old_document new_document says evidence",
    ),
    "cell_changes": _table(
        "change table cell",
        "change table cell owner identity old:number new:number old_raw new_raw unit seen_at",
    ),
    "cell_history": _table(
        "key segment table cell nth",
        "key segment:int table cell nth:int identity value:number raw kind first_seen last_seen superseded_at "
        "superseded_by:number capture document",
    ),
    "frame_differences": _table("change token", "change token key site"),
    "prints": _table(
        "identity",
        "identity number:int at instant:int capture document reader_version bands:number is_merged:int",
    ),
    "print_bands": _table("band at number", "band:int at:int number:int"),
    "findings": _table("id", "id at run kind says url capture evidence"),
    "decisions": _table("event", "event at fingerprint verdict note state says"),
    "attributions": _table("event", "event at capture agency report_year:int note"),
    "notifications": _table("event change", "event change target service at"),
    "notifications_begun": _table("event change", "event change target key at"),
    "takedowns": _table("event", "event at capture payload_sha256 reason"),
    "lifted_takedowns": _table("event", "event at capture payload_sha256 reason"),
    "lifts": _table("event", "event at takedown reason"),
    "hidden_derivations": _table("event", "event capture document"),
    "sealed": _table("file", "file run day size:int sha256"),
    "sealed_parts": _table("file", "file into base:int"),
    "seals": _table("run day", "run day at manifest sha256 merkle_root files:int known:int"),
    "timestamps": _table("id", "id run at manifest authority"),
    "journal_offsets": _table("path", "path offset:int line:int sha256 is_ended:int"),
}

SORTED_BY_KEY = frozenset(("visits", "sightings", "document_pages", "agencies", "print_bands"))
"""Tables kept in the order of their keys (`WITHOUT ROWID`): narrow ones with many rows."""

NUMBERED = frozenset(("documents",))
"""Tables whose rows also have a `number` that rises with each row written, and is never used again.

It is this catalog's own, and by it other indexes ask what came since; a catalog made anew has other numbers.
"""

INDEXES: dict[str, tuple[str, ...]] = {
    "runs": ("started_at DESC, id", "portal, started_at"),
    "captures": (
        "url, fetched_at",
        "key, fetched_at",
        "run",
        "file",
        "payload_sha256 WHERE record_type <> 'revisit'",
        "revisit_of WHERE revisit_of IS NOT NULL",
        "wire_sha256 WHERE record_type = 'response' AND truncated IS NULL",
    ),
    "findings": ("run, kind",),
    "notifications": ("target, change",),
    "notifications_begun": ("target, change",),
    "takedowns": ("payload_sha256", "capture"),
    "lifts": ("takedown",),
    "hidden_derivations": ("document", "capture"),
    "sealed_parts": ("[into]",),
    "derivations": ("capture", "key, fetched_at"),
    "refusals": ("capture", "key, fetched_at"),
    "attributions": ("capture",),
    "segments": ("identity",),
    "changes": ("seen_at, id", "verdict, seen_at", "agency, seen_at", "identity", "owner", "url"),
    "cell_changes": ("owner", "identity"),
    "cell_history": ("identity",),
    "frame_differences": ("site",),
    "prints": ("number", "at", "is_merged WHERE is_merged = 0"),
    "documents": ("content_sha256", "parent, report_year", "agency"),
    "sightings": ("identity",),
    "reports": ("agency, report_year", "report_year, agency, identity", "url", "document"),
    "versions": ("first_seen",),
    "checks": ("verdict, id",),
}
"""The columns of each table's indexes, with the condition of those that hold some rows only.

What grows with each look at a page has indexes only where new entries stand beside one another: runs, files, times, the pages of one
site, and captures, whose ids are in order of time. Random keys (hashes) of ten million rows would cost a page of disk each.
"""


_DIVISIONS = tuple(files("archive.divisions").joinpath(name) for name in ("divisions.tsv.gz", "townships.tsv.gz"))


def cells_table(form_id: str, table: str) -> str:
    """Return the name of the wide table for one table of a form."""
    return f"cells_{form_id}_{table}"


def cells_tables() -> dict[str, tuple[Columns, tuple[str, ...]]]:
    """Return columns and key of every wide table. Cells are declared BLOB, so that SQLite converts neither int nor text."""
    found: dict[str, tuple[Columns, tuple[str, ...]]] = {}
    for form_id in FORM_IDS:
        for name, spec in form(form_id).tables.items():
            head: Columns = {"document": str, "nth": int, "why": str, "status": str, "scope": str, "packed": str}
            columns = {**head, **{cell.id: bytes for cell in spec.cells}}
            found[cells_table(form_id, name)] = (columns, ("document", "nth"))
    return found


def all_tables() -> dict[str, tuple[Columns, tuple[str, ...]]]:
    """Return every table of the catalog: columns with their types, and the primary key."""
    return {**TABLES, **cells_tables()}


RULES = 3
"""Rises when the same facts are judged otherwise: other verdicts, other names of pages. A catalog judged before is built anew."""


def statements() -> Iterator[str]:
    """Yield the SQL that makes every table and index of an empty catalog."""
    for name, (columns, key) in all_tables().items():
        named = ", ".join(f"[{column}] {_SQL_TYPES[kind]}" for column, kind in columns.items())
        keys = ", ".join(f"[{column}]" for column in key)
        numbered = "[number] INTEGER PRIMARY KEY AUTOINCREMENT, " if name in NUMBERED else ""
        unique = "UNIQUE" if name in NUMBERED else "PRIMARY KEY"
        order = " WITHOUT ROWID" if name in SORTED_BY_KEY else ""
        yield f"CREATE TABLE [{name}] ({numbered}{named}, {unique} ({keys})){order}"
    yield from index_statements()


def index_statements() -> Iterator[str]:
    """Yield the SQL that makes every index."""
    for table, indexes in INDEXES.items():
        for number, index in enumerate(indexes):
            columns, where, condition = index.partition(" WHERE ")
            yield f"CREATE INDEX IF NOT EXISTS [{table}_{number}] ON [{table}] ({columns}){where}{condition}"


_SQL_TYPES = {str: "TEXT", int: "INTEGER", bytes: "BLOB"}


@cache
def schema_version() -> int:
    """Return a number that changes with any table, column, index or rule of judging: a catalog of another number is rebuilt."""
    shape = {name: [{k: v.__name__ for k, v in columns.items()}, key] for name, (columns, key) in all_tables().items()}
    return int(
        sha256_hex(
            dumps([shape, INDEXES, sorted(SORTED_BY_KEY), sorted(NUMBERED), _LETTERS, _divisions_digest(), RULES]).encode()
        )[:7],
        16,
    )


def _divisions_digest() -> str:
    # Identities follow from the table of divisions: with another table they are made anew.
    return "".join(sha256_hex(path.read_bytes()) for path in _DIVISIONS)

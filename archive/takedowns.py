"""Takedowns: a tombstone that hides what a capture's payload says, while its bytes stay and are verified as ever.

A takedown is of the content: every capture of the same payload is hidden, earlier and later ones. In the catalog the
derivations of hidden captures stand apart, so that nothing is computed from them, and a document that only they gave is empty.
A takedown that was lifted stands apart too: `takedowns` holds those in force.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol

from archive.document_rows import damaged_row
from archive.schema import all_tables, Row

TAKEN_DOWN = "taken down"
"""What stands as `damage` of a document that only hidden captures gave."""

IS_HIDDEN = "EXISTS (SELECT 1 FROM takedowns t WHERE t.capture = c.id OR t.payload_sha256 = c.payload_sha256)"
"""The condition, in SQL, that a row `c` of captures is hidden."""


class Tables(Protocol):
    """What hiding needs of the catalog, within a transaction."""

    def rows(self, sql: str, parameters: Iterable[Any] | Mapping[str, Any] = ()) -> Iterator[Row]:
        """Yield the rows of a query."""

    def one(self, sql: str, parameters: Iterable[Any] = ()) -> Row | None:
        """Return the first row of a query."""

    def put(self, table: str, row: Row) -> None:
        """Write a row."""

    def run(self, sql: str, parameters: Iterable[Any] = ()) -> None:
        """Run a statement."""


def takedown_of(tables: Tables, capture: str) -> Row | None:
    """Return the first takedown that hides a capture, None if none does."""
    return tables.one(f"{_TAKEDOWNS_OF} LIMIT 1", [capture])


def takedowns_of(tables: Tables, capture: str) -> list[Row]:
    """Return all takedowns that hide a capture, in their order."""
    return list(tables.rows(_TAKEDOWNS_OF, [capture]))


_TAKEDOWNS_OF = """
SELECT t.* FROM takedowns t JOIN captures c ON t.capture = c.id OR t.payload_sha256 = c.payload_sha256 WHERE c.id = ? ORDER BY t.at, t.event
"""


def hidden_by(tables: Tables, takedown: Row) -> list[str]:
    """Return the captures known so far that a takedown hides: those of its payload, and the revisits that refer to one of them."""
    return [row["id"] for row in tables.rows(_HIDDEN_BY, [takedown["capture"], takedown["payload_sha256"]])]


_HIDDEN_BY = """
SELECT id FROM captures WHERE id = ?1
UNION SELECT id FROM captures WHERE payload_sha256 = ?2 AND record_type <> 'revisit'
UNION SELECT r.id FROM captures o JOIN captures r ON r.revisit_of = o.id AND r.payload_sha256 = ?2
WHERE o.payload_sha256 = ?2 AND o.record_type <> 'revisit' ORDER BY 1
"""


def hide(tables: Tables, capture: str) -> list[Row]:
    """Set what readers made of a hidden capture apart; return the derivations that were not yet (document, path, key)."""
    sql = "SELECT d.event, d.capture, d.document, o.path, d.key FROM derivations d JOIN documents o ON o.sha256 = d.document"
    found = list(tables.rows(f"{sql} WHERE d.capture = ? ORDER BY d.event", [capture]))
    for row in found:
        tables.put("hidden_derivations", {name: row[name] for name in ("event", "capture", "document")})
    for refusal in list(tables.rows("SELECT event, capture, '' AS document FROM refusals WHERE capture = ?", [capture])):
        tables.put("hidden_derivations", refusal)
    for table in ("derivations", "refusals"):
        tables.run(f"DELETE FROM {table} WHERE capture = ?", [capture])  # noqa: S608 - names of our own
    return found


def is_empty(tables: Tables, document: str) -> bool:
    """Say whether only hidden captures gave a document."""
    pages = "SELECT 1 FROM document_pages g JOIN derivations d ON d.key = g.key AND d.document = g.document"
    if tables.one(f"{pages} WHERE g.document = ? LIMIT 1", [document]):
        return False
    return tables.one("SELECT 1 FROM hidden_derivations WHERE document = ? LIMIT 1", [document]) is not None


_IS_NAMED = "SELECT 1 FROM documents WHERE agency = ?1 UNION ALL SELECT 1 FROM attributions WHERE agency = ?1 LIMIT 1"


def empty(tables: Tables, document: str, path: str) -> None:
    """Take everything that a document says out of the catalog; that it is there stays."""
    for table, (columns, _) in all_tables().items():
        if table in ("bodies", "checks") or table.startswith("cells_"):
            assert "document" in columns
            tables.run(f"DELETE FROM [{table}] WHERE document = ?", [document])  # noqa: S608 - names of our own
    named = tables.one("SELECT agency FROM documents WHERE sha256 = ? AND agency IS NOT NULL", [document])
    tables.run("DELETE FROM documents WHERE sha256 = ?", [document])
    if named and not tables.one(_IS_NAMED, [named["agency"]]):
        tables.run("DELETE FROM agencies WHERE name = ?", [named["agency"]])
    tables.put("documents", damaged_row(document, path, TAKEN_DOWN))

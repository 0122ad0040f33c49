"""What came into the catalog since an index beside it was last filled: documents by their rising numbers, some thousand at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from archive.catalog import Catalog
from archive.schema import Row

BATCH = 2000
"""Documents that arrive together."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Up to where an index was filled: the edition of the catalog, and the number of its last document."""

    edition: int = 0
    upto: int = 0


@dataclass(frozen=True, slots=True)
class Arrived:
    """Documents that came: all rows, those of them that the index does not hold, and the mark once they are in."""

    mark: Mark
    rows: list[Row]
    fresh: list[Row]


def arrivals(catalog: Catalog, mark: Mark, unknown: Callable[[list[str]], list[str]]) -> Iterator[Arrived]:
    """Yield the documents after a mark, with title, agency, report_year, body, path and damage.

    Numbers are a catalog's own: after a rebuild all documents are asked for once, by `unknown`, which returns those of some that the index
    does not hold.
    """
    edition = catalog.edition
    is_same = mark.edition == edition
    upto = mark.upto if is_same else 0
    while rows := list(catalog.rows(_NEW, [upto, BATCH])):
        upto = rows[-1]["number"]
        missing = set(unknown([row["sha256"] for row in rows])) if not is_same else None
        fresh = rows if missing is None else [row for row in rows if row["sha256"] in missing]
        yield Arrived(Mark(edition, upto), rows, [row for row in fresh if row["damage"] is None])


_NEW = """
SELECT o.number, o.sha256, o.path, o.damage, o.title, o.agency, o.report_year, b.body
FROM documents o LEFT JOIN bodies b ON b.document = o.sha256 WHERE o.number > ? ORDER BY o.number LIMIT ?
"""

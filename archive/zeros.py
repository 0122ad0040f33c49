"""Blank cells that a printed total proves to be zero. The blank stays a blank: this is said beside it."""

from __future__ import annotations

from archive.codec import Json
from archive.forms import identities_of, Identity, table_form


def proved_zeros(name: str, table: Json) -> frozenset[str]:
    """Return the ids of the blank or dashed cells of a table (as JSON) that must be zero.

    A cell is proved where an identity of the form is met without it: all its other numbers are printed, the two sides are
    equal, and blanks stand on one side only; a blank total is proved by nothing. Counts can't be negative, so what adds nothing in sum is zero one by one;
    cells that may be negative are never proved.
    """
    specs = {spec.id: spec for spec in table_form(table["form"], name).cells}
    signed = {cell_id for cell_id, spec in specs.items() if spec.signed}
    hard = (identity for identity in identities_of(table["form"], name) if identity.severity == "hard")
    return frozenset(cell_id for identity in hard for cell_id in _proved(identity, table["cells"], signed))


def _proved(identity: Identity, cells: Json, signed: set[str]) -> tuple[str, ...]:
    sides = (identity.left, identity.right)
    involved = [cells.get(cell_id) for side in sides for cell_id in side]
    if not all(cell and (_is_blank(cell) or _is_printed(cell)) for cell in involved):
        return ()
    blanks = [tuple(cell_id for cell_id in side if _is_blank(cells[cell_id])) for side in sides]
    sums = [sum(cells[cell_id]["value"] or 0 for cell_id in side) for side in sides]
    if all(blanks) or sums[0] != sums[1]:
        return ()
    found, side = (blanks[0], sides[0]) if blanks[0] else (blanks[1], sides[1])
    is_lone_total = len(side) == 1
    return () if is_lone_total or signed.intersection(found) else found


def _is_blank(cell: Json) -> bool:
    return cell["value"] is None and cell["kind"] in ("blank", "dash") and cell["reading"] == "printed"


def _is_printed(cell: Json) -> bool:
    return cell["value"] is not None and cell["reading"] in ("printed", "inferred")

"""Ruling lines → tables with row and column spans: a cell is what lines enclose, and a missing line is a span."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipelines.attachments.page import Box, Rule
from pipelines.attachments.reading import MAX_CELLS

SNAP = 3.0
"""Points within which two lines are the same line (double rules, strokes drawn cell by cell)."""

MAX_LINES = 300
"""Most different lines of a page that are taken for tables; a drawing (map, seal, chart) has more."""

SMALLEST = (60.0, 10.0)
"""Width and height in points below which lines draw a sign or a letter, not a table."""

COVER = 0.6
"""Share of a cell's side that must be ruled for the side to part two cells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """One cell of a ruled table: top-left position, spans, and its box. `open_top/bottom`: no line is drawn there."""

    row: int
    column: int
    row_span: int
    column_span: int
    box: Box
    open_top: bool = False
    open_bottom: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RuledTable:
    """A table as the lines draw it: column edges, row edges, and cells that cover all of it."""

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    regions: tuple[Region, ...]

    @property
    def box(self) -> Box:
        """The table's outline."""
        return self.xs[0], self.ys[0], self.xs[-1], self.ys[-1]

    def owners(self) -> dict[tuple[int, int], int]:
        """Return the index of the region that covers each position, by (row, column)."""
        return {
            (r, c): i
            for i, region in enumerate(self.regions)
            for r in range(region.row, region.row + region.row_span)
            for c in range(region.column, region.column + region.column_span)
        }

    def position(self, x: float, y: float) -> tuple[int, int] | None:
        """Return the (row, column) that a point lies in, None outside the table."""
        inside = self.xs[0] <= x <= self.xs[-1] and self.ys[0] <= y <= self.ys[-1]
        return (_slot(self.ys, y), _slot(self.xs, x)) if inside else None


def _slot(edges: Sequence[float], at: float) -> int:
    return min(bisect_right(edges, at), len(edges) - 1) - 1


def ruled_tables(rules: Iterable[Rule]) -> list[RuledTable]:
    """Return the tables that ruling lines draw, from top to bottom; a lone frame or underline is no table."""
    lines = _straightened(rules)
    if len(lines) > MAX_LINES:
        return []
    found = [_table(part) for part in _connected(lines)]
    return sorted((table for table in found if table is not None), key=lambda table: (table.ys[0], table.xs[0]))


def _straightened(rules: Iterable[Rule]) -> list[Rule]:
    given = list(rules)
    return [*_merged([rule for rule in given if not rule.upright]), *_merged([rule for rule in given if rule.upright])]


def _merged(rules: Sequence[Rule]) -> list[Rule]:
    merged: list[Rule] = []
    for level in _levels(rules):
        at = sum(rule.at for rule in level) / len(level)
        for start, end in _spans(level):
            merged.append(Rule(level[0].upright, at, start, end))
    return merged


def _levels(rules: Sequence[Rule]) -> list[list[Rule]]:
    levels: list[list[Rule]] = []
    for rule in sorted(rules, key=lambda rule: rule.at):
        if levels and rule.at - levels[-1][0].at <= SNAP:
            levels[-1].append(rule)
        else:
            levels.append([rule])
    return levels


def _spans(level: Sequence[Rule]) -> list[tuple[float, float]]:
    spans: list[tuple[float, float]] = []
    for rule in sorted(level, key=lambda rule: rule.start):
        if spans and rule.start - spans[-1][1] <= SNAP:
            spans[-1] = spans[-1][0], max(spans[-1][1], rule.end)
        else:
            spans.append((rule.start, rule.end))
    return spans


def _connected(lines: Sequence[Rule]) -> list[list[Rule]]:
    flat = [line for line in lines if not line.upright]
    parent = {line: line for line in lines}

    def root(line: Rule) -> Rule:
        while parent[line] is not line:
            parent[line] = parent[parent[line]]
            line = parent[line]
        return line

    for line in lines:
        if line.upright:
            for other in flat:
                if _cross(other, line):
                    parent[root(other)] = root(line)
    parts: dict[Rule, list[Rule]] = {}
    for line in lines:
        parts.setdefault(root(line), []).append(line)
    return list(parts.values())


def _cross(flat: Rule, upright: Rule) -> bool:
    return flat.start - SNAP <= upright.at <= flat.end + SNAP and upright.start - SNAP <= flat.at <= upright.end + SNAP


def _table(lines: Sequence[Rule]) -> RuledTable | None:
    flat = [line for line in lines if not line.upright]
    upright = [line for line in lines if line.upright]
    if not flat or not upright:
        return None
    ys = _edges(flat, upright)
    xs = _edges(upright, flat)
    if len(xs) * len(ys) > MAX_CELLS or xs[-1] - xs[0] < SMALLEST[0] or ys[-1] - ys[0] < SMALLEST[1]:
        return None
    return _compressed(xs, ys, _regions(xs, ys, flat, upright))


def _edges(own: Sequence[Rule], crossing: Sequence[Rule]) -> tuple[float, ...]:
    """Return the positions of lines, and where crossing lines go on past the outermost one (a page break cuts there)."""
    edges = sorted({line.at for line in own})
    first, last = min(line.start for line in crossing), max(line.end for line in crossing)
    if first < edges[0] - 2 * SNAP:
        edges.insert(0, first)
    if last > edges[-1] + 2 * SNAP:
        edges.append(last)
    return tuple(edge for i, edge in enumerate(edges) if i == 0 or edge - edges[i - 1] > SNAP)


def _by_edge(lines: Sequence[Rule], edges: Sequence[float]) -> dict[float, list[Rule]]:
    return {edge: [line for line in lines if abs(line.at - edge) <= SNAP] for edge in edges}


def _covered(lines: Sequence[Rule], start: float, end: float) -> bool:
    ruled = sum(max(0.0, min(end, line.end) - max(start, line.start)) for line in lines)
    return ruled >= COVER * (end - start)


def _regions(xs: Sequence[float], ys: Sequence[float], flat: Sequence[Rule], upright: Sequence[Rule]) -> list[Region]:
    rows, columns = len(ys) - 1, len(xs) - 1
    level, standing = _by_edge(flat, ys), _by_edge(upright, xs)
    group = {(r, c): (r, c) for r in range(rows) for c in range(columns)}

    def root(cell: tuple[int, int]) -> tuple[int, int]:
        while group[cell] != cell:
            group[cell] = group[group[cell]]
            cell = group[cell]
        return cell

    for r, c in group:
        if c + 1 < columns and not _covered(standing[xs[c + 1]], ys[r], ys[r + 1]):
            group[root((r, c + 1))] = root((r, c))
        if r + 1 < rows and not _covered(level[ys[r + 1]], xs[c], xs[c + 1]):
            group[root((r + 1, c))] = root((r, c))
    members: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for cell in group:
        members.setdefault(root(cell), []).append(cell)
    blocks = (block for cells in members.values() for block in ([cells] if _is_block(cells) else [[c] for c in cells]))
    return [_region(block, xs, ys, level) for block in blocks]


def _is_block(cells: Sequence[tuple[int, int]]) -> bool:
    height = max(r for r, _ in cells) - min(r for r, _ in cells) + 1
    width = max(c for _, c in cells) - min(c for _, c in cells) + 1
    return height * width == len(cells)


def _region(
    cells: Sequence[tuple[int, int]], xs: Sequence[float], ys: Sequence[float], level: Mapping[float, Sequence[Rule]]
) -> Region:
    top, bottom = min(r for r, _ in cells), max(r for r, _ in cells)
    left, right = min(c for _, c in cells), max(c for _, c in cells)
    x0, x1 = xs[left], xs[right + 1]
    return Region(
        row=top,
        column=left,
        row_span=bottom - top + 1,
        column_span=right - left + 1,
        box=(x0, ys[top], x1, ys[bottom + 1]),
        open_top=not _covered(level[ys[top]], x0, x1),
        open_bottom=not _covered(level[ys[bottom + 1]], x0, x1),
    )


def _compressed(xs: Sequence[float], ys: Sequence[float], regions: Sequence[Region]) -> RuledTable | None:
    """Drop edges that part nothing; None for a frame with one cell."""
    if len(regions) < 2:
        return None
    keep_x = sorted({r.column for r in regions} | {r.column + r.column_span for r in regions})
    keep_y = sorted({r.row for r in regions} | {r.row + r.row_span for r in regions})
    new_x = {old: new for new, old in enumerate(keep_x)}
    new_y = {old: new for new, old in enumerate(keep_y)}
    moved = [
        Region(
            row=new_y[r.row],
            column=new_x[r.column],
            row_span=new_y[r.row + r.row_span] - new_y[r.row],
            column_span=new_x[r.column + r.column_span] - new_x[r.column],
            box=r.box,
            open_top=r.open_top,
            open_bottom=r.open_bottom,
        )
        for r in regions
    ]
    moved.sort(key=lambda region: (region.row, region.column))
    return RuledTable(xs=tuple(xs[i] for i in keep_x), ys=tuple(ys[i] for i in keep_y), regions=tuple(moved))

"""Flowing files (DOCX, DOC, RTF): paragraphs and tables in order → the text and the grids of a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipelines.attachments.tables import grid_text
from pipelines.statistics.grid import Grid

Block = str | Grid
"""A paragraph's text, or a table."""


def written(blocks: Sequence[Block]) -> tuple[str, tuple[Grid, ...]]:
    """Return paragraphs and tables as the text of a file and its grids, each with the text before it."""
    parts: list[str] = []
    grids: list[Grid] = []
    before: list[str] = []
    for block in blocks:
        if isinstance(block, str):
            before.append(block)
            continue
        grids.append(replace(block, before="\n".join(before)))
        parts += [*before, grid_text(block.rows)]
        before = []
    return "\n".join(part for part in [*parts, *before] if part.strip()), tuple(grids)


def cell_text(blocks: Sequence[Block]) -> str:
    """Return what stands in a cell as its text: a line a paragraph, a nested table as its rows."""
    parts = [block if isinstance(block, str) else grid_text(block.rows) for block in blocks]
    return "\n".join(part for part in parts if part.strip()).strip()

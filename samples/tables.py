"""The statutory tables as they are printed: rows of cells with their spans, from the forms' data and a report's cells.

One printed shape (`Printed`) serves every kind of file: HTML, PDF, Word and the ways in which text loses its markup.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from html import escape
from itertools import groupby

from archive.forms import CellSpec, form, table_form, TableForm
from archive.model import Cell

CORNER = "(本列数据的勾稽关系为:第一项加第二项之和,等于第三项加第四项之和)"
RESULTS = "三、本年度办理结果"
FULL_WIDTH = str.maketrans({"(": "（", ")": "）", ":": "：", ",": "，"})

Cells = Mapping[str, Cell]


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """One printed cell with its spans; `cell` is the id of the number in it, None for a label."""

    text: str
    across: int = 1
    down: int = 1
    cell: str | None = None


Rows = tuple[tuple[Printed, ...], ...]


def printed_table(form_id: str, table: str, cells: Cells) -> Rows:
    """Return one table of a form as printed rows, with the spans of the statutory layout."""
    layout = {"proactive_disclosure": _proactive, "applications": _applications, "review_litigation": _review}
    if table not in layout:
        return _summary(form_id, table, cells)
    return layout[table](table_form(form_id, table), cells)


def html_table(rows: Rows, wrap: Callable[[str], str] = escape, attributes: str = 'border="1"') -> str:
    """Return printed rows as an HTML table; `wrap` makes the inner HTML of a cell from its text."""
    lines = ("".join(_td(one, wrap) for one in row) for row in rows)
    return f"<table {attributes}><tbody>" + "\n".join(f"<tr>{line}</tr>" for line in lines) + "</tbody></table>"


def text_table(rows: Rows, layout: str) -> str:
    """Return printed rows as text that lost its markup: `pipes` or `tabs` a row a line, `lines` a cell a line."""
    if layout == "lines":
        return "\n\n".join(one.text for row in rows for one in row)
    join = {"pipes": " | ", "tabs": "\t"}[layout]
    return "\n".join(join.join(one.text for one in row) for row in rows)


def full_width(rows: Rows) -> Rows:
    """Return the rows with the labels' brackets, colons and commas in full width, as most organs print them."""
    return tuple(tuple(_full_width(one) for one in row) for row in rows)


def _full_width(one: Printed) -> Printed:
    if one.cell is not None:
        return one
    return Printed(text=one.text.translate(FULL_WIDTH), across=one.across, down=one.down)


def _td(one: Printed, wrap: Callable[[str], str]) -> str:
    spans = f' colspan="{one.across}"' * (one.across > 1) + f' rowspan="{one.down}"' * (one.down > 1)
    return f"<td{spans}>{wrap(one.text)}</td>"


def _number(spec: CellSpec, cells: Cells, across: int = 1) -> Printed:
    return Printed(text=cells[spec.id].raw, across=across, cell=spec.id)


def _proactive(table: TableForm, cells: Cells) -> Rows:
    width = max(len(list(columns)) for _, columns in groupby(table.cells, key=lambda spec: spec.row))
    blocks = groupby(table.cells, key=lambda spec: spec.group or "")
    return tuple(row for clause, specs in blocks for row in _clause(clause, tuple(specs), cells, width))


def _clause(clause: str, specs: tuple[CellSpec, ...], cells: Cells, width: int) -> Rows:
    by_row = [tuple(each) for _, each in groupby(specs, key=lambda spec: spec.row)]
    heads = [spec.column_label or "" for spec in by_row[0]]
    last = width - len(heads) + 1
    spans = [1] * (len(heads) - 1) + [last]
    header = (Printed(text="信息内容"), *(Printed(text=text, across=span) for text, span in zip(heads, spans, strict=True)))
    lines = (_clause_row(row, spans, cells) for row in by_row)
    return ((Printed(text=clause, across=width + 1),), header, *lines)


def _clause_row(row: tuple[CellSpec, ...], spans: list[int], cells: Cells) -> tuple[Printed, ...]:
    values = (_number(spec, cells, span) for spec, span in zip(row, spans, strict=True))
    return (Printed(text=row[0].label), *values)


def _applications(table: TableForm, cells: Cells) -> Rows:
    by_row = [tuple(each) for _, each in groupby(table.cells, key=lambda spec: spec.row)]
    results = [row for row in by_row if row[0].group is not None]
    lead = Printed(text=RESULTS, down=len(results))
    grouped = (_group(tuple(rows), cells) for _, rows in groupby(by_row, key=lambda row: row[0].group))
    lines = [line for lines in grouped for line in lines]
    first = by_row.index(results[0])
    lines[first] = (lead, *lines[first])
    return (*_applications_header(by_row[0]), *lines)


def _applications_header(first: tuple[CellSpec, ...]) -> Rows:
    person, *legal, total = (spec.column_label or "" for spec in first)
    return (
        (Printed(text=CORNER, across=3, down=3), Printed(text="申请人情况", across=len(first))),
        (Printed(text=person, down=2), Printed(text="法人或其他组织", across=len(legal)), Printed(text=total, down=2)),
        tuple(Printed(text=label) for label in legal),
    )


def _group(rows: tuple[tuple[CellSpec, ...], ...], cells: Cells) -> Rows:
    group = rows[0][0].group
    values = [tuple(_number(spec, cells) for spec in row) for row in rows]
    across = 3 if group is None else 2 if group == "三" else 1
    lines = [(Printed(text=row[0].label, across=across), *each) for row, each in zip(rows, values, strict=True)]
    if across == 1:
        lines[0] = (Printed(text=group or "", down=len(rows)), *lines[0])
    return tuple(lines)


def _review(table: TableForm, cells: Cells) -> Rows:
    recon = [spec for spec in table.cells if " / " not in (spec.group or "")]
    suits = [spec for spec in table.cells if spec not in recon]
    paths = [(path, list(specs)) for path, specs in groupby(suits, key=lambda spec: spec.group or "")]
    top = (Printed(text="行政复议", across=len(recon)), Printed(text="行政诉讼", across=len(suits)))
    ways = (Printed(text=path.partition(" / ")[2], across=len(specs)) for path, specs in paths)
    middle = (*(Printed(text=spec.label, down=2) for spec in recon), *ways)
    low = tuple(Printed(text=spec.label) for spec in suits)
    return (top, middle, low, tuple(_number(spec, cells) for spec in table.cells))


def _summary(form_id: str, table: str, cells: Cells) -> Rows:
    head = tuple(Printed(text=text) for text in ("统计指标", "单位", "统计数"))
    return (head, *_summary_rows(form(form_id).tables[table], cells))


def _summary_rows(table: TableForm, cells: Cells) -> Iterable[tuple[Printed, ...]]:
    headings = iter(table.headings)
    for spec in table.cells:
        if spec.id in OPENED_BY_HEADING:
            yield (Printed(text=next(headings)), Printed(text="——"), Printed(text="——"))
        yield (Printed(text=spec.label), Printed(text=spec.unit or ""), _number(spec, cells))


OPENED_BY_HEADING = frozenset(
    {
        *("proactive_items", "channel_gazette", "responses_to_public_concerns", "press_conferences"),
        *("requests_received", "dedicated_bodies", "meetings"),
    },
)
"""Numeric rows of 国办发〔2014〕32号's table before which a heading row stands (`TableForm` keeps those apart)."""

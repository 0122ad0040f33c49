"""Pages whose prose, numbers and furniture are known: made-up ones of the sample portals, real ones, and real reports set into a page.

The corpus has few real pages whose cells are marked, and many real reports that came to us as text. Such a report's own lines and the
numbers of its hand-checked truth stand here in the frame of a portal's page: real words and numbers, a made-up frame.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from lxml import html

from archive.forms import FORM_IDS, table_form
from archive.model import Cell, TABLE_NAMES
from samples.pages import BENCH, lean_page, page, word_page
from samples.portals import portals, report_of
from samples.reports import SampleReport
from samples.site import Request
from samples.tables import html_table, printed_table, Rows

FURNITURE = (
    "无障碍浏览", "长者助手", "您当前的位置", "浏览次数", "字号", "打印本页", "分享到", "新浪微博", "扫一扫在手机打开当前页", "关闭窗口", "相关信息",
    "版权所有", "技术支持", "网站标识码", "支持IPv6", "1024×768", "上一篇", "下一篇", "我要纠错", "责任编辑", "主办单位", "ICP备", "公网安备",
)  # fmt: skip
_FRAME = ("当前位置", "所在位置", "网友上传", *FURNITURE)
"""Of the page that a text was taken from, not of the report."""
_SHORTEST = 20
"""Characters of a paragraph that counts as prose."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """A printed row's numbers: the row's own label (empty in table four), the column of the whole grid at which they begin (None
    where only their order at the row's end is known), what is printed and which cells they are.
    """

    label: str
    first: int | None
    printed: tuple[str, ...]
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """A page and what it holds, all without white space: paragraphs of prose, rows of numbers, strings of furniture."""

    name: str
    markup: str
    prose: tuple[str, ...]
    rows: tuple[Numbers, ...] = ()

    @property
    def furniture(self) -> tuple[str, ...]:
        """The strings of furniture that the page shows."""
        shown = squeezed(str(html.fromstring(self.markup).text_content()))
        return tuple(word for word in FURNITURE if word in shown and not any(word in paragraph for paragraph in self.prose))


def squeezed(text: str) -> str:
    """Return a text without white space."""
    return "".join(text.split())


def bench_pages(report: SampleReport) -> list[Marked]:
    """Return the two pages of the bench."""
    pages = {"lean": lean_page(), "word": word_page()}
    return [Marked(name=name, markup=markup, prose=_prose(report), rows=_rows(report)) for name, markup in pages.items()]


def portal_pages(most: int = 4) -> Iterator[Marked]:
    """Yield up to so many pages of reports of each sample portal, in its own frame and markup; none that a script has yet to fill."""
    for portal in portals().values():
        for one in [each for each in portal.expected if each.file is None][:most]:
            parts = urlsplit(one.url)
            answer = portal.hosts.get(parts.hostname or "")
            found = answer(Request(host=parts.hostname or "", path=parts.path, query=parts.query)) if answer else None
            markup = found.body.decode("utf-8", "replace") if found else ""
            report = report_of(one)
            prose, plain = _prose(report), squeezed(markup)
            if "<html" in markup[:500] and all(paragraph in plain for paragraph in prose):
                yield Marked(name=one.url, markup=markup, prose=prose, rows=_rows(report))


def corpus_pages(corpus: Path) -> Iterator[Marked]:
    """Yield the corpus's reports whose cells are marked: real pages as they are, texts in the frame of a page. None without a corpus."""
    for folder in sorted((corpus / "reports").glob("*")) if corpus.is_dir() else ():
        truth = json.loads((folder / "truth.json").read_text("utf-8"))["statistics"]
        tables = {name: table["cells"] for name, table in truth.items() if name in TABLE_NAMES and table}
        source = next((path for name in ("source.html", "source.txt", "source.md") if (path := folder / name).exists()), None)
        if source is not None:
            text = source.read_bytes().decode("utf-8", "replace")
            yield _real(folder.name, text, tables) if source.suffix == ".html" else _framed(folder.name, text, tables)


def _real(name: str, markup: str, tables: Mapping[str, Mapping[str, Any]]) -> Marked:
    root = html.fromstring(markup)
    plain = [node for node in root.iter("p") if not any(True for _ in node.iterancestors("table")) and not node.findall(".//a")]
    prose = tuple(text for node in plain if len(text := squeezed(str(node.text_content()))) > _SHORTEST)
    rows = tuple(row for table, cells in tables.items() for row in _of_truth(table, cells, _form(table, cells), ordered=True))
    return Marked(name=name, markup=markup, prose=prose, rows=rows)


def _framed(name: str, text: str, tables: Mapping[str, Mapping[str, Any]]) -> Marked:
    lines = [line.strip() for line in re.split(r"[\r\n]+", text) if _is_prose(line)]
    known = {table: cells for table, cells in tables.items() if _form(table, cells) is not None}
    printed = [html_table(_printed(table, cells, _form(table, cells) or "")) for table, cells in known.items()]
    body = "".join(f"<p>{escape(line)}</p>" for line in lines) + "".join(printed)
    rows = tuple(row for table, cells in known.items() for row in _of_truth(table, cells, _form(table, cells), ordered=False))
    markup = page(BENCH, name, f'<div class="TRS_Editor">{body}</div>')
    return Marked(name=name, markup=markup, prose=tuple(map(squeezed, lines)), rows=rows)


def _is_prose(line: str) -> bool:
    """Say whether a line is a sentence rather than a table's row or a piece of one."""
    letters = len(re.findall(r"[\u4e00-\u9fff]", line))
    is_frame = any(word in line for word in _FRAME)
    return (
        letters > _SHORTEST
        and not is_frame
        and "|" not in line
        and "\t" not in line
        and len(re.findall(r"\d", line)) < letters / 3
    )


def _form(table: str, cells: Mapping[str, Any]) -> str | None:
    """The form whose cells a table's truth lists, None where it lists only some of them."""
    fits = (form for form in FORM_IDS if {spec.id for spec in _specs(form, table)} == set(cells))
    return next(fits, None)


def _specs(form: str, table: str) -> Sequence[Any]:
    try:
        return table_form(form, table).cells
    except KeyError:
        return ()


def _printed(table: str, cells: Mapping[str, Any], form: str) -> Rows:
    raw = {name: Cell(value=None, raw=_text(cell) or "", kind="text") for name, cell in cells.items()}
    return printed_table(form, table, raw)


def _text(cell: Any) -> str | None:
    """What a cell of a truth prints, None where the truth does not tell."""
    if isinstance(cell, dict):
        return str(cell["raw"]) if "raw" in cell else None
    return "" if cell is None else str(cell)


def _of_truth(table: str, cells: Mapping[str, Any], form: str | None, *, ordered: bool) -> Iterator[Numbers]:
    """Yield a marked table's rows of numbers, as far as all of a row's are told; `ordered` where the real markup's columns are not known."""
    for row in _numbers_of(table, _printed(table, cells, form)) if form else ():
        if all(_text(cells[name.partition("/")[2]]) is not None for name in row.cells):
            yield Numbers(row.label, None if ordered else row.first, row.printed, row.cells)


def _prose(report: SampleReport) -> tuple[str, ...]:
    return tuple(squeezed(block) for block in report.blocks() if isinstance(block, str) and len(block) > _SHORTEST)


def _rows(report: SampleReport) -> tuple[Numbers, ...]:
    tables = (block for block in report.blocks() if not isinstance(block, str))
    return tuple(row for table, rows in zip(report.truth, tables, strict=True) for row in _numbers_of(table, rows))


def _numbers_of(table: str, rows: Rows) -> Iterator[Numbers]:
    for printed, columns in _placed(rows):
        numbers = [(one, column) for one, column in zip(printed, columns, strict=True) if one.cell is not None]
        labels = [one.text for one in printed if one.cell is None]
        if numbers:
            ids = tuple(f"{table}/{one.cell}" for one, _ in numbers)
            yield Numbers(squeezed(labels[-1]) if labels else "", numbers[0][1], tuple(one.text for one, _ in numbers), ids)


def _placed(rows: Rows) -> Iterator[tuple[tuple[Any, ...], list[int]]]:
    """Yield each printed row with the column of the whole grid at which each of its cells begins."""
    hanging: dict[int, int] = {}
    for row in rows:
        column, columns, begun = 0, [], dict[int, int]()
        for one in row:
            while hanging.get(column, 0):
                column += 1
            columns.append(column)
            begun |= dict.fromkeys(range(column, column + one.across), one.down - 1)
            column += one.across
        hanging = {place: left - 1 for place, left in hanging.items() if left > 1} | {k: v for k, v in begun.items() if v}
        yield row, columns

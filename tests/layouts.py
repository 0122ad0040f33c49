"""One truth in many layouts: the ways in which portals, converters and scrapers print the statutory tables.

`LAYOUTS` maps a name to a function from printed tables (text by table and cell id) to the payload; its kind says which entry
point reads it, and how much of it can be read: `all`, or `some` where the layout itself loses cells.
"""

from dataclasses import dataclass
from html import escape

from archive.forms import table_form

CORNER = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"
HEADINGS = {
    "proactive_disclosure": "二、主动公开政府信息情况",
    "applications": "三、收到和处理政府信息公开申请情况",
    "review_litigation": "四、政府信息公开行政复议、行政诉讼情况",
    "summary_2014": "政府信息公开情况统计表",
    "local_2008": "政府信息公开指标统计表",
}
INTRO = "一、总体情况\n2023年，本机关共收到政府信息公开申请3件，予以公开3件，部分公开0件。规范性文件5件。"
OUTRO = "五、存在的主要问题及改进情况\n2023年公开12件，仍存在不足。\n六、其他需要报告的事项\n无。"


@dataclass(frozen=True)
class Td:
    """A printed cell: text, spans, the id of the number in it, and whether it is a group cell or a header."""

    text: str
    across: int = 1
    down: int = 1
    cell: str | None = None
    group: bool = False
    header: bool = False


def rows_of(form, name, cells):
    """Return a table as rows of `Td` in the statutory layout."""
    return {"proactive_disclosure": _two, "applications": _three, "review_litigation": _four}.get(name, _one)(form, name, cells)


def _two(form, name, cells):
    rows, clause = [], None
    for row in table_form(form, name).rows:
        specs = [spec for spec in table_form(form, name).cells if spec.row == row]
        width = {1: (3,), 2: (1, 2), 3: (1, 1, 1)}[len(specs)]
        heads = [spec.column_label for spec in specs]
        if (specs[0].group, heads) != clause:
            if clause is None or clause[0] != specs[0].group:
                rows.append([Td(specs[0].group, across=4, header=True)])
            clause = (specs[0].group, heads)
            rows.append(
                [Td("信息内容", header=True), *(Td(h, across=w, header=True) for h, w in zip(heads, width, strict=True))]
            )
        rows.append([Td(specs[0].label), *(Td(cells[s.id], across=w, cell=s.id) for s, w in zip(specs, width, strict=True))])
    return rows


def _three(form, name, cells):
    table = table_form(form, name)
    h = {"header": True}
    rows = [
        [Td(CORNER, across=3, down=3, **h), Td("申请人情况", across=7, **h)],
        [Td("自然人", down=2, **h), Td("法人或其他组织", across=5, **h), Td("总计", down=2, **h)],
        [Td(text, **h) for text in ("商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他")],
    ]
    groups = {}
    for spec in table.cells:
        groups.setdefault(spec.group, []).append(spec.row)
    results = [row for row in table.rows if row not in ("new_received", "carried_in", "carried_out")]
    seen = set()
    for row in table.rows:
        specs = [spec for spec in table.cells if spec.row == row]
        group, label = specs[0].group, specs[0].label
        lead = [Td("三、本年度办理结果", down=len(results), group=True)] if row == results[0] else []
        inner = group is not None and group != "三"
        if inner and group not in seen:
            lead.append(Td(group, down=len(set(groups[group])), group=True))
            seen.add(group)
        across = 3 if row not in results else 1 if inner else 2
        rows.append([*lead, Td(label, across=across), *(Td(cells[s.id], cell=s.id) for s in specs)])
    return rows


def _four(form, name, cells):
    specs = table_form(form, name).cells
    h = {"header": True}
    words = ("结果维持", "结果纠正", "其他结果", "尚未审结", "总计")
    return [
        [Td("行政复议", across=5, **h), Td("行政诉讼", across=10, **h)],
        [*(Td(word, down=2, **h) for word in words), Td("未经复议直接起诉", across=5, **h), Td("复议后起诉", across=5, **h)],
        [Td(word, **h) for word in words * 2],
        [Td(cells[spec.id], cell=spec.id) for spec in specs],
    ]


def _one(form, name, cells):
    head = {"2014": ("统计指标", "单位", "统计数"), "2008": ("指标名称", "计量单位", "本期实际")}[form]
    rows = [[Td(word, header=True) for word in head]]
    return rows + [[Td(spec.label), Td(spec.unit), Td(cells[spec.id], cell=spec.id)] for spec in table_form(form, name).cells]


# ---- HTML


def _td(one, *, wrap="{}", rowspan=True, colspan=True):
    spans = (f' colspan="{one.across}"' if colspan and one.across > 1 else "") + (
        f' rowspan="{one.down}"' if rowspan and one.down > 1 else ""
    )
    return f"<td{spans}>{wrap.format(escape(one.text) or '&nbsp;')}</td>"


def _html(tables, **options):
    return "".join("<tr>" + "".join(_td(one, **options) for one in row) + "</tr>\n" for row in tables)


def page(report, form, table):
    """Return a page with the tables that `table` makes of rows, between the usual prose."""
    parts = [f"<p>{line}</p>" for line in INTRO.split("\n")]
    for name, cells in report.items():
        parts += [f"<p>{HEADINGS[name]}</p>", table(rows_of(form, name, cells))]
    parts += [f"<p>{line}</p>" for line in OUTRO.split("\n")]
    return "<html><body><div id='zoom'>" + "\n".join(parts) + "</div></body></html>"


def _plain(rows, **options):
    return f"<table>{_html(rows, **options)}</table>"


def _halved(rows, *, header):
    """The table in two, as over a page break, spans cut where the break is."""
    middle = len(rows) - len(rows) // 3 if len(rows) > 6 else len(rows)
    heads = [row for row in rows[:3] if all(one.header for one in row)] if header and len(rows[0]) == 2 else []
    second = heads + rows[middle:]
    return _plain(rows[:middle]) + (_plain(second) if middle < len(rows) else "")


def _broken_headers(rows):
    return [
        [
            Td(f"{one.text[:2]}\n{one.text[2:]}", one.across, one.down, one.cell, one.group, one.header)
            if one.header and len(one.text) == 4
            else one
            for one in row
        ]
        for row in rows
    ]


def _br(rows):
    return _plain(_broken_headers(rows)).replace("\n", "<br/>")


def _every_group(rows):
    """Group cells written out in each row, no row spans."""
    open_groups, lines = [], []
    for row in rows:
        open_groups = [(one, left - 1) for one, left in open_groups if left > 1]
        own = [one for one in row if one.group]
        lines.append([*(one for one, _ in open_groups), *row])
        open_groups += [(one, one.down) for one in own]
    return _plain(lines, rowspan=False)


def _spanned(rows):
    """Every character in a span of its own, as Word pastes it."""
    html = "".join(
        "<tr>"
        + "".join(
            f'<td colspan="{one.across}" rowspan="{one.down}"><p class="MsoNormal">'
            + "".join(f'<span style="font-size:12pt">{escape(c)}</span>' for c in one.text)
            + "</p></td>"
            for one in row
        )
        + "</tr>"
        for row in rows
    )
    return f"<table>{html}</table>"


def _divs(rows):
    return "".join(
        "<div class='row'>" + "".join(f"<div class='cell'>{escape(one.text)}</div>" for one in row) + "</div>" for row in rows
    )


# ---- text


def text(report, form, table, *, newline="\n"):
    """Return a text with the tables that `table` makes of rows, between the usual prose."""
    parts = [INTRO]
    for name, cells in report.items():
        parts += [HEADINGS[name], table(rows_of(form, name, cells))]
    return newline.join([*parts, OUTRO]).replace("\n", newline)


def _padded(join, close):
    """A row a line, cells joined, and a run of bars for the columns that spans took."""

    def table(rows):
        width = max(sum(one.across for one in row) for row in rows)
        return "\n".join(join.join(one.text for one in row) + close + "|" * (width - len(row)) for row in rows)

    return table


def _tabs(rows):
    """A row a line as a spreadsheet copies it: an empty cell for each that a span covers."""
    covered, lines = {}, []
    for number, row in enumerate(rows):
        line, column = [], 0
        for one in row:
            while (number, column) in covered:
                line.append("")
                column += 1
            line += [one.text] + [""] * (one.across - 1)
            covered |= {(number + d, column + a): 1 for d in range(1, one.down) for a in range(one.across)}
            column += one.across
        lines.append("\t".join(line))
    return "\n".join(lines)


def _cells(join):
    return lambda rows: join.join(one.text for row in rows for one in row)


def _no_blanks(join):
    return lambda rows: join.join(one.text for row in rows for one in row if one.text)


def _rhythm(rows):
    """Cells end with three carriage returns, rows with two more, whether the cell is empty or not."""
    return "\r\r\r\r" + "".join("".join(one.text + "\r\r\r" for one in row) + "\r\r" for row in rows)


def _glued(rows):
    return "".join(one.text for row in rows for one in row)


def _markdown(rows):
    lines = ["| " + " | ".join(one.text for one in row) + " |" for row in rows]
    return "\n".join([lines[0], "|" + "---|" * len(rows[0]), *lines[1:]])


def _deduplicated(rows):
    return "\n".join(dict.fromkeys(one.text for row in rows for one in row if one.text))


def _wrapped(rows):
    """One cell a line, long labels over two lines."""
    return "\n".join(
        line
        for row in rows
        for one in row
        for line in ([one.text[:9], one.text[9:]] if not one.cell and 14 < len(one.text) < 24 else [one.text])
    )


def _spaced(rows):
    return "\n".join(" ".join(one.text for one in row) for row in rows)


def _values_first(rows):
    """A row's values on the line before its label, as some PDF texts have it."""
    lines = []
    for row in rows:
        values = " ".join(one.text for one in row if one.cell)
        lines += [line for line in (values, *(one.text for one in row if not one.cell)) if line]
    return "\n".join(lines)


def _numbered_pages(rows):
    lines = [" | ".join(one.text for one in row) for row in rows]
    return "\n".join(line + ("\n— 7 —" if k % 9 == 8 else "") for k, line in enumerate(lines))


def _headless(rows):
    """Table four's header without its second words, as a converter leaves it."""
    cut = {"结果维持": "结果", "结果纠正": "结果", "其他结果": "其他", "尚未审结": "尚未"}
    seen = set()
    out = []
    for row in rows:
        line = []
        for one in row:
            known = one.text in cut and one.text in seen
            seen.add(one.text)
            line.append(cut[one.text] if known or (one.text in cut and one.text != "结果维持") else one.text)
        out.append(" | ".join(line))
    return "\n".join(out)


def _wide(rows):
    wide = str.maketrans("0123456789", "０１２３４５６７８９")
    return "\n\n".join(one.text.translate(wide) for row in rows for one in row)


def _definitions(rows):
    note = "：指各级人民政府制定的规范性文件。其名称一般称“规定”、“办法”"
    return "\n\n".join(one.text + (note if one.text == "规章" else "") for row in rows for one in row)


def _typo(rows):
    return "\n".join(
        " | ".join(
            one.text.replace("禁止公开", "止公开").replace("过程性信息", "过程信息").replace("传真", "传直") for one in row
        )
        for row in rows
    )


def _stated(rows):
    """Label, colon, value and unit of the one-column tables; the other tables between bars."""
    lines = []
    for row in rows:
        if len(row) == 3 and row[2].cell and not row[1].cell:
            lines.append(f"{row[0].text}：{row[2].text}{row[1].text}")
        else:
            lines.append(" | ".join(one.text for one in row))
    return "\n".join(lines)


def _nameless(rows):
    """Table four without any word of its header."""
    is_four = rows[0][0].text == "行政复议"
    return [[Td("", one.across, one.down) if one.header else one for one in row] for row in rows] if is_four else rows


HTML = {
    "span grid": lambda r, f: page(r, f, _plain),
    "no row spans": lambda r, f: page(r, f, lambda rows: _plain(rows, rowspan=False)),
    "no column spans": lambda r, f: page(r, f, lambda rows: _plain(rows, colspan=False)),
    "no spans at all": lambda r, f: page(r, f, lambda rows: _plain(rows, rowspan=False, colspan=False)),
    "group cells in each row": lambda r, f: page(r, f, _every_group),
    "nested in a layout table": lambda r, f: page(r, f, lambda rows: f"<table><tr><td>{_plain(rows)}</td></tr></table>"),
    "split in two": lambda r, f: page(r, f, lambda rows: _halved(rows, header=False)),
    "split, header repeated": lambda r, f: page(r, f, lambda rows: _halved(rows, header=True)),
    "every cell a paragraph": lambda r, f: page(r, f, lambda rows: _plain(rows, wrap="<p>{}</p>")),
    "cells of divs and spans": lambda r, f: page(r, f, lambda rows: _plain(rows, wrap="<div><span> {} </span></div>")),
    "headers with br": lambda r, f: page(r, f, _br),
    "word": lambda r, f: page(r, f, _spanned),
    "th": lambda r, f: page(r, f, lambda rows: _plain(rows).replace("<td", "<th").replace("</td>", "</th>")),
    "table four without header": lambda r, f: page(r, f, lambda rows: _plain(_nameless(rows))),
    "rows of divs": lambda r, f: page(r, f, _divs),
}
TEXT = {
    "pipes with padding": lambda r, f: text(r, f, _padded(" | ", " | ")),
    "open pipes": lambda r, f: text(r, f, lambda rows: "\n".join(" | ".join(one.text for one in row) for row in rows)),
    "a cell a line, bars": lambda r, f: text(r, f, _cells(" |\n")),
    "tabs": lambda r, f: text(r, f, _tabs),
    "markdown": lambda r, f: text(r, f, _markdown),
    "a cell a line": lambda r, f: text(r, f, _cells("\n")),
    "a cell a paragraph": lambda r, f: text(r, f, _cells("\n\n")),
    "full-width spaces": lambda r, f: text(r, f, _cells("\u3000")),
    "carriage returns": lambda r, f: text(r, f, _rhythm, newline="\r"),
    "labels over two lines": lambda r, f: text(r, f, _wrapped),
    "spaces": lambda r, f: text(r, f, _spaced),
    "all in one line": lambda r, f: " ".join(text(r, f, _spaced).split()),
    "a line of bars": lambda r, f: text(r, f, _cells("|")),
    "page numbers inside": lambda r, f: text(r, f, _numbered_pages),
    "header words lost": lambda r, f: text(r, f, _headless),
    "full-width digits": lambda r, f: text(r, f, _wide),
    "definitions in labels": lambda r, f: text(r, f, _definitions),
    "label: value": lambda r, f: text(r, f, _stated),
    "table four without header words": lambda r, f: text(r, f, lambda rows: _cells("\n")(_nameless(rows))),
    "typing errors": lambda r, f: text(r, f, _typo),
}
LOSSY = {
    "glued": lambda r, f: text(r, f, _glued),
    "values before labels": lambda r, f: text(r, f, _values_first),
    "values before labels, one line": lambda r, f: " ".join(text(r, f, _values_first).split()),
    "values before labels, lines": lambda r, f: text(r, f, lambda rows: _values_first(rows).replace(" ", "\n")),
    "lines deduplicated": lambda r, f: text(r, f, _deduplicated),
}
BLANKS_KEPT = (
    "span grid",
    "no row spans",
    "group cells in each row",
    "every cell a paragraph",
    "split in two",
    "word",
    "tabs",
    "open pipes",
    "markdown",
    "carriage returns",
)
BLANKS_DROPPED = {
    "blanks dropped, lines": lambda r, f: text(r, f, _no_blanks("\n")),
    "blanks dropped, paragraphs": lambda r, f: text(r, f, _no_blanks("\n\n")),
    "blanks dropped, bars": lambda r, f: text(r, f, _no_blanks(" |\n")),
    "blanks dropped, glued": lambda r, f: text(r, f, _glued),
    "blanks dropped, spaces": lambda r, f: text(
        r, f, lambda rows: "\n".join(" ".join(one.text for one in row if one.text) for row in rows)
    ),
    "blanks dropped, pipes": lambda r, f: text(
        r, f, lambda rows: _padded(" | ", " | ")([[one for one in row if one.text] for row in rows])
    ),
}

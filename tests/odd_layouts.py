"""Odd layouts, found by trying to make the reader err: `READ` lose nothing, of `SAID` every cell is right or said to be unread.

As in `tests/layouts.py` each name has a function from printed tables and a form's id to a page or a text.
"""

from dataclasses import replace
from html import escape

from tests.layouts import page, Td, text

DIGITS = "0123456789"
APPLICANTS = ("自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他", "总计")


def _spans(one):
    return (f' colspan="{one.across}"' if one.across > 1 else "") + (f' rowspan="{one.down}"' if one.down > 1 else "")


def _text(one):
    return escape(one.text)


def table(rows, cell=_text):
    """The rows as a table, each cell's content made by `cell`."""
    return "<table>" + "".join(line(row, cell) for row in rows) + "</table>"


def line(row, cell=_text):
    """One row of a table."""
    return "<tr>" + "".join(f"<td{_spans(one)}>{cell(one)}</td>" for one in row) + "</tr>"


def numbers(change):
    """A table whose numbers are changed."""
    return lambda rows: table(rows, lambda one: change(one.text) if one.cell and one.text else _text(one))


def is_data(row):
    """Whether a row holds numbers."""
    return any(one.cell for one in row)


def headers(rows):
    """The rows of headers at a table's top."""
    found = []
    for row in rows:
        if is_data(row):
            break
        found.append(row)
    return found


def first_value(row):
    """Where a row's numbers begin."""
    return next(k for k, one in enumerate(row) if one.cell)


def open_row_spans(rows):
    """The group cell of the results spans to the end of its section (`rowspan=0`)."""
    start = next((k for k, row in enumerate(rows) if any(one.group and one.down > 10 for one in row)), None)
    if start is None:
        return table(rows)
    end = start + max(one.down for one in rows[start])
    parts = (rows[:start], rows[start:end], rows[end:])
    html = "<table>" + "".join("<tbody>" + "".join(map(line, part)) + "</tbody>" for part in parts) + "</table>"
    return html.replace(f'rowspan="{end - start}"', 'rowspan="0"')


def foot_first(rows):
    """The last row in a foot that the markup has before the body."""
    return f"<table><tfoot>{line(rows[-1])}</tfoot><tbody>{''.join(map(line, rows[:-1]))}</tbody></table>"


def inner_rows(rows):
    """A row's numbers in a table of their own within one cell."""
    lines = []
    for row in rows:
        values = [one for one in row if one.cell]
        inner = f"<td colspan='7'>{table([values])}</td>" if values else ""
        lines.append(line([one for one in row if not one.cell]).replace("</tr>", inner + "</tr>"))
    return "<table>" + "".join(lines) + "</table>"


def continued(rows):
    """续表: the table goes on in another, its headers again."""
    if len(rows) < 7:
        return table(rows)
    cut = len(rows) * 2 // 3
    return f"{table(rows[:cut])}<p>续表</p>{table([*headers(rows), *rows[cut:]])}"


def headers_on_each_page(rows):
    """The headers again after every nine rows, and no cell over a page's end."""
    top = headers(rows) if len(rows) > 20 else []
    body = [[replace(one, down=1) for one in row] for row in rows[len(top) :]]
    return table([*top, *(one for k, row in enumerate(body) for one in ([row, *top] if k % 9 == 8 else [row]))])


def chosen(rows):
    """Each number the chosen option of a list."""
    return table(
        rows,
        lambda one: f"<select><option>1</option><option selected>{one.text}</option></select>" if one.cell else _text(one),
    )


def hidden_cells(rows):
    """Beside each number one that nobody sees."""
    return table(rows).replace("</td>", "</td><td style='display: none'>7</td>")


def tables_of_a_row(rows):
    """Every row a table."""
    return "".join(table([row]) for row in rows)


def leading_index(rows):
    """A column of running numbers before the labels; table four, whose row has no label, without."""
    if len(rows) < 5:
        return table(rows)
    return table([[Td(str(k)) if is_data(row) else Td("序号"), *row] for k, row in enumerate(rows)])


def with_codes(rows, *, broken=False):
    """A column of line codes (行次) between label and numbers; `broken` ones don't rise."""
    out, number = [], 0
    for row in rows:
        number += is_data(row)
        if is_data(row):
            at = 1 if len(row) == 3 and row[2].cell and not row[1].cell else first_value(row)
            out.append([*row[:at], Td(str(7 if broken else number)), *row[at:]])
        else:
            code = [Td("行次", down=row[0].down)] if row[0].text == "信息内容" or row is rows[0] else []
            out.append([row[0], *code, *row[1:]])
    return out


def turned(rows):
    """Rows as columns."""
    covered = {}
    for r, row in enumerate(rows):
        c = 0
        for one in row:
            while (r, c) in covered:
                c += 1
            covered |= {(r + i, c + k): (one, i + k == 0) for i in range(one.down) for k in range(one.across)}
            c += one.across
    wide, high = max(c for _, c in covered) + 1, max(r for r, _ in covered) + 1
    return table(
        [
            [replace(one, across=one.down, down=one.across) for r in range(high) for one, first in [covered.get((r, c), (None, 0))] if first]
            for c in range(wide)
        ]
    )  # fmt: skip


def halves(rows):
    """The first half of the columns in one table, the labels again with the others in a second."""

    def half(row, *, first):
        values = [one for one in row if one.cell]
        kept = values[: (len(values) + 1) // 2] if first else values[(len(values) + 1) // 2 :]
        return [one for one in row if not one.cell or one in kept]

    return table([half(row, first=True) for row in rows]) + table([half(row, first=False) for row in rows])


def columns_of_lines(rows):
    """One row, each of its cells a whole column."""
    body = [row for row in rows if is_data(row)]
    width = max(sum(bool(one.cell) for one in row) for row in body)
    labels = "<br>".join(" ".join(one.text for one in row if not one.cell) for row in body)
    columns = ["<br>".join(([one.text for one in row if one.cell] + [""] * width)[k] for row in body) for k in range(width)]
    cells = "".join(f"<td>{text}</td>" for text in (labels, *columns))
    return table(headers(rows)).replace("</table>", f"<tr>{cells}</tr></table>")


def two_rows_in_one(rows):
    """Every two rows of one shape in one, their cells' lines one below the other."""
    out, k = [], 0
    while k < len(rows):
        pair = rows[k : k + 2]
        if (
            len(pair) == 2
            and all(map(is_data, pair))
            and len(pair[0]) == len(pair[1])
            and not any(one.group for one in pair[0] + pair[1])
        ):
            out.append([Td(f"{one.text}\n{other.text}", one.across, one.down) for one, other in zip(*pair, strict=True)])
            k += 2
        else:
            out.append(rows[k])
            k += 1
    return table(out, lambda one: _text(one).replace("\n", "<br>"))  # fmt: skip


def labels_behind(rows):
    """Numbers first, then their label."""
    return [[*(one for one in row if one.cell), *(one for one in row if not one.cell)] if is_data(row) else row for row in rows]


def last_year_beside(rows):
    """Beside each number that of the year before."""
    return [[part for one in row for part in ([one, Td("77")] if one.cell else [one])] for row in rows]


def with_shares(rows):
    """A column of shares behind the numbers."""
    return [[*row, Td("12.5%") if is_data(row) else Td("占比")] for row in rows]


def merged_noughts(rows):
    """One nought for a row of noughts or blanks."""
    out = []
    for row in rows:
        values = [one for one in row if one.cell]
        merged = len(values) > 1 and all(one.text in ("0", "") for one in values)
        out.append([*(one for one in row if not one.cell), Td("0", across=len(values))] if merged else row)
    return out


def total_first(rows):
    """The column of totals before those of the applicants."""
    out = []
    for row in rows:
        values = [one for one in row if one.cell]
        if len(values) == 7:
            out.append([*(one for one in row if not one.cell), values[-1], *values[:-1]])
        else:
            out.append([row[2], row[0], row[1]] if len(row) == 3 and row[2].text == "总计" else row)
    return out


def columns_reversed(rows):
    """Table two's three columns from last to first, its headers too."""
    wide = [len(row) == 4 for row in rows]
    return [[row[0], *row[:0:-1]] if one else row for row, one in zip(rows, wide, strict=True)]


def rows_in_another_order(rows, *, shuffled):
    """The rows of numbers from last to first, or shuffled, each without its group."""
    body = [[replace(one, down=1) for one in row if not one.group] for row in rows if is_data(row)]
    body = sorted(body, key=lambda row: row[-2].text[::-1] + row[0].text[2:]) if shuffled else body[::-1]
    return [*(row for row in rows if not is_data(row)), *body]


def with_subtotals(rows):
    """A column of subtotals before that of the totals."""
    out = []
    for row in rows:
        values = [one for one in row if one.cell]
        wide = len(values) == 7
        out.append([*row[:-1], Td(str(sum(int(one.text or 0) for one in values[1:6]))), row[-1]] if wide else row)
    return out


def joined(sign, change=lambda rows: rows):
    """A row a line, its cells joined by a sign."""
    return lambda rows: "\n".join(sign.join(one.text for one in row) for row in change(rows))


def wrapped(width, sign):
    """Lines broken after so many signs, wherever that is."""

    def lines(rows):
        whole = [sign.join(one.text for one in row) for row in rows]
        return "\n".join(text[k : k + width] for text in whole for k in range(0, max(len(text), 1), width))

    return lines


def paged(sign, number):
    """A page's end after every eight rows."""
    return lambda rows: "\n".join(
        sign.join(one.text for one in row) + (f"\n{number.format(k // 8 + 2)}" if k % 8 == 7 else "") for k, row in enumerate(rows)
    )  # fmt: skip


def labels_then_columns(rows):
    """All labels, then all numbers, column by column, as some PDF texts have it."""
    body = [[one.text for one in row if one.cell] for row in rows if is_data(row)]
    labels = [one.text for row in rows for one in row if not one.cell]
    return "\n".join(labels + [row[k] for k in range(max(map(len, body))) for row in body if k < len(row)])


def around(rows):
    """A long label's first half, the numbers, its second half."""
    out = []
    for row in rows:
        label = " ".join(one.text for one in row if not one.cell)
        values = " ".join(one.text for one in row if one.cell)
        half = len(label) // 2
        out += [label[:half], values, label[half:]] if values and len(label) > 14 else [f"{label} {values}".strip()]
    return "\n".join(out)


def named(rows):
    """Each of the seven numbers behind its applicant's name."""
    out = []
    for row in rows:
        values = [one.text for one in row if one.cell]
        told = [f"{name}{value}" for name, value in zip(APPLICANTS, values, strict=True)] if len(values) == 7 else values
        out.append(" ".join([*(one.text for one in row if not one.cell), *told]))
    return "\n".join(out)


def _page(make):
    return lambda report, form: page(report, form, make)


def _lines(make):
    return lambda report, form: text(report, form, make)


READ = {
    "open row spans": _page(open_row_spans),
    "foot first": _page(foot_first),
    "inner rows": _page(inner_rows),
    "continued": _page(continued),
    "headers on each page": _page(headers_on_each_page),
    "chosen options": _page(chosen),
    "hidden cells": _page(hidden_cells),
    "tables of a row": _page(tables_of_a_row),
    "leading index": _page(leading_index),
    "full-width digits": _page(numbers(lambda text: text.translate(str.maketrans(DIGITS, "０１２３４５６７８９")))),
    "thin spaces": _page(numbers(lambda text: f"&ensp;{text}&thinsp;\u2007")),
    "units": _page(numbers(lambda text: f"{text} 件")),
    "notes": _page(numbers(lambda text: f"{text}（注）")),
    "thousands": _page(numbers(lambda text: f"{int(text):,}".replace(",", "，"))),
    "total first": _page(lambda rows: table(total_first(rows))),
    "columns reversed": _page(lambda rows: table(columns_reversed(rows))),
}
SAID = {
    "spaced digits": _page(numbers(lambda text: " ".join(f"<span>{sign}</span>" for sign in text))),
    "circled digits": _page(numbers(lambda text: text.translate(str.maketrans(DIGITS, "⓪①②③④⑤⑥⑦⑧⑨")))),
    "stars": _page(numbers(lambda text: f"{text}*")),
    "numbered notes": _page(numbers(lambda text: f"{text}<sup>1</sup>")),
    "codes": _page(lambda rows: table(with_codes(rows))),
    "broken codes": _page(lambda rows: table(with_codes(rows, broken=True))),
    "turned": _page(turned),
    "halves": _page(halves),
    "columns of lines": _page(columns_of_lines),
    "two rows in one": _page(two_rows_in_one),
    "labels behind": _page(lambda rows: table(labels_behind(rows))),
    "last year beside": _page(lambda rows: table(last_year_beside(rows))),
    "rows reversed": _page(lambda rows: table(rows_in_another_order(rows, shuffled=False))),
    "rows shuffled": _page(lambda rows: table(rows_in_another_order(rows, shuffled=True))),
    "subtotals": _page(lambda rows: table(with_subtotals(rows))),
    "shares": _page(lambda rows: table(with_shares(rows))),
    "merged noughts": _page(lambda rows: table(merged_noughts(rows))),
    **{
        f"{name}, {title}": _lines(joined(sign, change))
        for name, change in {
            "total first": total_first,
            "columns reversed": columns_reversed,
            "last year beside": last_year_beside,
            "shares": with_shares,
            "merged noughts": merged_noughts,
            "subtotals": with_subtotals,
        }.items()
        for title, sign in {"spaces": " ", "bars": " | ", "lines": "\n"}.items()
    },
    "codes, bars": _lines(joined(" | ", with_codes)),
    "commas": _lines(joined(",")),
    "strokes": _lines(joined(" / ")),
    "dots": _lines(joined("……")),
    "wrapped bars": _lines(wrapped(30, " | ")),
    "wrapped spaces": _lines(wrapped(20, " ")),
    "bare page numbers": _lines(paged(" | ", "{}")),
    "page n of 9": _lines(paged("\n", "{}/9")),
    "page with title": _lines(paged(" | ", "某县教育局2023年政府信息公开工作年度报告 {}")),
    "labels, then columns": _lines(labels_then_columns),
    "labels around": _lines(around),
    "named values": _lines(named),
}

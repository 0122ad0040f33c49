"""What the statistics skip or keep for speed gives what the long way gives, and no memory of it grows without end."""

import importlib
import inspect
import pkgutil
from decimal import Decimal

import hypothesis.strategies as st
import lxml.html
from hypothesis import given, HealthCheck, settings

import pipelines.statistics
from archive.checks import check_expectation, check_identity, run_checks
from archive.forms import CellSpec, expectations_of, FORM_IDS, identities_of, table_form
from archive.model import Cell, Statistics, Table, TABLE_NAMES
from pipelines.statistics.align import Row
from pipelines.statistics.cells import read_cell
from pipelines.statistics.doubts import beside_labels, stacked
from pipelines.statistics.pieces import Piece
from pipelines.statistics.spans import printed_cells
from pipelines.statistics.tables import fill, is_ordinary, learn_shapes

SOME = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))

numbers = st.one_of(st.just(0), st.integers(0, 3), st.decimals(0, 9, places=2))
cells = st.one_of(
    numbers.map(lambda value: Cell(value, str(value), "number" if value else "zero")),
    numbers.map(lambda value: Cell(value, str(value), "number", reading="inferred")),
    numbers.map(lambda value: Cell(value, str(value), "number", reading="unconfirmed")),
    st.just(Cell(None, "", "blank")),
    st.just(Cell(None, "—", "dash")),
    st.just(Cell(None, "无", "text")),
    st.just(Cell(None, "1 2", "text", reading="unread")),
)


@st.composite
def tables(draw):
    """Statistics of one form, mostly of noughts, some cells of any kind."""
    form_id = draw(st.sampled_from(FORM_IDS))
    found = {}
    for name in TABLE_NAMES:
        try:
            specs = table_form(form_id, name).cells
        except KeyError:
            continue
        odd = draw(st.dictionaries(st.sampled_from([spec.id for spec in specs]), cells, max_size=12))
        plain = {spec.id: Cell(0, "0", "zero") for spec in specs}
        found[name] = Table(form=form_id, status="partial", cells=plain | odd)
    return Statistics(**found)


@SOME
@given(tables())
def test_a_rule_that_holds_at_first_sight_holds_at_the_second(statistics):
    """Each check is what the rule says when every cell is looked at by itself."""
    named = statistics.tables()
    slow = [
        check_identity(identity, table.cells) for name, table in named.items() for identity in identities_of(table.form, name)
    ]
    slow += [
        check_expectation(one, lambda term: named[term.table].cells.get(term.cell))
        for name, table in named.items()
        for one in expectations_of(table.form, name)
        if not one.spans_years
        and not one.levels
        and all(term.constant is not None or term.table in named for term in one.terms)
    ]
    fast = {check.id: check for check in run_checks(statistics)}
    assert {check.id: check for check in slow if check.id in fast} == fast
    assert all(type(fast[check.id].left) is type(check.left) for check in slow if check.id in fast)


def test_a_decimal_stays_one_in_a_sum():
    """A sum of exact decimals is exact: no float comes in between."""
    specs = table_form("2021", "review_litigation").cells
    table = {spec.id: Cell(0, "0", "zero") for spec in specs} | {
        "recon_upheld": Cell(Decimal("0.10"), "0.10", "number"),
        "recon_corrected": Cell(Decimal("0.20"), "0.20", "number"),
        "recon_total": Cell(Decimal("0.30"), "0.30", "number"),
    }
    checks = run_checks(Statistics(review_litigation=Table(form="2021", status="complete", cells=table)))
    check = next(check for check in checks if check.id == "review_litigation.recon_total")
    assert (check.verdict, str(check.left), str(check.right)) == ("holds", "0.30", "0.30")


SPEC = CellSpec(id="a", row="a", label="")


@SOME
@given(st.text("0123456789-/.,增减 无元万〇O１２\u3000", max_size=6), st.booleans(), st.sampled_from([None, "件", "万元"]))
def test_a_cell_read_before_is_read_alike_for_another_column(raw, signed, unit):
    """What is kept for a text is its meaning under one sign and unit; the place is always the cell's own."""
    first = read_cell(raw, SPEC, None)
    spec = CellSpec(id="b", row="b", label="", signed=signed, unit=unit)
    place = ("somewhere",)
    found = read_cell(raw, spec, place)
    assert found.at is place
    assert found.unit == (first.unit or unit) or signed
    assert read_cell(raw, SPEC, None) == first


digits = st.integers(0, 99_999).map(str)
odd = st.sampled_from(["01", "1.5", "—", "无", "１", "²", "1\n2", "其他"])
texts = st.one_of(digits, digits, digits, st.just(""), odd)


@settings(SOME, max_examples=500)
@given(st.lists(texts, min_size=1, max_size=4), st.sampled_from([0, 0, 0, 1, -1]), st.sampled_from([None, None, "\n"]))
def test_a_row_that_is_spared_the_doubts_gives_them_no_ground(printed, more, gap):
    """Such a row is read as it stands, whatever the others look like, and no doubt that looks at one row applies to it."""
    pieces = tuple(Piece(text, 1, gap=gap, column=k) for k, text in enumerate(printed))
    row, count = Row(0, Piece("行政许可", 1, gap=gap), pieces, 0), max(len(printed) + more, 1)
    if not is_ordinary(row, count):
        return
    specs = {"row": [SPEC] * count}
    assert learn_shapes({"row": row}, specs) == {(0, 0)}
    assert fill(row, count, frozenset({(0, 0), (1, 2)})) == list(pieces)
    assert not beside_labels({"row": row}) | stacked({"row": row})
    assert [read_cell(piece.text, SPEC, None).reading for piece in pieces] == [
        "unread" if len(text) > 1 and text[0] == "0" else "printed" for text in printed
    ]


spans = st.tuples(st.sampled_from(["td", "th"]), st.integers(1, 3), st.integers(1, 3), st.booleans())


@SOME
@given(st.lists(st.lists(spans, max_size=5), min_size=1, max_size=6))
def test_a_printed_cell_stands_where_browsers_put_it(rows):
    """Columns by laying out the whole grid, places by asking the tree for what stands there; what nobody sees is left out."""
    names, html, expected = iter(range(1000)), [], []
    covered = set()
    for r, row in enumerate(rows):
        column, parts = 0, []
        for tag, down, across, hidden in row:
            name = f"cell{next(names)}"
            style = ' style="display: none"' if hidden else ""
            parts.append(f'<{tag} rowspan="{down}" colspan="{across}"{style}> {name}</{tag}>')
            if hidden:
                continue
            while (r, column) in covered:
                column += 1
            covered |= {(r + i, column + k) for i in range(down) for k in range(across)}
            expected.append((name, r + 1, column))
            column += across
        html.append(f"<tr>{''.join(parts)}</tr>")
    root = lxml.html.fromstring(f"<div><table><tbody>{''.join(html)}</tbody></table></div>")
    found = printed_cells(list(root.iter("tr")), root.getroottree(), 0)
    assert [(piece.text, piece.row, piece.column) for piece in found] == expected
    for piece in found:
        (element,) = root.getroottree().xpath(piece.at.xpath)
        assert element.text[piece.at.offset :] == piece.text


def test_no_memory_of_texts_is_without_bound():
    """Only what is made of the forms themselves is kept for good."""
    for module in pkgutil.iter_modules(pipelines.statistics.__path__):
        parts = importlib.import_module(f"pipelines.statistics.{module.name}")
        for name, part in vars(parts).items():
            if hasattr(part, "cache_parameters") and part.__module__.startswith("pipelines.statistics"):
                size = part.cache_parameters()["maxsize"]
                of_forms = inspect.signature(part).parameters.keys() <= {"table", "form_id"}
                assert of_forms if size is None else size <= 4096, name


padding = st.text(" \n\u00a0\u200b\u3000", max_size=3)
inside = st.lists(st.sampled_from(["1", "２", "\n", "\n", " ", "无", "—"]), max_size=6).map("".join)


@settings(SOME, max_examples=300)
@given(st.sampled_from(["p", "div", "span", "font", "sup", "del"]), padding, inside, st.one_of(padding, st.just("3")))
def test_a_cell_of_one_wrapper_is_read_like_any_other(tag, before, text, behind):
    """A second element that says nothing, which keeps the cell from the short way, changes neither text nor offset."""
    rows = "".join(f"<tr><td>{before}<{tag}>{text}</{tag}>{behind}{more}</td></tr>" for more in ("", "<i></i>"))
    root = lxml.html.fromstring(f"<div><table>{rows}</table></div>")
    short, long = printed_cells(list(root.iter("tr")), root.getroottree(), 0)
    assert (short.text, short.at.offset) == (long.text, long.at.offset)

"""Hypothesis strategies: truth tables of the statutory forms whose identities hold, as printed text by cell id."""

from hypothesis import strategies as st

from archive.forms import identities_of, table_form

APPLICANTS = (
    "natural_person",
    "business_enterprise",
    "research_institution",
    "public_welfare_org",
    "legal_service_org",
    "other_org",
)
FLOW = ("new_received", "carried_in", "total_processed", "carried_out")

counts = st.one_of(st.just(0), st.just(0), st.just(0), st.integers(0, 9), st.integers(0, 60), st.integers(0, 2500))
few = st.one_of(st.just(0), st.just(0), st.integers(0, 12))


def columns_of(draw, leaves):
    """One applicant's column: results, and received plus carried in equal to processed plus carried out."""
    column = {row: draw(few) for row in leaves}
    processed = sum(column.values())
    out = draw(few)
    carried = draw(st.integers(0, processed + out))
    return column | {
        "total_processed": processed,
        "carried_out": out,
        "carried_in": carried,
        "new_received": processed + out - carried,
    }


@st.composite
def applications(draw, form):
    """Table three as numbers by cell id: every R, S and F identity holds."""
    rows = table_form(form, "applications").rows
    leaves = [row for row in rows if row not in FLOW]
    columns = {name: columns_of(draw, leaves) for name in APPLICANTS}
    cells = {f"{row}.{name}": columns[name][row] for row in rows for name in APPLICANTS}
    return cells | {f"{row}.total": sum(columns[name][row] for name in APPLICANTS) for row in rows}


@st.composite
def review(draw, form):
    """Table four as numbers by cell id: each block sums up."""
    cells = {}
    for identity in identities_of(form, "review_litigation"):
        parts = {name: draw(few) for name in identity.right}
        cells |= parts | {identity.left[0]: sum(parts.values())}
    return {spec.id: cells[spec.id] for spec in table_form(form, "review_litigation").cells}


@st.composite
def proactive(draw, form):
    """Table two as numbers by cell id."""
    return {spec.id: draw(counts) for spec in table_form(form, "proactive_disclosure").cells}


@st.composite
def summary(draw, form):
    """2014's table, or 2008's, as numbers by cell id: its identities hold."""
    name = {"2014": "summary_2014", "2008": "local_2008"}[form]
    cells = {spec.id: draw(counts) for spec in table_form(form, name).cells}
    for identity in reversed(identities_of(form, name)):
        cells[identity.left[0]] = sum(cells[one] for one in identity.right)
    return cells


@st.composite
def reports(draw, form, *, blanks=False):
    """All tables of a form as printed text by table and cell id; with `blanks`, some noughts are left out."""
    if form in ("2008", "2014"):
        tables = {{"2014": "summary_2014", "2008": "local_2008"}[form]: draw(summary(form))}
    else:
        tables = {
            "proactive_disclosure": draw(proactive(form)),
            "applications": draw(applications(form)),
            "review_litigation": draw(review(form)),
        }
    lost = draw(st.sets(st.integers(0, 250), max_size=120)) if blanks else set()
    printed = {}
    for name, cells in tables.items():
        printed[name] = {one: "" if value == 0 and k in lost else str(value) for k, (one, value) in enumerate(cells.items())}
    return printed

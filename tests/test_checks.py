"""Identities tried on printed cells: what may be said to hold, to fail, and what can't be assessed."""

import dataclasses

from hypothesis import given, HealthCheck, settings

from archive.checks import run_checks
from archive.forms import form, FORM_IDS, identities_of
from archive.model import Cell, Statistics, Table
from tests.strategies import reports


def cell(printed):
    """A cell as printed: number, blank (“”) or unread (None)."""
    if printed is None:
        return Cell(value=None, raw="", kind="text", reading="unread")
    if printed == "":
        return Cell(value=None, raw="", kind="blank")
    return Cell(value=int(printed), raw=printed, kind="number")


def statistics(report, form_id):
    """Statistics with printed tables."""
    tables = {n: Table(form=form_id, status="complete", cells={k: cell(v) for k, v in c.items()}) for n, c in report.items()}
    return Statistics(**tables)


def review(**cells):
    """Checks of a table four that prints nought except for the given cells."""
    ids = [spec.id for spec in form("2021").tables["review_litigation"].cells]
    table = {name: cells.get(name, "0") for name in ids}
    return {check.id: check for check in run_checks(statistics({"review_litigation": table}, "2021"))}


def test_a_broken_sum_fails_with_both_sides():
    """洪泽 2023 prints 10 and 1 and a total of 0."""
    check = review(recon_upheld="10", recon_corrected="1")["review_litigation.recon_total"]
    assert (check.verdict, check.left, check.right, check.blanks_as_zero) == ("fails", 0, 11, False)


def test_a_blank_beside_numbers_counts_as_nought_and_says_so():
    """The check says that it took blanks for nought; the cell stays blank."""
    check = review(recon_upheld="2", recon_corrected="", recon_total="2")["review_litigation.recon_total"]
    assert (check.verdict, check.blanks_as_zero) == ("holds", True)


def test_a_blank_total_states_nothing():
    """上海 2019 leaves the totals of all result rows blank: that is no claim of nought."""
    check = review(recon_upheld="2", recon_total="")["review_litigation.recon_total"]
    assert (check.verdict, check.left) == ("cannot_be_assessed", None)


def test_an_unread_cell_is_named_as_the_reason():
    """The reader's gap is not the agency's error."""
    check = review(recon_other=None)["review_litigation.recon_total"]
    assert (check.verdict, check.evidence) == ("cannot_be_assessed", ("recon_other",))


def test_all_blank_cannot_be_assessed():
    """The blank template keeps no identity and breaks none."""
    ids = [spec.id for spec in form("2021").tables["review_litigation"].cells]
    checks = run_checks(statistics({"review_litigation": dict.fromkeys(ids, "")}, "2021"))
    assert {check.verdict for check in checks} == {"cannot_be_assessed"}


@settings(max_examples=10, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(reports("2021"), reports("2019"), reports("2014"), reports("2008"))
def test_true_tables_keep_every_identity(new, old, summary, local):
    """Every identity of every form is tried once, and holds on tables made to keep it."""
    for form_id, report in zip(("2021", "2019", "2014", "2008"), (new, old, summary, local), strict=True):
        expected = [identity.id for name in report for identity in identities_of(form_id, name)]
        checks = run_checks(statistics(report, form_id))[: len(expected)]
        assert [check.id for check in checks] == expected
        assert {check.verdict for check in checks} == {"holds"}


def test_identities_name_cells_of_their_table():
    """A typing error in a form's file would make its identity silently unassessable."""
    for form_id in FORM_IDS:
        for identity in form(form_id).identities:
            ids = {spec.id for spec in form(form_id).tables[identity.table].cells}
            assert {*identity.left, *identity.right} <= ids
            assert dataclasses.asdict(identity)["says"]


def expected(level=None, form_id="2021", **cells):
    """Verdicts of the expectations on table two, of nought except for the given cells (`row__column`)."""
    ids = [spec.id for spec in form(form_id).tables["proactive_disclosure"].cells]
    table = {name: cells.get(name.replace(".", "__"), "0") for name in ids}
    checks = run_checks(statistics({"proactive_disclosure": table}, form_id), level)
    return {check.id: check for check in checks}


def test_less_in_force_than_was_issued_is_told_with_its_cells():
    """锡盟商务局 2021: one issued, none repealed, none in force."""
    check = expected(normative_documents__issued="1")["proactive_disclosure.stock.normative_documents"]
    assert (check.verdict, check.left, check.right, check.severity) == ("fails", 0, 1, "soft")
    assert check.evidence == ("proactive_disclosure/normative_documents.issued: 1",)


def test_what_was_repealed_is_taken_off():
    """Two issued and one of them repealed: one in force is enough."""
    cells = {"normative_documents__issued": "2", "normative_documents__repealed": "1", "normative_documents__in_force": "1"}
    assert expected(**cells)["proactive_disclosure.stock.normative_documents"].verdict == "holds"


def test_a_blank_stock_states_nothing():
    """A blank is no claim that nothing is in force."""
    check = expected(normative_documents__issued="1", normative_documents__in_force="")
    assert check["proactive_disclosure.stock.normative_documents"].verdict == "cannot_be_assessed"


def test_rules_are_odd_for_a_township_only():
    """A province makes 规章; a township that states one has most likely mistaken the row."""
    rule = "proactive_disclosure.township_regulations"
    assert expected("township", regulations__issued="1")[rule].verdict == "fails"
    assert rule not in expected("province", regulations__issued="1")


def test_cases_without_any_refusal_are_told():
    """Two requests, both met, and yet two reconsiderations (seed 004); a refusal explains them."""
    results = {spec.id: "0" for spec in form("2021").tables["applications"].cells}
    cases = {spec.id: "0" for spec in form("2021").tables["review_litigation"].cells} | {
        "recon_total": "2",
        "recon_upheld": "2",
    }

    def verdict(**rows):
        tables = {"applications": results | {f"{row}.total": value for row, value in rows.items()}, "review_litigation": cases}
        checks = {check.id: check.verdict for check in run_checks(statistics(tables, "2021"))}
        return checks["review_litigation.without_refusal"]

    assert (verdict(disclosed="2"), verdict(unable_not_held="1"), verdict(disclosed="2", carried_out="1")) == (
        "fails",
        "holds",
        "holds",
    )


def test_expectations_name_cells_of_their_form():
    """A typing error in a form's file would make an expectation vanish in silence."""
    for form_id in FORM_IDS:
        tables = form(form_id).tables
        for one in form(form_id).expectations:
            for term in one.terms:
                assert term.constant is not None or term.cell in {spec.id for spec in tables[term.table].cells}, (one.id, term)

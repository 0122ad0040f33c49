"""Checks across reports, and what people decide on them: with the same fingerprint after re-runs and rebuilds."""

import json
from dataclasses import replace
from itertools import count

import pytest
from archive_makers import exchange, report
from click.testing import CliRunner

from archive.audit import Asked, check_rows
from archive.cli import main
from archive.forms import table_form
from archive.model import Agency, Cell, Check, Finding, Statistics, Table
from archive.records import Filters
from archive.store import Archive

SECONDS = count()


def applications(scope="unknown", form="2021", **rows):
    """Table three of noughts, but for the totals that are given; None for an unread one."""
    cells = {spec.id: Cell(value=0, raw="0", kind="zero", unit="件") for spec in table_form(form, "applications").cells}
    for row, value in rows.items():
        unread = value is None
        cell = Cell(
            value=value,
            raw="" if unread else str(value),
            kind="text" if unread else "number",
            reading="unread" if unread else "printed",
        )
        cells[f"{row}.total"] = cell
    return Table(form=form, status="complete", cells=cells, scope=scope)


def put(run, agency, year, table, *, level="county", parent="青川县人民政府", checks=()):
    """Store a report with this table three."""
    url = f"http://www.a.gov.test/{agency}/{year}.html"
    capture = run.record(exchange(f"{agency}{year}{table.cells}".encode(), url=url, seconds=next(SECONDS)))
    who = Agency(name=agency, level=level, division="510822", parent=parent)
    made = report(year=year, statistics=Statistics(applications=table), checks=tuple(checks), attachments=())
    run.store(capture, replace(made, agency=who), reader_version="1")


@pytest.fixture
def archive(tmp_path):
    """An archive of a county, its bureau and a township, over two years; carried_out of 2023 is 3, carried_in of 2024 is 2."""
    found = Archive.open(tmp_path)
    with found.start_run("crawl", portal="qingchuan") as run:
        failed = Check(id="applications.balance.total", verdict="fails", says="a = b", left=1, right=2)
        put(run, "青川县教育局", 2023, applications(carried_out=3))
        put(run, "青川县教育局", 2024, applications(carried_in=2, new_received=8), checks=[failed])
        put(run, "青川县人民政府", 2024, applications(new_received=10), parent="广元市人民政府")
        put(run, "青川县姚渡镇人民政府", 2024, applications(new_received=4), level="township")
        run.note(Finding(kind="unreadable", says="一页不能读", url="http://www.a.gov.test/x.html"))
    return found


def failing(archive, rule=""):
    """What fails, by check id."""
    return {row["check"]: row for row in check_rows(archive, Asked(filters=Filters(), rule=rule, failed=True))}


def test_what_was_carried_over_must_come_in_again(archive):
    """3 were carried out of 2023 and 2 carried into 2024: only the total column differs, and both documents are named."""
    rows = failing(archive, "cross_year.carried")
    assert list(rows) == ["cross_year.carried.total"]
    row = rows["cross_year.carried.total"]
    assert (row["left"], row["right"], row["severity"], len(row["documents"])) == (2, 3, "soft", 2)
    assert row["evidence"] == ["applications/carried_in.total: 2", "previous:applications/carried_out.total: 3"]


def test_organs_below_add_up_to_a_lower_bound(archive):
    """8 of the bureau and 4 of the township are more than the 10 of the county that includes them."""
    row = failing(archive, "children")["children.applications.new_received.total"]
    assert (row["agency"], row["left"], row["right"]) == ("青川县人民政府", 12, 10)
    assert row["evidence"] == [
        "青川县教育局/new_received.total: 8",
        "青川县姚渡镇人民政府/new_received.total: 4",
        "new_received.total: 10",
    ]


@pytest.mark.parametrize(("scope", "left"), [("region", 12), ("government", 8), ("own_organ", None)])
def test_only_organs_that_the_report_includes_are_added_up(archive, scope, left):
    """A government's report includes its departments, a region's the townships too, an office's own nobody's."""
    with archive.start_run("crawl", portal="qingchuan") as run:
        put(run, "青川县人民政府", 2024, applications(scope, new_received=5), parent="广元市人民政府")
    row = failing(archive, "children").get("children.applications.new_received.total", {"left": None})
    assert row["left"] == left


def test_an_unread_cell_below_is_left_out_and_one_above_is_not_assessed(archive):
    """What could not be read is no nought: the bound becomes weaker, or there is none."""
    with archive.start_run("crawl", portal="qingchuan") as run:
        put(run, "青川县教育局", 2024, applications(carried_in=None, new_received=None))
        put(run, "青川县人民政府", 2024, applications(new_received=None, carried_out=1), parent="广元市人民政府")
    rows = {row["check"]: row["verdict"] for row in check_rows(archive, Asked(filters=Filters(), whole=True))}
    assert rows["children.applications.new_received.total"] == "cannot_be_assessed"
    assert rows["cross_year.carried.total"] == "cannot_be_assessed"
    assert rows["children.applications.carried_out.total"] == "holds"


def run(archive, *arguments):
    """Run a command of the door on the archive."""
    return CliRunner().invoke(main, [*arguments, "--archive", str(archive.root)], catch_exceptions=False)


def rows_of(archive, *arguments):
    """The rows that a listing prints."""
    return json.loads(run(archive, *arguments, "--json").stdout)


def test_a_decision_survives_a_rebuild_and_a_new_look_at_the_same_numbers(archive):
    """Neither the run, the capture nor the document is part of what was decided."""
    (row,) = rows_of(archive, "checks", "--failed", "--rule", "applications.balance")
    assert (row["decision"], row["left"], row["right"]) == (None, 1, 2)
    assert run(archive, "decide", row["fingerprint"], "--verdict", "dismissed", "--note", "口径").exit_code == 0
    with archive.start_run("crawl", portal="qingchuan") as again:
        put(
            again,
            "青川县教育局",
            2024,
            applications(carried_in=3),
            checks=[Check(id=row["check"], verdict="fails", says="a = b", left=1, right=2)],
        )
    assert run(archive, "rebuild").exit_code == 0
    (after,) = rows_of(archive, "checks", "--failed", "--rule", "applications.balance")
    assert (after["fingerprint"], after["decision"], after["note"]) == (row["fingerprint"], "dismissed", "口径")
    assert after["documents"] != row["documents"]
    assert rows_of(archive, "checks", "--undecided", "--rule", "applications.balance") == []


def test_a_decision_on_other_numbers_is_outdated(archive):
    """A verdict on 1 = 2 says nothing of 1 = 5; it is shown, and it is open again."""
    (row,) = rows_of(archive, "checks", "--rule", "applications.balance")
    run(archive, "decide", row["fingerprint"], "--verdict", "confirmed")
    with archive.start_run("crawl", portal="qingchuan") as again:
        put(
            again,
            "青川县教育局",
            2024,
            applications(),
            checks=[Check(id=row["check"], verdict="fails", says="a = b", left=1, right=5)],
        )
    (after,) = rows_of(archive, "checks", "--undecided", "--rule", "applications.balance")
    assert after["decision"] == "outdated"


def test_a_finding_is_decided_for_all_its_runs(archive):
    """The same page unreadable in the next run is the same finding to whoever dismissed it."""
    (row,) = rows_of(archive, "findings", "--kind", "unreadable")
    run(archive, "decide", row["fingerprint"], "--verdict", "dismissed")
    with archive.start_run("crawl", portal="qingchuan") as again:
        again.note(Finding(kind="unreadable", says="一页不能读", url="http://www.a.gov.test/x.html"))
    assert [each["decision"] for each in rows_of(archive, "findings", "--kind", "unreadable")] == ["dismissed", "dismissed"]


def test_what_nobody_has_seen_cannot_be_decided(archive):
    """A mistyped fingerprint must not become a fact."""
    result = run(archive, "decide", "0000000000000000", "--verdict", "confirmed")
    assert (result.exit_code, "0000000000000000" in result.stderr) == (2, True)

"""The ledger of who has published and who has not: nothing is called absent that was only not seen."""

import json
from datetime import date, datetime, timedelta, UTC

import pytest
from archive_makers import exchange, report, START
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from archive.cli import main
from archive.coverage import Asked, coverage, spans, summary, years_of
from archive.coverage_absent import judged
from archive.coverage_due import due_on, last_due_year
from archive.coverage_organs import listed_organs, organ_of, regions_within
from archive.coverage_seen import Crawl
from archive.model import Finding
from archive.store import Archive

QINGCHUAN = "510822"
TODAY = date(2026, 11, 23)
BEFORE, AFTER = datetime(2025, 1, 20, 1, tzinfo=UTC), datetime(2025, 5, 2, 1, tzinfo=UTC)


class Then:
    """A clock that goes on from a time."""

    def __init__(self, at):
        self.at = at

    def __call__(self):
        self.at += timedelta(milliseconds=1)
        return self.at


def crawl(root, at, reports=(), *, portal="qingchuan", outcome="finished", findings=(), pages=()):
    """Record a crawl that brings some reports, as (agency, year, changes)."""
    archive = Archive.open(root, clock=Then(at))
    with archive.start_run("crawl", portal=portal) as run:
        for number, (agency, year, changes) in enumerate(reports):
            url = f"http://www.{portal}.gov.test/{agency}/{year}.html"
            capture = run.record(exchange(f"{agency}{year}{changes}".encode(), url=url, seconds=(at - START).total_seconds()))
            run.visited(capture, links=[], page_kind="annual_report")
            run.store(capture, report(number, **{"agency": agency, "year": year, **changes}), reader_version="1")
        counts = {"reports": len(reports), **dict(pages)}
        for finding in findings:
            run.note(finding)
            counts[f"findings.{finding.kind}"] = counts.get(f"findings.{finding.kind}", 0) + 1
        run.finish(outcome, counts)
    archive.close()


def ledger(root, *, years=(2024,), today=TODAY, **asked):
    """Return the rows of a region by agency and year."""
    archive = Archive.open(root)
    try:
        wanted = Asked(**{"years": years, "today": today, "region": QINGCHUAN, **asked})
        return {(row["agency"], row["report_year"]): row for row in coverage(archive.catalog, wanted)}
    finally:
        archive.close()


EDUCATION, FINANCE = "青川县教育局", "青川县财政局"
KNOWN = [(EDUCATION, 2022, {}), (EDUCATION, 2023, {}), (FINANCE, 2023, {})]


@pytest.mark.parametrize(
    ("key", "year", "day"),
    [
        ("510822//教育局", 2018, date(2019, 3, 31)),
        ("510822//教育局", 2019, date(2020, 1, 31)),
        ("510822//人民政府", 2019, date(2020, 3, 31)),
        ("152900//行政公署", 2024, date(2025, 3, 31)),
        ("510822//人民政府办公室", 2024, date(2025, 1, 31)),
        ("510822/乔庄镇/人民政府", 2024, date(2025, 1, 31)),
        ("教育部", 2024, date(2025, 1, 31)),
    ],
)
def test_the_regulation_s_deadlines(key, year, day):
    assert due_on(organ_of(key), year) == day


def test_the_last_year_due():
    """From the day after the departments' deadline."""
    assert [last_due_year(date(2026, 1, day)) for day in (30, 31)] == [2024, 2024]
    assert last_due_year(date(2026, 2, 1)) == 2025


@given(st.sets(st.integers(2008, 2030)))
def test_spans_tell_every_year_and_no_other(years):
    told = spans(sorted(years))
    parts = [part.split("–") for part in told.split(", ")] if told else []
    assert {year for part in parts for year in range(int(part[0]), int(part[-1]) + 1)} == years


def test_what_the_lists_expect():
    """Governments and townships, under the keys that reports have; a county's name of its time."""
    names = {one.organ.key: one.name for one in listed_organs(QINGCHUAN, 2023)}
    assert names["510822//人民政府"] == "青川县人民政府"
    assert names["510822/乔庄镇/人民政府"] == "青川县乔庄镇人民政府"
    assert [one.name for one in listed_organs("330604", 2009)] == ["上虞市人民政府"]
    assert list(listed_organs("500105@2024", 2026)) == []
    assert [*listed_organs("81", 2024), *listed_organs("71", 2024)] == [], "the Regulations are not in force there"
    assert "5001" in regions_within("50")
    assert regions_within(QINGCHUAN) == (QINGCHUAN,)


def test_published_late_and_on_time(tmp_path):
    """By the date on the page; without one, first sighting proves only what came in time."""
    told = [(EDUCATION, 2024, {"published_on": date(2025, 2, 10)}), (FINANCE, 2024, {"published_on": date(2025, 1, 31)})]
    crawl(tmp_path, BEFORE, [*KNOWN, ("青川县民政局", 2024, {})])
    crawl(tmp_path, AFTER, [*told, ("青川县司法局", 2024, {})])
    rows = ledger(tmp_path)
    late, on_time = rows[EDUCATION, 2024], rows[FINANCE, 2024]
    assert (late["state"], late["days_late"], late["due"]) == ("published", 10, "2025-01-31")
    assert (on_time["state"], on_time["days_late"]) == ("published", 0)
    assert late["expected"] == "reported for 2022–2023"
    before, after = rows["青川县民政局", 2024], rows["青川县司法局", 2024]
    assert (before["days_late"], after["days_late"]) == (None, None)
    assert "before the deadline" in before["says"]
    assert "may have come late or not" in after["says"]
    assert summary(rows.values())["late"] == 1


def test_a_mirror_is_not_the_agency(tmp_path):
    crawl(tmp_path, AFTER, [(EDUCATION, 2024, {"source_class": "mirror"})])
    assert ledger(tmp_path)[EDUCATION, 2024]["state"] == "elsewhere"


def test_not_found_needs_a_whole_crawl_after_the_deadline(tmp_path):
    """A department that reported before, and the government and towns that never did, on the county's portal."""
    crawl(tmp_path, BEFORE, KNOWN)
    early = ledger(tmp_path)[EDUCATION, 2024]
    assert (early["state"], early["portal"]) == ("unknown", "qingchuan")
    assert "not since the deadline" in early["says"]
    crawl(tmp_path, AFTER, [(FINANCE, 2024, {})])
    rows = ledger(tmp_path)
    assert rows[EDUCATION, 2024]["state"] == "not_found"
    assert "crawled whole on 2025-05-02" in rows[EDUCATION, 2024]["says"]
    town = rows["青川县乔庄镇人民政府", 2024]
    assert (town["state"], town["expected"]) == ("not_found", "a township of 青川县, by the official lists")
    assert rows["青川县人民政府", 2024]["expected"] == "the county's government, by law"


@pytest.mark.parametrize("outcome", ["blocked", "budget", "failed", "stopped", "nothing_found"])
def test_a_crawl_that_did_not_end_well_proves_nothing(tmp_path, outcome):
    crawl(tmp_path, BEFORE, KNOWN)
    crawl(tmp_path, AFTER, outcome=outcome)
    row = ledger(tmp_path)[EDUCATION, 2024]
    assert row["state"] == "unknown"
    assert outcome in row["says"]


@pytest.mark.parametrize(
    ("findings", "pages", "said"),
    [
        ([Finding(kind="blocked:robots", says="no")], {}, "blocked:robots 1"),
        ([Finding(kind="list_cut", says="no")], {}, "list_cut 1"),
        ([], {"pages.undrawn": 2}, "undrawn 2"),
    ],
)
def test_nor_does_one_that_did_not_see_a_part(tmp_path, findings, pages, said):
    crawl(tmp_path, BEFORE, KNOWN)
    crawl(tmp_path, AFTER, KNOWN[:1], findings=findings, pages=pages)
    row = ledger(tmp_path)[EDUCATION, 2024]
    assert (row["state"], said in row["says"]) == ("unknown", True)


def test_a_portal_that_was_never_crawled_is_unknown(tmp_path):
    """In another county nothing was asked."""
    crawl(tmp_path, AFTER, KNOWN)
    rows = ledger(tmp_path, region="510823")
    assert rows
    assert {row["state"] for row in rows.values()} == {"unknown"}
    assert {row["says"] for row in rows.values()} == {"no portal that would publish it was ever crawled"}


def test_a_report_without_a_name_may_be_the_one(tmp_path):
    crawl(tmp_path, BEFORE, KNOWN)
    crawl(tmp_path, AFTER, [("教育局", 2024, {"agency": None})])
    row = ledger(tmp_path)[EDUCATION, 2024]
    assert (row["state"], "1 reports there name no agency or year" in row["says"]) == ("unknown", True)


def test_an_unreadable_page_that_names_it_is_said(tmp_path):
    """And a page that names nobody puts the others in doubt; one of another year does not."""
    title = f"{EDUCATION}2024年政府信息公开工作年度报告 is titled as an annual report, but was read as 'empty'."
    crawl(tmp_path, BEFORE, KNOWN)
    crawl(
        tmp_path, AFTER, KNOWN[:1], findings=[Finding(kind="unread_report", says=title, url="http://www.qingchuan.gov.test/x")]
    )
    rows = ledger(tmp_path)
    assert (rows[EDUCATION, 2024]["state"], rows[EDUCATION, 2024]["url"]) == ("unreadable", "http://www.qingchuan.gov.test/x")
    assert rows[FINANCE, 2024]["state"] == "not_found"
    assert ledger(tmp_path, years=(2021,))[EDUCATION, 2021]["state"] == "not_found"
    nobody = Finding(
        kind="unread_report", says="2024年年报 is titled as an annual report, but was read as 'empty'.", url="http://q/"
    )
    crawl(tmp_path, AFTER + timedelta(days=1), KNOWN[:1], findings=[nobody])
    assert ledger(tmp_path)[FINANCE, 2024]["state"] == "unknown"


def test_before_the_deadline_nothing_is_due(tmp_path):
    crawl(tmp_path, BEFORE, KNOWN)
    rows = ledger(tmp_path, today=date(2025, 2, 1))
    assert rows[EDUCATION, 2024]["state"] == "unknown"
    assert rows["青川县人民政府", 2024]["state"] == "not_due"


def test_withdrawn_and_restored(tmp_path):
    """As the verdicts say."""
    page = "http://www.qingchuan.gov.test/w.html"

    def visit(days, status):
        at = BEFORE + timedelta(days=days)
        archive = Archive.open(tmp_path, clock=Then(at))
        with archive.start_run("crawl", portal="qingchuan") as run:
            head = (
                b"HTTP/1.1 "
                + (b"200 OK" if status == 200 else b"404 Not Found")
                + b"\r\nContent-Type: text/html\r\n\r\n%d" % status
            )
            capture = run.record(exchange(url=page, seconds=(at - START).total_seconds(), response=head))
            run.visited(capture, links=[], page_kind="annual_report" if status == 200 else "not_found")
            if status == 200:
                run.store(capture, report(agency=EDUCATION, year=2023), reader_version="1")
        archive.close()

    for days, status in ((0, 200), (20, 404), (40, 404)):
        visit(days, status)
    gone = ledger(tmp_path, years=(2023,))[EDUCATION, 2023]
    assert (gone["state"], "gone since" in gone["says"]) == ("withdrawn", True)
    visit(60, 200)
    assert ledger(tmp_path, years=(2023,))[EDUCATION, 2023]["state"] == "published"


@given(
    st.lists(st.tuples(st.integers(0, 400), st.sampled_from(["finished", "blocked", "budget"]), st.booleans()), max_size=5),
    st.integers(0, 2),
    st.integers(0, 2),
)
def test_not_found_is_always_proved(told, nameless, unread):
    """Whatever the crawls were: only a whole one after the deadline, without a doubt, says so."""
    due = date(2025, 1, 31)
    crawls = [
        Crawl(
            portal="p",
            run=str(n),
            started_at=datetime(2024, 12, 1, tzinfo=UTC) + timedelta(days=days),
            outcome=outcome,
            unseen=(("list_cut", 1),) if is_cut else (),
        )
        for n, (days, outcome, is_cut) in enumerate(sorted(told, reverse=True))
    ]
    found = judged(crawls, "p", due, nameless=nameless, unread=unread)
    proofs = [each for each in crawls if each.outcome == "finished" and not each.unseen and each.on > due]
    assert (found.state == "not_found") == (bool(proofs) and not nameless and not unread)
    assert found.state in ("not_found", "unknown")


def test_ministries(tmp_path):
    crawl(tmp_path, AFTER, [("教育部", 2023, {}), (EDUCATION, 2023, {})], portal="moe")
    rows = ledger(tmp_path, region="", level="ministry")
    assert set(rows) == {("教育部", 2024)}


def test_the_command(tmp_path):
    """JSON, CSV, an agency by part of its name over years, states; counts go to stderr; what is no region is refused."""
    crawl(tmp_path, BEFORE, KNOWN)
    crawl(tmp_path, AFTER, [(FINANCE, 2024, {})])

    def ask(*arguments):
        return CliRunner().invoke(main, ["coverage", "--archive", str(tmp_path), *arguments])

    found = ask("--agency", "教育", "--year", "2022-2024", "--json")
    assert [(row["report_year"], row["state"]) for row in json.loads(found.stdout)] == [
        (2022, "published"),
        (2023, "published"),
        (2024, "not_found"),
    ]
    assert "1 organs expected or seen, 2022 to 2024" in found.stderr
    csv = ask("--region", "5108", "--level", "county", "--year", "2024", "--state", "not_found", "--csv").stdout
    assert EDUCATION in csv
    assert FINANCE not in csv
    assert ask("--region", "5x").exit_code == 2
    assert ask("--year", "1999").exit_code == 2
    with pytest.raises(ValueError, match="2024-2019"):
        years_of("2024-2019")

"""Whose report it is where the page does not say: a person's word, for what stands there and for nothing else."""

from contextlib import closing

import pytest
from archive_makers import catalog_of_shuffled, Clock, exchange, report
from click.testing import CliRunner

from archive.cli import main
from archive.pack import pack, Selection
from archive.rebuild import differences
from archive.store import Archive

URL = "http://www.a.gov.test/7.html"


def nameless(value=3, **changes):
    """Return a report that names neither agency nor year."""
    return report(value, agency=None, year=None, **changes)


@pytest.fixture
def archive(tmp_path):
    """Return an archive with a nameless report, seen twice on its site and once on another, and one that names its agency."""
    with closing(Archive.open(tmp_path / "data", clock=Clock())) as opened:
        with opened.start_run("crawl", portal="a") as run:
            for seconds, url in ((0, URL), (86400, URL), (90000, "http://www.mirror.test/x.html")):
                body = f"<p>{seconds}</p>".encode()
                run.store(run.record(exchange(body, url=url, seconds=seconds)), nameless(), reader_version="1")
            other = exchange(b"named", url="http://www.a.gov.test/8.html")
            run.store(run.record(other), report(4, agency="青川县教育局"), reader_version="1")
        yield opened


def command(archive, *args):
    """Return the result of a command, with the catalog caught up."""
    made = CliRunner().invoke(main, [*args, "--archive", str(archive.root)])
    archive.catalog.catch_up()
    return made


def reports(archive):
    """Return identities with how often they were seen and under how many addresses."""
    rows = archive.catalog.rows("SELECT identity, agency, report_year, sightings, urls FROM reports ORDER BY identity")
    return [tuple(row.values()) for row in rows]


def test_what_a_person_knows_counts_wherever_the_content_is_seen(archive, tmp_path):
    """Two addresses become one report, first seen when it was; it can be listed, exported, taken back, and survives a rebuild."""
    assert [row[0][:4] for row in reports(archive)] == ["5108", "url:", "url:"]
    said = command(archive, "attribute", URL, "--agency", "青川县民政局", "--year", "2023", "--note", "asked")
    assert said.exit_code == 0, said.output
    assert ("510822//民政局|2023", "青川县民政局", 2023, 3, 2) in reports(archive)
    assert len(reports(archive)) == 2
    verdicts = archive.catalog.rows(
        "SELECT verdict, seen_at FROM changes WHERE identity = '510822//民政局|2023' ORDER BY seen_at"
    )
    assert [row["verdict"] for row in verdicts] == ["first_seen", "page_only", "republished"]
    assert archive.catalog.one("SELECT 1 FROM findings WHERE kind = 'no_identity'") is None
    assert "attribution" in command(archive, "show", "青川县民政局|2023", "--json").stdout
    assert pack(archive, tmp_path / "a.wacz", Selection(agency="民政局", year=2023)).captures == 3
    assert list(differences(archive.root)) == []
    catalog_of_shuffled(archive.root, tmp_path, 3)
    assert command(archive, "attribute", URL, "--withdraw").exit_code == 0
    assert [row[0][:4] for row in reports(archive)] == ["5108", "url:", "url:"]
    assert list(differences(archive.root)) == []


def test_another_text_and_another_reader(archive):
    """What the page says later is somebody else's word; what a newer reader makes of the same capture is not."""
    command(archive, "attribute", URL, "--agency", "青川县民政局", "--year", "2023")
    first = archive.catalog.one("SELECT capture FROM attributions")["capture"]
    with archive.start_run("crawl", portal="a") as run:
        run.store(run.record(exchange(b"new", url=URL, seconds=200000)), nameless(9, body="另一份"), reader_version="1")
    assert len(reports(archive)) == 3
    with archive.start_run("rederive") as run:
        for row in list(archive.catalog.rows("SELECT capture FROM derivations WHERE url = ?", [URL])):
            changed = nameless(9, body="另一份") if row["capture"] > first else nameless(3, body="重读")
            run.store(archive.capture(row["capture"]), changed, reader_version="2")
    archive.catalog.catch_up()
    assert any(row[0] == "510822//民政局|2023" for row in reports(archive))
    assert list(differences(archive.root)) == []


def test_a_name_that_a_person_gave_outlives_the_takedown_of_the_page_that_had_it_too(archive, tmp_path):
    """The only page that named the agency itself is hidden: its other report is found by its name all the same, in any order."""
    command(archive, "attribute", URL, "--agency", "青川县教育局", "--year", "2023")
    named = archive.catalog.one("SELECT id FROM captures WHERE url = 'http://www.a.gov.test/8.html'")
    assert command(archive, "takedown", named["id"], "--reason", "test").exit_code == 0
    assert "青川县教育局" in command(archive, "changes", "--agency", "教育局", "--json").stdout
    catalog_of_shuffled(archive.root, tmp_path, 4)


@pytest.mark.parametrize(
    ("name", "asked", "says"),
    [
        (URL, ("--agency", "青川县民政局"), "give --year"),
        (URL, (), "give --agency and --year"),
        (URL, ("--agency", "教育局", "--year", "2023"), "may be several agencies"),
        ("http://www.a.gov.test/8.html", ("--agency", "青川县民政局", "--year", "2023"), "says itself whose report it is"),
        ("http://nowhere.test/", ("--agency", "青川县民政局", "--year", "2023"), "holds no report"),
    ],
)
def test_nothing_is_attributed_that_is_not_certain(archive, name, asked, says):
    """One sentence, status 2, and no fact."""
    made = command(archive, "attribute", name, *asked)
    assert (made.exit_code, made.stdout, says in made.stderr, made.stderr.count("\n")) == (2, "", True, 1), made.stderr
    assert archive.catalog.one("SELECT 1 FROM attributions") is None

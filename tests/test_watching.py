"""`python -m archive changes | diff | history`: what a watcher reads."""

import json

import pytest
from archive_makers import Clock, exchange, report
from click.testing import CliRunner

from archive.cli import main
from archive.store import Archive


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """Return an archive of one report with two versions, and of another that did not change."""
    root = tmp_path_factory.mktemp("archive")
    archive = Archive.open(root, clock=Clock())
    with archive.start_run("crawl") as run:
        run.store(run.record(exchange(b"1")), report(3, body="收到申请3件，均已<b>答复。"), reader_version="1")
        run.store(run.record(exchange(b"2", seconds=90)), report(4, body="收到申请4件，都已<b>答复。"), reader_version="1")
        other = run.record(exchange(b"3", url="http://b.gov.test/x.html", seconds=95))
        run.store(other, report(3, agency="青川县民政局"), reader_version="1")
    archive.close()
    return root


def run(root, *args):
    """Return exit status and stdout of a command."""
    result = CliRunner().invoke(main, [args[0], "--archive", str(root), *args[1:]])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.stdout


def test_changes_tell_who_what_and_when(root):
    """Each row names the page, the agency, the year, the verdict and the time; newest first."""
    status, out = run(root, "changes", "--json")
    rows = json.loads(out)
    assert status == 0
    assert (rows[0]["agency"], rows[0]["verdict"]) == ("青川县民政局", "first_seen")
    assert {row["verdict"] for row in rows} == {"first_seen", "figures", "wording"}
    (figures,) = (row for row in rows if row["verdict"] == "figures")
    assert (figures["url"], figures["report_year"], figures["seen_at"]) == (
        "http://www.a.gov.test/a.html",
        2024,
        "2026-11-23T00:01:20.000000Z",
    )
    (cell,) = figures["evidence"]["cells"]
    assert (cell["old"], cell["new"]) == (3, 4)


@pytest.mark.parametrize(
    ("options", "count"),
    [
        (["--since", "2026-11-23T00:01:25"], 1),
        (["--until", "2026-11-23"], 1),
        (["--verdict", "figures"], 1),
        (["--verdict", "figures", "--verdict", "wording"], 2),
        (["--agency", "民政"], 1),
        (["--site", "a.gov.test"], 3),
        (["--year", "2023"], 0),
        (["--limit", "2"], 2),
        (["http://b.gov.test/x.html"], 1),
    ],
)
def test_changes_are_filtered(root, options, count):
    """A watcher asks for one thing."""
    status, out = run(root, "changes", "--nl", *options)
    assert (status, len(out.splitlines())) == (0, count)


def test_the_ledger_lists_each_value(root):
    """3 until the first sighting of 4."""
    _, out = run(root, "history", "--csv")
    assert [line.split(",")[3] for line in out.splitlines()[1:]] == ["3", "4"]


def test_a_diff_shows_cells_and_words(root):
    """For a terminal, as JSON and as HTML, where foreign markup stays text; the exit status says that something differs."""
    status, out = run(root, "diff", "http://www.a.gov.test/a.html")
    assert status == 1
    assert "自然人〕: 3 → 4" in out
    assert "[-3-]{+4+}" in out
    found = json.loads(run(root, "diff", "http://www.a.gov.test/a.html", "--json")[1])
    assert found["verdicts"] == ["figures", "wording"]
    assert "".join(text for mark, text in found["texts"][0]["marks"] if mark != "-") == "收到申请4件，都已<b>答复。"
    html = run(root, "diff", "http://www.a.gov.test/a.html", "--html")[1]
    assert "<del>3</del><ins>4</ins>" in html
    assert "<b>" not in html


def test_a_diff_of_equals_is_empty(root):
    """And a report of one version has nothing to be compared with."""
    assert run(root, "diff", "http://b.gov.test/x.html", "http://b.gov.test/x.html") == (0, "")
    assert run(root, "diff", "http://b.gov.test/x.html")[0] == 2
    assert run(root, "diff", "http://nowhere.test/")[0] == 2, "1 would say that something differs"


def test_a_diff_names_the_page_that_showed_each_side_last(tmp_path):
    """Of one document on three pages."""
    archive = Archive.open(tmp_path)
    with archive.start_run("crawl") as crawl:
        for second, (name, value) in enumerate((("m", 3), ("z", 3), ("a", 3), ("m", 4))):
            page = exchange(f"<p>{second}</p>".encode(), url=f"http://www.a.gov.test/{name}.html", seconds=second)
            crawl.store(crawl.record(page), report(value), reader_version="1")
    archive.close()
    sides = json.loads(run(tmp_path, "diff", "http://www.a.gov.test/m.html", "--json")[1])["sides"]
    assert [side["url"][-6:] for side in sides.values()] == ["a.html", "m.html"]
    assert (sides["old"]["first_seen"][17:19], sides["old"]["last_seen"][17:19]) == ("50", "52")

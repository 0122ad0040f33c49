"""A takedown hides what a capture shows from everything that people are given, and nothing is lost by it."""

import json

import pytest
from archive_makers import catalog_of_shuffled, Clock, exchange, report
from click.testing import CliRunner

from archive.cli import main
from archive.errors import NotInArchive
from archive.records import find_capture
from archive.store import Archive
from archive.verify import verify

SECRET = "某某的家庭住址"
PAGE = "http://www.a.gov.test/secret.html"


def visit(root, body, text, *, seconds, url=PAGE, year=2023):
    """Record a page and store what it says; return the capture's id."""
    archive = Archive.open(root, clock=Clock(step=0.01))
    with archive.start_run("crawl") as run:
        capture = run.record(exchange(body.encode(), url=url, seconds=seconds))
        run.visited(capture, links=[], page_kind="annual_report")
        run.store(capture, report(body=text, year=year), reader_version="1")
    archive.close()
    return capture.id


@pytest.fixture(scope="module")
def hidden(tmp_path_factory):
    """Return an archive in which a page was taken down that was seen twice before and once after, and the capture's id."""
    root = tmp_path_factory.mktemp("archive")
    visit(root, "<p>harmless</p>", "一、总体情况" * 40, seconds=0, url="http://www.a.gov.test/other.html", year=2024)
    first = visit(root, f"<p>{SECRET}</p>", SECRET * 40, seconds=10)
    visit(root, f"<p>{SECRET}</p>", SECRET * 40, seconds=20)
    result = run(root, "takedown", first, "--reason", "names a private person")
    assert (result.exit_code, result.stderr) == (0, f"{first}: 2 captures are hidden\n")
    visit(root, f"<p>{SECRET}</p>", SECRET * 40, seconds=30)
    visit(root, "<p>corrected</p>", "二、主动公开" * 40, seconds=40)
    return root, first


def run(root, *arguments):
    """Return the result of a command over an archive."""
    return CliRunner().invoke(main, [arguments[0], "--archive", str(root), *arguments[1:]])


@pytest.mark.parametrize("command", ["list", "versions", "changes", "export", "history", "findings"])
def test_no_listing_tells_it(hidden, command):
    """Not the text, not the capture; what else the page said is there."""
    root, first = hidden
    result = run(root, command, *([] if command == "export" else ["--json"]))
    assert SECRET not in result.stdout
    assert first not in result.stdout
    if command in ("list", "export"):
        assert "二、主动公开" in run(root, "export").stdout


def test_it_is_not_shown_either(hidden):
    """By capture, by URL at its time, by likeness; the reason is."""
    root, first = hidden
    result = run(root, "show", "--capture", first, "--payload")
    assert result.exit_code == 2
    assert SECRET not in result.stdout
    archive = Archive.open(root)
    with pytest.raises(NotInArchive, match="names a private person"):
        archive.payload_of(first)
    assert find_capture(archive, PAGE) == run_capture(root)
    assert run(root, "show", PAGE, "--at", "2026-11-23T00:00:15").exit_code == 2
    (document,) = archive.catalog.rows("SELECT sha256 FROM documents WHERE damage = 'taken down'")
    assert run(root, "alike", document["sha256"]).exit_code == 2
    archive.close()


def run_capture(root):
    """Return the capture that the page's report stands on now."""
    return json.loads(run(root, "show", PAGE, "--json").stdout)["capture"]


def test_it_is_not_packed(hidden, tmp_path):
    """Neither record nor page."""
    root, _ = hidden
    result = run(root, "pack", "-o", str(tmp_path / "a.wacz"))
    assert "2 captures, 2 pages" in result.stderr


def test_the_catalog_does_not_hold_it(hidden):
    """Whoever opens catalog.db with SQL finds no word of it."""
    root, _ = hidden
    Archive.open(root).catalog.db.conn.execute("VACUUM")
    archive = Archive.open(root)
    texts = archive.catalog.rows(
        "SELECT body FROM bodies UNION ALL SELECT evidence FROM changes UNION ALL SELECT says FROM changes"
    )
    assert not [row for row in texts if SECRET in row["body"]]
    archive.close()


def test_verify_accepts_it_and_the_bytes_are_there(hidden):
    """Nothing is lost: the tombstone is an event, the record stays."""
    root, _ = hidden
    assert [str(fault) for fault in verify(root)] == []
    assert len(list(root.glob("documents/*/*/*/*/*.json"))) == 3


def test_any_order_of_journals_hides_the_same(hidden, tmp_path):
    """A takedown that is read before what it takes down."""
    root, _ = hidden
    assert catalog_of_shuffled(root, tmp_path, 4)["hidden_derivations"]


# ---------------------------------------------------------------- lifted again


@pytest.fixture
def lifted(tmp_path):
    """Return an archive in which a page was taken down twice over and shown again, and one that never hid anything."""
    root, open_root = tmp_path / "lifted", tmp_path / "open"
    captures = {}
    for each in (root, open_root):
        captures[each] = visit(each, f"<p>{SECRET}</p>", SECRET * 40, seconds=10)
        if each == root:
            assert run(root, "takedown", captures[root], "--reason", "asked").exit_code == 0
            Archive.open(root).close()
            with Archive.open(root).start_run("takedown") as again:
                again.adopt("takedown", capture=captures[root], payload_sha256=None, reason="asked twice")
        visit(each, f"<p>{SECRET}</p>", SECRET * 40, seconds=30)
        visit(each, "<p>corrected</p>", "二、主动公开" * 40, seconds=40)
    assert SECRET not in run(root, "export").stdout
    result = run(root, "takedown", captures[root], "--lift", "--reason", "the court said so")
    assert (result.exit_code, result.stderr) == (0, f"{captures[root]}: 2 takedowns are lifted\n")
    return root, open_root, captures[root]


def test_what_is_lifted_is_shown_as_if_it_had_never_been_hidden(lifted):
    """Listings, verdicts, payload; the journal tells of both, and verify accepts them."""
    root, open_root, first = lifted
    said = ["SELECT verdict, agency, seen_at, says FROM changes ORDER BY 1, 3", "SELECT body FROM bodies ORDER BY 1"]
    said += [
        "SELECT identity, versions, sightings FROM reports ORDER BY 1",
        "SELECT number, is_current FROM versions ORDER BY 1",
    ]
    one, other = Archive.open(root), Archive.open(open_root)
    for sql in said:
        assert list(one.catalog.rows(sql)) == list(other.catalog.rows(sql)) != [], sql
    assert SECRET.encode() in one.payload_of(first).body
    assert SECRET in run(root, "show", "--capture", first, "--payload").stdout
    assert [str(fault) for fault in verify(root)] == []
    assert [row["reason"] for row in one.catalog.rows("SELECT reason FROM lifted_takedowns ORDER BY at")] == [
        "asked",
        "asked twice",
    ]
    assert run(root, "takedown", first, "--lift", "--reason", "again").exit_code == 2


def test_any_order_of_takedowns_and_lifts_gives_the_same(lifted, tmp_path):
    """A lift that is read before its takedown, or between it and what it hides; and all of it twice."""
    root, _, first = lifted
    archive = Archive.open(root)
    archive.take_down(first, "asked a third time")
    archive.close()
    found = catalog_of_shuffled(root, tmp_path, 12)
    assert (len(found["takedowns"]), len(found["lifted_takedowns"]), len(found["lifts"])) == (1, 2, 2)
    assert found["hidden_derivations"]


def test_a_lift_of_what_the_journal_has_lost_keeps_no_archive_shut(tmp_path):
    """The line that told what the page said is damaged by then: `verify` names it, and everything else goes on."""
    capture = visit(tmp_path, "<p>x</p>", "一、总体情况", seconds=0)
    assert run(tmp_path, "takedown", capture, "--reason", "test").exit_code == 0
    (journal,) = tmp_path.glob("journal/*/*/*/*-crawl-*.jsonl")
    journal.write_bytes(journal.read_bytes().replace(b'"event":"derivation"', b'"event":"dErivation"'))
    assert run(tmp_path, "takedown", capture, "--lift", "--reason", "test").exit_code == 0
    assert run(tmp_path, "list", "--json").stdout == "[]\n"
    assert "differs from its own checksum" in run(tmp_path, "verify").stdout

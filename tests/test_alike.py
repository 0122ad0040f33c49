"""The index of likeness: finds what is alike, however it was filled, and after reopening."""

import json
import sqlite3
from dataclasses import replace
from datetime import datetime, UTC
from pathlib import Path
from random import Random

import pytest
from click.testing import CliRunner

from archive.alike import alike, find_document
from archive.cli import main
from archive.errors import Damaged, NotInArchive
from archive.likeness_index import BUCKET, LikenessIndex, traces_of
from archive.model import Report
from archive.store import Archive
from samples.alikes import corrected, draft, edited, next_year, spun

DOCUMENTS = [(f"{seed:064x}", draft(seed).report()) for seed in range(60)]


@pytest.fixture
def index(tmp_path):
    with LikenessIndex(tmp_path / "likeness.db") as made:
        made.add(DOCUMENTS)
        yield made


def content(path):
    with sqlite3.connect(path) as db:
        rows = db.execute("SELECT id, signatures, number FROM documents").fetchall()
        number = {row[2]: row[0] for row in rows}
        bands = {(key, number[at]) for key, at in db.execute("SELECT key, number FROM bands")}
    db.close()
    return {row[:2] for row in rows}, bands


def ids(candidates):
    return [each.document for each in candidates]


@pytest.mark.parametrize(
    "other",
    [
        lambda d, lot: corrected(d, lot).report(),
        lambda d, lot: edited(d, 0.1, lot).report(),
        lambda d, lot: edited(d, 0.3, lot).report(),
        lambda d, lot: next_year(d, lot, share=0.1).report(),
        lambda d, lot: spun(d, lot, share=0.6),
    ],
)
def test_what_is_alike_is_found(index, other):
    """And is the only one found: all share three tenths of their text."""
    for seed in range(12):
        assert ids(index.candidates(traces_of(other(draft(seed), Random(seed))))) == [f"{seed:064x}"]


def test_what_is_not_alike_is_not_found(index):
    """Strangers, and a report without text or figures, which says nothing to be found by."""
    assert [index.candidates(traces_of(draft(seed).report())) for seed in range(500, 520)] == [[]] * 20
    index.add([("f" * 64, Report())])
    assert index.candidates(traces_of(Report())) == []
    assert "f" * 64 in index


def test_filled_bit_by_bit_in_any_order_is_the_same_as_filled_at_once(index, tmp_path):
    """Incremental means: nobody can tell. A known id is passed over."""
    shuffled = Random(1).sample(DOCUMENTS, len(DOCUMENTS))
    with LikenessIndex(tmp_path / "other.db") as other:
        assert [other.add(shuffled[:7]), other.add(shuffled[:30]), other.add(shuffled)] == [7, 23, 30]
    assert content(tmp_path / "other.db") == content(tmp_path / "likeness.db")


def test_it_survives_reopening_and_grows_under_a_reader(index, tmp_path):
    """A second process adds; the first finds it at the next look-up."""
    wanted = traces_of(draft(70).report())
    assert index.candidates(wanted) == []
    with LikenessIndex(tmp_path / "likeness.db") as other:
        assert len(other) == len(DOCUMENTS)
        other.add([("70", draft(70).report())])
        assert ids(other.candidates(wanted)) == ["70"]
    assert ids(index.candidates(wanted)) == ["70"]
    assert index.candidates(wanted)[0].masked == 1.0


def test_an_index_of_another_scheme_is_emptied(index, tmp_path):
    """Signatures made by other rules can't be compared with ours, and would be silently unlike."""
    index._db.execute("UPDATE scheme SET says = 'older'")
    index._db.commit()
    with LikenessIndex(tmp_path / "likeness.db") as anew:
        assert len(anew) == 0
        anew.add(DOCUMENTS[:1])
        assert ids(anew.candidates(traces_of(DOCUMENTS[0][1]))) == [DOCUMENTS[0][0]]


def test_a_template_that_hundreds_share_does_not_hide_the_best(tmp_path):
    """Only the newest of a full band are looked at, but a true twin shares every band."""
    original = draft(1, length=30)
    with LikenessIndex(tmp_path / "likeness.db") as index:
        index.add([("twin", edited(original, 0.05, Random(0)).report())])
        index.add((str(seed), edited(original, 0.35, Random(seed)).report()) for seed in range(1, BUCKET + 50))
        found = index.candidates(traces_of(original.report()), limit=5)
    assert found[0].document == "twin"
    best = [each.masked + each.figures for each in found]
    assert best == sorted(best, reverse=True)
    assert len(best) == 5


@pytest.fixture
def archive(tmp_path):
    """Return an open archive."""
    opened = Archive.open(tmp_path / "data")
    yield opened
    opened.close()


def store(archive, report, url):
    with archive.start_run("ingest") as run:
        capture = run.record_file(Path("a.html"), url.encode(), url, datetime(2026, 1, 2, tzinfo=UTC))
        stored = run.store(capture, report, reader_version="1")
        run.finish("finished", {})
    archive.catalog.catch_up()
    return stored.document


def test_an_archive_says_what_is_alike(archive):
    """What comes later is found later; strangers are left out."""
    original = draft(1)
    here = store(archive, original.report(), "https://one.gov.test/1")
    store(archive, draft(2).report(), "https://one.gov.test/2")
    assert alike(archive, here) == []
    there = store(archive, replace(original.report(), source_class="unknown"), "https://two.test/1")
    later = store(archive, next_year(original, Random(1)).report(), "https://one.gov.test/3")
    spin = store(archive, spun(original, Random(1)), "https://mill.test/1")
    found = {each.other: each.verdict for each in alike(archive, here)}
    assert found == {there: "mirror", later: "next_year_copy", spin: "essay_mill"}
    assert [each.verdict for each in alike(archive, here, limit=1)] == ["mirror"]


def test_the_index_of_an_archive_can_be_deleted(archive):
    """It holds nothing that the documents do not."""
    here = store(archive, draft(1).report(), "https://one.gov.test/1")
    store(archive, edited(draft(1), 0.1, Random(1)).report(), "https://one.gov.test/1")
    before = alike(archive, here)
    assert [each.verdict for each in before] == ["corrected"]
    (archive.root / "likeness.db").unlink()
    assert alike(archive, here) == before


def test_what_can_not_be_answered_is_said(archive):
    """One sentence that names the thing."""
    here = store(archive, draft(1).report(), "https://one.gov.test/1")
    for missing in ("0123456789ab", "https://nowhere.test/", "某局|2020"):
        with pytest.raises(NotInArchive, match=missing.replace("|", r"\|")):
            find_document(archive, missing)
    assert find_document(archive, here[:12]) == find_document(archive, "https://one.gov.test/1") == here
    (archive.root / "likeness.db").write_bytes(b"no database at all, but long enough to be taken for one" * 100)
    with pytest.raises(Damaged, match=r"likeness\.db .* delete it"):
        alike(archive, here)


def test_the_command_explains_itself_with_numbers(archive):
    """A researcher must be able to defend the verdict."""
    here = store(archive, draft(1).report(), "https://one.gov.test/1")
    there = store(archive, next_year(draft(1), Random(5), share=0).report(), "https://one.gov.test/2")
    made = CliRunner().invoke(main, ["alike", here[:12], "--json", "--archive", str(archive.root)])
    (row,) = json.loads(made.stdout)
    assert (made.exit_code, row["other"], row["url"]) == (0, there, "https://one.gov.test/2")
    assert (row["verdict"], row["masked"], row["same_agency"], row["same_year"]) == ("next_year_copy", 1.0, True, False)
    assert row["numbers_equal"] < row["numbers_compared"] / 4
    assert f"{row['numbers_equal']} of {row['numbers_compared']} numbers equal" in row["says"]
    missing = CliRunner().invoke(main, ["alike", "0" * 64, "--archive", str(archive.root)])
    assert (missing.exit_code, missing.stdout) == (2, "")

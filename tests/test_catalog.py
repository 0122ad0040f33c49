"""The catalog is an index: made anew it is the same, in whatever order and however often the journals came."""

import shutil

import pytest
from archive_makers import Clock, exchange, fill, report
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.catalog import Catalog
from archive.rebuild import differences, dump, rebuild
from archive.schema import all_tables
from archive.store import Archive
from archive.versions import agency_identity, current_of, identity_of, Sighting, versions_of

sightings = st.builds(
    Sighting,
    identity=st.just("a|2024"),
    capture=st.uuids().map(str),
    document=st.sampled_from("dD"),
    content_sha256=st.sampled_from("xyz"),
    url=st.sampled_from(["http://a.test/", "http://b.test/"]),
    fetched_at=st.sampled_from(["2026-01-01", "2026-01-02", "2026-01-03"]),
    source_class=st.sampled_from(["official", "mirror"]),
)

FILLED = (
    *("runs", "captures", "capture_files", "visits", "derivations", "documents", "bodies", "checks", "sightings", "versions"),
    *("reports", "findings", "segments", "changes", "cell_changes", "cell_history"),
)
"""The tables that the runs below have rows for."""


def dumped(catalog):
    """Return everything that a catalog holds."""
    return {table: list(dump(catalog.db.conn, table)) for table in all_tables() if table != "journal_offsets"}


@pytest.fixture(scope="module")
def three_runs(tmp_path_factory):
    """Return an archive of three runs: a report, its correction, and a copy on another site read by two reader versions."""
    root = tmp_path_factory.mktemp("archive")
    archive = fill(Archive.open(root, clock=Clock()))
    with archive.start_run("crawl", portal="qingchuan") as run:
        run.store(run.record(exchange(b"v2", seconds=60)), report(4), reader_version="1")
    with archive.start_run("crawl", portal="mirror") as run:
        copy = run.record(exchange(b"v2 copied", url="http://m.test/", seconds=90))
        run.store(copy, report(5, source_class="mirror"), reader_version="1")
        run.store(copy, report(4, source_class="mirror"), reader_version="2")
        run.adopt("decision", fingerprint="ab" * 8, verdict="dismissed", note="", state="cd" * 8, says="a = b")
    return archive


def test_rebuilt_it_is_the_same(three_runs):
    """Nothing lives in the catalog alone."""
    root = three_runs.root
    before = dumped(three_runs.catalog)
    assert list(differences(root)) == []
    (root / "catalog.db").unlink()
    assert list(differences(root)) == ["the catalog is missing: `rebuild` makes it anew"]
    rebuild(root)
    three_runs.catalog = Catalog(root / "catalog.db", root)
    assert dumped(three_runs.catalog) == before
    assert all(before[table] for table in FILLED)


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_any_order_and_repetition_of_journals_gives_the_same(three_runs, tmp_path_factory, data):
    """Machines merge their journals as they come; one that comes twice, under another name, changes nothing."""
    journals = sorted(three_runs.root.glob("journal/*/*/*/*.jsonl"))
    names = data.draw(st.lists(st.sampled_from(journals), max_size=4).flatmap(lambda more: st.permutations([*journals, *more])))
    root = tmp_path_factory.mktemp("merged")
    (root / "documents").symlink_to(three_runs.root / "documents")
    folder = root / "journal/2026/11/22"
    folder.mkdir(parents=True)
    catalog = Catalog(root / "catalog.db", root)
    for number, path in enumerate(names):
        shutil.copy(path, folder / f"{number:03d}.jsonl")
        if data.draw(st.booleans()):
            catalog.catch_up()
    catalog.catch_up()
    assert dumped(catalog) == dumped(three_runs.catalog)
    catalog.close()


def test_a_corrected_report_is_a_chain_of_versions(three_runs):
    """The mirror does not stand for the report, a newer reader's reading of one capture counts once."""
    rows = list(three_runs.catalog.rows("SELECT * FROM versions WHERE identity = '510822//教育局|2024' ORDER BY number"))
    assert [(row["number"], row["is_current"], row["sightings"]) for row in rows] == [(1, 0, 2), (2, 1, 2)]
    (current,) = three_runs.catalog.rows("SELECT * FROM reports WHERE identity = '510822//教育局|2024'")
    assert (current["url"], current["versions"], current["urls"]) == ("http://www.a.gov.test/a.html", 2, 2)


def test_a_report_without_agency_is_a_finding_not_a_guess(three_runs):
    """Its identity is its URL until somebody says more."""
    (row,) = three_runs.catalog.rows("SELECT * FROM reports WHERE provisional")
    assert row["identity"] == "url:http://www.b.gov.test/"
    (finding,) = three_runs.catalog.rows("SELECT * FROM findings WHERE kind = 'no_identity'")
    assert "agency is not known" in finding["says"]


@pytest.mark.parametrize(
    ("agency", "division", "who"),
    [
        ("青川县教育局", None, "510822//教育局"),
        ("广元市青川县教育局", None, "510822//教育局"),
        ("鼓楼区教育局", None, None),
        ("鼓楼区教育局", "350102", "350102//教育局"),
        ("教育局", None, None),
        ("办公室", None, None),
        ("城关镇人民政府", None, None),
        ("城关镇人民政府", "990121", "990121 城关镇人民政府"),
        ("云棠县城关镇人民政府", None, "云棠县城关镇人民政府"),
        ("教育局", "990100", None),
        ("教育部", None, "教育部"),
        ("国家渡口管理局", None, "国家渡口管理局"),
        ("云溪谷县教育局", None, "云溪谷县教育局"),
    ],
)
def test_an_agency_is_one_only_where_that_is_certain(agency, division, who):
    """Spellings of one organ meet; namesakes and words that any county uses do not."""
    assert agency_identity(agency, 2024, division) == who


def test_identities():
    """Only an annual report of a certain agency and a known year is merged with others."""
    facts = {"agency": "教育部", "division": None, "report_year": 2024, "kind": "annual_report", "url": "http://A.test:80/x#y"}
    assert identity_of(**facts) == ("教育部|2024", False)
    assert identity_of(**{**facts, "kind": "explainer"}) == ("url:http://a.test:80/x", True)
    assert identity_of(**{**facts, "agency": "教育局"}) == ("url:http://a.test:80/x", True)
    assert identity_of(**{**facts, "agency": None, "url": "urn:sha256:1#a"})[0] == "url:urn:sha256:1#a"


@given(st.lists(sightings, min_size=1, max_size=8).flatmap(lambda found: st.tuples(st.just(found), st.permutations(found))))
def test_versions_do_not_depend_on_order(pair):
    """Versions partition the sightings, are numbered by first sighting, and know no order of arrival."""
    found, shuffled = pair
    versions = versions_of(found)
    assert versions == versions_of(shuffled)
    assert current_of(found) == current_of(shuffled)
    assert sum(version.sightings for version in versions) == len(set(found))
    assert [version.number for version in versions] == list(range(1, len(versions) + 1))
    assert [version.first.order for version in versions] == sorted(version.first.order for version in versions)


def test_a_catalog_that_is_no_database_is_made_anew(tmp_path):
    """And opening the archive says so."""
    fill(Archive.open(tmp_path)).close()
    (tmp_path / "catalog.db").write_bytes(b"no database at all" * 100)
    archive = Archive.open(tmp_path)
    assert "made anew" in archive.repairs[0]
    assert list(differences(tmp_path)) == []
    archive.close()
    (tmp_path / "catalog.db").write_bytes(b"no database at all" * 100)
    assert rebuild(tmp_path) > 10
    assert list(differences(tmp_path)) == []


def test_a_catalog_of_another_schema_is_made_anew(tmp_path):
    """A new column is there at the next start, without anybody's doing."""
    archive = fill(Archive.open(tmp_path))
    archive.catalog.db.conn.execute("PRAGMA user_version = 1")
    archive.catalog.db.conn.execute("DROP TABLE reports")
    archive.close()
    assert len(list(Archive.open(tmp_path).catalog.rows("SELECT * FROM reports"))) == 2
    assert list(differences(tmp_path)) == []

"""What is settled without judging comes to what judging everything anew comes to."""

from contextlib import closing
from datetime import timedelta

import pytest
from archive_makers import Clock, exchange, report, START
from hypothesis import given, settings
from hypothesis import strategies as st

from archive import catalog as archive_catalog
from archive.catalog import Catalog
from archive.rebuild import dump
from archive.record_ids import record_uri, uuid_of
from archive.schema import all_tables
from archive.store import Archive

PAGES = ("http://www.a.gov.test/1.html", "https://www.a.gov.test/1.html", "http://www.b.gov.test/2.html")
visits = st.tuples(
    st.sampled_from(PAGES),
    st.sampled_from(["first", "second", "gone", "other", "cut"]),
    st.integers(min_value=0, max_value=9),
    st.integers(min_value=0, max_value=2),
)


def look(run, url, what, day, attachments):
    """Record one visit of a page that shows a report, another report, that it is gone, or half of it."""
    at = {"seconds": day * 86400}
    if what == "gone":
        capture = run.record(exchange(url=url, response=b"HTTP/1.1 404 Not Found\r\n\r\ngone", **at))
        run.visited(capture, links=[], page_kind="not_found")
        return
    capture = run.record(exchange(f"<p>{what}</p>".encode(), url=url, truncated="reset" if what == "cut" else None, **at))
    files = report().attachments if attachments else ()
    year = 2023 if what == "other" else 2024
    told = report(4 if what == "second" else 3, year=year, body=f"一、总体情况{url}", attachments=files)
    run.store(capture, told, reader_version="1")
    run.visited(capture, links=[], page_kind="annual_report")


def dumped(catalog):
    """Return everything that a catalog holds, but for how far it has read."""
    return {table: list(dump(catalog.db.conn, table)) for table in all_tables() if table != "journal_offsets"}


@settings(max_examples=25, deadline=None)
@given(runs=st.lists(st.lists(visits, min_size=1, max_size=4), min_size=2, max_size=6))
def test_settling_changes_nothing_that_judging_would_say(tmp_path_factory, runs):
    """Whatever is seen of pages, one after the other or all at once, with or without the short way."""
    root = tmp_path_factory.mktemp("steady")
    archive = Archive.open(root, clock=Clock(step=0.001))
    for visited in runs:
        with archive.start_run("crawl") as run:
            for visit in visited:
                look(run, *visit)
    shortened = dumped(archive.catalog)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(archive_catalog, "settle", lambda tables, touched: None)
        whole = Catalog(root / "whole.db", root)
        whole.catch_up()
    assert shortened == dumped(whole)
    whole.close()
    archive.close()


def test_the_short_way_is_taken(tmp_path, monkeypatch):
    """A page that came again as it was is not judged: else the test above would prove nothing."""
    judged = []
    real = archive_catalog.Judge.judge
    monkeypatch.setattr(archive_catalog.Judge, "judge", lambda self, pages: (judged.append(set(pages)), real(self, pages)))
    archive_ = Archive.open(tmp_path, clock=Clock(step=0.001))
    for day in range(4):
        with archive_.start_run("crawl") as run:
            look(run, PAGES[0], "first", day, 1)
    (row,) = archive_.catalog.rows("SELECT looks, last_seen FROM segments")
    assert row == {"looks": 4, "last_seen": (START + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")}
    assert [pages for pages in judged if pages] == [{"a.gov.test/1.html"}]
    (row,) = archive_.catalog.rows("SELECT sightings, versions FROM reports")
    assert row == {"sightings": 4, "versions": 1}
    archive_.close()


def test_names_of_records_are_in_order_of_time():
    """Version 7 UUIDs: of two made one after the other the second is not before the first, by more than their random part."""
    names = [record_uri() for _ in range(50)]
    assert len(set(names)) == 50
    assert [name[9:22] for name in names] == sorted(name[9:22] for name in names)
    assert uuid_of(1, 5).version == 7
    assert uuid_of(1, 5) < uuid_of(2, 0)


def test_nothing_is_left_of_a_transaction_that_failed(tmp_path):
    """What waited to be written goes with it."""
    (tmp_path / "journal").mkdir()
    catalog = Catalog(tmp_path / "catalog.db", tmp_path)
    with pytest.raises(ZeroDivisionError), catalog._writing():
        catalog.put("agencies", {"name": "某局"})
        _ = 1 / 0
    assert list(catalog.rows("SELECT * FROM agencies")) == []
    catalog.close()


def test_a_refusal_that_is_known_before_its_capture_is_not_passed_over(tmp_path):
    """Of a page that came again as it was, a later reader took one look for no report: in whatever order that is told."""
    root = tmp_path / "data"
    archive_ = Archive.open(root, clock=Clock(step=1))
    captures = []
    for day in range(2):
        with archive_.start_run("crawl") as run:
            captures.append(run.record(exchange(b"<p>same</p>", url=PAGES[0], seconds=day * 86400)))
            run.store(captures[-1], report(), reader_version="1")
    with archive_.start_run("rederive") as run:
        run.refuse(captures[1], "notice", reader_version="2", context={"url": PAGES[1]})
    first, second, refused = sorted(
        path.relative_to(root / "journal").as_posix() for path in root.glob("journal/*/*/*/*.jsonl")
    )
    with closing(Catalog(tmp_path / "other.db", root)) as catalog:
        for journal in (refused, first, second):
            catalog._apply_batch([journal], None)
        assert dumped(catalog) == dumped(archive_.catalog)
        assert len(list(catalog.rows("SELECT capture FROM sightings"))) == 1
    archive_.close()

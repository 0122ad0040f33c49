"""`python -m pipelines rederive`: today's reader over stored captures, and what our change did."""

import json
import os
import shutil
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from archive_makers import Clock, exchange, report, START
from click.testing import CliRunner
from season_driver import record

import pipelines.rederive
from archive.codec import loads
from archive.documents import make_document
from archive.effects import effect_of
from archive.model import Cell, Finding, Statistics, Table
from archive.rebuild import differences
from archive.store import Archive
from pipelines import READER_VERSION
from pipelines.__main__ import main
from pipelines.reader import Context
from pipelines.rederive import derive
from pipelines.stored import groups
from samples.reports import make_report
from samples.seasons import stories


def content(value=3, **changes):
    """Return the JSON of a document."""
    return loads(make_document(report(value, **changes), "1").payload)


def run(root, *args):
    """Return the result of the command."""
    return CliRunner().invoke(main, ["rederive", "--archive", str(root), *args])


@pytest.fixture(scope="module")
def older(tmp_path_factory):
    """Return an archive over the first kinds of story, as an older reader read it."""
    root = tmp_path_factory.mktemp("older")
    with closing(Archive.open(root, clock=Clock())) as archive:
        record(archive, stories(20), version="0")
    return root


@pytest.fixture
def crawled(older, tmp_path):
    """Return a copy of it to work on."""
    shutil.copytree(older, tmp_path / "data")
    return Archive.open(tmp_path / "data")


def changes(archive):
    """Return the verdicts, without those parts that name a document."""
    return sorted(tuple(row.values()) for row in archive.catalog.rows("SELECT id, verdict, agency, seen_at, says FROM changes"))


def test_the_same_bytes_read_again_give_the_same(crawled):
    """Everything that a crawl knew is in the archive, so a re-derivation reads what the crawl read; several processes agree."""
    before = changes(crawled)
    looked = run(crawled.root, "--processes", "2")
    assert (looked.exit_code, looked.stdout) == (0, "")
    assert "0 cells changed, 0 gained, 0 lost, in 0 documents that differ" in looked.stderr
    assert changes(crawled) == before
    assert run(crawled.root, "--apply", "--processes", "1").exit_code == 0
    crawled.catalog.catch_up()
    rows = crawled.catalog.rows("SELECT reader_version, count(*) AS count FROM derivations GROUP BY 1 ORDER BY 1")
    counts = {row["reader_version"]: row["count"] for row in rows}
    assert counts["0"] == counts[READER_VERSION] > 30
    assert changes(crawled) == before
    assert "0 captures read" in run(crawled.root).stderr
    assert list(differences(crawled.root)) == []


def test_what_our_change_does_is_told_and_is_no_change_of_theirs(crawled, monkeypatch):
    """A reader that reads one cell otherwise, loses one and knows another title: told before anything is stored."""
    before = changes(crawled)

    def otherwise(payload, context):
        read = pipelines.reader.read(payload, context)
        table = read.statistics.applications
        cells = {**table.cells, "new_received.total": Cell(value=999_999, raw="999999", kind="number", unit="件")}
        del cells["carried_in.total"]
        return replace(read, statistics=replace(read.statistics, applications=replace(table, cells=cells)))

    monkeypatch.setattr(derive, "__kwdefaults__", {"reader": otherwise, "everything": False})
    looked = run(crawled.root, "--processes", "1")
    assert looked.exit_code == 1
    lines = [json.loads(line) for line in looked.stdout.splitlines()]
    assert {line["changed"][0] for line in lines} == {"applications.new_received.total"}
    assert {line["lost"][0] for line in lines} == {"applications.carried_in.total"}
    assert f"{len(lines)} cells changed, 0 gained, {len(lines)} lost" in looked.stderr
    run(crawled.root, "--processes", "1", "--apply")
    crawled.catalog.catch_up()
    after = changes(crawled)
    assert {row[:4] for row in after} <= {row[:4] for row in before}
    assert len({row[0] for row in before} - {row[0] for row in after}) <= 2, (
        "the figures that now read alike are no change any more"
    )


def test_a_capture_that_cannot_be_read_any_more_keeps_its_document(crawled):
    """And is told."""
    source, *_ = next(groups(crawled, READER_VERSION))

    def fails(payload, context):
        raise ZeroDivisionError

    (failed,) = derive(crawled.root, (source,), reader=fails)
    assert "a mistake of ours: ZeroDivisionError" in failed.error
    broken = replace(source, row={**source.row, "file": "2026/nowhere.warc.gz"})
    (unread,) = derive(crawled.root, (broken,))
    assert "can't be read" in unread.error


def test_a_payload_that_came_again_is_read_once(tmp_path):
    """Forty visits of three pages cost three readings; another Content-Type or context is another reading."""
    page = make_report("云棠县民政局", 2023).html.encode()
    read_times = []

    def counting(payload, context):
        read_times.append(context)
        return pipelines.reader.read(payload, context)

    with closing(Archive.open(tmp_path, clock=Clock(step=0.001))) as archive:
        with archive.start_run("crawl") as run:
            for visit in range(40):
                url = f"http://www.a.gov.test/{visit % 3}.html"
                head = b"X-Charset: none\r\n" if visit else b""
                capture = run.record(exchange(page, url=url, head=head, seconds=visit))
                report_ = pipelines.reader.read(page, Context(url=url))
                run.store(capture, report_, reader_version="0", context={"url": url})
        found = [derived for group in groups(archive, READER_VERSION) for derived in derive(tmp_path, group, reader=counting)]
    assert (len(found), len(read_times)) == (40, 3)
    assert all(derived.error is None and derived.effect.is_none for derived in found)


def test_what_this_version_read_already_is_not_read_again(crawled):
    """A capture that came after the upgrade tells what the same bytes before it say now."""
    several = (group for group in groups(crawled, READER_VERSION) if len(group) > 1)
    source = next(group[0] for group in several if group[0].derivation["attachments"] == "[]")
    report_ = pipelines.reader.read(crawled.payload_of(source.row["id"]).body, Context(url=source.row["url"]))
    with crawled.start_run("crawl") as run:
        context = loads(source.derivation["context"])
        run.store(crawled.capture(source.row["id"]), report_, reader_version=READER_VERSION, context=context)

    def never(payload, context):
        raise AssertionError

    group = next(group for group in groups(crawled, READER_VERSION) if source.row["id"] in {each.row["id"] for each in group})
    found = derive(crawled.root, group, reader=never)
    assert len(found) == len(group) - 1
    assert all(derived.error is None for derived in found)


def test_the_hour_of_a_visit_changes_no_reading():
    """Captures are read together whatever their hour: a reader that looked at the clock would be told here."""
    page = make_report("云棠县民政局", 2023).html.encode()
    one, other = (
        pipelines.reader.read(page, Context(url="http://a.gov.test/", fetched_at=at))
        for at in (START, START + timedelta(days=900))
    )
    assert one == other


def dies(group):
    """Bring the process down, as a library with a fault in its C code does."""
    if group == "deadly":
        os._exit(9)
    return [group]


def test_a_reader_whose_process_dies_costs_one_group_only(monkeypatch):
    """Whoever shares its batch is read all the same."""
    monkeypatch.setattr(pipelines.rederive, "partial", lambda *_, **__: dies)
    monkeypatch.setattr(pipelines.rederive, "Derived", lambda source, error: (source, error))
    found = list(pipelines.rederive.derive_all(Path("unused"), iter(["a", "deadly", "b"]), 2))
    assert found == ["a", *((letter, "the reader's process died over it") for letter in "deadly"), "b"]


def test_looking_and_storing_are_two_things(tmp_path):
    """An archive that is not there is not made; --everything never stores."""
    assert run(tmp_path / "none").exit_code == 2
    assert run(tmp_path / "none", "--everything", "--apply").exit_code == 2


def test_effects():
    """Cells are told apart as changed, gained, lost; a title and an agency by old and new."""
    assert effect_of(content(), content()).is_none
    effect = effect_of(content(3), content(4, title="新", agency="青川县民政局"))
    assert effect.changed == (("applications", "new_received.natural_person"),)
    assert {name for name, _, _ in effect.said} == {"title", "agency"}
    empty = content(statistics=Statistics(applications=Table(form="2021", status="partial", cells={})))
    assert len(effect_of(content(), empty).lost) == len(effect_of(empty, content()).gained) == 3


def test_what_is_found_to_be_no_report_is_none_and_was_none(crawled, monkeypatch):
    """It is told, its cells as lost; the list and the changes are without it, and its capture is a refusal from then on."""
    (row, *_) = list(
        crawled.catalog.rows("SELECT url, identity FROM reports WHERE versions = 1 AND urls = 1 ORDER BY identity")
    )

    def otherwise(payload, context):
        report_ = pipelines.reader.read(payload, context)
        return replace(report_, kind="notice") if context.url == row["url"] else report_

    monkeypatch.setattr(derive, "__kwdefaults__", {"reader": otherwise, "everything": False})
    looked = run(crawled.root, "--processes", "1", "--apply")
    (line,) = map(json.loads, looked.stdout.splitlines())
    assert looked.exit_code == 1
    assert (line["kind"], line["report_year"]["new"]) == ({"old": "annual_report", "new": "notice"}, None)
    assert len(line["lost"]) > 100
    assert "0 became reports, 1 ceased to be reports, 0 are of another agency" in looked.stderr
    crawled.catalog.catch_up()
    for table in ("reports", "changes", "versions", "segments"):
        assert crawled.catalog.one(f"SELECT 1 FROM {table} WHERE identity = ?", [row["identity"]]) is None
    assert {each["kind"] for each in crawled.catalog.rows("SELECT kind FROM refusals WHERE url = ?", [row["url"]])} == {
        "notice"
    }
    assert list(differences(crawled.root)) == []
    crawled.take_down(crawled.catalog.one("SELECT capture FROM refusals WHERE url = ?", [row["url"]])["capture"], "asked")
    assert crawled.catalog.one("SELECT 1 FROM refusals WHERE url = ?", [row["url"]]) is None
    assert list(differences(crawled.root)) == []


def test_what_was_refused_before_journals_said_so_is_read(tmp_path):
    """By the visit's kind or the finding; without what the crawl knew of it."""
    page = make_report("云棠县民政局", 2023).html.encode()
    with closing(Archive.open(tmp_path, clock=Clock(step=0.001))) as archive:
        with archive.start_run("crawl") as run_:
            for number, kind in enumerate(("explainer", "other", "list_page", "other")):
                capture = run_.record(exchange(page, url=f"http://www.a.gov.test/{number}.html"))
                run_.visited(capture, links=[], page_kind=kind)
            run_.note(Finding(kind="unread_report", says="titled", url=capture.url, capture=capture.id))
        found = [source.row["url"][-6] for group in groups(archive, READER_VERSION) for source in group]
        assert sorted(found) == ["0", "3"]
        assert "1 became reports" in run(tmp_path, "--apply", "--processes", "1").stderr
        assert "0 captures read" in run(tmp_path).stderr

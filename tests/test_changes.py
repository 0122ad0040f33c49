"""Verdicts on what changed: all right, none invented, and the same in whatever order the facts come."""

import shutil
from collections import Counter

import pytest
from archive_makers import Clock, exchange, report
from hypothesis import given, settings
from hypothesis import strategies as st
from season_driver import found, record

from archive.addresses import page_key, site_of
from archive.catalog import Catalog
from archive.changes import report_changes
from archive.codec import loads
from archive.compared_text import report_lines
from archive.comparison import compare, file_changes
from archive.documents import make_document
from archive.frames import frame_difference, frame_of, redesigned
from archive.looks import Look, Reading, state_of
from archive.rebuild import differences, dump
from archive.store import Archive
from archive.streams import page_changes, segments_of
from samples.mutations import MUTATIONS
from samples.seasons import KINDS, stories

ALL = (*KINDS, *MUTATIONS)


def judged(tmp_path, count):
    """Record that many stories; return what was found and what should be, by story."""
    told = list(stories(count, ALL))
    archive = Archive.open(tmp_path)
    record(archive, told)
    seen = {number: set() for number in range(count)}
    for story, verdict, visit in found(archive, told):
        seen[told.index(story)].add((verdict, visit))
    wrong = {
        (number, story.kind): (story.verdicts - seen[number], seen[number] - story.verdicts)
        for number, story in enumerate(told)
        if seen[number] != story.verdicts
    }
    return archive, wrong


@pytest.fixture(scope="module")
def seasons(tmp_path_factory):
    """Return an archive over every kind of story, and what was judged wrong."""
    return judged(tmp_path_factory.mktemp("seasons"), len(ALL))


def test_every_mutation_gets_its_verdict_and_nothing_is_invented(seasons):
    """Seventy kinds of change, and of what is none: blocks, bad nights, counters, missed downloads, https, aliases."""
    archive, wrong = seasons
    assert wrong == {}
    assert list(differences(archive.root)) == []


@pytest.mark.soak
def test_over_three_hundred_reports_every_verdict_is_right(tmp_path):
    """The whole script five times, over offices and years."""
    archive, wrong = judged(tmp_path, 5 * len(ALL))
    assert wrong == {}
    assert list(differences(archive.root)) == []


@settings(max_examples=4, deadline=None)
@given(data=st.data())
def test_any_order_and_repetition_of_journals_gives_the_same_verdicts(seasons, tmp_path_factory, data):
    """A later visit may come first, with the catalog caught up in between, and come twice."""
    archive, _ = seasons
    journals = sorted(archive.root.glob("journal/*/*/*/*.jsonl"))
    names = data.draw(st.permutations([*journals, data.draw(st.sampled_from(journals))]))
    root = tmp_path_factory.mktemp("merged")
    for folder in ("documents", "captures"):
        (root / folder).symlink_to(archive.root / folder)
    (root / "journal/2026/11/22").mkdir(parents=True)
    catalog = Catalog(root / "catalog.db", root)
    for number, path in enumerate(names):
        shutil.copy(path, root / f"journal/2026/11/22/{number:03d}.jsonl")
        catalog.catch_up()
    for table in ("segments", "changes", "cell_changes", "cell_history", "frame_differences", "prints"):
        assert list(dump(catalog.db.conn, table)) == list(dump(archive.catalog.db.conn, table)), table
    catalog.close()


def test_the_ledger_tells_each_value_of_a_changed_cell(seasons):
    """Value, first seen, last seen, superseded by; for cells that never changed there is nothing to tell."""
    archive, _ = seasons
    rows = list(archive.catalog.rows("SELECT * FROM cell_history WHERE key LIKE 'figure-back%' ORDER BY key, cell, nth"))
    cells = Counter((row["key"], row["table"], row["cell"]) for row in rows)
    assert set(cells.values()) == {3}
    first, second, third = rows[:3]
    assert first["value"] == third["value"] == second["superseded_by"] != second["value"] == first["superseded_by"]
    assert (first["last_seen"] < first["superseded_at"] == second["first_seen"], third["superseded_at"]) == (True, None)


# ---------------------------------------------------------------- the reader's own doing is no change of theirs


def test_a_new_reader_makes_no_change_of_theirs(tmp_path):
    """Two captures without a common reader version wait; once the old one is re-derived they are compared."""
    archive = Archive.open(tmp_path, clock=Clock())
    with archive.start_run("crawl") as run:
        old = run.record(exchange(b"one"))
        run.store(old, report(3), reader_version="1")
    with archive.start_run("crawl") as run:
        run.store(run.record(exchange(b"two", seconds=60)), report(4, agency="青川县民政局"), reader_version="2")
    assert verdicts(archive) == ["first_seen"]
    with archive.start_run("rederive") as run:
        run.store(old, report(4, agency="青川县民政局", body="改动"), reader_version="2")
    assert verdicts(archive) == ["first_seen", "wording"]
    assert [row["agency"] for row in archive.catalog.rows("SELECT agency FROM changes")] == ["青川县民政局"] * 2


def verdicts(archive):
    """Return the verdicts of an archive, sorted."""
    return sorted(row["verdict"] for row in archive.catalog.rows("SELECT verdict FROM changes"))


def test_a_cut_body_is_no_change(tmp_path):
    """Beside whole captures a cut one says nothing; alone it is all there is."""
    archive = Archive.open(tmp_path, clock=Clock())
    with archive.start_run("crawl") as run:
        run.store(run.record(exchange(b"one")), report(3), reader_version="1")
        for day in (0, 10, 40):
            cut = exchange(b"on%d" % day, seconds=9 + 86400 * day, truncated="reset")
            run.store(run.record(cut), report(9, year=2023, body=f"cut{day}"), reader_version="1")
    assert verdicts(archive) == ["first_seen"]


def test_a_document_that_became_unreadable_is_a_finding(tmp_path):
    """The catalog must open all the same."""
    archive = Archive.open(tmp_path, clock=Clock())
    with archive.start_run("crawl") as run:
        stored = run.store(run.record(exchange(b"one")), report(3), reader_version="1")
    (path,) = tmp_path.glob(f"documents/*/*/*/*/{stored.document}.json")
    path.write_bytes(b"{}")
    with archive.start_run("crawl") as run:
        run.store(run.record(exchange(b"two", seconds=60)), report(4), reader_version="1")
    assert list(archive.catalog.rows("SELECT says FROM findings WHERE kind = 'unjudged'"))


def test_a_takedown_leaves_no_verdict_that_quotes_it(tmp_path):
    """Neither where one of two captures is hidden, nor where all of a page's are."""
    archive = Archive.open(tmp_path, clock=Clock())
    with archive.start_run("crawl") as run:
        captures = [run.record(exchange(body, seconds=at)) for at, body in enumerate((b"one", b"two"))]
        for number, capture in enumerate(captures):
            run.store(capture, report(number, body="某人的地址" * number), reader_version="1")
    assert verdicts(archive) == ["figures", "first_seen", "wording"]
    archive.take_down(captures[1].id, "a private person")
    assert verdicts(archive) == ["first_seen"]
    archive.take_down(captures[0].id, "a private person")
    for table in ("changes", "cell_changes", "cell_history", "segments", "prints"):
        assert list(archive.catalog.rows(f"SELECT * FROM {table}")) == []
    assert list(differences(tmp_path)) == []


# ---------------------------------------------------------------- pure parts


def content(*args, **changes):
    """Return the JSON of a document."""
    return loads(make_document(report(*args, **changes), "1").payload)


def test_what_could_not_be_read_or_fetched_is_no_difference():
    """A cell unread on one side, a date that is missing on one side, a file that was not fetched."""
    old, new = content(3), content(4, published_on=None)
    new["statistics"]["applications"]["cells"]["new_received.natural_person"]["reading"] = "unread"
    assert compare(old, new).verdicts == ()
    assert file_changes((("u", "a", "1"),), (("u", "a", None),)) == ()
    assert file_changes((("u", "a", "1"), ("v", "b", "2")), (("w", "a", "1"), ("v", "b", "3"))) == (("v", "2", "3"),)


def test_numbers_in_the_text_are_figures_and_words_are_wording():
    """A number put right in prose is no rewording; blanks, width and line breaks are nothing at all."""
    assert compare(content(body="收到申请 12 件。"), content(body="收到申请13件。")).verdicts == ("figures",)
    assert compare(content(body="收到申请12件。"), content(body="受理申请12件。")).verdicts == ("wording",)
    assert compare(content(body="收到申请12件。\n办结１１件。"), content(body="收到申请 12件。办结11件。")).verdicts == ()
    change = compare(content(3), content(4)).cells[0]
    assert (change.table, change.cell, change.old, change.new) == ("applications", "new_received.natural_person", 3, 4)


def test_numbers_at_the_edges_of_a_text_are_the_pages():
    """Counters over the first and under the last line of the report; its rows, sentences, date, and all between are its own."""
    inner = "一、总体情况\n规章 | 3\n另有 4 件\n六、其他需要报告的事项\n"
    text = f"点赞（7） 收藏（7）\n{inner}收费0元。\n2026年1月10日\n今日访问：12"
    assert report_lines(text) == f"{inner}收费0元。\n2026年1月10日"
    assert report_lines("收到 3 件\n办结 2 件") == "收到 3 件\n办结 2 件"
    assert compare(content(body=text), content(body=text.replace("7", "9").replace("12", "13"))).verdicts == ()
    assert compare(content(body=text), content(body=text.replace("4 件", "5 件"))).verdicts == ("figures",)


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        ({"status": 404}, "gone"),
        ({"status": 200, "page_kinds": ["not_found"]}, "gone"),
        ({"status": 302, "location": "/index.html"}, "gone"),
        ({"status": 302, "location": "http://b.gov.test/404.html"}, "gone"),
        ({"status": 301, "location": "https://a.gov.test/nb/x.html"}, "redirected"),
        ({"status": 301, "location": "/new/x.html"}, "redirected"),
        ({"status": 301, "location": "/nb/"}, "gone"),
        ({"status": 301, "location": "http://b.gov.test/nb/"}, "redirected"),
        ({"status": 404, "page_kinds": ["blocked:rs"]}, "blocked"),
        ({"status": 403}, "blocked"),
        ({"status": 503}, "unreachable"),
        ({"status": None, "failure": "dns"}, "unreachable"),
        ({"status": 200, "read_kinds": ["other"]}, "unread"),
        ({"status": 200, "read_kinds": ["annual_report"]}, "there"),
    ],
)
def test_what_a_visit_says_of_a_page(facts, state):
    """Only what says that the page is no more counts as gone."""
    defaults = {"status": None, "failure": None, "location": None, "page_kinds": [], "read_kinds": []}
    assert state_of(url="http://a.gov.test/nb/x.html", **{**defaults, **facts})[0] == state


def test_page_keys():
    """The same page under http and https, with www and without, with a session; another page under another query."""
    one = page_key("http://www.a.gov.test/x.do;jsessionid=1F?b=2&a=1#top")
    assert one == page_key("https://a.gov.test/x.do?a=1&b=2") == "a.gov.test/x.do?a=1&b=2"
    assert one != page_key("https://a.gov.test/x.do?a=1&b=3")
    assert (site_of(one), site_of(page_key("urn:sha256:00#a.html"))) == ("a.gov.test", None)


def test_a_redesign_is_what_many_pages_share():
    """A page's own new picture beside it does not hide it; two pages are no redesign."""
    old, new = frame_of(b"<div class='a b' id=x1>"), frame_of(b'<div class="c" id="x2"><p>')
    assert frame_difference(old, new) == ("+div.c", "-div.a", "-div.b")
    assert frame_of(b"<p class='x-12 id-deadbeef07 " + b"a" * 200_000 + b"'>") == {"p.x-0", "p.id-0", "p." + "a" * 200_000}
    shared = {f"c{n}": (f"page{n}", ["+x", "-y"]) for n in range(2)}
    assert redesigned(shared) == frozenset()
    assert redesigned({**shared, "c3": ("page3", ["+x", "-y", "+own"]), "c4": ("page4", ["+own"])}) == {"c0", "c1", "c3"}


looks = st.builds(
    lambda day, minute, key, state: (day, minute, key, state),
    st.integers(1, 60),
    st.integers(0, 59),
    st.sampled_from(["a.gov.test/1", "a.gov.test/2", "b.gov.test/1"]),
    st.sampled_from(["there:x", "there:y", "gone", "blocked", "unreachable", "unread", "redirected"]),
)


def made(number, day, minute, key, state):
    """Return a look at a page, of a report whose document is `x` or `y`."""
    kind, _, document = state.partition(":")
    reading = Reading(version="1", at="t", document=document, identity="i|2024", agency="i", report_year=2024)
    at = f"2026-{1 + day // 28:02d}-{1 + day % 28:02d}T00:{minute:02d}:00.000000Z"
    readings = {"1": reading} if document else {}
    facts = {"url": f"http://{key}", "run": f"run{day}", "payload": f"{document}{number}", "readings": readings}
    return Look(key=key, capture=f"c{number:02d}", at=at, state=kind, **facts)


@settings(deadline=None)
@given(st.lists(looks, max_size=14).flatmap(lambda found: st.tuples(st.just(found), st.permutations(range(len(found))))))
def test_whatever_happens_the_story_makes_sense(case):
    """In any order the same; seen first once; withdrawn only after it was there, and after 14 days without; restored only after that."""
    found, order = case
    seen = [made(number, *each) for number, each in enumerate(found)]
    documents = {name: content(3, body=name, agency="i") for name in "xy"}

    def judge(looks):
        pages = [
            segments_of([each for each in looks if each.key == key], documents.get, None) for key in {x.key for x in looks}
        ]
        segments = [segment for page in pages for segment in page]
        inner = [change for each in segments for change in page_changes(each, documents.get, lambda *_: ())]
        return sorted(
            [*report_changes(segments, documents.get, lambda *_: ()), *inner], key=lambda each: (each.seen_at, each.id)
        )

    changes = judge(seen)
    assert changes == judge([seen[number] for number in order])
    there = [each for each in seen if each.state == "there"]
    assert [each.verdict for each in changes].count("first_seen") == bool(there)
    for site in ("a.gov.test", "b.gov.test"):
        story = [each for each in changes if site_of(each.key) == site and each.verdict in ("withdrawn", "restored")]
        assert [each.verdict for each in story] == ["withdrawn", "restored"] * (len(story) // 2) + ["withdrawn"] * (
            len(story) % 2
        )
        for each in story:
            is_there = any(x.at > each.since and x.at < each.seen_at and site_of(x.key) == site for x in there)
            assert each.verdict != "withdrawn" or not is_there

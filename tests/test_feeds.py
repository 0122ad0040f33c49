"""Feeds of changes: valid, stable, the difference inside, foreign markup harmless."""

import json
from dataclasses import replace
from datetime import datetime
from time import strftime

import feedparser
import pytest
from archive_makers import Clock, exchange, report, START
from click.testing import CliRunner
from lxml import etree

from archive.cli import main
from archive.feeds import ATOM, atom, entries, Feed, json_feed, publish
from archive.model import Agency
from archive.news import Wanted
from archive.rebuild import rebuild
from archive.records import find_capture
from archive.store import Archive

NAMES = {"a": ATOM}


@pytest.fixture
def archive(tmp_path):
    """Return an archive of one office's two versions, the newer with markup and a control character, and another office."""
    archive = Archive.open(tmp_path / "data", clock=Clock())
    place = Agency(name="青川县教育局", division="510822")
    with archive.start_run("crawl") as run:
        first = replace(report(3, body="收到3件，均已答复。"), agency=place)
        run.store(run.record(exchange(b"1")), first, reader_version="1")
        later = replace(report(4, body="收到4件，<script>都</script>\x07已答复。"), agency=place)
        run.store(run.record(exchange(b"2", seconds=90)), later, reader_version="1")
        other = run.record(exchange(b"3", url="http://b.gov.test/x.html", seconds=95))
        run.store(other, report(3, agency="民政部", year=2023), reader_version="1")
    return archive


def test_an_atom_feed_has_what_the_standard_asks(archive):
    """RFC 4287 §4.1: id, title and updated of feed and entry, an author; the difference is escaped HTML."""
    feed = Feed(title="全部", wanted=Wanted())
    root = etree.fromstring(atom(feed, entries(archive.catalog, feed)).encode())
    for path in ("a:id", "a:title", "a:updated", "a:author/a:name"):
        assert root.xpath(path, namespaces=NAMES), path
    found = root.xpath("a:entry", namespaces=NAMES)
    assert len(found) == 4
    assert len({entry.findtext(f"{{{ATOM}}}id") for entry in found}) == 4
    figures = next(entry for entry in found if entry.xpath("a:category/@term", namespaces=NAMES) == ["figures"])
    html = figures.findtext(f"{{{ATOM}}}content")
    assert "<del>3</del> → <ins>4</ins>" in html
    assert "<script>" not in html


def test_a_reader_of_others_takes_every_feed(archive, tmp_path):
    """feedparser finds each Atom feed well-formed, with all entries, their times, links and the difference as HTML."""
    folder = tmp_path / "feeds"
    publish(archive.catalog, folder)
    paths = sorted(folder.glob("**/*.xml"))
    assert len(paths) > 6
    for path in paths:
        read = feedparser.parse(path.read_bytes())
        told = json.loads(path.with_suffix(".json").read_text())["items"]
        assert (read.bozo, read.version) == (False, "atom10")
        assert [entry.id for entry in read.entries] == [item["id"] for item in told]
        assert [entry.link for entry in read.entries] == [item["url"] for item in told]
        times = [entry.updated_parsed for entry in read.entries]
        assert [strftime("%Y-%m-%dT%H:%M:%S", each) for each in times] == [item["date_published"][:19] for item in told]
        assert all(entry.content[0].type == "text/html" and entry.content[0].value for entry in read.entries)


JSON_FEED = {"version": str, "title": str, "items": list}
ITEM = {"id": str, "url": str, "title": str, "content_html": str, "date_published": str, "tags": list, "_gongkai": dict}


def test_a_json_feed_has_the_types_that_its_standard_asks(archive):
    """JSON Feed 1.1: version, title, items; an item's id, a body, an RFC 3339 date; what is ours begins with an underscore."""
    feed = Feed(title="全部", wanted=Wanted())
    made = json.loads(json_feed(feed, entries(archive.catalog, feed)))
    assert {name: type(value) for name, value in made.items()} == JSON_FEED
    for item in made["items"]:
        assert {name: type(value) for name, value in item.items()} == ITEM
        assert datetime.fromisoformat(item["date_published"]).tzinfo is not None
    assert len({item["id"] for item in made["items"]}) == len(made["items"]) > 3


def test_all_feeds_are_written_once(archive, tmp_path):
    """Of everything, each verdict, region and agency; what did not change is not written again."""
    folder = tmp_path / "feeds"
    ran = [CliRunner().invoke(main, ["feeds", "--archive", str(archive.root), str(folder)]) for _ in range(2)]
    assert [one.exit_code for one in ran] == [0, 0]
    assert ": 0 files written" in ran[1].stderr
    index = json.loads((folder / "index.json").read_text())
    titles = {one["title"]: one for one in index}
    assert titles["青川县教育局"]["entries"] == 3
    assert titles["数据改动"]["entries"] == 1
    feed = json.loads((folder / titles["数据改动"]["json"]).read_text())
    (item,) = feed["items"]
    assert (feed["version"], item["tags"]) == ("https://jsonfeed.org/version/1.1", ["figures"])
    assert item["_gongkai"]["evidence"]["cells"][0]["new"] == 4
    assert not [path for path in folder.rglob("*") if path.name.startswith(".")]


def test_an_agencys_feed_is_its_own_alone(archive, tmp_path):
    """A county's name begins those of its offices."""
    with archive.start_run("crawl") as run:
        page = run.record(exchange(b"4", url="http://c.gov.test/x.html", seconds=99))
        run.store(page, report(3, agency="青川县"), reader_version="1")
    publish(archive.catalog, tmp_path)
    counts = {each["title"]: each["entries"] for each in json.loads((tmp_path / "index.json").read_text())}
    assert (counts["青川县"], counts["青川县教育局"]) == (1, 3)


def test_what_is_taken_down_leaves_the_feeds(archive, tmp_path):
    """The feed of an agency that has nothing to tell any more is emptied: nobody would ever write it again."""
    folder = tmp_path / "feeds"
    publish(archive.catalog, folder)
    archive.take_down(find_capture(archive, "http://b.gov.test/x.html"), "asked")
    publish(archive.catalog, folder)
    emptied = [each for each in json.loads((folder / "index.json").read_text()) if each["title"] == "民政部"]
    assert [each["entries"] for each in emptied] == [0]
    assert not [path for path in folder.rglob("*.*") if "http://b.gov.test/x.html" in path.read_text()]
    before = {path: path.read_bytes() for path in folder.rglob("*.*")}
    assert publish(archive.catalog, folder) == 0
    rebuild(archive.root)
    again = Archive.open(archive.root)
    assert publish(again.catalog, folder) == 0, "what an entry says is stored: a rebuild changes no byte of it"
    assert {path: path.read_bytes() for path in folder.rglob("*.*")} == before
    again.close()


ATOM_SCHEMA = """
<grammar xmlns="http://relaxng.org/ns/structure/1.0" ns="http://www.w3.org/2005/Atom"
         datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes">
<start><element name="feed"><interleave>
  <oneOrMore><element name="author"><element name="name"><text/></element></element></oneOrMore>
  <ref name="id"/><ref name="title"/><ref name="updated"/><zeroOrMore><ref name="link"/></zeroOrMore>
  <zeroOrMore><element name="entry"><interleave>
    <ref name="id"/><ref name="title"/><ref name="updated"/><zeroOrMore><ref name="link"/></zeroOrMore>
    <zeroOrMore><element name="category"><attribute name="term"/><attribute name="label"/><empty/></element></zeroOrMore>
    <element name="content"><attribute name="type"><value>html</value></attribute><text/></element>
  </interleave></element></zeroOrMore>
</interleave></element></start>
<define name="id"><element name="id"><data type="anyURI"><param name="minLength">1</param></data></element></define>
<define name="title"><element name="title"><text/></element></define>
<define name="updated"><element name="updated"><data type="dateTime"><param name="pattern">.+T.+(Z|[+-]\\d\\d:\\d\\d)</param></data></element></define>
<define name="link"><element name="link"><attribute name="href"><data type="anyURI"/></attribute>
  <attribute name="rel"><choice><value>self</value><value>alternate</value></choice></attribute>
  <optional><attribute name="type"/></optional><empty/></element></define>
</grammar>"""


def test_feeds_keep_to_the_schema_and_name_their_address(archive, tmp_path):
    """RFC 4287's grammar, of the elements that we use; a page that an ingested file names may be no link."""
    with archive.start_run("crawl") as run:
        page = run.record_file(tmp_path / "x.html", b"5", "javascript://x/%0aalert(1)", START)
        run.store(page, report(9, agency="<b onload=x>&局"), reader_version="1")
    publish(archive.catalog, tmp_path / "feeds", "https://a.test/feeds/")
    schema = etree.RelaxNG(etree.fromstring(ATOM_SCHEMA))
    for path in tmp_path.rglob("*.xml"):
        schema.assertValid(etree.parse(path))
        assert "javascript:" not in "".join(etree.parse(path).xpath("//@href"))
    assert "<b onload" not in json.loads((tmp_path / "feeds/all.json").read_text())["items"][-1]["content_html"]
    assert 'href="https://a.test/feeds/all.xml"' in (tmp_path / "feeds/all.xml").read_text()
    assert json.loads((tmp_path / "feeds/all.json").read_text())["feed_url"] == "https://a.test/feeds/all.json"


def test_a_region_has_its_own(archive):
    """By the beginning of the division's code."""
    assert entries(archive.catalog, Feed(title="", wanted=Wanted(), division="99")) == []
    here = entries(archive.catalog, Feed(title="", wanted=Wanted(limit=2), division="5108"))
    assert [row["agency"] for row in here] == ["青川县教育局"] * 2

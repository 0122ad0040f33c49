"""The archive in a browser: everything that people are given is right, nothing that was taken down is, and no stranger's text does anything."""

import asyncio
import csv
import io
import json
import re
import signal
import sqlite3
import subprocess
import sys
from dataclasses import replace
from urllib.parse import quote, urljoin, urlsplit
from urllib.request import urlopen

import pytest
from archive_makers import Clock, exchange, report
from crawling import ROOT
from lxml import html

from archive.model import Attachment, Cell, Finding, Statistics, Table
from archive.rebuild import rebuild
from archive.serving import responses, window
from archive.serving.app import Gongkai, outward
from archive.serving.asked import Query
from archive.serving.command import catch_up
from archive.serving.open_tables import OPEN_TABLES
from archive.serving.tables_shown import grids, shown
from archive.store import Archive

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'{{7*7}}"
SECRET = "某某的家庭住址"
PAGE = "http://www.a.gov.test/secret.html"
WHO = "青川县教育局"


def visit(archive, body, told, *, seconds, url, portal="qingchuan"):
    """Record a page and store what it says; return the capture's id."""
    with archive.start_run("crawl", portal=portal, settings={"CONTACT": "me@private.test"}) as run:
        head = b"X-Note: " + HOSTILE.encode() + b"\r\n"
        capture = run.record(exchange(body.encode(), url=url, seconds=seconds, head=head))
        run.visited(capture, links=[], page_kind="annual_report")
        run.store(capture, told, reader_version="1")
        run.finish("finished", {"reports": 1})
    return capture.id


def cells():
    """Return a table with a cell of every kind and reading that look different."""
    number = {"kind": "number", "unit": "件"}
    found = {
        "new_received.natural_person": Cell(value=7, raw="7", **number),
        "new_received.business_enterprise": Cell(value=None, raw="", kind="blank", unit="件"),
        "new_received.research_institution": Cell(value=0, raw="0", kind="zero", unit="件"),
        "new_received.public_welfare_org": Cell(value=None, raw="/", kind="dash", unit="件"),
        "new_received.legal_service_org": Cell(value=None, raw="12", reading="unread", candidates=(1, 2), **number),
        "new_received.other_org": Cell(value=5, raw="5", reading="inferred", **number),
        "new_received.total": Cell(value=9, raw="9", reading="unconfirmed", **number),
    }
    return Statistics(applications=Table(form="2021", status="partial", cells=found))


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """Return an archive with a corrected report, a hostile one, one that was taken down, and findings."""
    root = tmp_path_factory.mktemp("served")
    archive = Archive.open(root, clock=Clock(step=0.01))
    first = report(3, body="一、总体情况\n本机关主动公开" + "信息" * 80)
    visit(archive, "<p>one</p>", first, seconds=0, url="http://www.a.gov.test/1.html")
    second = replace(report(4, body="一、总体情况\n本机关主动公开" + "信息" * 80), statistics=cells())
    visit(archive, "<p>two</p>", second, seconds=9000, url="http://www.a.gov.test/1.html")
    third = report(5, body="一、总体情况\n本机关主动公开" + "信息" * 80)
    visit(archive, "<p>three</p>", third, seconds=18000, url="http://www.a.gov.test/1.html")
    hostile = report(
        agency=HOSTILE,
        year=2023,
        title=HOSTILE,
        body=HOSTILE * 9,
        attachments=(Attachment(url="javascript:alert(3)", name=HOSTILE),),
    )
    visit(archive, HOSTILE, hostile, seconds=20, url=f"http://www.b.gov.test/?q={quote(HOSTILE)}", portal="b")
    for year in range(2015, 2020):
        visit(archive, f"<p>{year}</p>", report(year=year), seconds=year, url=f"http://www.a.gov.test/{year}.html")
    capture = visit(archive, f"<p>{SECRET}</p>", report(title=SECRET, year=2022, body=SECRET * 40), seconds=40, url=PAGE)
    with archive.start_run("crawl") as run:
        run.note(Finding(kind="unread_report", says=f"{SECRET} is titled as an annual report", url=PAGE, capture=capture))
    visit(archive, "<p>corrected</p>", report(year=2022, body="二、主动公开" * 40), seconds=90, url=PAGE)
    archive.take_down(capture, f"names {SECRET}")
    archive.close()
    return root


@pytest.fixture(scope="module")
def app(root):
    app = Gongkai(root, root / "catalog.db")
    yield app
    app.close()


def get(app, address, **options):
    """Return the answer to a request, without a network."""
    return asyncio.run(app.client.get(address, **options))


def tree(response):
    return html.fromstring(response.text)


def links(response, address):
    """Yield the addresses on this server that a page leads to."""
    for href in tree(response).xpath("//a/@href | //link/@href"):
        there = urlsplit(urljoin(f"http://localhost{address}", href))
        if there.netloc == "localhost":
            yield f"{there.path}?{there.query}" if there.query else there.path


PAGES = (
    "/",
    "/reports",
    "/changes",
    "/coverage",
    f"/search?q={quote('主动公开')}",
    "/coverage?region=510822",
    f"/report?id={quote(f'{WHO}|2024')}",
)


@pytest.fixture(scope="module")
def everything(app):
    """Return every answer that can be reached by links from the first page, with those of the pages that a person would fill in."""
    found, todo = {}, list(PAGES)
    while todo:
        address = todo.pop()
        if address in found:
            continue
        path = urlsplit(address).path
        if path.startswith("/catalog/") and ("?" in address or path.count("/") > 2):
            continue  # Datasette's own sorting and facets have no end
        if (
            path.partition(".")[0] in ("/reports", "/coverage", "/changes", "/feeds/atom", "/feeds/json")
            and address.count("=") > 1
        ):
            continue  # nor have ours, one with the other
        if address.startswith("/coverage?region") and "5108" not in address:
            continue
        found[address] = response = get(app, address)
        if response.headers["content-type"].startswith("text/html"):
            todo += links(response, address)
    return found


def test_every_link_leads_somewhere(everything):
    """Each page, file and feed that a page leads to is there."""
    assert {address: answer.status_code for address, answer in everything.items() if answer.status_code != 200} == {}
    paths = {urlsplit(address).path for address in everything}
    wanted = {"/report", "/report.json", "/reports.csv", "/diff", "/capture", "/capture/payload", "/capture/record", "/alike"}
    assert wanted | {"/feeds/atom", "/feeds/json", "/changes.csv", "/coverage.json", "/catalog/reports"} <= paths


def test_no_page_does_anything_that_a_stranger_wrote(everything):
    """No script, no handler, nothing from elsewhere; what strangers wrote is shown as text."""
    pages = {
        address: answer for address, answer in everything.items() if answer.headers["content-type"].startswith("text/html")
    }
    for address, answer in pages.items():
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe-inline" not in policy.partition("script-src")[2]
        assert answer.headers["x-content-type-options"] == "nosniff"
        root = tree(answer)
        is_ours = not urlsplit(address).path.startswith("/catalog")
        assert not root.xpath("//script") or not is_ours, address
        assert not [src for src in root.xpath("//@src") if not src.startswith("/")], address
        assert not root.xpath("//img[@onerror] | //a[starts-with(@href, 'javascript')]"), address
        assert not root.xpath("//@onclick | //@onload") or not is_ours
        assert not is_ours or not root.xpath("//@style | //style"), address
        assert "49" not in re.findall(r"\"'(\d+)", answer.text)
    assert any(HOSTILE in tree(answer).text_content() for answer in pages.values())


def test_what_was_taken_down_is_nowhere(app, everything):
    """In no page, file or feed; no search and no SQL finds it."""
    assert {address for address, answer in everything.items() if SECRET in answer.text or quote(SECRET) in answer.text} == set()
    found = get(app, f"/search?q={quote(SECRET)}")
    assert "No report has all of these words" in found.text
    for table in sorted(OPEN_TABLES):
        answer = get(app, f"/catalog.json?sql=select+*+from+[{table}]&_shape=arrays")
        assert answer.status_code == 200, table
        assert SECRET not in answer.text


def test_nor_by_the_capture_s_name(app, root):
    """Page, payload, record: not there, and the reason is not told to strangers."""
    (row,) = sqlite3.connect(root / "catalog.db").execute("SELECT capture FROM takedowns").fetchall()
    for address in ("/capture", "/capture.json", "/capture/payload", "/capture/record", "/report"):
        answer = get(app, f"{address}?id={quote(row[0])}")
        assert answer.status_code == 404
        assert SECRET not in answer.text


DENIED = [
    "select * from captures",
    "select * from main.captures",
    "with c as (select url from captures) select * from c",
    "select (select reason from takedowns)",
    "select count(*) from findings",
    "select * from derivations",
    "select * from sqlite_dbpage",
    "select load_extension('x')",
    "select * from pragma_database_list",
    "select writefile('/tmp/x', 'x')",
    "select length(zeroblob(100000000))",
    "attach '/etc/passwd' as x",
    "delete from reports",
    "pragma journal_mode",
]


@pytest.mark.parametrize("sql", DENIED)
def test_sql_that_reads_more_than_it_may_is_refused(app, sql):
    answer = get(app, "/catalog.json", params={"sql": sql})
    assert answer.status_code == 400
    assert answer.json()["rows"] == [] if "rows" in answer.json() else True


def test_sql_that_reads_what_is_open(app):
    """Reports and numbers, by join; who ran the crawls reads as nothing."""
    sql = """select r.agency, c.[new_received.total] as total, c.packed from reports r
             join cells_2021_applications c on c.document = r.document where r.report_year = 2024"""
    answer = get(app, "/catalog.json", params={"sql": sql, "_shape": "array"})
    assert [row["agency"] for row in answer.json()] == [WHO]
    told = get(app, "/catalog.json", params={"sql": "select portal, settings from runs where portal = 'b'", "_shape": "array"})
    assert told.json() == [{"portal": "b", "settings": None}]
    assert get(app, "/catalog/captures").status_code == 403


@pytest.mark.parametrize(
    "address",
    [
        "/catalog.db",
        "/-/databases",
        "/-/plugins",
        "/-/settings.json",
        "/-/threads",
        "/_internal",
        "/../archive.json",
        "/assets/../app.py",
    ],
)
def test_nothing_tells_of_the_machine(app, root, address):
    answer = get(app, address)
    assert answer.status_code in (403, 404)
    assert str(root) not in answer.text


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_nothing_can_be_sent(app, method):
    assert asyncio.run(app.client.request(method, "/reports")).status_code == 405


def test_a_report_shows_each_cell_as_it_was_read(app):
    """A blank is not 0, what is unread says so, and each leads to the place where it stands."""
    versions = get(app, f"/report?id={quote(f'{WHO}|2024')}")
    (second,) = [each for each in links(versions, "/report") if "version=" in each and "Version 2" in _texts(versions, each)]
    page = tree(get(app, second))
    looks = {
        cell.get("class").split()[-1]: cell.text_content()
        for cell in page.cssselect("#tables tbody td.cell")
        if "absent" not in cell.get("class")
    }
    assert looks == {
        "number": "7",
        "blank": "空",
        "zero": "0",
        "dash": "/",
        "unread": "未读",
        "inferred": "5 推 inferred",
        "unconfirmed": "9 ? unconfirmed",
    }
    (cell,) = page.cssselect("td.unread a")
    assert "may be 1, 2" in cell.get("title")
    capture = get(app, cell.get("href"))
    assert "may be 1, 2" in capture.text
    assert "new_received.legal_service_org" in capture.text


def _texts(response, address):
    return [
        a.text_content() for a in tree(response).xpath("//a") if a.get("href") and urljoin("/report", a.get("href")) == address
    ]


def test_two_versions_side_by_side(app):
    """The cell that changed, with old and new; as JSON too."""
    changes = get(app, "/changes.json").json()["rows"]
    figures, *_ = [row for row in changes if row["verdict"] == "figures" and row["agency"] == WHO]
    address = f"?old={figures['old_document']}&new={figures['new_document']}"
    page = tree(get(app, f"/diff{address}"))
    rows = [[each.text_content() for each in row] for row in page.cssselect("table.diff tbody tr")]
    assert get(app, f"/diff.json{address}").json()["cells"]
    assert rows[0][0].startswith("一、本年新收")
    assert rows[0][1] != rows[0][2]


@pytest.mark.parametrize("listing", ["/reports", "/changes", "/coverage?region=510822"])
def test_csv_is_whole_and_json_goes_on(app, listing, monkeypatch):
    """In small parts as in one: every row once, in the same order."""
    path, _, query = listing.partition("?")
    whole = list(csv.DictReader(io.StringIO(get(app, f"{path}.csv?{query}").text)))
    monkeypatch.setattr(responses, "MOST", 2)
    assert list(csv.DictReader(io.StringIO(get(app, f"{path}.csv?{query}").text))) == whole != []
    rows, address = [], f"{path}.json?{query}&limit=2"
    while address:
        answer = get(app, address).json()
        rows += answer["rows"]
        address = answer["next"]
    assert [str(row.get("identity") or "") for row in rows] == [row["identity"] for row in whole]
    assert rows == list({json.dumps(row): row for row in rows}.values())


def test_filters_and_facets(app):
    """By year, verdict, agency, region; what is no choice is refused."""
    assert {row["report_year"] for row in get(app, "/reports.json?year=2015").json()["rows"]} == {2015}
    assert [row["report_year"] for row in get(app, "/reports.json?verdict=figures").json()["rows"]] == [2024]
    assert len(get(app, "/reports.json?region=5108&limit=100").json()["rows"]) == 7
    assert len(get(app, f"/reports.json?agency={quote('教育')}&limit=100").json()["rows"]) == 7
    facet = tree(get(app, "/reports")).xpath("//div[@class='facets']//a[contains(@href, 'year=2015')]")
    assert facet[0].text_content() == "2015 1"
    for bad in ("/reports?year=x", "/reports?level=moon", "/changes?verdict=none", "/coverage?from=2030&to=2020", "/diff"):
        assert get(app, bad).status_code == 400


def test_the_ledger_as_a_panel(app):
    """A row an agency, a column a year; states have words beside their marks."""
    page = tree(get(app, "/coverage?region=510822&from=2018&to=2019"))
    rows = {row[0].text_content(): [cell.text_content() for cell in row[1:]] for row in page.cssselect("table.panel tbody tr")}
    assert rows[WHO][1].startswith("●published")
    assert "not found" not in " ".join(rows["青川县人民政府"])


def test_a_payload_is_only_ever_saved(app, everything):
    """Whatever a server called it, a browser keeps it as bytes; the record is a whole WARC record."""
    payloads = [answer for address, answer in everything.items() if address.startswith("/capture/payload")]
    assert any(HOSTILE.encode() in answer.content for answer in payloads)
    for answer in payloads:
        assert answer.headers["content-type"] == "application/octet-stream"
        assert answer.headers["content-disposition"].startswith("attachment")
        assert "sandbox" in answer.headers["content-security-policy"]
    records = [answer for address, answer in everything.items() if address.startswith("/capture/record")]
    assert {answer.content[:2] for answer in records} == {b"\x1f\x8b"}


@pytest.mark.parametrize(
    ("address", "is_linked"),
    [
        ("https://a.gov.cn/x", True),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("http://[", False),
        (None, False),
    ],
)
def test_only_addresses_of_the_web_are_linked(address, is_linked):
    assert (outward(address) is not None) == is_linked


def test_a_query_keeps_what_it_has():
    query = Query.of("a=1&b=2&b=3&c=")
    assert query.values == {"a": "1", "b": "3"}
    assert query.having(a=None, d=4) == "b=3&d=4"


def test_a_blank_that_is_proved_stays_a_blank():
    cell = {"value": None, "raw": "", "kind": "blank", "unit": None, "reading": "printed", "candidates": []}
    found = shown("x", cell, is_zero_proved=True)
    assert (found.text, found.look) == ("空", "blank")
    assert "not 0; a printed total proves" in found.says


def test_a_form_that_is_none_of_ours_is_shown_by_its_ids():
    cell = {"value": 1, "raw": "1", "kind": "number", "unit": None, "reading": "printed", "candidates": []}
    table = {"form": "1999", "status": "complete", "scope": "unknown", "extra": [], "cells": {"y": cell}}
    (grid,) = grids({"others": [{"name": "x", "why": "odd", **table}]})
    assert (grid.columns, grid.lines[0].label) == (("",), "y")


def test_what_a_crawl_writes_meanwhile_is_seen(tmp_path):
    """A page reads what is committed; once the catalog caught up the new is there, and after a rebuild as well."""
    archive = Archive.open(tmp_path, clock=Clock(step=0.01))
    visit(archive, "<p>one</p>", report(), seconds=0, url="http://www.a.gov.test/1.html")
    app = Gongkai(tmp_path, tmp_path / "catalog.db")
    sql = {"sql": "select count(*) as n from reports", "_shape": "array"}

    def seen():
        return len(get(app, "/reports.json").json()["rows"]), get(app, "/catalog.json", params=sql).json()[0]["n"]

    assert seen() == (1, 1)
    with archive.start_run("crawl") as run:
        capture = run.record(exchange(b"x", url="http://www.a.gov.test/2.html", seconds=50))
        run.store(capture, report(year=2020), reader_version="1")
        assert get(app, "/").status_code == 200
    catch_up(tmp_path, archive.catalog, is_copy=False)
    assert seen() == (2, 2)
    archive.close()
    rebuild(tmp_path)
    assert seen() == (2, 2)
    assert get(app, f"/report?id={quote(f'{WHO}|2020')}").status_code == 200
    app.close()


def test_the_command(root):
    """It says where it listens, answers, and ends in peace when interrupted."""
    command = [sys.executable, "-m", "archive", "serve", "--archive", str(root), "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
        try:
            address = process.stderr.readline().strip()
            with urlopen(f"{address}reports.json") as answer:
                assert json.load(answer)["rows"]
        finally:
            process.send_signal(signal.SIGINT)
            _, said = process.communicate(timeout=60)
    assert process.returncode in (0, -signal.SIGINT, 130)
    assert "Traceback" not in said


def test_what_takes_too_long_is_given_up(root, monkeypatch):
    """A facet is then not counted, and a page says that it must be narrowed down; the window goes on."""
    endless = "WITH RECURSIVE c(x) AS (VALUES (1) UNION ALL SELECT x + 1 FROM c) SELECT x, count(*) FROM c"
    shown = window.Window(root, root / "catalog.db")
    assert shown.ask(lambda each: each.counted(endless, {})) is None
    monkeypatch.setattr(window, "LONGEST", 0.01)
    with pytest.raises(window.TooBroad, match="narrow it down"):
        shown.ask(lambda each: list(each.catalog.rows(endless)))
    monkeypatch.undo()
    assert shown.ask(lambda each: each.counted("SELECT 1, count(*) FROM reports", {}))
    shown.close()

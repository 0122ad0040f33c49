"""What was seen before is asked for only if it has changed; a 304 is a sighting of what the archive has."""

from __future__ import annotations

import gzip
import json
from itertools import count
from pathlib import Path

from archive_makers import stored_record
from crawling import crawl

from archive.clock import now
from archive.model import Exchange
from archive.store import Archive
from archive.verify import verify
from samples.portals import expected
from samples.portals.simple import COLUMN, rows_of, simple_site
from samples.server import running, serving
from samples.site import html, Portal, Request, Response


def test_a_second_crawl_is_conditional_and_finds_the_same(tmp_path: Path) -> None:
    with running() as site:
        first = crawl("gate", tmp_path, proxy=site.url)
        asked = len(site.log)
        second = crawl("gate", tmp_path, proxy=site.url)
        again = site.log[asked:]
    assert (first.returncode, second.returncode) == (0, 0), second.stdout + second.stderr
    unconditional = [one.url for one in again if one.status == 200 and not one.conditional]
    assert unconditional == []
    assert {one.status for one in again} <= {302, 304, 404}
    archive = Archive.open(tmp_path)
    confirmed = list(archive.catalog.rows("SELECT * FROM captures WHERE status = 304"))
    assert all(row["record_type"] == "revisit" and row["revisit_of"] and row["payload_sha256"] for row in confirmed)
    seen = list(archive.catalog.rows("SELECT agency, report_year, sightings, versions FROM reports"))
    assert {(row["agency"], row["report_year"]) for row in seen} == expected("gate")
    assert {(row["sightings"], row["versions"]) for row in seen} == {(2, 1)}
    changes = list(archive.catalog.rows("SELECT verdict FROM changes WHERE verdict <> 'first_seen'"))
    assert changes == []
    assert archive.payload_of(confirmed[0]["id"]).body == archive.payload_of(confirmed[0]["revisit_of"]).body
    assert list(verify(tmp_path)) == []


def test_links_with_a_new_session_id_at_each_visit_are_asked_for_only_if_they_have_changed(tmp_path: Path) -> None:
    rows = rows_of("统计局", range(2020, 2024))
    pages, visits = simple_site(rows), count(10)

    def answer(request: Request) -> Response | None:
        if request.path == COLUMN:
            sid = f"{next(visits)}" * 10
            links = "".join(f'<li><a href="show.jsp?id={row.year}&sid={sid}">{row.title}</a></li>' for row in rows)
            return html(f"<title>政府信息公开年报</title><h1>政府信息公开年报</h1><ul>{links}</ul>")
        year = request.argument("id") if request.path.endswith("show.jsp") else None
        return pages(Request(host=request.host, path=f"{COLUMN}{year}.html") if year else request)

    portal = Portal(id="sid", name="统计局", home="http://sid.gov.test/", hosts={"sid.gov.test": answer}, expected=())
    with serving([portal]) as site:
        first = crawl(portal.home, tmp_path, proxy=site.url)
        asked = len(site.log)
        second = crawl(portal.home, tmp_path, proxy=site.url)
        again = [one for one in site.log[asked:] if "show.jsp" in one.path]
    assert (first.returncode, second.returncode) == (0, 0), first.stdout + second.stdout
    assert [one.status for one in again] == [304] * 4
    archive = Archive.open(tmp_path)
    seen = list(archive.catalog.rows("SELECT sightings, versions FROM reports"))
    assert [(row["sightings"], row["versions"]) for row in seen] == [(2, 1)] * 4
    assert list(archive.catalog.rows("SELECT verdict FROM changes WHERE verdict <> 'first_seen'")) == []


def test_a_304_has_the_body_that_it_confirms_decoded_as_it_came(tmp_path: Path) -> None:
    archive = Archive.open(tmp_path)
    body = gzip.compress("年报".encode())
    head = b'HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nETag: "1"\r\n\r\n'
    facts = {"url": "http://a.test/", "method": "GET", "request": b"GET / HTTP/1.1\r\n\r\n"}
    with archive.start_run("crawl") as run:
        first = run.record(Exchange(**facts, response=head + body, fetched_at=now()))
    with archive.start_run("crawl") as run:
        answer = b'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\n\r\n'
        second = run.record(Exchange(**facts, response=answer, fetched_at=now(), confirms=first.id))
        unasked = run.record(Exchange(**facts, response=answer, fetched_at=now()))
    assert (second.revisit_of, second.payload_sha256) == (first.id, first.payload_sha256)
    assert unasked.revisit_of is None
    assert archive.payload_of(second.id).body.decode() == "年报"
    profile = stored_record(archive, second.id).field("WARC-Profile") or ""
    assert profile.endswith("/server-not-modified")
    assert json.dumps([str(fault) for fault in verify(tmp_path)]) == "[]"

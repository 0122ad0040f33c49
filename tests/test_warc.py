"""WARC files that others read: bytes as on the wire, digests that warcio agrees with, CDXJ that pywb reads."""

import gc
import gzip
import json
from types import SimpleNamespace

import pytest
from archive_makers import Clock, exchange, failure, fill, START, stored_record
from hypothesis import given
from hypothesis import strategies as st
from test_wire import chunked
from warcio.archiveiterator import ArchiveIterator
from warcio.checker import Checker

from archive.cdxj import url_key
from archive.errors import Damaged
from archive.store import Archive
from archive.warc import clean_url, decode, encode, exchange_records, members, resource, warcinfo

ODD_RESPONSES = [
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n\r\n"
    + chunked(gzip.compress(b"hello" * 99), 7),
    b"HTTP/1.1 200\r\nX-ODD-case: 1\r\nx-odd-CASE:2\r\nfolded: a\r\n  b\r\nno colon\r\n\r\nbody",
    b"HTTP/1.0 404 \xb2\xbb\xb4\xe6\xd4\xda\nServer: x\n\n\x00\xff",
    b"HTTP/1.1 200 OK\r\nContent-Le",
    b"garbage without end",
    b"\r\n\r\n",
    b"HTTP/1.1 304 Not Modified\r\n\r\n",
]


def warcio_check(paths):
    """Return the exit status of warcio's own checker."""
    return Checker(SimpleNamespace(inputs=[str(path) for path in paths], verbose=False)).process_all()


def test_odd_responses_stay_as_they_came_and_warcio_is_content(tmp_path, capsys):
    """Nothing is tidied up: neither case nor order, nor chunks, nor what breaks the rules."""
    archive = Archive.open(tmp_path)
    with archive.start_run("crawl") as run:
        captures = [run.record(exchange(response=raw)) for raw in ODD_RESPONSES]
    (path,) = tmp_path.glob("captures/*/*/*/*.warc.gz")
    assert warcio_check([path]) == 0, capsys.readouterr().out
    assert [stored_record(archive, capture.id).block for capture in captures] == ODD_RESPONSES
    with path.open("rb") as file:
        blocks = [r.raw_stream.read() for r in ArchiveIterator(file, no_record_parse=True) if r.rec_type == "response"]
    assert blocks == ODD_RESPONSES


@given(st.binary(min_size=1, max_size=300), st.binary(max_size=100), st.text(max_size=40))
def test_any_exchange_comes_back(response, request, url):
    """A record is read as it was written, whatever stands in it, and ends where the next begins."""
    records = exchange_records(exchange(response=response, request=request, url=f"http://a.test/{url}"), "urn:uuid:1", None)
    assert [decode(encode(record)) for record in records] == list(records)


@pytest.mark.parametrize("cut", [1, 8, 60])
def test_a_cut_member_is_no_member(tmp_path, cut):
    """The torn tail of a file is not read as a record."""
    path = tmp_path / "a.warc.gz"
    whole = [encode(warcinfo("a", "r", START)), encode(resource("urn:a", b"x" * 500, "text/html", START, "urn:uuid:1"))]
    path.write_bytes(b"".join(whole)[:-cut])
    assert [raw for _, raw in members(path)] == whole[:1]


def test_a_record_that_is_not_whole_is_damaged():
    """Half a record must not pass for a capture."""
    with pytest.raises(Damaged):
        decode(encode(resource("urn:a", b"x" * 500, "text/html", START, "urn:uuid:1"))[:-60])
    with pytest.raises(Damaged):
        decode(b"no gzip")


def test_a_record_that_was_read_leaves_nothing_behind():
    """What waits for the garbage collector holds the whole member: packing large files took as much memory as it had time."""
    member = encode(resource("urn:a", b"x", "text/html", START, "urn:uuid:1"))
    gc.collect()
    gc.disable()
    try:
        decode(member)
        assert not [each for each in gc.get_objects() if isinstance(each, ArchiveIterator)]
    finally:
        gc.enable()


def test_every_kind_of_record(tmp_path, capsys):
    """Revisits name what they refer to; failures, cut bodies and local files are records too."""
    fill(Archive.open(tmp_path, clock=Clock()))
    paths = sorted(tmp_path.glob("captures/*/*/*/*.warc.gz"))
    assert warcio_check(paths) == 0, capsys.readouterr().out
    records = [decode(raw) for path in paths for _, raw in members(path)]
    by_type = {record.type: record for record in records}
    assert set(by_type) == {"warcinfo", "response", "request", "revisit", "metadata", "resource"}
    first = next(record for record in records if record.type == "response")
    revisit = by_type["revisit"]
    assert revisit.field("WARC-Refers-To") == f"<{first.id}>"
    assert revisit.field("WARC-Refers-To-Target-URI") == first.url
    assert revisit.field("WARC-Refers-To-Date") == first.field("WARC-Date")
    assert revisit.field("WARC-Payload-Digest") == first.field("WARC-Payload-Digest")
    assert revisit.block.endswith(b"\r\n\r\n")
    assert by_type["response"].field("WARC-Truncated") == "unspecified"
    assert b"failure: dns\r\n" in by_type["metadata"].block
    assert b"/somewhere" not in b"".join(record.block for record in records)
    assert by_type["resource"].url.startswith("urn:sha256:")
    assert by_type["request"].field("WARC-Concurrent-To")


def test_cdxj_is_sorted_and_leads_to_the_record(tmp_path):
    """The index beside a file is what replay tools read: sorted, with offsets that hold."""
    fill(Archive.open(tmp_path, clock=Clock()))
    found = 0
    for path in tmp_path.glob("captures/*/*/*/*.cdxj"):
        lines = path.read_bytes().splitlines()
        assert lines == sorted(lines)
        for line in lines:
            key, _, fields = line.decode().split(" ", 2)
            place = json.loads(fields)
            with (path.parent / place["filename"]).open("rb") as file:
                file.seek(int(place["offset"]))
                assert decode(file.read(int(place["length"]))).url == place["url"]
            assert key == url_key(place["url"])
            found += 1
    assert found == 4


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("http://www.moe.gov.cn/", "cn,gov,moe)/"),
        ("https://WWW2.Moe.gov.cn:443/A/b.html?b=2&a=1#top", "cn,gov,moe)/a/b.html?a=1&b=2"),
        ("http://a.test:8080/x/", "test,a:8080)/x"),
        ("http://192.0.2.1/a", "1,2,0,192)/a"),
        ("http://中国.cn/政府//a/../b?x=中", "cn,xn--fiqs8s)/%e6%94%bf%e5%ba%9c/b?x=%e4%b8%ad"),
        ("http://a.test/a%2Fb%20c?d=e%20f", "test,a)/a/b%20c?d=e%20f"),
        ("http://a.test/x?PHPSESSID=0123456789abcdef0123456789abcdef&id=1", "test,a)/x?id=1"),
        ("urn:sha256:ABC#x", "urn:sha256:abc"),
    ],
)
def test_keys(url, key):
    """Keys sort a site's pages together and leave out what does not tell pages apart."""
    assert url_key(url) == key


def test_a_url_can_not_break_out_of_its_header():
    """A hostile redirect must not write header lines of its own."""
    assert clean_url("http://a.test/x\r\nWARC-Type: warcinfo y") == "http://a.test/x%0D%0AWARC-Type:%20warcinfo%20y"
    assert failure().response is None

"""Bodies with their codings undone, as far as that goes."""

import gzip
import zlib

import brotli
import pytest
from backports import zstd
from hypothesis import given
from hypothesis import strategies as st

from archive import wire
from archive.wire import read_head, read_response, undo_codings


def chunked(body, size):
    """Return a body in chunks of a size."""
    parts = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


CODERS = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstd.compress,
}


@given(st.binary(max_size=500), st.integers(1, 200), st.sampled_from([None, *CODERS]))
def test_chunks_and_content_coding_come_off(body, size, coding):
    """Whatever the server did to a body, the payload is the body."""
    coded = CODERS[coding](body) if coding else body
    headers = (("Transfer-Encoding", "chunked"), *((("Content-Encoding", coding),) if coding else ()))
    assert undo_codings(headers, chunked(coded, size)) == (body, None)


@given(st.binary(max_size=300), st.sampled_from(["gzip", "deflate", "br", "zstd", "x", "identity", "gzip, chunked"]))
def test_no_bytes_raise(body, coding):
    """A hostile or broken body never stops a crawl."""
    undo_codings((("Transfer-Encoding", "chunked"), ("Content-Encoding", coding)), body)


def test_raw_deflate_is_understood():
    """Some servers send deflate without the zlib header."""
    raw = zlib.compress(b"hello")[2:-4]
    assert undo_codings((("Content-Encoding", "deflate"),), raw) == (b"hello", None)


def test_a_cut_body_gives_what_came_and_says_so():
    """A cut page must never look whole."""
    body = gzip.compress(bytes(range(256)) * 40)
    payload, problem = undo_codings((("Content-Encoding", "gzip"),), body[:-40])
    assert problem == "the gzip body is cut"
    assert payload
    assert (bytes(range(256)) * 40).startswith(payload)
    assert undo_codings((("Transfer-Encoding", "chunked"),), b"5\r\nhel") == (b"hel", "the chunked body is cut")


def test_what_can_not_be_undone_stays():
    """The reader then gets the coded bytes, and a sentence."""
    assert undo_codings((("Content-Encoding", "gzip"),), b"no gzip") == (b"no gzip", "the gzip body is damaged")
    assert undo_codings((("Content-Encoding", "rot13"),), b"uryyb") == (b"uryyb", "the coding 'rot13' is not known")
    assert undo_codings((("Transfer-Encoding", "chunked"),), b"<p>")[0] == b"<p>"


@pytest.mark.parametrize("coding", CODERS)
def test_a_bomb_stays_packed(monkeypatch, coding):
    """A small body that expands beyond the limit is kept as it came."""
    monkeypatch.setattr(wire, "MAX_PAYLOAD", 10_000)
    body = CODERS[coding](bytes(1_000_000))
    payload, problem = undo_codings((("Content-Encoding", coding),), body)
    assert payload == body
    assert problem == f"the {coding} body expands beyond 10000 bytes"


def test_odd_heads():
    """Status lines and headers that break the rules are still read."""
    assert read_head(b"HTTP/1.1 200\r\n\r\nx") == (200, (), b"x")
    assert read_head(b"ICY OK\nA: b\n\nx") == (None, (("A", "b"),), b"x")
    assert read_head(b"") == (None, (), b"")
    message = read_response(b"HTTP/1.1 404 Not Found\r\ncontent-TYPE: Text/HTML; charset=gbk\r\n\r\n")
    assert (message.status, message.media_type, message.payload) == (404, "text/html", b"")

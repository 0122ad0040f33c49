"""What the tap records, for each oddity of the wire: a server that sends exact bytes, our handler, the exchange."""

from __future__ import annotations

import gzip
import json
import os
import ssl
import subprocess
import sys
from datetime import datetime, timedelta, UTC
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from wire_server import Reply, serving, WireServer

from archive.model import Exchange
from crawler.wire import exchange_of, origin_form, Wire, without_interim

ROOT = Path(__file__).parents[1]
BODY = "政府信息公开工作年度报告".encode("gb18030")
PACKED = gzip.compress(BODY)
OK = b"HTTP/1.1 200 OK\r\n"

CASES: dict[str, Reply] = {
    "/plain": Reply(
        (
            b"HTTP/1.1 200 Alles  gut\r\nsErVeR: nginx\r\nX-B: 2\r\nX-A: 1\r\nX-B: 3\r\ncontent-length: 5\r\n\r\n",
            b"hello",
        )
    ),
    "/chunked": Reply(
        (OK + b"Transfer-Encoding: chunked\r\n\r\n", b"5;name=v\r\nhello\r\n", b"6\r\n world\r\n0\r\nX-Trailer: t\r\n\r\n")
    ),
    "/gzip": Reply(
        (OK + b"Content-Encoding: gzip\r\nContent-Length: " + str(len(PACKED)).encode() + b"\r\n\r\n", PACKED[:9], PACKED[9:])
    ),
    "/cut": Reply((OK + b"Content-Length: 1000\r\n\r\n", b"only this"), "close"),
    "/cut-chunked": Reply((OK + b"Transfer-Encoding: chunked\r\n\r\n", b"ff\r\nonly this"), "close"),
    "/reset-in-body": Reply((OK + b"Content-Length: 1000\r\n\r\n", b"some bytes"), "reset"),
    "/reset": Reply((), "reset"),
    "/half-head": Reply((OK + b"Server: ng",), "close"),
    "/no-reason": Reply((b"HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok",)),
    "/http10": Reply((b"HTTP/1.0 200 OK\r\nServer: old\r\n\r\n", b"until the end"), "close"),
    "/early-hints": Reply((b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n", OK + b"Content-Length: 2\r\n\r\nok")),
    "/excess": Reply((OK + b"Content-Length: 2\r\n\r\nok and more than was promised",)),
    "/no-colon": Reply((OK + b"this is no header\r\nContent-Length: 2\r\n\r\nok",)),
    "/folded": Reply((OK + b"X-Long: one\r\n  two\r\nContent-Length: 2\r\n\r\nok",)),
    "/raw-name": Reply((OK + b"Content-Disposition: attachment; filename=" + BODY + b"\r\nContent-Length: 2\r\n\r\nok",)),
    "/line-feeds": Reply((b"HTTP/1.1 200 OK\nServer: x\nContent-Length: 2\n\nok",)),
    "/nothing": Reply((b"HTTP/1.1 204 No Content\r\nX-Kept: yes\r\n\r\n",)),
    "/redirect": Reply((b"HTTP/1.1 302 Found\r\nLocation: /plain\r\nContent-Length: 5\r\n\r\nmoved",)),
    "/robots.txt": Reply((b"HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy",)),
    "/too-long": Reply((OK + b"Content-Length: 200000000\r\n\r\n", b"x" * 1000), "hang"),
    "/too-long-chunked": Reply(
        (OK + b"Transfer-Encoding: chunked\r\n\r\n", *(b"8000\r\n" + b"x" * 0x8000 + b"\r\n" for _ in range(8))), "hang"
    ),
    "/slow": Reply((OK + b"Content-Length: 10\r\n\r\n", b"abc"), "hang"),
    "/silent": Reply((), "hang"),
    "/garbage": Reply((b"SSH-2.0-OpenSSH_9.2\r\n",), "close"),
    "/stale": Reply((OK + b"Content-Length: 5\r\n\r\nfirst",), "close"),
}


def drive(urls: list[str], **task: Any) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the recorded exchanges and what the handler gave back, both in order."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "tests" / "wire_driver.py"), json.dumps({"urls": urls, **task})],
        env={**os.environ, "PYTHONPATH": str(ROOT), "http_proxy": "", "https_proxy": ""},
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    *exchanges, said = (json.loads(line) for line in done.stdout.splitlines())
    return [{k: bytes.fromhex(v["hex"]) if isinstance(v, dict) else v for k, v in one.items()} for one in exchanges], said[
        "said"
    ]


@pytest.fixture(scope="module")
def recorded() -> dict[str, tuple[dict[str, Any], dict[str, Any]]]:
    """Return (exchange, what the handler said) by path, of one run over all cases."""
    with serving(WireServer(CASES)) as server:
        exchanges, said = drive([f"http://127.0.0.1:{server.port}{path}" for path in CASES])
    assert [one["url"] for one in exchanges] == [one["url"] for one in said]
    return {"/" + one["url"].split("/", 3)[3]: (one, told) for one, told in zip(exchanges, said, strict=True)}


WHOLE = sorted(
    set(CASES)
    - {"/cut", "/cut-chunked", "/reset-in-body", "/reset", "/half-head", "/early-hints", "/excess", "/slow", "/silent"}
    - {"/too-long", "/too-long-chunked", "/garbage"}
)


@pytest.mark.parametrize("path", WHOLE)
def test_whole_responses_are_kept_byte_by_byte(recorded: Any, path: str) -> None:
    exchange, told = recorded[path]
    assert exchange["response"] == b"".join(CASES[path].pieces)
    assert exchange["failure"] is exchange["truncated"] is None
    assert exchange["ip"] == "127.0.0.1"
    assert told["status"] == int(exchange["response"].split()[1])


def test_the_request_is_kept_as_it_was_sent(recorded: Any) -> None:
    exchange, _ = recorded["/plain"]
    assert exchange["request"].startswith(b"GET /plain HTTP/1.1\r\n")
    assert exchange["request"].endswith(b"\r\n\r\n")
    assert b"\r\nHost: 127.0.0.1:" in exchange["request"]


def test_what_the_spider_gets_is_decoded_and_what_is_kept_is_not(recorded: Any) -> None:
    exchange, told = recorded["/gzip"]
    assert exchange["response"].endswith(PACKED)
    assert bytes.fromhex(told["body"]) == BODY


def test_the_capture_is_there_before_the_response_is(recorded: Any) -> None:
    assert [told["capture"] for _, told in recorded.values()] == [f"n{n}" for n in range(1, len(CASES) + 1)]


@pytest.mark.parametrize("path", ["/cut", "/cut-chunked", "/reset-in-body", "/half-head"])
def test_a_cut_response_is_kept_as_far_as_it_came(recorded: Any, path: str) -> None:
    exchange, told = recorded[path]
    assert exchange["response"] == b"".join(CASES[path].pieces)
    assert exchange["truncated"] == "disconnect"
    assert exchange["detail"]
    assert "error" in told


def test_a_connection_reset_before_the_answer_is_a_failure(recorded: Any) -> None:
    exchange, _ = recorded["/reset"]
    assert (exchange["response"], exchange["failure"]) == (None, "reset")


def test_interim_responses_are_not_taken_for_the_answer(recorded: Any) -> None:
    exchange, told = recorded["/early-hints"]
    assert exchange["response"] == CASES["/early-hints"].pieces[1]
    assert told["status"] == 200


def test_bytes_after_the_end_are_no_part_of_the_response(recorded: Any) -> None:
    exchange, told = recorded["/excess"]
    assert exchange["response"] == OK + b"Content-Length: 2\r\n\r\nok"
    assert bytes.fromhex(told["body"]) == b"ok"


@pytest.mark.parametrize("path", ["/too-long", "/too-long-chunked"])
def test_a_response_over_the_size_limit_is_cut_off_and_says_so(recorded: Any, path: str) -> None:
    exchange, told = recorded[path]
    assert exchange["response"].startswith(CASES[path].pieces[0])
    assert exchange["truncated"] == "length"
    assert told["error"] == "DownloadCancelledError"


def test_a_slow_response_is_cut_off_in_time(recorded: Any) -> None:
    exchange, _ = recorded["/slow"]
    assert exchange["response"] == b"".join(CASES["/slow"].pieces)
    assert exchange["truncated"] == "time"


def test_a_silent_server_is_a_timeout(recorded: Any) -> None:
    exchange, _ = recorded["/silent"]
    assert (exchange["response"], exchange["failure"]) == (None, "timeout")


def test_what_is_not_http_is_kept_all_the_same(recorded: Any) -> None:
    exchange, told = recorded["/garbage"]
    assert exchange["response"] == CASES["/garbage"].pieces[0]
    assert exchange["truncated"] == "disconnect"
    assert "error" in told


def test_a_request_repeated_on_a_fresh_connection_is_one_exchange() -> None:
    with serving(WireServer(CASES)) as server:
        url = f"http://127.0.0.1:{server.port}/stale"
        exchanges, said = drive([url, url, url])
    assert [one["response"] for one in exchanges] == [CASES["/stale"].pieces[0]] * 3
    assert all(one["request"].count(b"GET ") == 1 for one in exchanges)
    assert [told["status"] for told in said] == [200, 200, 200]


def test_failures_without_a_server() -> None:
    with serving(WireServer(CASES)) as plain:
        urls = ["http://127.0.0.1:9/", "http://nowhere.invalid/", f"https://127.0.0.1:{plain.port}/plain"]
        exchanges, _ = drive(urls)
    assert [one["failure"] for one in exchanges] == ["refused", "dns", "tls"]
    assert all(one["response"] is None and one["detail"] for one in exchanges)


def test_a_private_peer_is_refused_before_a_byte_is_sent() -> None:
    with serving(WireServer(CASES)) as server:
        exchanges, said = drive([f"http://127.0.0.1:{server.port}/plain"], settings={"ALLOW_LOOPBACK": False})
        assert server.requests == []
    assert exchanges[0]["failure"] == "address-refused"
    assert exchanges[0]["request"] == b""
    assert "error" in said[0]


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    """Return a server's context with a certificate of its own."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
    made = made.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    folder = tmp_path_factory.mktemp("tls")
    (folder / "cert.pem").write_bytes(made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    no_password = serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, no_password)
    (folder / "key.pem").write_bytes(pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context


def test_https_is_recorded_above_tls(tls: ssl.SSLContext) -> None:
    with serving(WireServer(CASES), tls) as server:
        exchanges, _ = drive([f"https://127.0.0.1:{server.port}{path}" for path in ("/plain", "/chunked")])
    assert [one["response"] for one in exchanges] == [b"".join(CASES[path].pieces) for path in ("/plain", "/chunked")]
    assert exchanges[0]["request"].startswith(b"GET /plain HTTP/1.1\r\n")


def test_through_a_proxy_the_target_is_recorded() -> None:
    with serving(WireServer(CASES)) as proxy:
        proxy_url = f"http://user:secret@127.0.0.1:{proxy.port}"
        exchanges, _ = drive(["http://trs.gov.test/plain"], proxy=proxy_url)
        assert proxy.requests[0].startswith(b"GET http://trs.gov.test/plain HTTP/1.1\r\n")
        assert b"Proxy-Authorization: Basic" in proxy.requests[0]
    (exchange,) = exchanges
    assert exchange["url"] == "http://trs.gov.test/plain"
    assert exchange["request"].startswith(b"GET /plain HTTP/1.1\r\n")
    assert b"roxy-" not in exchange["request"]
    assert b"Host: trs.gov.test\r\n" in exchange["request"]
    assert exchange["ip"] is None


def test_https_through_a_proxy_is_recorded_within_the_tunnel(tls: ssl.SSLContext) -> None:
    with serving(WireServer(CASES), tls) as inner, serving(WireServer({}, tunnel_to=inner.port)) as proxy:
        exchanges, _ = drive(["https://trs.gov.test/gzip"], proxy=f"http://127.0.0.1:{proxy.port}")
        assert proxy.requests[0].startswith(b"CONNECT trs.gov.test:443 ")
    assert exchanges[0]["response"] == b"".join(CASES["/gzip"].pieces)
    assert exchanges[0]["request"].startswith(b"GET /gzip HTTP/1.1\r\n")


def test_only_requests_to_a_proxy_are_brought_to_origin_form() -> None:
    plain = b"GET /a HTTP/1.1\r\nHost: a.test\r\n\r\n"
    assert origin_form(plain, "http://a.test/a") == plain
    bare = b"GET http://a.test HTTP/1.1\r\nHost: a.test\r\nproxy-connection: keep-alive\r\n\r\n"
    assert origin_form(bare, "http://a.test") == b"GET / HTTP/1.1\r\nHost: a.test\r\n\r\n"


def test_an_unfinished_interim_response_is_kept() -> None:
    raw = b"HTTP/1.1 100 Continue\r\n"
    assert without_interim(raw) == raw


def test_no_byte_of_an_answer_is_a_failure_and_one_byte_is_a_cut_response() -> None:
    wire = Wire(started_at=datetime.now(UTC))
    told = {"url": "http://a.test/", "method": "GET", "robots": "allowed", "failure": "timeout", "truncated": "time"}
    assert exchange_of(wire, **told).failure == "timeout"
    wire.received += b"H"
    cut: Exchange = exchange_of(wire, **told)
    assert (cut.failure, cut.truncated, cut.response) == (None, "time", b"H")

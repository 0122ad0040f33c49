"""The sample portals on loopback: virtual hosts by Host header, a forward proxy for `*.gov.test`, and a log of every request.

with running() as site:
    urlopen(site.url + "/__log__")
"""

from __future__ import annotations

import gzip
import json
import ssl
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta, UTC
from email.utils import format_datetime, parsedate_to_datetime
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import urlsplit

from samples.certificates import authority, context, Signer
from samples.portals import build, DEFAULT
from samples.site import Answer, html, not_found, plain, Portal, Request, Response, TlsFault

LOOPBACK = ("127.0.0.1", "localhost")


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """One request as the server saw it: when (seconds since 1970), what, and what it answered (status 0: nothing)."""

    time: float
    method: str
    url: str
    host: str
    path: str
    status: int
    size: int
    conditional: bool
    user_agent: str


@dataclass(slots=True)
class Site:
    """A running server: its port, and its log, which grows while it runs."""

    hosts: Mapping[str, Answer]
    faults: Mapping[str, TlsFault] = field(default_factory=dict)
    port: int = 0
    log: list[Logged] = field(default_factory=list)
    signer: Signer = field(default_factory=authority)
    contexts: dict[str, ssl.SSLContext] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Address of the server itself: the forward proxy, and the default portal."""
        return f"http://127.0.0.1:{self.port}"

    def tls(self, host: str) -> ssl.SSLContext | None:
        """Return the TLS context of a host, made at its first use; None for a host that has no https.

        A good certificate is signed by this server's own authority (`signer`).
        """
        fault = self.faults.get(host, "good")
        if host not in self.hosts or fault == "none":
            return None
        if host not in self.contexts:
            signer = authority("intermediate, never sent") if fault == "incomplete" else self.signer
            self.contexts[host] = context(signer, [host], age=timedelta(days=400 if fault == "expired" else 0))
        return self.contexts[host]

    def answer(self, request: Request) -> Response:
        """Answer one request: 404 for an address that the portal lacks, 502 for a host that is not ours."""
        if request.path == "/__log__":
            return plain("".join(json.dumps(asdict(one)) + "\n" for one in self.log), content_type="application/jsonl")
        portal = self.hosts.get(DEFAULT if request.host in LOOPBACK else request.host)
        if portal is None:
            return html(f"<p>no such host here: {request.host}</p>", status=502)
        return portal(request) or not_found()


@contextmanager
def running(port: int = 0, season: int = 1) -> Iterator[Site]:
    """Serve all portals of a season on 127.0.0.1 until the block ends; port 0 takes a free one."""
    with serving(build(season).values(), port) as site:
        yield site


@contextmanager
def serving(portals: Iterable[Portal], port: int = 0) -> Iterator[Site]:
    """Serve some portals on 127.0.0.1 until the block ends; port 0 takes a free one."""
    made = list(portals)
    site = Site(
        {host: answer for portal in made for host, answer in portal.hosts.items()},
        {host: fault for portal in made for host, fault in portal.tls.items()},
    )
    handler = type("SiteHandler", (_Handler,), {"site": site})
    with ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        site.port = server.server_port
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield site
        finally:
            server.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "samples"
    site: Site
    tunnel: str | None = None

    def do_GET(self) -> None:
        with suppress(ConnectionError):
            self._serve()

    do_POST = do_HEAD = do_GET  # noqa: N815 - the base class looks for these names

    def do_CONNECT(self) -> None:
        """Open a tunnel to a host of ours: from here on the connection is that host's, over TLS."""
        host = self.path.partition(":")[0].lower()
        tls = self.site.tls(host)
        if tls is None:
            self.send_error(502)
            return
        self.send_response(200)
        self.end_headers()
        self.wfile.flush()
        self.close_connection = True
        with suppress(OSError):
            self._encrypt(host, tls)

    def finish(self) -> None:
        """Close the tunnel too: `socketserver` knows only the connection that it opened."""
        with suppress(OSError):
            super().finish()
        if self.tunnel is not None:
            self.connection.close()

    def _encrypt(self, host: str, tls: ssl.SSLContext) -> None:
        self.connection = tls.wrap_socket(self.connection, server_side=True)
        self.tunnel = host
        self.rfile.close()
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", buffering=0)
        self.close_connection = False

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Say nothing on stderr: the log is `Site.log`."""

    def _serve(self) -> None:
        request = self._request()
        answer = self.site.answer(request)
        time.sleep(answer.delay)
        if _unchanged(request, answer):
            answer = Response(status=304, content_type=None, modified=answer.modified, headers=(("ETag", _etag(answer)),))
        self._note(request, answer)
        if answer.drop:
            self.close_connection = True
            return
        self._send(request, answer)

    def _request(self) -> Request:
        headers = {name.lower(): value for name, value in self.headers.items()}
        scheme = "https" if self.tunnel else "http"
        origin = f"{scheme}://{headers.get('host', DEFAULT)}"
        parts = urlsplit(self.path if "://" in self.path else origin + self.path)
        return Request(
            method=self.command,
            scheme=parts.scheme,
            host=(parts.hostname or DEFAULT).lower(),
            path=parts.path or "/",
            query=parts.query,
            headers=headers,
            body=self.rfile.read(int(headers.get("content-length", 0))),
        )

    def _note(self, request: Request, answer: Response) -> None:
        if request.path == "/__log__":
            return
        entry = Logged(
            time=time.time(),
            method=request.method,
            url=request.url,
            host=request.host,
            path=request.target,
            status=0 if answer.drop else answer.status,
            size=len(answer.body),
            conditional=bool(_CONDITIONS & request.headers.keys()),
            user_agent=request.headers.get("user-agent", ""),
        )
        self.site.log.append(entry)

    def _send(self, request: Request, answer: Response) -> None:
        body, coding = _coded(request, answer)
        self.send_response(answer.status)
        for name, value in (*_headers(answer), *coding):
            self.send_header(name, value)
        self.end_headers()
        if request.method != "HEAD":
            self.wfile.write(body)
            self._pad(answer.endless)

    def _pad(self, size: int) -> None:
        block = bytes(65536)
        while size > 0:
            self.wfile.write(block[:size])
            size -= len(block)


_CONDITIONS = {"if-none-match", "if-modified-since"}


def _headers(answer: Response) -> Iterator[tuple[str, str]]:
    if answer.content_type is not None:
        yield "Content-Type", answer.content_type
    if answer.modified is not None:
        yield "Last-Modified", _http_date(answer.modified)
    if answer.status == 200 and not answer.fresh:
        yield "ETag", _etag(answer)
    yield from answer.headers


def _coded(request: Request, answer: Response) -> tuple[bytes, tuple[tuple[str, str], ...]]:
    if answer.coding == "chunked" and answer.body:
        return _chunks(answer.body), (("Transfer-Encoding", "chunked"),)
    if answer.coding == "gzip" and "gzip" in request.headers.get("accept-encoding", ""):
        body = gzip.compress(answer.body, mtime=0)
        return body, (("Content-Encoding", "gzip"), ("Content-Length", str(len(body))))
    return answer.body, (("Content-Length", str(len(answer.body) + answer.endless)),)


def _chunks(body: bytes, size: int = 4096) -> bytes:
    pieces = [body[start : start + size] for start in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in [*pieces, b""])


def _etag(answer: Response) -> str:
    return f'"{sha256(answer.body).hexdigest()[:20]}"'


def _http_date(day: date) -> str:
    return format_datetime(datetime(day.year, day.month, day.day, 2, tzinfo=UTC), usegmt=True)


def _unchanged(request: Request, answer: Response) -> bool:
    if request.method not in {"GET", "HEAD"} or answer.status != 200 or answer.fresh:
        return False
    if (tags := request.headers.get("if-none-match")) is not None:
        return _etag(answer) in tags
    since = request.headers.get("if-modified-since")
    if since is None or answer.modified is None:
        return False
    with suppress(ValueError):
        return parsedate_to_datetime(_http_date(answer.modified)) <= parsedate_to_datetime(since)
    return False

"""What one HTTP exchange put on the wire, and the `Exchange` made of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from archive.model import Exchange

_INTERIM = re.compile(rb"HTTP/1\.[01] 1\d\d[^\n]*\n")
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_PROXY_HEADER = re.compile(rb"(?im)^proxy-[a-z-]+:[^\r\n]*\r\n")


@dataclass(slots=True)
class Wire:
    """Takes down the bytes of one exchange as they pass; a repeated attempt on a fresh connection starts it anew."""

    started_at: datetime
    ip: str | None = None
    sent: bytearray = field(default_factory=bytearray)
    received: bytearray = field(default_factory=bytearray)
    excess: int = 0

    def begin(self, ip: str | None) -> None:
        """Forget an attempt that got no answer, and note the peer of this one."""
        self.ip = ip
        self.sent.clear()
        self.received.clear()
        self.excess = 0

    def response(self) -> bytes | None:
        """Return the final response's bytes, None where not one byte came; bytes after its end are not of it."""
        end = len(self.received) - self.excess
        return without_interim(bytes(self.received[:end])) or None


def without_interim(raw: bytes) -> bytes:
    """Return a response without the 1xx responses before it (RFC 9110 §15.2): they are no part of the final one."""
    while _INTERIM.match(raw):
        end = _HEAD_END.search(raw)
        if end is None:
            return raw
        raw = raw[end.end() :]
    return raw


def origin_form(request: bytes, url: str) -> bytes:
    """Return a request to a forward proxy as the target sees it (RFC 9112 §3.2.2), without headers meant for the proxy.

    A request that names only a path is returned as it is.
    """
    parts = urlsplit(url)
    authority = f"{parts.scheme}://{parts.netloc}".encode("ascii")
    line, _, rest = request.partition(b"\r\n")
    method, _, target = line.partition(b" ")
    if not target.startswith(authority):
        return request
    path = target.removeprefix(authority)
    return method + b" " + (path if path.startswith(b"/") else b"/" + path) + b"\r\n" + _PROXY_HEADER.sub(b"", rest)


def exchange_of(
    wire: Wire,
    *,
    url: str,
    method: str,
    robots: str,
    confirms: str | None = None,
    failure: str | None = None,
    detail: str | None = None,
    truncated: str | None = None,
) -> Exchange:
    """Return the exchange that a wire took down.

    A failure after the first byte of the answer is a response that is cut (`truncated`), as WARC knows it
    (ISO 28500 §5.13: length, time, disconnect, unspecified); before it, a failure without a response.
    """
    response = wire.response()
    cut = truncated if response is not None else None
    return Exchange(
        url=url,
        method=method,
        request=origin_form(bytes(wire.sent), url),
        response=response,
        fetched_at=wire.started_at,
        ip=wire.ip,
        failure=failure if response is None else None,
        detail=detail,
        truncated=cut,
        robots=robots,
        confirms=confirms,
    )

"""HTTP/1.1 messages as they went over the wire: head and body, and the body with its codings undone.

Reads only; a capture keeps the bytes. The head ends where warcio says it ends, so that digests agree with `warcio check`.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO

import brotli
from backports import zstd
from warcio.statusandheaders import StatusAndHeadersParser

MAX_PAYLOAD = 512 * 1024 * 1024
"""Decoded bytes beyond which a body counts as a bomb and its coding stays."""

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A response taken apart.

    `status` is None for a status line that holds no number. `payload` is the entity body with transfer and content
    coding undone (RFC 9112 §7.1, RFC 9110 §8.4), as far as that went; `problem` says where it stopped, None if it did not.
    """

    status: int | None
    headers: Headers
    body: bytes
    payload: bytes
    problem: str | None = None

    def header(self, name: str) -> str | None:
        """Return the first value of a header, by its name in any case; None if it is not there."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    @property
    def media_type(self) -> str | None:
        """The media type of `Content-Type` in lower case without its parameters; None if there is none."""
        value = (self.header("content-type") or "").partition(";")[0].strip().lower()
        return value or None


def read_response(raw: bytes) -> Message:
    """Return the parts of a response's raw bytes. Never raises: what can't be undone is said in `problem`."""
    status, headers, body = read_head(raw)
    payload, problem = undo_codings(headers, body)
    return Message(status=status, headers=headers, body=body, payload=payload, problem=problem)


def read_head(raw: bytes) -> tuple[int | None, Headers, bytes]:
    """Return status code (None if not readable), headers in wire order and the body's bytes of a raw response."""
    stream = BytesIO(raw)
    try:
        parsed = StatusAndHeadersParser([], verify=False).parse(stream)
    except EOFError:
        return None, (), b""
    code = parsed.statusline.split(" ", 1)[0]
    return int(code) if code.isascii() and code.isdigit() else None, tuple(parsed.headers), raw[stream.tell() :]


def undo_codings(headers: Headers, body: bytes) -> tuple[bytes, str | None]:
    """Return the body without its transfer and content codings, and a sentence where one could not be undone."""
    problems: list[str] = []
    for coding in [*_codings(headers, "transfer-encoding"), *_codings(headers, "content-encoding")]:
        body, problem = _UNDO.get(coding, _unknown(coding))(body)
        if problem:
            problems.append(problem)
    return body, "; ".join(problems) or None


def _codings(headers: Headers, name: str) -> list[str]:
    values = ",".join(value for key, value in headers if key.lower() == name)
    names = [part.strip().lower() for part in values.split(",")]
    return [each for each in reversed(names) if each and each != "identity"]


_Undone = tuple[bytes, str | None]


def _unknown(coding: str) -> Callable[[bytes], _Undone]:
    return lambda body: (body, f"the coding {coding!r} is not known")


def _chunked(body: bytes) -> _Undone:
    parts: list[bytes] = []
    at = 0
    while True:
        line_end = body.find(b"\n", at)
        size = _chunk_size(body[at : line_end if line_end >= 0 else at])
        if size is None:
            return (b"".join(parts), "the chunked body is cut") if parts else (body, "the body is not chunked as it says")
        if size == 0:
            return b"".join(parts), None
        parts.append(body[line_end + 1 : line_end + 1 + size])
        if len(parts[-1]) < size:
            return b"".join(parts), "the chunked body is cut"
        at = line_end + 1 + size
        at = at + 2 if body[at : at + 2] == b"\r\n" else at + 1


def _chunk_size(line: bytes) -> int | None:
    digits = line.partition(b";")[0].strip()
    if not digits or len(digits) > 15 or digits.strip(b"0123456789abcdefABCDEF"):
        return None
    return int(digits, 16)


def _gzip(body: bytes) -> _Undone:
    return _inflate(body, zlib.MAX_WBITS | 16, "gzip")


def _deflate(body: bytes) -> _Undone:
    looks_like_zlib = len(body) >= 2 and body[0] & 0x0F == 8 and int.from_bytes(body[:2], "big") % 31 == 0
    return _inflate(body, zlib.MAX_WBITS if looks_like_zlib else -zlib.MAX_WBITS, "deflate")


def _inflate(body: bytes, window: int, name: str) -> _Undone:
    if not body:
        return b"", None
    parts: list[bytes] = []
    length, rest = 0, body
    while rest:
        inflater = zlib.decompressobj(window)
        try:
            parts.append(inflater.decompress(rest, MAX_PAYLOAD - length + 1))
        except zlib.error:
            return (b"".join(parts), None) if parts else (body, f"the {name} body is damaged")
        length += len(parts[-1])
        if length > MAX_PAYLOAD:
            return body, f"the {name} body expands beyond {MAX_PAYLOAD} bytes"
        if not inflater.eof:
            return b"".join(parts), f"the {name} body is cut"
        rest = inflater.unused_data if window > zlib.MAX_WBITS else b""
    return b"".join(parts), None


def _brotli(body: bytes) -> _Undone:
    inflater = brotli.Decompressor()
    try:
        payload = inflater.process(body, output_buffer_limit=MAX_PAYLOAD) if body else b""
    except brotli.error:
        return body, "the br body is damaged"
    if not inflater.is_finished() and len(payload) >= MAX_PAYLOAD:
        return body, f"the br body expands beyond {MAX_PAYLOAD} bytes"
    return payload, None if inflater.is_finished() or not body else "the br body is cut"


def _zstd(body: bytes) -> _Undone:
    inflater = zstd.ZstdDecompressor()
    try:
        payload = inflater.decompress(body, MAX_PAYLOAD + 1)
    except zstd.ZstdError:
        return body, "the zstd body is damaged"
    if len(payload) > MAX_PAYLOAD:
        return body, f"the zstd body expands beyond {MAX_PAYLOAD} bytes"
    return payload, None if inflater.eof or not body else "the zstd body is cut"


_UNDO: dict[str, Callable[[bytes], _Undone]] = {
    "chunked": _chunked,
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
}

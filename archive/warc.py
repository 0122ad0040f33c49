"""WARC 1.1 records (ISO 28500:2017): made from exchanges, one gzip member each, and read back.

The bytes of a response stand in its record exactly as they came: chunked, compressed, malformed, cut. `WARC-Payload-Digest`
is over the message body as stored (what `warcio check` and other readers compute); our own payload digest, over the body
with its codings undone, stands in the journal.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from mmap import ACCESS_READ, mmap
from pathlib import Path
from urllib.parse import quote

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeaders

from archive.clock import moment, stamp
from archive.errors import Damaged
from archive.hashing import sha256_hex
from archive.model import Drawing, Exchange
from archive.record_ids import record_uri
from archive.wire import Headers, read_head

REVISIT_PROFILE = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
NOT_MODIFIED_PROFILE = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
TRUNCATED_REASONS = ("length", "time", "disconnect", "unspecified")
"""The words that WARC 1.1 §5.13 knows for `WARC-Truncated`."""
DRAWN_TYPE = "text/html; charset=utf-8"
"""What a page is that a browser drew, whatever the page as it came was."""
COMPRESSION_LEVEL = 6
_GZIP = b"\x1f\x8b\x08"
_FIELDS: Headers = (("Content-Type", "application/warc-fields"),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One WARC record: its named fields in order, and its block as stored."""

    type: str
    fields: Headers
    block: bytes

    def field(self, name: str) -> str | None:
        """Return the first value of a named field, None if it is not there."""
        return next((value for key, value in self.fields if key.lower() == name.lower()), None)

    @property
    def id(self) -> str:
        """The record's URI (`urn:uuid:…`)."""
        return (self.field("WARC-Record-ID") or "").strip("<>")

    @property
    def url(self) -> str | None:
        """The target URI, None for a warcinfo record."""
        return self.field("WARC-Target-URI")

    @property
    def date(self) -> datetime:
        """When the record's content was received."""
        return moment(self.field("WARC-Date") or "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """The earlier capture whose payload a revisit refers to.

    `confirmed` holds its `payload_sha256` and `wire_sha256` where the server said that it is not modified (304), and sent none.
    """

    capture: str
    url: str
    fetched_at: datetime
    confirmed: Mapping[str, str | None] | None = None


def clean_url(url: str) -> str:
    """Return a URL that can stand in one header line (RFC 3986): blanks, controls and non-ASCII percent-encoded as UTF-8."""
    return re.sub(r"[^\x21-\x7e]", lambda found: quote(found[0], safe="", errors="replace"), url)


def warcinfo(name: str, run: str, at: datetime) -> Record:
    """Return the record that opens a file; `name` is the file's own."""
    info = {
        "software": "Gongkai",
        "format": "WARC File Format 1.1",
        "conformsTo": "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
        "isPartOf": run,
    }
    extra = (("WARC-Filename", name),)
    return _record("warcinfo", at, None, _fields_block(info), _FIELDS + extra)


def exchange_records(exchange: Exchange, info: str, original: Original | None) -> tuple[Record, ...]:
    """Return the records of an exchange, the capture's own first, then its request where one was sent.

    `info` is the id of the file's warcinfo record. With `original` the body is left to the capture that holds it (revisit).
    """
    url = clean_url(exchange.url)
    extra = _common(exchange, info)
    main = _main_record(exchange, url, extra, original)
    if not exchange.request:
        return (main,)
    concurrent = (*extra, ("WARC-Concurrent-To", f"<{main.id}>"))
    _, _, body = read_head(exchange.request)
    digest = (("WARC-Payload-Digest", digest_of(body)),)
    kind = (("Content-Type", "application/http; msgtype=request"),)
    return main, _record("request", exchange.fetched_at, url, exchange.request, kind + concurrent + digest)


def resource(url: str, payload: bytes, media_type: str, at: datetime, info: str) -> Record:
    """Return the record of a file that came over no wire (ingested)."""
    kind = ("Content-Type", media_type)
    extra = (kind, ("WARC-Warcinfo-ID", f"<{info}>"), ("WARC-Payload-Digest", digest_of(payload)))
    return _record("resource", at, clean_url(url), payload, extra)


def conversion(drawing: Drawing, info: str) -> Record:
    """Return the record of a page as a browser drew it; it refers to the capture of the page as it came (WARC 1.1 §6.8)."""
    extra = (
        ("Content-Type", DRAWN_TYPE),
        ("WARC-Warcinfo-ID", f"<{info}>"),
        ("WARC-Refers-To", f"<{drawing.of}>"),
        ("Gongkai-Drawn-By", drawing.software),
        ("WARC-Payload-Digest", digest_of(drawing.payload)),
    )
    return _record("conversion", drawing.drawn_at, clean_url(drawing.url), drawing.payload, extra)


def digest_of(payload: bytes) -> str:
    """Return a labelled digest as WARC writes it: `sha256:` and lower-case hex."""
    return f"sha256:{sha256_hex(payload)}"


def failure_of(record: Record) -> tuple[str | None, str | None]:
    """Return kind and sentence of a failed exchange from its `metadata` record."""
    lines = (line.partition(": ") for line in record.block.decode("utf-8", "replace").split("\r\n"))
    fields = {name: value for name, colon, value in lines if colon}
    return fields.get("failure"), fields.get("detail")


def encode(record: Record) -> bytes:
    """Return the record as one gzip member."""
    head = StatusAndHeaders("", list(record.fields), protocol="WARC/1.1").to_bytes(encoding="utf-8")
    deflater = zlib.compressobj(COMPRESSION_LEVEL, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    return deflater.compress(head + record.block + b"\r\n\r\n") + deflater.flush()


def decode(member: bytes) -> Record:
    """Return the record of one gzip member. Raises Damaged where the bytes are no whole record or its digest differs."""
    records = ArchiveIterator(BytesIO(member), no_record_parse=True)
    try:
        raw = next(records)
        block = raw.raw_stream.read()
    except (ArchiveLoadFailed, StopIteration, zlib.error, EOFError, ValueError) as reason:
        raise Damaged(f"a WARC member can't be read: {reason}") from reason
    finally:
        # It holds its own generator, and that holds it: without this, large members wait for the garbage collector.
        records.the_iter.close()
    record = Record(type=raw.rec_type, fields=tuple(raw.rec_headers.headers), block=block)
    if record.field("Content-Length") != str(len(block)) or record.field("WARC-Block-Digest") != digest_of(block):
        raise Damaged(f"the WARC record {record.id} is not whole: its length or block digest differs")
    return record


def members(path: Path, offset: int = 0) -> Iterator[tuple[int, bytes]]:
    """Yield offset and bytes of each whole gzip member from `offset` on; stops at the first that is cut or no gzip."""
    with path.open("rb") as file:
        file.seek(offset)
        rest = b""
        while member := _next_member(file.read, rest):
            raw, rest = member
            yield offset, raw
            offset += len(raw)


def next_capture(path: Path, offset: int) -> int | None:
    """Return where the next whole record after `offset` begins that is not only a request; None where there is none.

    A request alone is the end of the exchange that was torn: a disk may write the end of what it was given first.
    """
    with path.open("rb") as file, closing(mmap(file.fileno(), 0, access=ACCESS_READ)) as raw:
        at = raw.find(_GZIP, offset + 1)
        while at >= 0:
            if any(True for _, member in members(path, at) if _is_capture(member)):
                return at
            at = raw.find(_GZIP, at + 1)
    return None


def _is_capture(member: bytes) -> bool:
    try:
        return decode(member).type != "request"
    except Damaged:
        return False


def _next_member(read: object, rest: bytes) -> tuple[bytes, bytes] | None:
    assert callable(read)
    inflater = zlib.decompressobj(zlib.MAX_WBITS | 16)
    parts: list[bytes] = []
    while not inflater.eof:
        piece = rest or read(1 << 16)
        rest = b""
        if not piece:
            return None
        parts.append(piece)
        try:
            inflater.decompress(piece)
        except zlib.error:
            return None
    raw = b"".join(parts)
    kept = len(raw) - len(inflater.unused_data)
    return raw[:kept], raw[kept:]


def _common(exchange: Exchange, info: str) -> Headers:
    ip = (("WARC-IP-Address", exchange.ip),) if exchange.ip else ()
    return (("WARC-Warcinfo-ID", f"<{info}>"), *ip)


def _main_record(exchange: Exchange, url: str, extra: Headers, original: Original | None) -> Record:
    if not exchange.response:
        fields = {"failure": exchange.failure or "unknown", "detail": exchange.detail or ""}
        block = _fields_block(fields)
        return _record(
            "metadata", exchange.fetched_at, url, block, _FIELDS + extra + (("WARC-Payload-Digest", digest_of(block)),)
        )
    kind = ("Content-Type", "application/http; msgtype=response")
    _, _, body = read_head(exchange.response)
    if original and original.confirmed is not None:
        digest = (("WARC-Payload-Digest", f"sha256:{original.confirmed['wire_sha256']}"),)
        return _record("revisit", exchange.fetched_at, url, exchange.response, (kind, *extra, *digest, *_refers_to(original)))
    extra = (kind, *extra, ("WARC-Payload-Digest", digest_of(body)))
    if original:
        head = exchange.response[: len(exchange.response) - len(body)]
        return _record("revisit", exchange.fetched_at, url, head, extra + _refers_to(original))
    return _record("response", exchange.fetched_at, url, exchange.response, extra + _truncated(exchange))


def _truncated(exchange: Exchange) -> Headers:
    if not exchange.truncated:
        return ()
    return (("WARC-Truncated", exchange.truncated if exchange.truncated in TRUNCATED_REASONS else "unspecified"),)


def _refers_to(original: Original) -> Headers:
    return (
        ("WARC-Profile", REVISIT_PROFILE if original.confirmed is None else NOT_MODIFIED_PROFILE),
        ("WARC-Refers-To", f"<{original.capture}>"),
        ("WARC-Refers-To-Target-URI", clean_url(original.url)),
        ("WARC-Refers-To-Date", stamp(original.fetched_at)),
    )


def _record(name: str, at: datetime, url: str | None, block: bytes, extra: Headers) -> Record:
    fields = (
        ("WARC-Type", name),
        ("WARC-Record-ID", f"<{record_uri()}>"),
        *((("WARC-Target-URI", url),) if url else ()),
        ("WARC-Date", stamp(at)),
        *extra,
        ("WARC-Block-Digest", digest_of(block)),
        ("Content-Length", str(len(block))),
    )
    return Record(type=name, fields=fields, block=block)


def _fields_block(fields: dict[str, str]) -> bytes:
    lines = (f"{name}: {' '.join(value.split())}\r\n" for name, value in fields.items())
    return "".join(lines).encode("utf-8")

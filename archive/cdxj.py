"""CDXJ, the index that replay tools read beside a WARC file: one line a capture, `key timestamp {json}`.

Keys are sort-friendly URLs (SURT) as pywb and Heritrix write them; fields are those of pywb's CDXJ.
"""

from __future__ import annotations

import json
import re
from urllib.parse import urlsplit

from archive.warc import Record
from archive.wire import Message, read_response

INDEXED = ("response", "revisit", "resource")
_DEFAULT_PORTS = {"http": 80, "https": 443}
_SESSION_PATH = re.compile(r";jsessionid=[0-9a-z.!_-]+(?=$|\?)", re.IGNORECASE)
_SESSION_QUERY = re.compile(
    r"(?:^|&)(?:jsessionid=[0-9a-z]{32}|phpsessid=[0-9a-z]{32}|sid=[0-9a-z]{32}|aspsessionid[a-z]{8}=[a-z]{24})(?=&|$)",
    re.IGNORECASE,
)


def url_key(url: str) -> str:
    """Return the SURT key of a URL: `cn,gov,moe)/a?b=1`; a URI without a host (`urn:…`) is its own key in lower case."""
    parts = urlsplit(url.strip())
    if not parts.hostname:
        return url.strip().lower()
    host = re.sub(r"^www\d*\.", "", parts.hostname.lower().rstrip("."))
    port = "" if _port(parts.netloc) in (None, _DEFAULT_PORTS.get(parts.scheme)) else f":{_port(parts.netloc)}"
    name = host if re.fullmatch(r"[\d.]+|.*:.*", host) else ",".join(reversed(host.split(".")))
    path = _SESSION_PATH.sub("", parts.path.lower())
    path = re.sub(r"/{2,}", "/", path).rstrip("/") or "/"
    query = "&".join(sorted(each for each in _SESSION_QUERY.sub("", parts.query.lower()).split("&") if each))
    return f"{name}{port}){path}{'?' + query if query else ''}".replace(" ", "%20")


def _port(netloc: str) -> int | None:
    digits = re.search(r":(\d+)$", netloc)
    return int(digits[1]) if digits else None


def cdxj_line(record: Record, *, name: str, offset: int, length: int) -> bytes | None:
    """Return the index line of a record at a place of the file `name`; None for a record that is not indexed."""
    if record.type not in INDEXED or record.url is None:
        return None
    message = read_response(record.block) if record.type != "resource" else None
    fields = {
        "url": record.url,
        "mime": _mime(record, message),
        "status": str(message.status) if message and message.status else None,
        "digest": record.field("WARC-Payload-Digest"),
        "length": str(length),
        "offset": str(offset),
        "filename": name,
    }
    present = {key: value for key, value in fields.items() if value is not None}
    stamp = record.date.strftime("%Y%m%d%H%M%S")
    return f"{url_key(record.url)} {stamp} {json.dumps(present, ensure_ascii=False)}\n".encode()


def _mime(record: Record, message: Message | None) -> str:
    if record.type == "revisit":
        return "warc/revisit"
    if message is None:
        return record.field("Content-Type") or "unk"
    return message.media_type or "unk"

"""CDXJ, the index that replay tools read beside a WARC file: one line a capture, `key timestamp {json}`.

Keys are sort-friendly URLs (SURT) as pywb and Heritrix write them; fields are those of pywb's CDXJ.
"""

from __future__ import annotations

import json
import re
from urllib.parse import quote, unquote_to_bytes, urlsplit

import idna

from archive.warc import Record
from archive.wire import Message, read_response

INDEXED = ("response", "revisit", "resource", "conversion")
_WITHOUT_HEADERS = ("resource", "conversion")
_DEFAULT_PORTS = {"http": 80, "https": 443}
# Only session ids of the lengths that servers make: an `sid` of three digits is an article, not a session.
_SESSION_QUERY = re.compile(
    r"(?:^|&)(?:jsessionid=[0-9a-z]{32}|phpsessid=[0-9a-z]{32}|sid=[0-9a-z]{32}|aspsessionid[a-z]{8}=[a-z]{24})(?=&|$)",
    re.IGNORECASE,
)


def url_key(url: str) -> str:
    """Return the SURT key of a URL: `cn,gov,moe)/a?b=1`; a URI without a host (`urn:…`) is its own key in lower case."""
    parts = urlsplit(url.strip())
    if not parts.hostname:
        return url.partition("#")[0].strip().lower()
    port = _port(parts.netloc)
    shown_port = "" if port in (None, _DEFAULT_PORTS.get(parts.scheme)) else f":{port}"
    query = "&".join(sorted(_SESSION_QUERY.sub("", _escaped(parts.query).lower()).lstrip("&").split("&")))
    return f"{_reversed_host(parts.hostname)}{shown_port}){_path(parts.path)}{'?' + query if query else ''}"


def _reversed_host(host: str) -> str:
    host = host.lower().rstrip(".")
    if not host.isascii():
        host = idna.encode(host, uts46=True).decode("ascii") if _is_idna(host) else quote(host)
    return ",".join(reversed(re.sub(r"^www\d*\.", "", host).split("."))) if ":" not in host else f"[{host}]"


def _is_idna(host: str) -> bool:
    try:
        idna.encode(host, uts46=True)
    except idna.IDNAError:
        return False
    return True


def _path(path: str) -> str:
    kept: list[str] = []
    for part in _escaped(path).lower().split("/"):
        if part == "..":
            kept = kept[:-1]
        elif part not in ("", "."):
            kept.append(part)
    return "/" + "/".join(kept)


def _escaped(text: str) -> str:
    # Servers and authors escape as they like: unescaped as far as it goes, then escaped where it must be.
    raw = text.encode("utf-8", "surrogatepass")
    while (plainer := unquote_to_bytes(raw)) != raw:
        raw = plainer
    return "".join(f"%{byte:02x}" if byte <= 0x20 or byte >= 0x7F or byte in b"#%" else chr(byte) for byte in raw)


def _port(netloc: str) -> int | None:
    digits = re.search(r":(\d+)$", netloc)
    return int(digits[1]) if digits else None


def cdxj_line(record: Record, *, name: str, offset: int, length: int) -> bytes | None:
    """Return the index line of a record at a place of the file `name`; None for a record that is not indexed."""
    if record.type not in INDEXED or record.url is None:
        return None
    message = read_response(record.block) if record.type not in _WITHOUT_HEADERS else None
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
        return (record.field("Content-Type") or "").partition(";")[0] or "unk"
    return message.media_type or "unk"

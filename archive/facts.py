"""What the journal says of captures: events made from exchanges and from stored records, and captures made from events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import is_dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from archive.clock import moment, stamp
from archive.codec import Json
from archive.hashing import sha256_hex
from archive.model import Capture, Drawing, Exchange
from archive.warc import clean_url, failure_of, Original, Record
from archive.wire import Message, read_head, read_response


def exchange_facts(exchange: Exchange, message: Message | None, original: Original | None) -> Json:
    """Return the facts of an exchange that was just stored; `message` is its response taken apart.

    `original` is the capture that a revisit refers to; what a 304 confirms has the digests of that capture.
    """
    return {
        "url": clean_url(exchange.url),
        "fetched_at": stamp(exchange.fetched_at),
        "method": exchange.method,
        "ip": exchange.ip,
        "robots": exchange.robots,
        "failure": exchange.failure or (None if exchange.response else "unknown"),
        "truncated": exchange.truncated or (message.problem if message else None),
        "revisit_of": original.capture if original else None,
        "recovered": False,
        **_message_facts(message),
        **(original.confirmed or {} if original else {}),
    }


def resource_facts(record: Record, file_name: str) -> Json:
    """Return the facts of a file that came over no wire."""
    return {
        **_EMPTY,
        "url": record.url,
        "fetched_at": stamp(record.date),
        "file_name": file_name,
        "media_type": record.field("Content-Type"),
        "payload_sha256": sha256_hex(record.block),
        "wire_sha256": sha256_hex(record.block),
    }


def drawing_facts(record: Record, drawing: Drawing) -> Json:
    """Return the facts of a page that a browser drew: what is known of any capture, and what drew it."""
    return {
        **_conversion_facts(record),
        "robots": drawing.robots,
        "software": drawing.software,
        "used": list(drawing.used),
        "refused": dict(drawing.refused),
    }


def _conversion_facts(record: Record) -> Json:
    digest = sha256_hex(record.block)
    return {
        **_EMPTY,
        "url": record.url,
        "fetched_at": stamp(record.date),
        "revisit_of": (record.field("WARC-Refers-To") or "").strip("<>") or None,
        "media_type": (record.field("Content-Type") or "").partition(";")[0],
        "payload_sha256": digest,
        "wire_sha256": digest,
    }


def recovered_facts(record: Record, request: Record | None, original: Mapping[str, Any] | None) -> Json:
    """Return the facts of a record that a crash left without its journal line, from the record itself.

    `original` is the catalog's row of the capture that a revisit refers to. The decision of robots is lost: null.
    """
    if record.type == "conversion":
        return {**_conversion_facts(record), "recovered": True}
    message = read_response(record.block) if record.type in ("response", "revisit") else None
    facts = resource_facts(record, "") if record.type == "resource" else {**_EMPTY, **_message_facts(message)}
    truncated = record.field("WARC-Truncated") or (message.problem if message and record.type == "response" else None)
    facts |= {"url": record.url, "fetched_at": stamp(record.date), "ip": record.field("WARC-IP-Address")}
    facts |= {"truncated": truncated, "recovered": True, "method": _method(request)}
    if record.type == "metadata":
        facts["failure"], _ = failure_of(record)
    if record.type == "revisit":
        facts["revisit_of"] = (record.field("WARC-Refers-To") or "").strip("<>") or None
        facts |= {name: (original or {}).get(name) for name in ("payload_sha256", "wire_sha256")}
    return facts


def capture_of(facts: Mapping[str, Any], capture: str) -> Capture:
    """Return the capture that journalled facts (or a row of the catalog) tell of."""
    return Capture(
        id=capture,
        url=facts["url"],
        fetched_at=moment(facts["fetched_at"]),
        status=facts["status"],
        media_type=facts["media_type"],
        payload_sha256=facts["payload_sha256"],
        failure=facts["failure"],
        revisit_of=facts["revisit_of"],
        truncated=facts["truncated"],
    )


def plain(value: Any) -> Any:
    """Return a value as JSON can hold it: times and dates as text, tuples as lists, paths as their names."""
    match value:
        case datetime() if value.tzinfo:
            return stamp(value)
        case date():
            return value.isoformat()
        case Path():
            return value.name
        case Mapping():
            return {str(key): plain(each) for key, each in value.items()}
        case list() | tuple() | set() | frozenset():
            return [plain(each) for each in value]
        case None | bool() | int() | float() | Decimal() | str():
            return value
    if is_dataclass(value):
        return {name: plain(getattr(value, name)) for name in value.__dataclass_fields__}
    return str(value)


_EMPTY: Json = {
    "method": None,
    "ip": None,
    "robots": None,
    "failure": None,
    "truncated": None,
    "revisit_of": None,
    "recovered": False,
    "status": None,
    "location": None,
    "media_type": None,
    "payload_sha256": None,
    "wire_sha256": None,
}


def _message_facts(message: Message | None) -> Json:
    return {
        "status": message.status if message else None,
        "location": message.header("Location") if message else None,
        "media_type": message.media_type if message else None,
        "payload_sha256": sha256_hex(message.payload) if message else None,
        "wire_sha256": sha256_hex(message.body) if message else None,
    }


def _method(request: Record | None) -> str | None:
    if request is None:
        return None
    _, _, body = read_head(request.block)
    head = request.block[: len(request.block) - len(body)]
    return head.split(b" ", 1)[0].decode("ascii", "replace")

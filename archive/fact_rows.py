"""How a fact of the journal becomes a row of the catalog. Pure: touches no database."""

from __future__ import annotations

from archive.addresses import page_key
from archive.codec import Json, packed
from archive.journal import Line
from archive.schema import Row, TABLES

_CAPTURE = ("run", "url", "fetched_at", "method", "status", "media_type", "payload_sha256", "wire_sha256", "failure")
_CAPTURE_MORE = ("truncated", "robots", "revisit_of", "recovered", "file")
_DERIVATION = ("at", "run", "capture", "url", "fetched_at", "document", "reader_version")
_REFUSAL = ("at", "run", "capture", "url", "fetched_at", "kind", "reader_version")
_DECISION = ("at", "fingerprint", "verdict", "note", "state", "says")
_FINDING = ("id", "at", "run", "kind", "says", "url", "capture")


def capture_row(event: Json) -> Row:
    """Return the row of an `exchange` event; its place is where the record was first written."""
    main = event["records"][0]
    place = {"record_type": main["type"], "offset": main["offset"], "length": main["length"]}
    place |= {"key": page_key(event["url"]), "location": event.get("location")}
    return {
        "id": event["capture"],
        "event": event["id"],
        **{name: event[name] for name in (*_CAPTURE, *_CAPTURE_MORE)},
        **place,
    }


def visit_row(event: Json) -> Row:
    """Return the row of a `visited` event."""
    return {"event": event["id"], "capture": event["capture"], "page_kind": event["page_kind"], "links": len(event["links"])}


def derivation_row(event: Json) -> Row:
    """Return the row of a `derivation` event. Its `key` is the page that the report is of: where a page's file holds it, the page."""
    key = page_key(event["context"].get("url") or event["url"])
    texts = {name: packed(event[name]) for name in ("context", "furniture", "attachments")}
    return {"event": event["id"], "key": key, **{name: event[name] for name in _DERIVATION}, **texts}


def refusal_row(event: Json) -> Row:
    """Return the row of a `refusal` event: what a reader read, and found to be no annual report. Its `key` is as a derivation's."""
    key = page_key(event["context"].get("url") or event["url"])
    texts = {name: packed(event[name]) for name in ("context", "attachments")}
    return {"event": event["id"], "key": key, **{name: event[name] for name in _REFUSAL}, **texts}


def finding_row(event: Json) -> Row:
    """Return the row of a `finding` event."""
    return {**{name: event[name] for name in _FINDING}, "evidence": packed(event["evidence"])}


def damaged_line_row(journal: str, line: Line) -> Row:
    """Return the finding of a line that is not what was written."""
    says = f"journal/{journal}, line {line.number}: {line.damage}"
    return {"id": f"damaged {journal}:{line.number}", "kind": "damaged_journal", "says": says, "evidence": "{}"}


def attribution_row(event: Json) -> Row:
    """Return the row of an `attribution` event; one that was taken back names nobody."""
    return {"event": event["id"], **{name: event[name] for name in ("at", "capture", "agency", "report_year", "note")}}


def decision_row(event: Json) -> Row:
    """Return the row of a `decision` event."""
    return {"event": event["id"], **{name: event[name] for name in _DECISION}}


def notification_rows(event: Json) -> list[Row]:
    """Return a row for each change that a `notification_sent` event tells of."""
    same = {"event": event["id"], **{name: event[name] for name in ("target", "service", "at")}}
    return [{**same, "change": change} for change in event["changes"]]


def begun_rows(event: Json) -> list[Row]:
    """Return a row for each change that a `notification_begun` event is about to tell of."""
    same = {"event": event["id"], **{name: event[name] for name in ("target", "key", "at")}}
    return [{**same, "change": change} for change in event["changes"]]


def takedown_row(event: Json) -> Row:
    """Return the row of a `takedown` event."""
    return {"event": event["id"], **{name: event[name] for name in ("at", "capture", "payload_sha256", "reason")}}


def lift_row(event: Json) -> Row:
    """Return the row of a `takedown_lifted` event."""
    return {"event": event["id"], **{name: event[name] for name in ("at", "takedown", "reason")}}


def named_row(table: str, event: Json) -> Row:
    """Return the row of an event whose fields are the table's columns."""
    return {name: event[name] for name in TABLES[table][0]}


def run_facts(event: Json) -> Row:
    """Return what a `run_started`, `run_ended` or `run_abandoned` event tells of its run."""
    match event["event"]:
        case "run_started":
            same = {"kind": event["kind"], "portal": event["portal"], "started_at": event["at"]}
            return {**same, "settings": packed(event["settings"])}
        case "run_ended":
            return {"ended_at": event["at"], "outcome": event["outcome"], "counts": packed(event["counts"])}
    return {"ended_at": event["at"], "outcome": "killed"}

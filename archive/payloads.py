"""Stored records and payloads, read from the WARC files by the catalog's rows of captures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from archive.errors import Damaged, NotInArchive
from archive.schema import Row
from archive.warc import decode, NOT_MODIFIED_PROFILE, Record
from archive.wire import Headers, read_head, undo_codings


class Payload(NamedTuple):
    """A stored response: its headers as on the wire, and its body with transfer and content coding undone."""

    headers: Headers
    body: bytes


def record_at(captures: Path, row: Row) -> Record:
    """Return the WARC record of a capture's row; `captures` is the folder of WARC files. Raises Damaged."""
    path = captures / row["file"]
    try:
        with path.open("rb") as file:
            file.seek(row["offset"])
            record = decode(file.read(row["length"]))
    except OSError as reason:
        raise Damaged(f"the WARC file {row['file']} of capture {row['id']} can't be read: {reason}") from reason
    if record.id != row["id"]:
        raise Damaged(f"{row['file']} holds {record.id} where capture {row['id']} should stand")
    return record


def headers_at(captures: Path, row: Row, row_of: Callable[[str], Row]) -> Headers:
    """Return the headers of a capture's row: of a 304 those of its original, which has the body. Raises as `payload_at`."""
    record = record_at(captures, row)
    if record.type == "metadata":
        raise NotInArchive(f"the capture {row['id']} is a failed exchange and has no payload")
    if record.type in ("resource", "conversion"):
        return (("Content-Type", record.field("Content-Type") or ""),)
    if record.type == "revisit" and record.field("WARC-Profile") == NOT_MODIFIED_PROFILE:
        record = record_at(captures, row_of((record.field("WARC-Refers-To") or "").strip("<>")))
    return read_head(record.block)[1]


def payload_at(captures: Path, row: Row, row_of: Callable[[str], Row]) -> Payload:
    """Return headers and decoded body of a capture's row; `row_of` gives the row of a revisit's original.

    Raises NotInArchive (also for a failure, which has no payload) and Damaged.
    """
    record = record_at(captures, row)
    if record.type == "metadata":
        raise NotInArchive(f"the capture {row['id']} is a failed exchange and has no payload")
    if record.type in ("resource", "conversion"):
        return Payload((("Content-Type", record.field("Content-Type") or ""),), record.block)
    _, headers, body = read_head(record.block)
    if record.type == "revisit":
        original = row_of((record.field("WARC-Refers-To") or "").strip("<>"))
        _, first, body = read_head(record_at(captures, original).block)
        # A 304 says nothing of the codings: the body has those that it came with.
        headers = first if record.field("WARC-Profile") == NOT_MODIFIED_PROFILE else headers
    return Payload(headers, undo_codings(headers, body)[0])


def wire_at(captures: Path, row: Row, row_of: Callable[[str], Row]) -> bytes:
    """Return what came over the wire for a capture's row, head and body with its codings; a revisit's body is its original's.

    A 304 had no body. Of a file that came over no wire these are its own bytes. Raises as `payload_at`.
    """
    record = record_at(captures, row)
    if record.type == "metadata":
        raise NotInArchive(f"the capture {row['id']} is a failed exchange: nothing came over the wire")
    if record.type != "revisit" or record.field("WARC-Profile") == NOT_MODIFIED_PROFILE:
        return record.block
    original = row_of((record.field("WARC-Refers-To") or "").strip("<>"))
    return record.block + read_head(record_at(captures, original).block)[2]

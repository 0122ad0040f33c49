"""Documents: what one reader version derived from a report, as an immutable file named by the SHA-256 of its own bytes.

A document holds no URL, no time of fetching, no furniture: a page whose visit counter moved gives the same file.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archive.codec import canonical, Json, loads, report_to_json, SCHEMA
from archive.durable import write_atomic
from archive.errors import Damaged, NotInArchive
from archive.hashing import digests_of, sha256_hex
from archive.model import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A report as the bytes of its document, and their hex SHA-256."""

    sha256: str
    payload: bytes


def make_document(report: Report, reader_version: str) -> Document:
    """Return the document of a report: the contract's keys without `furniture` and URLs, with the three digests."""
    payload = canonical(_content(report, reader_version))
    return Document(sha256=sha256_hex(payload), payload=payload)


def _content(report: Report, reader_version: str) -> Json:
    digests = digests_of(report)
    content = report_to_json(report)
    del content["furniture"]
    content["attachments"] = [{k: v for k, v in each.items() if k != "url"} for each in content["attachments"]]
    return {
        **content,
        "schema": SCHEMA,
        "reader_version": reader_version,
        "content_sha256": digests.content_sha256,
        "text_sha256": digests.text_sha256,
        "figures_sha256": digests.figures_sha256,
    }


def document_path(day: str, sha256: str) -> str:
    """Return the path of a document under `documents/`: `2026/11/22/ab/ab12….json`; `day` is the UTC date first seen."""
    return f"{day}/{sha256[:2]}/{sha256}.json"


def write_document(folder: Path, path: str, document: Document, scratch: Path) -> None:
    """Put a document in its place, whole or not at all. Raises OSError."""
    target = folder / path
    write_atomic(target, document.payload, scratch / f"{document.sha256}.{os.getpid()}")


def read_document(folder: Path, path: str) -> dict[str, Any]:
    """Return the content of a document. Raises NotInArchive if the file is missing, Damaged if its hash differs."""
    return dict(loads(document_bytes(folder, path)))


def document_bytes(folder: Path, path: str) -> bytes:
    """Return the bytes of a document, proved by its name. Raises NotInArchive if the file is missing, Damaged if its hash differs."""
    target = folder / path
    try:
        payload = target.read_bytes()
    except FileNotFoundError as reason:
        raise NotInArchive(f"the document {path} is missing") from reason
    if sha256_hex(payload) != target.stem:
        raise Damaged(f"the document {path} differs from its name, the hash of its bytes")
    return payload


_VERSION = re.compile(rb'"reader_version":"[^"\\]*"')


def same_content(one: bytes, other: bytes) -> bool:
    """Say whether two documents (their bytes) differ in nothing but the version of the reader that made them."""
    return _VERSION.sub(b"", one, count=1) == _VERSION.sub(b"", other, count=1)

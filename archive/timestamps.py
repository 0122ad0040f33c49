"""Time-stamps from outside (RFC 3161): an authority's signed word that a day's manifest existed at a time.

The manifest has the hash of every file of its day, so one time-stamp stands for all of them: also against us. What the authority
answers is kept in the journal as it came; `openssl ts -verify` proves it over the manifest's file, without Gongkai.
"""

from __future__ import annotations

import secrets
from base64 import b64decode, b64encode
from collections.abc import Iterator
from http.client import HTTPException
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from archive.errors import Damaged, GongkaiError, Misuse
from archive.journal import events_named
from archive.manifest import entry_of
from archive.schema import Row
from archive.store import Archive

SECONDS = 30.0
MAX_ANSWER = 1 << 20
_SHA256 = bytes.fromhex("300d06096086480165030402010500")
"""The algorithm's identifier (2.16.840.1.101.3.4.2.1) in DER."""


def stamp_seals(archive: Archive, url: str) -> Iterator[Row]:
    """Have every manifest stamped that no authority has stamped yet; yield its row (`day`, `manifest`, `authority`) once journalled.

    Raises Misuse for an address that is none, Damaged for a manifest that is not what was sealed, GongkaiError where the
    authority can't be reached or refuses: what was journalled before stays.
    """
    authority = _host(url)
    archive.catalog.catch_up()
    waiting = list(archive.catalog.rows(_WAITING))
    if not waiting:
        return
    with archive.start_run("timestamp") as run:
        for row in waiting:
            answer = _stamp(archive, row, url)
            facts = {"manifest": row["manifest"], "sha256": row["sha256"], "authority": authority}
            run.adopt("timestamped", **facts, answer=b64encode(answer).decode())
            yield {"day": row["day"], "manifest": row["manifest"], "authority": authority}


def _host(url: str) -> str:
    # What isn't ASCII no request can ask for.
    try:
        parts = urlsplit(url if url.isascii() else "")
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Misuse(f"{url!r} is no address of a time-stamping authority (http:// or https://, in ASCII)")
    return parts.hostname


def _stamp(archive: Archive, row: Row, url: str) -> bytes:
    if entry_of(archive.root, row["manifest"]).sha256 != row["sha256"]:
        raise Damaged(f"the manifest {row['manifest']} differs from its hash in the journal: it is not stamped")
    nonce = (1 << 62 | secrets.randbits(62)).to_bytes(8, "big")
    answer = _asked(url, query(row["sha256"], nonce))
    require_granted(answer, row["sha256"], nonce)
    return answer


def _asked(url: str, question: bytes) -> bytes:
    request = Request(url, question, {"Content-Type": "application/timestamp-query"})  # noqa: S310 - its scheme was looked at
    try:
        with urlopen(request, timeout=SECONDS) as response:  # noqa: S310
            answer: bytes = response.read(MAX_ANSWER)
    except (OSError, HTTPException) as reason:
        raise GongkaiError(f"the time-stamping authority {urlsplit(url).hostname} can't be asked: {reason}") from reason
    return answer


def query(sha256: str, nonce: bytes) -> bytes:
    """Return a TimeStampReq (RFC 3161 §2.4.1) in DER for a hex SHA-256; `nonce` is a positive number's bytes. Asks for the certificate."""
    imprint = _der(0x30, _SHA256 + _der(0x04, bytes.fromhex(sha256)))
    return _der(0x30, b"\x02\x01\x01" + imprint + _der(0x02, nonce) + b"\x01\x01\xff")


def require_granted(answer: bytes, sha256: str, nonce: bytes) -> None:
    """Raise GongkaiError where an answer is no TimeStampResp that grants a token for this hash and this question.

    Its signature is not looked at: who wants proof has it proved against the authority's own certificate.
    """
    try:
        status = int.from_bytes(_content(_content(_content(answer, 0x30), 0x30), 0x02), "big")
    except (ValueError, IndexError) as reason:
        raise GongkaiError(f"the time-stamping authority's answer is no TimeStampResp: {reason}") from reason
    if status not in (0, 1):
        raise GongkaiError(f"the time-stamping authority refused: status {status} (RFC 3161 §2.4.2)")
    if _der(0x04, bytes.fromhex(sha256)) not in answer or _der(0x02, nonce) not in answer:
        raise GongkaiError("the time-stamping authority's token is of another hash or for another question")


def tokens(archive: Archive) -> Iterator[tuple[str, bytes]]:
    """Yield path of the manifest and TimeStampResp in DER of each time-stamp, as the authority gave it."""
    names = [row["id"] for row in archive.catalog.rows("SELECT id FROM timestamps ORDER BY manifest, id")]
    for event in events_named(archive.root / "journal", names):
        yield event["manifest"], b64decode(event["answer"])


def _der(tag: int, content: bytes) -> bytes:
    assert len(content) < 0x80, "a length of one byte"
    return bytes((tag, len(content))) + content


def _content(raw: bytes, tag: int) -> bytes:
    if raw[0] != tag:
        raise ValueError(f"tag {raw[0]:#x} where {tag:#x} should stand")
    size, start = raw[1], 2
    if size & 0x80:
        start += size & 0x7F
        size = int.from_bytes(raw[2:start], "big")
    if start + size > len(raw):
        raise ValueError("it is cut")
    return raw[start : start + size]


_WAITING = """
SELECT day, manifest, sha256 FROM seals WHERE manifest NOT IN (SELECT manifest FROM timestamps) ORDER BY day, manifest
"""

"""Wrappers around a report: ZIP, gzip, and MHT (a page that Word or a browser saved whole)."""

from __future__ import annotations

import email
import email.policy
import gzip
import io
import zlib
from collections.abc import Callable
from dataclasses import replace
from email.message import Message

from archive.errors import Refused, Unreadable
from pipelines.attachments.container import Container, MAX_PART, open_container
from pipelines.attachments.reading import FileReading
from pipelines.attachments.sniffing import GZIP, HTML, MHT, sniff, TEXT, ZIP

MAX_FILES = 50
"""Most files of a ZIP that are looked at."""

MAX_TOTAL = 96 * 2**20
"""Most bytes that a ZIP's files may unpack to together."""

Read = Callable[[bytes, str], FileReading]

_JUNK = ("__MACOSX/", ".DS_Store", "Thumbs.db")
_NAME_SIGNS = ("年度报告", "年报", "政府信息公开", "信息公开")
_TABLE_SIGNS = ("收到和处理", "本年新收", "第二十条", "行政复议", "政府信息公开")


def read_zip(payload: bytes, read: Read) -> FileReading:
    """Return the reading of the file in a ZIP that is the report: by its name, its text and its tables.

    Raises Refused for a ZIP in a ZIP and for bombs; Unreadable where none of its files can be read, with each one's reason.
    """
    container = open_container(payload, "ZIP")
    names = [name for name in container.names if not name.endswith("/") and not any(junk in name for junk in _JUNK)]
    if len(names) > MAX_FILES:
        raise Refused(f"The ZIP holds {len(names)} files, more than the {MAX_FILES} that are looked at.")
    _refuse_large(container, names)
    found: list[tuple[int, str, FileReading]] = []
    reasons: list[str] = []
    for name in names:
        try:
            reading = _member(container.part(name), read)
        except Refused:
            raise
        except Unreadable as error:
            reasons.append(f"{_shown(container, name)}: {error}")
        else:
            found.append((_score(_shown(container, name), reading), name, reading))
    if not found:
        raise Unreadable(f"The ZIP holds no file that can be read ({'; '.join(reasons) or 'it is empty'}).")
    _, name, best = max(found, key=lambda entry: entry[0])
    note = f"read from {_shown(container, name)} in a ZIP of {len(names)} files"
    return replace(best, notes=(*best.notes, note))


def read_gzip(payload: bytes, read: Read) -> FileReading:
    """Return the reading of a gzipped file; raises Refused for a bomb, Unreadable for a damaged or doubly packed one."""
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(payload)) as stream:
            inner = stream.read(MAX_PART + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise Unreadable(f"The gzip file is damaged: {error}") from error
    if len(inner) > MAX_PART:
        raise Refused(f"The gzip file unpacks to more than {MAX_PART} bytes.")
    return _member(inner, read)


def read_mht(payload: bytes) -> FileReading:
    """Return the page that an MHT wraps, as UTF-8 in `html`; raises Unreadable where it wraps none."""
    message = email.message_from_bytes(payload, policy=email.policy.compat32)
    part = next((one for one in message.walk() if one.get_content_type() == HTML), None)
    if part is None:
        raise Unreadable("The MHT file wraps no page.")
    return FileReading(text="", grids=(), media_type=MHT, html=_utf8(part))


def _utf8(part: Message) -> bytes:
    body = part.get_payload(decode=True)
    if not isinstance(body, bytes) or not body:
        raise Unreadable("The MHT file's page is empty.")
    charset = part.get_content_charset()
    if charset is None:
        return body
    try:
        return b"\xef\xbb\xbf" + body.decode(charset, "replace").encode("utf-8")
    except LookupError:
        return body


def _member(payload: bytes, read: Read) -> FileReading:
    kind = sniff(payload)
    if kind in (ZIP, GZIP):
        raise Refused("The file is packed twice, as bombs are.")
    if kind in (HTML, TEXT):
        return FileReading(text="", grids=(), media_type=kind, html=payload)
    return read(payload, kind)


def _refuse_large(container: Container, names: list[str]) -> None:
    total = sum(container.zip.getinfo(name).file_size for name in names)
    if total > MAX_TOTAL:
        raise Refused(f"The ZIP unpacks to {total} bytes, more than {MAX_TOTAL}.")


def _score(name: str, reading: FileReading) -> int:
    text = reading.text or (reading.html or b"").decode("utf-8", "replace")
    by_name = 3 * sum(sign in name for sign in _NAME_SIGNS)
    return by_name + 2 * sum(sign in text for sign in _TABLE_SIGNS) + min(3, len(reading.grids))


def _shown(container: Container, name: str) -> str:
    """Return a part's name as its author saw it: Chinese Windows writes GBK names without saying so."""
    if container.zip.getinfo(name).flag_bits & 0x800:
        return name
    try:
        return name.encode("cp437").decode("gb18030")
    except UnicodeError:
        return name

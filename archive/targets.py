"""Whom to tell: addresses as apprise knows them, and the one place that sends. An address is a secret and is never printed."""

from __future__ import annotations

import hashlib
import logging
import re
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from archive.errors import Misuse
from archive.hashing import sha256_hex
from archive.message import Message
from archive.moments import beginning

READ_TIMEOUT = 30.0
"""Seconds to wait for an answer where the address sets none (`?rto=`): giving up on a slow target means telling it twice."""

_LINE = re.compile(r"(?:([\w.-]+)\s+)?((?:\w+=\S+\s+)*)(\w[\w+.-]*://.*)")
FILTERS = ("agency", "region", "since", "verdict")
"""What a line of the file of targets may ask for before its address, as `agency=教育局`; of verdicts several, with commas."""
_STATUS = re.compile(r"error=(\d{3})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Somebody to tell: `id` is what the journal calls it, `limit` the characters of a message, `server` apprise's own object.

    `filters` is what its line asks for (see `FILTERS`), each in the place of what the command asks for.
    """

    id: str
    name: str | None
    service: str
    limit: int
    is_html: bool
    server: Any
    filters: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.name or f"{self.service} {self.id[:12]}"


def targets_of(urls: Sequence[str], file: Path | None) -> tuple[Target, ...]:
    """Return the targets of addresses and of a file, each once. Raises Misuse for none, and for one that apprise does not know.

    A line of the file is an address; before it may stand a name, and what its target wants to hear of. `#` begins a comment line.
    """
    given = [target_of(f"--to number {number}", None, url) for number, url in enumerate(urls, 1)]
    targets = [*given, *(_lines(file) if file else ())]
    if not targets:
        raise Misuse("nobody to tell: give --to URL or --targets FILE")
    return tuple({target.id: target for target in targets}.values())


def _lines(file: Path) -> Iterator[Target]:
    try:
        lines = file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as reason:
        raise Misuse(f"the file of targets {file} can't be read: {type(reason).__name__}") from reason
    for number, line in enumerate(lines, 1):
        if line.strip() and not line.lstrip().startswith("#"):
            yield _line(f"line {number} of {file}", line.strip())


def _line(where: str, line: str) -> Target:
    found = _LINE.fullmatch(line)
    if found is None:
        raise Misuse(f"{where} is no address, with a name and filters before it or without")
    filters = dict(each.split("=", 1) for each in found[2].split())
    if not filters.keys() <= {*FILTERS}:
        raise Misuse(f"{where} asks for something else than {', '.join(FILTERS)}")
    if "since" in filters:
        filters["since"] = beginning(filters["since"]) or ""
        if not filters["since"]:
            raise Misuse(f"{where}: since= wants a UTC date or time (2026-11-22)")
    return replace(target_of(where, found[1], found[3]), filters=filters)


def target_of(where: str, name: str | None, url: str) -> Target:
    """Return the target of an address; `where` names it in the error. Raises Misuse where apprise does not know it."""
    import apprise  # noqa: PLC0415 - takes longer to import than most commands take to run

    # A redirect that is followed turns the message into a request for a page, whose 200 says nothing.
    asset = apprise.AppriseAsset(
        app_id="Gongkai", app_desc="Gongkai", async_mode=False, storage_mode="memory", http_redirects=False
    )
    with _listening():
        server = apprise.Apprise.instantiate(url, asset=asset)
    if server is None:
        raise Misuse(f"{where} is no address that apprise can tell something")
    # An address may call itself optional, whose failure apprise takes for success; then a message would be lost.
    server.optional = False
    if "rto=" not in url:
        server.socket_read_timeout = READ_TIMEOUT
    return Target(
        id=target_id(name, url),
        name=name,
        service=url.partition("://")[0].lower(),
        limit=_limit(server.body_maxlen, server.title_maxlen),
        is_html=_is_mail(server, apprise.NotifyFormat.HTML),
        server=server,
    )


def target_id(name: str | None, url: str) -> str:
    """Return what the journal calls a target, 32 hex digits: by its name where it has one, so that its secret can change.

    An address is hashed with scrypt (RFC 7914), since a short password in it could be guessed from a quick hash.
    """
    if name is not None:
        return sha256_hex(f"gongkai target {name}".encode())[:32]
    return hashlib.scrypt(url.encode(), salt=b"gongkai target", n=2**14, r=8, p=1, dklen=16).hex()


def _limit(body: int, title: int) -> int:
    # Where a service has no title, apprise puts ours before the body.
    room = body if body > 0 else 32768
    return max(room - (0 if title > 0 else 250), room // 2)


def _is_mail(server: Any, html: Any) -> bool:
    # Chat services that take HTML know few of its tags and have no title; mail has one.
    formats = server.notify_format if isinstance(server.notify_format, tuple) else (server.notify_format,)
    return bool(formats[0] == html and server.title_maxlen > 0)


def send(target: Target, message: Message) -> str | None:
    """Send a message; return None once the target has taken it, else why not, without the address.

    Where the service has headers (webhooks, mail), `Idempotency-Key` is the message's key: a target that has it already may drop it.
    """
    import apprise  # noqa: PLC0415 - as above

    if message.key and isinstance(getattr(target.server, "headers", None), dict):
        target.server.headers["Idempotency-Key"] = message.key
    service = apprise.Apprise(asset=target.server.asset)
    service.add(target.server)
    with _listening() as heard:
        shape = apprise.NotifyFormat.HTML if target.is_html else apprise.NotifyFormat.TEXT
        taken = bool(service.notify(body=message.body, title=message.title, body_format=shape))
    return None if taken else _reason(heard)


def _reason(heard: Iterable[str]) -> str:
    status = next((found[1] for line in heard if (found := _STATUS.search(line))), None)
    return f"it answered {status}" if status else "it can't be reached, did not answer in time, or refused"


class _Ear(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.heard.append(record.getMessage())


@contextmanager
def _listening() -> Iterator[list[str]]:
    """Hear what apprise and what it sends with log and warn of instead of letting it out: it may name hosts, users and addresses."""
    ear = _Ear()
    loggers = [logging.getLogger(name) for name in ("apprise", "urllib3")]
    before = [logger.propagate for logger in loggers]
    for logger in loggers:
        logger.addHandler(ear)
        logger.propagate = False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield ear.heard
    finally:
        for logger, propagate in zip(loggers, before, strict=True):
            logger.removeHandler(ear)
            logger.propagate = propagate

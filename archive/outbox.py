"""Telling targets of changes: what waits is what the journal does not say was sent. There is no other state.

A message is journalled before it is sent and once its target has taken it. Where a kill, or an answer that came too late, leaves open
whether it did, the same changes go out once more under the same key, by which a target that has them may drop them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypedDict

from archive.catalog import Catalog
from archive.codec import Json
from archive.errors import AlreadyRunning, Misuse
from archive.feeds import Feed, told
from archive.hashing import sha256_hex
from archive.locks import Lock
from archive.message import Message, message_of, messages
from archive.run import Run
from archive.store import Archive
from archive.targets import send, Target

FIRST_AT_MOST = 200
"""So many changes a new target is told without being asked since when: an archive's whole past is nobody's news."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What became of one target: messages and changes sent, changes that still wait, and why (None where none do)."""

    target: Target
    messages: int = 0
    changes: int = 0
    waiting: int = 0
    failure: str | None = None


def waiting(catalog: Catalog, feed: Feed, target: Target) -> list[Message]:
    """Return the messages that a target is still to get, oldest change first.

    Raises Misuse for a verdict that there is not, and for a new target with a long past where nobody said since when.
    """
    feed = _wanted_by(target, feed)
    rows = list(told(catalog, replace(feed, wanted=replace(feed.wanted, untold_to=target.id))))
    if len(rows) > FIRST_AT_MOST and feed.wanted.since is None and not _is_known(catalog, target):
        raise Misuse(f"{target} was never told anything, and {len(rows)} changes wait: say from when on with --since")
    oldest_first: list[Json] = sorted(rows, key=lambda row: (row["seen_at"], row["id"]))
    begun = {row["change"]: row["key"] for row in catalog.rows(_BEGUN, [target.id])}
    again: dict[str, list[Json]] = {}
    for row in oldest_first:
        again.setdefault(begun.get(row["id"], ""), []).append(row)
    fresh = again.pop("", [])
    shape: _Shape = {"limit": target.limit, "is_html": target.is_html}
    repeated = [replace(message_of(batch, **shape), key=key) for key, batch in sorted(again.items())]
    return [*repeated, *messages(fresh, **shape)]


class _Shape(TypedDict):
    limit: int
    is_html: bool


_BEGUN = """
SELECT b.change, max(b.key) AS [key] FROM notifications_begun b WHERE b.target = ?1
AND NOT EXISTS (SELECT 1 FROM notifications n WHERE n.target = ?1 AND n.change = b.change) GROUP BY b.change
"""


def _wanted_by(target: Target, feed: Feed) -> Feed:
    """What a target's own line asks for stands in the place of what the command asks for."""
    asked, wanted = target.filters, feed.wanted
    verdicts = asked["verdict"].split(",") if "verdict" in asked else wanted.verdicts
    wanted = replace(
        wanted, agency=asked.get("agency", wanted.agency), since=asked.get("since", wanted.since), verdicts=verdicts
    )
    return replace(feed, division=asked.get("region", feed.division), wanted=wanted)


def _is_known(catalog: Catalog, target: Target) -> bool:
    return catalog.one("SELECT 1 FROM notifications WHERE target = ? LIMIT 1", [target.id]) is not None


def tell(archive: Archive, feed: Feed, targets: Sequence[Target]) -> list[Told]:
    """Send each target what it was not told yet; return what became of each.

    A target that fails keeps what waits for the next time and holds up no other. Nothing to send makes no run.
    Raises AlreadyRunning while another process tells, UnwritableArchive, and what `waiting` raises, before anything is sent.
    """
    archive.require_writable()
    with _alone(archive.root):
        archive.catalog.catch_up()
        queues = [(target, waiting(archive.catalog, feed, target)) for target in targets]
        if not any(queue for _, queue in queues):
            return [Told(target=target) for target in targets]
        with archive.start_run("notify") as run:
            done = [_tell(run, target, queue) for target, queue in queues]
            counts = {name: sum(getattr(each, name) for each in done) for name in ("messages", "changes", "waiting")}
            run.finish("failed" if counts["waiting"] else "finished", counts)
    return done


def _tell(run: Run, target: Target, queue: Sequence[Message]) -> Told:
    for number, each in enumerate(queue):
        message = each if each.key else replace(each, key=_begin(run, target, each))
        if failure := send(target, message):
            return Told(
                target=target,
                messages=number,
                changes=_changes(queue[:number]),
                waiting=_changes(queue[number:]),
                failure=failure,
            )
        run.adopt("notification_sent", **sent_facts(target, message))
    return Told(target=target, messages=len(queue), changes=_changes(queue))


def _begin(run: Run, target: Target, message: Message) -> str:
    """Journal that a message is about to be sent; return its key."""
    key = sha256_hex(f"{run.id} {target.id} {' '.join(message.changes)}".encode())[:32]
    run.adopt("notification_begun", key=key, **sent_facts(target, message))
    return key


def sent_facts(target: Target, message: Message) -> Json:
    """Return the facts of the journal events `notification_begun` and `notification_sent`: no address and no word of the message, only its hash."""
    digest = sha256_hex(f"{message.title}\n{message.body}".encode("utf-8", "replace"))
    return {"target": target.id, "service": target.service, "changes": list(message.changes), "message_sha256": digest}


def _changes(queue: Sequence[Message]) -> int:
    return sum(len(message.changes) for message in queue)


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    lock = Lock(root / "locks", "notify")
    if not lock.take():
        raise AlreadyRunning(f"process {lock.holder()} is telling targets already")
    try:
        yield
    finally:
        lock.release()

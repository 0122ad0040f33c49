"""A round over many portals: a revisit of each in a process of its own, so that no portal can hold up or break another."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from types import FrameType

from archive.codec import loads
from archive.model import Portal
from archive.store import Archive
from crawler.plan import crawled_portals, Plan

Round = Mapping[str, Plan]
"""The plans of a round, by what a command line calls the portal: its id, or its URL where no registry has it."""


def portals_to_visit(archive: Archive, known: Mapping[str, Portal]) -> list[str]:
    """Return the portals that have been crawled and are not paused, by id, or by home where the registries lack them."""
    ids = crawled_portals(archive)
    return [one if one in known else home_of(archive, one) for one in ids if one not in known or not known[one].paused]


def home_of(archive: Archive, portal: str) -> str:
    """Return where the last crawl of a portal began, as its run says; a portal's id where the run says nothing."""
    row = archive.catalog.one("SELECT settings FROM runs WHERE portal = ? ORDER BY id DESC LIMIT 1", [portal])
    return str(loads(row["settings"]).get("home") or portal) if row else portal


def visit_each(todo: Round, command: Sequence[str], most_seconds: float) -> int:
    """Run the command for each portal that has something to ask for; return the round's exit status.

    0 where each portal was fine, else 1; a portal that is being crawled already (5) is fine. What the time does not suffice
    for waits for the next round. `command` is that of Scrapy, without the portal. A signal that stops the round stops
    the crawl that is going on, as it would stop a crawl alone: within seconds, to be taken up.
    """
    ends = time.monotonic() + most_seconds
    failed = []
    for name, plan in todo.items():
        if not plan.entries:
            continue
        if time.monotonic() >= ends:
            print(f"The round ends before {name}: its time is over.", file=sys.stderr)
            return 1
        status, is_stopped = _crawl([sys.executable, "-m", "scrapy", *command, "-a", f"portal={name}"])
        if is_stopped:
            print(f"The round was stopped at {name}.", file=sys.stderr)
            return 1
        if status not in {0, 5}:
            failed.append(name)
    waiting = sum(1 for plan in todo.values() if not plan.entries)
    print(f"Round over {_counted(len(todo))}: {waiting} had nothing due, {len(failed)} failed{_named(failed)}.")
    return 1 if failed else 0


def _crawl(command: Sequence[str]) -> tuple[int, bool]:
    """Run a crawl; return its exit status, and whether a signal came meanwhile, which is handed on to it.

    It is no part of our terminal's process group: two signals would make Scrapy break off.
    """
    came: list[int] = []
    with subprocess.Popen(command, start_new_session=True) as crawl:  # noqa: S603 - our own command

        def hand_on(number: int, _: FrameType | None) -> None:
            came.append(number)
            crawl.send_signal(number)

        before = {number: signal.signal(number, hand_on) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            return crawl.wait(), bool(came)
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def _counted(portals: int) -> str:
    return "1 portal" if portals == 1 else f"{portals} portals"


def _named(failed: Sequence[str]) -> str:
    return f": {', '.join(failed)}" if failed else ""

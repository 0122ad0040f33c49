"""`python -m samples serve | run | expected`: the sample portals for a shell."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path
from threading import Event
from typing import TextIO

import click

from samples.judge import judge
from samples.portals import portals, published
from samples.server import running, Site

PROXIES = ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY")
SEASON = click.option("--season", default=1, show_default=True, help="Which season of the portals.")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Made-up government portals on loopback, for tests and for a first look."""


@main.command()
@click.option("--port", default=0, help="Port on 127.0.0.1; 0 takes a free one.")
@SEASON
def serve(port: int, season: int) -> None:
    """Serve until interrupted; prints one JSON line with the port and the portals' addresses."""
    with running(port, season) as site:
        homes = {portal.id: portal.home for portal in portals(season).values()}
        print(json.dumps({"port": site.port, "portals": homes}), flush=True)
        try:
            Event().wait()
        except KeyboardInterrupt:
            return


@main.command(context_settings={"ignore_unknown_options": True})
@click.option("--log", type=click.Path(path_type=Path, dir_okay=False), help="Write the request log here, as JSON Lines.")
@SEASON
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
def run(log: Path | None, season: int, command: tuple[str, ...]) -> None:
    """Serve while COMMAND runs with http_proxy set to the portals; returns its exit status."""
    if shutil.which(command[0]) is None:
        raise click.UsageError(f"no such command: {command[0]}")
    signal.signal(signal.SIGINT, _leave_to_the_command)
    with running(season=season) as site:
        status = subprocess.run(command, env=_environment(site), check=False).returncode  # noqa: S603 - the caller's own command
    if log is not None:
        log.write_text("".join(json.dumps(asdict(one), ensure_ascii=False) + "\n" for one in site.log), encoding="utf-8")
    sys.exit(status if status >= 0 else 128 - status)


def _leave_to_the_command(*_: object) -> None:
    """Ctrl-C reaches the command too; it may take its time to stop, and the portals stay up for it."""


@main.command()
@SEASON
@click.argument("portal")
def expected(season: int, portal: str) -> None:
    """Print what a crawl of PORTAL must find, as JSON Lines."""
    _known(portal, season)
    for one in published(portal, season):
        print(json.dumps(asdict(one), ensure_ascii=False))


@main.command("judge")
@SEASON
@click.argument("portal")
@click.argument("found", type=click.File(encoding="utf-8"))
@click.argument("log", type=click.File(encoding="utf-8"))
def judge_crawl(season: int, portal: str, found: TextIO, log: TextIO) -> None:
    """Judge a crawl of PORTAL: FOUND is the output of `archive list --json`, LOG that of `samples run --log`."""
    _known(portal, season)
    verdict = judge(portal, json.load(found, parse_float=Decimal), [json.loads(line) for line in log], season)
    print(json.dumps({**asdict(verdict), "faults": verdict.faults}, ensure_ascii=False))
    sys.exit(1 if verdict.faults else 0)


def _known(portal: str, season: int) -> None:
    if portal not in portals(season):
        raise click.UsageError(f"no such sample portal: {portal} (there are {', '.join(portals(season))})")


def _environment(site: Site) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in PROXIES}
    return {**kept, "http_proxy": site.url, "https_proxy": site.url}


if __name__ == "__main__":
    main()

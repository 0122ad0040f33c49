"""The commands that keep an archive: `seal`, and what else an operator runs each day."""

from __future__ import annotations

from datetime import datetime

import click

from archive.clock import now
from archive.door import with_archive
from archive.seal import seal as seal_archive
from archive.store import Archive


@click.command()
@with_archive
@click.option("--before", type=click.DateTime(["%Y-%m-%d"]), help="Only days before this one (UTC; today is the default).")
@click.pass_context
def seal(ctx: click.Context, archive: Archive, *, before: datetime | None) -> None:
    """Join the finished days' small WARC files, and print each day's Merkle root over the hashes of all its files.

    Exit status 1 if something was damaged and left out.

    Example: python -m archive seal --before 2026-11-23
    """
    done = seal_archive(archive, (before or now()).date())
    for day in done:
        click.echo(f"{day.day}\t{day.merkle_root}\t{day.manifest}")
        click.echo(f"{day.day}: {day.files} files, {day.joined} joined into {day.into}", err=True)
        for name in day.damaged:
            click.echo(f"{day.day}: {name} is damaged and left out: see `verify`", err=True)
    if not done:
        click.echo("nothing to seal", err=True)
    ctx.exit(1 if any(day.damaged for day in done) else 0)


COMMANDS = (seal,)
"""What `archive.cli` adds to its own."""

"""The commands that tell people: `notify`, `digest`."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import click

from archive.clock import now, stamp
from archive.codec import dumps
from archive.digest import digest as digest_of
from archive.digest import digest_html, digest_text
from archive.door import with_archive
from archive.feeds import Feed
from archive.listing import one_shape
from archive.moments import MOMENT
from archive.news import VERDICTS, Wanted
from archive.outbox import tell, Told, waiting
from archive.store import Archive
from archive.targets import Target, targets_of


@click.command()
@with_archive
@click.option("--to", "urls", multiple=True, metavar="URL", help="Whom to tell, as apprise writes it; may be repeated.")
@click.option(
    "--targets",
    "file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A file of addresses, one a line, each with a name before it if you like.",
)
@click.option("--since", type=MOMENT, help="Only changes seen at or after this UTC time or date (2026-11-22).")
@click.option("--verdict", "verdicts", multiple=True, type=click.Choice(VERDICTS), help="Only this verdict; may be repeated.")
@click.option("--agency", help="Only agencies whose name contains this.")
@click.option("--region", help="Only agencies whose division code begins with this (51, 5108, 510822).")
@click.option("--dry-run", is_flag=True, help="Print what would be sent, and send nothing.")
@click.pass_context
def notify(
    ctx: click.Context,
    archive: Archive,
    *,
    urls: tuple[str, ...],
    file: Path | None,
    since: str | None,
    verdicts: tuple[str, ...],
    agency: str | None,
    region: str | None,
    dry_run: bool,
) -> None:
    """Tell webhooks, mailboxes and chats of changes that they were not told of yet, the difference inside.

    What was sent is a fact of the journal, so nothing is sent twice. A target that fails is tried again next time (exit status 1).

    Example: python -m archive notify --targets /etc/gongkai/targets --since 2026-11-01 --verdict figures --verdict withdrawn
    """
    feed = Feed(title="notify", wanted=Wanted(since=since, verdicts=verdicts, agency=agency), division=region)
    targets = targets_of(urls, file)
    if dry_run:
        for target in targets:
            _print_waiting(archive, feed, target)
        return
    done = tell(archive, feed, targets)
    for each in done:
        click.echo(_said(each), err=True)
    ctx.exit(1 if any(each.failure for each in done) else 0)


def _print_waiting(archive: Archive, feed: Feed, target: Target) -> None:
    for message in waiting(archive.catalog, feed, target):
        click.echo(f"To: {target}\n{message.title}\n\n{message.body}\n")


def _said(told: Told) -> str:
    if told.failure:
        return f"archive: {told.target} was not told of {told.waiting} changes, which wait for the next time: {told.failure}"
    return f"{told.target}: {told.changes} changes in {told.messages} messages"


@click.command()
@with_archive
@click.option("--since", type=MOMENT, help="From this UTC time or date on; the last 24 hours where it is not given.")
@one_shape(json="Print one JSON object with everything.", html="Print one HTML page.")
def digest(archive: Archive, *, since: str | None, shape: str | None) -> None:
    """Say what happened since yesterday: withdrawn, changed and new reports, blocks, failed checks, findings, runs.

    Example: python -m archive digest --since 2026-11-22 --html > morning.html
    """
    at = now()
    found = digest_of(archive, since or stamp(at - timedelta(days=1)), stamp(at))
    if shape == "json":
        click.echo(dumps(found, pretty=True))
    elif shape == "html":
        click.echo(digest_html(found), nl=False)
    else:
        click.echo("\n".join(digest_text(found)))


COMMANDS = (notify, digest)
"""What `archive.cli` adds to its own."""

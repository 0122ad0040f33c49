"""The commands that keep an archive: `seal`, and what else an operator runs each day."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from archive.clock import now
from archive.codec import dumps
from archive.door import with_archive
from archive.listing import print_table
from archive.moments import MOMENT
from archive.pack import pack as pack_archive
from archive.pack import Selection
from archive.seal import seal as seal_archive
from archive.status import sentences
from archive.status import status as archive_status
from archive.store import Archive
from archive.timestamps import stamp_seals, tokens


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


@click.command()
@with_archive
@click.option(
    "--url", help="Have every manifest stamped that is not yet, by the time-stamping authority at this address (RFC 3161)."
)
@click.option("--write", type=click.Path(path_type=Path, file_okay=False), help="Write every time-stamp into this folder.")
def timestamp(archive: Archive, *, url: str | None, write: Path | None) -> None:
    """Have the sealed days' manifests stamped by an authority outside, or take its time-stamps out.

    A time-stamp proves, against us too, that every file of the day existed then: `openssl ts -verify -in DAY-RUN.tsr -data
    MANIFEST -CAfile AUTHORITY.pem`. They are kept in the journal. Nothing is asked twice; only a hash leaves the house.

    Example: python -m archive timestamp --url https://freetsa.org/tsr
    """
    if not (url or write):
        raise click.UsageError("Give --url to have manifests stamped, or --write to take the time-stamps out.")
    for row in stamp_seals(archive, url) if url else ():
        click.echo("\t".join(row.values()))
    if write:
        write.mkdir(parents=True, exist_ok=True)
        for manifest, answer in tokens(archive):
            path = write / f"{'-'.join(manifest.split('/')[1:4])}-{Path(manifest).stem}.tsr"
            path.write_bytes(answer)
            click.echo(f"{path}\t{manifest}")


@click.command()
@with_archive
@click.option(
    "--output", "-o", type=click.Path(path_type=Path, dir_okay=False), default=Path("archive.wacz"), show_default=True
)
@click.option("--since", type=MOMENT, help="Only captures from this UTC time or date on (2026-11-22T23:59).")
@click.option("--until", type=MOMENT, help="Only captures up to and including this UTC time or date.")
@click.option("--portal", help="Only what was captured on this portal.")
@click.option("--agency", help="Only reports of agencies whose name contains this, and their attachments.")
@click.option("--year", type=int, help="Only reports on this year, and their attachments.")
def pack(archive: Archive, *, output: Path, **asked: Any) -> None:
    """Write captures as one WACZ file, which ReplayWeb.page and pywb show as they were seen.

    Example: python -m archive pack --portal moe --since 2026-01-01 -o moe.wacz
    """
    packed = pack_archive(archive, output, Selection(**asked))
    click.echo(f"{output}: {packed.captures} captures, {packed.pages} pages, {packed.size} bytes", err=True)


@click.command()
@with_archive
@click.argument("capture")
@click.option("--reason", required=True, help="Why, for whoever asks later; it stands in the journal.")
@click.option(
    "--lift", is_flag=True, help="Show it again: lift the takedowns that hide it. They stay in the journal, as this does."
)
def takedown(archive: Archive, *, capture: str, reason: str, lift: bool) -> None:
    """Hide what a CAPTURE (urn:uuid:…) shows from everything that is listed, shown, exported and packed.

    All captures of the same payload are hidden, later ones too. The bytes stay in the archive, and `verify` proves them as ever.

    Example: python -m archive takedown urn:uuid:… --reason 'names a private person; asked by the agency on 2026-11-20'
    """
    if lift:
        click.echo(f"{capture}: {archive.lift(capture, reason)} takedowns are lifted", err=True)
    else:
        click.echo(f"{capture}: {archive.take_down(capture, reason)} captures are hidden", err=True)


@click.command()
@with_archive
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def status(archive: Archive, *, as_json: bool) -> None:
    """Say how the archive stands: each portal's last run, open findings, room on the disk, the last seal.

    Example: python -m archive status
    """
    state = archive_status(archive, now())
    if as_json:
        click.echo(dumps(state, pretty=True))
        return
    print_table(state["portals"], ("portal", "last_run", "outcome", "captures", "reports", "findings_open"))
    for sentence in sentences(state):
        click.echo(sentence)


COMMANDS = (seal, timestamp, pack, takedown, status)
"""What `archive.cli` adds to its own."""

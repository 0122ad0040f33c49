"""The commands for who watches reports: `changes`, `diff`, `feeds`, `history`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from archive.codec import dumps, Json
from archive.diffs import diff_html, diff_json, diff_lines, diff_of
from archive.door import with_archive
from archive.feeds import publish
from archive.listing import has_no_color, listing, one_shape
from archive.moments import MOMENT
from archive.news import changes_rows, grouped, VERDICTS, Wanted
from archive.store import Archive
from archive.succession import all_identities, history_of


@click.command()
@with_archive
@click.argument("name", required=False)
@click.option("--since", type=MOMENT, help="Only changes seen at or after this UTC time or date (2026-11-22).")
@click.option("--until", type=MOMENT, help="Only changes seen before this UTC time or date.")
@click.option("--verdict", "verdicts", multiple=True, type=click.Choice(VERDICTS), help="Only this verdict; may be repeated.")
@click.option("--agency", help="Only agencies whose name contains this.")
@click.option("--year", type=int, help="Only reports for this year.")
@click.option("--site", help="Only pages of this host (without www.).")
@click.option("--limit", type=click.IntRange(min=1), help="At most so many, newest first.")
@click.option("--grouped", "is_grouped", is_flag=True, help="Show a site's redesign as one row.")
@listing("seen_at", "verdict", "agency", "report_year", "url", "says")
def changes(
    archive: Archive,
    name: str | None,
    *,
    since: str | None,
    until: str | None,
    verdicts: tuple[str, ...],
    agency: str | None,
    year: int | None,
    site: str | None,
    limit: int | None,
    is_grouped: bool,
    as_json: bool,
) -> Iterator[Json]:
    """List what changed and how, newest first; of one report (a URL, agency|year, document or capture), of one agency, or of all.

    A report, and an agency, is followed under all names that it had.

    Example: python -m archive changes --since 2026-11-01 --verdict figures --verdict withdrawn --json
    """
    del as_json
    identities = all_identities(archive, name) if name else ()
    wanted = Wanted(
        since=since, until=until, verdicts=verdicts, agency=agency, year=year, site=site, identities=identities, limit=limit
    )
    rows = changes_rows(archive.catalog, wanted)
    yield from grouped(rows) if is_grouped else rows


@click.command()
@with_archive
@click.argument("name", required=False)
@listing("identity", "table", "cell", "raw", "first_seen", "last_seen", "superseded_at", "superseded_by")
def history(archive: Archive, name: str | None, *, as_json: bool) -> Iterator[Json]:
    """List every value of the cells that changed, with first and last sighting; of one report, of one agency (under all its names), or of all.

    Example: python -m archive history '某县教育局|2024'
    """
    del as_json
    yield from history_of(archive, name)


@click.command()
@with_archive
@click.argument("old")
@click.argument("new", required=False)
@one_shape(json="Print JSON.", html="Print one HTML page.")
@click.pass_context
def diff(ctx: click.Context, archive: Archive, old: str, new: str | None, *, shape: str | None) -> None:
    """Show which cells and words differ between OLD and NEW, or between the last two versions of the report OLD.

    A name is a document (12 digits do), a capture, a URL or agency|year. Exit status 1 where something differs, as for diff(1).

    Example: python -m archive diff '某县教育局|2024' --html > diff.html
    """
    found = diff_of(archive, old, new)
    if found.is_ours:
        click.echo("archive: the two were read by different reader versions: a difference may be ours", err=True)
    if shape == "json":
        click.echo(dumps(diff_json(found)))
    elif shape == "html":
        click.echo(diff_html(found), nl=False)
    else:
        for line in diff_lines(found):
            click.echo(line, color=False if has_no_color() else None)
    ctx.exit(1 if found.difference.verdicts else 0)


@click.command()
@with_archive
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--url", help="Where people find FOLDER on the web: each feed then names its own address.")
def feeds(archive: Archive, folder: Path, url: str | None) -> None:
    """Write Atom and JSON feeds of changes, the difference inside, to FOLDER: of everything, each verdict, region and agency.

    FOLDER/index.json tells which file is whose. A file is replaced whole, and only where it differs.

    Example: python -m archive feeds /srv/www/feeds
    """
    written = publish(archive.catalog, folder, url)
    click.echo(f"{folder}: {written} files written", err=True)


COMMANDS = (changes, diff, feeds, history)
"""What `archive.cli` adds to its own."""

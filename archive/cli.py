"""`python -m archive`: read, prove and take away what the archive holds."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import click

from archive.auditing import COMMANDS as AUDITING
from archive.codec import dumps, Json
from archive.coverage_command import COMMANDS as COVERING
from archive.door import archive_option, Door, opened, tell_repairs, with_archive, with_filters
from archive.errors import GongkaiError, Misuse
from archive.exports import FORMATS
from archive.facts import plain
from archive.keeping import COMMANDS as KEEPING
from archive.listing import listing, one_shape
from archive.moments import MOMENT
from archive.portrait import portrait
from archive.rebuild import rebuild as rebuild_catalog
from archive.records import (
    current_rows,
    Filters,
    find_capture,
    find_record,
    readable,
    record_json,
    runs_rows,
    summary_json,
)
from archive.searching import search as search_records
from archive.serving.command import COMMANDS as SERVING
from archive.store import Archive, require_archive
from archive.succession import versions_rows
from archive.telling import COMMANDS as TELLING
from archive.verify import verify as verify_archive
from archive.warc import clean_url
from archive.watching import COMMANDS as WATCHING


@click.group(cls=Door, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Read, prove and take away what the archive holds.

    Example: python -m archive list --year 2024
    """


@main.command("list")
@with_archive
@with_filters
@listing(
    "agency", "report_year", "kind", "source_class", "forms", "cells_read", "cells_unread", "checks_fail", "versions", "url"
)
def list_(archive: Archive, *, filters: Filters, as_json: bool) -> Iterator[Json]:
    """List the current records, one a report.

    Example: python -m archive list --agency 教育局 --year 2024 --json
    """
    rows = current_rows(archive.catalog, filters)
    yield from readable(archive, rows, summary_json) if as_json else rows


@main.command()
@with_archive
@click.argument("name")
@click.option("--capture", is_flag=True, help="Show the capture (the last one of a URL) instead of the report.")
@click.option("--payload", is_flag=True, help="Write the capture's body, codings undone, to stdout.")
@click.option("--wire", is_flag=True, help="Write the capture as it came, head and body with its codings, to stdout.")
@click.option("--at", type=MOMENT, help="Of several captures the last one not after this UTC time or date (2026-11-22T23:59).")
@one_shape(
    nl="Print the whole record as one line of JSON.",
    csv="Print the report's cells as CSV, a cell a row.",
    json="Print the whole record as JSON.",
)
def show(archive: Archive, name: str, *, capture: bool, payload: bool, wire: bool, at: str | None, shape: str | None) -> None:
    """Show a report, or a capture: NAME is a URL, agency|year, a document or a capture.

    Example: python -m archive show 'https://www.example.gov.cn/art.html' --payload > art.html
    """
    name = clean_url(name) if "://" in name else name
    if payload and wire:
        raise Misuse("--payload and --wire are two things: ask for one of them")
    if payload:
        sys.stdout.buffer.write(archive.payload_of(find_capture(archive, name, at)).body)
    elif wire:
        sys.stdout.buffer.write(archive.wire_of(find_capture(archive, name, at)))
    elif capture or at:
        click.echo(dumps(_capture_json(archive, find_capture(archive, name, at)), pretty=shape != "nl"))
    else:
        _show_record(record_json(archive, find_record(archive, name)), shape)


def _show_record(record: Json, shape: str | None) -> None:
    if shape == "csv":
        FORMATS["csv-cells"].write([record], sys.stdout)
    elif shape:
        click.echo(dumps(record, pretty=shape == "json"))
    else:
        for line in portrait(record):
            click.echo(line)


def _capture_json(archive: Archive, capture_id: str) -> Json:
    capture = archive.capture(capture_id)
    headers = [] if capture.failure and capture.status is None else archive.payload_of(capture_id).headers
    facts: Json = plain(capture)
    return {**facts, "headers": [list(each) for each in headers]}


@main.command()
@with_archive
@click.argument("name", required=False)
@listing("identity", "number", "is_current", "title", "first_seen", "last_seen", "sightings", "last_url", "document")
def versions(archive: Archive, name: str | None, *, as_json: bool) -> Iterator[Json]:
    """List the versions of one report (a URL, agency|year, document or capture), of one agency (under all its names), or of all.

    Example: python -m archive versions '某县教育局|2024'
    """
    del as_json
    yield from versions_rows(archive, name)


@main.command()
@with_archive
@click.argument("name")
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, help="At most so many, most alike first.")
@listing("verdict", "agency", "report_year", "says", "url", "other")
def alike(archive: Archive, name: str, *, limit: int, as_json: bool) -> list[Json]:
    """List what is like a report (a document, URL, capture or agency|year), and how: copied, mirrored, put into other words.

    Example: python -m archive alike '某县教育局|2024' --json
    """
    from archive.alike import alike_rows  # noqa: PLC0415 - brings numpy, which no other command waits for

    del as_json
    return alike_rows(archive, name, limit=limit)


@main.command()
@with_archive
@with_filters
@click.argument("words", nargs=-1, required=True)
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, help="At most so many.")
@listing("agency", "report_year", "title", "snippet", "url")
def search(archive: Archive, words: tuple[str, ...], *, filters: Filters, limit: int, as_json: bool) -> list[Json]:
    """Search titles, agencies and texts of the current records: all WORDS must be there, each as it is given.

    Example: python -m archive search 行政复议 公开指南 --agency 教育局 --year 2024
    """
    del as_json
    return search_records(archive, words, filters, limit=limit)


@main.command()
@with_archive
@click.option("--portal", help="Only runs over this portal.")
@listing("id", "kind", "portal", "started_at", "ended_at", "outcome", "captures", "counts")
def runs(archive: Archive, *, portal: str | None, as_json: bool) -> Iterator[Json]:
    """List the runs, newest first.

    Example: python -m archive runs --portal moe --csv
    """
    del as_json
    yield from runs_rows(archive.catalog, portal=portal)


@main.command()
@archive_option
@click.pass_context
@listing("path", "where", "says", is_silent=True)
def verify(ctx: click.Context, root: Path, *, as_json: bool) -> Iterator[Json]:
    """Prove every byte of the archive, and list what is wrong; exit status 1 if something is.

    Example: python -m archive verify --archive data
    """
    del as_json
    require_archive(root)
    try:
        opened(root).close()
    except (GongkaiError, OSError, sqlite3.DatabaseError) as reason:
        # What can't be opened, and hence not repaired, is proved as it lies there.
        click.echo(f"archive: {reason}", err=True)
    count = 0
    for count, fault in enumerate(verify_archive(root), 1):  # noqa: B007 - the last number is how many there are
        yield {"path": fault.path, "where": fault.where, "says": fault.says}
    click.echo(f"{root}: {f'{count} faults' if count else 'whole'}", err=True)
    ctx.exit(1 if count else 0)


@main.command()
@archive_option
@listing("archive", "journal_lines")
def rebuild(root: Path, *, as_json: bool) -> list[Json]:
    """Make the catalog anew from journals and documents, and say how many journal lines were applied.

    Of a copy that was made while others wrote, it closes the runs that were going on; CDXJ files that are missing are written.

    Example: python -m archive rebuild
    """
    del as_json
    require_archive(root)
    lines = rebuild_catalog(root)
    with closing(Archive.open(root, is_copy=True)) as archive:
        tell_repairs(archive)
    return [{"archive": str(root), "journal_lines": lines}]


@main.command()
@with_archive
@with_filters
@click.option("--format", "name", type=click.Choice(sorted(FORMATS)), default="jsonl", show_default=True, help="The format.")
@click.option(
    "--output", "-o", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True), default=Path("-"), help="The file."
)
def export(archive: Archive, *, filters: Filters, name: str, output: Path) -> None:
    """Export the current records: jsonl, csv (a report a row), csv-cells (a cell a row).

    Example: python -m archive export --format csv-cells --year 2024 -o cells.csv
    """
    records = readable(archive, current_rows(archive.catalog, filters), record_json)
    with _output(output) as out:
        FORMATS[name].write(records, out)


@contextmanager
def _output(path: Path) -> Iterator[Any]:
    if str(path) == "-":
        sys.stdout.reconfigure(encoding="utf-8", newline="")  # type: ignore[union-attr]
        yield sys.stdout
        sys.stdout.flush()
        return
    try:
        with path.open("w", encoding="utf-8", newline="") as out:
            yield out
    except OSError as reason:
        raise Misuse(f"{path} can't be written: {reason}") from reason


for command in (*AUDITING, *COVERING, *KEEPING, *SERVING, *TELLING, *WATCHING):
    main.add_command(command)

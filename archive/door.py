"""What the commands of `python -m archive` share: errors in one line, `--archive`, and the filters of records."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from archive.errors import GongkaiError
from archive.records import Filters
from archive.store import Archive

DEFAULT_ROOT = "data"


class Door(click.Group):
    """A group of commands that tells errors of ours in one line and gives their exit status."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; see `click.Group.invoke`."""
        try:
            return super().invoke(ctx)
        except GongkaiError as error:
            click.echo(f"archive: {error}", err=True)
            ctx.exit(error.exit_status)
        except sqlite3.DatabaseError as error:
            click.echo(f"archive: the catalog can't be read ({error}): `python -m archive rebuild` makes it anew", err=True)
            ctx.exit(1)


def with_archive(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command `--archive` and the open archive as its first argument."""

    @archive_option
    @wraps(command)
    def opened(*args: Any, root: Path, **options: Any) -> Any:
        archive = Archive.open_existing(root)
        click.get_current_context().call_on_close(archive.close)
        if archive.read_only:
            click.echo(f"archive: {archive.read_only}", err=True)
        for said in archive.repairs:
            click.echo(f"archive: repaired: {said}", err=True)
        return command(archive, *args, **options)

    return opened


archive_option = click.option(
    "--archive",
    "root",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="ARCHIVE_ROOT",
    default=DEFAULT_ROOT,
    show_default=True,
    help="Where the archive lies (ARCHIVE_ROOT).",
)


def with_filters(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the filters of records as its `filters`."""

    @click.option("--agency", help="Only agencies whose name contains this.")
    @click.option("--year", type=int, help="Only reports for this year.")
    @click.option("--kind", help="Only this kind: annual_report, explainer, notice ….")
    @click.option("--portal", help="Only what was found on this portal.")
    @click.option("--source-class", help="Only this class: official, mirror, content_farm, unknown.")
    @wraps(command)
    def filtered(
        *args: Any,
        agency: str | None,
        year: int | None,
        kind: str | None,
        portal: str | None,
        source_class: str | None,
        **options: Any,
    ) -> Any:
        filters = Filters(agency=agency, year=year, kind=kind, portal=portal, source_class=source_class)
        return command(*args, filters=filters, **options)

    return filtered

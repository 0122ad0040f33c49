"""What the commands of `python -m archive` share: errors in one line, `--archive`, and the filters of records."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any, get_args, IO

import click

from archive.catalog import condemn
from archive.errors import GongkaiError
from archive.model import Kind, SourceClass
from archive.records import Filters
from archive.store import Archive

DEFAULT_ROOT = "data"


class _Mistake(click.ClickException):
    """A mistake of usage, told in one sentence without click's three lines around it."""

    exit_code = 2

    def show(self, file: IO[Any] | None = None) -> None:
        """Print it."""
        click.echo(f"archive: {' '.join(self.format_message().split())}", file=file, err=True)


@contextmanager
def _one_sentence() -> Iterator[None]:
    try:
        yield
    except click.exceptions.NoArgsIsHelpError:
        raise
    except click.UsageError as mistake:
        raise _Mistake(mistake.format_message()) from mistake


class Door(click.Group):
    """A group of commands that tells every error but our own bugs in one line and gives its exit status."""

    def make_context(self, *args: Any, **options: Any) -> click.Context:
        """Read the group's own arguments; see `click.Command.make_context`."""
        with _one_sentence():
            return super().make_context(*args, **options)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; see `click.Group.invoke`."""
        try:
            with _one_sentence():
                return super().invoke(ctx)
        except (GongkaiError, sqlite3.DatabaseError, OSError) as error:
            if isinstance(error, OSError) and error.errno == errno.EPIPE:
                raise  # whoever read our output has gone: click ends in silence
            click.echo(f"archive: {_sentence(error)}", err=True)
            ctx.exit(error.exit_status if isinstance(error, GongkaiError) else 1)


def _sentence(error: Exception) -> str:
    if isinstance(error, sqlite3.OperationalError):
        return f"the catalog can't be used now: {error}"
    if isinstance(error, sqlite3.DatabaseError):
        return f"the catalog can't be read ({error}): `python -m archive rebuild` makes it anew"
    return str(error)


def with_archive(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command `--archive` and the open archive as its first argument."""

    @archive_option
    @wraps(command)
    def with_it(*args: Any, root: Path, **options: Any) -> Any:
        archive = opened(root)
        click.get_current_context().call_on_close(archive.close)
        try:
            return command(archive, *args, **options)
        except sqlite3.DatabaseError as reason:
            condemn(root / "catalog.db", reason)
            raise

    return with_it


def opened(root: Path) -> Archive:
    """Open an archive to read it, and say on stderr what that repaired. Raises as `Archive.open_existing`."""
    archive = Archive.open_existing(root)
    if archive.read_only:
        click.echo(f"archive: {archive.read_only}", err=True)
    tell_repairs(archive)
    return archive


def tell_repairs(archive: Archive) -> None:
    """Say on stderr what opening an archive repaired."""
    for said in archive.repairs:
        click.echo(f"archive: repaired: {said}", err=True)


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
    @click.option(
        "--kind", type=click.Choice(get_args(Kind)), metavar="KIND", help="Only this kind: annual_report, explainer, notice …."
    )
    @click.option("--portal", help="Only what was found on this portal.")
    @click.option(
        "--source-class",
        type=click.Choice(get_args(SourceClass)),
        metavar="CLASS",
        help="Only this class: official, mirror, content_farm, unknown.",
    )
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

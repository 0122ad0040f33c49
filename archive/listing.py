"""How every listing prints: a table for people, or `--json`, `--csv`, `--nl` for programs. stdout is the answer."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from itertools import chain, islice
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from archive.codec import dumps, Json

Rows = Iterable[Json]


def one_shape(**shapes: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command an option for each shape of its output, by name and help; it gets `shape`, None where none was asked for.

    Two at once are refused (click.UsageError): either answer would not be the one that was asked for.
    """

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        @wraps(command)
        def shaped(*args: Any, **options: Any) -> None:
            asked = [name for name in shapes if options.pop(f"as_{name}_")]
            if len(asked) > 1:
                raise click.UsageError(f"--{asked[0]} and --{asked[1]} exclude each other.")
            command(*args, shape=next(iter(asked), None), **options)

        for name, says in shapes.items():
            shaped = click.option(f"--{name}", f"as_{name}_", is_flag=True, help=says)(shaped)
        return shaped

    return decorate


def listing(*columns: str, is_silent: bool = False) -> Callable[[Callable[..., Rows]], Callable[..., None]]:
    """Make a command that returns rows print them, with `--json`, `--csv` and `--nl`.

    Table and CSV show `columns`; JSON shows the rows whole. The command gets `as_json` to know whether it need be whole.
    `is_silent`: where there is no row, people get no header either.
    """

    def decorate(command: Callable[..., Rows]) -> Callable[..., None]:
        @one_shape(nl="Print one JSON object a line.", csv="Print CSV with a header.", json="Print one JSON array.")
        @wraps(command)
        def listed(*args: Any, shape: str | None, **options: Any) -> None:
            rows = iter(command(*args, as_json=shape in ("json", "nl"), **options))
            first = list(islice(rows, 1)) if is_silent and not shape else None
            if first != []:
                _PRINT[shape](chain(first or (), rows), columns)

        return listed

    return decorate


def _print_json(rows: Rows, _: Sequence[str]) -> None:
    between = "["
    try:
        for row in rows:
            click.echo(f"{between}{dumps(row)}", nl=False)
            between = ",\n "
    finally:
        click.echo("]" if between != "[" else "[]")


def _print_nl(rows: Rows, _: Sequence[str]) -> None:
    for row in rows:
        click.echo(dumps(row))


def _print_csv(rows: Rows, columns: Sequence[str]) -> None:
    click.echo(_csv_line(columns))
    for row in rows:
        click.echo(_csv_line([_text(row.get(name)) for name in columns]))


def _csv_line(values: Sequence[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(values)
    return out.getvalue()


def print_table(rows: Rows, columns: Sequence[str]) -> None:
    """Print rows for people: aligned on a terminal, tab-separated elsewhere."""
    if not sys.stdout.isatty():
        click.echo("\t".join(columns))
        for row in rows:
            click.echo("\t".join(" ".join(_text(row.get(name)).split()) for name in columns))
        return
    table = Table(*columns, box=None, header_style="bold")
    try:
        for row in rows:
            table.add_row(*(_text(row.get(name)) for name in columns))
    finally:  # rows may end in an error, or in the exit status of what they found
        Console(markup=False).print(table)


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else dumps(value)


_PRINT: dict[str | None, Callable[[Rows, Sequence[str]], None]] = {
    "json": _print_json,
    "nl": _print_nl,
    "csv": _print_csv,
    None: print_table,
}

"""How every listing prints: a table for people, or `--json`, `--csv`, `--nl` for programs. stdout is the answer."""

from __future__ import annotations

import csv
import io
import os
import shutil
import sys
from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from itertools import chain, islice
from typing import Any

import click

from archive.codec import dumps, Json
from archive.layout import laid_out

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
            # What can't be listed at all prints nothing but its error.
            first = list(islice(rows, 1))
            if first or shape or not is_silent:
                _PRINT[shape](chain(first, rows), columns)

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
    """Print rows for people: laid out on a terminal, tab-separated elsewhere."""
    texts = ([_text(row.get(name)) for name in columns] for row in rows)
    if sys.stdout.isatty():
        for number, line in enumerate(laid_out(columns, texts, shutil.get_terminal_size().columns)):
            click.echo(line if number else click.style(line, bold=not has_no_color()))
        return
    click.echo("\t".join(columns))
    for row in texts:
        click.echo("\t".join(" ".join(text.split()) for text in row))


def has_no_color() -> bool:
    """Say whether the user wants no colours (https://no-color.org)."""
    return bool(os.environ.get("NO_COLOR"))


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

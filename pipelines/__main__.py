"""The door `python -m pipelines`: read files to JSON, or ingest them into an archive."""

from __future__ import annotations

import functools
import os
import sys
import traceback
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, TYPE_CHECKING

import click

from archive.codec import dumps, Json
from archive.errors import GongkaiError, Misuse, Unreadable
from pipelines import READER_VERSION
from pipelines.inputs import bug_sentence, read_payload
from pipelines.lines import error_line, line_of
from pipelines.manifest import Entry, read_manifest
from pipelines.reader import Context, read

if TYPE_CHECKING:
    from pipelines.rederive import Derived, Summary


def door(command: Callable[..., int]) -> Callable[..., None]:
    """Turn a command's exit status, or the one sentence of an error of ours, into the end of the process."""

    @functools.wraps(command)
    def run(*args: Any, **options: Any) -> None:
        try:
            status = command(*args, **options)
        except GongkaiError as problem:
            click.echo(f"error: {problem}", err=True)
            status = problem.exit_status
        raise SystemExit(status)

    return run


archive_option = click.option(
    "--archive",
    "root",
    type=click.Path(path_type=Path),
    envvar="ARCHIVE_ROOT",
    default=Path("data"),
    show_default=True,
    help="The archive's folder.",
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """From a file to a checked report: annual reports on government information disclosure, read exactly."""


@main.command("read")
@click.argument("files", nargs=-1, metavar="FILE…")
@click.option(
    "--manifest",
    type=click.Path(path_type=Path),
    help="JSON Lines of path, url, title, anchor, fetched_at: what a crawl would know.",
)
@click.option("--url", help="The address that the one FILE came from.")
@click.option("--pretty", is_flag=True, help="Indent the JSON for people.")
@door
def read_command(files: tuple[str, ...], manifest: Path | None, url: str | None, pretty: bool) -> int:
    """Print one JSON object for every FILE (HTML, text, PDF, DOCX …; - is standard input), in order.

    A FILE that can't be read has its sentence in `error`, and the exit status is 1 at the end. With --manifest and no FILE,
    every path of the manifest is read.
    """
    failed = False
    for entry in _shown(_entries(files, manifest, url)):
        line = read_line(entry)
        failed = failed or line["error"] is not None
        click.echo(dumps(line, pretty=pretty))
    return int(failed)


@main.command("ingest")
@click.argument("files", nargs=-1, metavar="FILE…")
@archive_option
@click.option("--manifest", type=click.Path(path_type=Path), help="JSON Lines of path, url, title, anchor, fetched_at.")
@click.option("--url", help="The address that the one FILE came from.")
@door
def ingest_command(files: tuple[str, ...], root: Path, manifest: Path | None, url: str | None) -> int:
    """Store every FILE and what it says in the archive; print one JSON object each.

    A FILE that can't be read as a report is stored all the same, with a finding, and the exit status is 1 at the end.
    """
    from archive.store import Archive  # noqa: PLC0415 - `read` must not wait for what only an archive needs
    from pipelines.ingest import ingest  # noqa: PLC0415

    entries = _entries(files, manifest, url)
    with closing(Archive.open(root)) as archive, archive.start_run("ingest") as run:
        for sentence in archive.repairs:
            click.echo(sentence, err=True)
        lines = [_printed(ingest(run, entry)) for entry in _shown(entries)]
        counts = Counter(line["outcome"] for line in lines)
        run.finish("finished" if lines else "nothing_found", counts)
    return int(bool(counts["missing"] or counts["unreadable"]))


@main.command("rederive")
@archive_option
@click.option("--portal", help="Only what was found on this portal.")
@click.option("--everything", is_flag=True, help="Also what today's reader version has read already: nothing should differ.")
@click.option(
    "--apply", "is_applied", is_flag=True, help="Store the new documents beside the old; without it nothing is stored."
)
@click.option(
    "--processes", type=click.IntRange(min=1), default=os.cpu_count() or 1, help="How many readers; as many as there are cores."
)
@door
def rederive_command(root: Path, portal: str | None, *, everything: bool, is_applied: bool, processes: int) -> int:
    """Read stored captures with today's reader, without network, and print one JSON object for each document that reads otherwise.

    Read is whatever a reader was given before, also what it took for no report. The sum stands on stderr: "312 cells changed, 0 lost …". Exit
    status 1 if a cell or a report was lost or a capture can't be read any more.

    Example: python -m pipelines rederive > ours.jsonl && python -m pipelines rederive --apply > /dev/null
    """
    from archive.locks import reading as keep_in_place  # noqa: PLC0415
    from archive.store import Archive  # noqa: PLC0415
    from pipelines.rederive import derive_all, keep  # noqa: PLC0415
    from pipelines.stored import groups  # noqa: PLC0415

    if everything and is_applied:
        raise Misuse("--everything looks, --apply stores what this reader version has not read yet: not both at once")
    with closing(Archive.open_existing(root)) as archive, keep_in_place(root):
        wanted = groups(archive, READER_VERSION, everything=everything, portal=portal)
        found = derive_all(root, wanted, processes, everything=everything)
        summary = _summed(keep(archive, found) if is_applied else found)
    click.echo(f"{summary}{'' if is_applied else '; nothing was stored'}", err=True)
    if summary.unversioned:
        click.echo(
            f"reader {READER_VERSION} read {summary.unversioned} of them otherwise before: READER_VERSION must rise", err=True
        )
    return int(summary.is_loss)


def _summed(found: Iterable[Derived]) -> Summary:
    from pipelines.rederive import Summary  # noqa: PLC0415

    summary = Summary()
    for derived in found:
        if summary.add(derived):
            click.echo(dumps(derived.to_json()))
    return summary


def read_line(entry: Entry) -> Json:
    """Return the contract's line for one input, whatever is wrong with it."""
    context = entry.context
    try:
        payload = read_payload(entry.path)
        report = read(payload, context)
    except Unreadable as problem:
        return error_line(entry.path, context.url, context.title, str(problem))
    except Exception as bug:  # noqa: BLE001 - one file that our reader fails on must not cost the other files their lines
        traceback.print_exc()
        return error_line(entry.path, context.url, context.title, bug_sentence(bug))
    return line_of(entry.path, context.url, report)


def _entries(files: tuple[str, ...], manifest: Path | None, url: str | None) -> list[Entry]:
    rows = read_manifest(manifest) if manifest else ()
    if not files and not rows and manifest is None:
        raise Misuse("nothing to read: name a FILE, - for standard input, or --manifest")
    if url and (len(files) != 1 or manifest):
        raise Misuse(f"--url names the address of one FILE, and {len(files)} are given{' with a manifest' if manifest else ''}")
    if not files:
        return list(rows)
    known = {row.path: row.context for row in rows}
    if strange := [path for path in known if path not in files]:
        raise Misuse(f"the manifest has the path {strange[0]}, which is not among the FILEs")
    return [Entry(path, replace(known.get(path, Context()), url=url or known.get(path, Context()).url)) for path in files]


def _shown(entries: list[Entry]) -> Iterable[Entry]:
    """Yield the entries, with a progress bar on stderr where that is a terminal."""
    if not sys.stderr.isatty():
        return entries
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import track  # noqa: PLC0415

    return track(entries, description="reading", console=Console(stderr=True))


def _printed(line: Json) -> Json:
    click.echo(dumps(line))
    return line


if __name__ == "__main__":
    main(prog_name="python -m pipelines")

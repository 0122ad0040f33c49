"""The door `python -m pipelines`: read files to JSON, or ingest them into an archive."""

from __future__ import annotations

import functools
import os
import sys
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime, UTC
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import track

from archive.codec import dumps, Json
from archive.errors import GongkaiError, Misuse, Unreadable
from archive.model import Capture, Finding
from archive.run import Run
from archive.store import Archive
from pipelines import READER_VERSION
from pipelines.lines import error_line, line_of
from pipelines.manifest import Entry, read_manifest
from pipelines.reader import Context, read
from pipelines.rederive import derive_all, Derived, keep, sources, Summary


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
@click.option(
    "--archive",
    "root",
    type=click.Path(path_type=Path),
    envvar="ARCHIVE_ROOT",
    default=Path("data"),
    show_default=True,
    help="The archive's folder.",
)
@click.option("--manifest", type=click.Path(path_type=Path), help="JSON Lines of path, url, title, anchor, fetched_at.")
@click.option("--url", help="The address that the one FILE came from.")
@door
def ingest_command(files: tuple[str, ...], root: Path, manifest: Path | None, url: str | None) -> int:
    """Store every FILE and what it says in the archive; print one JSON object each.

    A FILE that can't be read as a report is stored all the same, with a finding, and the exit status is 1 at the end.
    """
    entries = _entries(files, manifest, url)
    with closing(Archive.open(root)) as archive, archive.start_run("ingest") as run:
        for sentence in archive.repairs:
            click.echo(sentence, err=True)
        lines = [_printed(_ingest(run, entry)) for entry in _shown(entries)]
        counts = Counter(line["outcome"] for line in lines)
        run.finish("finished" if lines else "nothing_found", counts)
    return int(bool(counts["missing"] or counts["unreadable"]))


@main.command("rederive")
@click.option(
    "--archive",
    "root",
    type=click.Path(path_type=Path),
    envvar="ARCHIVE_ROOT",
    default=Path("data"),
    show_default=True,
    help="The archive's folder.",
)
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
    """Read stored captures with today's reader, without network, and print one JSON object for each that reads otherwise.

    The sum stands on stderr: "312 cells changed, 0 lost …". Exit status 1 if a cell was lost or a capture can't be read any more.
    """
    if everything and is_applied:
        raise Misuse("--everything looks, --apply stores what this reader version has not read yet: not both at once")
    with closing(Archive.open_existing(root)) as archive:
        found = derive_all(root, sources(archive, everything=everything, portal=portal), processes)
        summary = _summed(keep(archive, found) if is_applied else found)
    click.echo(f"{summary}{'' if is_applied else '; nothing was stored'}", err=True)
    if summary.unversioned:
        click.echo(
            f"reader {READER_VERSION} read {summary.unversioned} of them otherwise before: READER_VERSION must rise", err=True
        )
    return int(bool(summary.lost or summary.failed))


def _summed(found: Iterable[Derived]) -> Summary:
    summary = Summary()
    for derived in found:
        summary.add(derived)
        if derived.error or not derived.effect.is_none:
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


def read_payload(path: str) -> bytes:
    """Return the bytes of a file, or of standard input for `-`. Raises Unreadable for a missing one, a folder, no permission."""
    if path == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(path).read_bytes()
    except IsADirectoryError as problem:
        raise Unreadable(f"{path} is a folder, not a file") from problem
    except FileNotFoundError as problem:
        raise Unreadable(f"there is no file {path}") from problem
    except (OSError, ValueError) as problem:
        reason = getattr(problem, "strerror", None) or problem
        raise Unreadable(f"{path} can't be read: {reason}") from problem


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
    return track(entries, description="reading", console=Console(stderr=True))


def _ingest(run: Run, entry: Entry) -> Json:
    try:
        payload = read_payload(entry.path)
    except Unreadable as problem:
        run.note(Finding(kind="missing_file", says=str(problem), url=entry.context.url))
        return {"path": entry.path, "outcome": "missing", "error": str(problem)}
    return _stored(run, entry, payload)


def _stored(run: Run, entry: Entry, payload: bytes) -> Json:
    context = entry.context
    capture = run.record_file(Path(entry.path), payload, context.url, context.fetched_at or datetime.now(UTC))
    try:
        report = read(payload, context)
    except Unreadable as problem:
        return _noted(run, entry, capture, "unreadable", str(problem))
    except Exception as bug:  # noqa: BLE001 - the capture is stored, and the other files must be too
        traceback.print_exc()
        return _noted(run, entry, capture, "unreadable", bug_sentence(bug))
    stored = run.store(capture, report, reader_version=READER_VERSION, context=dict(_known(context)))
    return {
        "path": entry.path,
        "capture": capture.id,
        "outcome": "new" if stored.is_new else "known",
        "error": None,
        "document": stored.document,
        "says": stored.says,
        "kind": report.kind,
        "agency": report.agency.name if report.agency else None,
        "report_year": report.report_year,
    }


def _noted(run: Run, entry: Entry, capture: Capture, kind: str, says: str) -> Json:
    run.note(Finding(kind=kind, says=says, url=capture.url, capture=capture.id))
    return {"path": entry.path, "capture": capture.id, "outcome": kind, "error": says}


def bug_sentence(bug: Exception) -> str:
    """Return the sentence for an input that our reader failed on; the traceback goes to stderr beside it."""
    return f"the reader failed, which is a mistake of ours: {type(bug).__name__}: {bug}"


def _known(context: Context) -> Iterator[tuple[str, Any]]:
    """Yield what was known besides URL and time, which the capture has."""
    for name in ("title", "anchor", "content_type"):
        if value := getattr(context, name):
            yield name, value


def _printed(line: Json) -> Json:
    click.echo(dumps(line))
    return line


if __name__ == "__main__":
    main(prog_name="python -m pipelines")

"""The command that shows the archive in a browser: `serve`."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import click

from archive.catalog import Catalog
from archive.door import with_archive
from archive.errors import GongkaiError
from archive.store import Archive

REFRESH_SECONDS = 30
"""How often the catalog catches up with what crawls have written."""


@click.command()
@with_archive
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option("--port", type=click.IntRange(0, 65535), default=8001, show_default=True, help="The port; 0 takes a free one.")
def serve(archive: Archive, *, host: str, port: int) -> None:
    """Show the archive in a web browser, read-only: reports, changes, coverage, captures, and SQL.

    Crawls may go on meanwhile. What was taken down is not shown. There is no password: put a server of your own before it.

    Example: python -m archive serve --archive data --port 8001
    """
    import uvicorn  # noqa: PLC0415 - no other command waits for the web's libraries

    from archive.serving.app import Gongkai  # noqa: PLC0415

    datasette = Gongkai(archive.root, archive.catalog.path)
    config = uvicorn.Config(datasette.app(), host=host, port=port, log_level="warning", lifespan="on", access_log=False)
    server = uvicorn.Server(config)
    socket = config.bind_socket()
    socket.listen()
    click.echo(f"http://{host}:{socket.getsockname()[1]}/", err=True)
    # uvicorn ends what is under way, and then passes on the signal that ended it.
    with refreshed(archive.root, archive.catalog, is_copy=archive.read_only is not None), suppress(KeyboardInterrupt):
        server.run(sockets=[socket])
    datasette.close()


@contextmanager
def refreshed(root: Path, catalog: Catalog, *, is_copy: bool, seconds: float = REFRESH_SECONDS) -> Iterator[None]:
    """Let the catalog catch up with the journals from time to time while the block runs, as any command does at its start."""
    is_over = threading.Event()
    thread = threading.Thread(target=_refresh, args=(root, catalog, is_copy, is_over, seconds), name="refresh", daemon=True)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join(timeout=5)


def _refresh(root: Path, catalog: Catalog, is_copy: bool, is_over: threading.Event, seconds: float) -> None:
    while not is_over.wait(seconds):
        try:
            catch_up(root, catalog, is_copy=is_copy)
        except (GongkaiError, sqlite3.Error) as reason:
            # It is tried again: what is shown meanwhile is older, and says its times itself.
            click.echo(f"archive: the catalog could not catch up: {reason}", err=True)


def catch_up(root: Path, catalog: Catalog, *, is_copy: bool) -> None:
    """Apply what the journals hold beyond the catalog: to the one that lies there now, or to a copy of one that can't be written."""
    if is_copy:
        catalog.catch_up()
        return
    fresh = Catalog(root / "catalog.db", root)
    try:
        fresh.catch_up()
    finally:
        fresh.close()


COMMANDS = (serve,)
"""What `archive.cli` adds to its own."""

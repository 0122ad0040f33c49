"""The application: Datasette over the catalog's open tables, our own routes before its own, and headers that let nothing in.

Everything a page shows may have been written by a stranger: templates escape, no script runs on our pages, nothing is loaded from
elsewhere, payloads are only ever saved.
"""

from __future__ import annotations

import re
import sys
import traceback
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from datasette.app import Datasette
from datasette.plugins import pm
from pluggy import HookimplMarker

from archive.serving.capture_page import CAPTURE, PAYLOAD, RECORD
from archive.serving.changes_page import ATOM, CHANGES, JSON_FEED
from archive.serving.coverage_page import COVERAGE
from archive.serving.open_tables import OPEN_TABLES, OpenCatalog
from archive.serving.report_page import ALIKE, DIFF, REPORT
from archive.serving.reports_page import REPORTS, SEARCH
from archive.serving.responses import problem, views_of
from archive.serving.start_page import START
from archive.serving.window import Windows

ROUTES = (START, REPORTS, SEARCH, REPORT, DIFF, ALIKE, CHANGES, ATOM, JSON_FEED, COVERAGE, CAPTURE, PAYLOAD, RECORD)
NAME = "catalog"
"""What the database is called in addresses of Datasette's pages: /catalog, /catalog/reports."""

_HERE = Path(__file__).parent
_SETTINGS = {
    "allow_download": False,
    "allow_csv_stream": True,
    "suggest_facets": False,
    "default_page_size": 50,
    "max_returned_rows": 2000,
    "sql_time_limit_ms": 3000,
    "max_csv_mb": 200,
}
_OURS = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_ITS = _OURS.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'") + "; script-src 'self'; connect-src 'self'"
"""Datasette's own pages: its script files, no script inside a page."""

_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
_hook = HookimplMarker("datasette")
Asgi = Callable[..., Awaitable[None]]


class Gongkai(Datasette):  # type: ignore[misc]
    """Datasette over one archive's catalog; `.app()` is the ASGI function, `.client` asks it without a network."""

    def __init__(self, root: Path, catalog: Path) -> None:
        """Take an archive's folder and a catalog of it: its own, or a copy where that can't be written."""
        self.windows = Windows(root, catalog)
        super().__init__(
            [],
            settings=_SETTINGS,
            template_dir=str(_HERE / "templates"),
            static_mounts=[("assets", str(_HERE / "assets"))],
            metadata={"title": "Gongkai 公开", "databases": {NAME: {"description": "The catalog's open tables, read-only."}}},
        )
        self.remove_database("_memory")
        self.add_database(OpenCatalog(self, catalog), name=NAME)

    def close(self) -> None:
        """Close every connection, once no page is asked for any more."""
        self.windows.close()
        self.executor.shutdown()
        for database in self.databases.values():
            database.close()


@_hook
def register_routes(datasette: Datasette) -> Iterable[tuple[str, Any]]:
    """Return our routes, which come before Datasette's."""
    return [pair for route in ROUTES for pair in views_of(route, datasette.windows)]


@_hook
def permission_allowed(datasette: Datasette, action: str, resource: Any) -> bool | None:
    """Refuse tables that are not open, and the whole file."""
    del datasette
    if action == "view-table" and resource[0] == NAME and resource[1] not in OPEN_TABLES:
        return False
    return False if action in ("view-database-download", "debug-menu", "permissions-debug") else None


@_hook
def prepare_jinja2_environment(env: Any, datasette: Datasette) -> None:
    """Give templates our filters."""
    del datasette
    env.filters["query"] = lambda values: urlencode({key: value for key, value in values.items() if value is not None})
    env.filters["day"] = lambda text: (text or "")[:10]
    env.filters["minute"] = lambda text: (text or "")[:16].replace("T", " ")
    env.filters["outward"] = outward


@_hook
def handle_exception(datasette: Datasette, request: Any, exception: Exception) -> Callable[[], Awaitable[Any]]:
    """Say in a page, or in JSON, what went wrong; only a mistake of ours is printed with where it happened."""

    async def said() -> Any:
        status = getattr(exception, "status", 500)
        if status >= 500:
            traceback.print_exception(exception)
        says = (
            str(getattr(exception, "message", None) or exception) if status < 500 else "a mistake of ours: it was written down"
        )
        return await problem(datasette, request, status, says)

    return said


@_hook
def asgi_wrapper(datasette: Datasette) -> Callable[[Asgi], Asgi]:
    """Shut what tells of the machine, and put our headers on every answer."""
    del datasette
    return guarded


def outward(url: str | None) -> str | None:
    """Return an address that may be linked: of the web, not of a script or a file. None for any other."""
    try:
        return url if url and urlsplit(url).scheme in ("http", "https") else None
    except ValueError:
        return None


_SHUT = re.compile(r"/-/(?!static/)|/_internal|/catalog\.db$|.*\.db$")


def guarded(app: Asgi) -> Asgi:
    """Return an application behind our headers; only GET and HEAD pass, and nothing that tells of the machine."""

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        path, method = scope["path"], scope["method"]

        async def with_headers(message: Any) -> None:
            await send(_guarded(message, path) if message["type"] == "http.response.start" else message)

        if method not in ("GET", "HEAD") or _SHUT.match(path):
            await _refuse(with_headers, 405 if method not in ("GET", "HEAD") else 404)
            return
        await app(scope, receive, with_headers)

    return answer


def _guarded(message: Any, path: str) -> Any:
    policy = _ITS if path == f"/{NAME}" or path.startswith(f"/{NAME}/") else _OURS
    told = {key.lower() for key, _ in message["headers"]}
    extra = [pair for pair in _HEADERS if pair[0] not in told]
    if b"content-security-policy" not in told:
        extra.append((b"content-security-policy", policy.encode()))
    return {**message, "headers": [*message["headers"], *extra]}


async def _refuse(send: Any, status: int) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": b"there is nothing here\n"})


# Datasette's own prints every 404 with the values of all variables; ours tells whoever asked.
pm.unregister(name="datasette.handle_exception")
if not pm.has_plugin("gongkai"):
    pm.register(sys.modules[__name__], name="gongkai")

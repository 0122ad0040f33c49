"""How answers go over the wire: pages drawn by templates, listings as CSV that streams and JSON part by part, files to be saved."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Awaitable, Callable, Iterator, Sequence
from functools import partial
from typing import Any
from urllib.parse import quote

from datasette.app import Datasette
from datasette.utils.asgi import AsgiStream, Request, Response

from archive.codec import dumps, Json
from archive.errors import Damaged, GongkaiError, Misuse, NotInArchive
from archive.serving.answers import Answer, File, Listing, Page, Part, Route
from archive.serving.asked import Query
from archive.serving.window import TooBroad, Window, Windows

PART = 50
"""Rows of a page, and of JSON unless it asks for more."""
MOST = 1000
"""Rows of JSON at most, and of each step of a CSV."""

View = Callable[[Request, Datasette], Awaitable[Any]]
_STATUS: tuple[tuple[type[GongkaiError], int], ...] = ((NotInArchive, 404), (Misuse, 400), (TooBroad, 503), (Damaged, 500))


def views_of(route: Route, windows: Windows) -> Iterator[tuple[str, View]]:
    """Yield the patterns of a route's addresses with the views that answer them."""
    path = re.escape(route.path)
    if isinstance(route.answer, Listing):
        yield rf"^{path}$", _view(partial(_show_listing, windows, route.path, route.answer))
        yield rf"^{path}\.json$", _view(partial(_json_listing, windows, route.path, route.answer))
        yield rf"^{path}\.csv$", _view(partial(_csv_listing, windows, route.path, route.answer))
        return
    yield rf"^{path}$", _view(partial(_show, windows, route))
    if "json" in route.formats:
        yield rf"^{path}\.json$", _view(partial(_json, windows, route))


def _view(show: Callable[[Datasette, Request, Query], Awaitable[Any]]) -> View:
    async def view(request: Request, datasette: Datasette) -> Any:
        try:
            return await show(datasette, request, Query.of(request.query_string))
        except GongkaiError as error:
            status = next((number for kind, number in _STATUS if isinstance(error, kind)), 500)
            return await problem(datasette, request, status, _public(error))

    return view


async def problem(datasette: Datasette, request: Request, status: int, says: str) -> Response:
    """Return an answer that says why there is none: JSON where that was asked for, else a page."""
    if request.path.endswith((".json", ".csv")):
        return Response(dumps({"error": says}), status=status, content_type="application/json; charset=utf-8")
    return await _drawn(datasette, request, "problem.html", {"says": says, "status": status}, status)


def _public(error: GongkaiError) -> str:
    """What a stranger is told: not why something was taken down, which may name what it hides."""
    text = str(error)
    return re.sub(r"(was taken down(?: on [0-9-]+)?):.*", r"\1", text, flags=re.DOTALL)


async def _drawn(datasette: Datasette, request: Request, template: str, context: Any, status: int = 200) -> Response:
    html = await datasette.render_template(f"gongkai/{template}", {**context, "is_ours": True}, request)
    return Response(html, status=status, content_type="text/html; charset=utf-8")


async def _answered(windows: Windows, route: Route, query: Query) -> Answer:
    assert not isinstance(route.answer, Listing)
    handler = route.answer
    return await windows.ask(lambda window: handler(window, query))


async def _show(windows: Windows, route: Route, datasette: Datasette, request: Request, query: Query) -> Response:
    answer = await _answered(windows, route, query)
    if isinstance(answer, File):
        return _file(answer)
    formats = {name: f"{route.path}.{name}?{query.having()}" for name in route.formats}
    return await _drawn(datasette, request, answer.template, {**answer.context, "query": query, "formats": formats})


async def _json(windows: Windows, route: Route, _: Datasette, __: Request, query: Query) -> Response:
    answer = await _answered(windows, route, query)
    assert isinstance(answer, Page)
    return Response(dumps(answer.as_json, pretty=True) + "\n", content_type="application/json; charset=utf-8")


def _file(file: File) -> Response:
    if file.is_shown:
        return Response(file.payload, content_type=f"{file.media_type}; charset=utf-8")
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(file.name)}",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return Response(file.payload, headers=headers, content_type=file.media_type)


async def _part(windows: Windows, listing: Listing, query: Query, after: str | None, limit: int) -> Part:
    return await windows.ask(lambda window: listing.part(window, query, after, limit))


async def _show_listing(windows: Windows, path: str, listing: Listing, *asked: Any) -> Response:
    datasette, request, query = asked

    def ask(window: Window) -> tuple[Page, Part]:
        part = listing.part(window, query, query.text("after"), PART)
        return listing.page(window, query, part), part

    page, part = await windows.ask(ask)
    formats = {name: f"{path}.{name}?{query.having(after=None)}" for name in ("csv", "json")}
    following = f"{path}?{query.having(after=part.after)}" if part.after else None
    context = {**page.context, "part": part, "query": query, "formats": formats, "following": following, "path": path}
    return await _drawn(datasette, request, page.template, context)


async def _json_listing(windows: Windows, path: str, listing: Listing, _: Datasette, __: Request, query: Query) -> Response:
    limit = query.number("limit", least=1, most=MOST) or PART
    part = await _part(windows, listing, query, query.text("after"), limit)
    following = f"{path}.json?{query.having(after=part.after)}" if part.after else None
    body = {"rows": [_whole(row, listing.columns) for row in part.rows], "next": following}
    return Response(dumps(body, pretty=True) + "\n", content_type="application/json; charset=utf-8")


def _whole(row: Json, columns: Sequence[str]) -> Json:
    return {name: row.get(name) for name in columns}


async def _csv_listing(windows: Windows, path: str, listing: Listing, _: Datasette, __: Request, query: Query) -> AsgiStream:
    first = await _part(windows, listing, query, None, MOST)

    async def stream(out: Any) -> None:
        part = first
        await out.write(_lines([listing.columns]))
        while True:
            await out.write(_lines([[_cell(row.get(name)) for name in listing.columns] for row in part.rows]))
            if part.after is None:
                return
            part = await _part(windows, listing, query, part.after, MOST)

    headers = {"Content-Disposition": f'attachment; filename="{path.strip("/")}.csv"'}
    return AsgiStream(stream, headers=headers, content_type="text/csv; charset=utf-8")


def _lines(rows: Sequence[Sequence[Any]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()


def _cell(value: Any) -> Any:
    return "" if value is None else value if isinstance(value, str | int) else dumps(value)

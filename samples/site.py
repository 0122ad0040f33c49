"""What a sample portal is made of: requests, responses, pages by address, and the reports that a crawl must find."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal
from urllib.parse import parse_qs, quote


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request as a portal sees it; `headers` has lower-case names, `query` is raw, `host` has no port."""

    host: str
    path: str
    query: str = ""
    method: str = "GET"
    scheme: str = "http"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def target(self) -> str:
        """Path and query as they stood in the request line."""
        return f"{self.path}?{self.query}" if self.query else self.path

    @property
    def url(self) -> str:
        """The absolute address asked for."""
        return f"{self.scheme}://{self.host}{self.target}"

    def argument(self, name: str) -> str | None:
        """Return the first value of a query parameter, None where it is not there."""
        return next(iter(parse_qs(self.query, keep_blank_values=True).get(name, [])), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What a portal answers. `modified` and the body's hash make it revalidatable, unless `fresh` is set.

    `coding` is how the body goes over the wire: `identity`, `gzip` (if the client takes it) or `chunked`. `delay` is
    seconds before the first byte. `endless` promises so many bytes more than `body` has, and sends zeros for them. `drop`
    closes the connection without an answer.
    """

    body: bytes = b""
    status: int = 200
    content_type: str | None = "text/html; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()
    modified: date | None = None
    fresh: bool = False
    coding: str = "identity"
    delay: float = 0.0
    endless: int = 0
    drop: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A report that a crawl of the portal must find: whose, for which year, and where it stands.

    `form` is the table form (`2008` for prose), `file` the address of the attachment that is the report, if it is one,
    and `broken` the ids of the identities that its numbers break on purpose.
    """

    agency: str
    year: int
    url: str
    form: str = ""
    file: str | None = None
    broken: tuple[str, ...] = ()


TlsFault = Literal["good", "expired", "incomplete", "none"]
Answer = Callable[[Request], Response | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Portal:
    """A sample portal in one season: who answers for which host, and what is to be found there."""

    id: str
    name: str
    home: str
    hosts: Mapping[str, Answer]
    expected: tuple[Published, ...]
    division: str | None = None
    blocked: str | None = None
    """The kind of block that a crawl must recognise, None for a portal that answers."""
    tls: Mapping[str, TlsFault] = field(default_factory=dict)
    """What a host's https gets wrong; a host that is not here has a good certificate."""
    never: tuple[str, ...] = ()
    """Parts of addresses that a crawl must not ask for."""
    lists: int = 1
    """How many pages besides the reports a careful crawl needs."""


class Pages:
    """Pages by path or by path and query; made on first request and kept. Answers None for an address it does not have."""

    def __init__(self, *, coding: str = "identity") -> None:
        """Take the transfer of all pages: see `Response.coding`."""
        self._makers: dict[str, Callable[[], Response]] = {}
        self._made: dict[str, Response] = {}
        self._coding = coding

    def add(self, target: str, text: str | Callable[[], str], *, modified: date | None = None) -> None:
        """Put an HTML page at a target; the text may be made later."""
        make = text if callable(text) else lambda: text
        self.put(target, lambda: html(make(), modified=modified, coding=self._coding))

    def put(self, target: str, make: Callable[[], Response]) -> None:
        """Put any response at a target."""
        self._makers[target] = make

    def __call__(self, request: Request) -> Response | None:
        """Answer a request: the exact target first, then its path alone."""
        found = next((one for one in (request.target, request.path) if one in self._makers), None)
        if found is None:
            return None
        if found not in self._made:
            self._made[found] = self._makers[found]()
        return self._made[found]


def html(text: str, *, status: int = 200, modified: date | None = None, coding: str = "identity") -> Response:
    """Return a UTF-8 HTML response."""
    return Response(body=text.encode(), status=status, modified=modified, coding=coding)


def plain(text: str, *, content_type: str = "text/plain; charset=utf-8", status: int = 200) -> Response:
    """Return a UTF-8 text response of another type (robots.txt, JSON, XML)."""
    return Response(body=text.encode(), status=status, content_type=content_type)


def file(body: bytes, content_type: str, *, name: str | None = None) -> Response:
    """Return a file; `name` goes into Content-Disposition in the way of RFC 5987."""
    disposition = (("Content-Disposition", f"attachment; filename*=UTF-8''{quote(name)}"),) if name else ()
    return Response(body=body, content_type=content_type, headers=disposition)


def redirect(url: str, *, status: int = 302, cookie: str | None = None) -> Response:
    """Return a redirect, with a cookie to set if one is given."""
    cookies = (("Set-Cookie", cookie),) if cookie else ()
    return Response(status=status, headers=(("Location", url), *cookies), fresh=True)


def json_of(value: object) -> Response:
    """Return a value as JSON, as an API answers it."""
    return plain(json.dumps(value, ensure_ascii=False), content_type="application/json;charset=UTF-8")


def not_found() -> Response:
    """Return a true 404, as most web servers print it."""
    return html("<html><head><title>404 Not Found</title></head><body><h1>404 Not Found</h1></body></html>", status=404)


ROBOTS = "User-agent: *\nDisallow: /admin/\n"

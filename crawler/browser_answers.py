"""What a browser's requests get: the crawl's own downloader asks for each of them, and the browser itself reaches no network.

So robots.txt, the address guard, the host's budget, TLS and the tap on the wire hold for what a page's scripts ask for, as for any
other request. Cookies that scripts set stay in the browser: a challenge is never solved by one.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urldefrag

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Request as Asked
from playwright.async_api import Route
from scrapy import Request
from scrapy.core.engine import ExecutionEngine
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from archive.errors import UnwritableArchive
from archive.wire import Headers
from crawler.conditional import fetched_already
from crawler.responses import why_failed
from crawler.session import Session

ANSWERED = frozenset(("script", "xhr", "fetch"))
_OF_THE_TRANSFER = frozenset(("content-encoding", "transfer-encoding", "content-length", "connection", "keep-alive"))
_OURS = frozenset(
    (
        "host",
        "user-agent",
        "accept-encoding",
        "accept-language",
        "cookie",
        "connection",
        "content-length",
        "pragma",
        "cache-control",
    )
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request of the browser gets: status, headers and decoded body; and the capture that holds it, None for none."""

    status: int
    headers: Headers
    body: bytes
    capture: str | None = None


EMPTY_STYLE = Answer(200, (("Content-Type", "text/css"),), b"")
"""In the place of style sheets: applications wait for them, and they say nothing."""


def refusal(kind: str, *, asked_before: int, most: int) -> str | None:
    """Return why a request of a resource type gets no answer, None where it may be asked for."""
    if kind not in ANSWERED:
        return kind
    return "too-many" if asked_before >= most else None


def forwarded(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the headers of a browser's request that go on to the host: what scripts set; not its cookies, nor what we say of ourselves."""
    return {name: value for name, value in headers.items() if name not in _OURS and not name.startswith("sec-")}


def handed_back(headers: Headers) -> dict[str, str]:
    """Return a stored response's headers for the browser, those of the transfer left out; the same name once, as Playwright wants it."""
    found: dict[str, str] = {}
    for name, value in headers:
        if (key := name.lower()) not in _OF_THE_TRANSFER:
            found[key] = found[key] + ("\n" if key == "set-cookie" else ", ") + value if key in found else value
    return found


class Scripts:
    """The script files of a crawl: each is asked for once, by whichever page wants it first."""

    def __init__(self, session: Session) -> None:
        """Take the session of the crawl, which may have fetched scripts to read them."""
        self._session = session
        self._held: dict[str, Answer] = {}

    def get(self, url: str) -> Answer | None:
        """Return a script that this crawl has fetched, None for one that it has not."""
        if url not in self._held and (found := self._stored(url)) is not None:
            self.put(url, found)
        return self._held.get(url)

    def put(self, url: str, answer: Answer) -> None:
        """Keep a script that came whole."""
        if answer.status == 200:
            self._held[url] = answer
            self._session.drawn_with.add(url)

    def _stored(self, url: str) -> Answer | None:
        if not self._session.frontier.knows(url):
            return None
        self._session.archive.catalog.catch_up()
        found = fetched_already(self._session.archive, url, (self._session.run.id, *self._session.taken_up))
        if found is None:
            return None
        capture, status, headers, body = found
        return Answer(status, headers, body, capture.id)


class Answers:
    """Answers the requests of one page. `document` is the page as it came, which is not asked for again."""

    def __init__(self, engine: ExecutionEngine, url: str, document: Answer, *, most: int, scripts: Scripts) -> None:
        """Take the page's address and content; `scripts` are those that the crawl has, and keep what comes for the pages to come."""
        self._engine = engine
        self._url = url
        self._document: Answer | None = document
        self._most = most
        self._scripts = scripts
        self.pending = 0
        self.last_asked = time.monotonic()
        self.asked = 0
        self._asked_before = 0
        self.used: list[str] = []
        self.refused: Counter[str] = Counter()
        self.left_for: list[str] = []
        """Where the page wanted to go instead of being drawn."""
        self.fatal: UnwritableArchive | None = None

    async def __call__(self, route: Route, asked: Asked) -> None:
        """Answer or refuse one request of the browser."""
        self.pending += 1
        self.last_asked = time.monotonic()
        try:
            answer = await self._answer(asked)
        finally:
            self.pending -= 1
            self.last_asked = time.monotonic()
        with suppress(PlaywrightError):  # the page was closed meanwhile: nobody waits for the answer
            await self._give(route, answer)

    async def _give(self, route: Route, answer: Answer | str) -> None:
        if isinstance(answer, Answer):
            self.used += [answer.capture] if answer.capture else []
            await route.fulfill(status=answer.status, headers=handed_back(answer.headers), body=answer.body)
        else:
            self.refused[answer] += 1
            await route.abort("blockedbyclient")

    async def _answer(self, asked: Asked) -> Answer | str:
        """Return what a request gets, or the reason why it gets nothing."""
        if asked.is_navigation_request():
            return self._navigation(asked)
        if asked.resource_type == "stylesheet":
            return EMPTY_STYLE
        if asked.resource_type == "script" and (known := self._scripts.get(asked.url)) is not None:
            return known
        why = refusal(asked.resource_type, asked_before=self.asked - self._asked_before, most=self._most)
        return why or await self._fetch(asked)

    def _navigation(self, asked: Asked) -> Answer | str:
        if _is_inner(asked):
            return "frame"  # a page of its own: the crawl asks for it, if it leads on
        document, self._document = self._document, None
        if document is not None:
            return document
        self.left_for.append(asked.url)
        return "navigation"

    def begin_step(self) -> None:
        """Begin to count anew what is asked for: the bound is that of one step, a page of a list or a click."""
        self._asked_before = self.asked

    async def _fetch(self, asked: Asked) -> Answer | str:
        self.asked += 1
        request = Request(
            asked.url,
            method=asked.method,
            headers=forwarded(asked.headers),
            body=asked.post_data_buffer or b"",
            callback=NO_CALLBACK,
            meta={"browser": True},
        )
        try:
            response = await self._engine.download_async(request)
        except UnwritableArchive as error:
            self.fatal = error
            return "unwritable"
        except Exception as error:  # noqa: BLE001 - the page is drawn all the same, and the conversion says what it did not get
            return why_failed(error)
        answer = answer_of(response)
        if asked.resource_type == "script":
            self._scripts.put(asked.url, answer)
        return answer

    @property
    def reloads(self) -> bool:
        """Whether the page loaded itself again, as a page does that has set a cookie for the next try."""
        return any(urldefrag(url).url == urldefrag(self._url).url for url in self.left_for)


def _is_inner(asked: Asked) -> bool:
    """Say whether a document is asked for a frame; a window that was just opened has no frame yet."""
    try:
        return asked.frame.parent_frame is not None
    except PlaywrightError:
        return False


def answer_of(response: Response) -> Answer:
    """Return a downloaded response as an answer for the browser."""
    headers = tuple(
        (name.decode("latin-1"), value.decode("latin-1")) for name, values in response.headers.items() for value in values
    )
    capture: Any = response.meta.get("capture")
    return Answer(response.status, headers, response.body, capture.id if capture else None)

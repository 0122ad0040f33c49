"""The way to the browser: who needs none is turned back before one is started, and who has none is told so in one sentence."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
from dataclasses import replace
from functools import cache, cached_property
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK
from scrapy.settings import BaseSettings

from crawler.browser_refusals import NeedsBrowser, NotNeeded
from crawler.challenges import challenge
from crawler.frontier import Entry
from crawler.judge import names_a_report, stands_in_column
from crawler.links import GROUP, ORGAN
from crawler.patience import PatientHandler
from crawler.responses import answer_of
from crawler.urls import staged

if TYPE_CHECKING:
    from crawler.browser import Drawer

_NO_LINK = 1000
_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def is_drawn(entry: Entry) -> bool:
    """Say whether a browser draws a page: one that is empty as it came, or the state of an application."""
    return entry.drawn_from is not None or bool(staged(entry.url)[1])


def is_for_browser(request: Request) -> bool:
    """Say whether a request is for a page that a browser draws."""
    entry: Entry | None = request.meta.get("entry")
    return entry is not None and is_drawn(entry)


def least_lead(entry: Entry) -> int:
    """Return the least score of a link for which its page counts as filled: a row of the column, elsewhere an organ's page.

    What must be a report is filled by none, whatever links a script of its page holds.
    """
    if names_a_report(entry) or stands_in_column(entry):
        return _NO_LINK
    return GROUP - 5 if entry.in_column else ORGAN


def executable(settings: BaseSettings) -> str | None:
    """Return the path of the browser: the one that the settings name, else Debian's; None where there is none."""
    named = settings.get("BROWSER_EXECUTABLE")
    return shutil.which(named) if named else next(filter(None, map(shutil.which, _NAMES)), None)


def why_no_browser(settings: BaseSettings) -> str | None:
    """Return the sentence that says why no page can be drawn, None where a browser is at hand."""
    if not settings.getbool("BROWSER"):
        return "it shows nothing without a browser, and BROWSER is turned off"
    if find_spec("scrapy_playwright") is None:
        return "it shows nothing without a browser: install the extra, `pip install -r requirements-browser.txt`"
    if executable(settings) is None:
        return "it shows nothing without a browser: `apt-get install chromium`, or name one in BROWSER_EXECUTABLE"
    if not _driver_starts():
        return "it shows nothing without a browser, and Playwright's driver does not start: `apt-get install libatomic1`"
    return None


@cache
def _driver_starts() -> bool:
    """Whether the program that Playwright steers browsers by runs here: its node needs a library that a bare Debian has not."""
    driver = import_module("playwright._impl._driver").compute_driver_executable()[0]
    return subprocess.run([driver, "--version"], capture_output=True, check=False).returncode == 0  # noqa: S603 - the driver of our own environment


class BrowserGate:
    """Lets a page through to the browser only where it is still needed, and there is one.

    The state of an application needs its document, which is asked for once a crawl.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self._documents: dict[str, asyncio.Future[Response]] = {}

    @cached_property
    def _missing(self) -> str | None:
        return why_no_browser(self.crawler.settings)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> BrowserGate:
        """Return the gate of a crawl."""
        return cls(crawler)

    async def process_request(self, request: Request) -> Response | None:
        """Return None to let the request go on, or what came in the place of an application; raises NotNeeded or NeedsBrowser."""
        if not is_for_browser(request):
            return None
        entry: Entry = request.meta["entry"]
        if self._is_filled(entry):
            raise NotNeeded(f"{entry.url} was filled by the data that its scripts ask for.")
        if self._missing is not None:
            raise NeedsBrowser(self._missing)
        return None if entry.drawn_from else await self._with_document(request, entry)

    def _is_filled(self, entry: Entry) -> bool:
        assert self.crawler.spider is not None
        is_filled: bool = self.crawler.spider.session.frontier.is_filled(entry.url, least=least_lead(entry))  # type: ignore[attr-defined]
        return is_filled

    async def _with_document(self, request: Request, entry: Entry) -> Response | None:
        document = staged(entry.url)[0]
        if document not in self._documents:
            self._documents[document] = asyncio.ensure_future(self._ask(document))
        response = await asyncio.shield(self._documents[document])
        request.meta["capture"] = response.meta["capture"]
        if response.status != 200 or not response.body or challenge(answer_of(response)):
            return response.replace(request=request)
        request.meta["entry"] = replace(entry, drawn_from=response.meta["capture"].id)
        return None

    async def _ask(self, document: str) -> Response:
        assert self.crawler.engine is not None
        return await self.crawler.engine.download_async(Request(document, callback=NO_CALLBACK))


class DrawingHandler(PatientHandler):
    """Downloads as the patient handler does; a page that is to be drawn goes to a browser, begun with the first such page."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._drawer: Drawer | None = None

    async def download_request(self, request: Request) -> Response:
        """Return the response of the host, or the page as the browser drew it."""
        if not is_for_browser(request):
            return await super().download_request(request)
        return await self._stoppable(self._browser().draw(request))

    def _browser(self) -> Drawer:
        if self._drawer is None:
            from crawler.browser import Drawer  # noqa: PLC0415 - an optional extra: it is imported where it is used

            self._drawer = Drawer(self._crawler)
        return self._drawer

    async def close(self) -> None:
        """Close the connections, and the browser where one was begun."""
        await super().close()
        if self._drawer is not None:
            await self._drawer.close()

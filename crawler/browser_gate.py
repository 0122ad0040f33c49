"""The way to the browser: who needs none is turned back before one is started, and who has none is told so in one sentence."""

from __future__ import annotations

import shutil
from importlib.util import find_spec
from typing import TYPE_CHECKING

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.settings import BaseSettings

from crawler.frontier import Entry
from crawler.judge import names_a_report, stands_in_column
from crawler.links import GROUP, ORGAN
from crawler.patience import PatientHandler

if TYPE_CHECKING:
    from crawler.browser import Drawer

_NO_LINK = 1000
_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


class NotNeeded(IgnoreRequest):
    """The data that the page's scripts ask for gave what it shows: no browser is needed any more."""


class NotDrawn(IgnoreRequest):
    """A page was not drawn; `kind` is that of the finding."""

    kind = "undrawn"


class NeedsBrowser(NotDrawn):
    """A page shows nothing without a browser, and there is none."""

    kind = "needs_browser"


class DrawingFailed(NotDrawn):
    """The browser could not draw the page, or the page did not come to rest."""


class ScriptChallenge(NotDrawn):
    """The page loaded itself again when its script had run: a challenge that we do not know, and do not solve."""

    kind = "blocked:script"


def is_drawn(request: Request) -> bool:
    """Say whether a request is for a page that a browser draws."""
    entry: Entry | None = request.meta.get("entry")
    return entry is not None and entry.drawn_from is not None


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
    return None


class BrowserGate:
    """Lets a page through to the browser only where it is still needed, and there is one."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self._missing = why_no_browser(crawler.settings)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> BrowserGate:
        """Return the gate of a crawl."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Return None to let the request go on; raises NotNeeded or NeedsBrowser."""
        if not is_drawn(request):
            return
        entry: Entry = request.meta["entry"]
        assert self.crawler.spider is not None
        if self.crawler.spider.session.frontier.is_filled(entry.url, least=least_lead(entry)):  # type: ignore[attr-defined]
            raise NotNeeded(f"{entry.url} was filled by the data that its scripts ask for.")
        if self._missing is not None:
            raise NeedsBrowser(self._missing)


class DrawingHandler(PatientHandler):
    """Downloads as the patient handler does; a page that is to be drawn goes to a browser, begun with the first such page."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._drawer: Drawer | None = None

    async def download_request(self, request: Request) -> Response:
        """Return the response of the host, or the page as the browser drew it."""
        if not is_drawn(request):
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

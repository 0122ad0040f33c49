"""The download handler that lets a browser draw a page: scrapy-playwright's, with the crawl's downloader for a network.

The browser gets the page as it is stored, and all else through `page.route` (`browser_answers`). Its own way to the network is
closed: a proxy where nobody listens, and no name resolves. What it has drawn is stored as a WARC `conversion` record that
refers to the page as it came, before anything reads it.
"""

from __future__ import annotations

import asyncio
import logging
import os
import time
from datetime import datetime, UTC
from functools import partial
from typing import Any

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page as Tab
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import HtmlResponse, Response, TextResponse
from scrapy_playwright.handler import ScrapyPlaywrightDownloadHandler
from scrapy_playwright.page import PageMethod

from archive.model import Drawing
from crawler.browser_answers import Answer, Answers, Scripts
from crawler.browser_calm import Calm, Shown
from crawler.browser_gate import DrawingFailed, executable, ScriptChallenge
from crawler.frontier import Entry
from crawler.session import Session

NOWHERE = "http://127.0.0.1:9"
_ARGUMENTS = (
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-background-networking",
    "--disable-component-update",
)
_SHOWN = "() => [document.getElementsByTagName('*').length, document.documentElement.textContent.length]"
_STEP = 0.1
_CLOSING_SECONDS = 2.0


class Drawer:
    """A browser of one crawl, begun when the first page needs it."""

    def __init__(self, crawler: Crawler) -> None:
        logging.getLogger("scrapy-playwright").setLevel(logging.CRITICAL)  # what failed is raised, and becomes a finding
        self._crawler = crawler
        self._handler = ScrapyPlaywrightDownloadHandler(crawler)
        self._handler.config.launch_options = launch_options(executable(crawler.settings), is_root=os.geteuid() == 0)
        self._scripts = Scripts(self._session)
        self._begun: asyncio.Task[None] | None = None
        self._seconds = crawler.settings.getfloat("BROWSER_SECONDS")
        self._most = crawler.settings.getint("BROWSER_MAX_REQUESTS")

    async def draw(self, request: Request) -> Response:
        """Return a page as its scripts draw it, stored as a conversion. Raises DrawingFailed, ScriptChallenge, UnwritableArchive."""
        entry: Entry = request.meta["entry"]
        assert entry.drawn_from is not None
        assert self._crawler.engine is not None
        headers, body = self._session.archive.payload_of(entry.drawn_from)
        document = Answer(200, headers, body, entry.drawn_from)
        answers = Answers(self._crawler.engine, request.url, document, most=self._most, scripts=self._scripts)
        text = await self._text(request, answers)
        if answers.fatal is not None:
            raise answers.fatal
        if answers.reloads:
            raise ScriptChallenge("it loads itself again when its script has run, as challenges do")
        return self._stored(request, entry.drawn_from, text, answers)

    async def _text(self, request: Request, answers: Answers) -> str:
        asked = request.replace(meta={**request.meta, **self._meta(answers)})
        try:
            async with asyncio.timeout(self._seconds):
                await self._begin()
                response = await self._handler.download_request(asked)
        except TimeoutError:
            raise DrawingFailed(f"it did not come to rest in the browser within {self._seconds:.0f} seconds") from None
        except PlaywrightError as error:
            raise DrawingFailed(f"the browser could not draw it: {error.message.splitlines()[0]}") from error
        finally:
            await self._close_tab(asked)
        assert isinstance(response, TextResponse)
        return response.text

    def _meta(self, answers: Answers) -> dict[str, Any]:
        return {
            "playwright": True,
            "playwright_include_page": True,
            "playwright_context_kwargs": {"user_agent": self._crawler.settings["USER_AGENT"], "service_workers": "block"},
            "playwright_page_init_callback": partial(_answered_by, answers=answers),
            "playwright_page_goto_kwargs": {"wait_until": "commit"},
            "playwright_page_methods": [PageMethod(_calm_down, answers)],
        }

    async def _begin(self) -> None:
        if self._begun is None:
            self._begun = asyncio.ensure_future(self._handler._launch())  # noqa: SLF001 - its signal is that of the engine's start
        await asyncio.shield(self._begun)

    async def _close_tab(self, asked: Request) -> None:
        tab: Tab | None = asked.meta.get("playwright_page")
        if tab is not None and not tab.is_closed():
            await asyncio.wait({asyncio.ensure_future(tab.close())}, timeout=_CLOSING_SECONDS)

    def _stored(self, request: Request, raw: str, text: str, answers: Answers) -> Response:
        payload = text.encode()
        drawing = Drawing(
            of=raw,
            url=request.url,
            payload=payload,
            drawn_at=datetime.now(UTC),
            software=f"Chromium {self._handler.browser.version}",
            used=tuple(dict.fromkeys(answers.used)),
            refused=dict(answers.refused),
            robots=request.meta.get("robots", "not-asked"),
        )
        request.meta["capture"] = self._session.run.record_drawing(drawing)
        self._session.tally.browser.update(_counts(answers))
        headers = {"Content-Type": "text/html; charset=utf-8"}
        return HtmlResponse(request.url, headers=headers, body=payload, encoding="utf-8", request=request)

    async def close(self) -> None:
        """End the browser."""
        if self._begun is not None:
            await self._begun
        await self._handler.close()

    @property
    def _session(self) -> Session:
        session: Session = self._crawler.spider.session  # type: ignore[union-attr]
        return session


def _counts(answers: Answers) -> dict[str, int]:
    """Return what one drawn page adds to the counts of its run."""
    return {"drawn": 1, "requests": answers.asked, **{f"refused.{why}": count for why, count in answers.refused.items()}}


def launch_options(path: str | None, *, is_root: bool) -> dict[str, Any]:
    """Return how the browser is started: without a way to the network, in its sandbox (which Chromium refuses to root)."""
    return {
        "executable_path": path,
        "headless": True,
        "chromium_sandbox": not is_root,
        "proxy": {"server": NOWHERE},
        "args": list(_ARGUMENTS),
        # The crawl alone hears signals; it closes the browser when it ends.
        "handle_sigint": False,
        "handle_sigterm": False,
        "handle_sighup": False,
    }


async def _answered_by(tab: Tab, _: Request, *, answers: Answers) -> None:
    # Registered after scrapy-playwright's own route, and so asked before it; it hands nothing on.
    await tab.route("**", answers)


async def _calm_down(tab: Tab, answers: Answers) -> None:
    now = time.monotonic()
    calm = Calm(asked_at=now, changed_at=now)
    # No event tells that a page has come to rest.
    while not calm.observe(time.monotonic(), await _shown(tab), pending=answers.pending, last_asked=answers.last_asked):  # noqa: ASYNC110
        await asyncio.sleep(_STEP)


async def _shown(tab: Tab) -> Shown:
    elements, characters = await tab.evaluate(_SHOWN)
    return elements, characters

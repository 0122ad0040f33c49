"""The download handler's browser: scrapy-playwright's, with the crawl's downloader for a network.

The browser gets the page as it is stored, and all else through `page.route` (`browser_answers`). Its own way to the network is
closed: a proxy where nobody listens, and no name resolves. What it has drawn is stored as a WARC `conversion` record that
refers to the page as it came, before anything reads it.
"""

from __future__ import annotations

import asyncio
import logging
import os
from dataclasses import dataclass
from datetime import datetime, UTC
from itertools import count
from typing import Any

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page as Tab
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import HtmlResponse, Response
from scrapy_playwright.handler import ScrapyPlaywrightDownloadHandler
from scrapy_playwright.page import PageMethod

from archive.model import Capture, Drawing, Finding
from crawler.browser_answers import Answer, Answers, Scripts
from crawler.browser_gate import executable
from crawler.browser_refusals import DrawingFailed, ScriptChallenge
from crawler.browser_rows import Turning
from crawler.browser_scene import Limits, Scene
from crawler.frontier import Entry
from crawler.session import Session
from crawler.states import click_on

NOWHERE = "http://127.0.0.1:9"
_ARGUMENTS = (
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-background-networking",
    "--disable-component-update",
)
_LOADS_AGAIN = "it loads itself again, or another page, when its script has run, as challenges do"
_STEPS_AT_MOST = 100
_CLOSING_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Turned:
    """A further page of a drawn list: how often it was turned over, its elements, and the capture that holds them."""

    turns: int
    html: str
    capture: Capture


class Drawer:
    """A browser of one crawl, begun when the first page needs it."""

    def __init__(self, crawler: Crawler) -> None:
        logging.getLogger("scrapy-playwright").setLevel(logging.CRITICAL)  # what failed is raised, and becomes a finding
        self._crawler = crawler
        has_sandbox = crawler.settings.getbool("BROWSER_SANDBOX") and os.geteuid() != 0  # which chromium refuses to root
        self._handler = ScrapyPlaywrightDownloadHandler(crawler)
        self._handler.config.launch_options = launch_options(executable(crawler.settings), in_sandbox=has_sandbox)
        self._scripts = Scripts(self._session)
        self._begun: asyncio.Task[None] | None = None
        self._numbers = count()
        self._seconds = crawler.settings.getfloat("BROWSER_SECONDS")

    async def draw(self, request: Request) -> Response:
        """Return a page as its scripts draw it, stored as a conversion; the further pages of a list stand in `meta["turned"]`.

        Raises DrawingFailed, ScriptChallenge, NotNeeded, UnwritableArchive.
        """
        entry: Entry = request.meta["entry"]
        answers = self._answers(entry)
        scene = self._scene(entry, answers)
        address = await self._play(request, scene, answers)
        if answers.fatal is not None:
            raise answers.fatal
        if scene.reloads:
            raise ScriptChallenge(_LOADS_AGAIN)
        return self._stored(request, scene, answers, address)

    def _answers(self, entry: Entry) -> Answers:
        assert entry.drawn_from is not None
        assert self._crawler.engine is not None
        headers, body = self._session.archive.payload_of(entry.drawn_from)
        most = self._crawler.settings.getint("BROWSER_MAX_REQUESTS")
        document = Answer(200, headers, body, entry.drawn_from)
        return Answers(self._crawler.engine, entry.url, document, most=most, scripts=self._scripts)

    def _scene(self, entry: Entry, answers: Answers) -> Scene:
        settings, family = self._crawler.settings, self._session.portal.family
        turning = Turning(entry, family=family, most_depth=settings.getint("CRAWL_MAX_DEPTH"))
        limits = Limits(self._seconds, settings.getfloat("BROWSER_QUIET"), settings.getint("BROWSER_MAX_TURNS"))
        return Scene(entry.url, answers, turning.goes_on, limits=limits)

    async def _play(self, request: Request, scene: Scene, answers: Answers) -> str:
        """Let the scene run; return the address of what it shows."""
        asked = Request(scene.first, callback=request.callback, meta={**request.meta, **self._meta(scene)})
        try:
            await self._begin()
            async with asyncio.timeout(_STEPS_AT_MOST * self._seconds):
                response = await self._handler.download_request(asked)
        except TimeoutError:
            raise DrawingFailed(f"it did not come to rest in the browser within {self._seconds:.0f} seconds") from None
        except PlaywrightError as error:
            if answers.left_for:
                raise ScriptChallenge(_LOADS_AGAIN) from error
            raise DrawingFailed(f"the browser could not draw it: {error.message.splitlines()[0]}") from error
        finally:
            await self._close_tab(asked)
        return scene.address(response.url)

    def _meta(self, scene: Scene) -> dict[str, Any]:
        return {
            "playwright": True,
            "playwright_include_page": True,
            "playwright_context": f"page {next(self._numbers)}",  # each page a browser of its own: what it shows hangs on none before
            "playwright_context_kwargs": {"user_agent": self._crawler.settings["USER_AGENT"], "service_workers": "block"},
            "playwright_page_init_callback": scene.prepare,
            "playwright_page_goto_kwargs": {"wait_until": "commit"},
            "playwright_page_methods": [PageMethod(scene.play)],
        }

    async def _begin(self) -> None:
        if self._begun is None:
            self._begun = asyncio.ensure_future(self._handler._launch())  # noqa: SLF001 - its signal is that of the engine's start
        await asyncio.shield(self._begun)

    async def _close_tab(self, asked: Request) -> None:
        tab: Tab | None = asked.meta.get("playwright_page")
        if tab is not None:
            await asyncio.wait({asyncio.ensure_future(tab.context.close())}, timeout=_CLOSING_SECONDS)

    def _stored(self, request: Request, scene: Scene, answers: Answers, address: str) -> Response:
        first, *further = scene.shown
        request.meta["capture"] = self._keep(request, address, first, answers)
        request.meta["turned"] = tuple(
            Turned(turns, html, self._keep(request, click_on(address, "", turns=turns), html, answers))
            for turns, html in enumerate(further, 1)
        )
        request.meta["leads_to"] = scene.leads_to
        if scene.is_cut:
            says = f"The list {address} has more pages than the {len(scene.shown)} that were turned over (BROWSER_MAX_TURNS)."
            self._session.note(Finding(kind="list_cut", says=says, url=address, capture=request.meta["capture"].id))
        self._session.tally.browser.update(_counts(scene, answers))
        headers = {"Content-Type": "text/html; charset=utf-8"}
        return HtmlResponse(address, headers=headers, body=first.encode(), encoding="utf-8", request=request)

    def _keep(self, request: Request, address: str, html: str, answers: Answers) -> Capture:
        entry: Entry = request.meta["entry"]
        assert entry.drawn_from is not None
        drawing = Drawing(
            of=entry.drawn_from,
            url=address,
            payload=html.encode(),
            drawn_at=datetime.now(UTC),
            software=f"Chromium {self._handler.browser.version}",
            used=tuple(dict.fromkeys(answers.used)),
            refused=dict(answers.refused),
            robots=request.meta.get("robots", "not-asked"),
        )
        return self._session.run.record_drawing(drawing)

    async def close(self) -> None:
        """End the browser."""
        if self._begun is not None:
            await asyncio.wait({self._begun})
        await self._handler.close()

    @property
    def _session(self) -> Session:
        session: Session = self._crawler.spider.session  # type: ignore[union-attr]
        return session


def _counts(scene: Scene, answers: Answers) -> dict[str, int]:
    """Return what one drawn page adds to the counts of its run."""
    refused = {f"refused.{why}": count for why, count in answers.refused.items()}
    return {"drawn": len(scene.shown), "requests": answers.asked, **refused}


def launch_options(path: str | None, *, in_sandbox: bool) -> dict[str, Any]:
    """Return how the browser is started: without a way to the network."""
    return {
        "executable_path": path,
        "headless": True,
        "chromium_sandbox": in_sandbox,
        "proxy": {"server": NOWHERE},
        "args": list(_ARGUMENTS),
        # The crawl alone hears signals; it closes the browser when it ends.
        "handle_sigint": False,
        "handle_sigterm": False,
        "handle_sighup": False,
    }

"""One page in the browser: it comes to rest, is turned over and clicked on as its address says, and what it shows is taken down."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from playwright.async_api import Page as Tab
from scrapy import Request

from crawler.browser_answers import Answers
from crawler.browser_calm import Calm, Shown
from crawler.browser_refusals import DrawingFailed, NotNeeded
from crawler.states import clicked
from crawler.urls import staged

_STEP = 0.1
_SHOWN = "() => [document.getElementsByTagName('*').length, document.documentElement.textContent.length]"
_NO_WINDOWS = """
window.__opened = null;
window.open = address => { window.__opened = String(new URL(address || '', document.baseURI)); return null; };
const opens = link => link && link.href && link.target && !/^_(self|top|parent)$/i.test(link.target);
HTMLAnchorElement.prototype.click = function () {
  if (opens(this)) { window.__opened = this.href; } else { HTMLElement.prototype.click.call(this); }
};
document.addEventListener('click', event => {
  const link = event.target.closest && event.target.closest('a[href]');
  if (opens(link)) { window.__opened = link.href; event.preventDefault(); }
}, true);
"""
_TURN = r"""() => {
  const said = one => (one.textContent || '').replace(/\s/g, '');
  const off = one => one.closest('[disabled], [aria-disabled="true"], [class~="disabled"], [class*="-disabled"]') !== null;
  const leads = one => { const link = one.closest('a[href]'); return link && !/^(#|javascript:|$)/.test(link.getAttribute('href')); };
  const named = one => /^\[?(下一?页|后一?页|next|›|>|»)\]?$/i.test(said(one));
  const styled = one => /(^|[-_ ])next($|[-_ ])/.test(one.getAttribute('class') || '') && said(one).length < 4;
  const all = [...document.querySelectorAll('a, button, li, span, div, i')].filter(one => !off(one) && !leads(one));
  const found = all.filter(named).pop() || all.filter(styled).shift();
  if (found) found.click();
  return Boolean(found);
}"""
_CLICK = r"""text => {
  const said = one => (one.textContent || '').replace(/[\s\u200b\ufeff]+/g, '');
  const found = [...document.body.querySelectorAll('*')].filter(one => said(one) === text).pop();
  if (found) found.click();
  return Boolean(found);
}"""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one page may cost: seconds a step, seconds of quiet that end it, pages of a list."""

    seconds: float
    quiet: float
    turns: int


class Scene:
    """What is done with one page, and what it showed. `goes_on` says of a page's elements whether its list is to be turned over."""

    def __init__(self, address: str, answers: Answers, goes_on: Callable[[str], bool], *, limits: Limits) -> None:
        """Take the page's address, of which the state tells what to click on; the limits are the settings'."""
        self._address = address
        self._answers = answers
        self._goes_on = goes_on
        self._limits = limits
        self.shown: list[str] = []
        """The page's elements as HTML, and those of the further pages of its list."""
        self.reloads = False
        """Whether the page loaded itself again before it came to rest."""
        self.leads_to: str | None = None
        """The address to which a click leads, where that is another document."""
        self.is_cut = False
        """Whether a list has more pages than were turned over."""

    @property
    def first(self) -> str:
        """The address that the browser opens: the document, in the state that its own route names."""
        return clicked(self._address)[0]

    async def prepare(self, tab: Tab, _: Request) -> None:
        """Make a tab, and the windows that it opens, ask us for everything. Registered after scrapy-playwright's route, ours comes before it."""
        await tab.add_init_script(_NO_WINDOWS)
        await tab.context.route("**", self._answers)
        await tab.route("**", self._answers)

    async def play(self, tab: Tab) -> None:
        """Wait, turn over, click; take down what is shown. Raises NotNeeded where a click shows nothing new, TimeoutError."""
        await self._step(self._rest(tab))
        self.reloads = self._answers.reloads
        for turns, text in clicked(self._address)[1]:
            for _ in range(turns):
                await self._step(self._turn(tab))
            if text and self.leads_to is None:
                await self._step(self._click(tab, text))
        self.shown.append(await tab.content())
        while self._goes_on(self.shown[-1]) and await self._step(self._turn(tab)):
            self.is_cut = len(self.shown) >= self._limits.turns
            if self.is_cut:
                return
            self.shown.append(await tab.content())

    async def _step(self, action: Coroutine[Any, Any, bool | None]) -> bool | None:
        self._answers.begin_step()
        async with asyncio.timeout(self._limits.seconds):
            return await action

    def address(self, tab_url: str) -> str:
        """Return the address of what is shown: with the route where a click gave the application another, else as it was asked for."""
        route = staged(tab_url)[1]
        is_moved = bool(route) and self.leads_to is None and route != staged(self.first)[1]
        return tab_url if is_moved and clicked(self._address)[1] else self._address

    async def _turn(self, tab: Tab) -> bool:
        is_turned = bool(await tab.evaluate(_TURN))
        await self._rest(tab)
        return is_turned

    async def _click(self, tab: Tab, text: str) -> None:
        before, left = await tab.content(), len(self._answers.left_for)
        while not await tab.evaluate(_CLICK, text):
            if not self._goes_on(await tab.content()) or not await self._turn(tab):
                raise DrawingFailed(f"it shows no {text} any more")
        await self._rest(tab)
        opened: str | None = await tab.evaluate("() => window.__opened")
        self.leads_to = opened or next(iter(self._answers.left_for[left:]), None)
        if self.leads_to is None and await tab.content() == before:
            raise NotNeeded(f"A click on {text} shows nothing at {self._address}.")

    async def _rest(self, tab: Tab) -> None:
        now = time.monotonic()
        calm, answers = Calm(asked_at=now, changed_at=now, quiet=self._limits.quiet), self._answers
        # No event tells that a page has come to rest.
        while not calm.observe(time.monotonic(), await _shown(tab), pending=answers.pending, last_asked=answers.last_asked):  # noqa: ASYNC110
            await asyncio.sleep(_STEP)


async def _shown(tab: Tab) -> Shown:
    elements, characters = await tab.evaluate(_SHOWN)
    return elements, characters

"""Why a page that is for a browser was not drawn."""

from __future__ import annotations

from scrapy.exceptions import IgnoreRequest


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

"""The end of a crawl: known reports that its own ways did not lead to, and the proof that a host that sends reports away means them."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urljoin

from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from archive.clock import now
from archive.errors import UnwritableArchive
from archive.model import Finding
from crawler.frontier import Entry
from crawler.known import asked_in
from crawler.links import REPORT
from crawler.plan import unlisted
from crawler.session import Session
from crawler.urls import host_of, identity


class SecondLook:
    """What is asked for when nothing else is left."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def entries(self) -> tuple[Entry, ...]:
        """Return the known reports that this crawl has not met, for hosts that give pages or were not asked; count apart what they give.

        Where nothing gave a page the portal is down, and tells nothing of its reports; where the budget is spent its ways were not at
        their end: the crawl that takes this one up asks.
        """
        session = self._session
        if not session.known or not session.refusals.has_given() or session.tally.out_of_budget:
            return ()
        session.archive.catalog.catch_up()
        asked = asked_in(session.archive, (session.run.id, *session.taken_up))
        session.tally.listed = len(session.tally.stored)
        return tuple(one for one in unlisted(session.known, asked, now()) if self._may_give(host_of(one.url)))

    def _may_give(self, host: str) -> bool:
        is_silent = host in self._session.heard and not self._session.refusals.has_given(host)
        return not is_silent and host not in self._session.frontier.blocked_hosts

    def proofs(self) -> Iterator[Request]:
        """Yield for each host that sent known reports to a list or the home a request for a report that it gave in this crawl.

        A host that was asked too quickly sends that one away as well.
        """
        for host in sorted(self._session.sent_away):
            given = (one.url for one in reversed(self._session.tally.stored) if host_of(one.url) == host)
            if (url := next(given, None)) is not None:
                meta = {"entry": Entry(url=url, score=REPORT), "key": identity(url), "dont_redirect": True}
                yield Request(url, meta=meta, callback=self.proved, errback=self.unproved)

    def proved(self, response: Response) -> None:
        """Where a report that was there is sent away now, take back what the host's redirects said: they are a block."""
        location = response.headers.get("Location")
        session, host = self._session, host_of(response.url)
        if location is None or not session.is_entrance(identity(urljoin(response.url, location.decode("latin-1")))):
            return
        for capture in (response.meta["capture"], *session.sent_away[host]):
            session.run.visited(capture, links=(), page_kind="blocked:softblock")
        says = f"{host} sends reports away that it gave before ({response.url}): what it sent elsewhere is not taken for gone."
        session.note(Finding(kind="blocked:softblock", says=says, url=response.url, capture=response.meta["capture"].id))

    def unproved(self, failure: Failure) -> None:
        """Without an answer nothing is proved; an archive that can't be written stops the crawl."""
        if isinstance(failure.value, UnwritableArchive):
            self._session.tally.fatal = str(failure.value)

"""`python -m scrapy crawl annual_reports -a portal=<id or URL>`: Scrapy's crawl, with one sentence for a mistake and an exit status.

0 fine · 1 failed or stopped · 2 misuse · 3 nothing found · 4 blocked · 5 this portal is being crawled already.
"""

from __future__ import annotations

import argparse
import sys

from scrapy.commands import BaseRunSpiderCommand
from scrapy.exceptions import UsageError

from archive.errors import GongkaiError
from crawler.session import EXIT_STATUS, open_session, Session
from crawler.summary import summary

_ARGUMENTS = frozenset(("portal",))


class Command(BaseRunSpiderCommand):
    """Crawls one portal."""

    requires_project = True

    def syntax(self) -> str:
        """Return the arguments, for the help."""
        return "annual_reports -a portal=<id or URL>"

    def short_desc(self) -> str:
        """Return the line for the list of commands."""
        return "Find a portal's annual reports and archive them"

    def long_desc(self) -> str:
        """Return the description for the help."""
        return f"{self.short_desc()}. {' '.join((__doc__ or '').split()[-28:])}"

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Check the arguments, crawl, print the summary, and set the exit status."""
        named = portal_argument(args, opts.spargs)
        try:
            assert self.settings is not None
            session = open_session(self.settings, named)
        except GongkaiError as error:
            print(f"crawl: {error}", file=sys.stderr)
            self.exitcode = error.exit_status
            return
        try:
            self._crawl(args[0], session)
        except GongkaiError as error:
            print(f"crawl: {error}", file=sys.stderr)
            self.exitcode = error.exit_status

    def _crawl(self, spider: str, session: Session) -> None:
        assert self.settings is not None
        for repair in session.archive.repairs:
            print(repair, file=sys.stderr)
        if session.frontier.resumed:
            print(f"Taking up the interrupted crawl of {session.portal.name}.", file=sys.stderr)
        if not self.settings["CONTACT"] and not self.settings.getbool("ALLOW_LOOPBACK"):
            print("No CONTACT is set: give webmasters an address with -s CONTACT=…", file=sys.stderr)
        assert self.crawler_process is not None
        with session.run:
            crawler = self._create_crawler(spider)
            self.crawler_process.crawl(crawler, session=session)
            self.crawler_process.start()
            count_ends(session, crawler.stats, failed=self.crawler_process.bootstrap_failed)
            outcome = session.close()
        for line in summary(session, outcome):
            print(line)
        self.exitcode = EXIT_STATUS[outcome]


def portal_argument(args: list[str], spargs: dict[str, str]) -> str:
    """Return the portal asked for; raises UsageError (exit status 2) with the one thing that is wrong."""
    if len(args) != 1:
        raise UsageError(f"crawl takes one spider, not {len(args)}; try: crawl annual_reports -a portal=<id or URL>")
    if args[0] != "annual_reports":
        raise UsageError(f"There is no spider {args[0]!r}; there is annual_reports.")
    unknown = sorted(set(spargs) - _ARGUMENTS)
    if unknown:
        raise UsageError(f"annual_reports takes no argument {unknown[0]!r}; it takes -a portal=<id or URL>.")
    if not spargs.get("portal"):
        raise UsageError("annual_reports needs -a portal=<id of crawler/portals.toml, or URL>.")
    return spargs["portal"]


def count_ends(session: Session, stats: object, *, failed: bool) -> None:
    """Take over from Scrapy how the crawl ended: by a signal, or before it began."""
    get = getattr(stats, "get_value")  # noqa: B009 - typed as Any by Scrapy
    session.tally.stopped = get("finish_reason") == "shutdown"
    session.tally.errors += int(failed)

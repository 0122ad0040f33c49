"""`python -m scrapy crawl annual_reports | revisit`: Scrapy's crawl, with one sentence for a mistake and an exit status."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass
from pathlib import Path

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError
from scrapy.utils.conf import arglist_to_dict

from archive.clock import now
from archive.errors import GongkaiError
from archive.store import Archive
from crawler.commands.mistakes import one_sentence, refuse_unknown_options, refuse_wrong_settings
from crawler.plan import plan
from crawler.portals import find_portal
from crawler.rounds import portals_to_visit, Round, visit_each
from crawler.session import open_session, registered, Session
from crawler.summary import facts, summary
from crawler.tally import EXIT_STATUS

_ARGUMENTS = {"annual_reports": ("portal",), "revisit": ("portal", "due")}
_STATUSES = "0 fine; 1 failed or stopped; 2 misuse; 3 nothing found; 4 blocked; 5 this portal is being crawled already"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a command line asks for; `portal` is None for all portals of a revisit."""

    spider: str
    portal: str | None
    due_only: bool = False
    dry_run: bool = False


class Command(ScrapyCommand):
    """Crawls one portal, or looks again at one or all. Scrapy's -o is not among its options: the archive is what a crawl writes."""

    requires_project = True

    def syntax(self) -> str:
        """Return the arguments, for the help."""
        return "annual_reports -a portal=<id or URL> | revisit [-a portal=<id or URL>] [--due] [--dry-run]"

    def short_desc(self) -> str:
        """Return the line for the list of commands."""
        return "Find a portal's annual reports, or look again at the known ones, and archive them"

    def long_desc(self) -> str:
        """Return the description for the help."""
        return f"{self.short_desc()}. Exit status: {_STATUSES}."

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add the options of a crawl and of a revisit to Scrapy's."""
        super().add_options(parser)
        one_sentence(parser, "crawl")
        says = "portal=ID (of the registry) or portal=URL"
        parser.add_argument("-a", dest="spargs", action="append", default=[], metavar="NAME=VALUE", help=says)
        parser.add_argument("--due", action="store_true", help="revisit: only what is due by its age and the season")
        parser.add_argument(
            "--dry-run", action="store_true", help="revisit: print what would be asked for, and ask for nothing"
        )
        shape = parser.add_mutually_exclusive_group()
        shape.add_argument("--quiet", action="store_true", help="print nothing but errors")
        shape.add_argument("--json", action="store_true", help="print the summary as one JSON line")

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Take the settings and the spider's arguments; raises UsageError for one that is wrong."""
        super().process_options(args, opts)
        assert self.settings is not None
        refuse_wrong_settings(self.settings)
        try:
            opts.spargs = arglist_to_dict(opts.spargs)
        except ValueError:
            raise UsageError(f"-a takes NAME=VALUE, not {next(one for one in opts.spargs if '=' not in one)!r}") from None

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Check the arguments, crawl, print the summary, and set the exit status."""
        asked = asked_for(args, opts.spargs, due=opts.due, dry_run=opts.dry_run)
        self.quiet, self.as_json = opts.quiet, opts.json
        assert self.settings is not None
        if opts.quiet or opts.json:
            self.settings.set("LIVE_VIEW", value=False, priority="cmdline")
        try:
            self.exitcode = self._run(asked)
        except GongkaiError as error:
            print(f"crawl: {error}", file=sys.stderr)
            self.exitcode = error.exit_status

    def _run(self, asked: Asked) -> int:
        assert self.settings is not None
        if asked.dry_run:
            return self._dry_run(asked)
        if asked.portal is None:
            return visit_each(self._round(asked), ["crawl", *sys.argv[1:]], self.settings.getfloat("CRAWL_MAX_SECONDS"))
        is_revisit = asked.spider == "revisit"
        return self._crawl(asked.spider, open_session(self.settings, asked.portal, revisit=is_revisit, due_only=asked.due_only))

    def _round(self, asked: Asked) -> Round:
        assert self.settings is not None
        archive = Archive.open_existing(Path(self.settings["ARCHIVE_ROOT"]))
        names = [asked.portal] if asked.portal else portals_to_visit(archive, registered(self.settings))
        known = registered(self.settings)
        plans = {name: plan(archive, find_portal(name, known).id, now=now(), due_only=asked.due_only) for name in names}
        archive.close()
        return plans

    def _dry_run(self, asked: Asked) -> int:
        for name, planned in self._round(asked).items():
            for entry in planned.entries:
                print(f"{name}\t{entry.url}\t{', '.join(entry.reasons)}")
        return 0

    def _crawl(self, spider: str, session: Session) -> int:
        assert self.settings is not None
        for repair in session.archive.repairs:
            print(repair, file=sys.stderr)
        if session.frontier.resumed:
            print(f"Taking up the interrupted crawl of {session.portal.name}.", file=sys.stderr)
        if not self.settings["CONTACT"] and not self.settings.getbool("ALLOW_LOOPBACK"):
            print("No CONTACT is set: give webmasters an address with -s CONTACT=…", file=sys.stderr)
        assert self.crawler_process is not None
        with session.run:
            crawler = self.crawler_process.create_crawler(spider)
            self.crawler_process.crawl(crawler, session=session)
            self.crawler_process.start()
            count_ends(session, crawler.stats, failed=self.crawler_process.bootstrap_failed)
            outcome = session.close()
        self._say(session, outcome)
        return EXIT_STATUS[outcome]

    def _say(self, session: Session, outcome: str) -> None:
        if self.as_json:
            print(json.dumps(facts(session, outcome), ensure_ascii=False))
        elif not self.quiet:
            print("\n".join(summary(session, outcome)))


def asked_for(args: list[str], spargs: dict[str, str], *, due: bool = False, dry_run: bool = False) -> Asked:
    """Return what is asked for; raises UsageError (exit status 2) with the one thing that is wrong."""
    refuse_unknown_options(args, "crawl")
    if len(args) != 1:
        raise UsageError(f"give one spider, not {len(args)}; try: crawl annual_reports -a portal=<id or URL>")
    spider = args[0]
    if spider not in _ARGUMENTS:
        raise UsageError(f"there is no spider {spider!r}; there are {' and '.join(_ARGUMENTS)}.")
    unknown = sorted(set(spargs) - set(_ARGUMENTS[spider]))
    if unknown:
        raise UsageError(f"{spider} takes no argument {unknown[0]!r}; it takes -a portal=<id or URL>.")
    if spider == "annual_reports" and not spargs.get("portal"):
        raise UsageError("annual_reports needs -a portal=<id of crawler/portals.toml, or URL>.")
    if spider == "annual_reports" and (due or dry_run):
        raise UsageError("--due and --dry-run are options of revisit.")
    if spargs.get("due", "0") not in {"0", "1"}:
        raise UsageError(f"-a due takes 0 or 1, not {spargs['due']!r}.")
    return Asked(spider, spargs.get("portal"), due_only=due or spargs.get("due") == "1", dry_run=dry_run)


def count_ends(session: Session, stats: object, *, failed: bool) -> None:
    """Take over from Scrapy how the crawl ended: by a signal, or before it began."""
    get = getattr(stats, "get_value")  # noqa: B009 - typed as Any by Scrapy
    session.tally.stopped = get("finish_reason") == "shutdown"
    session.tally.errors += int(failed)

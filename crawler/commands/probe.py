"""`python -m scrapy probe URL`: what is this portal? Prints what a short, polite look at it saw, and a row for the registry."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from archive.errors import GongkaiError
from archive.store import MARKER
from crawler.commands.mistakes import one_sentence, refuse_unknown_options, refuse_wrong_settings
from crawler.probing import Probed, registry_row, sentences
from crawler.session import open_session, Session
from crawler.spiders.probe import Probe
from crawler.tally import EXIT_STATUS

_MOST_PAGES = 30


class Command(ScrapyCommand):
    """Looks at a portal, and leaves nothing in the archive."""

    requires_project = True

    def syntax(self) -> str:
        """Return the arguments, for the help."""
        return "<URL>"

    def short_desc(self) -> str:
        """Return the line for the list of commands."""
        return "Say what a portal is: family, column, pager, robots, blocks; print its registry row"

    def long_desc(self) -> str:
        """Return the description for the help."""
        return (
            f"{self.short_desc()}. Asks for {_MOST_PAGES} pages at most (-s CRAWL_MAX_PAGES=…), keeps them no longer than it runs, and"
            " takes its turns at a host among those of the archive's crawls. The row goes to stdout, what was seen to stderr. Exit status: as that of crawl."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Take Scrapy's options."""
        super().add_options(parser)
        one_sentence(parser, "probe")

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Take the settings; raises UsageError for one that is wrong."""
        super().process_options(args, opts)
        assert self.settings is not None
        refuse_wrong_settings(self.settings)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:  # noqa: ARG002 - Scrapy's signature
        """Probe the portal and print what was seen."""
        refuse_unknown_options(args, "probe")
        if len(args) != 1:
            raise UsageError(f"give one URL (or id of the registry), not {len(args)}; try: probe http://www.example.gov.cn/")
        assert self.settings is not None
        if self.settings.getpriority("CRAWL_MAX_PAGES") != 40:
            self.settings.set("CRAWL_MAX_PAGES", _MOST_PAGES, priority="cmdline")
        root = Path(self.settings["ARCHIVE_ROOT"])
        # Crawls of the archive may be at the same host: a probe waits its turn among them.
        shared = root if (root / MARKER).is_file() else None
        with TemporaryDirectory(prefix="gongkai-probe-") as folder:
            self.settings.set("ARCHIVE_ROOT", str(Path(folder) / "data"), priority="cmdline")
            try:
                self.exitcode = self._probe(open_session(self.settings, args[0], budget_of=shared))
            except GongkaiError as error:
                print(f"probe: {error}", file=sys.stderr)
                self.exitcode = error.exit_status

    def _probe(self, session: Session) -> int:
        assert self.crawler_process is not None
        with session.run:
            crawler = self.crawler_process.create_crawler("probe")
            self.crawler_process.crawl(crawler, session=session)
            self.crawler_process.start()
            outcome = session.close()
        spider = cast("Probe", crawler.spider)
        probed = probed_of(session, spider)
        for line in sentences(probed):
            print(line, file=sys.stderr)
        print(registry_row(probed))
        return EXIT_STATUS[outcome]


def probed_of(session: Session, spider: Probe) -> Probed:
    """Return what a probe saw, from its spider and its session."""
    robots = session.archive.catalog.rows("SELECT DISTINCT robots FROM captures WHERE robots <> 'not-asked' ORDER BY robots")
    agencies = [one.report.agency for one in session.tally.stored]
    return Probed(
        id=session.portal.id,
        home=session.portal.home,
        title=spider.title if session.portal.name == session.portal.id else session.portal.name,
        pages=spider.seen,
        robots=tuple(row["robots"] for row in robots),
        findings=tuple((finding.kind, finding.says) for finding in session.tally.findings),
        reports=session.tally.reports,
        divisions=tuple(agency.division for agency in agencies if agency and agency.division),
    )

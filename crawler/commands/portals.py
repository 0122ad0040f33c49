"""`python -m scrapy portals`: the registry, with each portal's last run and how it went."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from archive.errors import GongkaiError
from archive.model import Portal
from archive.store import Archive, MARKER
from crawler.commands.mistakes import one_sentence, refuse_unknown_options
from crawler.session import registered
from crawler.summary import width

_LAST_RUNS = """
SELECT portal, max(id) AS id, coalesce(ended_at, started_at) AS at, coalesce(outcome, 'running') AS outcome,
       coalesce(json_extract(counts, '$.reports'), 0) AS reports
FROM runs WHERE portal IS NOT NULL AND kind IN ('crawl', 'revisit') GROUP BY portal
"""
_COLUMNS = ("portal", "division", "state", "last_run", "reports", "name", "home")


class Command(ScrapyCommand):
    """Lists portals."""

    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        """Return the arguments, for the help."""
        return "[--json]"

    def short_desc(self) -> str:
        """Return the line for the list of commands."""
        return "List the registry's portals with their last run and how it went"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add --json to Scrapy's options."""
        super().add_options(parser)
        one_sentence(parser, "portals")
        parser.add_argument("--json", action="store_true", help="print a JSON array")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Print the list; a wrong registry is one sentence and exit status 2."""
        refuse_unknown_options(args, "portals")
        if args:
            raise UsageError(f"there is nothing to name, but {args[0]!r} was given; try: portals --json")
        assert self.settings is not None
        try:
            runs = last_runs(Path(self.settings["ARCHIVE_ROOT"]))
            rows = [row_of(portal, runs.get(portal.id)) for portal in registered(self.settings).values()]
        except GongkaiError as error:
            print(f"portals: {error}", file=sys.stderr)
            self.exitcode = error.exit_status
            return
        print(json.dumps(rows, ensure_ascii=False, indent=1) if opts.json else "\n".join(lines(rows)))


def last_runs(root: Path) -> dict[str, dict[str, Any]]:
    """Return the last crawl or revisit of each portal; none where there is no archive."""
    if not (root / MARKER).is_file():
        return {}
    archive = Archive.open_existing(root)
    runs = {row["portal"]: row for row in archive.catalog.rows(_LAST_RUNS)}
    archive.close()
    return runs


def row_of(portal: Portal, run: dict[str, Any] | None) -> dict[str, Any]:
    """Return a portal's row: `state` is paused, never (not crawled yet), or the outcome of its last run."""
    state = run["outcome"] if run else "never"
    return {
        "portal": portal.id,
        "division": portal.division,
        "state": "paused" if portal.paused else state,
        "last_run": run["at"] if run else None,
        "reports": run["reports"] if run else None,
        "name": portal.name,
        "home": portal.home,
        "verified": portal.verified,
    }


def lines(rows: list[dict[str, Any]]) -> list[str]:
    """Return the rows as aligned lines under their headings."""
    table = [_COLUMNS, *([_shown(row[name]) for name in _COLUMNS] for row in rows)]
    widths = [max(width(str(line[at])) for line in table) for at in range(len(_COLUMNS))]
    pad = [[f"{text}{' ' * (wide - width(text))}" for text, wide in zip(line, widths, strict=True)] for line in table]
    return ["  ".join(line).rstrip() for line in pad]


def _shown(value: Any) -> str:
    return "-" if value is None else str(value)[:19] if str(value)[10:11] == "T" else str(value)

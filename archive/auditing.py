"""The commands for who judges what reports say: `checks`, `decide`, `findings`."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

import click

from archive.audit import Asked, check_rows, finding_rows
from archive.codec import Json
from archive.decisions import decision_facts, DECISIONS, find
from archive.door import with_archive, with_filters
from archive.listing import listing
from archive.records import Filters
from archive.store import Archive


@click.command()
@with_archive
@with_filters
@click.option("--rule", default="", help="Only checks whose id begins with this: cross_year, prose, applications.balance ….")
@click.option("--failed", is_flag=True, help="Only checks that fail.")
@click.option("--undecided", is_flag=True, help="Only checks that nobody has confirmed or dismissed.")
@click.option("--all", "whole", is_flag=True, help="Also checks that hold.")
@listing(
    "fingerprint", "agency", "report_year", "check", "verdict", "severity", "left", "right", "says", "evidence", "decision"
)
def checks(
    archive: Archive, *, filters: Filters, rule: str, failed: bool, undecided: bool, whole: bool, as_json: bool
) -> Iterator[Json]:
    """List the checks (勾稽校验) of current reports that fail or can't be assessed.

    Each report is checked in itself, against the same organ's report for the year before, and against the organs below it.

    Example: python -m archive checks --failed --year 2024 --rule cross_year --csv
    """
    del as_json
    asked = Asked(filters=filters, rule=rule, failed=failed, undecided=undecided, whole=whole)
    yield from check_rows(archive, asked)


@click.command()
@with_archive
@click.argument("fingerprint")
@click.option("--verdict", required=True, type=click.Choice(DECISIONS), help="Is it so, or is there nothing to it?")
@click.option("--note", default="", help="Why.")
def decide(archive: Archive, fingerprint: str, *, verdict: str, note: str) -> None:
    """Decide on a check or finding for good, by the FINGERPRINT that `checks` and `findings` show.

    The decision is a fact of the journal: it outlives re-runs and rebuilds. Where the report's numbers change it is outdated.

    Example: python -m archive decide 0123456789abcdef --verdict dismissed --note '机构合并'
    """
    rows = chain(finding_rows(archive.catalog, kind=None), check_rows(archive, Asked(filters=Filters(), whole=True)))
    row = find(rows, fingerprint)
    with archive.start_run("decide") as run:
        run.adopt("decision", **decision_facts(row, verdict, note))
    click.echo(f"{fingerprint}: {verdict}: {row['says']}", err=True)


@click.command()
@with_archive
@click.option("--kind", help="Only findings of this kind.")
@listing("fingerprint", "at", "kind", "says", "url", "capture", "decision")
def findings(archive: Archive, *, kind: str | None, as_json: bool) -> Iterator[Json]:
    """List what a person should see: unreadable, refused, blocked, without identity.

    Example: python -m archive findings --kind no_identity
    """
    del as_json
    yield from finding_rows(archive.catalog, kind=kind)


COMMANDS = (checks, decide, findings)
"""What `archive.cli` adds to its own."""

"""The commands for who judges what reports say: `attribute`, `checks`, `decide`, `findings`."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

import click

from archive.attributions import attribution_facts
from archive.audit import Asked, check_rows, finding_rows
from archive.codec import Json
from archive.decisions import decision_facts, DECISIONS, find
from archive.door import with_archive, with_filters
from archive.listing import listing
from archive.records import Filters, find_record
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
@click.argument("name")
@click.option("--agency", help="Whose report it is: the whole name, with its county or city.")
@click.option("--year", type=click.IntRange(2000, 2100), help="The year that it reports on.")
@click.option("--note", default="", help="How you know.")
@click.option("--withdraw", is_flag=True, help="Take back what was said.")
def attribute(archive: Archive, name: str, *, agency: str | None, year: int | None, note: str, withdraw: bool) -> None:
    """Say whose report NAME (a URL, capture or document) is, and of which year, where it does not say so itself.

    It then counts as that agency's, with its versions and changes, wherever the same content is seen. A fact of the journal: it outlives
    re-runs and rebuilds.

    Example: python -m archive attribute https://www.example.gov.cn/1.html --agency 某县教育局 --year 2023 --note 'asked by telephone'
    """
    row = find_record(archive, name)
    document = archive.catalog.one("SELECT * FROM documents WHERE sha256 = ?", [row["document"]])
    facts = attribution_facts(
        {**(document or {}), "url": row["url"], "capture": row["capture"]}, agency, year, withdraw=withdraw
    )
    identity = facts.pop("identity")
    with archive.start_run("attribute") as run:
        run.adopt("attribution", **facts, note=note)
    click.echo(f"{row['url']}: {identity or 'nobody says whose it is any more'}", err=True)


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


COMMANDS = (attribute, checks, decide, findings)
"""What `archive.cli` adds to its own."""

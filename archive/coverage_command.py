"""The command that says who has published and who has not: `coverage`."""

from __future__ import annotations

from collections.abc import Iterator

import click

from archive.clock import now
from archive.codec import Json
from archive.coverage import Asked, coverage, STATES, summary, summary_lines, years_of
from archive.coverage_due import last_due_year, today_there
from archive.coverage_organs import LEVELS
from archive.door import with_archive
from archive.listing import listing
from archive.store import Archive


def _years(_: click.Context, __: click.Parameter, text: str | None) -> tuple[int, ...]:
    try:
        return years_of(text) if text else ()
    except ValueError as reason:
        raise click.BadParameter(f"{text!r} is no report year: 2024, or 2019-2024") from reason


def _region(_: click.Context, __: click.Parameter, text: str) -> str:
    if text and not (text.isdigit() and text.isascii() and len(text) <= 6):
        raise click.BadParameter(f"{text!r} is no division code or its beginning: 51, 5108, 510822")
    return text


@click.command("coverage")
@with_archive
@click.option("--agency", help="Only agencies whose name contains this.")
@click.option("--region", default="", callback=_region, help="Only divisions whose code begins with this (51, 5108, 510822).")
@click.option("--level", type=click.Choice(LEVELS), help="Only agencies of this level.")
@click.option("--year", "years", callback=_years, help="The report year, or years (2019-2024); the last one due by default.")
@click.option("--state", "states", multiple=True, type=click.Choice(STATES), help="Only this state; may be repeated.")
@listing("agency", "report_year", "state", "due", "published_on", "days_late", "expected", "says", "url")
def coverage_(
    archive: Archive,
    *,
    agency: str | None,
    region: str,
    level: str | None,
    years: tuple[int, ...],
    states: tuple[str, ...],
    as_json: bool,
) -> Iterator[Json]:
    """List which agency has published its report for a year, and which has not: an agency and year a row, with the proof.

    An agency is expected by its reports for other years, a government or township by the lists of divisions. not_found is said only
    where its portal was crawled whole after the deadline; what is less certain is unknown. Counts go to stderr.

    Example: python -m archive coverage --region 510822 --year 2024 --state not_found
    """
    del as_json
    today = today_there(now())
    asked = Asked(years=years or (last_due_year(today),), today=today, region=region, level=level, agency=agency, states=states)
    rows = []
    for row in coverage(archive.catalog, asked):
        rows.append(row)
        yield row
    for line in summary_lines(summary(rows)):
        click.echo(line, err=True)


COMMANDS = (coverage_,)
"""What `archive.cli` adds to its own."""

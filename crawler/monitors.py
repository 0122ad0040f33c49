"""What should make an operator look: silent gaps that no error shows. Pure; the session asks at the end of each run.

Departments publish by 31 January and governments by 31 March for the year before (Regulations on Open Government
Information 2019, §49 and §50).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from statistics import median

from archive.model import Finding

Counts = Mapping[str, int]

_MOST_BLOCKED = 0.2
_MOST_COST = 3.0
_FEW = 0.5
_FEWEST_PAGES = 20


def alarms(now: Counts, before: Sequence[Counts], *, portal: str) -> Iterator[Finding]:
    """Yield findings on a finished crawl by its counts and those of the portal's finished crawls before it."""
    pages, reports = pages_of(now), now.get("reports", 0)
    usual = median(counts.get("reports", 0) for counts in before) if before else 0
    if usual and not reports:
        yield _alarm("no-reports", f"{portal} gave no report, where its crawls usually give {usual:g}.")
    elif reports < usual * _FEW:
        yield _alarm("few-reports", f"{portal} gave {reports} reports, where its crawls usually give {usual:g}.")
    costs = [pages_of(counts) / counts["reports"] for counts in before if counts.get("reports")]
    if costs and reports and pages >= _FEWEST_PAGES and pages / reports > _MOST_COST * median(costs):
        yield _alarm("cost", f"{portal} took {pages / reports:.1f} pages a report, where it usually takes {median(costs):.1f}.")
    blocked = sum(count for name, count in now.items() if name.startswith("pages.blocked"))
    if reports and blocked > pages * _MOST_BLOCKED:  # a crawl that got nothing ends as blocked anyway
        yield _alarm("blocked", f"{portal} answered {blocked} of {pages} pages with a block.")


def overdue(years: Mapping[int, int], today: date, *, portal: str) -> Iterator[Finding]:
    """Yield a finding where last year's reports are due but not there. `years` counts the archive's reports by report year.

    From February on some must be there, from April on at least half as many as of the year before it.
    """
    due, usual = years.get(today.year - 1, 0), years.get(today.year - 2, 0)
    if not usual or today.month < 2:
        return
    if not due:
        yield _alarm(
            "overdue", f"{portal} has published no report for {today.year - 1}; for {today.year - 2} there are {usual}."
        )
    elif today.month >= 4 and due < usual * _FEW:
        says = f"{portal} has published {due} reports for {today.year - 1}; for {today.year - 2} there are {usual}."
        yield _alarm("overdue", says)


def pages_of(counts: Counts) -> int:
    """Return how many pages a run has read."""
    return sum(count for name, count in counts.items() if name.startswith("pages."))


def _alarm(kind: str, says: str) -> Finding:
    return Finding(kind=f"monitor:{kind}", says=says)

"""The first page: what is in the archive, what changed lately, what is new, and what a person should look at."""

from __future__ import annotations

from archive.feeds import WORDS
from archive.serving.answers import Page, Route
from archive.serving.asked import Query
from archive.serving.changes_page import latest, newest
from archive.serving.window import Window

_COUNTS = {
    "reports": "SELECT count(*) FROM reports WHERE provisional = 0",
    "without a certain agency or year": "SELECT count(*) FROM reports WHERE provisional = 1 AND kind = 'annual_report'",
    "agencies": "SELECT count(*) FROM agencies",
    "versions": "SELECT count(*) FROM versions",
}
_YEARS = "SELECT report_year, count(*) FROM reports WHERE report_year IS NOT NULL GROUP BY report_year ORDER BY report_year"
_FINDINGS = "SELECT kind, count(*) FROM findings GROUP BY kind ORDER BY 2 DESC LIMIT 12"
_RUNS = """
SELECT id, kind, portal, started_at, ended_at, coalesce(outcome, 'running') AS outcome FROM runs
WHERE kind IN ('crawl', 'revisit', 'ingest', 'rederive') ORDER BY started_at DESC, id LIMIT 12
"""


def _start(window: Window, _: Query) -> Page:
    counts = {name: window.counted(sql.replace("SELECT", "SELECT 1,", 1), {}) for name, sql in _COUNTS.items()}
    years = window.counted(_YEARS, {})
    context = {
        "counts": {name: rows[0][1] if rows else None for name, rows in counts.items()},
        "years": years,
        "most": max((count for _, count in years), default=1) if years else 1,
        "words": WORDS,
        "changed": latest(window, 15),
        "new": newest(window, 10),
        "findings": window.counted(_FINDINGS, {}),
        "runs": list(window.catalog.rows(_RUNS)),
    }
    return Page(template="start.html", context=context)


START = Route(path="/", answer=_start)

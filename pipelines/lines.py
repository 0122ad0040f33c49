"""The JSON line of one input: the contract of `DESIGN.md` §6."""

from __future__ import annotations

from archive.codec import Json, report_to_json, SCHEMA
from archive.hashing import digests_of
from archive.model import Report
from pipelines.classify import refusal


def line_of(path: str, url: str | None, report: Report) -> Json:
    """Return the line of an input that was read."""
    said = report_to_json(report)
    digests = digests_of(report)
    named = {
        "content_sha256": digests.content_sha256,
        "text_sha256": digests.text_sha256,
        "figures_sha256": digests.figures_sha256,
    }
    return _in_order({"schema": SCHEMA, "path": path, "url": url, "error": None, **said, **named})


def error_line(path: str, url: str | None, title: str | None, problem: str) -> Json:
    """Return the line of an input that can't be read: one sentence in `error`, null tables, no digests.

    The title that a manifest gives still tells a look-alike (a web site's yearly form that is a PDF elsewhere).
    """
    judged = refusal(title) if title else None
    said = report_to_json(
        Report(title=title, kind=judged.kind if judged else "empty", reasons=judged.reasons if judged else ())
    )
    said["statistics"] = dict.fromkeys(said["statistics"], None) | {"others": []}
    digests = dict.fromkeys(("content_sha256", "text_sha256", "figures_sha256"), None)
    return _in_order({"schema": SCHEMA, "path": path, "url": url, "error": " ".join(problem.split()), **said, **digests})


_ORDER = [
    "schema",
    "path",
    "url",
    "error",
    "title",
    "report_year",
    "report_year_from",
    "published_on",
    "agency",
    "kind",
    "source_class",
    "reasons",
    "body",
    "content_sha256",
    "text_sha256",
    "figures_sha256",
    "sections",
    "statistics",
    "prose_figures",
    "checks",
    "attachments",
    "furniture",
]


def _in_order(line: Json) -> Json:
    return {key: line[key] for key in _ORDER} | {key: value for key, value in line.items() if key not in _ORDER}

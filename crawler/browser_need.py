"""Which pages a browser must draw: those of which the page as it came, and the data that its scripts ask for, give nothing. Pure."""

from __future__ import annotations

import re
from dataclasses import replace

from archive.model import Capture
from crawler.browser_gate import least_lead
from crawler.families import spa
from crawler.frontier import Entry
from crawler.judge import Judgement, prose_length, statutory_headings, titled
from crawler.links import GOAL_FLOOR
from crawler.pages import Page

_NEVER = frozenset(("shell", "not_found", "empty_column", "list_page"))
_TEMPLATE = re.compile(
    r"<[^>]+\s(?:v|ng|x|data-ng)-(?:for|if|show|html|text|bind|repeat|cloak)\b|\{\{[^{}]{1,80}\}\}", re.IGNORECASE
)
"""Marks of a page that its scripts fill in: what stands between them (暂无数据) is not said of the page."""


def is_undrawn(page: Page, entry: Entry, judged: Judgement) -> bool:
    """Say whether a page holds nothing but what its scripts would draw: an application's shell, a column or an article that is empty."""
    if page.is_data or entry.is_data or entry.drawn_from or entry.score < GOAL_FLOOR:
        return False
    is_template = _TEMPLATE.search(page.html) is not None
    if (judged.kind in _NEVER and not (is_template and judged.kind == "empty_column")) or not page.root.xpath(
        "boolean(//script)"
    ):
        return False
    is_application = judged.kind == "script_only" or bool(spa.recognise(page))
    if entry.number > 1:
        return is_application  # any other list that is empty there has come to its end
    if any(one.score >= least_lead(entry) and not one.is_data for one in judged.follow):
        return False
    if judged.kind == "article":
        return not judged.files and not _has_content(page)
    return is_application or entry.in_column or titled(entry)


def _has_content(page: Page) -> bool:
    return bool(prose_length(page) or statutory_headings(page) or page.root.xpath("boolean(//table|//iframe|//embed|//object)"))


def put_off(page: Page, entry: Entry, judged: Judgement, raw: Capture, *, has_browser: bool) -> Judgement:
    """Return the judgement of a page that is to be drawn: a browser among what it leads to, and no report yet if there is one.

    The browser comes after all data that the page's scripts ask for, which may make it needless.
    """
    asked = [one.score for one in judged.follow if one.is_data and one.score >= GOAL_FLOOR]
    score = max(GOAL_FLOOR, min((entry.score, *asked)) - 1)
    why = (*entry.reasons, "it is drawn by its scripts")
    later = replace(entry, url=page.url, score=score, reasons=why, drawn_from=raw.id)
    led = replace(judged, follow=(*judged.follow, later))
    return replace(led, kind="undrawn", is_candidate=False, files=()) if has_browser else led

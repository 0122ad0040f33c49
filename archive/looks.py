"""What one visit of one page saw: the facts of an exchange brought to one word, for judging what changed. Pure.

`gone` is what says that a page is no more (404, 410, a page that says so with status 200, a redirect to the home page); a
challenge, a block, an error of the server or of the line says nothing about the report.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urljoin, urlsplit

from archive.addresses import page_key, site_of
from archive.comparison import Files

State = Literal["there", "gone", "redirected", "blocked", "unreachable", "unread"]

GONE_STATUS = frozenset((404, 410))
BREAKS_OFF = "page: it breaks off in the middle of its markup"
"""The reason by which a reader says that a page came cut, though nothing on the wire told."""
OTHER_PAPERS = frozenset(("notice", "explainer", "website_report", "rule_of_law_report"))
"""What a reader takes a page for only by its own title or words: where a report stood, it stands no more."""
_HOME = re.compile(r"/?(?:(?:index|default|home)\.(?:s?html?|jsp|aspx?|php))?", re.IGNORECASE)
_ERROR_PAGE = re.compile(r"(?:^|/)(?:404|error|notfound|not_found|nopage)[^/]*/?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one reader version made of a capture: an annual report. `at` is when it was derived, as journal text."""

    version: str
    at: str
    document: str
    identity: str
    agency: str | None = None
    report_year: int | None = None
    files: Files = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One visit of one page. `key` names the page (`page_key`), `url` is where the payload came from.

    `readings` are those as an annual report, by reader version; only a look that is `there` has some. `refused_by` are the reader
    versions that found no annual report there, `judged_by` is the one by whose word alone the page is `gone`. `target` is the page that
    one which is `redirected` leads to.
    """

    key: str
    url: str
    capture: str
    at: str
    run: str
    state: State
    why: str = ""
    payload: str | None = None
    target: str | None = None
    truncated: bool = False
    refused_by: frozenset[str] = frozenset()
    judged_by: str | None = None
    readings: Mapping[str, Reading] = field(default_factory=dict)

    @property
    def order(self) -> tuple[str, str]:
        """What looks are ordered by: time, then capture id."""
        return self.at, self.capture

    @property
    def newest(self) -> Reading:
        """The reading that counts: the one derived last."""
        return max(self.readings.values(), key=lambda each: (each.at, each.version))


def state_of(
    *,
    url: str,
    status: int | None,
    failure: str | None,
    location: str | None,
    page_kinds: Sequence[str],
    read_kinds: Sequence[str],
) -> tuple[State, str]:
    """Return what a visit says about its page, and by what.

    `page_kinds` are what a crawl took the page for, `read_kinds` what readers read it as; both may be empty.
    """
    if "annual_report" in read_kinds:
        return "there", "read as an annual report"
    if failure is not None:
        return "unreachable", f"no answer ({failure})"
    kinds = {*page_kinds, *read_kinds}
    blocked = next((kind for kind in sorted(kinds) if kind.startswith("blocked") or kind == "challenge_page"), None)
    if blocked:
        return "blocked", blocked
    return _by_status(url, status, location, kinds)


def _by_status(url: str, status: int | None, location: str | None, kinds: set[str]) -> tuple[State, str]:
    if status in GONE_STATUS:
        return "gone", f"status {status}"
    if "not_found" in kinds and status and 300 <= status < 400 and status != 304:
        return "gone", f"redirect to {location}, where no report is"
    if status and 300 <= status < 400 and status != 304:
        return _redirect(url, location or "")
    if status and status >= 400:
        return ("blocked" if status in {401, 403, 412, 429, 493, 521} else "unreachable"), f"status {status}"
    if "not_found" in kinds:
        return "gone", "a page that says there is no page"
    if other := sorted(kinds & OTHER_PAPERS):
        return "gone", f"another paper stands at its address ({other[0]})"
    return "unread", ", ".join(sorted(kinds)) or "not read"


def _redirect(url: str, location: str) -> tuple[State, str]:
    target = urlsplit(urljoin(url, location))
    if page_key(target.geturl()) == page_key(url):
        return "redirected", "redirect to itself"
    if _HOME.fullmatch(target.path) and not target.query and not _HOME.fullmatch(urlsplit(url).path):
        return "gone", f"redirect to the home page {target.geturl()}"
    if (
        target.path.endswith("/")
        and urlsplit(url).path.startswith(target.path)
        and site_of(page_key(target.geturl())) == site_of(page_key(url))
    ):
        return "gone", f"redirect to the folder above, {target.geturl()}"
    if _ERROR_PAGE.search(target.path):
        return "gone", f"redirect to the error page {target.geturl()}"
    return "redirected", f"redirect to {target.geturl()}"

"""What a probe of a portal saw, as sentences and as a row for the registry. Pure."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from crawler.frontier import Entry
from crawler.judge import Judgement, names_a_report
from crawler.links import GROUP


@dataclass(frozen=True, slots=True)
class Seen:
    """One page of a probe: the entry that led to it, its address, and what it was judged."""

    entry: Entry
    url: str
    judged: Judgement


@dataclass
class Probed:
    """What a probe saw: its pages, what robots.txt said, the findings, and the reports that it read."""

    id: str
    home: str
    title: str = ""
    pages: list[Seen] = field(default_factory=list)
    robots: tuple[str, ...] = ()
    findings: tuple[tuple[str, str], ...] = ()
    reports: int = 0
    divisions: tuple[str, ...] = ()

    @property
    def family(self) -> tuple[str, tuple[str, ...]]:
        """The family that showed most different marks, on most pages; with those marks. `generic` where none showed any.

        One mark on many pages is less: `/art/2024/art_…` is how two systems name their articles.
        """
        pages = [page for page in self.pages if page.judged.evidence]
        marks: dict[str, dict[str, None]] = {}
        for page in pages:
            marks.setdefault(page.judged.family, {}).update(dict.fromkeys(page.judged.evidence))
        counts = Counter(page.judged.family for page in pages)
        name = max(marks, key=lambda family: (len(marks[family]), counts[family]), default="generic")
        return name, tuple(marks.get(name, ()))

    @property
    def columns(self) -> list[Seen]:
        """The list pages that name reports, those that name most first; further pages of a list are left out."""
        lists = [page for page in self.pages if page.judged.kind == "list_page" and page.entry.number == 1 and reports_on(page)]
        return sorted(lists, key=lambda page: -reports_on(page))

    @property
    def pager(self) -> str | None:
        """Where the first column pages on to, None where it has one page."""
        return next((page.judged.following.url for page in self.columns if page.judged.following), None)

    @property
    def division(self) -> str | None:
        """The division code that most of the reports read belong to, None where none is known."""
        return next((code for code, _ in Counter(self.divisions).most_common(1)), None)


def reports_on(page: Seen) -> int:
    """Return how many links of a page must lead to annual reports: those titled so, and bare organs in the column."""
    return sum(1 for entry in page.judged.follow if entry.score >= GROUP and names_a_report(entry))


def address(page: Seen) -> str:
    """Return where a person sees what a page lists: of data, the page that shows it."""
    return page.entry.referer or page.url if page.entry.is_data else page.url


def sentences(probed: Probed) -> Iterator[str]:
    """Yield what a person should know of the portal, a line each."""
    name, evidence = probed.family
    column = probed.columns[0] if probed.columns else None
    yield f"pages looked at: {len(probed.pages)}"
    yield f"family: {name}{_because(evidence)}"
    yield f"column: {address(column)}, {reports_on(column)} reports on its first page" if column else "column: none found"
    yield f"pager: {probed.pager or 'none seen'}"
    yield f"reports read: {probed.reports}"
    yield f"robots.txt: {', '.join(probed.robots) or 'not asked'}"
    yield from (f"{kind}: {says}" for kind, says in probed.findings)


def _because(evidence: tuple[str, ...]) -> str:
    return f" ({'; '.join(evidence)})" if evidence else ""


def registry_row(probed: Probed) -> str:
    """Return the portal's row for the registry (TOML); what the probe could not see is left out."""
    name, _ = probed.family
    facts = {"name": probed.title or probed.id, "home": probed.home, "division": probed.division}
    facts |= {"family": name if name != "generic" else None, "source": "probe"}
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in facts.items() if value]
    column = [f"columns = {json.dumps([address(probed.columns[0])], ensure_ascii=False)}"] if probed.columns else []
    return "\n".join((f"[{probed.id}]", *lines, *column, f"verified = {str(bool(probed.reports)).lower()}"))

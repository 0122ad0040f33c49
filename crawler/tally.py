"""What a crawl has seen so far: from it the summary, the run's counts and the exit status are made."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from archive.model import Finding, Report

EXIT_STATUS = {"finished": 0, "budget": 0, "stopped": 1, "failed": 1, "nothing_found": 3, "blocked": 4}


@dataclass(frozen=True, slots=True)
class StoredReport:
    """A report as it was stored: the document's digest, and whether the archive did not hold it yet."""

    report: Report
    document: str
    is_new: bool
    url: str


@dataclass
class Tally:
    """What a crawl has seen so far."""

    stored: list[StoredReport] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)
    browser: Counter[str] = field(default_factory=Counter)
    """Pages that a browser drew, what their scripts asked for, and what was refused them, by reason."""
    findings: list[Finding] = field(default_factory=list)
    errors: int = 0
    first_error: str | None = None
    stopped: bool = False
    fatal: str | None = None
    out_of_budget: bool = False
    cut_off: bool = False
    is_revisit: bool = False
    reports_before: int = 0
    listed: int | None = None
    """Of what is stored, so many were found on the portal's own ways; the others no list names any more. None: all of them."""

    @property
    def reports(self) -> int:
        """Reports that this crawl found and stored, those of the part before an interruption included."""
        return len(self.stored) - self.unlisted + self.reports_before

    @property
    def unlisted(self) -> int:
        """Known reports that no list named any more and that were there all the same."""
        return 0 if self.listed is None else len(self.stored) - self.listed

    def counts(self) -> dict[str, int]:
        """Return the run's counts for the journal."""
        found = Counter(finding.kind for finding in self.findings)
        new = sum(1 for one in self.stored if one.is_new)
        numbers = {"reports": self.reports, "new_documents": new, "errors": self.errors}
        return {
            **numbers,
            **({"unlisted": self.unlisted} if self.unlisted else {}),
            **{f"pages.{kind}": n for kind, n in self.kinds.items()},
            **{f"browser.{what}": n for what, n in self.browser.items()},
            **{f"findings.{k}": n for k, n in found.items()},
        }

    def outcome(self) -> str:
        """Return how the crawl ended, for the journal and the exit status: what stopped it comes before what it found."""
        if self.stopped:
            return "stopped"
        if self.errors or self.fatal:
            return "failed"
        if self.reports and not self.cut_off:
            return "budget" if self.out_of_budget else "finished"
        kinds = {finding.kind.partition(":")[0] for finding in self.findings}
        if kinds & {"unreachable", "address-refused"} and "blocked" not in kinds and not self.kinds:
            return "failed"
        if "blocked" in kinds or self.cut_off:
            return "blocked"
        return "finished" if self.is_revisit else "nothing_found"

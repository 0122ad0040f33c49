"""Rows of a report column: whose report, for which year, at which address; the report itself is made when it is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from samples.reports import form_for, make_report, published_on, SampleReport, standard_title
from samples.site import Published


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of a column; `named` is a title other than the standard one, `path` starts at the portal's root."""

    agency: str
    year: int
    path: str
    named: str | None = None

    @property
    def title(self) -> str:
        """The title as printed in the list and on the page."""
        return self.named or standard_title(self.agency, self.year)

    @property
    def day(self) -> date:
        """The day of publication."""
        return published_on(self.agency, self.year)

    def report(self) -> SampleReport:
        """Make the report of this row."""
        return make_report(self.agency, self.year, title=self.named)

    def published(self, host: str, *, file: str | None = None) -> Published:
        """Return what a crawl must find for this row; `file` is the path of the attachment that is the report."""
        return Published(
            agency=self.agency,
            year=self.year,
            url=f"http://{host}{self.path}",
            form=form_for(self.year),
            file=f"http://{host}{file}" if file else None,
        )


def short(title: str, length: int = 18) -> str:
    """Return a title as lists cut it: so many characters, then three dots."""
    return title if len(title) <= length else title[:length] + "..."


def parts(rows: list[Row], size: int) -> list[list[Row]]:
    """Return the rows in pages of so many."""
    return [rows[start : start + size] for start in range(0, len(rows), size)]


def newest_first(rows: list[Row]) -> list[Row]:
    """Return the rows as columns list them."""
    return sorted(rows, key=lambda row: (row.day, row.path), reverse=True)

"""The words of the domain as frozen dataclasses (`DESIGN.md` §2); cells, places and checks, of which a report has hundreds, as
named tuples, which are made in a fifth of the time. Imports nothing of ours.

Sequences are tuples and mappings are never changed after construction: a step of the pipeline returns a new value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal, NamedTuple

Number = int | Decimal
"""A printed number: `int` where no decimal point is printed, else the exact `Decimal`."""

CellKind = Literal["number", "zero", "blank", "dash", "text"]
CellReading = Literal["printed", "inferred", "unconfirmed", "unread"]
TableStatus = Literal["complete", "partial", "skeleton_only", "image_only"]
Scope = Literal["own_organ", "government", "region", "unknown"]
Kind = Literal[
    "annual_report",
    "explainer",
    "notice",
    "website_report",
    "rule_of_law_report",
    "statistics_annex",
    "list_page",
    "challenge_page",
    "not_found",
    "empty",
    "other",
]
SourceClass = Literal["official", "mirror", "content_farm", "unknown"]
Verdict = Literal["holds", "fails", "cannot_be_assessed"]
Severity = Literal["hard", "soft"]

TABLE_NAMES = ("proactive_disclosure", "applications", "review_litigation", "summary_2014", "local_2008")
"""The tables of `Statistics`, in the order in which reports print them."""


class HtmlPlace(NamedTuple):
    """Where something stands in an HTML page: XPath of its element, and the character offset in the element's text."""

    xpath: str
    offset: int = 0


class TextPlace(NamedTuple):
    """Where something stands in a text: half-open range of characters of the decoded input."""

    start: int
    end: int


class PagePlace(NamedTuple):
    """Where something stands on a page of a paged file: page from 1, box as (x0, top, x1, bottom) in points."""

    page: int
    box: tuple[float, float, float, float]


Place = HtmlPlace | TextPlace | PagePlace


class Cell(NamedTuple):
    """One cell of a statutory table (单元格), as printed.

    `value` is None for a blank, a dash, a text or an unread cell; `raw` is the printed text (“” for a blank);
    `candidates` lists the possible values of an unread cell where there are some.
    """

    value: Number | None
    raw: str
    kind: CellKind
    unit: str | None = None
    reading: CellReading = "printed"
    candidates: tuple[Number, ...] = ()
    at: Place | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtraRow:
    """A row that the statutory form does not have; `parent` is the statutory row or clause that it stands under."""

    label: str
    parent: str | None = None
    cells: tuple[Cell, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One statutory table as read: every cell of its form, by the form's cell ids.

    `scope_quote` are the words that state the scope. `attachment` is the hex SHA-256 of the attached file in which the table and
    its places stand, None for the input itself.
    """

    form: str
    status: TableStatus
    cells: Mapping[str, Cell]
    scope: Scope = "unknown"
    place: Place | None = None
    extra: tuple[ExtraRow, ...] = ()
    scope_quote: str | None = None
    attachment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherTable:
    """A further instance of a statutory table in the same report; `why` says what it is (attachment's copy, region)."""

    name: str
    why: str
    table: Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """The statutory tables of a report (统计表); None for a table that is not there."""

    proactive_disclosure: Table | None = None
    applications: Table | None = None
    review_litigation: Table | None = None
    summary_2014: Table | None = None
    local_2008: Table | None = None
    others: tuple[OtherTable, ...] = ()

    def tables(self) -> dict[str, Table]:
        """Return the tables that are there, by name, in printed order."""
        found = {name: getattr(self, name) for name in TABLE_NAMES}
        return {name: table for name, table in found.items() if table is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class ProseFigure:
    """A number stated in prose, with the words it stands in; `at` is a range of characters of `Report.body`."""

    id: str
    value: Number
    unit: str | None
    quote: str
    at: tuple[int, int]


class Check(NamedTuple):
    """One identity (勾稽校验) and whether this report's numbers keep it; left and right are None if not assessable."""

    id: str
    verdict: Verdict
    says: str
    severity: Severity = "hard"
    left: Number | None = None
    right: Number | None = None
    blanks_as_zero: bool = False
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A chapter (章节) of the report; number 1–6 for the statutory ones, None for others."""

    number: int | None
    heading: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Agency:
    """Who reports (发布机关). `division` is the 6-digit GB/T 2260 code valid in the report year, None if not known.

    `found_in` says where the name stood (title, heading, manifest, meta, lead, url …); it is `from` in JSON.
    """

    name: str
    level: str | None = None
    division: str | None = None
    parent: str | None = None
    found_in: str = "title"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that belongs to the report (附件); `sha256` is None until it was fetched.

    `is_part` says that it is no file but a further page of the article itself (分页正文): the report's body and tables hold it, so it
    stands in the journal alone, and another payload of it is no other file.
    """

    url: str
    name: str
    media_type: str | None = None
    sha256: str | None = None
    is_part: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Furniture:
    """A text of the page that is not of the report (页面框架文字), and the rule that took it out."""

    rule: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One agency's report for one year (年度报告) as read from one capture and its attachments."""

    title: str | None = None
    report_year: int | None = None
    report_year_from: str | None = None
    published_on: date | None = None
    agency: Agency | None = None
    kind: Kind = "other"
    source_class: SourceClass = "unknown"
    reasons: tuple[str, ...] = ()
    body: str = ""
    sections: tuple[Section, ...] = ()
    statistics: Statistics = field(default_factory=Statistics)
    prose_figures: tuple[ProseFigure, ...] = ()
    checks: tuple[Check, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    furniture: tuple[Furniture, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One HTTP exchange as on the wire, not yet stored.

    `request` and `response` are the raw bytes of the HTTP/1.1 messages, headers and body as they went over the wire
    (still chunked and compressed; a cut body as far as it came). `response` is None when none began; then `failure` is
    the kind (dns, tls, refused, timeout, reset, …) and `detail` the sentence. `truncated` names why a body is cut.
    `robots` is the decision that allowed the request (allowed, no-robots, not-asked …). `confirms` is the capture that a
    conditional request named: a 304 says that its payload is what the server still has (RFC 9110 §15.4.5).
    """

    url: str
    method: str
    request: bytes
    response: bytes | None
    fetched_at: datetime
    ip: str | None = None
    failure: str | None = None
    detail: str | None = None
    truncated: str | None = None
    robots: str = "not-asked"
    confirms: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A page as a browser drew it (渲染后的页面), not yet stored: the page's elements as UTF-8, no bytes of any wire.

    `of` is the capture of the page as it came; `used` are the captures of the scripts and data that drew it, and `refused`
    counts, by reason, what its scripts asked for and did not get. `software` names the browser with its version.
    """

    of: str
    url: str
    payload: bytes
    drawn_at: datetime
    software: str
    used: tuple[str, ...] = ()
    refused: Mapping[str, int] = field(default_factory=dict)
    robots: str = "not-asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """One stored exchange (抓取记录), named by its WARC-Record-ID (`urn:uuid:…`).

    `payload_sha256` is the hex SHA-256 of the entity body with transfer and content coding undone, None without a response.
    `truncated` says why the body is not whole (cut connection, size limit, coding that can't be undone), None for a whole one.
    `revisit_of` is the capture that this one needs: that of the same payload, or of the page that a browser drew; None for none.
    """

    id: str
    url: str
    fetched_at: datetime
    status: int | None
    media_type: str | None
    payload_sha256: str | None
    failure: str | None = None
    revisit_of: str | None = None
    truncated: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something a person should see: what could not be read, was refused, blocked, or looks wrong. Stored, never just logged."""

    kind: str
    says: str
    url: str | None = None
    capture: str | None = None
    evidence: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Portal:
    """A public body's site (政府门户网站): a row of `crawler/portals.toml`."""

    id: str
    name: str
    home: str
    division: str | None = None
    family: str | None = None
    columns: tuple[str, ...] = ()
    source: str | None = None
    verified: bool = False
    paused: bool = False
    visit: str | None = None
    """The hours in Asia/Shanghai at which it may be visited (20:00-08:00), None for any."""
    note: str | None = None

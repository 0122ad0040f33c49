"""From the bytes of one input to a checked report: the walk of `DESIGN.md` §3.4, each step a pure function.

HTML, text and Markdown go their own way; every other type is read by `pipelines.attachments`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime

from lxml.html import HtmlElement

from archive.checks import run_checks
from archive.comparison import DATED_BY_ADDRESS, DATED_BY_LIST
from archive.errors import Refused, Unreadable
from archive.looks import BREAKS_OFF
from archive.model import Attachment, Check, Report, Statistics
from pipelines.agency import Evidence, find_agency
from pipelines.attachments import confirm, read_file, sniff
from pipelines.body import extract_body, plain_body, unwrap_cells
from pipelines.checks import prose_checks
from pipelines.classify import classify, classify_shell, Judged, list_page_reason, refusal, source_class, Traits
from pipelines.copies import with_copies
from pipelines.dates import published_on
from pipelines.decode import decode, gunzip, refuse_large
from pipelines.furniture import strip_furniture
from pipelines.imprint import organ_links
from pipelines.marked_text import without_markup
from pipelines.pages import attachments_of, breaks_off, count_links, host_of, MAX_TEXT, Page, parse_html, parse_page
from pipelines.pictured import with_pictured
from pipelines.prose import prose_figures
from pipelines.readings import agreements, grids_and_text
from pipelines.scripted import article_in_json
from pipelines.sections import find_sections, looks_statutory
from pipelines.standing import placed, site_division
from pipelines.statistics import statistics_from_grids, statistics_from_html, statistics_from_text
from pipelines.statistics.dom import tables_of
from pipelines.text_checks import text_checks
from pipelines.titles import best_title, heading_in_text, is_report_title, title_in_text
from pipelines.traditional import simple_reading, simplified, translated
from pipelines.year import find_year, YearFound

_TEXTS = frozenset({"text/plain", "text/markdown"})
_SHORT_PAGE = 4_000
"""Characters, white space among them, of a page that may have no article at all."""
_FEWEST_LINKS = 5
"""Fewer make no list."""
_REPORT_TABLES = frozenset({"annual_report", "statistics_annex"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What a crawl or a manifest knows about an input; every part may be missing.

    `title` is that of the list row, `@title` or manifest; `listed_on` the date in the list row; `year_hint` a year inherited
    from a heading or sidebar; `content_type` the HTTP header; `division` the 6-digit code of the portal's registry row.
    """

    url: str | None = None
    title: str | None = None
    anchor: str | None = None
    fetched_at: datetime | None = None
    content_type: str | None = None
    listed_on: date | None = None
    year_hint: int | None = None
    agency_hint: str | None = None
    site_name: str | None = None
    file_name: str | None = None
    division: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Material:
    """What a reader of one type found; `titles` are the input's own, `heading` the one that begins its text, `judged` is set where a
    shell was recognised unread.
    """

    raw: str
    body: str = ""
    heading: str | None = None
    statistics: Statistics = field(default_factory=Statistics)
    titles: tuple[str | None, ...] = ()
    source: str | None = None
    site_name: str | None = None
    site_division: str | None = None
    meta_date: str | None = None
    attachments: tuple[Attachment, ...] = ()
    images: int = 0
    organs: int = 0
    reasons: tuple[str, ...] = ()
    judged: Judged | None = None
    readings: tuple[Check, ...] = ()


def read(payload: bytes, context: Context | None = None) -> Report:
    """Return the report that an input holds; a page that is none gets its `kind` and `reasons`, not an error.

    Raises Unreadable, in one sentence, for what can't be read: empty, binary, damaged, of unknown charset; Refused (an
    Unreadable) for what is refused on purpose, above all its size.
    """
    known = _in_simplified(context) if context else Context()
    return _assemble(_material(payload, known), known)


def _in_simplified(context: Context) -> Context:
    """The context with what it knows in words in simplified characters, as the input itself is read."""
    if not (context.title or context.anchor or context.agency_hint or context.file_name):
        return context
    return replace(
        context,
        title=context.title and simplified(context.title),
        anchor=context.anchor and simplified(context.anchor),
        agency_hint=context.agency_hint and simplified(context.agency_hint),
        file_name=context.file_name and simplified(context.file_name),
    )


def _material(payload: bytes, context: Context) -> _Material:
    if not payload:
        raise Unreadable("the file is empty: it has 0 bytes")
    if payload[:1].isspace() and not payload.strip():
        return _Material(raw="", reasons=("body: nothing but white space",))
    inner = article_in_json(payload)
    if inner is not None:
        return _html(inner, replace(context, content_type="text/html; charset=utf-8"))
    media_type = sniff(payload)
    if media_type == "application/gzip":
        return _material(gunzip(payload), context)
    if media_type == "text/html":
        return _html(payload, context)
    if media_type in _TEXTS:
        return _text(payload, context)
    if media_type == "application/octet-stream":
        return _unknown(payload, context)
    return _file(payload, media_type, context)


def _unknown(payload: bytes, context: Context) -> _Material:
    refuse_large(payload)
    if b"\0" in payload[:4096]:
        raise Unreadable(f"the file is binary and of no type that is read: it begins with {payload[:8].hex(' ')}")
    return _html(payload, context) if b"<" in payload[:2048] else _text(payload, context)


def _text(payload: bytes, context: Context) -> _Material:
    printed = decode(payload, context.content_type).text
    text = simplified(printed)
    if len(text) > MAX_TEXT:
        raise Refused(f"the text has {len(text):,} characters, above the limit of {MAX_TEXT:,} for one report")
    body, reasons = plain_body(without_markup(text)), ("body: plain text, taken whole", *translated(printed, text))
    heading = title_in_text(body)
    titles = (heading, heading_in_text(body))
    statistics = statistics_from_text(text)
    return _Material(raw=text, body=body, heading=heading, statistics=statistics, titles=titles, reasons=reasons)


def _file(payload: bytes, media_type: str, context: Context) -> _Material:
    reading = simple_reading(read_file(payload, media_type))
    if reading.html is not None:
        return _html(reading.html, context) if b"<" in reading.html[:2048] else _text(reading.html, context)
    pictured = ("body: pages are pictures, no text stands in the file",) if reading.image_only else ()
    body = plain_body(reading.text)
    heading = title_in_text(body)
    statistics = statistics_from_grids(reading.grids, reading.text)
    readings = () if reading.recognised else grids_and_text(statistics, statistics_from_text(reading.text))
    return _Material(
        raw=reading.text,
        body=body,
        heading=heading,
        statistics=confirm(statistics) if reading.recognised else statistics,
        titles=(heading, reading.title if is_report_title(reading.title or "") else None),
        images=int(reading.image_only),
        reasons=(f"body: the text of a file of type {reading.media_type}", *pictured, *reading.notes),
        readings=readings,
    )


def _html(payload: bytes, context: Context) -> _Material:
    printed = decode(payload, context.content_type).text
    text = simplified(printed)
    page = parse_page(text)
    shell = classify_shell(text, page.packed, page.links) or _list_page(page)
    if shell:
        return _Material(raw=page.visible, titles=(page.title,), site_name=page.metas.get("sitename"), judged=shell)
    cut = (BREAKS_OFF,) if breaks_off(text) else ()
    return _article(page, context, (*translated(printed, text), *cut))


def _list_page(page: Page) -> Judged | None:
    if page.links < _FEWEST_LINKS or looks_statutory(page.packed):
        return None
    counted = count_links(page.root)
    reason = list_page_reason(dated_links=counted.dated, links=page.links, prose=counted.prose, statutory=False)
    return Judged("list_page", (reason,)) if reason else None


def _article(page: Page, context: Context, notes: tuple[str, ...]) -> _Material:
    """Return the material of an article page: the statistics first, since the body's reader consumes the tree."""
    root, scripted = _article_root(page)
    unwrap_cells(root)
    shown = (page.visible, page.scripted_html) if root is page.root else ("".join(root.itertext()), None)
    tables = tables_of(root)
    statistics, readings = with_copies(statistics_from_html(root, tables), root, *shown)
    statistics = with_pictured(statistics, root, f"{page.title} {' '.join(page.headings)} {page.visible}")
    attachments = attachments_of(root, context.url) if page.has_files or root is not page.root else ()
    organs = 0 if statistics.tables() or len(page.visible) > _SHORT_PAGE else organ_links(root)
    found = extract_body(root, page.packed if root is page.root else None, tables)
    body, metas = plain_body(found.text), page.metas
    heading = title_in_text(body)
    return _Material(
        raw=page.visible,
        body=body,
        heading=heading,
        statistics=statistics,
        titles=(metas.get("articletitle"), *page.headings, heading, metas.get("og:title"), page.title),
        source=metas.get("contentsource") or page.source,
        site_name=metas.get("sitename"),
        site_division=site_division(metas, page.visible),
        meta_date=page.scripted_date or metas.get("pubdate"),
        attachments=attachments,
        images=found.images,
        organs=organs,
        reasons=(f"body: the {found.found_by} container", *scripted, *found.reasons, *notes),
        readings=readings,
    )


def _article_root(page: Page) -> tuple[HtmlElement, tuple[str, ...]]:
    """Return the tree that holds the article: the page's, or that of the HTML which a script holds in its stead."""
    if page.scripted_html is None or looks_statutory(page.packed):
        return page.root, ()
    return parse_html(page.scripted_html), ("body: the article stands in a script; places are within its HTML",)


def _assemble(material: _Material, context: Context) -> Report:
    own = best_title(material.titles)
    title = best_title((own, *material.titles, context.title, context.file_name))
    body, furniture = strip_furniture(material.body.replace("\u200b", ""))
    report = Report(title=title, body=body, furniture=furniture, sections=find_sections(body), attachments=material.attachments)
    report = _with_kind(report, material, context)
    report = _with_agency_and_year(report, own, material, context)
    return _with_figures(report, material)


def _with_kind(report: Report, material: _Material, context: Context) -> Report:
    traits = Traits(
        title=report.title,
        body=report.body,
        statutory=len({section.number for section in report.sections} - {None}),
        chapters=len(report.sections),
        statistics=material.statistics,
        files=len(material.attachments),
        images=material.images,
        organs=material.organs,
    )
    judged = material.judged or classify(traits)
    if judged.kind == "other":
        # A list may still call it a report; what stands there now says of itself what it is.
        judged = refusal(best_title(material.titles) or "") or judged
    source, why = source_class(
        host=host_of(context.url),
        body=report.body,
        raw=material.raw,
        title=report.title,
        is_report=judged.kind == "annual_report",
    )
    return replace(report, kind=judged.kind, source_class=source, reasons=(*judged.reasons, *why, *material.reasons))


def _with_agency_and_year(report: Report, own: str | None, material: _Material, context: Context) -> Report:
    published = published_on(material.raw, meta=material.meta_date, listed_on=context.listed_on, url=context.url)
    stated = published_on(material.raw, meta=material.meta_date, listed_on=context.listed_on)
    links = tuple(text for text in (context.title, context.anchor, context.file_name) if text)
    evidence = Evidence(
        title=own,
        heading=material.heading if report.body == material.body else title_in_text(report.body),
        manifest_titles=links,
        links=links,
        body=report.body if report.kind in _REPORT_TABLES else "",
        hint=context.agency_hint,
        source=material.source,
        site_name=material.site_name or context.site_name,
        files=tuple(one.name for one in report.attachments),
        fields=material.raw if report.kind in _REPORT_TABLES else "",
    )
    year = _year(report, context, stated)
    on_page = stated and published_on(material.raw, meta=material.meta_date)
    elsewhere = () if not published or on_page else (DATED_BY_LIST,) if stated else (DATED_BY_ADDRESS,)
    return replace(
        report,
        reasons=(*report.reasons, *elsewhere),
        published_on=published,
        agency=placed(find_agency(evidence), year.year if year else None, material.site_division or context.division),
        report_year=year.year if year else None,
        report_year_from=year.found_in if year else None,
    )


def _year(report: Report, context: Context, published: date | None) -> YearFound | None:
    """Return the report year; of an essay mill's copy only a year that the copy itself names as its own."""
    if report.source_class == "content_farm":
        found = find_year(title=report.title, body=report.body)
        return found if found and found.found_in in {"title", "period"} else None
    if report.kind not in _REPORT_TABLES and report.kind != "empty":
        return find_year(title=report.title, body="")
    return find_year(
        title=report.title or context.title, body=report.body, url=context.url, hint=context.year_hint, published=published
    )


def _with_figures(report: Report, material: _Material) -> Report:
    statistics = material.statistics
    is_report = report.kind == "annual_report"
    figures = prose_figures(report.body) if is_report else ()
    level = report.agency.level if report.agency else None
    checks = (*run_checks(statistics, level), *prose_checks(figures, statistics, report.body), *material.readings)
    checks += text_checks(report, statistics, figures) if is_report else ()
    reasons = (*report.reasons, *_scopes(statistics), *agreements(material.readings))
    return replace(report, statistics=statistics, prose_figures=figures, checks=checks, reasons=reasons)


def _scopes(statistics: Statistics) -> tuple[str, ...]:
    tables = [*statistics.tables().items(), *((other.name, other.table) for other in statistics.others)]
    return tuple(f"scope: {name} is {table.scope}, by “{table.scope_quote}”" for name, table in tables if table.scope_quote)

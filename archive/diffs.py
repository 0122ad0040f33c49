"""The difference of two documents for people: which cells, which words; in colours, as HTML, as JSON."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

import click

from archive.codec import Json
from archive.comparison import cells_json, compare, Difference, word_marks
from archive.documents import read_document
from archive.errors import Misuse, NotInArchive
from archive.facts import plain
from archive.forms import FORM_IDS, table_form
from archive.model import TABLE_NAMES
from archive.records import find_record
from archive.store import Archive
from archive.takedowns import TAKEN_DOWN

_DIGITS = re.compile("[0-9a-f]{12,64}")
_COLOURS = {"-": "red", "+": "green"}
_TAGS = {" ": "{}", "-": "<del>{}</del>", "+": "<ins>{}</ins>"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """A document that is compared: its SHA-256, the page that showed it last, and when it was first and last seen (journal text)."""

    document: str
    url: str | None
    first_seen: str | None
    last_seen: str | None

    def __str__(self) -> str:
        """Return what a person needs to find it again."""
        days = sorted({(self.first_seen or "")[:10], (self.last_seen or "")[:10]})
        return f"{self.document[:12]}  {' – '.join(days)}  {self.url or ''}".rstrip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Diff:
    """Two documents and what differs between them."""

    old: Side
    new: Side
    before: Json
    after: Json
    difference: Difference

    @property
    def is_ours(self) -> bool:
        """Whether the two were read by different versions of our reader, so that a difference may be our own doing."""
        return bool(self.before["reader_version"] != self.after["reader_version"])


def diff_of(archive: Archive, old: str, new: str | None) -> Diff:
    """Return the difference between two documents, or of a report's last version from the one before.

    A name is a document (12 digits do), a capture, a URL or a report's identity. Raises NotInArchive, Damaged, and Misuse where a
    report has one version only.
    """
    one, other = (document_named(archive, old), document_named(archive, new)) if new else last_two(archive, old)
    before, after = _content(archive, one), _content(archive, other)
    sides = {"old": _side(archive, one), "new": _side(archive, other)}
    return Diff(**sides, before=before, after=after, difference=compare(before, after))


def _side(archive: Archive, document: str) -> Side:
    row = archive.catalog.one(_SEEN, [document]) or {}
    return Side(document=document, url=row.get("url"), first_seen=row.get("first_seen"), last_seen=row.get("last_seen"))


_SEEN = """
SELECT min(d.fetched_at) OVER () AS first_seen, d.url, d.fetched_at AS last_seen FROM document_pages g
JOIN derivations d ON d.key = g.key AND d.document = g.document WHERE g.document = ? ORDER BY d.fetched_at DESC, d.capture DESC LIMIT 1
"""


def last_two(archive: Archive, name: str) -> tuple[str, str]:
    """Return the documents of a report's last two versions."""
    identity = find_record(archive, name)["identity"]
    # By last sighting: what was corrected and put back stands first and last.
    sql = "SELECT document FROM versions WHERE identity = ? ORDER BY last_seen DESC, last_capture DESC LIMIT 2"
    found = [str(row["document"]) for row in archive.catalog.rows(sql, [identity])]
    if len(found) < 2:
        raise Misuse(f"{name} has one version only: name two documents or captures to compare")
    return found[1], found[0]


def document_named(archive: Archive, name: str) -> str:
    """Return the SHA-256 of the document that a name stands for, a capture's as the newest reader read it."""
    read = "SELECT document FROM derivations WHERE capture = ? ORDER BY at DESC, event DESC LIMIT 1"
    prefix = "SELECT sha256 AS document FROM documents WHERE sha256 >= ?1 AND sha256 < ?1 || 'g' LIMIT 1"
    row = archive.catalog.one(prefix if _DIGITS.fullmatch(name) else read, [name])
    return str(row["document"]) if row else str(find_record(archive, name)["document"])


def _content(archive: Archive, document: str) -> Json:
    row = archive.catalog.one("SELECT path, damage FROM documents WHERE sha256 = ?", [document])
    if row is None or row["damage"] == TAKEN_DOWN:
        raise NotInArchive(f"the archive holds no document {document}")
    return read_document(archive.root / "documents", row["path"])


def diff_json(diff: Diff) -> Json:
    """Return a difference as JSON: verdicts, cells with old and new, texts as marked passages."""
    difference = diff.difference
    pairs = {name: plain(getattr(difference, name)) for name in ("title", "agency", "year", "published_on")}
    return {
        "old": diff.old.document,
        "new": diff.new.document,
        "sides": {"old": plain(diff.old), "new": plain(diff.new)},
        "same_reader": not diff.is_ours,
        "verdicts": list(difference.verdicts),
        **pairs,
        "cells": [{**cell, "label": _label(diff, cell)} for cell in cells_json(difference.cells)],
        "texts": [
            {"old": each.old, "new": each.new, "marks": list(word_marks(each.old, each.new))} for each in difference.texts
        ],
        "attachments": [{"name": name, "old": old, "new": new} for name, old, new in difference.files],
        "not_compared": list(not_compared(diff.before, diff.after)),
    }


def not_compared(before: Json, after: Json) -> Iterator[str]:
    """Yield a sentence for what of two documents' tables can't be compared: a table that one lacks, other forms, cells not read."""
    for name in TABLE_NAMES:
        old, new = before["statistics"].get(name), after["statistics"].get(name)
        if bool(old) != bool(new):
            yield f"{name}: only the {'older' if old else 'newer'} document has this table"
        elif old and new and old["form"] != new["form"]:
            yield f"{name}: the forms differ ({old['form']}, {new['form']}), so no cell is compared with another"
        elif old and new and (unread := len(_unread(old) | _unread(new))):
            yield f"{name}: {unread} cells could not be read on one side or both"


def _unread(table: Json) -> set[str]:
    return {name for name, cell in table["cells"].items() if cell["reading"] not in ("printed", "inferred")}


def diff_lines(diff: Diff) -> Iterator[str]:
    """Yield a difference as lines for a terminal: both sides, then what was taken out in red and put in in green."""
    if diff.difference.verdicts:
        yield f"--- {diff.old}"
        yield f"+++ {diff.new}"
    for what, old, new in _parts(diff):
        yield f"{what}: {click.style(old, fg='red')} → {click.style(new, fg='green')}"
    for each in diff.difference.texts:
        marks = word_marks(each.old, each.new)
        yield "".join(_shown(mark, text) for mark, text in marks)
    yield from (f"not compared: {says}" for says in not_compared(diff.before, diff.after))


def _shown(mark: str, text: str) -> str:
    # Without colours (a pipe, a file) the brackets alone must tell.
    bracketed = {"-": f"[-{text}-]", "+": f"{{+{text}+}}"}.get(mark, text)
    return click.style(bracketed, fg=_COLOURS.get(mark)) if mark in _COLOURS else bracketed


def diff_html(diff: Diff) -> str:
    """Return a difference as one HTML page that needs nothing else."""
    rows = "".join(
        f"<tr><th>{escape(what)}</th><td><del>{escape(old)}</del></td><td><ins>{escape(new)}</ins></td></tr>\n"
        for what, old, new in _parts(diff)
    )
    title = escape(diff.after["title"] or diff.new.document)
    sides = "".join(f"<tr><th>{what}</th>{_side_html(side)}</tr>\n" for what, side in (("old", diff.old), ("new", diff.new)))
    left = "".join(f"<p><small>not compared: {escape(says)}</small></p>\n" for says in not_compared(diff.before, diff.after))
    same = "" if diff.difference.verdicts else "<p>Nothing differs.</p>\n"
    return _PAGE.format(title=title, sides=sides, rows=rows, texts=texts_html(diff.difference) + same + left)


def _side_html(side: Side) -> str:
    days = " – ".join(sorted({(side.first_seen or "")[:10], (side.last_seen or "")[:10]}))
    return f"<td>{days}</td><td>{escape(side.url or '')}</td><td><code>{side.document[:12]}</code></td>"


def texts_html(difference: Difference) -> str:
    """Return the passages that differ as HTML paragraphs with `<del>` and `<ins>`."""
    marked = (word_marks(each.old, each.new) for each in difference.texts)
    return "".join(f"<p>{''.join(_TAGS[mark].format(escape(text)) for mark, text in each)}</p>\n" for each in marked)


def _parts(diff: Diff) -> Iterator[tuple[str, str, str]]:
    difference = diff.difference
    for name in ("title", "agency", "year", "published_on"):
        if pair := getattr(difference, name):
            yield name, str(pair[0]), str(pair[1])
    for cell in cells_json(difference.cells):
        yield _label(diff, cell), cell["old_raw"] or "(blank)", cell["new_raw"] or "(blank)"
    for name, old, new in difference.files:
        yield f"attachment {name}", old or "(none)", new or "(none)"


def _label(diff: Diff, cell: Json) -> str:
    """The cell as the form prints it: 新收政府信息公开申请数量〔总计〕; its id where the form is none of ours."""
    form = diff.after["statistics"][cell["table"]]["form"]
    specs = {spec.id: spec for spec in table_form(form, cell["table"]).cells} if form in FORM_IDS else {}
    spec = specs.get(cell["cell"])
    if spec is None:
        return f"{cell['table']}.{cell['cell']}"
    return spec.label + (f"〔{spec.column_label}〕" if spec.column_label else "")


_PAGE = """<!DOCTYPE html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>{title}</title>
<style>body{{font-family:sans-serif;max-width:60em;margin:2em auto;line-height:1.6}}del{{background:#fdd}}ins{{background:#dfd;text-decoration:none}}
th{{text-align:left;font-weight:normal}}table{{margin-bottom:1em;border-collapse:collapse}}td{{overflow-wrap:anywhere}}.sides{{color:#666;font-size:smaller}}td,th{{padding:.2em .8em;border-bottom:1px solid #ddd}}small{{color:#666}}</style></head>
<body><h1>{title}</h1>
<table class="sides">
{sides}</table>
<table>
{rows}</table>
{texts}</body></html>
"""

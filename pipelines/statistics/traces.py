"""Statutory tables whose rows a text names and that no reading could place: said to be there, every cell unread."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

from archive.forms import forms_of, table_form, TableForm
from archive.model import Statistics, Table
from pipelines.statistics.cells import unread_cell
from pipelines.statistics.labels import bare, fingerprint

_SHARE = 0.7
"""Prose names some rows of a table; so many of them only a table names."""

_LEAST_LABEL = 4
_HEADERS = {"proactive_disclosure": ("信息内容",), "review_litigation": ("结果维持", "结果纠正", "尚未审结")}
_TIMES = {"proactive_disclosure": 2, "review_litigation": 3}


def with_traces(statistics: Statistics, text: str) -> Statistics:
    """Return the statistics with the tables that `text` has and that were not read: `skeleton_only`, so that nobody takes them
    for absent.
    """
    if statistics.summary_2014 is not None or statistics.local_2008 is not None:
        return statistics
    plain = bare(unicodedata.normalize("NFKC", text))
    missing = [name for name in (*_THREE, "summary_2014") if name not in statistics.tables()]
    traced = {name: _skeleton(form) for name in missing if (form := _named(name, plain)) is not None}
    if "summary_2014" in traced and (statistics.tables() or len(traced) > 1):
        del traced["summary_2014"]
    return replace(statistics, **traced)  # type: ignore[arg-type]


_THREE = ("proactive_disclosure", "applications", "review_litigation")


def _named(name: str, plain: str) -> TableForm | None:
    """The form of a table, most of whose rows and all of whose headers a text names; the newer one of two."""
    if any(plain.count(word) < _TIMES[name] for word in _HEADERS.get(name, ())):
        return None
    if name == "review_litigation":
        return table_form("2021", name)
    forms = sorted(forms_of(name), key=lambda form: (_share(form, plain), form.form), reverse=True)
    return forms[0] if _share(forms[0], plain) >= _SHARE else None


def _share(form: TableForm, plain: str) -> float:
    """The share of a form's labels and column headers that stand in a text."""
    labels = {fingerprint(label) for spec in form.cells for label in (spec.label, spec.column_label or "")}
    labels = {label for label in labels if len(label) >= _LEAST_LABEL}
    return sum(label in plain for label in labels) / len(labels)


def _skeleton(form: TableForm) -> Table:
    return Table(form=form.form, status="skeleton_only", cells={spec.id: unread_cell(spec) for spec in form.cells})

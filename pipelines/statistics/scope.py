"""Whose numbers a table holds: the reporting organ's own, the government's with its departments, or the whole region's."""

from __future__ import annotations

import re

from archive.model import Scope

_RULES: tuple[tuple[Scope, re.Pattern[str]], ...] = (
    (
        "region",
        re.compile(
            r"全[省市县区州旗盟镇](?:各级|汇总|行政机关|范围)?[^，。；\n]{0,20}(?:汇总|各级|行政机关|合计|统计)|本行政区域|各级行政机关"
        ),
    ),
    ("own_organ", re.compile(r"(?:本机关|本单位|本部门|本级机关|办公[室厅]本级|机关本级)[^，。；\n]{0,20}")),
    ("government", re.compile(r"(?:[省市县区]本级|[省市县区]政府及(?:其)?部门|本级政府)[^，。；\n]{0,20}")),
)


def scope_of(words: str) -> tuple[Scope, str | None]:
    """Return the scope that the words before a table state, and the words themselves; `unknown` where they state none or several."""
    found = [(scope, match[0]) for scope, rule in _RULES if (match := rule.search(words))]
    return found[0] if len(found) == 1 else ("unknown", None)

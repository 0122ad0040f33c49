"""Place a reporting agency: level, division code valid in the report year, and the organ above it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from archive.divisions import describe, find, known_years
from archive.model import Agency

_SITE_CODE = re.compile(r"(\d{6})\d{4}")
_PRINTED_CODE = re.compile(r"网站标识码\s*[:：]?\s*(\d{6})\d{4}(?!\d)")


def site_division(metas: Mapping[str, str], visible: str) -> str | None:
    """Return the 6-digit code of the division whose site a page is of, None where it says none, or a ministry's (bm…).

    Taken from the identity code (网站标识码: 6 digits of GB/T 2260 and 4 more) in the SiteIDCode meta, else in the footer,
    else from the place that the SiteName meta names in full. The code is of the site's registration or of today, not of the
    report year.
    """
    stated = _SITE_CODE.fullmatch(metas.get("siteidcode", "").strip())
    printed = stated or _PRINTED_CODE.search(visible)
    return printed[1] if printed else _named_in(metas.get("sitename", ""))


def _named_in(site_name: str) -> str | None:
    found = find(re.sub(r"\s+", "", site_name), known_years()[-1])
    return found.division.code if found and found.mentions and found.mentions[-1].full else None


def placed(agency: Agency | None, year: int | None, within: str | None) -> Agency | None:
    """Return the agency with its level, division and parent as of the report year, None where they are not certain.

    `within` is the division of the site that it reports on, if known: it decides between namesakes and places bare names.
    """
    if agency is None:
        return None
    standing = describe(agency.name, year, within)
    unplaced = standing.division is None and standing.level != "ministry"
    parent = standing.parent or (agency.parent if unplaced else None)
    return replace(agency, level=standing.level, division=standing.division, parent=parent)

"""Place a reporting agency: level, division code valid in the report year, and the organ above it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from archive.divisions import describe
from archive.model import Agency

_SITE_CODE = re.compile(r"(\d{6})\d{4}")
_PRINTED_CODE = re.compile(r"网站标识码\s*[:：]?\s*(\d{6})\d{4}(?!\d)")


def site_division(metas: Mapping[str, str], visible: str) -> str | None:
    """Return the 6-digit division code in a site's identity code (网站标识码), from the SiteIDCode meta, else the footer.

    None where there is none or it is a ministry's (bm…). The code is of when the site was registered, not of the report year.
    Source: 国办发〔2015〕15号 and its code of 6 digits of GB/T 2260 plus 4.
    """
    stated = _SITE_CODE.fullmatch(metas.get("siteidcode", "").strip())
    printed = stated or _PRINTED_CODE.search(visible)
    return printed[1] if printed else None


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

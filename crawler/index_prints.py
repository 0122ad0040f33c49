"""What the lists of an interrupted crawl looked like: the crawl that takes it up must know them when a host gives one in a report's place."""

from __future__ import annotations

from collections.abc import Iterable

from archive.codec import dumps
from archive.errors import Damaged, NotInArchive, Unreadable
from archive.store import Archive
from crawler.challenges import fingerprint
from crawler.pages import Page
from pipelines.decode import decode

_LISTS = """
SELECT c.id, c.url FROM visits v JOIN captures c ON c.id = v.capture
WHERE v.page_kind = 'list_page' AND c.run IN (SELECT value FROM json_each(?)) ORDER BY c.fetched_at DESC LIMIT 200
"""


def index_prints(archive: Archive, runs: Iterable[str]) -> set[str]:
    """Return the fingerprints of the list pages that some runs have read, of the last 200; what can't be read is left out."""
    found = set()
    for row in archive.catalog.rows(_LISTS, [dumps(list(runs))]):
        try:
            body = archive.payload_of(row["id"]).body
            found.add(fingerprint(Page(row["url"], decode(body).text)))
        except (Damaged, NotInArchive, Unreadable):
            continue  # the list is read anew where it counts; here it would only have helped to know a block
    return found

"""Full-text search over the current records: what the index finds, seen in the texts themselves, as rows that people take away."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, ExitStack
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from archive.arrivals import arrivals
from archive.catalog import Catalog
from archive.codec import Json, packed
from archive.documents import read_document
from archive.errors import Damaged
from archive.records import Filters, records_of
from archive.schema import Row
from archive.search_index import SearchIndex
from archive.search_words import AGENCY, marked, snippet, Term, terms_of, TITLE, tokens_of, YEAR
from archive.store import Archive
from archive.takedowns import TAKEN_DOWN

INDEX = "search.db"
LOOKED_AT = 50
"""So many of the documents that have all tokens are looked at together."""


def search(archive: Archive, words: Iterable[str], filters: Filters, *, limit: int) -> list[Json]:
    """Return the current records whose title, agency or body has all words, each with a snippet.

    First those that have them in the title, then the others; of each those that came last first. Documents that came since the last
    search are put into the index before; an archive that can't be written is searched by the index that is there, else by one for this
    once. Raises Misuse for words that can't be searched for, Damaged where the index can't be read.
    """
    terms = terms_of(words)
    path = archive.root / INDEX
    try:
        with _open(archive, path) as index:
            return list(islice(_found(archive.catalog, index, terms, filters), limit))
    except sqlite3.DatabaseError as reason:
        raise Damaged(f"the index {path} can't be used ({reason}); delete it, and the next search makes it anew") from reason


@contextmanager
def _open(archive: Archive, path: Path) -> Iterator[SearchIndex]:
    if archive.read_only and path.exists():
        with SearchIndex(path, writable=False) as index:
            yield index
        return
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="gongkai-search-"))) if archive.read_only else path.parent
        index = stack.enter_context(SearchIndex(folder / INDEX))
        catch_up(index, archive)
        yield index


def catch_up(index: SearchIndex, archive: Archive) -> None:
    """Bring the index to where the catalog is."""
    for arrived in arrivals(archive.catalog, index.mark, index.unknown):
        added = ((row["sha256"], _tokens(row)) for row in arrived.fresh)
        removed = ((row["sha256"], _tokens_taken_down(archive, row)) for row in arrived.rows if row["damage"] == TAKEN_DOWN)
        index.update(arrived.mark, added, removed)


def _tokens(row: Row) -> set[str]:
    return tokens_of(row["title"] or "", row["agency"] or "", row["body"] or "", row["report_year"])


def _tokens_taken_down(archive: Archive, row: Row) -> set[str]:
    """The tokens under which a document stood before it was taken down; its file is there still."""
    content = read_document(archive.root / "documents", row["path"])
    agency = (content["agency"] or {}).get("name")
    return _tokens(
        {"title": content["title"], "agency": agency, "body": content["body"], "report_year": content["report_year"]}
    )


def _found(catalog: Catalog, index: SearchIndex, terms: tuple[Term, ...], filters: Filters) -> Iterator[Json]:
    everywhere = {token for term in terms for token in term.tokens}
    if filters.agency:
        everywhere |= {*marked(AGENCY, filters.agency)}
    if filters.year is not None:
        everywhere.add(f"{YEAR}{filters.year}")
    in_title = {token for term in terms for token in marked(TITLE, term.text)}
    seen: set[str] = set()
    for tokens in (everywhere | in_title, everywhere) if in_title else (everywhere,):
        candidates = index.having(tokens)
        while documents := list(islice(candidates, LOOKED_AT)):
            new = [document for document in documents if document not in seen]
            seen.update(new)
            yield from _seen_in(catalog, new, terms, filters)


def _seen_in(catalog: Catalog, documents: list[str], terms: tuple[Term, ...], filters: Filters) -> Iterator[Json]:
    records = records_of(catalog, documents, filters)
    texts = {row["document"]: row for row in catalog.rows(_TEXTS, [packed(list(records))])}
    for document in documents:
        if document in records and document in texts:
            text = texts[document]
            said = snippet("\n".join(text[name] or "" for name in ("title", "agency", "body")), terms)
            if said is not None:
                yield {**records[document], "snippet": said}


_TEXTS = """
SELECT o.sha256 AS document, o.title, o.agency, b.body FROM documents o JOIN bodies b ON b.document = o.sha256
WHERE o.sha256 IN (SELECT value FROM json_each(?))
"""

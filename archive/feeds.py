"""Changes as feeds that any reader subscribes to: Atom (RFC 4287) and JSON Feed 1.1, with the difference inside each entry.

The evidence stands in the catalog since the change was judged; nothing is compared anew. An entry's id never changes, so a
reader shows each change once.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path

from lxml import etree

from archive.catalog import Catalog
from archive.codec import dumps, Json, loads
from archive.comparison import word_marks
from archive.durable import write_atomic
from archive.errors import Misuse, UnwritableArchive
from archive.hashing import sha256_hex
from archive.news import changes_rows, VERDICTS, Wanted

ATOM = "http://www.w3.org/2005/Atom"
LATEST = 200
"""So many entries stand in a feed."""

TOLD = tuple(verdict for verdict in VERDICTS if verdict not in ("page_only", "redesigned"))
"""The verdicts that a feed tells unless it is asked for others: what became of a page's frame is nobody's news."""

WORDS = {
    "first_seen": "新发布",
    "figures": "数据改动",
    "wording": "文字改动",
    "attachment_replaced": "附件更换",
    "retitled": "标题改动",
    "redated": "日期改动",
    "moved": "移址",
    "republished": "他站转发",
    "copied": "文本雷同",
    "withdrawn": "撤下",
    "restored": "恢复",
    "redesigned": "改版",
    "page_only": "页面改动",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """What one feed tells: its title, the changes wanted, and the division (a code or its beginning; None for all).

    `address` is the URL at which people find it; None where nobody said.
    """

    title: str
    wanted: Wanted
    division: str | None = None
    address: str | None = None

    @property
    def id(self) -> str:
        """A URN that stays the same for the same selection."""
        wanted = self.wanted
        said = [wanted.agency or wanted.named, wanted.year, wanted.site, wanted.identity, list(wanted.verdicts), self.division]
        return f"urn:gongkai:feed:{sha256_hex(dumps(said).encode())[:32]}"


def entries(catalog: Catalog, feed: Feed) -> list[Json]:
    """Return the latest changes that a feed tells, newest first. Raises Misuse for a verdict that there is not."""
    return list(told(catalog, replace(feed, wanted=replace(feed.wanted, limit=feed.wanted.limit or LATEST))))


def told(catalog: Catalog, feed: Feed) -> Iterator[Json]:
    """Yield all changes that a feed tells, newest first. Raises Misuse for a verdict that there is not."""
    wanted = replace(feed.wanted, division=feed.division, verdicts=feed.wanted.verdicts or TOLD)
    yield from changes_rows(catalog, wanted)


def atom(feed: Feed, rows: Sequence[Json]) -> str:
    """Return a feed as Atom. `updated` is the newest change's time, so that the same changes give the same bytes."""
    root = etree.Element(f"{{{ATOM}}}feed", nsmap={None: ATOM})
    _add(root, "id", feed.id)
    _add(root, "title", feed.title)
    _add(root, "updated", rows[0]["seen_at"] if rows else "1970-01-01T00:00:00Z")
    _add(_add(root, "author"), "name", "Gongkai")
    if feed.address:
        _add(root, "link", rel="self", href=feed.address, type="application/atom+xml")
    for row in rows:
        _entry(_add(root, "entry"), row)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + etree.tostring(root, encoding="unicode", pretty_print=True)


def _add(parent: etree._Element, name: str, text: str | None = None, **attributes: str) -> etree._Element:
    element = etree.SubElement(parent, f"{{{ATOM}}}{name}", attributes)
    element.text = _printable(text) if text is not None else None
    return element


def _printable(text: str) -> str:
    # XML 1.0 has no place for control characters, and a page may hold any.
    return "".join(
        char
        for char in text
        if char in "\t\n\r" or (char >= " " and char not in "\ufffe\uffff" and not "\ud800" <= char <= "\udfff")
    )


def _entry(element: etree._Element, row: Json) -> None:
    _add(element, "id", f"urn:gongkai:change:{row['id']}")
    _add(element, "title", headline(row))
    _add(element, "updated", row["seen_at"])
    _add(element, "category", term=row["verdict"], label=WORDS[row["verdict"]])
    if is_web(row["url"]):
        _add(element, "link", rel="alternate", href=row["url"])
    _add(element, "content", content_html(row), type="html")


def json_feed(feed: Feed, rows: Sequence[Json]) -> str:
    """Return a feed as JSON Feed 1.1; `_gongkai` of an item is the change as `changes --json` has it."""
    items = [
        {
            "id": f"urn:gongkai:change:{row['id']}",
            **({"url": row["url"]} if is_web(row["url"]) else {}),
            "title": headline(row),
            "content_html": content_html(row),
            "date_published": row["seen_at"],
            "tags": [row["verdict"]],
            "_gongkai": row,
        }
        for row in rows
    ]
    named = {"feed_url": feed.address} if feed.address else {}
    facts = {"version": "https://jsonfeed.org/version/1.1", "title": feed.title, **named, "items": items}
    return dumps(facts, pretty=True) + "\n"


def is_web(url: str) -> bool:
    """Say whether people may be sent to an address: pages of the web, and no script or name that an ingested file brought."""
    return url.lower().startswith(("http://", "https://"))


def headline(row: Json) -> str:
    """Return an entry's title: who, which year, what happened, and what it says but for a new report, of which it says no more."""
    who = f"{row['agency'] or '（机关不详）'} {row['report_year'] or '（年度不详）'}"
    return f"{who} {WORDS[row['verdict']]}" + ("" if row["verdict"] == "first_seen" else f"：{row['says'][:120]}")


def content_html(row: Json) -> str:
    """Return an entry's content: cells with old and new, passages with what was taken out and put in, the captures."""
    return "".join(
        (f"<p>{escape(row['says'])}</p>", *differences_html(row["evidence"]), f"<p><small>{escape(proof(row))}</small></p>")
    )


def differences_html(evidence: Json) -> Iterator[str]:
    """Yield a paragraph for each cell, passage and attachment that differs."""
    yield from _cells(evidence)
    yield from _texts(evidence)
    yield from _files(evidence)


def _cells(evidence: Json) -> Iterator[str]:
    for cell in evidence.get("cells", ()):
        name = f"{cell['table']}.{cell['cell']}"
        yield f"<p>{escape(name)}: <del>{escape(cell['old_raw'])}</del> → <ins>{escape(cell['new_raw'])}</ins></p>"


def _texts(evidence: Json) -> Iterator[str]:
    tags = {" ": "{}", "-": "<del>{}</del>", "+": "<ins>{}</ins>"}
    for text in evidence.get("texts", ()):
        yield "<p>" + "".join(tags[mark].format(escape(part)) for mark, part in word_marks(text["old"], text["new"])) + "</p>"


def _files(evidence: Json) -> Iterator[str]:
    for each in evidence.get("attachments", ()):
        yield f"<p>{escape(each['name'])}: <del>{each['old'] or ''}</del> → <ins>{each['new'] or ''}</ins></p>"


def proof(row: Json) -> str:
    """Return both captures with when the one was last seen and the other first."""
    return f"{row['old_capture'] or '—'} ({row['since'] or '—'}) → {row['new_capture']} ({row['seen_at']})"


def all_feeds(catalog: Catalog) -> Iterator[tuple[str, Feed]]:
    """Yield the feeds that have something to tell, with their paths without suffix: everything, each verdict, region and agency."""
    yield "all", Feed(title="政府信息公开年报变动", wanted=Wanted())
    for row in catalog.rows("SELECT DISTINCT verdict FROM changes ORDER BY verdict"):
        yield f"verdict/{row['verdict']}", Feed(title=WORDS[row["verdict"]], wanted=Wanted(verdicts=(row["verdict"],)))
    for code in _regions(catalog):
        yield f"region/{code}", Feed(title=f"地区 {code}", wanted=Wanted(), division=code)
    for row in catalog.rows("SELECT DISTINCT agency FROM changes WHERE agency IS NOT NULL ORDER BY agency"):
        name = sha256_hex(row["agency"].encode())[:16]
        yield f"agency/{name}", Feed(title=row["agency"], wanted=Wanted(named=row["agency"]))


def _regions(catalog: Catalog) -> list[str]:
    sql = "SELECT DISTINCT division FROM documents WHERE division IS NOT NULL AND kind = 'annual_report'"
    codes = [row["division"] for row in catalog.rows(sql)]
    return sorted({code[:length] for code in codes for length in (2, 4, 6)})


def publish(catalog: Catalog, folder: Path, address: str | None = None) -> int:
    """Write all feeds in both formats, and `index.json`, to a folder; return how many files differ from what was there.

    `address` is the folder's URL. A feed of the last time that has nothing to tell any more (a takedown) is emptied.
    Raises UnwritableArchive.
    """
    listed: list[Json] = []
    try:
        written = 0
        for path, feed in _with_emptied(all_feeds(catalog), folder):
            rows = entries(catalog, feed) if feed.wanted != _NOTHING else []
            for suffix, make in _SUFFIXES:
                named = replace(feed, address=f"{address.rstrip('/')}/{path}.{suffix}" if address else None)
                written += _replace(folder / f"{path}.{suffix}", make(named, rows).encode("utf-8", "replace"))
            listed.append({"title": feed.title, "atom": f"{path}.xml", "json": f"{path}.json", "entries": len(rows)})
        return written + _replace(folder / "index.json", (dumps(listed, pretty=True) + "\n").encode("utf-8", "replace"))
    except OSError as reason:
        raise UnwritableArchive(f"the feeds can't be written to {folder}: {reason}") from reason


_PATH = re.compile(r"all|(?:verdict|region|agency)/\w+")
_NOTHING = Wanted(verdicts=("page_only",), until="")
_SUFFIXES = (("xml", atom), ("json", json_feed))


def _with_emptied(feeds: Iterator[tuple[str, Feed]], folder: Path) -> Iterator[tuple[str, Feed]]:
    seen = set()
    for path, feed in feeds:
        seen.add(path)
        yield path, feed
    for path, title in _published(folder):
        if path not in seen:
            yield path, Feed(title=title, wanted=_NOTHING)


def _published(folder: Path) -> list[tuple[str, str]]:
    index = folder / "index.json"
    if not index.is_file():
        return []
    try:
        named = [(str(each["json"]).removesuffix(".json"), str(each["title"])) for each in loads(index.read_text("utf-8"))]
        return [(path, title) for path, title in named if _PATH.fullmatch(path)]
    except (ValueError, KeyError, TypeError) as reason:
        raise Misuse(f"{index} is no list of feeds of ours: {type(reason).__name__}") from reason


def _replace(path: Path, payload: bytes) -> bool:
    if path.is_file() and path.read_bytes() == payload:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(path, payload, path.with_name(f".{path.name}.{os.getpid()}"))
    return True

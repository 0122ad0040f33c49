"""An article that its site has cut into pages (分页正文): the pages joined into one before it is read, its places told page by page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace

from lxml import html

from archive.hashing import sha256_hex
from archive.model import Cell, HtmlPlace, Place, Report, Table
from pipelines.attached import AttachedFile
from pipelines.attachments import sniff
from pipelines.decode import decode
from pipelines.pages import parse_html
from pipelines.reader import Context

_NOISE = 80
"""Characters by which two pages of one article differ outside its text: the pager, a counter."""


@dataclass(frozen=True, slots=True)
class _Seam:
    """A page that was put behind the first: its digest, its number, where its content stands in the joined page and in itself."""

    digest: str
    number: int
    joined: str
    own: str


Reader = Callable[[bytes, Context], Report]


def read_whole(payload: bytes, context: Context, files: Iterable[AttachedFile], reader: Reader) -> Report:
    """Return the report that an article holds together with those of its files that are its further pages.

    A table that stands on a further page names that page's digest as its `attachment`, and its places are within that page; of one
    that goes over two pages a reason says so. Raises Unreadable as `reader` does.
    """
    parts = [one for one in files if one.attachment.is_part and sniff(one.payload) == "text/html"]
    if not parts or sniff(payload) != "text/html":
        return reader(payload, context)
    whole, seams = _joined(payload, parts, context)
    report = reader(whole, replace(context, content_type="text/html; charset=utf-8"))
    said = f"body: the article's {len(parts) + 1} pages joined"
    return _placed(replace(report, reasons=(*report.reasons, said)), seams)


def _joined(payload: bytes, parts: Sequence[AttachedFile], context: Context) -> tuple[bytes, list[_Seam]]:
    root = parse_html(decode(payload, context.content_type).text)
    added = [(part, *_added(root, part.payload)) for part in parts]
    seams = [
        _Seam(sha256_hex(part.payload), number, _path(wrapper), own)
        for number, (part, wrapper, own) in enumerate(added, start=2)
    ]
    return html.tostring(root, encoding="utf-8"), seams


def _added(root: html.HtmlElement, part: bytes) -> tuple[html.HtmlElement, str]:
    """Put a page's text behind the first's; return the element that holds it there, and the path of the one that holds it in the page."""
    here, there = _container(root, parse_html(decode(part, None).text))
    wrapper = html.Element("div")
    wrapper.text = there.text
    wrapper.extend(deepcopy(child) for child in there)
    here.append(wrapper)
    return wrapper, _path(there)


def _path(element: html.HtmlElement) -> str:
    return str(element.getroottree().getpath(element))


def _container(one: html.HtmlElement, other: html.HtmlElement) -> tuple[html.HtmlElement, html.HtmlElement]:
    """Return the innermost elements within which alone two pages of one template differ: those that hold the article's text."""
    while True:
        weights = {pair: _weight(*pair) for pair in _pairs(one, other)}
        differing = sorted(weights, key=lambda pair: -weights[pair])
        if not differing or sum(weights.values()) - weights[differing[0]] > _NOISE:
            return one, other
        first, second = differing[0]
        if first is None or second is None or weights[differing[0]] <= _NOISE:
            return one, other
        one, other = first, second


_Pair = tuple[html.HtmlElement | None, html.HtmlElement | None]


def _pairs(one: html.HtmlElement, other: html.HtmlElement) -> Iterator[_Pair]:
    """Yield the children of two elements that stand for each other (same tag, id and class, in order), and those that have no other."""
    ours, theirs = _by_sign(one), _by_sign(other)
    yield from ((child, theirs.get(sign)) for sign, child in ours.items())
    yield from ((None, child) for sign, child in theirs.items() if sign not in ours)


_Sign = tuple[str, str | None, str | None]


def _by_sign(element: html.HtmlElement) -> dict[tuple[_Sign, int], html.HtmlElement]:
    seen: Counter[_Sign] = Counter()
    found = {}
    for child in element:
        if isinstance(child.tag, str) and child.tag not in {"script", "style"}:
            sign = (child.tag, child.get("id"), child.get("class"))
            seen[sign] += 1
            found[sign, seen[sign]] = child
    return found


def _weight(one: html.HtmlElement | None, other: html.HtmlElement | None) -> int:
    """Return how many characters two elements hold that are not the same; 0 for equal ones."""
    texts = ["" if each is None else "".join(str(each.text_content()).split()) for each in (one, other)]
    return 0 if texts[0] == texts[1] else max(map(len, texts))


def _placed(report: Report, seams: Sequence[_Seam]) -> Report:
    statistics, split = report.statistics, []
    for name, table in statistics.tables().items():
        moved = _told(table, seams)
        split += [name] if moved.attachment is None and _pages_of(table, seams) != {None} else []
        statistics = replace(statistics, **{name: moved})  # type: ignore[arg-type]
    others = tuple(replace(other, table=_told(other.table, seams)) for other in statistics.others)
    reasons = tuple(f"place: {name} goes over several pages, places on later ones are within those pages" for name in split)
    return replace(report, statistics=replace(statistics, others=others), reasons=(*report.reasons, *reasons))


def _told(table: Table, seams: Sequence[_Seam]) -> Table:
    """Return a table with its places told within their own pages, and the page's digest where all stand on one further page."""
    pages = _pages_of(table, seams)
    only = next(iter(pages)) if len(pages) == 1 else None
    cells = {name: cell._replace(at=_own(cell.at, seams)) for name, cell in table.cells.items()}
    extra = tuple(replace(row, cells=tuple(_cell(cell, seams) for cell in row.cells)) for row in table.extra)
    place = _own(table.place, seams)
    return replace(table, cells=cells, extra=extra, place=place, attachment=only.digest if only else table.attachment)


def _cell(cell: Cell, seams: Sequence[_Seam]) -> Cell:
    return cell._replace(at=_own(cell.at, seams))


def _pages_of(table: Table, seams: Sequence[_Seam]) -> set[_Seam | None]:
    return {_seam(cell.at, seams) for cell in table.cells.values() if isinstance(cell.at, HtmlPlace)} or {None}


def _seam(place: Place | None, seams: Sequence[_Seam]) -> _Seam | None:
    if not isinstance(place, HtmlPlace):
        return None
    return next((seam for seam in seams if f"{place.xpath}/".startswith(f"{seam.joined}/")), None)


def _own(place: Place | None, seams: Sequence[_Seam]) -> Place | None:
    """Return a place as it is within its own page."""
    seam = _seam(place, seams)
    if seam is None or not isinstance(place, HtmlPlace):
        return place
    return place._replace(xpath=seam.own + place.xpath.removeprefix(seam.joined))

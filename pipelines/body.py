"""The body of a page: its container found, the tree pruned, tables set aside, prose read by trafilatura, tables put back.

trafilatura's cost follows the number of elements it walks (`BASELINES.md` §1), so everything here makes them fewer first.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from lxml import etree, html
from trafilatura import extract
from trafilatura.settings import Extractor

from pipelines.containers import find_container, is_certain, lost_markers, names_chapter, put_back, slot
from pipelines.statistics.cells import PICTURE
from pipelines.statistics.pieces import Printed
from pipelines.statistics.spans import is_hidden

_DROPPED = (
    "script",
    "style",
    "noscript",
    "iframe",
    "select",
    "button",
    "textarea",
    "svg",
    "canvas",
    "object",
    "embed",
    "input",
)
_INLINE = ("span", "font", "strong", "b", "em", "i", "u", "big", "small", "sub", "sup", "o:p", "st1:chsdate")
_WRAPPERS = tuple(tag for tag in _INLINE if tag not in ("sub", "sup"))
"""Inline elements that say nothing in a table; a footnote's mark does."""
_UNWRAPPED = (*_INLINE, "a", "label", "form", "center", "ucapcontent", "zhengwen", "pagebreak")
_LAYOUT = ("table", "tbody", "thead", "tfoot", "tr", "td", "th", "colgroup", "col", "caption")

_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_FRAMES = frozenset({"body", "header", "footer", "main", "section", "article", "blockquote", "pre", "hr"})
_BLOCKS = frozenset({"p", "div", "li", "ul", "ol", "dl", "dt", "dd"}) | _HEADINGS | _FRAMES
_STRING = etree.XPath("string()", smart_strings=False)
_MANY_PARAGRAPHS = 6
"""More elements than a cell of a statutory table has: header cells are broken into two or three."""
_ELEMENTS = etree.XPath("count(descendant::*)")
_CROWDED = etree.XPath(f"boolean(descendant::*[self::td or self::th][*[{_MANY_PARAGRAPHS + 1}]])")
_HIDDEN = etree.XPath("descendant::*[@style or @hidden]")
_LINES = etree.XPath("tr|tbody/tr|thead/tr|tfoot/tr")
_FEWEST_CELLS = 3
_FEWEST_COLUMNS = 2
"""Title, date and text in rows of one cell each are a layout."""
_LONG_CELL = 600
"""More characters than any cell of a statutory table holds (changchun-jk-wenjiao-2020 prints definitions of 130)."""
_OVER_LISTS = ("h2", "h3", "h4", "h5", "h6")
_LIST_HEADING = 10
_FEWEST_LINKS = 3
_LONGEST_LINK = 80
_FILE_LINK = re.compile(r"\.(?:pdf|docx?|xlsx?|wps|et|ofd|rtf|zip|rar)(?:[?#]|$)", re.IGNORECASE)
_LIST_DATE = re.compile(r"[\[【(（]?20\d\d[-./年]\d{1,2}[-./月]\d{1,2}日?[\]】)）]?")
_ORNAMENT = re.compile(
    r"logo|icon|ewm|erweima|qr|weixin|wechat|banner|share|jiucuo|dzjg|gongan|ghs|top|btn|arrow", re.IGNORECASE
)
_BLANKS = " \t\xa0\u200b\ufeff"
_BLANKS_BEHIND = _BLANKS + "\u3000"
_OTHER_ENDS = "\r\x0b\x0c\u2028\u2029"
_LINE_ENDS = re.compile(r"\r\n|[\r\n\x0b\x0c\u2028\u2029]")
_PROSE_ONLY = Extractor(fast=True, comments=False, tables=False)
"""Made once: reading trafilatura's own settings takes as long as walking a short page."""
_SLOT_END = "此处占位〕"


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """The text of a page's body, one paragraph or table row a line, and how it was found.

    `found_by` is named (a container that a CMS names), dense (the element that holds most prose) or page (the whole page,
    where no container was beyond doubt); `images` counts the page's pictures, logos and codes left out. `reasons` say whether the prose
    was read by trafilatura or, in a container that is certain, paragraph by paragraph.
    """

    text: str
    found_by: str
    reasons: tuple[str, ...] = ()
    images: int = 0


def unwrap_cells(root: html.HtmlElement) -> None:
    """Take the inline wrappers out of tables, and what they hide: Word puts three around each number, and whoever reads the cells pays for them.

    The XPath of a cell stays what it is in the page as captured: only what lies inside cells goes. A table that holds tables
    is left alone, since a wrapper may stand on the inner cells' paths.
    """
    for table in root.iter("table"):
        if next(table.iterdescendants("table"), None) is None:
            for hidden in [each for each in table.iter(*_WRAPPERS, "p", "div") if is_hidden(each)]:
                hidden.drop_tree()
            etree.strip_tags(table, *_WRAPPERS)


def extract_body(root: html.HtmlElement, packed: str | None = None, printed: Sequence[Printed] = ()) -> Body:
    """Return the body of a page. The tree is consumed: whoever needs its places must have read them before.

    `packed` is the page's text without white space, None where nobody has it yet; `printed` are tables that were read already.
    """
    page = _body_element(root)
    images = sum(1 for image in page.iter("img") if not _ORNAMENT.search(image.get("src") or ""))
    etree.strip_elements(page, *_DROPPED, with_tail=False)
    _drop_hidden(page)
    tables = _take_tables(page, {table.element: table for table in printed if not table.hidden})
    container, found_by = find_container(page, tables)
    if lost := lost_markers(page, tables, container, found_by, packed):
        doubt = f"body: the container was doubtful, it lacks {'、'.join(lost)}; read from the full page"
        prose, how = _read_page(page)
        return Body(text=put_back(prose, tables), found_by="page", reasons=(doubt, how), images=images)
    prose, how = _read(container.element, is_certain=is_certain(container))
    return Body(text=put_back(prose, tables), found_by=found_by, reasons=(how,), images=images)


def plain_body(text: str) -> str:
    """Return a text input as a body: one kind of line end, no trailing spaces, at most one empty line in a row."""
    split = _LINE_ENDS.split(text) if any(end in text for end in _OTHER_ENDS) else text.split("\n")
    whole = "\n".join([line.lstrip(_BLANKS).rstrip(_BLANKS_BEHIND) for line in split])
    return (re.sub(r"\n{3,}", "\n\n", whole) if "\n\n\n" in whole else whole).strip("\n")


def _body_element(root: html.HtmlElement) -> html.HtmlElement:
    found = root.find("body") if root.tag == "html" else None
    return root if found is None else found


def _drop_hidden(page: html.HtmlElement) -> None:
    """Take out what nobody sees: notes of editors, texts for search engines.

    What holds a table, a chapter of a report or much text stays: scripts show it once the page is there, or at a click on its tab.
    """
    for each in _HIDDEN(page):
        if is_hidden(each) and next(each.iter("table"), None) is None:
            text = str(_STRING(each))
            if len(text) <= _LONG_CELL and not names_chapter(text):
                each.drop_tree()


def _read_page(page: html.HtmlElement) -> tuple[str, str]:
    """The text of a whole page, by which class and id are left for trafilatura to judge by; and how it was read."""
    document = page.makeelement("html")
    etree.SubElement(document, "body").append(page)
    _unwrap_layout(document)
    return _prose(document)


def _read(container: html.HtmlElement, *, is_certain: bool) -> tuple[str, str]:
    """The text of a container, and the sentence that says how its prose was read.

    It stands in an `<article>`: trafilatura keeps headings and text outside paragraphs only where it knows the main part.
    """
    document = container.makeelement("html")
    etree.SubElement(etree.SubElement(document, "body"), "article").append(container)
    container.tail = None
    drop_link_lists(container)
    etree.strip_tags(container, *_UNWRAPPED)
    _unwrap_layout(document)
    if is_certain:
        return _walk(document), "body: certain by its headings, read paragraph by paragraph"
    for element in container.iter():
        element.attrib.clear()
    return _prose(document)


def drop_link_lists(container: html.HtmlElement) -> None:
    """Take lists of other pages out of a container, with the heading over them; a list of files stays."""
    for found in list(container.iter("ul", "ol", "dl")):
        if found.getparent() is not None and _is_link_list(found):
            heading = found.getprevious()
            if heading is not None and heading.tag in _OVER_LISTS and len(_squeezed(heading)) <= _LIST_HEADING:
                heading.drop_tree()
            found.drop_tree()


def _is_link_list(found: html.HtmlElement) -> bool:
    """Whether a list is nothing but titles of other pages, with their dates."""
    links = list(found.iter("a"))
    if len(links) < _FEWEST_LINKS or any(_FILE_LINK.search(link.get("href") or "") for link in links):
        return False
    titles = [_squeezed(link) for link in links]
    if any(len(title) > _LONGEST_LINK or "。" in title for title in titles):
        return False
    return sum(map(len, titles)) >= 0.9 * len(_LIST_DATE.sub("", _squeezed(found)))


def _squeezed(element: html.HtmlElement) -> str:
    return "".join(str(_STRING(element)).split())


def _take_tables(page: html.HtmlElement, printed: Mapping[object, Printed]) -> list[str]:
    """Replace every data table by a paragraph that names it; return the tables as text."""
    taken: list[str] = []
    for table in list(page.iter("table")):
        text = None if _is_menu(table) else _printed_text(table, printed.get(table)) or table_text(table)
        if text is not None:
            _replace(table, slot(len(taken)))
            taken.append(text)
    return taken


def _is_menu(table: html.HtmlElement) -> bool:
    """Whether half of a table's text or more stands in links; those must count as links when the container is looked for."""
    links = list(table.iter("a"))
    linked = sum(len("".join(str(_STRING(link)).split())) for link in links)
    return linked > 0 and 2 * linked >= len("".join(str(_STRING(table)).split()))


def _unwrap_layout(document: html.HtmlElement) -> None:
    for node in document.iter(*_LAYOUT):
        node.tag = "div"


def _printed_text(table: html.HtmlElement, printed: Printed | None) -> str | None:
    """The same as `table_text` of a table that was read already, None where that has to be asked."""
    if printed is None or len(printed.pieces) < _FEWEST_CELLS:
        return None
    inside = int(float(str(_ELEMENTS(table)))) - len(printed.pieces) - printed.pieces[-1].row + printed.row
    if inside > _MANY_PARAGRAPHS and _CROWDED(table):
        return None
    if next(table.iterdescendants("table"), None) is not None:
        return None
    lines: list[list[str]] = []
    row = printed.row
    for piece in printed.pieces:
        if (text := _plain(piece.text)) is None:
            return None
        if piece.row != row:
            row = piece.row
            lines.append([])
        lines[-1].append(text)
    return "\n".join(map(" | ".join, lines)).replace(PICTURE, "") if max(map(len, lines)) >= _FEWEST_COLUMNS else None


def table_text(table: html.HtmlElement) -> str | None:
    """Return a data table as lines of cells with ` | ` between them, empty cells as empty places; None for a layout table.

    A data table has several cells, none as long as an article, two of them side by side, and no further table.
    """
    if next(table.iterdescendants("table"), None) is not None:
        return None
    lines = [
        [_deep_text(cell) if len(cell) else _plain(cell.text) for cell in row if cell.tag in {"td", "th"}]
        for row in _LINES(table)
    ]
    if sum(map(len, lines)) < _FEWEST_CELLS or max(map(len, lines)) < _FEWEST_COLUMNS or any(None in line for line in lines):
        return None
    return "\n".join(" | ".join(map(str, line)) for line in lines)


def _deep_text(cell: html.HtmlElement) -> str | None:
    """The text of a cell with elements in it, None for one that is the page's main part."""
    if len(cell) > _MANY_PARAGRAPHS:
        return None
    is_simple = len(cell) == 1 and len(cell[0]) == 0
    return _plain(str(_STRING(cell)) if is_simple else " ".join(cell.itertext()))


@lru_cache(maxsize=1024)
def _plain(text: str | None) -> str | None:
    """A text with single spaces, if as small as that of a cell of a statutory table."""
    plain = " ".join((text or "").split())
    return None if len(plain) > _LONG_CELL and len(plain) - plain.count(" ") > _LONG_CELL else plain


def is_data_table(table: html.HtmlElement) -> bool:
    """Say whether a table holds data, as `table_text` does."""
    return table_text(table) is not None


def _replace(table: html.HtmlElement, text: str) -> None:
    table.clear(keep_tail=True)
    table.tag, table.text = "p", text


def _prose(document: html.HtmlElement) -> tuple[str, str]:
    """The prose by trafilatura, or by our own walk where trafilatura left out or ran together what stands in the container."""
    walked = _walk(document)
    found = extract(document, options=_PROSE_ONLY) or ""
    is_whole = _letters(found) >= 0.9 * _letters(walked) and found.count(_SLOT_END) == walked.count(_SLOT_END)
    if is_whole and 2 * found.count("\n") >= walked.count("\n"):
        return found, "body: read by trafilatura"
    return walked, "body: trafilatura left out or ran together part of the container; read paragraph by paragraph"


def _letters(text: str) -> int:
    return sum(map(len, text.split()))


def _walk(root: html.HtmlElement) -> str:
    """The text below an element, a line for each block and each `<br>`."""
    parts: list[str] = []
    for event, node in etree.iterwalk(root, events=("start", "end")):
        text = node.text if event == "start" else node.tail
        if node.tag in _BLOCKS or (node.tag == "br" and event == "start"):
            parts.append("\n")
        if text:
            parts.append(" ".join(text.split()))
    return "\n".join(line for line in "".join(parts).split("\n") if line)

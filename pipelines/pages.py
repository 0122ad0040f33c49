"""One parse of an HTML page, and what the page says about itself: metas, headings, dates, sources, files."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import unquote, urljoin, urlsplit

from lxml import etree, html

from archive.errors import Refused, Unreadable
from archive.model import Attachment

_FILE = re.compile(r"\.(pdf|docx?|wps|ofd|rtf|xlsx?|et|zip|rar)(?:$|[?#&])", re.IGNORECASE)
_DOWNLOAD = re.compile(r"(?:downfile|download)\.jsp\?", re.IGNORECASE)
_FILE_MARKS = (".pdf", ".doc", ".wps", ".ofd", ".rtf", ".xls", ".et", ".zip", ".rar", "load.jsp?", "downfile.jsp?")
"""One of them stands in every address of a file, in lower case."""
_JSON_CONTENT = re.compile(r"""["']?(?:content|contentHtml|htmlContent)["']?\s*:\s*("(?:[^"\\]|\\.){200,}")""", re.IGNORECASE)
MAX_ELEMENTS = 100_000
"""Most elements of a page: one pasted from Word has 10,000."""
MAX_CELLS = 20_000
"""Most table cells of a page: the three statutory tables have about 300."""
MAX_TEXT = 1_000_000
"""Most characters of a text: a long report has 30,000, a yearbook half a million."""
_ONE_CLASS = etree.ElementDefaultClassLookup(
    element=html.HtmlElement, comment=html.HtmlComment, pi=html.HtmlProcessingInstruction, entity=html.HtmlEntity
)
"""lxml.html's own look-up asks Python for the class of every element that is touched, which costs more than the touching."""
_PARSER = html.HTMLParser(encoding="utf-8", huge_tree=False, remove_comments=True, remove_pis=True)
"""Made once. Comments and instructions say nothing, and an XPath of an element doesn't count them."""
_PARSER.set_element_class_lookup(_ONE_CLASS)
_ELEMENTS = etree.XPath("count(//*)")
_CELLS = etree.XPath("count(//td|//th)")
_LETTERS = etree.XPath("string-length(.)")
_STRING = etree.XPath("string()", smart_strings=False)
_LINKS = etree.XPath("count(//a)")
_HREFS = etree.XPath("//a/@href", smart_strings=False)
_TOLD = {
    "script": "script",
    "meta": "meta",
    "title": "title",
    **dict.fromkeys(("h1", "h2", "ucaptitle"), "heading"),
}
"""Elements by which a page says something about itself, gathered in one pass, and what each is."""
_DATE = re.compile(r"(?:20\d\d[-年/.]?)?[01]?\d[-月/.][0-3]?\d")
_XML_HEAD = re.compile(r"^\s*<\?xml[^>]*\?>")
_LITERAL = re.compile(r"""(?:来源|信息来源|文章来源)\s*[:：]\s*([^<"'\s]{2,30})""")
_SOURCE_VARIABLE = re.compile(r"""var\s+(?:SourceName|wzly|ly)\s*=\s*["']([^"'<]{2,40})["']""")
_DATE_VARIABLE = re.compile(r"""var\s+(?:pubdata|pubdate|PubDate|fbrq)\s*=\s*["']([^"'<]{6,40})["']""", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """An HTML page: its tree without scripts and styles, and its own statements about itself.

    `metas` holds the first non-empty content of each meta name, names in lower case; `visible` is the page's text, `packed` the same
    without white space. `source`
    and `scripted_date` come from literals of inline scripts: TRS portals write both with document.write (`PORTALS.md` §3.1).
    `scripted_html` is an article that a script holds as a JSON string (gkmlpt, UCAP), None without one.
    `has_files` is false where no link can lead to a file. Scripts may go because an XPath counts only siblings of its own tag: no cell's place changes.
    """

    root: html.HtmlElement
    metas: Mapping[str, str]
    title: str | None
    headings: tuple[str, ...]
    source: str | None
    scripted_date: str | None
    links: int
    has_files: bool
    visible: str
    packed: str
    scripted_html: str | None = None


def parse_page(text: str) -> Page:
    """Return the page of an HTML text. Raises Unreadable where no element can be parsed, Refused beyond the limits below."""
    root = parse_html(text)
    if text.count("<") > MAX_CELLS or len(text) > MAX_TEXT:  # a page with fewer signs can't be beyond the limits
        _refuse_monsters(root)
    told: dict[str, list[html.HtmlElement]] = {role: [] for role in _TOLD.values()}
    for node in root.iter(*_TOLD):
        told[_TOLD[str(node.tag)]].append(node)
    scripts = "\n".join(node.text or "" for node in told["script"])
    etree.strip_elements(root, "script", "style", with_tail=False)
    visible = str(_STRING(root))
    return Page(
        root=root,
        metas=_metas(told["meta"]),
        title=_squeezed(told["title"][0].text) if told["title"] else None,
        headings=_headings(told["heading"]),
        source=_source(scripts),
        scripted_date=_first(_DATE_VARIABLE, scripts),
        links=int(float(str(_LINKS(root)))),
        has_files=_may_lead_to_files(root),
        visible=visible,
        packed="".join(visible.split()),
        scripted_html=scripted_html(scripts),
    )


def _refuse_monsters(root: html.HtmlElement) -> None:
    for count, most, what in (
        (_ELEMENTS, MAX_ELEMENTS, "elements"),
        (_CELLS, MAX_CELLS, "table cells"),
        (_LETTERS, MAX_TEXT, "characters"),
    ):
        if (found := int(float(str(count(root))))) > most:
            raise Refused(f"the page has {found:,} {what}, above the limit of {most:,} for one report")


def parse_html(text: str) -> html.HtmlElement:
    """Return the root element of an HTML text; a fragment gets html and body. Raises Unreadable where there is no element."""
    plain = _XML_HEAD.sub("", text)
    try:
        root = html.document_fromstring(plain.encode("utf-8", errors="replace"), parser=_PARSER)
    except (etree.ParserError, ValueError) as problem:
        raise Unreadable(f"the HTML holds no element: {problem}") from problem
    return root


@dataclass(frozen=True, slots=True)
class LinkCount:
    """How many links of a page stand beside a date, and how many characters stand outside links."""

    dated: int
    prose: int


def count_links(root: html.HtmlElement) -> LinkCount:
    """Return what tells a list page from an article."""
    links = [(link, _text(link)) for link in root.iter("a")]
    dated = sum(1 for link, text in links if len(text) >= 4 and _DATE.search(_row_text(link)))
    return LinkCount(dated=dated, prose=len(_text(root)) - sum(len(text) for _, text in links))


def _row_text(link: html.HtmlElement) -> str:
    """Return the text of the list row that a link stands in: the nearest li, tr, dd or p, else the parent."""
    row = next((above for above in link.iterancestors("li", "tr", "dd", "p")), link.getparent())
    text = _text(row) if row is not None else ""
    return text if len(text) < 300 else ""


def _text(element: html.HtmlElement) -> str:
    return "".join(str(_STRING(element)).split())


def scripted_html(scripts: str) -> str | None:
    """Return the longest HTML text that inline scripts hold under content or contentHtml, None below 200 characters.

    A string that is no JSON (cut, or with JavaScript's own escapes) is passed over.
    """
    texts = [text for match in _JSON_CONTENT.finditer(scripts) if (text := _json_string(match[1]))]
    best = max(texts, key=len, default="")
    return best if len(best) > 200 and "<" in best else None


def _json_string(literal: str) -> str | None:
    try:
        return str(json.loads(literal))
    except ValueError:
        return None


def attachments_of(root: html.HtmlElement, url: str | None) -> tuple[Attachment, ...]:
    """Return the files that the links of an element lead to, in order, each URL once; relative where no page URL is known."""
    found: dict[str, Attachment] = {}
    for link in root.iter("a"):
        href = (link.get("href") or "").strip()
        if _FILE.search(href) or _DOWNLOAD.search(href):
            target = _joined(url, href)
            found.setdefault(target, Attachment(url=target, name=_file_name(link, href)))
    return tuple(found.values())


def _may_lead_to_files(root: html.HtmlElement) -> bool:
    hrefs = "\n".join(_HREFS(root)).lower()
    return any(mark in hrefs for mark in _FILE_MARKS)


def _joined(url: str | None, href: str) -> str:
    try:
        return urljoin(url or "", href)
    except ValueError:  # an href such as http://[附件] is no URL; it is kept as printed
        return href


def _file_name(link: html.HtmlElement, href: str) -> str:
    said = link.get("download") or link.get("title") or " ".join("".join(link.itertext()).split())
    return said or unquote(href.partition("?")[0].rpartition("/")[2])


def host_of(url: str | None) -> str | None:
    """Return the host of a URL in lower case, None for no URL or one without a host."""
    try:
        host = urlsplit(url or "").hostname
    except ValueError:
        return None
    return host.lower().rstrip(".") if host else None


def _metas(nodes: Sequence[html.HtmlElement]) -> dict[str, str]:
    found: dict[str, str] = {}
    for meta in nodes:
        name = (meta.get("name") or meta.get("property") or "").strip().lower()
        content = (meta.get("content") or "").strip()
        if name and content:
            found.setdefault(name, content)
    return found


def _headings(nodes: Sequence[html.HtmlElement]) -> tuple[str, ...]:
    texts = [_squeezed(str(_STRING(node))) for node in nodes]
    return tuple(text for text in texts if text and len(text) < 120)


def _source(scripts: str) -> str | None:
    return _first(_SOURCE_VARIABLE, scripts) or _first(_LITERAL, scripts)


def _first(pattern: re.Pattern[str], text: str) -> str | None:
    match = pattern.search(text)
    return match[1].strip() if match else None


def _squeezed(text: str | None) -> str | None:
    return " ".join(text.split()) or None if text else None


_TAIL = 4000
_HOLDERS = ("table", "div")


def breaks_off(text: str) -> bool:
    """Say whether a page's markup ends in its middle: its body is never closed, nor is a table, a division or the last tag; of a
    page without a body whether its last table is not.

    Servers that close a line say nothing of the length; what was cut came whole, as far as the wire can tell.
    """
    if "</html" in text[-_TAIL:].lower() or "</body" in (low := text.lower()) or "</html" in low:
        return False
    if "<body" not in low:
        # A fragment: its template may close what stands open, but no table.
        return low.rfind("<table") > low.rfind("</table")
    is_open = any(low.count(f"<{name}") > low.count(f"</{name}") for name in _HOLDERS)
    return is_open or low.rfind("<") > low.rfind(">")

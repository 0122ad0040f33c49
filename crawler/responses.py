"""What came, before it is read as anything: a file or a page, its text, and why nothing came."""

from __future__ import annotations

import zlib
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from scrapy.exceptions import IgnoreRequest
from scrapy.http import HtmlResponse, Response, TextResponse

from archive.errors import Unreadable
from crawler.browser_refusals import NotDrawn
from crawler.budget import HostHeld
from crawler.challenges import Answer
from crawler.frontier import Entry
from crawler.guard import AddressRefused, OutOfScope
from crawler.hours import OutsideVisitTime
from crawler.pages import Page
from crawler.robots import DisallowedByRobots, HostUnreachable, RobotsUnreachable
from pipelines.decode import decode, Decoded

_MAGIC = (
    b"%PDF",
    b"PK\x03\x04",
    b"\xd0\xcf\x11\xe0",
    b"{\\rtf",
    b"\xff\xd8\xff",
    b"\x89PNG",
    b"GIF8",
    b"II*\x00",
    b"MM\x00*",
    b"Rar!",
)
_GZIP = b"\x1f\x8b\x08"
_MOST_UNPACKED = 64 * 1024 * 1024


def is_file(payload: bytes) -> bool:
    """Say by its first bytes whether a payload is a file (PDF, Office, RTF, image) and no page, whatever its header says."""
    return payload.startswith(_MAGIC)


def html_of(response: Response) -> str:
    """Return the decoded text of a page, whatever type and charset its header gave it."""
    return decoded(response).text


def decoded(response: Response) -> Decoded:
    """Return a page's text and charset as the reader finds them; what even it can't decode is taken as Scrapy guesses it.

    A body that is a gzip file (`sitemap.xml.gz`, or a page packed twice) is unpacked.
    """
    body = _unpacked(response.body)
    try:
        return decode(body, (response.headers.get("Content-Type") or b"").decode("latin-1") or None)
    except Unreadable:
        text = response.text if isinstance(response, TextResponse) else HtmlResponse(response.url, body=response.body).text
        return Decoded(text, "utf-8", "guess")


def _unpacked(body: bytes) -> bytes:
    """Return what a gzip file holds, as much as can be had and no more than the bound; any other body as it is."""
    if not body.startswith(_GZIP):
        return body
    try:
        return zlib.decompressobj(wbits=31).decompress(body, _MOST_UNPACKED)
    except zlib.error:
        return body


def file_name(url: str) -> str:
    """Return the last part of a URL's path."""
    return PurePosixPath(unquote(urlsplit(url).path)).name


def page_of(what: Decoded, address: str, entry: Entry, *, site_maps: tuple[str, ...] = ()) -> Page:
    """Return the page, or the data that another page asked for, that came for an entry. A script file is read as a page's own script."""
    asked_by = entry.referer if entry.is_data else None
    is_script = asked_by is not None and urlsplit(address).path.lower().endswith(".js")
    text = "<script>" + what.text.replace("</", r"<\/") + "</script>" if is_script else what.text
    return Page(address, text, asked_by=asked_by, charset=what.charset, templates=entry.templates, site_maps=site_maps)


def answer_of(response: Response) -> Answer:
    """Return what a response is judged by for challenges; a file's body is not looked into."""
    headers = {name.decode("latin-1").lower(): b",".join(values).decode("latin-1") for name, values in response.headers.items()}
    body = "" if is_file(response.body) else html_of(response)
    return Answer(status=response.status, headers=headers, body=body)


def waits(error: BaseException | None) -> bool:
    """Say whether what kept a request back will pass: its page waits. A host that gives no answer at all is another matter."""
    if isinstance(error, HostUnreachable):
        return False
    return isinstance(error, HostHeld | OutsideVisitTime | RobotsUnreachable)


def why_failed(error: BaseException | None) -> str:
    """Return the kind of finding for a request that gave no response."""
    match error:
        case HostUnreachable():
            return "unreachable"
        case RobotsUnreachable():
            return "blocked:robots-unreachable"
        case DisallowedByRobots():
            return "blocked:robots"
        case HostHeld():
            return "blocked:throttle"
        case OutsideVisitTime():
            return "blocked:visit-time"
        case AddressRefused():
            return "address-refused"
        case NotDrawn():
            return error.kind
        case OutOfScope():
            return "out-of-scope"
        case IgnoreRequest():
            return "not-fetched"
    return "unreachable"

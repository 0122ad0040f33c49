"""What came, before it is read as anything: a file or a page, its text, and why nothing came."""

from __future__ import annotations

from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from scrapy.exceptions import IgnoreRequest
from scrapy.http import HtmlResponse, Response, TextResponse

from crawler.challenges import Answer
from crawler.guard import AddressRefused, OutOfScope
from crawler.robots import DisallowedByRobots, HostUnreachable, RobotsUnreachable

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


def is_file(payload: bytes) -> bool:
    """Say by its first bytes whether a payload is a file (PDF, Office, RTF, image) and no page, whatever its header says."""
    return payload.startswith(_MAGIC)


def html_of(response: Response) -> str:
    """Return the decoded text of a page, by header, BOM, meta tag or guess, whatever type its header gave it."""
    if isinstance(response, TextResponse):
        return response.text
    return HtmlResponse(response.url, body=response.body).text


def file_name(url: str) -> str:
    """Return the last part of a URL's path."""
    return PurePosixPath(unquote(urlsplit(url).path)).name


def answer_of(response: Response) -> Answer:
    """Return what a response is judged by for challenges; a file's body is not looked into."""
    headers = {name.decode("latin-1").lower(): b",".join(values).decode("latin-1") for name, values in response.headers.items()}
    body = "" if is_file(response.body) else html_of(response)
    return Answer(status=response.status, headers=headers, body=body)


def why_failed(error: BaseException | None) -> str:
    """Return the kind of finding for a request that gave no response."""
    match error:
        case HostUnreachable():
            return "unreachable"
        case RobotsUnreachable():
            return "blocked:robots-unreachable"
        case DisallowedByRobots():
            return "blocked:robots"
        case AddressRefused():
            return "address-refused"
        case OutOfScope():
            return "out-of-scope"
        case IgnoreRequest():
            return "not-fetched"
    return "unreachable"

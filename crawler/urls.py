"""URLs: how one is asked for, and when two name the same page (`PORTALS.md` §8.5)."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, quote, unquote, urlencode, urljoin, urlsplit, urlunsplit

from w3lib.url import safe_url_string

from archive.addresses import is_noise, state_key

_SESSION = re.compile(r";(?:jsessionid|phpsessid)=[^/?#]*", re.IGNORECASE)
_INDEX = re.compile(r"/(?:index|default)\.(?:s?html?|jsp|aspx?|php)$", re.IGNORECASE)
_SAME_SITE = re.compile(r"^(?:www|m|wap|3g)\.(?=[^.]+\.[^.]+)")
_MOBILE_PATH = re.compile(r"^/(?:wap|m|mobile)(?=/)")
_MOBILE_POST = re.compile(r"/mpost_(\d+)\.")
# Client state of Hanweb and UCAP lists: the server gives the same page whatever they say.
_CLIENT_STATE = frozenset(("uid", "pagenum"))
_FILE = re.compile(r"\.(pdf|docx?|wps|ofd|xlsx?|et|rtf|zip|rar|jpe?g|png)$", re.IGNORECASE)
_DOWNLOAD = re.compile(
    r"(?:down|downfile|download|downloadfile|filedownload|getfile)\.(?:jsp|do|as[hp]x?|action|php)$", re.IGNORECASE
)
_PAGE = re.compile(r"/$|\.(?:s?html?|jhtml)$", re.IGNORECASE)
_STATE = re.compile(r"#(?:!?/|click=).+$", re.DOTALL)
_DOCUMENTS = frozenset(("pdf", "doc", "docx", "wps", "ofd", "rtf"))


def join(base: str, href: str, charset: str = "utf-8") -> str | None:
    """Return the absolute URL of a reference, without fragment, ready to be asked for; None for what is no http(s) page.

    Characters in a query go out in the page's charset, those of a path in UTF-8, as browsers send them. Session ids and double slashes in the path are taken out; a host's trailing dot, too (it comes of joining `./` to it).
    """
    href = _with_slashes(re.sub(r"[\r\n\t]", "", href).strip())
    if not href or "{{" in href or href.startswith("#"):
        return None
    try:
        parts = urlsplit(urljoin(base, href))
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not host:
        return None
    netloc = _netloc(parts.scheme, host.rstrip("."), port)
    path = re.sub(r"/{2,}", "/", _SESSION.sub("", parts.path)) or "/"
    return str(safe_url_string(urlunsplit((parts.scheme, netloc, path, _SESSION.sub("", parts.query), "")), encoding=charset))


def _with_slashes(href: str) -> str:
    """Return a reference with the backslashes of its path as slashes, as browsers read them; a query keeps its own."""
    path, mark, rest = href.partition("?")
    return path.replace("\\", "/") + mark + rest


def _netloc(scheme: str, host: str, port: int | None) -> str:
    host = f"[{host}]" if ":" in host else host
    default = {"http": 80, "https": 443}[scheme]
    return host if port in {None, default} else f"{host}:{port}"


def identity(url: str) -> str:
    """Return the key under which a page is known: equal for two URLs that name the same page.

    Scheme, `www.`, default ports, index file names, tracking and session parameters and mobile copies (`m.`, `wap.`, `/wap/`,
    `mpost_`) make no difference; every other query parameter does, since some modules have no other identity (`area`, `fbtime` …).

    >>> identity("https://www.a.gov.cn/x/index.html?spm=1&id=2") == identity("http://a.gov.cn/x/?id=2")
    True
    """
    url, form = posted(url)
    state, url = state_key(url), staged(url)[0]
    parts = urlsplit(join(url, url) or url)
    host = _SAME_SITE.sub("", parts.hostname or "")
    path = _MOBILE_PATH.sub("", _INDEX.sub("/", _MOBILE_POST.sub(r"/post_\1.", unquote(parts.path, "latin-1"))))
    pairs = [pair for pair in parse_qsl(parts.query, keep_blank_values=True, encoding="latin-1") if not is_noise(*pair)]
    names = {name.lower() for name, _ in pairs}
    if names >= _CLIENT_STATE:
        pairs = [pair for pair in pairs if pair[0].lower() not in _CLIENT_STATE]
    port = f":{parts.port}" if parts.port not in {None, 80, 443} else ""
    query = urlencode(sorted(pairs), encoding="latin-1") if pairs or "=" in parts.query else parts.query
    return posting(f"{host}{port}{quote(path, encoding='latin-1')}" + (f"?{query}" if query else ""), form) + state


def goes_round(url: str) -> bool:
    """Say whether a folder's name stands twice in a URL's path: relative links of a server that answers anything grow so."""
    folders = [part for part in urlsplit(url).path.split("/")[:-1] if part and not part.isdigit()]
    return len(set(folders)) < len(folders)


def posting(url: str, form: str | None) -> str:
    """Return the address of a POST: the URL, with the form that it sends behind `#post=`; the URL itself for a GET (None).

    So a POST is one text and one key in the frontier, as any other request.
    """
    return url if form is None else f"{url}#post={form}"


def posted(address: str) -> tuple[str, str | None]:
    """Return URL and form of an address; the form of a GET is None."""
    url, mark, form = address.partition("#post=")
    return url, form if mark else None


def staged(address: str) -> tuple[str, str]:
    """Return the document of an address, and the state of an application behind it (`#/article/5`, `#click=…`), empty for none."""
    found = _STATE.search(address)
    return (address[: found.start()], found[0]) if found else (address, "")


def host_of(url: str) -> str:
    """Return the lower-case host of a URL, without port; empty where there is none."""
    return urlsplit(url).hostname or ""


def file_type(url: str, name: str = "") -> str | None:
    """Return the extension of the file that a URL (or its shown name) says it is, None for a page.

    Whatever is no plain page may be shown by its file name (年报.docx). Download scripts name the file in a query value or in the
    link's text; without either the type is `bin`.
    """
    parts = urlsplit(url)
    if found := _FILE.search(parts.path):
        return found.group(1).lower()
    if not _PAGE.search(parts.path) and (found := _FILE.search(name.strip())):
        return found.group(1).lower()
    if not _DOWNLOAD.search(parts.path):
        return None
    names = [*(value for _, value in parse_qsl(parts.query)), name.strip()]
    return next((found.group(1).lower() for text in names if (found := _FILE.search(text))), "bin")


def is_document(url: str, name: str = "") -> bool:
    """Say whether a URL is of a file that may hold a report: PDF, Word, WPS, OFD, RTF, or a download without a type."""
    return file_type(url, name) in _DOCUMENTS | {"bin"}

"""When two addresses name the same page: what of a URL says nothing about it. Pure; crawl and archive go by the same rules."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import parse_qsl, urlencode, urlsplit

from w3lib.url import canonicalize_url

_SESSION = re.compile(r";(?:jsessionid|phpsessid)=[^/?#]*", re.IGNORECASE)
_INDEX = re.compile(r"/(?:index|default)\.(?:s?html?|jsp|aspx?|php)$", re.IGNORECASE)
_SAME_SITE = re.compile(r"^(?:www|m|wap|3g)\.(?=[^.]+\.[^.]+)")
_MOBILE_PATH = re.compile(r"^/(?:wap|m|mobile)(?=/)")
_STATE = re.compile(r"#(?:!?/|click=).+$", re.DOTALL)
"""What an application shows at one address: its route, or what was clicked on."""
_TURNS = re.compile(r"(?:^|(?<=/))\d+(?=,)")
_TRACKING = frozenset(
    (
        "spm",
        "from",
        "ivk_sa",
        "isappinstalled",
        "scene",
        "share_token",
        "timestamp",
        "_t",
        "jsessionid",
        "phpsessid",
        "sessionid",
    )
)
_TOKENS = re.compile(r"^(?:sid|session|session_?id|sess|token|_?csrf|csrf_?token|_token|ticket|uuid)$", re.IGNORECASE)
"""Names of session tokens, where the value is long enough to be one; a short `sid` is often a site's or section's number."""
_TOKEN_LENGTH = 16
_CACHE_BUSTERS = re.compile(r"^(?:_|t|r|v|rnd|rand|random|time|ts|nocache|date_?time)$", re.IGNORECASE)
_CACHE_BUSTER = re.compile(r"^(?:0\.\d{6,}|1\d{9}|1\d{12})$")


def is_noise(name: str, value: str) -> bool:
    """Say whether a parameter of a query says nothing about the page: tracking, a session's token, a cache buster."""
    if name.lower() in _TRACKING or name.lower().startswith("utm_"):
        return True
    if _TOKENS.match(name) and len(value) >= _TOKEN_LENGTH:
        return True
    return bool(_CACHE_BUSTERS.match(name) and _CACHE_BUSTER.match(value))


def state_key(url: str) -> str:
    """Return the state of an application in an address, empty for none; how often a list is turned over says nothing: its rows move on.

    >>> state_key("http://a.gov.cn/#/list#click=2,年报") == state_key("http://a.gov.cn/#/list#click=0,年报")
    True
    """
    found = _STATE.search(url)
    route, mark, steps = found[0].partition("#click=") if found else ("", "", "")
    return route + mark + _TURNS.sub("", steps)


@lru_cache(maxsize=1 << 14)
def page_key(url: str) -> str:
    """Return one name for the addresses of one page.

    Scheme, `www.` and mobile hosts and folders, index file names, session ids, tracking and cache-busting parameters, order of the
    query and fragment are left out; but the state of an application stays, which is all that tells its pages apart.

    >>> page_key("https://www.a.gov.cn/x/index.html?t=1700000000&id=2#top")
    'a.gov.cn/x/?id=2'
    >>> page_key("https://www.a.gov.cn/x/#/article/5")
    'a.gov.cn/x/#/article/5'
    """
    if "://" not in url:
        return url
    state = state_key(url)
    parts = urlsplit(canonicalize_url(_SESSION.sub("", url)))
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    kept = [pair for pair in pairs if not is_noise(*pair)]
    query = parts.query if len(kept) == len(pairs) else urlencode(kept)
    path = _INDEX.sub("/", _MOBILE_PATH.sub("", parts.path))
    return _SAME_SITE.sub("", parts.netloc) + path + (f"?{query}" if query else "") + state


def site_of(key: str) -> str | None:
    """Return the site that a page is of, by its key: host and port without `www.`; None for a file that came over no wire."""
    return None if key.startswith("urn:") else re.split(r"[/?#]", key, maxsplit=1)[0] or None


_SHARED_LABELS = 3
_ADDRESS = re.compile(r"[\d.]+")


def one_owner(site: str, other: str) -> bool:
    """Say whether two sites are surely one owner's: xxgk.a.gov.cn and a.gov.cn, or two hosts under a.gov.cn. Ports do not count.

    Of a bare address every number counts: 10.0.0.1 and 11.0.0.1 are nothing to each other.
    """
    hosts = [each.partition(":")[0] for each in (site, other)]
    if any(_ADDRESS.fullmatch(host) for host in hosts):
        return hosts[0] == hosts[1]
    one, two = ([*reversed(host.split("."))] for host in hosts)
    shared = 0
    while shared < min(len(one), len(two)) and one[shared] == two[shared]:
        shared += 1
    return shared >= _SHARED_LABELS

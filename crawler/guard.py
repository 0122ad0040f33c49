"""Where a crawl may go: public addresses only, and only hosts of the portal's registrable domain."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import urlsplit

import tldextract
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest

_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class AddressRefused(IgnoreRequest):
    """The URL's host is, or resolves to, an address that no public portal has."""


class OutOfScope(IgnoreRequest):
    """The URL belongs to another site than the portal."""


def is_refused(address: str) -> bool:
    """Say whether an IP address is private, loopback, link-local, shared (RFC 6598), reserved, or a metadata service's.

    IPv4 addresses inside IPv6 ones (mapped, 6to4, NAT64) are judged as what they hold. Raises ValueError for no address.
    """
    ip = ipaddress.ip_address(address.partition("%")[0])
    inner = _inner(ip)
    if inner is not None:
        return is_refused(str(inner))
    return not ip.is_global or ip.is_multicast or ip.is_reserved


def _inner(ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if isinstance(ip, ipaddress.IPv4Address):
        return None
    if ip in _NAT64:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour


def literal_address(host: str) -> str | None:
    """Return the address that a host is, in any way of writing IPv4 that the system's resolver takes; None for a name."""
    try:
        return str(ipaddress.ip_address(host.strip("[]").partition("%")[0]))
    except ValueError:
        pass
    try:
        return socket.inet_ntoa(socket.inet_aton(host))
    except (OSError, UnicodeError):
        return None


@lru_cache(maxsize=8)
def _extractor(extra: tuple[str, ...]) -> tldextract.TLDExtract:
    # No list is fetched and no cache written: the list that comes with the package is what we judge by.
    return tldextract.TLDExtract(cache_dir=None, suffix_list_urls=(), extra_suffixes=extra)


def registrable(host: str, extra_suffixes: Iterable[str] = ()) -> str:
    """Return a host's registrable domain by the public suffix list, the host itself for an address or a bare name."""
    host = host.lower().rstrip(".")
    if literal_address(host):
        return host
    found = _extractor(tuple(extra_suffixes))(host)
    return found.top_domain_under_public_suffix or host


def in_scope(url: str, home: str, extra_suffixes: Iterable[str] = ()) -> bool:
    """Say whether a URL is http(s) and of the same registrable domain as the portal's home."""
    parts, base = urlsplit(url), urlsplit(home)
    if parts.scheme not in {"http", "https"} or not parts.hostname or not base.hostname:
        return False
    extra = tuple(extra_suffixes)
    return registrable(parts.hostname, extra) == registrable(base.hostname, extra)


async def addresses_of(host: str) -> tuple[str, ...]:
    """Return all addresses that a host resolves to; empty where it does not resolve."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return ()
    return tuple(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))


class GuardMiddleware:
    """Refuses requests that leave the portal or reach inside; redirects and attachments pass here too.

    The download handler checks the connected peer again, so an answer of DNS that changes in between gains nothing.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.allow_loopback = crawler.settings.getbool("ALLOW_LOOPBACK")
        self.extra_suffixes = tuple(crawler.settings.getlist("EXTRA_PUBLIC_SUFFIXES"))
        self._judged: dict[str, str | None] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> GuardMiddleware:
        """Return the guard of a crawl."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Return None to let the request go on; raises OutOfScope or AddressRefused."""
        assert self.crawler.spider is not None
        home = self.crawler.spider.session.portal.home  # type: ignore[attr-defined]
        if not in_scope(request.url, home, self.extra_suffixes):
            raise OutOfScope(f"{request.url} is not of the portal {home}.")
        refused = None if self.allow_loopback else await self._refused(request)
        if refused is not None:
            raise AddressRefused(f"{request.url} leads to {refused}, which is no public address.")

    async def _refused(self, request: Request) -> str | None:
        host = urlsplit(request.url).hostname or ""
        literal = literal_address(host)
        if literal is not None:
            return literal if is_refused(literal) else None
        if request.meta.get("proxy") or self._by_proxy(request):
            return None
        if host not in self._judged:
            self._judged[host] = next(filter(is_refused, await addresses_of(host)), None)
        return self._judged[host]

    def _by_proxy(self, request: Request) -> bool:
        from urllib.request import getproxies, proxy_bypass  # noqa: PLC0415 - read at the time of the request, as Scrapy does

        parts = urlsplit(request.url)
        return parts.scheme in getproxies() and not proxy_bypass(parts.hostname or "")

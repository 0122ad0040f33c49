"""Cookies, judged by the public suffix list that comes with the package."""

from __future__ import annotations

import tldextract
from scrapy.downloadermiddlewares import cookies

# Scrapy's own extractor fetches a newer list from the network at the first cookie: a request past robots, guard and archive.
cookies._split_domain = tldextract.TLDExtract(  # noqa: SLF001 - there is no setting for it
    include_psl_private_domains=True, suffix_list_urls=(), cache_dir=None
)


class OfflineCookiesMiddleware(cookies.CookiesMiddleware):
    """Scrapy's cookies middleware; importing this module is what takes it off the network."""

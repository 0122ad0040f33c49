"""How we crawl. Each line that differs from Scrapy's default says the default and why; `-s NAME=VALUE` overrides any of them."""

import os
from pathlib import Path

BOT_NAME = "gongkai"  # default scrapybot; only seen in logs
SPIDER_MODULES = ["crawler.spiders"]
COMMANDS_MODULE = "crawler.commands"  # default none; our crawl replaces Scrapy's
ADDONS: dict[str, int] = {}

# Where the archive lies: the only line that reads the environment.
ARCHIVE_ROOT = os.environ.get("ARCHIVE_ROOT", "data")

# The registries of portals, read in this order; an id stands once.
PORTAL_REGISTRIES = [str(Path(__file__).with_name("portals.toml"))]

# Who we are: an address where a webmaster reaches the operator, who alone knows it. USER_AGENT is put together from it.
CONTACT = ""
ROBOTSTXT_USER_AGENT = "Gongkai"  # default the whole user agent; the token that robots.txt files name (RFC 9309 §2.2.1)

# Politeness. A portal's host carries a whole county: one request at a time, one a second.
CONCURRENT_REQUESTS_PER_DOMAIN = 1  # default 8
CONCURRENT_REQUESTS = 8  # default 16; hosts of one portal side by side
DOWNLOAD_DELAY = 1  # default 0
DOWNLOAD_DELAY_JITTER = 0  # default 0.5, which would go down to half a second
RETRY_TIMES = 1  # default 2; a county server that fails twice is asked another day
RETRY_HTTP_CODES = [502, 503, 504, 408, 429]  # default also 500, 522, 524: these rarely heal within seconds
BACKOFF_SECONDS = 5  # wait before asking again, where the server says no time; thrice as long each time it blocks
BACKOFF_MAX_SECONDS = 30  # longest Retry-After (RFC 9110 §10.2.3) that a request waits out; its page waits longer
REST_MAX_SECONDS = 600  # longest time that a crawl lets a host rest; one that asks for more is left for another run
REDIRECT_MAX_TIMES = 6  # default 20; chains http → https → www → index are four long
METAREFRESH_ENABLED = False  # default True; crawler/shells.py follows it, only where the page is otherwise empty
COOKIES_ENABLED = True  # default True; some gates (CT6T) loop without cookies

# What is taken.
DOWNLOAD_TIMEOUT = 60  # default 180
DOWNLOAD_MAXSIZE = 64 * 1024 * 1024  # default 1 GiB; the longest scanned report seen is a tenth of this
DOWNLOAD_WARNSIZE = 0  # default 32 MiB; the capture says its size
DOWNLOAD_VERIFY_CERTIFICATES = True  # default False; crawler/tls.py relaxes it for a host that fails a normal handshake
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "zh-CN,zh;q=0.9",  # default en
    "Accept-Encoding": "gzip, deflate",  # default also br and zstd, which fewer readers of WARC files undo
}
HTTPERROR_ALLOW_ALL = True  # default False; an error page is a capture, and the spider judges it

# What a crawl may cost, per portal and run.
CRAWL_MAX_PAGES = 3000
CRAWL_MAX_DEPTH = 6
CRAWL_MAX_SECONDS = 6 * 3600
CRAWL_MAX_LIST_PAGES = 200
CRAWL_MAX_ATTACHMENTS = 6
CRAWL_MAX_UNPROMISING = 60  # menu entries tried while nothing was found yet

# A browser, only for pages of which nothing else can be read (the extra `browser`, and Debian's chromium).
BROWSER = True
BROWSER_EXECUTABLE = ""  # empty: chromium of the PATH
BROWSER_SANDBOX = True  # chromium's own; it refuses one to root, and some containers allow none
BROWSER_SECONDS = (
    120  # longest that one step of a page may take (drawing, turning over, a click), the waits for its host's turns included
)
BROWSER_QUIET = 1.0  # seconds without a request and without a change, after which a page has come to rest
BROWSER_MAX_REQUESTS = 60  # scripts and data that one step may ask for
BROWSER_MAX_TURNS = 50  # pages of a list that is turned over by a button

DISK_RESERVE = 512 * 1024 * 1024  # bytes that a crawl leaves free: room to end its run and to repair

# Where it may go.
ALLOW_LOOPBACK = False  # private, loopback, link-local and metadata addresses are refused; the sample portals need True
EXTRA_PUBLIC_SUFFIXES = ["gov.test"]  # the sample portals' suffix; .test is reserved (RFC 6761) and names no real site

# Parts.
TWISTED_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"
DOWNLOAD_HANDLERS = {
    "http": "crawler.browser_gate.DrawingHandler",  # default HTTP11DownloadHandler; ours waits its turn and keeps what is on the wire
    "https": "crawler.browser_gate.DrawingHandler",
    "ftp": None,
    "file": None,
    "s3": None,
    "data": None,
}
SCHEDULER = "crawler.scheduler.FrontierScheduler"  # default Scheduler; ours is best-first and survives a kill
ROBOTSTXT_OBEY = False  # default False; crawler.robots obeys, with the rules of RFC 9309 for errors
DOWNLOADER_MIDDLEWARES = {
    "crawler.browser_gate.BrowserGate": 40,
    "crawler.guard.GuardMiddleware": 50,
    "crawler.robots.RobotsMiddleware": 100,
    "scrapy.downloadermiddlewares.cookies.CookiesMiddleware": None,
    "crawler.cookies.OfflineCookiesMiddleware": 700,  # the same place; Scrapy's fetches a list from the network
    "crawler.conditional.ConditionalMiddleware": 580,  # outside HttpCompression (590): the archive gives bodies decoded
    "crawler.backoff.BackOffMiddleware": 560,  # sees the answer before Retry (550), which asks again when it is done waiting
}
SPIDER_MIDDLEWARES = {
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,  # the frontier counts depth
    "scrapy.spidermiddlewares.start.StartSpiderMiddleware": None,
}
ITEM_PIPELINES = {
    "pipelines.scrapy_pipelines.ReadReport": 100,
    "pipelines.scrapy_pipelines.StoreReport": 200,
    "pipelines.scrapy_pipelines.EndVisit": 900,
}
EXTENSIONS = {
    "scrapy.extensions.telnet.TelnetConsole": None,  # default on; an open port has no place in a timer job
    "scrapy.extensions.logstats.LogStats": None,
    "crawler.live.LiveView": 0,  # only where stderr is a terminal
}
LIVE_VIEW = True  # --quiet and --json turn it off
LOG_LEVEL = "WARNING"  # default DEBUG; the summary is the answer

"""Our download handler: Scrapy's HTTP/1.1 handler, with a tap on the connection that records every exchange.

The tap sits above TLS and below the HTTP parser, so it sees header case and order, the reason phrase, chunking, the
compressed body, and bodies that were cut. The exchange is in the archive before anything reads the response. Scrapy is
pinned exactly, because the tap hangs on private parts of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import datetime, UTC
from typing import Any

from OpenSSL import SSL
from scrapy import Request
from scrapy.core.downloader.handlers.http11 import (
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
    _ScrapyAgent,
    HTTP11DownloadHandler,
)
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
    ResponseDataLossError,
)
from scrapy.http import Response
from scrapy.utils._download_handlers import wrap_twisted_exceptions
from scrapy.utils.defer import maybe_deferred_to_future
from service_identity import VerificationError

from crawler.guard import AddressRefused, is_refused
from crawler.wire import exchange_of, Wire

STOP_GRACE_SECONDS = 2.0
"""How long a transfer in flight may go on after the crawl was told to stop."""


class Stopped(DownloadCancelledError):
    """The transfer was given up because the crawl was told to stop."""


class RecordingHandler(HTTP11DownloadHandler):
    """Downloads over HTTP/1.1 and hands each exchange to the spider's run; the capture stands in `request.meta`."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._pool._factory = _TappedFactory  # noqa: SLF001 - the way Scrapy itself sets it
        self._allow_loopback = crawler.settings.getbool("ALLOW_LOOPBACK")

    async def download_request(self, request: Request) -> Response:
        """Return the response after its exchange was recorded; a failure is recorded too, then raised."""
        wire = Wire(started_at=datetime.now(UTC))
        try:
            response = await self._stoppable(self._fetch(request, wire))
        except BaseException as error:
            self._record(request, wire, *what_failed(error))
            raise
        self._record(request, wire)
        return response

    async def _fetch(self, request: Request, wire: Wire) -> Response:
        check = _no_check if request.meta.get("proxy") or self._allow_loopback else _check_peer
        agent = _ScrapyAgent(
            contextFactory=self._context_for(request),
            bindAddress=self._bind_address,
            pool=_TappedPool(self._pool, wire, check),  # type: ignore[arg-type]
            maxsize=self._default_maxsize,
            warnsize=self._default_warnsize,
            fail_on_dataloss=self._fail_on_dataloss,
            crawler=self._crawler,
            tls_verbose_logging=self._tls_verbose_logging,
        )
        with wrap_twisted_exceptions():
            return await maybe_deferred_to_future(agent.download_request(request))

    def _context_for(self, request: Request) -> Any:  # noqa: ARG002 - a subclass chooses by it
        return self._contextFactory

    async def _stoppable(self, fetch: Any) -> Response:
        """Wait for a transfer, but not long after the engine was told to stop: a person who stops a crawl waits for it."""
        task = asyncio.ensure_future(fetch)
        while not (await asyncio.wait({task}, timeout=0.5))[0]:
            if not self._engine_runs():
                await asyncio.wait({task}, timeout=STOP_GRACE_SECONDS)
                task.cancel()
                break
        try:
            result: Response = await task
        except asyncio.CancelledError:
            raise Stopped("The crawl was stopped during the transfer.") from None
        return result

    def _engine_runs(self) -> bool:
        engine = self._crawler.engine
        return engine is None or engine.running

    def _record(
        self, request: Request, wire: Wire, failure: str | None = None, detail: str | None = None, truncated: str | None = None
    ) -> None:
        if request.meta.get("proxy"):
            wire.ip = None
        exchange = exchange_of(
            wire,
            url=request.url,
            method=request.method,
            robots=request.meta.get("robots", "not-asked"),
            confirms=known.original if (known := request.meta.get("known")) else None,
            failure=failure,
            detail=detail,
            truncated=truncated,
        )
        assert self._crawler.spider is not None
        request.meta["capture"] = self._crawler.spider.session.run.record(exchange)  # type: ignore[attr-defined]


def what_failed(error: BaseException) -> tuple[str, str, str]:
    """Return the kind of failure, its sentence, and the WARC word for an answer that it cut."""
    chain = tuple(_causes(error))
    detail = next((str(each) for each in chain if str(each)), type(error).__name__)
    match error:
        case CannotResolveHostError():
            return "dns", detail, "unspecified"
        case DownloadConnectionRefusedError():
            return "refused", detail, "unspecified"
        case DownloadTimeoutError():
            return "timeout", detail, "time"
        case Stopped():
            return "stopped", detail, "unspecified"
        case DownloadCancelledError():
            return "cancelled", detail if str(error) else "The body is longer than DOWNLOAD_MAXSIZE allows.", "length"
        case ResponseDataLossError():
            return "reset", "The connection ended before the response did.", "disconnect"
    refused = next((each for each in chain if isinstance(each, AddressRefused)), None)
    if refused is not None:
        return "address-refused", str(refused), "unspecified"
    return ("tls" if any(isinstance(each, (SSL.Error, VerificationError)) for each in chain) else "reset"), detail, "disconnect"


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and all that it came of: Twisted keeps them in `reasons`, Python in `__cause__`."""
    if error is None:
        return
    yield error
    for reason in (*(getattr(reason, "value", None) for reason in getattr(error, "reasons", ())), error.__cause__):
        yield from _causes(reason)


def _check_peer(ip: str) -> None:
    if is_refused(ip):
        raise AddressRefused(f"{ip} is a private, loopback, link-local or reserved address, which a portal can't have.")


def _no_check(_: str) -> None:
    """Let every peer pass: a proxy resolves for us, or loopback is allowed."""


class _TappedPool:
    """The shared pool as one exchange sees it: the connection it gives out is told whose exchange it carries."""

    def __init__(self, pool: Any, wire: Wire, check: Callable[[str], None]) -> None:
        self.persistent = pool.persistent
        self._pool, self._wire, self._check = pool, wire, check

    def getConnection(self, key: Any, endpoint: Any) -> Any:  # noqa: N802 - Twisted's name
        found = self._pool.getConnection(key, endpoint)
        return found.addCallback(lambda connection: _Told(connection, self._wire, self._check))


class _Told:
    """A connection, or Twisted's wrapper that repeats a request on a fresh one, with the wire noted on the request."""

    def __init__(self, connection: Any, wire: Wire, check: Callable[[str], None]) -> None:
        self._connection, self._wire, self._check = connection, wire, check

    def request(self, request: Any) -> Any:
        request.wire, request.check_peer = self._wire, self._check
        return self._connection.request(request)


class _Tee:
    """A transport for writing that keeps a copy of each byte."""

    def __init__(self, transport: Any, wire: Wire) -> None:
        self._transport, self._wire = transport, wire

    def write(self, data: bytes) -> None:
        self._wire.sent += data
        self._transport.write(data)

    def writeSequence(self, parts: Any) -> None:  # noqa: N802 - Twisted's name
        self.write(b"".join(parts))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class _TappedProtocol(_LenientHTTP11ClientProtocol):
    _wire: Wire | None = None

    def request(self, request: Any) -> Any:
        transport: Any = self.transport
        peer = transport.getPeer().host
        request.wire.begin(peer)
        self._wire = request.wire

        def tapped_write(to: Any) -> Any:
            request.check_peer(peer)
            # The class's own method: a request that is repeated carries the tap of its first connection.
            return type(request).writeTo(request, _Tee(to, request.wire))

        request.writeTo = tapped_write
        return super().request(request)

    def dataReceived(self, data: bytes) -> None:  # noqa: N802 - Twisted's name
        if self._wire is not None:
            self._wire.received += data
        super().dataReceived(data)  # type: ignore[no-untyped-call]

    def _finishResponse(self, rest: bytes) -> None:  # noqa: N802 - Twisted's name
        if self._wire is not None:
            self._wire.excess = len(rest or b"")
            self._wire = None
        super()._finishResponse(rest)


class _TappedFactory(_LenientHTTP11ClientFactory):
    def buildProtocol(self, addr: Any) -> _TappedProtocol:  # noqa: ARG002, N802 - Twisted's signature
        return _TappedProtocol(self._quiescentCallback)  # type: ignore[no-untyped-call]

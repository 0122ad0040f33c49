"""A server that answers with exactly the bytes it is told to, for tests of what the tap records."""

from __future__ import annotations

import socket
import ssl
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from socketserver import BaseRequestHandler, ThreadingTCPServer


@dataclass(frozen=True)
class Reply:
    """Bytes in pieces, then `end`: keep (the connection), close, reset, or hang (say nothing more for a while)."""

    pieces: tuple[bytes, ...]
    end: str = "keep"


NOT_FOUND = Reply((b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",))


@dataclass
class WireServer:
    """A running server: its port, and the heads of the requests it got. CONNECT is tunnelled to a local port.

    `replies` are by path, or by the whole URL where a host of its own answers a proxy's client.
    """

    replies: dict[str, Reply]
    port: int = 0
    requests: list[bytes] = field(default_factory=list)
    tunnel_to: int | None = None
    ended: threading.Event = field(default_factory=threading.Event)

    def talk(self, connection: socket.socket) -> None:
        while head := _head(connection):
            self.requests.append(head)
            method, target = head.split(b" ")[:2]
            if method == b"CONNECT":
                self._tunnel(connection)
                return
            path = _path(target.decode())
            reply = self.replies.get(target.decode()) or self.replies.get(path) or NOT_FOUND
            for piece in reply.pieces:
                connection.sendall(piece)
                time.sleep(0.02)
            if not self._goes_on(reply.end, connection):
                return

    def _goes_on(self, end: str, connection: socket.socket) -> bool:
        if end == "hang":
            self.ended.wait(20)
        if end == "reset":
            # Lingering for no time makes the kernel answer with RST.
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return end == "keep"

    def _tunnel(self, outer: socket.socket) -> None:
        with socket.create_connection(("127.0.0.1", self.tunnel_to)) as inner:
            outer.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            back = threading.Thread(target=_pump, args=(inner, outer))
            back.start()
            _pump(outer, inner)
            back.join()


def _head(connection: socket.socket) -> bytes:
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        data = connection.recv(65536)
        if not data:
            return b""
        head += data
        if head[:1] == b"\x16":  # somebody speaks TLS to us
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            return b""
    return head


def _path(target: str) -> str:
    return "/" + target.split("://", 1)[1].partition("/")[2] if "://" in target else target


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)


class _Server(ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away is what some cases are about."""


@contextmanager
def serving(server: WireServer, context: ssl.SSLContext | None = None) -> Iterator[WireServer]:
    """Serve in threads on a free port of 127.0.0.1."""

    class Handler(BaseRequestHandler):
        def handle(self) -> None:
            with suppress(OSError):
                if context is None:
                    server.talk(self.request)
                else:
                    with context.wrap_socket(self.request, server_side=True) as inner:
                        server.talk(inner)

    with _Server(("127.0.0.1", 0), Handler) as listener:
        server.port = listener.server_address[1]
        thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server
        finally:
            server.ended.set()
            listener.shutdown()
            thread.join()

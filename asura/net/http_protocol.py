"""One HTTP exchange on one connection: bytes in, an answer out, every size bounded."""

import asyncio
from typing import Any

import httptools

from asura.domain.reason import Reason
from asura.net.errors import NetError
from asura.net.failures import lost_connection, place
from asura.net.trace import Trace

MAX_HEAD = 64 * 1024
MAX_HEADERS = 256
REDIRECTS = frozenset({301, 302, 303, 307, 308})
_SWITCHING = 101


class HttpExchange(asyncio.Protocol):
    """Sends a request and collects the answer. `done` is resolved with None, or with a NetError."""

    __slots__ = (
        "_body",
        "_bodyless",
        "_follows",
        "_head_done",
        "_host",
        "_idle",
        "_limit",
        "_parser",
        "_size",
        "_started",
        "_trace",
        "done",
        "headers",
        "http_version",
        "phrase",
        "status",
        "transport",
        "truncated",
    )

    def __init__(self, host: str, trace: Trace, *, limit: int, bodyless: bool = False, follows: bool = False) -> None:
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.transport: Any = None
        self.status = 0
        self.phrase = b""
        self.headers: list[tuple[bytes, bytes]] = []
        self.http_version = ""
        self.truncated = False
        self._parser: Any = httptools.HttpResponseParser(self)
        self._host = host
        self._trace = trace
        self._limit = limit
        self._bodyless = bodyless
        # A redirect that will be followed is known from its head: its body is not waited for.
        self._follows = follows
        self._body: list[bytes] = []
        self._size = 0
        # Bytes since the last piece of body: heads, trailers and chunk extensions are bounded alike.
        self._idle = 0
        self._head_done = False
        self._started = False

    @property
    def body(self) -> bytes:
        """Return what was kept of the body, still packed."""
        return self._body[0] if len(self._body) == 1 else b"".join(self._body)

    @property
    def where(self) -> str:
        """Return the far end in words."""
        peer = self.transport.get_extra_info("peername") if self.transport is not None else None
        return place(self._host, *peer[:2]) if peer else self._host

    def header(self, name: bytes) -> bytes | None:
        """Return the value of the first header of this (lower-case) name."""
        return next((value for key, value in self.headers if key.lower() == name), None)

    def close(self) -> None:
        """Drop the connection and what holds this exchange together."""
        if self.transport is not None:
            self.transport.abort()
        # The parser holds methods of this object: without this cut only the garbage collector would free both.
        self._parser = None
        # Nobody waits any more: what still happens to the connection must not be reported as lost.
        if not self.done.cancel() and not self.done.cancelled():
            self.done.exception()

    # What asyncio calls.

    def connection_made(self, transport: Any) -> None:
        """Take the connection."""
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Feed the parser; the first byte ends the wait for the answer."""
        if self.done.done():
            return
        if not self._started:
            self._started = True
            self._trace.begin("transfer")
        size = self._size
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._finish()
        except httptools.HttpParserCallbackError as error:
            self._fail(error.__context__ if isinstance(error.__context__, NetError) else self._garbage())
        except httptools.HttpParserError:
            if not self.done.done():
                self._fail(self._garbage())
        self._idle = 0 if self._size > size else self._idle + len(data)
        if self._idle > MAX_HEAD and not self.done.done():
            self._fail(self._oversized(f"headers of more than {MAX_HEAD // 1024} KiB"))

    def connection_lost(self, exc: Exception | None) -> None:
        """Finish a body that ends with the connection; anything else ended too early."""
        if self.done.done():
            return
        if exc is None and self._head_done and self._ends_with_connection():
            self._finish()
            return
        doing = "the whole answer had come" if self._head_done else "it answered"
        self._fail(lost_connection(exc, self.where, doing))

    # What the parser calls.

    def on_message_begin(self) -> None:
        """Start a head: the first, or the one after an informational answer."""
        self.headers = []
        self.phrase = b""

    def on_status(self, status: bytes) -> None:
        """Take (a part of) the words after the status code."""
        self.phrase += status

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take one header."""
        if len(self.headers) >= MAX_HEADERS:
            raise self._oversized(f"more than {MAX_HEADERS} headers")
        self.headers.append((name, value))

    def on_headers_complete(self) -> None:
        """See whether there is a body to wait for."""
        self.status = self._parser.get_status_code()
        if self.status < 200 and self.status != _SWITCHING:
            return
        self._head_done = True
        self.http_version = self._parser.get_http_version()
        redirected = self._follows and self.status in REDIRECTS and self.header(b"location") is not None
        if self._bodyless or redirected:
            self._finish()

    def on_body(self, body: bytes) -> None:
        """Keep the body up to its bound; more than that is not waited for."""
        if self.done.done():
            return
        room = self._limit - self._size
        self._size += len(body)
        if len(body) > room:
            self._body.append(body[:room])
            self.truncated = True
            self._finish()
        else:
            self._body.append(body)

    def on_message_complete(self) -> None:
        """Finish, unless this was only an informational answer (100, 103)."""
        if self._head_done:
            self._finish()

    def _ends_with_connection(self) -> bool:
        return self.header(b"content-length") is None and self.header(b"transfer-encoding") is None

    def _finish(self) -> None:
        if not self.done.done():
            self._trace.end()
            self.done.set_result(None)

    def _fail(self, error: BaseException) -> None:
        if not self.done.done():
            self.done.set_exception(error)

    def _garbage(self) -> NetError:
        return NetError(
            Reason.HTTP_PROTOCOL, f"{self.where} did not answer in HTTP. Does a web server listen on this port?"
        )

    def _oversized(self, what: str) -> NetError:
        return NetError(Reason.HTTP_PROTOCOL, f"{self.where} sent {what}, which is more than asura reads.")

"""HTTP/1.1 with bounds that uvicorn leaves open: how long a head may be, and how long it may take to come."""

import asyncio
import secrets
from http import HTTPStatus

import msgspec
from starlette.types import Send
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from asura.web.errors import problem_body

HEAD_BYTES = 65_536
HEAD_SECONDS = 20.0
# Further ones are closed at once: the files of this process belong to checks first.
MOST_CONNECTIONS = 2_000
# When the server stops, a request that is on its way to it has so long to come in.
LINGER_S = 0.3


def write_whole(send: Send, status: int, head: bytes, body: bytes) -> bool:
    """Write an answer at once instead of handing it over in two messages; return whether that can be done.

    `head` has all fields but the date, each with its end of line. It can where `send` belongs to a connection of ours
    that goes on after the answer, and that takes in what is written.
    """
    cycle = getattr(send, "__self__", None)
    if type(cycle) is not RequestResponseCycle or cycle.response_started or cycle.disconnected:
        return False
    if not cycle.keep_alive or cycle.flow.write_paused or cycle.scope["method"] == "HEAD":
        return False
    date = b"".join([b"%b: %b\r\n" % field for field in cycle.default_headers])
    cycle.response_started = cycle.response_complete = True
    cycle.waiting_for_100_continue = False
    cycle.transport.write(b"".join((STATUS_LINE[status], date, head, b"\r\n", body)))
    cycle.message_event.set()
    cycle.on_response()
    return True


class BoundedProtocol(HttpToolsProtocol):
    """One connection. Give it to uvicorn as `http=BoundedProtocol`.

    The head of a request that is longer than 64 KiB is a 431; a connection on which none is complete in time is closed.
    """

    _waited: asyncio.TimerHandle | None = None
    _in_head = False
    _in_body = False
    _head_bytes = 0
    _last_one = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request."""
        super().connection_made(transport)
        if self.client is None:
            # By a Unix socket: from this machine.
            self.client = ("127.0.0.1", 0)
        if len(self.connections) > MOST_CONNECTIONS:
            transport.abort()
            return
        self._wait()
        if getattr(self.server_state, "stopping", False):
            # Its handshake ended late.
            self.shutdown()

    def shutdown(self) -> None:
        """End after the answer that is on its way; while none is, wait a moment for a request that may be.

        Clients that keep connections open learn so from an answer that it was the last one, and lose no request.
        """
        linger_s = getattr(self.server_state, "linger_s", 0.0)
        if not linger_s or not self._answered():
            super().shutdown()
            return
        self._last_one = True
        asyncio.get_running_loop().call_later(linger_s, self._leave)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._heard()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse what came, unless the head has grown too long."""
        goes_on = self._in_head
        super().data_received(data)
        if self._in_head and self._waited is None and not self.transport.is_closing():
            # Most heads come in one piece, and need no clock.
            self._wait()
        # One piece is bounded by how much the transport reads at once; what counts is a head over many pieces.
        self._head_bytes = self._head_bytes + len(data) if goes_on and self._in_head else 0
        if self._head_bytes > HEAD_BYTES and not self.transport.is_closing():
            self._refuse(431, f"The head of a request may have at most {HEAD_BYTES} bytes.")

    def on_message_begin(self) -> None:
        """Note that a head has begun."""
        super().on_message_begin()
        self._in_head = True

    def on_headers_complete(self) -> None:
        """Note that a head is complete, and hand the request over."""
        self._in_head = False
        self._in_body = True
        self._heard()
        super().on_headers_complete()
        if self._last_one and self.cycle is not None:
            self.cycle.keep_alive = False

    def on_message_complete(self) -> None:
        """Note that a body has come to its end."""
        self._in_body = False
        self._heard()
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Wait no longer than for a head for the rest of a body that was answered before it had come."""
        super().on_response_complete()
        if self._in_body and self._waited is None and not self.transport.is_closing():
            self._wait()

    def send_400_response(self, msg: str) -> None:
        """Refuse what is not HTTP in the form of every other problem."""
        self._refuse(400, msg)

    def _refuse(self, status: int, detail: str) -> None:
        self._heard()
        request_id = secrets.token_hex(8)
        body = msgspec.json.encode(problem_body(status, detail, request_id=request_id))
        head = (
            f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\nContent-Type: application/problem+json\r\n"
            f"Content-Length: {len(body)}\r\nX-Request-ID: {request_id}\r\nConnection: close\r\n\r\n"
        )
        self.transport.write(head.encode() + body)
        self.transport.close()

    def _wait(self) -> None:
        self._waited = asyncio.get_running_loop().call_later(HEAD_SECONDS, self._give_up)

    def _heard(self) -> None:
        if self._waited is not None:
            self._waited.cancel()
            self._waited = None

    def _answered(self) -> bool:
        # There is none before the first request, whatever uvicorn's annotation says.
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is None or cycle.response_complete

    def _leave(self) -> None:
        if self._answered() and not self._in_head and not self.transport.is_closing():
            self.transport.close()

    def _give_up(self) -> None:
        self._waited = None
        if not self.transport.is_closing():
            self.transport.close()

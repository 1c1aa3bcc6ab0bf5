"""Asks name servers one question, over UDP, TCP or TLS, and takes only the answer to it."""

import asyncio
from typing import Literal, NamedTuple, cast

import dns.exception
import dns.flags
import dns.message

from asura.domain.reason import Reason
from asura.net.dialer import Dialer
from asura.net.errors import NetError
from asura.net.resolver import Family
from asura.net.tls import TlsSettings
from asura.net.trace import Trace

Way = Literal["udp", "tcp", "tls"]
HEADER_BYTES = 12
# How long one server is waited for before the question is sent again, or to the next (seconds); doubles each round.
PATIENCE = 1.0
_RESPONSE, _TRUNCATED = 0x80, 0x02


class Server(NamedTuple):
    """A name server: where it is, and how to speak with it."""

    host: str
    port: int
    way: Way = "udp"
    family: Family = "any"
    tls: TlsSettings | None = None
    server_name: str = ""

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port} ({self.way})"


class Reply(NamedTuple):
    """An answer, and who gave it."""

    message: dns.message.Message
    server: Server


class Malformed(Exception):
    """What came has the right identifier, but is no message of the protocol."""


def accepted(wire: bytes, query: dns.message.Message) -> dns.message.Message | None:
    """Return the answer to `query` that `wire` holds, None when it answers something else; raises Malformed.

    Of a truncated answer only the question is read: the rest is asked for again over TCP.
    """
    if len(wire) < HEADER_BYTES or int.from_bytes(wire[:2]) != query.id or not wire[2] & _RESPONSE:
        return None
    try:
        message = dns.message.from_wire(wire, question_only=bool(wire[2] & _TRUNCATED), ignore_trailing=True)
        return message if query.is_response(message) else None
    except (dns.exception.DNSException, ValueError, IndexError, NotImplementedError) as exc:
        raise Malformed from exc


async def ask(query: dns.message.Message, servers: tuple[Server, ...], dialer: Dialer, trace: Trace) -> Reply:
    """Return the first answer; the servers are asked in turn until one gives it or the caller's deadline ends it.

    NetError of the last failure when every server fails. The phase `dns` of the trace runs while an answer is due.
    """
    if servers[0].way != "udp":
        return await _ask_streams(query, servers, dialer, trace)
    asking = _Asking(query, servers, dialer, trace)
    try:
        reply = await asking.run()
    finally:
        asking.close()
    if not reply.message.flags & dns.flags.TC:
        return reply
    trace.facts["truncated"] = True
    return await _ask_stream(query, reply.server._replace(way="tcp"), dialer, trace)


class _Listener(asyncio.DatagramProtocol):
    """One socket towards one server; tells what comes by a queue."""

    def __init__(self, server: Server, asking: "_Asking") -> None:
        self.server = server
        self.transport: asyncio.DatagramTransport
        self._asking = asking

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are not of asyncio's class, only of its shape.
        self.transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: object) -> None:
        self._asking.take(self.server, data)

    def error_received(self, exc: Exception) -> None:
        text = f"The name server {self.server} refuses questions: nothing listens there."
        self._asking.came.put_nowait((self.server, NetError(Reason.CONNECT_REFUSED, text)))


class _Asking:
    """A question on its way to several servers over UDP: sent again when it gets lost, any of them may answer."""

    def __init__(self, query: dns.message.Message, servers: tuple[Server, ...], dialer: Dialer, trace: Trace) -> None:
        self.came: asyncio.Queue[tuple[Server, dns.message.Message | NetError]] = asyncio.Queue()
        self._query = query
        self._wire = query.to_wire()
        self._servers = list(servers)
        self._dialer = dialer
        self._trace = trace
        self._listeners: dict[Server, _Listener] = {}

    async def run(self) -> Reply:
        """Send in rounds, each twice as patient as the one before, until an answer is there."""
        patience = PATIENCE
        while True:
            for server in tuple(self._servers):
                reply = await self._try(server, patience)
                if reply is not None:
                    return reply
            patience *= 2

    def take(self, server: Server, data: bytes) -> None:
        """Keep a datagram that answers the question; count the others, which may be forged."""
        try:
            message = accepted(data, self._query)
        except Malformed:
            self._trace.facts["malformed"] = self._trace.facts.get("malformed", 0) + 1
            return
        if message is None:
            self._trace.facts["ignored"] = self._trace.facts.get("ignored", 0) + 1
            return
        self.came.put_nowait((server, message))

    def close(self) -> None:
        """Close every socket."""
        for listener in self._listeners.values():
            listener.transport.abort()

    async def _try(self, server: Server, patience: float) -> Reply | None:
        try:
            await self._send(server)
        except NetError as error:
            self._drop(server, error)
            return None
        try:
            async with asyncio.timeout(patience):
                return await self._wait(server)
        except TimeoutError:
            return None

    async def _send(self, server: Server) -> None:
        listener = self._listeners.get(server)
        if listener is None:
            _, listener = await self._dialer.datagram(
                server.host, server.port, lambda: _Listener(server, self), family=server.family, trace=self._trace
            )
            self._listeners[server] = listener
        self._trace.begin("dns")
        listener.transport.sendto(self._wire)

    async def _wait(self, asked: Server) -> Reply | None:
        """Return the next answer, None when the server that was asked last turned out to be of no use."""
        while True:
            server, what = await self.came.get()
            if not isinstance(what, NetError):
                self._trace.end()
                return Reply(what, server)
            self._drop(server, what)
            if server == asked:
                return None

    def _drop(self, server: Server, error: NetError) -> None:
        if server in self._servers:
            self._servers.remove(server)
        if not self._servers:
            raise error


async def _ask_streams(query: dns.message.Message, servers: tuple[Server, ...], dialer: Dialer, trace: Trace) -> Reply:
    for server in servers[:-1]:
        try:
            async with asyncio.timeout(2 * PATIENCE):
                return await _ask_stream(query, server, dialer, trace)
        except (NetError, TimeoutError):
            continue
    return await _ask_stream(query, servers[-1], dialer, trace)


async def _ask_stream(query: dns.message.Message, server: Server, dialer: Dialer, trace: Trace) -> Reply:
    wire = query.to_wire()
    stream = await dialer.open(
        server.host, server.port, family=server.family, trace=trace, tls=server.tls, server_name=server.server_name
    )
    trace.begin("dns")
    try:
        stream.writer.write(len(wire).to_bytes(2) + wire)
        await stream.writer.drain()
        while True:
            length = int.from_bytes(await stream.reader.readexactly(2))
            message = accepted(await stream.reader.readexactly(length), query)
            if message is not None:
                trace.end()
                return Reply(message, server)
            trace.facts["ignored"] = trace.facts.get("ignored", 0) + 1
    except Malformed:
        text = f"What the name server {server} answered is no DNS message."
        raise NetError(Reason.UNEXPECTED_ANSWER, text) from None
    except asyncio.IncompleteReadError:
        text = f"The name server {server} closed the connection before its answer was complete."
        raise NetError(Reason.CONNECTION_CLOSED, text) from None
    except OSError:
        text = f"The name server {server} broke the connection off (reset) before it answered."
        raise NetError(Reason.CONNECT_RESET, text) from None
    finally:
        stream.abort()

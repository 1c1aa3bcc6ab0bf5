"""Connections to one literal address, or to the first of several that answers, and TLS over them."""

import asyncio
import errno
import socket
import ssl
from collections.abc import Callable
from typing import Any, TypeVar

from asura.domain.reason import Reason
from asura.net.errors import NetError
from asura.net.failures import connect_failure, place
from asura.net.tls import classify, sent_certificates
from asura.net.trace import Trace

P = TypeVar("P", bound=asyncio.BaseProtocol)
Socket = socket.socket

# How long the first of several addresses is alone before the next is tried beside it (RFC 8305).
HEAD_START = 0.25
MAX_ADDRESSES = 6
# The deadline of a check ends a handshake, not asyncio's own one.
HANDSHAKE_TIMEOUT = 3600.0
# These say that this machine has run out of something or forbids it: never the target's fault.
OURS = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOBUFS, errno.EPERM, errno.EACCES})


class Opening(asyncio.Protocol):
    """Holds a connection between its opening and its handshake: what the far end says meanwhile waits for TLS."""

    def connection_made(self, transport: Any) -> None:
        transport.pause_reading()


async def connected(
    address: str, port: int, host: str, *, protocol_factory: Callable[[], P]
) -> tuple[asyncio.Transport, P]:
    loop = asyncio.get_running_loop()
    try:
        return await loop.create_connection(protocol_factory, address, port, flags=socket.AI_NUMERICHOST)
    except OSError as error:
        if error.errno in OURS:
            raise
        raise connect_failure(error, place(host, address, port)) from None


async def secured(
    plain: asyncio.Transport, protocol: asyncio.BaseProtocol, context: ssl.SSLContext, *, name: str, trace: Trace | None
) -> asyncio.Transport:
    """Return the transport inside TLS, its protocol told of it."""
    where = place(name, *plain.get_extra_info("peername", ("", 0))[:2])
    if trace is not None:
        trace.begin("tls")
    try:
        secured = await start_tls(plain, protocol, context, name)
    except (ssl.SSLError, OSError) as error:
        if trace is not None:
            trace.certificates = sent_certificates(error)
        raise classify(error, name, where) from None
    if trace is not None:
        trace.end()
    protocol.connection_made(secured)
    return secured


async def start_tls(
    plain: asyncio.Transport, protocol: asyncio.BaseProtocol, context: ssl.SSLContext, name: str
) -> asyncio.Transport:
    """Return the TLS transport over a plain one, which is aborted when the handshake fails or is cancelled."""
    try:
        secured = await asyncio.get_running_loop().start_tls(
            plain, protocol, context, server_hostname=name.rstrip("."), ssl_handshake_timeout=HANDSHAKE_TIMEOUT
        )
    except UnicodeError:
        plain.abort()
        raise NetError(Reason.TLS_FAILED, f"{name[:60]!r} cannot be a server name in TLS. Correct it.") from None
    except BaseException:
        plain.abort()
        raise
    if secured is None:
        plain.abort()
        raise ConnectionResetError("the connection was closed during the handshake")
    return secured


async def attempt(address: str, port: int, host: str) -> Socket:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    attempt = socket.socket(family, socket.SOCK_STREAM)
    try:
        attempt.setblocking(False)
        await asyncio.get_running_loop().sock_connect(attempt, (address, port))
    except OSError as error:
        attempt.close()
        if error.errno in OURS:
            raise
        raise connect_failure(error, place(host, address, port)) from None
    except BaseException:
        attempt.close()
        raise
    return attempt


async def race(addresses: tuple[str, ...], port: int, host: str) -> Socket:
    """Try addresses in order, each with a head start; the first that answers wins, the others are closed."""
    waiting = list(addresses[:MAX_ADDRESSES])
    running: set[asyncio.Task[Socket]] = set()
    failures: list[NetError] = []
    try:
        while waiting or running:
            if waiting:
                running.add(asyncio.create_task(attempt(waiting.pop(0), port, host)))
            head_start = HEAD_START if waiting else None
            done, _ = await asyncio.wait(running, timeout=head_start, return_when=asyncio.FIRST_COMPLETED)
            for one in done:
                error = one.exception()
                if error is None:
                    running.discard(one)
                    return one.result()
                running.discard(one)
                if not isinstance(error, NetError):
                    raise error
                failures.append(error)
    finally:
        for loser in running:
            loser.add_done_callback(_close_loser)
            loser.cancel()
    raise next((fault for fault in failures if fault.reason is not Reason.CONNECT_UNREACHABLE), failures[0])


def _close_loser(attempt: "asyncio.Task[Socket]") -> None:
    if not attempt.cancelled() and attempt.exception() is None:
        attempt.result().close()


def interleaved(addresses: tuple[str, ...]) -> tuple[str, ...]:
    """Return addresses with the families taking turns, starting with that of the best."""
    first = [address for address in addresses if (":" in address) == (":" in addresses[0])]
    other = [address for address in addresses if (":" in address) != (":" in addresses[0])]
    pairs = [pair for index in range(len(addresses)) for pair in (first[index : index + 1], other[index : index + 1])]
    return tuple(address for pair in pairs for address in pair)


async def adopted(connected: Socket, protocol_factory: Callable[[], P]) -> tuple[asyncio.Transport, P]:
    """Return a transport for a connected socket, which is closed when none comes."""
    try:
        return await asyncio.get_running_loop().create_connection(protocol_factory, sock=connected)
    except BaseException:
        connected.close()
        raise

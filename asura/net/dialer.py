"""The guarded dialer: resolve once, filter the addresses, connect to the literal one."""

import asyncio
import ssl
from collections.abc import Callable

from asura.domain.reason import Reason
from asura.net.connection import OURS, Opening, P, Socket, adopted, attempt, connected, interleaved, race, secured
from asura.net.errors import NetError
from asura.net.failures import connect_failure, place
from asura.net.guard import AllowList, literal, refusal
from asura.net.local import OwnListeners
from asura.net.resolver import Family, Resolver
from asura.net.stream import Stream as Stream
from asura.net.tls import TlsContexts, TlsSettings
from asura.net.trace import Trace


class Dialer:
    """Opens connections to where one kind of user (checks, or channels) may go."""

    def __init__(
        self,
        resolver: Resolver,
        tls: TlsContexts,
        *,
        private_ok: bool,
        own: OwnListeners | None = None,
        allow: AllowList | None = None,
    ) -> None:
        self.resolver = resolver
        self.tls = tls
        self._private_ok = private_ok
        self._own = own or OwnListeners()
        self._allow = allow or AllowList()

    def refusal(self, address: str, port: int = 0, *, host: str = "") -> str | None:
        """Return what kind of address this is when it may not be dialled, else None."""
        kind = refusal(address, private_ok=self._private_ok)
        if kind is not None and not self._private_ok and (self._allow.names(host) or self._allow.covers(address)):
            kind = refusal(address, private_ok=True)
        if kind is None and self._own.cover(address, port):
            return "asura's own listener"
        return kind

    def refusal_of_literal(self, host: str, port: int = 0) -> str | None:
        """Return the sentence for a host written as an address that may not be dialled, else None."""
        address = literal(host)
        kind = None if address is None else self.refusal(address, port, host=host)
        return None if kind is None else blocked(host, host, kind)

    async def addresses(
        self, host: str, port: int, *, family: Family = "any", trace: Trace | None = None
    ) -> tuple[str, ...]:
        """Return the addresses of a host that may be dialled, best first; resolves once.

        NetError dns_* when there are none, blocked_address when all of them are forbidden.
        """
        found = await self.resolver.resolve(host, port, family=family, trace=trace)
        if trace is not None:
            trace.resolved = found
        allowed = tuple(address for address in found if self.refusal(address, port, host=host) is None)
        if not allowed:
            kind = self.refusal(found[0], port, host=host) if found else "nowhere"
            raise NetError(Reason.BLOCKED_ADDRESS, blocked(host, found[0] if found else host, kind or ""))
        return allowed

    async def socket(self, host: str, port: int, *, family: Family = "any", trace: Trace | None = None) -> Socket:
        """Return a connected, non-blocking socket."""
        addresses = await self.addresses(host, port, family=family, trace=trace)
        if trace is not None:
            trace.begin("connect")
            trace.address = addresses[0]
        if len(addresses) == 1:
            made = await attempt(addresses[0], port, host)
        else:
            made = await race(interleaved(addresses), port, host)
        if trace is not None:
            trace.end()
            trace.address = made.getpeername()[0]
        return made

    async def connect(
        self,
        host: str,
        port: int,
        protocol_factory: Callable[[], P],
        *,
        family: Family = "any",
        trace: Trace | None = None,
        tls: TlsSettings | None = None,
        server_name: str = "",
    ) -> tuple[asyncio.Transport, P]:
        """Return a connected transport with its protocol, under TLS where settings for it are given."""
        if tls is None:
            return await self._plain(host, port, protocol_factory, family=family, trace=trace)
        context = self._context(tls)
        plain, _ = await self._plain(host, port, Opening, family=family, trace=trace)
        protocol = protocol_factory()
        return await secured(plain, protocol, context, name=server_name or host, trace=trace), protocol

    async def _plain(
        self, host: str, port: int, protocol_factory: Callable[[], P], *, family: Family, trace: Trace | None
    ) -> tuple[asyncio.Transport, P]:
        addresses = await self.addresses(host, port, family=family, trace=trace)
        if trace is not None:
            trace.begin("connect")
            trace.address = addresses[0]
        if len(addresses) == 1:
            made = await connected(addresses[0], port, host, protocol_factory=protocol_factory)
        else:
            winner = await race(interleaved(addresses), port, host)
            made = await adopted(winner, protocol_factory)
        if trace is not None:
            trace.end()
            trace.address = made[0].get_extra_info("peername", addresses)[0]
        return made

    def _context(self, settings: TlsSettings) -> ssl.SSLContext:
        try:
            return self.tls.get(settings)
        except ValueError as error:
            raise NetError(Reason.TLS_FAILED, str(error)) from None

    async def open(
        self,
        host: str,
        port: int,
        *,
        family: Family = "any",
        trace: Trace | None = None,
        tls: TlsSettings | None = None,
        server_name: str = "",
    ) -> Stream:
        """Return a connected stream, under TLS where settings for it are given."""
        reader = asyncio.StreamReader()
        transport, protocol = await self.connect(
            host,
            port,
            lambda: asyncio.StreamReaderProtocol(reader),
            family=family,
            trace=trace,
            tls=tls,
            server_name=server_name,
        )
        loop = asyncio.get_running_loop()
        writer = asyncio.StreamWriter(transport, protocol, reader, loop)
        return Stream(reader, writer, host=host, contexts=self.tls)

    async def datagram(
        self,
        host: str,
        port: int,
        protocol_factory: Callable[[], P],
        *,
        family: Family = "any",
        trace: Trace | None = None,
    ) -> tuple[asyncio.DatagramTransport, P]:
        """Return a datagram transport that is bound to the first address of the host that may be dialled."""
        addresses = await self.addresses(host, port, family=family, trace=trace)
        loop = asyncio.get_running_loop()
        if trace is not None:
            trace.address = addresses[0]
        try:
            return await loop.create_datagram_endpoint(protocol_factory, remote_addr=(addresses[0], port))
        except OSError as error:
            if error.errno in OURS:
                raise
            raise connect_failure(error, place(host, addresses[0], port)) from None


def blocked(host: str, address: str, kind: str) -> str:
    """Return the sentence for a target that may not be dialled."""
    which = "is" if host == address else f"leads to {address}, which is"
    return f"{host} {which} {kind}: asura does not connect there. Choose another target."

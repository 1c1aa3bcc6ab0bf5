"""The way out of the demo, which leads to the servers of its own internet and nowhere else."""

import asyncio
from collections.abc import Callable

from asura.demo.internet import Internet
from asura.demo.script import Mood
from asura.demo.servers import LOOPBACK
from asura.domain.reason import Reason
from asura.net.connection import Opening, P, Socket, attempt, connected
from asura.net.dialer import Dialer
from asura.net.errors import NetError
from asura.net.failures import connect_failure, place
from asura.net.guard import literal
from asura.net.icmp import Pinger
from asura.net.network import Network, NetworkConfig
from asura.net.resolver import Family, Resolver
from asura.net.tls import TlsContexts
from asura.net.trace import Trace

RESOLVER_THREADS = 8
DNS_PORT = 53
NOTHING_IS_SENT = "This is a demo: nothing is sent."
# Longer than any check may take.
NEVER_S = 3600.0


def elsewhere(host: str) -> NetError:
    """Return what is said of a target that is not the demo's."""
    text = (
        f"This is a demo: it reaches only the names that were made up for it, and {host} is none of them. "
        "Try one of those, such as https://shop.example.com."
    )
    return NetError(Reason.NOT_PERMITTED, text)


class DemoResolver(Resolver):
    """Knows the names of the demo."""

    def __init__(self, internet: Internet) -> None:
        super().__init__(RESOLVER_THREADS, lookup=internet.lookup)
        self._internet = internet

    async def resolve(
        self, host: str, port: int = 0, *, family: Family = "any", trace: Trace | None = None
    ) -> tuple[str, ...]:
        """Return the addresses of a name of the demo; NetError says of others that they are not reached."""
        found = await super().resolve(host, port, family=family, trace=trace) if self._knows(host, port) else ()
        if not found:
            raise elsewhere(host)
        return found

    def _knows(self, host: str, port: int) -> bool:
        known = self._internet.address(host) is not None or self._internet.name(host) is not None
        # The machine's own name server is asked where none is named: here that is the demo's.
        return known or (port == DNS_PORT and literal(host) is not None)


class DemoDialer(Dialer):
    """Leads every made-up address to a server on the loopback, as slowly as the way there is long."""

    def __init__(self, resolver: Resolver, tls: TlsContexts, internet: Internet, region: str) -> None:
        super().__init__(resolver, tls, private_ok=True)
        self._internet = internet
        self._region = region

    async def socket(self, host: str, port: int, *, family: Family = "any", trace: Trace | None = None) -> Socket:
        """Return a connected, non-blocking socket."""
        address, local = await self._way(host, port, family, trace)
        made = await attempt(LOOPBACK, local, host)
        _arrived(trace, address)
        return made

    async def datagram(
        self,
        host: str,
        port: int,
        protocol_factory: Callable[[], P],
        *,
        family: Family = "any",
        trace: Trace | None = None,
    ) -> tuple[asyncio.DatagramTransport, P]:
        """Return a datagram transport that is bound to a server of the demo."""
        _, local = await self._way(host, port, family, trace, connects=False)
        loop = asyncio.get_running_loop()
        return await loop.create_datagram_endpoint(protocol_factory, remote_addr=(LOOPBACK, local))

    async def _plain(
        self, host: str, port: int, protocol_factory: Callable[[], P], *, family: Family, trace: Trace | None
    ) -> tuple[asyncio.Transport, P]:
        address, local = await self._way(host, port, family, trace)
        made = await connected(LOOPBACK, local, host, protocol_factory=protocol_factory)
        _arrived(trace, address)
        if protocol_factory is Opening:
            # TLS comes next, and takes longer where the way is long.
            if trace is not None:
                trace.begin("tls")
            await asyncio.sleep((self._internet.delays(host, port, self._region).tls or 0.0) / 1000)
        return made

    async def _way(
        self, host: str, port: int, family: Family, trace: Trace | None, *, connects: bool = True
    ) -> tuple[str, int]:
        """Return the address that is shown, and the port on the loopback that it stands for."""
        address = (await self.addresses(host, port, family=family, trace=trace))[0]
        name = self._internet.name(address) or (self._internet.names[0] if port == DNS_PORT else "")
        if trace is not None:
            trace.address = address
            if connects:
                trace.begin("connect")
        service = self._internet.service(name, port, self._region)
        mood = self._internet.mood(service.seed) if service is not None else Mood.REFUSING
        if connects:
            silent = NEVER_S if mood is Mood.SILENT else 0.0
            await asyncio.sleep(silent + (self._internet.delays(name, port, self._region).connect or 0.0) / 1000)
        if service is None or mood is Mood.REFUSING:
            raise connect_failure(ConnectionRefusedError(), place(host, address, port))
        return address, await self._internet.port_of(service)


class ClosedDialer(Dialer):
    """Reaches nothing: for whatever carries messages."""

    async def addresses(
        self, host: str, port: int, *, family: Family = "any", trace: Trace | None = None
    ) -> tuple[str, ...]:
        """Refuse."""
        raise NetError(Reason.NOT_PERMITTED, NOTHING_IS_SENT)


class DemoPinger(Pinger):
    """Waits as long as a ping of a made-up address takes; no packet leaves."""

    def __init__(self, internet: Internet, region: str) -> None:
        super().__init__()
        self._internet = internet
        self._region = region

    async def ping(self, address: str, *, size: int = 56, timeout: float = 2.0) -> float | None:
        """Return the round trip in milliseconds, None when no reply came in time."""
        took = self._internet.echo_ms(address, self._region)
        await asyncio.sleep(timeout if took is None else min(timeout, took / 1000))
        return took if took is not None and took < timeout * 1000 else None


class DemoNetwork(Network):
    """The way out from one region. Whoever asks for another one gets the same: it has no private places."""

    def __init__(self, config: NetworkConfig, internet: Internet, tls: TlsContexts, *, region: str = "local") -> None:
        super().__init__(config, resolver=DemoResolver(internet), tls=tls)
        self.dialer = DemoDialer(self.resolver, self.tls, internet, region)
        self.channel_dialer = ClosedDialer(self.resolver, self.tls, private_ok=False)
        self.__dict__["pinger"] = DemoPinger(internet, region)

    def allowing(self, host: str) -> Network:
        """Return this way out."""
        return self

    def reaching(self, private: tuple[str, ...]) -> Network:
        """Return this way out."""
        return self


def _arrived(trace: Trace | None, address: str) -> None:
    if trace is not None:
        trace.end()
        trace.address = address

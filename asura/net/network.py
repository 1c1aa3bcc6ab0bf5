"""Everything that goes out, in one value: resolver, guarded dialers, TLS contexts, pinger, HTTP client."""

from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

from asura.net.dialer import Dialer
from asura.net.guard import AllowList
from asura.net.local import OwnListeners
from asura.net.resolver import Resolver
from asura.net.tls import TlsContexts

if TYPE_CHECKING:
    import httpx2

    from asura.net.icmp import Pinger


class NetworkConfig(msgspec.Struct, frozen=True, kw_only=True):
    """What the settings say about the way out."""

    own_listeners: tuple[tuple[str, int], ...] = ()
    # Networks (CIDR) or host names on private addresses that channels may reach.
    allow_private_channels: tuple[str, ...] = ()
    dns_threads: int = 32
    # Authorities to trust besides the bundled ones: a PEM file.
    ca_file: str = ""


class Network:
    """The way out of one process. `dialer` is for checks, `channel_dialer` for whatever carries messages."""

    def __init__(
        self, config: NetworkConfig, *, resolver: Resolver | None = None, tls: TlsContexts | None = None
    ) -> None:
        self.config = config
        self.resolver = resolver or Resolver(config.dns_threads)
        self.tls = tls or TlsContexts(config.ca_file)
        own = OwnListeners(config.own_listeners)
        allow = AllowList(config.allow_private_channels)
        self.dialer = Dialer(self.resolver, self.tls, private_ok=True, own=own)
        self.channel_dialer = Dialer(self.resolver, self.tls, private_ok=False, own=own, allow=allow)

    @cached_property
    def pinger(self) -> "Pinger":
        """Return the shared ICMP socket's owner."""
        from asura.net.icmp import Pinger

        return Pinger()

    @cached_property
    def http(self) -> "httpx2.AsyncClient":
        """Return the guarded HTTP client of channels; checks have their own engine."""
        from asura.net.client import guarded_client

        return guarded_client(self)

    def allowing(self, host: str) -> "Network":
        """Return a way out that shares everything with this one, and may also reach one host on a private address.

        For a service that the configuration itself names (a mail relay, an OpenID provider), and for nothing else.
        What may never be reached (cloud metadata, link-local) stays out of reach. It need not be closed.
        """
        named = (*self.config.allow_private_channels, host)
        config = msgspec.structs.replace(self.config, allow_private_channels=named)
        return Network(config, resolver=self.resolver, tls=self.tls)

    def reaching(self, private: tuple[str, ...]) -> "Network":
        """Return a way out that shares everything with this one, but for the private addresses that messages may reach.

        For messages to addresses that strangers choose. It need not be closed.
        """
        config = msgspec.structs.replace(self.config, allow_private_channels=private)
        return Network(config, resolver=self.resolver, tls=self.tls)

    async def close(self) -> None:
        """Close what was opened."""
        if "http" in self.__dict__:
            await self.http.aclose()
        if "pinger" in self.__dict__:
            self.pinger.close()
        await self.resolver.close()


def open_network(config: NetworkConfig | None = None) -> Network:
    """Return a network for this configuration; nothing is opened before it is used."""
    return Network(config or NetworkConfig())

"""The HTTP client of everything that is not a check: httpx2, dialling through the guard and nowhere else."""

import asyncio
import logging
from collections.abc import Iterable
from http.cookiejar import CookieJar, DefaultCookiePolicy
from ssl import PROTOCOL_TLS_CLIENT, SSLContext
from typing import TYPE_CHECKING, Any

import httpcore2
import httpx2

from asura import __version__
from asura.net.dialer import Dialer, Stream
from asura.net.tls import TlsSettings

if TYPE_CHECKING:
    from asura.net.network import Network

USER_AGENT = f"asura/{__version__}"
TIMEOUT = httpx2.Timeout(connect=10.0, read=25.0, write=25.0, pool=10.0)
MAX_CONNECTIONS = 100
# Connections that are kept are given up after this time without use: before the far end does, as a rule.
KEPT_FOR_S = 60.0
HTTP = TlsSettings(alpn=("http/1.1",))
HTTP_UNVERIFIED = TlsSettings(alpn=("http/1.1",), verify=False)

# Both libraries log the whole address of each request, and addresses of chat services are secrets.
for _name in ("httpx2", "httpcore2"):
    logging.getLogger(_name).setLevel(logging.WARNING)


def guarded_client(network: "Network", *, verify: bool = True, keep: int = 0) -> httpx2.AsyncClient:
    """Return a client whose every connection is opened by `network.channel_dialer`.

    It follows no redirects, keeps no cookies and no connections, and takes nothing from the environment, so that each
    request passes the guard anew. A refused address raises NetError `blocked_address` out of the request. `keep`: so
    many connections stay open for the next request; for whoever talks to one service that the configuration names.
    """
    return httpx2.AsyncClient(
        transport=GuardedTransport(network, HTTP if verify else HTTP_UNVERIFIED, keep=keep),
        headers={"User-Agent": USER_AGENT},
        timeout=TIMEOUT,
        cookies=CookieJar(policy=DefaultCookiePolicy(allowed_domains=[])),
        follow_redirects=False,
        trust_env=False,
    )


class GuardedTransport(httpx2.AsyncHTTPTransport):
    """httpx2's own transport over a pool that dials through the guard."""

    def __init__(self, network: "Network", settings: TlsSettings, *, keep: int = 0) -> None:
        # The parent would build a pool of its own, with a backend that dials by itself.
        self._pool = httpcore2.AsyncConnectionPool(
            # Only a sign for the pool: connections shake hands by a context of the network, which brings the bundle of
            # authorities with it and is made when it is needed.
            ssl_context=SSLContext(PROTOCOL_TLS_CLIENT),
            max_connections=MAX_CONNECTIONS,
            max_keepalive_connections=keep,
            keepalive_expiry=KEPT_FOR_S,
            network_backend=GuardedBackend(network.channel_dialer, settings),
        )


class GuardedBackend(httpcore2.AsyncNetworkBackend):
    """httpcore2's way to the network, by the guarded dialer."""

    def __init__(self, dialer: Dialer, settings: TlsSettings) -> None:
        self._dialer = dialer
        self._settings = settings

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """Resolve once, filter, and connect to the literal address."""
        try:
            async with asyncio.timeout(timeout):
                stream = await self._dialer.open(host, port)
        except TimeoutError as late:
            raise httpcore2.ConnectTimeout(f"no connection to {host} within {timeout:g} s") from late
        except OSError as lacking:
            raise httpcore2.ConnectError("this machine could not open a connection") from lacking
        return GuardedStream(stream, self._settings)

    async def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore2.AsyncNetworkStream:
        """Refuse: nothing outside is reached by a path."""
        raise httpcore2.UnsupportedProtocol("unix sockets are not reached by this client")

    async def sleep(self, seconds: float) -> None:
        """Wait between the pool's own attempts."""
        await asyncio.sleep(seconds)


class GuardedStream(httpcore2.AsyncNetworkStream):
    """One connection, as httpcore2 reads and writes it."""

    def __init__(self, stream: Stream, settings: TlsSettings) -> None:
        self._stream = stream
        self._settings = settings

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Return what has arrived, at most `max_bytes`; empty at the end."""
        try:
            async with asyncio.timeout(timeout):
                return await self._stream.reader.read(max_bytes)
        except TimeoutError as late:
            raise httpcore2.ReadTimeout("no answer in time") from late
        except OSError as broken:
            raise httpcore2.ReadError("the connection broke") from broken

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send all of `buffer`."""
        try:
            async with asyncio.timeout(timeout):
                self._stream.writer.write(buffer)
                await self._stream.writer.drain()
        except TimeoutError as late:
            raise httpcore2.WriteTimeout("the receiver took nothing in time") from late
        except OSError as broken:
            raise httpcore2.WriteError("the connection broke") from broken

    async def aclose(self) -> None:
        """Drop the connection; the answer was read, so nobody waits for a polite end."""
        self._stream.abort()

    async def start_tls(
        self, ssl_context: SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.AsyncNetworkStream:
        """Shake hands under the name that was asked for, not under the address."""
        try:
            async with asyncio.timeout(timeout):
                await self._stream.start_tls(self._settings, server_hostname or "")
        except TimeoutError as late:
            self._stream.abort()
            raise httpcore2.ConnectTimeout("the TLS handshake did not end in time") from late
        except BaseException:
            self._stream.abort()
            raise
        return self

    def get_extra_info(self, info: str) -> Any:
        """Return what the pool asks for: the TLS object, and whether a kept connection has ended meanwhile."""
        if info == "is_readable":
            return self._stream.is_readable
        return self._stream.ssl_object if info == "ssl_object" else None

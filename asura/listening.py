"""Where asura listens: bound before anything else is touched, so that a taken port is an error and no half start."""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator

from asura.engine.engine import Engine
from asura.errors import AsuraError
from asura.settings import Settings
from asura.settings_values import split_address


def bind_mail(settings: Settings) -> socket.socket | None:
    """Return the listener of pings by mail, if they are wanted."""
    where = settings.heartbeat.smtp_listen
    return _bound(*split_address(where), name="heartbeat.smtp_listen", shown=where) if where else None


@contextlib.asynccontextmanager
async def taking_mail(engine: Engine, settings: Settings, listener: socket.socket | None) -> AsyncIterator[None]:
    """Take pings by mail while the process runs."""
    if listener is None:
        yield
        return
    # Loaded here: few take pings by mail.
    from asura.web.pings.mail import connection

    tls = None
    if settings.server.tls_cert:
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(settings.server.tls_cert, settings.server.tls_key)
    server = await asyncio.get_running_loop().create_server(lambda: connection(engine, tls), sock=listener)
    try:
        yield
    finally:
        server.close()


def bind(settings: Settings) -> socket.socket:
    """Return the listener of HTTP; AsuraError when the address cannot be had."""
    host, port = settings.server.address
    return _bound(host, port, name="server.listen", shown=settings.server.listen)


def _bound(host: str, port: int, *, name: str, shown: str) -> socket.socket:
    family = socket.AF_INET6 if ":" in host or not host else socket.AF_INET
    try:
        return _listen(family, host, port)
    except OSError as error:
        if not host:
            with contextlib.suppress(OSError):
                return _listen(socket.AF_INET, "", port)
        raise AsuraError(f"cannot listen on {shown}: {error.strerror}; set {name} to a free address") from None


def _listen(family: socket.AddressFamily, host: str, port: int) -> socket.socket:
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0 if not host else 1)
        listener.bind((host, port))
        listener.listen(2048)
    except BaseException:
        listener.close()
        raise
    listener.setblocking(False)
    return listener

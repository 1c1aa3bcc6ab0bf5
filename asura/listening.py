"""Where asura listens: bound or taken over before anything else is touched, so that a taken port is no half start."""

import asyncio
import contextlib
import logging
import socket
import ssl
from collections.abc import AsyncIterator, Sequence
from typing import NamedTuple

import msgspec

from asura.engine.engine import Engine
from asura.errors import AsuraError
from asura.service_manager import Handed, Manager
from asura.settings import Settings
from asura.settings_values import split_address

LOG = logging.getLogger("asura")

# Whoever knocks while asura starts waits in this queue.
BACKLOG = 2048
# The names under which a service manager keeps our sockets from one start to the next.
KEPT = {"http": "asura-http", "mail": "asura-mail"}
_KEYS = {"http": "server.listen", "mail": "heartbeat.smtp_listen"}


class CannotListen(AsuraError):
    """An address that cannot be had; `errno` is the system's number for it."""

    def __init__(self, message: str, errno: int) -> None:
        super().__init__(message)
        self.errno = errno


class Doors(NamedTuple):
    """The sockets that asura listens on."""

    http: tuple[socket.socket, ...]
    mail: tuple[socket.socket, ...]

    def close(self) -> None:
        """Close our descriptors; what a service manager keeps goes on taking connections into its queue."""
        for one in (*self.http, *self.mail):
            one.close()

    def addresses(self) -> tuple[tuple[str, int], ...]:
        """Return (host, port) of each listener of HTTP that has one."""
        return tuple(_address(one) for one in self.http if one.family != socket.AF_UNIX)

    def settled(self, settings: Settings) -> Settings:
        """Return the settings with the address that is really listened on: for `:0`, and for a manager's choice."""
        host, port = settings.server.address
        sockets = [one for one in self.http if one.family != socket.AF_UNIX]
        if not sockets or any(port and _fits(one, host, port) for one in sockets):
            return settings
        actual_host, actual = _address(sockets[0])
        shown = host if _fits(sockets[0], host, 0) else actual_host
        server = msgspec.structs.replace(settings.server, listen=_shown(shown, actual))
        return msgspec.structs.replace(settings, server=server)


def open_doors(settings: Settings, manager: Manager) -> Doors:
    """Return the listeners: what a socket unit opened, else what was kept for us and still fits, else bound anew."""
    given, kept = _sorted(settings, manager.handed)
    opened: dict[str, tuple[socket.socket, ...]] = {}
    fresh: list[tuple[str, socket.socket]] = []
    try:
        for kind, where in (("http", settings.server.listen), ("mail", settings.heartbeat.smtp_listen)):
            old = kept.get(kind, [])
            if given[kind]:
                _retire(manager, kind, old)
                _say_whose(kind, where, given[kind])
                opened[kind] = tuple(given[kind])
                continue
            opened[kind] = _still_fitting(manager, kind, where, old)
            if where and not opened[kind]:
                opened[kind] = (_bound(*split_address(where), name=_KEYS[kind], shown=where),)
                fresh.append((KEPT[kind], opened[kind][0]))
    except BaseException:
        for one in (*opened.get("http", ()), *given["mail"]):
            one.close()
        raise
    for name, bound in fresh:
        manager.keep(name, bound)
    return Doors(opened["http"], opened["mail"])


def bind(settings: Settings) -> socket.socket:
    """Return a listener of HTTP where the configuration wants it; CannotListen when the address cannot be had."""
    where = settings.server.listen
    return _bound(*split_address(where), name=_KEYS["http"], shown=where)


def bind_mail(settings: Settings) -> socket.socket | None:
    """Return a listener of pings by mail, if they are wanted."""
    where = settings.heartbeat.smtp_listen
    return _bound(*split_address(where), name=_KEYS["mail"], shown=where) if where else None


@contextlib.asynccontextmanager
async def taking_mail(
    engine: Engine, listeners: Sequence[socket.socket], tls: ssl.SSLContext | None
) -> AsyncIterator[None]:
    """Take pings by mail while the process runs."""
    if not listeners:
        yield
        return
    # Loaded here: few take pings by mail.
    from asura.web.pings.mail import connection

    loop = asyncio.get_running_loop()
    async with contextlib.AsyncExitStack() as stack:
        for one in listeners:
            server = await loop.create_server(lambda: connection(engine, tls), sock=one, backlog=BACKLOG)
            stack.callback(server.close)
        yield


def _still_fitting(manager: Manager, kind: str, where: str, old: Sequence[socket.socket]) -> tuple[socket.socket, ...]:
    """Return the kept socket that listens where the configuration wants it, and end all others."""
    fits = [one for one in old if where and _fits(one, *split_address(where))][:1]
    _retire(manager, kind, [one for one in old if one not in fits], forget=not fits)
    return tuple(fits)


def _retire(manager: Manager, kind: str, old: Sequence[socket.socket], *, forget: bool = True) -> None:
    """End sockets that were kept for us: for everybody who holds them, so that their address is free."""
    for one in old:
        with contextlib.suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
        one.close()
    if old and forget:
        manager.forget(KEPT[kind])


def _sorted(
    settings: Settings, handed: Sequence[Handed]
) -> tuple[dict[str, list[socket.socket]], dict[str, list[socket.socket]]]:
    """Return the sockets of a socket unit and those that were kept for us, each by what they are for."""
    given: dict[str, list[socket.socket]] = {"http": [], "mail": []}
    kept: dict[str, list[socket.socket]] = {"http": [], "mail": []}
    ours = {name: kind for kind, name in KEPT.items()}
    for name, one in handed:
        if not _listens(one):
            LOG.warning("the service manager handed over a socket that does not listen (%s): it is not used", name)
            one.close()
            continue
        one.setblocking(False)
        if name in ours:
            kept[ours[name]].append(one)
        else:
            given[_purpose(settings, name, one, given)].append(one)
    return given, kept


def _purpose(settings: Settings, name: str, one: socket.socket, given: dict[str, list[socket.socket]]) -> str:
    """Return what a socket is for: as its name says, else its address, else the second one is for mail."""
    if name in given:
        return name
    letters = settings.heartbeat.smtp_listen
    if _fits(one, *settings.server.address) or not letters:
        return "http"
    if _fits(one, *split_address(letters)):
        return "mail"
    return "mail" if given["http"] and not given["mail"] else "http"


def _listens(one: socket.socket) -> bool:
    try:
        return one.type == socket.SOCK_STREAM and bool(one.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN))
    except OSError:
        return False


def _fits(one: socket.socket, host: str, port: int) -> bool:
    """Return whether a socket listens exactly where (host, port) would be bound."""
    if one.family not in (socket.AF_INET, socket.AF_INET6):
        return False
    return port in (0, _address(one)[1]) and _place(one) in _places(host)


def _place(one: socket.socket) -> tuple[str, bool]:
    """Return the address that a socket listens on, and whether it takes IPv4 as IPv6 too."""
    both = one.family == socket.AF_INET6 and not one.getsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY)
    host = str(one.getsockname()[0])
    return host, both and host == "::"


def _places(host: str) -> set[tuple[str, bool]]:
    """Return the places that a host to bind stands for; without one, every interface."""
    if not host:
        return {("::", True), ("0.0.0.0", False)}
    try:
        return {(str(row[4][0]), False) for row in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)}
    except OSError:
        return set()


def _address(one: socket.socket) -> tuple[str, int]:
    host, port = one.getsockname()[:2]
    return ("" if _place(one) == ("::", True) else str(host)), int(port)


def _shown(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _say_whose(kind: str, where: str, given: Sequence[socket.socket]) -> None:
    """Tell that the service manager chose another address than the configuration."""
    names = [str(one.getsockname()) if one.family == socket.AF_UNIX else _shown(*_address(one)) for one in given]
    if not where or not all(_fits(one, *split_address(where)) for one in given):
        meant = f"{_KEYS[kind]} ({where}) is not used" if where else f"{_KEYS[kind]} is not set"
        LOG.warning("taking %s on %s, as the service manager opened it; %s", kind, ", ".join(names), meant)


def _bound(host: str, port: int, *, name: str, shown: str) -> socket.socket:
    family = socket.AF_INET6 if ":" in host or not host else socket.AF_INET
    try:
        return _listen(family, host, port)
    except OSError as error:
        if not host:
            with contextlib.suppress(OSError):
                return _listen(socket.AF_INET, "", port)
        message = f"cannot listen on {shown}: {error.strerror}; set {name} to a free address"
        raise CannotListen(message, error.errno or 0) from None


def _listen(family: socket.AddressFamily, host: str, port: int) -> socket.socket:
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0 if not host else 1)
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except BaseException:
        listener.close()
        raise
    listener.setblocking(False)
    return listener

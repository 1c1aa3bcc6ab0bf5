"""Failures of connections in plain words: what happened, to what, and what to do."""

import errno
import ssl

from asura.domain.reason import Reason
from asura.net.errors import NetError

_UNREACHABLE = {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EHOSTDOWN, errno.EADDRNOTAVAIL}
_RESET = {errno.ECONNRESET, errno.EPIPE, errno.ECONNABORTED, errno.ESHUTDOWN, errno.ENOTCONN}


def place(host: str, address: str, port: int) -> str:
    """Return how a sentence names the far end: `shop.example (192.0.2.7 port 443)`."""
    return f"{address} port {port}" if host in (address, "") else f"{host} ({address} port {port})"


def connect_failure(error: OSError, where: str) -> NetError:
    """Return why a connection could not be made."""
    if isinstance(error, ConnectionRefusedError):
        return NetError(
            Reason.CONNECT_REFUSED,
            f"{where} refused the connection: nothing listens there. Start the service or check the port.",
        )
    if isinstance(error, TimeoutError):
        return NetError(
            Reason.CONNECT_TIMEOUT,
            f"{where} did not answer the connection attempt. The host may be down or a firewall drops the packets.",
        )
    if error.errno in _RESET:
        return NetError(
            Reason.CONNECT_RESET,
            f"{where} reset the connection while it was being made. Look at the service and at what stands before it.",
        )
    if error.errno in _UNREACHABLE:
        return NetError(
            Reason.CONNECT_UNREACHABLE,
            f"There is no route to {where}: {_words(error)}. Check the host, its network and the way to it.",
        )
    return NetError(Reason.CONNECT_FAILED, f"The connection to {where} failed: {_words(error)}.")


def lost_connection(error: Exception | None, where: str, doing: str) -> NetError:
    """Return why an open connection ended too early; `doing` completes "before …" ("it answered")."""
    if error is None or isinstance(error, ssl.SSLError | EOFError):
        return NetError(
            Reason.CONNECTION_CLOSED,
            f"{where} closed the connection before {doing}. Look at the service's own log.",
        )
    if isinstance(error, OSError) and error.errno in _RESET:
        return NetError(
            Reason.CONNECT_RESET,
            f"{where} reset the connection before {doing}. The service, or a firewall before it, cut it off.",
        )
    return NetError(Reason.CONNECTION_CLOSED, f"The connection to {where} broke before {doing}: {_words(error)}.")


def _words(error: Exception) -> str:
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return text[:1].lower() + text[1:] if text else type(error).__name__

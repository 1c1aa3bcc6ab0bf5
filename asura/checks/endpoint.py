"""Targets that are a host and a port."""

import re
from ipaddress import IPv6Address
from typing import NamedTuple

from asura.errors import Fault, Invalid
from asura.net.guard import literal, refusal

HOST = re.compile(r"[^\s/?#@\[\]:%\\\"'<>`{}|^,;!$&()*+=~]{1,253}")
MAX_PORT = 65_535


class Endpoint(NamedTuple):
    """Where to connect to."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def parse_endpoint(
    text: str, *, port: int | None = None, schemes: tuple[str, ...] = (), path: str = "target"
) -> Endpoint:
    """Return host and port of `host:port`, `[ipv6]:port`, a bare IPv6 address or, where `port` is given, a bare host.

    A leading `scheme://` out of `schemes` and a trailing slash are tolerated. Raises Invalid with `path`.
    """
    rest = _without_scheme(text.strip(), schemes, path)
    host, port_text = _split(rest, path)
    if not port_text:
        if port is None:
            example = "[2001:db8::1]:443" if ":" in host else f"{host or 'example.com'}:443"
            raise Invalid(Fault(path, f"must name a port as well, like {example}"))
        return Endpoint(check_host(host, path), port)
    if not (port_text.isascii() and port_text.isdigit() and 1 <= int(port_text[:6]) <= MAX_PORT):
        raise Invalid(Fault(path, f"has the port {port_text[:20]!r}; a port is a number from 1 to 65535"))
    return Endpoint(check_host(host, path), int(port_text))


def check_host(host: str, path: str = "target") -> str:
    """Return a host name or address that may be looked up; raises Invalid with `path` where it cannot be one."""
    if not host:
        raise Invalid(Fault(path, "must name a host, like example.com"))
    if ":" in host:
        return _ipv6(host, path)
    if not HOST.fullmatch(host) or ".." in host or host.startswith("."):
        raise Invalid(Fault(path, f"{host[:60]!r} is not a host name or address"))
    return host


def refuse_forbidden(host: str) -> None:
    """Raise Invalid where a target is written as an address that is never dialled; names are judged when resolved."""
    address = literal(host)
    kind = None if address is None else refusal(address, private_ok=True)
    if kind is not None:
        raise Invalid(Fault("target", f"{host} is {kind}: asura does not connect there"))


def _without_scheme(text: str, schemes: tuple[str, ...], path: str) -> str:
    scheme, mark, rest = text.partition("://")
    if not mark:
        return text
    if scheme.lower() not in schemes:
        hint = f"; write it as host:port{f' or {schemes[0]}://host:port' if schemes else ''}"
        raise Invalid(Fault(path, f"starts with {scheme[:20]}://, which is another kind of check{hint}"))
    return rest.removesuffix("/")


def _split(text: str, path: str) -> tuple[str, str]:
    if text.startswith("["):
        host, closed, port = text[1:].partition("]")
        if not closed or (port and not port.startswith(":")):
            raise Invalid(Fault(path, "has brackets, but not around an IPv6 address as in [2001:db8::1]:443"))
        return _ipv6(host, path), port[1:]
    if text.count(":") > 1:
        return _ipv6(text, path), ""
    host, _, port = text.partition(":")
    return host, port


def _ipv6(host: str, path: str) -> str:
    try:
        return str(IPv6Address(host))
    except ValueError:
        raise Invalid(Fault(path, f"{host[:60]!r} is not an IPv6 address")) from None

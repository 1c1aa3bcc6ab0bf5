"""What this machine knows about its own network: its addresses, its way out, its resolvers."""

import socket
import struct
from functools import lru_cache
from ipaddress import ip_address
from pathlib import Path

from asura.net.guard import unwrapped

_WILDCARDS = frozenset({"", "0.0.0.0", "::", "*"})
_GATEWAY_FLAG = 0x2


def default_gateway(table: Path = Path("/proc/net/route")) -> str | None:
    """Return the IPv4 address of the default gateway; None where there is none or the system does not tell."""
    try:
        rows = [line.split() for line in table.read_text("ascii").splitlines()[1:]]
    except (OSError, ValueError):
        return None
    for row in rows:
        if len(row) > 7 and row[1] == "00000000" and row[7] == "00000000" and int(row[3], 16) & _GATEWAY_FLAG:
            return socket.inet_ntoa(struct.pack("<L", int(row[2], 16)))
    return None


def resolvers(table: Path = Path("/etc/resolv.conf")) -> tuple[str, ...]:
    """Return the addresses of the name servers that this machine asks, in order."""
    try:
        lines = table.read_text("utf-8", "replace").splitlines()
    except OSError:
        return ()
    rows = (line.split() for line in lines)
    return tuple(row[1] for row in rows if len(row) > 1 and row[0] == "nameserver")


@lru_cache(maxsize=1024)
def is_local(address: str) -> bool:
    """Return whether an address belongs to this machine, by trying to bind to it."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((address, 0))
        except OSError:
            return False
    return True


class OwnListeners:
    """The ports on which asura itself answers: a check of them would be a check that checks itself."""

    def __init__(self, listeners: tuple[tuple[str, int], ...] = ()) -> None:
        self._listeners = listeners
        self._ports = frozenset(port for _, port in listeners)

    def cover(self, address: str, port: int) -> bool:
        """Return whether an address and port lead back to this process."""
        if port not in self._ports:
            return False
        forms = [str(form) for form in unwrapped(ip_address(address.partition("%")[0]))]
        hosts = [host for host, own_port in self._listeners if own_port == port]
        return any(_listens(host, form) for host in hosts for form in forms)


def _listens(host: str, address: str) -> bool:
    if host.strip("[]") in _WILDCARDS:
        return is_local(address)
    if host == "localhost":
        return ip_address(address).is_loopback
    return host.strip("[]") == address

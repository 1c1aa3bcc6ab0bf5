"""The ICMP sockets of this machine: opening them, and reading what the kernel tells beside a packet."""

import errno
import os
import socket
import struct
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

from asura.domain.reason import Reason
from asura.net.errors import NetError

HEADER = struct.Struct("!BBHHH")
EXTENDED_ERROR = struct.Struct("=IBBBBII")
TIMESPEC = struct.Struct("@qq")
RECEIVE_BUFFER = 4 * 1024 * 1024
# Linux numbers that the socket module of Python 3.11 does not name.
SO_TIMESTAMPNS = 35
SO_RCVBUFFORCE = 33
IP_RECVERR = 11
IPV6_RECVERR = 25
SOL_RAW = 255
ICMP_FILTER = 1
ICMPV6_FILTER = 1
ORIGIN_LOCAL = 1

NOT_PERMITTED = (
    "This system does not let asura send pings. Allow it with `sysctl -w net.ipv4.ping_group_range='0 2147483647'` "
    "(it holds for IPv6 as well), or give the process the capability CAP_NET_RAW "
    "(systemd: AmbientCapabilities=CAP_NET_RAW). Of a container, it is --sysctl net.ipv4.ping_group_range='0 65535'."
)
UNREACHABLE = {
    errno.ENETUNREACH: "the network cannot be reached",
    errno.EHOSTUNREACH: "the host cannot be reached",
    errno.ECONNREFUSED: "the host refuses pings",
    errno.EACCES: "a firewall forbids it",
    errno.EMSGSIZE: "the packet is too big for the way there",
    errno.EPROTO: "the packet cannot be understood",
}


class PermissionProblem(Exception):
    """This machine does not let us ping: our fault, never the target's. The text says what to do."""


class Family(NamedTuple):
    """What differs between IPv4 and IPv6: numbers of the protocol and of the socket options."""

    family: socket.AddressFamily
    protocol: int
    request: int
    reply: int
    level: int
    recverr: int


V4 = Family(socket.AF_INET, socket.IPPROTO_ICMP, 8, 0, socket.IPPROTO_IP, IP_RECVERR)
V6 = Family(socket.AF_INET6, socket.IPPROTO_ICMPV6, 128, 129, socket.IPPROTO_IPV6, IPV6_RECVERR)


def open_socket(family: Family) -> tuple[socket.socket, bool]:
    """Return a non-blocking ICMP socket and whether it is raw; raises PermissionProblem when neither is allowed."""
    for kind in (socket.SOCK_DGRAM, socket.SOCK_RAW):
        try:
            sock = socket.socket(family.family, kind, family.protocol)
        except PermissionError:
            continue
        except OSError as exc:
            if exc.errno == errno.EAFNOSUPPORT:
                raise NetError(
                    Reason.CONNECT_UNREACHABLE, "This machine has no IPv6, and the address needs it."
                ) from exc
            continue
        try:
            _prepare(sock, family, kind == socket.SOCK_RAW)
        except BaseException:
            sock.close()
            raise
        return sock, kind == socket.SOCK_RAW
    raise PermissionProblem(NOT_PERMITTED)


def _prepare(sock: socket.socket, family: Family, raw: bool) -> None:
    sock.setblocking(False)
    wishes: list[tuple[int, int, int | bytes]] = [
        (socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER),
        (socket.SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_BUFFER),
        (socket.SOL_SOCKET, SO_TIMESTAMPNS, 1),
        (family.level, family.recverr, 1),
    ]
    if raw and family is V4:
        wishes.append((SOL_RAW, ICMP_FILTER, struct.pack("=I", 0xFFFFFFFF & ~(1 << family.reply))))
    elif raw:
        blocked = [0xFFFFFFFF] * 8
        blocked[family.reply >> 5] &= ~(1 << (family.reply & 31))
        wishes.append((socket.IPPROTO_ICMPV6, ICMPV6_FILTER, struct.pack("=8I", *blocked)))
    for wish in wishes:
        # Each of these only makes pings cheaper or more exact; without them they still work.
        with suppress(OSError):
            sock.setsockopt(*wish)


def checksum(packet: bytes) -> int:
    """Return the Internet checksum of a packet: the ones' complement of the sum of its 16 bit words."""
    even = packet if len(packet) % 2 == 0 else packet + b"\0"
    return 0xFFFF - (int.from_bytes(even) % 0xFFFF)


def queued_seconds(extra: list[tuple[int, int, bytes]]) -> float:
    """Return how many seconds a reply lay in the socket, so that a busy loop of ours is never the target's latency."""
    for level, kind, content in extra:
        if level == socket.SOL_SOCKET and kind == SO_TIMESTAMPNS and len(content) >= TIMESPEC.size:
            seconds, nanoseconds = TIMESPEC.unpack_from(content)
            lain = time.time_ns() - int(seconds) * 1_000_000_000 - int(nanoseconds)
            return max(0.0, lain / 1e9)
    return 0.0


def reports(extra: list[tuple[int, int, bytes]], family: Family) -> Iterator[tuple[str, str]]:
    """Yield what the network reported about a packet, and who did: an address, or "this machine"."""
    for level, kind, content in extra:
        if level != family.level or kind != family.recverr or len(content) < EXTENDED_ERROR.size:
            continue
        number, origin, *_ = EXTENDED_ERROR.unpack_from(content)
        said = UNREACHABLE.get(number, os.strerror(number))
        offset, width = (8, 16) if family is V6 else (4, 4)
        packed = content[EXTENDED_ERROR.size :][offset : offset + width]
        known = origin != ORIGIN_LOCAL and len(packed) == width
        yield said, socket.inet_ntop(family.family, packed) if known else "this machine"


def refusal(exc: OSError, address: str) -> Exception:
    """Return what a failed send means, in words."""
    if exc.errno in (errno.EPERM, errno.EACCES):
        return PermissionProblem(f"This machine's own firewall or routing does not let asura ping {address}.")
    if exc.errno in (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EADDRNOTAVAIL, errno.EINVAL):
        return NetError(Reason.CONNECT_UNREACHABLE, f"This machine knows no way to {address}.")
    if exc.errno == errno.EMSGSIZE:
        return NetError(Reason.CONNECT_FAILED, f"The ping is too big for the way to {address}; choose a smaller size.")
    return exc

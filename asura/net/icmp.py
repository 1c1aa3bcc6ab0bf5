"""Pings: one shared unprivileged ICMP socket per address family, a raw one where that is not allowed."""

import asyncio
import errno
import os
import select
import socket
import time
from itertools import count
from typing import NamedTuple

from asura.domain.reason import Reason
from asura.net.errors import NetError
from asura.net.icmp_socket import (
    HEADER,
    V4,
    V6,
    Family,
    PermissionProblem,
    checksum,
    open_socket,
    queued_seconds,
    refusal,
    reports,
)

TOKEN_BYTES = 8
MAX_SIZE = 8972
MAX_READS = 256
SEND_TRIES = 50
SEND_PAUSE = 0.01

__all__ = ["MAX_SIZE", "PermissionProblem", "Pinger"]


class _Waiting(NamedTuple):
    token: bytes
    sent: float
    answer: "asyncio.Future[float | None]"


class Pinger:
    """Sends echo requests and hands each reply to the ping that it answers: same address, sequence and token."""

    def __init__(self) -> None:
        self._lines: dict[int, _Line] = {}

    async def ping(self, address: str, *, size: int = 56, timeout: float = 2.0) -> float | None:
        """Return the round trip in milliseconds, None when no reply came within `timeout` seconds.

        `address` is a literal that the dialer allowed. Raises PermissionProblem where this machine forbids pings, and
        NetError (`connect_unreachable`) where somebody on the way answered that the address cannot be reached.
        """
        return await self._line(V6 if ":" in address else V4).ping(address, size, timeout)

    def close(self) -> None:
        """Close the sockets; pings under way end without a reply."""
        for line in self._lines.values():
            line.close()
        self._lines.clear()

    def _line(self, family: Family) -> "_Line":
        line = self._lines.get(family.family)
        if line is not None and line.loop is asyncio.get_running_loop():
            return line
        if line is not None:
            line.close()
        line = self._lines[family.family] = _Line(family, *open_socket(family))
        return line


class _Line:
    """One socket of one family, and the pings that wait on it."""

    def __init__(self, family: Family, sock: socket.socket, raw: bool) -> None:
        self.loop = asyncio.get_running_loop()
        self._family = family
        self._sock = sock
        self._raw = raw
        # The kernel puts its own identifier into what a datagram socket sends, and filters the replies by it.
        self._id = int.from_bytes(os.urandom(2)) if raw else 0
        self._sequence = count(int.from_bytes(os.urandom(2)))
        self._waiting: dict[tuple[str, int], _Waiting] = {}
        self._buffer = bytearray(65_536)
        # Errors that came back (host unreachable) raise POLLERR, at which libuv would stop watching the socket; an
        # epoll of our own in between turns them into plain readability.
        self._poll = select.epoll() if hasattr(select, "epoll") else None
        if self._poll is not None:
            self._poll.register(sock.fileno(), select.EPOLLIN | select.EPOLLERR)
        self.loop.add_reader(self._watched(), self._readable)

    async def ping(self, address: str, size: int, timeout: float) -> float | None:
        """Send one request and wait for its reply."""
        address = socket.inet_ntop(self._family.family, socket.inet_pton(self._family.family, address))
        key = self._free_key(address)
        token = os.urandom(TOKEN_BYTES)
        packet = self._request(key[1], token.ljust(size, b"a"))
        answer: asyncio.Future[float | None] = self.loop.create_future()
        self._waiting[key] = _Waiting(token, time.perf_counter(), answer)
        timer = self.loop.call_later(timeout, _give_up, answer)
        try:
            if not self._send(packet, address):
                await self._send_later(packet, key)
            return await answer
        finally:
            timer.cancel()
            self._waiting.pop(key, None)

    def close(self) -> None:
        """Close the socket; who still waits gets no reply."""
        if not self.loop.is_closed():
            self.loop.remove_reader(self._watched())
            for waiting in self._waiting.values():
                _give_up(waiting.answer)
        if self._poll is not None:
            self._poll.close()
        self._sock.close()

    def _watched(self) -> int:
        return self._sock.fileno() if self._poll is None else self._poll.fileno()

    def _free_key(self, address: str) -> tuple[str, int]:
        for _ in range(0x10000):
            key = (address, next(self._sequence) & 0xFFFF)
            if key not in self._waiting:
                return key
        raise RuntimeError(f"65,536 pings of {address} are under way already")

    def _request(self, sequence: int, payload: bytes) -> bytes:
        kind = self._family.request
        packet = HEADER.pack(kind, 0, 0, self._id, sequence) + payload
        if not (self._raw and self._family is V4):
            return packet  # The kernel computes the checksum.
        return HEADER.pack(kind, 0, checksum(packet), self._id, sequence) + payload

    def _send(self, packet: bytes, address: str) -> bool:
        """Return whether the packet went out; False when this machine has no room for it right now."""
        for attempt in range(4):
            try:
                self._sock.sendto(packet, (address, 0))
            except OSError as exc:
                if exc.errno in (errno.EAGAIN, errno.ENOBUFS, errno.ENOMEM):
                    return False
                # What came back for another address is reported here too; only an error that stays is this one's.
                if self._read_errors() and attempt < 3:
                    continue
                raise refusal(exc, address) from exc
            return True
        return False

    async def _send_later(self, packet: bytes, key: tuple[str, int]) -> None:
        for _ in range(SEND_TRIES):
            await asyncio.sleep(SEND_PAUSE)
            waiting = self._waiting[key]
            if waiting.answer.done():
                break
            self._waiting[key] = waiting._replace(sent=time.perf_counter())
            if self._send(packet, key[0]):
                return
        raise OSError(errno.ENOBUFS, "this machine had no room to send a ping")

    def _readable(self) -> None:
        for _ in range(MAX_READS):
            try:
                length, extra, _flags, source = self._sock.recvmsg_into([self._buffer], 64)
            except (BlockingIOError, InterruptedError):
                break
            except OSError:
                if not self._read_errors():
                    break
                continue
            self._take(memoryview(self._buffer)[:length], extra, source[0])
        self._read_errors()

    def _take(self, packet: memoryview, extra: list[tuple[int, int, bytes]], source: str) -> None:
        if self._raw and self._family is V4 and packet:
            packet = packet[(packet[0] & 0x0F) * 4 :]
        if len(packet) < HEADER.size + TOKEN_BYTES:
            return
        kind, code, _, ident, sequence = HEADER.unpack_from(packet)
        if kind != self._family.reply or code != 0 or (self._raw and ident != self._id):
            return
        waiting = self._waiting.get((source, sequence))
        if waiting is None or packet[HEADER.size : HEADER.size + TOKEN_BYTES] != waiting.token or waiting.answer.done():
            return
        seconds = time.perf_counter() - waiting.sent - queued_seconds(extra)
        waiting.answer.set_result(max(seconds, 0.0) * 1000)

    def _read_errors(self) -> bool:
        """Take what the network reported back; return whether there was anything."""
        found = False
        for _ in range(MAX_READS):
            try:
                packet, extra, _flags, target = self._sock.recvmsg(2048, 512, socket.MSG_ERRQUEUE)
            except (OSError, AttributeError):
                break
            found = True
            if target and len(packet) >= HEADER.size:
                self._fail(packet, extra, target[0])
        return found

    def _fail(self, packet: bytes, extra: list[tuple[int, int, bytes]], target: str) -> None:
        kind, _, _, ident, sequence = HEADER.unpack_from(packet)
        waiting = self._waiting.get((target, sequence))
        if waiting is None or waiting.answer.done() or kind != self._family.request:
            return
        returned = packet[HEADER.size : HEADER.size + TOKEN_BYTES]
        if (self._raw and ident != self._id) or not waiting.token.startswith(returned):
            return
        for said, reporter in reports(extra, self._family):
            waiting.answer.set_exception(
                NetError(Reason.CONNECT_UNREACHABLE, f"{target} does not answer pings: {reporter} reports that {said}.")
            )
            return


def _give_up(answer: "asyncio.Future[float | None]") -> None:
    if not answer.done():
        answer.set_result(None)

"""Real servers on loopback, good and hostile, for every test that needs something to watch."""

import asyncio
import gzip
import socket
import ssl
import struct
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from functools import cache

import brotli
import zstandard

MIB = 1024 * 1024

Behaviour = Callable[[asyncio.StreamReader, asyncio.StreamWriter, bytes], Awaitable[None]]


class Target:
    """A running server: where it is, and what it was asked."""

    def __init__(self, host: str, port: int, *, scheme: str) -> None:
        self.host = host
        self.port = port
        self.scheme = scheme
        self.requests: list[bytes] = []
        self.connections = 0

    def url(self, path: str = "/", *, host: str | None = None) -> str:
        """Return the address of a path, by address or under another name of this host."""
        name = host or (f"[{self.host}]" if ":" in self.host else self.host)
        return f"{self.scheme}://{name}:{self.port}{path}"

    def header(self, name: str, *, request: int = -1) -> str | None:
        """Return a header as it was sent in a request, None when it was not."""
        for line in self.requests[request].decode("latin-1").split("\r\n\r\n")[0].split("\r\n")[1:]:
            key, _, value = line.partition(": ")
            if key.lower() == name.lower():
                return value
        return None

    def line(self, *, request: int = -1) -> str:
        """Return a request line as it was sent."""
        return self.requests[request].split(b"\r\n")[0].decode("latin-1")

    def body(self, *, request: int = -1) -> bytes:
        """Return the body of a request."""
        return self.requests[request].partition(b"\r\n\r\n")[2]


@asynccontextmanager
async def serving(
    behaviour: Behaviour, *, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1", silent: bool = False
) -> AsyncIterator[Target]:
    """Serve HTTP requests by a behaviour; `silent` does not wait for a request before it acts."""
    target = Target(host, 0, scheme="https" if tls else "http")
    writers: set[asyncio.StreamWriter] = set()
    serving_tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        target.connections += 1
        writers.add(writer)
        task = asyncio.current_task()
        assert task is not None
        serving_tasks.add(task)
        try:
            request = b"" if silent else await read_request(reader)
            if request or silent:
                target.requests.append(request)
                await behaviour(reader, writer, request)
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.CancelledError):
            pass  # Cancelled only by the end of this server, below.
        finally:
            serving_tasks.discard(task)
            writers.discard(writer)
            with suppress(OSError):
                writer.close()

    server = await asyncio.start_server(serve, host, 0, ssl=tls)
    target.port = server.sockets[0].getsockname()[1]
    try:
        yield target
    finally:
        server.close()
        for writer in list(writers):
            writer.transport.abort()
        for task in serving_tasks:
            task.cancel()
        await asyncio.gather(*serving_tasks)


async def read_request(reader: asyncio.StreamReader) -> bytes:
    """Return one request, head and body; empty when the client went away before it sent one."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return b""
    length = 0
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            length = int(line.partition(b":")[2])
    return head + (await reader.readexactly(length) if length else b"")


def answering(
    body: bytes = b"hello", status: str = "200 OK", headers: tuple[tuple[str, str], ...] = (), *, length: bool = True
) -> Behaviour:
    """Answer always the same."""
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in headers)]
    if length:
        lines.append(f"Content-Length: {len(body)}")
    head = "\r\n".join([*lines, "Connection: close", "", ""]).encode("latin-1")
    return raw(head + body)


def raw(content: bytes) -> Behaviour:
    """Send bytes as they are, and close."""

    async def behave(_: asyncio.StreamReader, writer: asyncio.StreamWriter, __: bytes) -> None:
        writer.write(content)
        await writer.drain()

    return behave


def by_path(routes: dict[str, Behaviour]) -> Behaviour:
    """Choose the behaviour by the path of the request; the rest is 404."""

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> None:
        path = request.split(b" ")[1].decode().partition("?")[0]
        await routes.get(path, answering(b"nothing here", "404 Not Found"))(reader, writer, request)

    return behave


def redirecting(location: str, status: str = "302 Found") -> Behaviour:
    """Send elsewhere; `location` may lead back here."""
    return answering(b"", status, (("Location", location),))


def slow(seconds: float) -> Behaviour:
    """Answer well, but late."""

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> None:
        await asyncio.sleep(seconds)
        await answering()(reader, writer, request)

    return behave


async def half_open(reader: asyncio.StreamReader, _: asyncio.StreamWriter, __: bytes) -> None:
    """Take the request and say nothing for ever."""
    await reader.read()


async def closing(_: asyncio.StreamReader, writer: asyncio.StreamWriter, __: bytes) -> None:
    """Close without a word."""
    writer.close()


async def resetting(_: asyncio.StreamReader, writer: asyncio.StreamWriter, __: bytes) -> None:
    """Answer with a TCP reset."""
    raw_socket: socket.socket = writer.get_extra_info("socket")
    raw_socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def endless(_: asyncio.StreamReader, writer: asyncio.StreamWriter, __: bytes) -> None:
    """Send a body that has no end."""
    writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
    while True:
        writer.write(b"x" * 65_536)
        await writer.drain()


async def endless_chunk_extension(_: asyncio.StreamReader, writer: asyncio.StreamWriter, __: bytes) -> None:
    """Send a chunk whose extension has no end."""
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a=")
    while True:
        writer.write(b"x" * 65_536)
        await writer.drain()


async def endless_header(_: asyncio.StreamReader, writer: asyncio.StreamWriter, __: bytes) -> None:
    """Send a header whose value has no end."""
    writer.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
    while True:
        writer.write(b"x" * 65_536)
        await writer.drain()


async def trickling(_: asyncio.StreamReader, writer: asyncio.StreamWriter, __: bytes) -> None:
    """Send a body of a million bytes, ten of them a second."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\nConnection: close\r\n\r\n")
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.1)


def many_headers(count: int = 100_000) -> Behaviour:
    """Answer with that many headers."""
    return raw(b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: y\r\n" % n for n in range(count)) + b"\r\n")


def packed(body: bytes, encoding: str) -> bytes:
    """Return a body as a Content-Encoding packs it."""
    packers: dict[str, Callable[[bytes], bytes]] = {
        "gzip": gzip.compress,
        "deflate": zlib.compress,
        "br": brotli.compress,
        "zstd": zstandard.compress,
    }
    return packers[encoding](body)


@cache
def bomb(encoding: str, size: int = 64 * MIB) -> bytes:
    """Return a body of `size` zeros, packed piece by piece so that the test itself stays small."""
    piece = bytes(MIB)
    if encoding == "br":
        compressor = brotli.Compressor(quality=1)
        return b"".join(compressor.process(piece) for _ in range(size // MIB)) + compressor.finish()
    if encoding == "zstd":
        packer = zstandard.ZstdCompressor(level=3).compressobj()
        return b"".join(packer.compress(piece) for _ in range(size // MIB)) + packer.flush()
    window = {"gzip": 31, "deflate": 15}[encoding]
    deflater = zlib.compressobj(1, zlib.DEFLATED, window)
    return b"".join(deflater.compress(piece) for _ in range(size // MIB)) + deflater.flush()


def bombing(encoding: str) -> Behaviour:
    """Answer with some kilobytes that claim to be 64 MiB."""

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> None:
        headers = (("Content-Encoding", encoding),)
        await answering(bomb(encoding), headers=headers)(reader, writer, request)

    return behave


def free_port() -> int:
    """Return a port on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def full_backlog() -> AsyncIterator[int]:
    """Give a port that takes no further connection: attempts are left without an answer."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        port = int(listener.getsockname()[1])
        fillers = []
        for _ in range(4):
            filler = socket.socket()
            filler.setblocking(False)
            filler.connect_ex(("127.0.0.1", port))
            fillers.append(filler)
        await asyncio.sleep(0.05)
        try:
            yield port
        finally:
            for filler in fillers:
                filler.close()

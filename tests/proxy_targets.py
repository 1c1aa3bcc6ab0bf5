"""HTTP proxies, open ones and some that ask for a password."""

import asyncio
from contextlib import suppress

from tests.targets import Behaviour, answering


async def proxying(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> None:
    """Be an HTTP proxy: tunnel what CONNECT names, forward whole addresses."""
    method, place, _ = request.split(b"\r\n")[0].decode().split(" ")
    host = place.removeprefix("http://").partition("/")[0]
    name, _, port = host.rpartition(":")
    far_reader, far_writer = await asyncio.open_connection(name.strip("[]"), int(port))
    if method == "CONNECT":
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
    else:
        far_writer.write(request.replace(f"http://{host}".encode(), b"", 1))
    try:
        await asyncio.gather(_copy(reader, far_writer), _copy(far_reader, writer))
    finally:
        far_writer.close()


def proxying_for(authorization: str) -> Behaviour:
    """Be a proxy that asks for a password."""

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> None:
        if f"Proxy-Authorization: {authorization}".encode() in request:
            await proxying(reader, writer, request)
        else:
            await answering(b"", "407 Proxy Authentication Required")(reader, writer, request)

    return behave


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while part := await reader.read(65_536):
            writer.write(part)
            await writer.drain()
    writer.close()

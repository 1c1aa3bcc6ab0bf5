"""A server to be checked, as its own process: answers every request with a small page, over HTTP or HTTPS."""

import argparse
import asyncio
import ssl
import sys
import tempfile
from pathlib import Path

import trustme
import uvloop

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 300\r\nConnection: close\r\n\r\n" + b"x" * 300


class Page(asyncio.Protocol):
    """Answers once per connection and hangs up."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the connection."""
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer as soon as the request has ended."""
        if data.endswith(b"\r\n\r\n"):
            self.transport.write(ANSWER)  # type: ignore[attr-defined]
            self.transport.close()


async def serve(tls: bool) -> None:
    """Serve until standard input closes; prints the port, and the path of the authority's certificate under TLS."""
    context, authority = None, ""
    if tls:
        ca = trustme.CA()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        ca.issue_cert("localhost", "127.0.0.1").configure_cert(context)
        authority = str(Path(tempfile.mkdtemp()) / "ca.pem")
        ca.cert_pem.write_to_path(authority)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Page, "127.0.0.1", 0, ssl=context, backlog=4096)
    print(server.sockets[0].getsockname()[1], authority, flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--tls", action="store_true")
    uvloop.run(serve(parser.parse_args().tls))

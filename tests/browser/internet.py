"""A small internet on loopback: a proxy behind which every name answers, over TLS with a certificate of its own."""

import contextlib
import socket
import socketserver
import ssl
import threading
import time

from tests.tls_targets import Authority

REASONS = {200: "OK", 503: "Service Unavailable"}


class Internet:
    """What monitors of invented names reach. `down` answers 503, `slow` takes most of a second."""

    def __init__(self, *, down: tuple[str, ...] = (), slow: tuple[str, ...] = (), days_left: float = 63.4) -> None:
        self.down = set(down)
        self.slow = set(slow)
        self._authority = Authority()
        self._days_left = days_left
        self._contexts: dict[str, ssl.SSLContext] = {}
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), _Proxy)
        self._server.internet = self
        self._listener = socket.create_server(("127.0.0.1", 0))

    @property
    def proxy(self) -> str:
        """Return the address of the proxy."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def port(self) -> int:
        """Return a port at which something listens."""
        return int(self._listener.getsockname()[1])

    @property
    def ca_pem(self) -> str:
        """Return the certificate of the authority behind every name."""
        return self._authority.pem

    def start(self) -> None:
        """Answer from now on."""
        threading.Thread(target=self._server.serve_forever, args=(0.1,), daemon=True).start()

    def stop(self) -> None:
        """Answer no more."""
        self._server.shutdown()
        self._server.server_close()
        self._listener.close()

    def context(self, name: str) -> ssl.SSLContext:
        """Return the TLS context of a name."""
        with self._lock:
            if name not in self._contexts:
                self._contexts[name] = self._authority.good(name, days=self._days_left)
            return self._contexts[name]


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    internet: Internet


class _Proxy(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        with contextlib.suppress(OSError, ssl.SSLError, ValueError):
            self._tunnel()

    def _tunnel(self) -> None:
        name = self._head().split(b" ")[1].decode().rpartition(":")[0]
        time.sleep(0.012)
        self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        with self.server.internet.context(name).wrap_socket(self.connection, server_side=True) as secured:
            self._answer(secured, name)

    def _answer(self, secured: ssl.SSLSocket, name: str) -> None:
        secured.recv(65_536)
        internet = self.server.internet
        time.sleep(0.9 if name in internet.slow else 0.06)
        status = 503 if name in internet.down else 200
        body = b'{"status": "ok"}' if status == 200 else b"upstream connect error or disconnect/reset before headers"
        head = f"HTTP/1.1 {status} {REASONS[status]}\r\nServer: envoy\r\nContent-Length: {len(body)}\r\n\r\n"
        secured.sendall(head.encode() + body)

    def _head(self) -> bytes:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            line = self.rfile.readline(4096)
            if not line:
                raise ValueError("no request")
            head += line
        return head

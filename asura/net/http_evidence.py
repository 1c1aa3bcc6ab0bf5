"""What was sent and what came back, written down only when somebody asks for it."""

from typing import Any

from asura.net.encodings import BadEncoding, unpack
from asura.net.http_protocol import HttpExchange
from asura.net.http_request import HttpRequest, starred
from asura.net.tls import certificates
from asura.net.trace import Trace

SHOWN_BODY = 4096


class Hop:
    """One request of a check, with as much of its answer as has come."""

    __slots__ = ("exchange", "request", "ssl_object")

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.exchange: HttpExchange | None = None
        self.ssl_object: Any = None

    def describe(self, trace: Trace) -> None:
        """Write request, answer and certificates into the trace."""
        trace.request = self.request.shown()
        trace.facts = trace.facts | {"url": str(self.request.url)}
        if self.exchange is not None:
            trace.response = shown_answer(self.exchange)
        if self.ssl_object is not None:
            trace.tls_version = self.ssl_object.version() or ""
            trace.tls_cipher = (self.ssl_object.cipher() or ("",))[0]
            trace.certificates = certificates(self.ssl_object)


def shown_answer(exchange: HttpExchange) -> str:
    """Return status line, headers (cookies starred) and the first 4 KiB of the body; empty when nothing has come."""
    if not exchange.status:
        return ""
    first = f"HTTP/{exchange.http_version or '1.1'} {exchange.status} {exchange.phrase.decode('latin-1')}".rstrip()
    pairs = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in exchange.headers]
    head = "\r\n".join([first, *starred(pairs)])
    return f"{head}\r\n\r\n{_shown_body(exchange)}"


def _shown_body(exchange: HttpExchange) -> str:
    body = exchange.body
    encoding = exchange.header(b"content-encoding")
    if encoding:
        try:
            body, _ = unpack(body, encoding.decode("latin-1"), SHOWN_BODY, cut=True)
        except BadEncoding:
            return f"({len(body)} bytes that cannot be unpacked)"
    return body[:SHOWN_BODY].decode("utf-8", "replace").replace("\x00", "\ufffd")

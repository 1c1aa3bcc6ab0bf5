"""A connection to read from and write to, plain or under TLS, that can change to TLS in its middle."""

import asyncio
import ssl
from typing import Any

from asura.domain.reason import Reason
from asura.net.errors import NetError
from asura.net.failures import place
from asura.net.tls import TlsContexts, TlsSettings, classify
from asura.net.trace import Trace

_HANDSHAKE_TIMEOUT = 3600.0


class Stream:
    """`reader` and `writer` as asyncio gives them, with the address they are connected to."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, host: str, contexts: TlsContexts
    ) -> None:
        self.reader = reader
        self.writer = writer
        self.host = host
        peer = writer.get_extra_info("peername") or ("", 0)
        self.address: str = peer[0]
        self.port: int = peer[1]
        self._contexts = contexts

    @property
    def where(self) -> str:
        """Return the far end in words, for sentences about it."""
        return place(self.host, self.address, self.port)

    @property
    def ssl_object(self) -> Any:
        """Return the TLS session (certificate, version, cipher); None while the stream is plain."""
        return self.writer.get_extra_info("ssl_object")

    @property
    def is_readable(self) -> bool:
        """Return whether something has come that nobody has read, be it the end."""
        return bool(getattr(self.reader, "_buffer", b"")) or self.reader.at_eof() or self.writer.is_closing()

    async def start_tls(self, settings: TlsSettings, server_name: str = "", trace: Trace | None = None) -> None:
        """Change to TLS. NetError tls_* when that fails, starttls_refused when plain bytes came too early."""
        # Bytes that arrived before the handshake would be taken for protected ones (STARTTLS injection).
        if getattr(self.reader, "_buffer", b""):
            raise NetError(Reason.STARTTLS_REFUSED, f"{self.where} sent more text before the encryption began.")
        name = (server_name or self.host).rstrip(".")
        try:
            context = self._contexts.get(settings)
        except ValueError as error:
            raise NetError(Reason.TLS_FAILED, str(error)) from None
        if trace is not None:
            trace.begin("tls")
        try:
            await self.writer.start_tls(context, server_hostname=name, ssl_handshake_timeout=_HANDSHAKE_TIMEOUT)
        except (ssl.SSLError, OSError) as error:
            raise classify(error, name, self.where) from None
        # Python 3.11 leaves the reader with the plain transport, whose pausing would be of no effect.
        self.reader._transport = self.writer.transport  # type: ignore[attr-defined]
        if trace is not None:
            trace.end()

    def abort(self) -> None:
        """Close at once, without waiting for the far end."""
        self.writer.transport.abort()

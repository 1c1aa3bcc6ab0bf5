"""Certificates, good and broken in every way, and servers that show them."""

import socket
import ssl
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import cache
from ipaddress import ip_address

import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


class Authority:
    """An authority of the tests, and the contexts of servers whose certificates it signed."""

    def __init__(self) -> None:
        self.ca = trustme.CA(organization_name="Asura Tests")
        self.pem = self.ca.cert_pem.bytes().decode()

    def good(self, *names: str, days: float = 365) -> ssl.SSLContext:
        """Return a server context with a valid certificate, for `localhost` and the loopback addresses by default."""
        return self._context(names, not_before=_ago(1), not_after=_ago(-days))

    def expired(self, days: float = 3) -> ssl.SSLContext:
        """Return a server context whose certificate ended `days` ago."""
        return self._context((), not_before=_ago(days + 90), not_after=_ago(days))

    def not_yet_valid(self) -> ssl.SSLContext:
        """Return a server context whose certificate begins in ten days."""
        return self._context((), not_before=_ago(-10), not_after=_ago(-90))

    def wrong_host(self) -> ssl.SSLContext:
        """Return a server context whose certificate names another host."""
        return self.good("elsewhere.example")

    def old_protocol(self) -> ssl.SSLContext:
        """Return a server context that speaks TLS 1.1 at most."""
        context = self.good()
        context.set_ciphers("ALL:@SECLEVEL=0")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            context.minimum_version = ssl.TLSVersion.TLSv1
            context.maximum_version = ssl.TLSVersion.TLSv1_1
        return context

    def demanding(self) -> ssl.SSLContext:
        """Return a server context that takes only clients with a certificate of this authority."""
        context = self.good()
        context.verify_mode = ssl.CERT_REQUIRED
        self.ca.configure_trust(context)
        return context

    def client(self) -> tuple[str, str]:
        """Return certificate and key (PEM) for a client."""
        issued = self.ca.issue_cert("client@asura.example")
        return issued.cert_chain_pems[0].bytes().decode(), issued.private_key_pem.bytes().decode()

    def _context(self, names: tuple[str, ...], *, not_before: datetime, not_after: datetime) -> ssl.SSLContext:
        names = names or ("localhost", "127.0.0.1", "::1")
        issued = self.ca.issue_cert(*names, not_before=not_before, not_after=not_after)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        issued.configure_cert(context)
        return context


def self_signed() -> ssl.SSLContext:
    """Return a server context with a certificate that signed itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    names = [x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_ago(1))
        .not_valid_after(_ago(-90))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = certificate.public_bytes(serialization.Encoding.PEM) + key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with trustme.Blob(pem).tempfile() as path:
        context.load_cert_chain(path)
    return context


@contextmanager
def blocking_server(context: ssl.SSLContext, answer: bytes) -> Iterator[int]:
    """Serve TLS from a thread; gives the port. Unlike asyncio's server it sends its alert before it hangs up."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            with client, suppress(OSError), context.wrap_socket(client, server_side=True) as secured:
                secured.recv(65_536)
                secured.sendall(answer)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield int(listener.getsockname()[1])
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)


@cache
def authority() -> Authority:
    """Return the authority that tests trust."""
    return Authority()


@cache
def stranger() -> Authority:
    """Return an authority that nobody trusts."""
    return Authority()


def _ago(days: float) -> datetime:
    return datetime.now(UTC) - timedelta(days=days)

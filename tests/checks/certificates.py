"""Makes certificate chains with any dates, names and flaws, and the contexts of servers that show them."""

import ssl
import tempfile
from datetime import UTC, datetime, timedelta
from functools import cache
from ipaddress import ip_address
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


class Link(NamedTuple):
    """A certificate with its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def pem(self) -> str:
        return self.certificate.public_bytes(serialization.Encoding.PEM).decode()

    @property
    def key_pem(self) -> str:
        kinds = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        return self.key.private_bytes(serialization.Encoding.PEM, *kinds).decode()


def issue(
    name: str,
    issuer: Link | None = None,
    *,
    names: tuple[str, ...] = (),
    begins: float = -10,
    ends: float = 90,
    ca: bool = False,
) -> Link:
    """Return a certificate valid from `begins` to `ends` days from now, self-signed where no issuer is given."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + timedelta(days=begins))
        .not_valid_after(now + timedelta(days=ends))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
    )
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName([_general(one) for one in names]), critical=False)
    return Link(builder.sign(issuer.key if issuer else key, hashes.SHA256()), key)


@cache
def root() -> Link:
    """Return the authority that tests trust."""
    return issue("Test Root", ca=True, begins=-100, ends=3650)


@cache
def intermediate(ends: float = 900, begins: float = -50) -> Link:
    """Return an intermediate authority below the root."""
    return issue("Test Intermediate", root(), ca=True, begins=begins, ends=ends)


def serving(leaf: Link, *above: Link, newest: ssl.TLSVersion | None = None) -> ssl.SSLContext:
    """Return the context of a server that shows a leaf and the certificates above it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.NamedTemporaryFile("w", suffix=".pem") as file:
        file.write(leaf.key_pem + leaf.pem + "".join(link.pem for link in above))
        file.flush()
        context.load_cert_chain(file.name)
    if newest is not None:
        context.set_ciphers("DEFAULT:@SECLEVEL=0")
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = newest
    return context


@cache
def good() -> ssl.SSLContext:
    """Return the context of a server at localhost that nothing is wrong with."""
    return serving(issue("localhost", intermediate(), names=("localhost", "127.0.0.1", "::1")), intermediate())


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)

"""TLS: one context per distinct setting, certificates in hand, and failures in plain words."""

import os
import ssl
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any, Literal

import certifi
import msgspec

from asura.domain.fields import Secret
from asura.domain.reason import Reason
from asura.domain.result import Certificate
from asura.net.certificates import Der, described
from asura.net.errors import NetError

MAX_CONTEXTS = 512
_VERSIONS = {
    "1.0": ssl.TLSVersion.TLSv1,
    "1.1": ssl.TLSVersion.TLSv1_1,
    "1.2": ssl.TLSVersion.TLSv1_2,
    "1.3": ssl.TLSVersion.TLSv1_3,
}
# OpenSSL's numbers of what is wrong with a chain (X509_V_ERR_…).
_NOT_YET_VALID, _EXPIRED, _HOST_MISMATCH, _ADDRESS_MISMATCH = 9, 10, 62, 64
_SELF_SIGNED = 18
_PROTOCOL_WORDS = (
    "UNSUPPORTED_PROTOCOL",
    "WRONG_VERSION_NUMBER",
    "PROTOCOL_VERSION",
    "VERSION_TOO_LOW",
    "NO_PROTOCOLS_AVAILABLE",
    "HTTP_REQUEST",
    "RECORD_LAYER_FAILURE",
    "PACKET_LENGTH_TOO_LONG",
    "BAD_PROTOCOL_VERSION",
)


class TlsSettings(msgspec.Struct, frozen=True, kw_only=True, cache_hash=True):
    """How to speak TLS with a target. Two equal settings share one context."""

    verify: bool = True
    # Authorities to trust besides the usual ones.
    ca_pem: str = ""
    client_cert_pem: str = ""
    client_key_pem: Secret | None = None
    alpn: tuple[str, ...] = ()
    min_version: Literal["", "1.0", "1.1", "1.2", "1.3"] = ""


class _RecordingObject(ssl.SSLObject):
    """Keeps the chain that failed to verify beside the error: the sentence about it needs its dates and names."""

    def do_handshake(self) -> None:
        try:
            super().do_handshake()
        except ssl.SSLCertVerificationError as error:
            error.__dict__["chain"] = chain_of(self)
            raise


class TlsContexts:
    """The contexts in use. Making one costs 20 ms (the bundle of authorities), so each is made once."""

    def __init__(self, ca_file: str = "") -> None:
        self._ca_file = ca_file
        self._contexts: dict[TlsSettings, ssl.SSLContext] = {}

    def get(self, settings: TlsSettings) -> ssl.SSLContext:
        """Return the context for these settings; raises ValueError when a certificate or key in them is unusable."""
        context = self._contexts.get(settings)
        if context is None:
            context = self._made(settings)
            if len(self._contexts) >= MAX_CONTEXTS:
                self._contexts.pop(next(iter(self._contexts)))
            self._contexts[settings] = context
        return context

    def _made(self, settings: TlsSettings) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.sslobject_class = _RecordingObject
        _set_oldest(context, settings.min_version or "1.2")
        if settings.alpn:
            context.set_alpn_protocols(list(settings.alpn))
        if settings.verify:
            self._trust(context, settings)
        else:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        if settings.client_cert_pem:
            load_client_certificate(context, settings)
        return context

    def _trust(self, context: ssl.SSLContext, settings: TlsSettings) -> None:
        context.load_verify_locations(cafile=certifi.where())
        if self._ca_file:
            context.load_verify_locations(cafile=self._ca_file)
        if settings.ca_pem:
            load_authorities(context, settings)


def load_authorities(context: ssl.SSLContext, settings: TlsSettings) -> None:
    """Trust the settings' own authorities too; raises ValueError when they are no certificates."""
    try:
        context.load_verify_locations(cadata=settings.ca_pem)
    except (ssl.SSLError, ValueError):
        raise ValueError("This is not a certificate in PEM form (-----BEGIN CERTIFICATE-----).") from None


def load_client_certificate(context: ssl.SSLContext, settings: TlsSettings) -> None:
    """Load certificate and key; raises ValueError in plain words when they do not work together."""
    key = settings.client_key_pem.reveal() if settings.client_key_pem else ""
    with _pem_file(settings.client_cert_pem.rstrip() + "\n" + key) as path:
        try:
            # Without a password callback OpenSSL would ask on the terminal for an encrypted key.
            context.load_cert_chain(path, password=lambda: b"")
        except (ssl.SSLError, OSError, ValueError):
            raise ValueError(
                "The client certificate and its key do not work together: both must be PEM, the key without a password."
            ) from None


def _set_oldest(context: ssl.SSLContext, version: str) -> None:
    with warnings.catch_warnings():
        # Python warns of the versions that somebody has just asked for by name.
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = _VERSIONS[version]
    if version in ("1.0", "1.1"):
        context.set_ciphers("DEFAULT:@SECLEVEL=0")


def unusable(settings: TlsSettings) -> tuple[str, str] | None:
    """Return which part of settings (its name) cannot be used and why; None when all can."""
    if not settings.ca_pem and not settings.client_cert_pem:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    for name, load in (("ca_pem", load_authorities), ("client_cert_pem", load_client_certificate)):
        if getattr(settings, name):
            try:
                load(context, settings)
            except ValueError as error:
                return name, str(error)
    return None


@contextmanager
def _pem_file(text: str) -> Iterator[str]:
    """Give the path of a file that holds a text (ssl reads keys only from files), in memory where the system can."""
    if hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("asura-pem")
        path = f"/proc/self/fd/{descriptor}"
    else:
        descriptor, path = tempfile.mkstemp(prefix="asura-")
    try:
        os.write(descriptor, text.encode())
        yield path
    finally:
        os.close(descriptor)
        if not path.startswith("/proc/"):
            os.unlink(path)


def chain_of(ssl_object: Any) -> tuple[Der, ...]:
    """Return the certificates that the far end sent, leaf first, as DER; only the leaf where Python gives no more."""
    inner: Any = getattr(ssl_object, "_sslobj", None)
    if hasattr(inner, "get_unverified_chain"):
        return tuple(certificate.public_bytes(2) for certificate in inner.get_unverified_chain() or ())
    return leaf_of(ssl_object)


def leaf_of(ssl_object: Any) -> tuple[Der, ...]:
    """Return the far end's own certificate as DER, in a tuple that is empty when there is none."""
    der = ssl_object.getpeercert(binary_form=True)
    return () if der is None else (der,)


def certificates(ssl_object: Any, *, now: datetime | None = None) -> tuple[Certificate, ...]:
    """Return the chain that the far end sent, in words, leaf first."""
    return _readable(chain_of(ssl_object), now)


def sent_certificates(error: Exception) -> tuple[Certificate, ...]:
    """Return the chain that failed to verify, leaf first; empty when the handshake failed for another reason."""
    return _readable(error.__dict__.get("chain", ()))


def _readable(chain: tuple[Der, ...], now: datetime | None = None) -> tuple[Certificate, ...]:
    found = []
    for der in chain:
        # A certificate that OpenSSL takes and we cannot read is left out: it must not fail the check.
        with suppress(ValueError):
            found.append(described(der, now=now))
    return tuple(found)


def classify(error: Exception, host: str, where: str = "") -> NetError:
    """Return why a TLS handshake failed; `host` is the name that was asked for, `where` the far end in words."""
    where = where or host
    if isinstance(error, ssl.SSLCertVerificationError):
        return _certificate_fault(error, host, where)
    if isinstance(error, TimeoutError):
        return NetError(Reason.TLS_TIMEOUT, f"{where} did not finish the TLS handshake in time.")
    if isinstance(error, ssl.SSLError) and not isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        return _handshake_fault(error, where)
    return NetError(
        Reason.TLS_FAILED,
        f"{where} closed the connection during the TLS handshake. Does it speak TLS on this port, and for this name?",
    )


def _certificate_fault(error: ssl.SSLCertVerificationError, host: str, where: str) -> NetError:
    chain = sent_certificates(error)
    code = error.verify_code
    if code in (_EXPIRED, _NOT_YET_VALID):
        return _date_fault(code, chain, where)
    leaf = chain[0] if chain else None
    if code in (_HOST_MISMATCH, _ADDRESS_MISMATCH):
        names = ", ".join(leaf.names[:5]) + (", …" if len(leaf.names) > 5 else "") if leaf else ""
        held = f"is for {names}" if names else "names no host"
        return NetError(
            Reason.TLS_HOSTNAME,
            f"The certificate of {where} {held}, not for {host}. Install one that names this host.",
        )
    if code == _SELF_SIGNED:
        return NetError(
            Reason.TLS_SELF_SIGNED,
            f"The certificate of {where} is self-signed. Install one from an authority, or add it as a trusted "
            "authority of this monitor.",
        )
    issuer = f" ({leaf.issuer})" if leaf else ""
    return NetError(
        Reason.TLS_UNTRUSTED,
        f"The certificate of {where} comes from an authority that is not trusted{issuer}, or an intermediate "
        "certificate is missing. Complete the chain, or add the authority to this monitor.",
    )


def _date_fault(code: int, certificates: tuple[Certificate, ...], where: str) -> NetError:
    if code == _EXPIRED:
        gone = min(certificates, key=lambda one: one.days_left, default=None)
        since = f" {_days(-gone.days_left)} ago" if gone else ""
        whose = f" ({gone.subject})" if gone and certificates and gone is not certificates[0] else ""
        return NetError(Reason.TLS_EXPIRED, f"The TLS certificate of {where}{whose} expired{since}. Renew it.")
    late = max(certificates, key=lambda one: one.not_before, default=None)
    when = f" until {late.not_before:%Y-%m-%d %H:%M} UTC" if late else ""
    return NetError(
        Reason.TLS_NOT_YET_VALID,
        f"The TLS certificate of {where} is not valid{when}. Check the certificate, and the clock of this machine.",
    )


def _days(days: float) -> str:
    if days >= 2:
        return f"{days:.0f} days"
    hours = max(1, round(days * 24))
    return f"{hours} hours" if hours > 1 else "an hour"


def _handshake_fault(error: ssl.SSLError, where: str) -> NetError:
    word = (error.reason or "").replace(" ", "_").upper()
    if any(part in word for part in _PROTOCOL_WORDS):
        return NetError(
            Reason.TLS_PROTOCOL,
            f"{where} speaks no TLS version that is accepted here (1.2 or newer unless set otherwise), "
            "or no TLS at all.",
        )
    said = word.lower().replace("_", " ").removeprefix("sslv3 ").removeprefix("tlsv1 ").removeprefix("tlsv13 ")
    if "certificate required" in said or ("handshake failure" in said and "alert" in said):
        hint = " It may ask for a client certificate or for ciphers that are not offered."
    else:
        hint = ""
    return NetError(Reason.TLS_FAILED, f"The TLS handshake with {where} failed: {said or 'no reason given'}.{hint}")

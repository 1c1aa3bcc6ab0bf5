"""Certificates as people read them, parsed once each."""

from datetime import datetime
from hashlib import sha256
from typing import Any

from asura.clock import SystemClock
from asura.domain.result import Certificate

Der = bytes
_DAY = 86_400.0


class Parsed:
    """What a certificate says that does not depend on the day it is read."""

    __slots__ = ("fingerprint", "issuer", "names", "not_after", "not_before", "serial", "subject")

    def __init__(self, der: Der, fingerprint: str) -> None:
        from cryptography import x509

        certificate = x509.load_der_x509_certificate(der)
        self.fingerprint = fingerprint
        self.subject = certificate.subject.rfc4514_string()
        self.issuer = certificate.issuer.rfc4514_string()
        self.names = _names(certificate)
        self.not_before: datetime = certificate.not_valid_before_utc
        self.not_after: datetime = certificate.not_valid_after_utc
        self.serial = f"{certificate.serial_number:x}"

    def at(self, now: datetime) -> Certificate:
        """Return it with the days that are left at an instant."""
        return Certificate(
            subject=self.subject,
            issuer=self.issuer,
            names=self.names,
            not_before=self.not_before,
            not_after=self.not_after,
            days_left=(self.not_after - now).total_seconds() / _DAY,
            fingerprint_sha256=self.fingerprint,
            serial=self.serial,
        )


def described(der: Der, *, now: datetime | None = None) -> Certificate:
    """Return a certificate in words, with the days that it is still valid."""
    return parsed(der).at(now or SystemClock().now())


def days_left(der: Der, *, now: datetime | None = None) -> float:
    """Return how many days a certificate is still valid, negative when it has expired."""
    return (parsed(der).not_after - (now or SystemClock().now())).total_seconds() / _DAY


def parsed(der: Der) -> Parsed:
    """Return what a certificate says; parsing is slow, so each is parsed once, by the hash of its bytes.

    Raises ValueError when the bytes are not a certificate.
    """
    fingerprint = sha256(der).digest()
    found = _seen.get(fingerprint)
    if found is None:
        found = Parsed(der, fingerprint.hex())
        if len(_seen) >= _MAX_SEEN:
            del _seen[next(iter(_seen))]
        _seen[fingerprint] = found
    return found


_MAX_SEEN = 8192
_seen: dict[bytes, Parsed] = {}


def _names(certificate: Any) -> tuple[str, ...]:
    from cryptography import x509

    try:
        extension = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, ValueError):
        return ()
    hosts = extension.get_values_for_type(x509.DNSName)
    addresses = extension.get_values_for_type(x509.IPAddress)
    return (*hosts, *(str(address) for address in addresses))

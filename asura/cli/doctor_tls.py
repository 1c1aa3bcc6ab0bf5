"""`asura doctor` looks at the certificate that asura itself shows: the pair, its days, its chain, its names."""

import ssl
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import msgspec

from asura.cli.doctor_finding import Finding, ok, problem, warn
from asura.net.certificates import described

FEW_DAYS = 14.0


class Pair(msgspec.Struct, frozen=True, kw_only=True):
    """A certificate and its key; `error` is what makes them unusable. `chain`: how many certificates follow."""

    path: str
    error: str = ""
    names: tuple[str, ...] = ()
    days_left: float = 0.0
    starts_in: float = 0.0
    chain: int = 0
    self_signed: bool = False
    wanted: str = ""


def look(cert: str, key: str, wanted: str, now: datetime) -> Pair:
    """Return what the files hold; `wanted` is the host by which people come."""
    try:
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(cert, key, password=lambda: b"")
        blocks = [ssl.PEM_cert_to_DER_cert(one) for one in _blocks(Path(cert).read_text("ascii", "replace"))]
        leaf = described(blocks[0], now=now)
    except (ssl.SSLError, OSError, ValueError, IndexError) as error:
        words = getattr(error, "reason", None) or getattr(error, "strerror", None) or str(error)
        return Pair(path=cert, error=str(words).lower().replace("_", " "))
    return Pair(
        path=cert,
        names=leaf.names,
        days_left=leaf.days_left,
        starts_in=(leaf.not_before - now).total_seconds(),
        chain=len(blocks) - 1,
        self_signed=leaf.subject == leaf.issuer,
        wanted=wanted,
    )


def judge(seen: Pair) -> Iterator[Finding]:
    """Yield what is to be said about the certificate."""
    name = "certificate"
    if seen.error:
        todo = "set server.tls_cert and server.tls_key to a pair of PEM files, the key without a password"
        yield problem(name, f"{seen.path} and its key do not work together: {seen.error}", todo)
        return
    if seen.days_left < 0:
        yield problem(name, f"{seen.path} expired {-seen.days_left:.0f} days ago", "renew it: certbot renew")
    elif seen.starts_in > 0:
        yield problem(name, f"{seen.path} is not valid yet", "is the clock right? date -u")
    elif seen.days_left < FEW_DAYS:
        yield warn(name, f"{seen.path} ends in {seen.days_left:.0f} days", "renew it: certbot renew")
    else:
        yield ok(name, f"{seen.path}: {seen.days_left:.0f} days left")
    if not seen.chain and not seen.self_signed:
        todo = "use the file with the whole chain (fullchain.pem)"
        yield warn(name, f"{seen.path} has no intermediate certificate: some clients will refuse it", todo)
    if seen.wanted and not any(covers(one, seen.wanted) for one in seen.names):
        text = f"{seen.path} is for {', '.join(seen.names[:4]) or 'no name'}, and people come by {seen.wanted}"
        yield problem(name, text, "get one for that name, or correct server.external_url")


def covers(name: str, host: str) -> bool:
    """Return whether a name of a certificate is that of a host, or the wildcard above it."""
    name, host = name.lower(), host.lower()
    return name == host or (name.startswith("*.") and host.partition(".")[2] == name[2:])


def _blocks(text: str) -> list[str]:
    end = "-----END CERTIFICATE-----"
    begin = "-----BEGIN CERTIFICATE-----"
    return [f"{begin}{part.partition(end)[0]}{end}\n" for part in text.split(begin)[1:]]

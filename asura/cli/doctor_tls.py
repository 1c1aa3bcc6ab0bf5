"""`asura doctor` looks at certificates: the pair of files, its days, chain and names, and what is really shown."""

import asyncio
import ssl
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from asura.cli.doctor_finding import Finding, ok, problem, warn
from asura.net.certificates import described
from asura.net.errors import NetError
from asura.net.network import Network
from asura.net.tls import TlsSettings, certificates

FEW_DAYS = 14.0
WITHIN_S = 6.0


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
    fingerprint: str = ""


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """The certificate that is shown at an address."""

    url: str
    fingerprint: str
    days_left: float


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
        fingerprint=leaf.fingerprint_sha256,
    )


async def shown(url: str, net: Network, now: datetime) -> Shown | None:
    """Return what is shown at an https address, believed or not; None where nothing is."""
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname:
        return None
    settings = TlsSettings(verify=False, alpn=("http/1.1",))
    try:
        async with asyncio.timeout(WITHIN_S):
            stream = await net.dialer.open(parts.hostname, parts.port or 443, tls=settings)
    except (NetError, OSError):
        return None
    found = certificates(stream.ssl_object, now=now)
    stream.abort()
    if not found:
        return None
    return Shown(url=url, fingerprint=found[0].fingerprint_sha256, days_left=found[0].days_left)


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


def judge_shown(seen: Shown, pair: Pair | None) -> Iterator[Finding]:
    """Yield what is to be said about what is shown; `pair` are the files that it should be, where they are known."""
    name = "certificate"
    if pair is not None:
        if pair.fingerprint and pair.fingerprint != seen.fingerprint:
            yield problem(name, f"{seen.url} shows another one than {pair.path}", "systemctl reload asura")
    elif seen.days_left < 0:
        yield problem(name, f"that of {seen.url} expired {-seen.days_left:.0f} days ago", "renew it at the proxy")
    elif seen.days_left < FEW_DAYS:
        yield warn(name, f"that of {seen.url} ends in {seen.days_left:.0f} days", "is it renewed? certbot renew")
    else:
        yield ok(name, f"that of {seen.url}: {seen.days_left:.0f} days left")


def covers(name: str, host: str) -> bool:
    """Return whether a name of a certificate is that of a host, or the wildcard above it."""
    name, host = name.lower(), host.lower()
    return name == host or (name.startswith("*.") and host.partition(".")[2] == name[2:])


def _blocks(text: str) -> list[str]:
    end = "-----END CERTIFICATE-----"
    begin = "-----BEGIN CERTIFICATE-----"
    return [f"{begin}{part.partition(end)[0]}{end}\n" for part in text.split(begin)[1:]]

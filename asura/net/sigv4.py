"""AWS Signature Version 4: how requests to S3 and its relatives are signed, in a header."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from urllib.parse import quote

import msgspec

from asura.domain.fields import Secret

ALGORITHM = "AWS4-HMAC-SHA256"
# The body is not part of the signature: under TLS it cannot be changed on the way, and it need not be read twice.
UNSIGNED = "UNSIGNED-PAYLOAD"
_SAFE = "-._~"


class Credentials(msgspec.Struct, frozen=True):
    """Who asks: the id of a key, its secret, and the region and service that it signs for."""

    access_key: str
    secret_key: Secret
    region: str
    service: str = "s3"


def sha256(body: bytes) -> str:
    """Return the hash of a body as the signature has it."""
    return hashlib.sha256(body).hexdigest()


def quoted(text: str, *, path: bool = False) -> str:
    """Return a text percent-encoded as the signature wants it; the slashes of a path stay."""
    return quote(text, safe=_SAFE + ("/" if path else ""))


def query_string(query: Sequence[tuple[str, str]]) -> str:
    """Return a query as it is signed and sent: encoded, in order."""
    return "&".join(f"{name}={value}" for name, value in sorted((quoted(name), quoted(value)) for name, value in query))


def canonical_request(
    method: str, path: str, query: Sequence[tuple[str, str]], headers: Mapping[str, str], payload_hash: str
) -> tuple[str, str]:
    """Return the text that stands for a request, and the names of the headers that it covers."""
    plain = {name.lower().strip(): " ".join(value.split()) for name, value in headers.items()}
    signed = ";".join(sorted(plain))
    lines = "".join(f"{name}:{plain[name]}\n" for name in sorted(plain))
    return "\n".join((method, quoted(path, path=True), query_string(query), lines, signed, payload_hash)), signed


def string_to_sign(canonical: str, at: datetime, scope: str) -> str:
    """Return the text that is signed."""
    return "\n".join((ALGORITHM, stamp(at), scope, sha256(canonical.encode())))


def signing_key(who: Credentials, at: datetime) -> bytes:
    """Return the key of a day, a region and a service."""
    key = f"AWS4{who.secret_key.reveal()}".encode()
    for part in (_day(at), who.region, who.service, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key


def authorization(
    who: Credentials,
    method: str,
    path: str,
    query: Sequence[tuple[str, str]],
    headers: Mapping[str, str],
    *,
    payload_hash: str,
    at: datetime,
) -> str:
    """Return the value of the header `Authorization`; `headers` are all that are to be covered."""
    scope = f"{_day(at)}/{who.region}/{who.service}/aws4_request"
    canonical, signed = canonical_request(method, path, query, headers, payload_hash)
    text = string_to_sign(canonical, at, scope)
    signature = hmac.digest(signing_key(who, at), text.encode(), "sha256").hex()
    return f"{ALGORITHM} Credential={who.access_key}/{scope}, SignedHeaders={signed}, Signature={signature}"


def stamp(at: datetime) -> str:
    """Return an instant as the header `X-Amz-Date` has it."""
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _day(at: datetime) -> str:
    return stamp(at)[:8]

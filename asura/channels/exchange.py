"""One HTTP exchange with a provider: guarded, bounded in time and size, and judged in plain words without secrets."""

import asyncio
import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from math import isfinite
from typing import Any
from urllib.parse import quote, urlsplit

import httpx2
import msgspec

from asura.clock import Clock, SystemClock
from asura.domain.fields import Secret
from asura.domain.reason import Reason
from asura.domain.rendering import one_line, shorten
from asura.errors import DeliveryError, Fault, Invalid
from asura.net.client import guarded_client
from asura.net.errors import NetError
from asura.net.network import Network

TOTAL_S = 30.0
MAX_ANSWER = 64 * 1024
EXCERPT = 200
LONGEST_WAIT_S = 86_400.0
TRANSIENT_STATUS = frozenset({302, 303, 307, 408, 425, 429})
_STARS = "***"
# The setting that names which private addresses channels may reach.
PRIVATE_CHANNELS = "network.allow_private_channels"


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What a provider answered. `excerpt` is safe to show and to store; `body` may not be."""

    status: int
    retry_after: float | None
    excerpt: str
    body: bytes

    def __repr__(self) -> str:
        return f"Answer(status={self.status}, excerpt={self.excerpt!r})"

    @property
    def ok(self) -> bool:
        """Return whether the provider took the message."""
        return 200 <= self.status < 300

    def json(self) -> dict[str, Any]:
        """Return the body's JSON object; empty when it is none."""
        try:
            value = json.loads(self.body)
        except (ValueError, RecursionError):
            return {}
        return value if isinstance(value, dict) else {}


class Posting(msgspec.Struct, frozen=True, kw_only=True):
    """One request to a provider. `secrets` are cut out of whatever is told about it."""

    who: str
    url: str
    body: bytes
    method: str = "POST"
    headers: Mapping[str, str] = {}
    secrets: tuple[Secret, ...] = ()
    # The setting that names what may be reached on private addresses.
    allowed_by: str = PRIVATE_CHANNELS
    verify: bool = True

    def __repr__(self) -> str:
        return f"Posting(who={self.who!r}, method={self.method!r})"


async def exchange(posting: Posting, net: Network, *, within: float = TOTAL_S, clock: Clock | None = None) -> Answer:
    """Send once and return the answer, whatever its status; raises DeliveryError when there is none."""
    try:
        async with asyncio.timeout(within):
            return await _exchange(posting, net, (clock or SystemClock()).now())
    except TimeoutError as late:
        raise DeliveryError(f"{posting.who} did not answer within {within:g} s.") from late
    except NetError as failed:
        raise _no_way(posting, failed) from None
    except httpx2.TimeoutException:
        raise DeliveryError(f"{posting.who} did not answer in time.") from None
    except httpx2.HTTPError as broken:
        words = redact(one_line(str(broken)), posting.secrets) or "the connection ended"
        raise DeliveryError(f"{posting.who} broke the connection off: {words}.") from None
    except httpx2.InvalidURL:
        raise DeliveryError(f"The address of {posting.who} is not a URL.", permanent=True) from None


def judge(answer: Answer, who: str, *, detail: str = "", retry_after: float | None = None) -> str:
    """Return the words of an answer that took the message; raises DeliveryError for any other."""
    said = detail or answer.excerpt
    if answer.ok:
        return shorten(f"{answer.status} {said}".strip(), EXCERPT)
    words = f"{who} answered {answer.status}" + (f": {said}" if said else "")
    if 300 <= answer.status < 400:
        words += ". Redirects are not followed: enter the final address"
    wait = retry_after if retry_after is not None and isfinite(retry_after) else answer.retry_after
    if answer.status in TRANSIENT_STATUS or answer.status >= 500:
        raise DeliveryError(f"{words}.", retry_after=None if wait is None else min(max(wait, 0.0), LONGEST_WAIT_S))
    raise DeliveryError(f"{words}.", permanent=True)


def redact(text: str, secrets: Iterable[Secret]) -> str:
    """Return a text in which no secret is left, whole or as the telling parts of an address."""
    for part in sorted({p for secret in secrets for p in _telling_parts(secret.reveal())}, key=len, reverse=True):
        text = text.replace(part, _STARS)
    return text


def retry_after_s(value: str, now: datetime) -> float | None:
    """Return the seconds that a Retry-After header asks for, as a number or as a date; None when it is neither."""
    value = value.strip()
    if re.fullmatch(r"\d{1,9}(\.\d{1,6})?", value):
        return min(float(value), LONGEST_WAIT_S)
    try:
        at = parsedate_to_datetime(value)
        return min(max((at - now).total_seconds(), 0.0), LONGEST_WAIT_S)
    except (ValueError, TypeError, OverflowError):
        return None


def check_address(url: str, path: str, *, tls_at: str = "") -> None:
    """Raise Invalid unless `url` is an http(s) address without credentials; hosts of `tls_at` want https."""
    fault = _address_fault(url, tls_at)
    if fault:
        raise Invalid(Fault(path, fault))


def check_token(token: Secret, path: str) -> None:
    """Raise Invalid unless a token can stand in a header."""
    text = token.reveal()
    if not text.isascii() or not text.isprintable() or " " in text:
        raise Invalid(Fault(path, "A token is one word of ASCII text."))


def _address_fault(url: str, tls_at: str) -> str:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return "This is not a web address."
    if parts.scheme not in ("http", "https") or not host or port == 0 or re.search(r"[\s\x00-\x1f\x7f\\]", url):
        return "Enter a web address that begins with https:// or http://."
    if parts.username is not None or parts.password is not None:
        return "Do not put a user name or password into the address: they would be shown. Use a header or a token."
    if tls_at and parts.scheme == "http" and (host == tls_at or host.endswith(f".{tls_at}")):
        return "This address carries a key: use https://."
    return ""


async def _exchange(posting: Posting, net: Network, now: datetime) -> Answer:
    if posting.verify:
        return await _stream(posting, net.http, now)
    async with guarded_client(net, verify=False) as client:
        return await _stream(posting, client, now)


async def _stream(posting: Posting, client: httpx2.AsyncClient, now: datetime) -> Answer:
    headers = {"Content-Type": "application/json", "Accept-Encoding": "identity", **posting.headers}
    async with client.stream(posting.method, posting.url, content=posting.body, headers=headers) as response:
        body = await _head(response)
        return Answer(
            status=response.status_code,
            retry_after=retry_after_s(response.headers.get("retry-after", ""), now),
            excerpt=_excerpt(body, posting.secrets),
            body=body,
        )


async def _head(response: httpx2.Response) -> bytes:
    # Raw bytes: an answer compressed in spite of our wish must not unfold in memory.
    body = bytearray()
    async for part in response.aiter_raw():
        body += part
        if len(body) >= MAX_ANSWER:
            break
    return bytes(body[:MAX_ANSWER])


def _excerpt(body: bytes, secrets: Iterable[Secret]) -> str:
    # Secrets go before the cut, else the cut could leave half of one that no longer matches.
    return shorten(one_line(redact(body[: MAX_ANSWER // 8].decode("utf-8", "replace"), secrets)), EXCERPT)


def _telling_parts(secret: str) -> set[str]:
    parts = {secret, quote(secret, safe=""), *secret.split()}
    if "://" in secret:
        parts.update(re.split(r"[/?&=#:@]+", secret.split("://", 1)[1].partition("/")[2]))
    return {part for part in parts if len(part) >= 6 or part == secret != ""}


def _no_way(posting: Posting, failed: NetError) -> DeliveryError:
    words = redact(failed.message, posting.secrets)
    return unreachable(posting.who, failed.reason, words, allowed_by=posting.allowed_by)


def unreachable(who: str, reason: Reason, words: str, *, allowed_by: str = PRIVATE_CHANNELS) -> DeliveryError:
    """Return the error of a provider that the network did not lead to."""
    if reason is not Reason.BLOCKED_ADDRESS:
        return DeliveryError(f"{who} could not be reached: {words.rstrip('.')}.")
    return DeliveryError(
        f"{who} was not contacted: {words.rstrip('.')}. {_allowing(allowed_by)}",
        permanent=True,
    )


def _allowing(setting: str) -> str:
    """Say where a private address has to be allowed."""
    text = f"Channels may reach a private address only when {setting} allows it"
    if setting != PRIVATE_CHANNELS:
        return f"{text}."
    return (
        f"{text}: put `network: {{allow_private_channels: [192.168.1.5]}}`, with its address or name, into the "
        "configuration file and restart asura."
    )

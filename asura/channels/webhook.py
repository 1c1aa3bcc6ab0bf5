"""The webhook channel: one signed JSON document for each event, to an address of yours."""

import hashlib
import hmac
import re
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import msgspec

from asura.channels.exchange import TOTAL_S, Posting, check_address, exchange, judge
from asura.clock import Clock, SystemClock
from asura.domain.fields import Secret, field
from asura.domain.message import Message
from asura.errors import Fault, Invalid
from asura.net.network import Network

MAX_HEADERS = 100
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}")
_HEADER_VALUE = re.compile(r"[\t\x20-\x7e]*")
# What frames the request, and what the receiver must be able to believe.
_OURS = frozenset(
    {"host", "content-length", "transfer-encoding", "connection", "content-encoding", "expect", "upgrade"}
)


class Params(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings of a webhook."""

    url: Annotated[
        str,
        field(
            "URL",
            "Where each event is sent. Any answer from 200 to 299 means that it was taken.",
            placeholder="https://hooks.example.com/asura",
            max_length=2000,
        ),
    ]
    method: Annotated[
        Literal["POST", "PUT", "PATCH"],
        field(
            "Method",
            "The HTTP method of the request.",
            advanced=True,
            labels={one: one for one in ("POST", "PUT", "PATCH")},
        ),
    ] = "POST"
    headers: Annotated[
        dict[str, Secret],
        field("Headers", "Sent with each request, for example an Authorization header. Kept secret.", advanced=True),
    ] = {}
    secret: Annotated[
        Secret | None,
        field(
            "Signing secret",
            "When set, X-Asura-Signature holds sha256= and the HMAC-SHA256 of the timestamp, a dot and the body in "
            "hexadecimal, by which the receiver knows that the request is from here.",
        ),
    ] = None
    verify: Annotated[
        bool,
        field("Check the certificate", "Off accepts any certificate: only for a receiver of yours.", advanced=True),
    ] = True


class WebhookChannel:
    """Posts the event as the HTTP contract describes it."""

    name = "webhook"
    title = "Webhook"
    params = Params
    carries_key = True
    within_s = TOTAL_S
    clock: Clock = SystemClock()

    def validate(self, params: Params) -> None:
        """Raise Invalid where the address or a header cannot be sent."""
        check_address(params.url, "settings.url")
        faults = [
            Fault(f"settings.headers.{name}", words)
            for name, value in params.headers.items()
            if (words := _header_fault(name, value.reveal()))
        ]
        if len(params.headers) > MAX_HEADERS:
            faults = [Fault("settings.headers", f"At most {MAX_HEADERS} headers can be sent.")]
        if faults:
            raise Invalid(*faults)

    async def send(self, params: Params, message: Message, net: Network) -> str:
        """Send one event; returns the receiver's status and first words."""
        body = document(message)
        posting = Posting(
            who="The webhook",
            method=params.method,
            url=params.url,
            body=body,
            headers=self._headers(params, message, body),
            secrets=tuple(secret for secret in (params.secret, *params.headers.values()) if secret),
            verify=params.verify,
        )
        return judge(await exchange(posting, net, within=self.within_s, clock=self.clock), posting.who)

    def _headers(self, params: Params, message: Message, body: bytes) -> dict[str, str]:
        timestamp = str(int(self.clock.now().timestamp()))
        headers = {name: value.reveal() for name, value in params.headers.items()}
        headers["X-Asura-Event"] = message.event
        headers["X-Asura-Delivery"] = message.key
        headers["X-Asura-Timestamp"] = timestamp
        if params.secret:
            headers["X-Asura-Signature"] = signature(params.secret, timestamp, body)
        return headers


def document(message: Message) -> bytes:
    """Return the JSON that a receiver gets. It holds no settings."""
    return msgspec.json.encode(
        {
            "id": message.id,
            "event": message.event,
            "at": _instant(message.at),
            "incident": _plain(message.incident),
            "monitor": _plain(message.monitor),
            "text": f"{message.title}\n{message.text}" if message.text else message.title,
            "url": message.url,
        }
    )


def signature(secret: Secret, timestamp: str, body: bytes) -> str:
    """Return `sha256=` and the HMAC of timestamp, dot and body in hexadecimal."""
    digest = hmac.new(secret.reveal().encode(), f"{timestamp}.".encode() + body, hashlib.sha256)
    return f"sha256={digest.hexdigest()}"


def _header_fault(name: str, value: str) -> str:
    if not _HEADER_NAME.fullmatch(name):
        return "This is not the name of a header."
    if name.lower() in _OURS or name.lower().startswith("x-asura-"):
        return "This header is set by asura."
    if not _HEADER_VALUE.fullmatch(value) or len(value) > 8000:
        return "A header's value is one line of ASCII text."
    return ""


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return _instant(value)
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return value


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


CHANNEL = WebhookChannel()

"""Pings by e-mail: an SMTP listener for TOKEN@…, UUID@… and PING_KEY+SLUG@…; it keeps and relays nothing."""

import asyncio
import email
import re
from email import policy
from email.message import EmailMessage
from hmac import compare_digest
from html.parser import HTMLParser
from ssl import SSLContext
from typing import TYPE_CHECKING, Any, NamedTuple

from aiosmtpd.smtp import SMTP, Envelope, Session

from asura.domain.heartbeat_params import MAIL_BODY, MAIL_SUBJECT
from asura.domain.ping import AGENT_LIMIT, BODY_LIMIT, Ping, PingKind
from asura.errors import AsuraError
from asura.web.pings.signals import Signal, read_signal

if TYPE_CHECKING:
    from asura.engine.engine import Engine

LARGEST = 1_048_576
MOST_RECIPIENTS = 20
MOST_CONNECTIONS = 100
IDLE_S = 30.0
LONGEST_S = 300.0
UNKNOWN = "550 5.1.1 no such heartbeat"
TOO_MANY = "452 4.5.3 too many recipients"
NOT_STORED = "451 4.3.0 not stored, try again"
STORED = "250 2.0.0 stored"


class Meant(NamedTuple):
    """The heartbeat that an address is of, and what its address says."""

    monitor_id: int
    signal: Signal


class Letterbox:
    """What aiosmtpd asks of a handler."""

    def __init__(self, engine: "Engine") -> None:
        self._engine = engine

    async def handle_RCPT(  # noqa: N802  # The name that aiosmtpd asks for.
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take a recipient that is a heartbeat; all others are refused alike."""
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return TOO_MANY
        if self.meant(address) is None:
            return UNKNOWN
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"

    async def handle_DATA(  # noqa: N802  # The name that aiosmtpd asks for.
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Ping every recipient; the mail is taken only when all of its pings are stored."""
        raw = envelope.original_content or b""
        subject, text = await asyncio.to_thread(read_mail, raw)
        peer = session.peer[0] if session.peer else "local"
        try:
            for address in dict.fromkeys(envelope.rcpt_tos):
                meant = self.meant(address)
                if meant is not None:
                    await self._ping(meant, subject, text, source=str(peer), sender=envelope.mail_from or "")
        except AsuraError:
            # A mail to several may ping the first ones again: rather too often than never.
            return NOT_STORED
        return STORED

    def meant(self, address: str) -> Meant | None:
        """Return what an address means: a heartbeat by token or UUID (+signal), or by ping key and slug."""
        local = address.rpartition("@")[0].strip('"')
        first, plus, rest = local.partition("+")
        desk = self._engine.pings
        monitor_id = desk.by_secret(first)
        if monitor_id is not None:
            signal = read_signal([rest] if plus else [])
            return Meant(monitor_id, signal) if isinstance(signal, Signal) else None
        key = desk.ping_key.reveal()
        # Systems that carry mail write local parts in small letters.
        if not key or not compare_digest(first.lower().encode("utf-8", "surrogatepass"), key.lower().encode()):
            return None
        monitor_id = desk.by_slug(rest.lower().replace("_", "-"))
        return None if monitor_id is None else Meant(monitor_id, Signal(PingKind.SUCCESS, plain=True))

    async def _ping(self, meant: Meant, subject: str, text: str, *, source: str, sender: str) -> None:
        body = f"{subject}\n\n{text}".encode("utf-8", "replace")
        ping = Ping(
            at=self._engine.clock.now(),
            kind=meant.signal.kind,
            exit_status=meant.signal.exit_status,
            source=source,
            method="EMAIL",
            user_agent=sender[:AGENT_LIMIT],
            body=body[:BODY_LIMIT],
            body_bytes=len(body),
        )
        parts = {MAIL_SUBJECT: subject, MAIL_BODY: text} if meant.signal.plain else None
        await self._engine.pings.ping(meant.monitor_id, ping, parts=parts)


class Listener(SMTP):
    """One connection, within bounds: of how many there are, how long they idle, and how long they last."""

    _open = 0
    _ending: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin, unless there are too many already."""
        Listener._open += 1
        super().connection_made(transport)
        if Listener._open > MOST_CONNECTIONS and isinstance(transport, asyncio.Transport):
            transport.abort()
            return
        self._ending = asyncio.get_running_loop().call_later(LONGEST_S, transport.close)

    def connection_lost(self, error: Exception | None) -> None:
        """End."""
        Listener._open -= 1
        if self._ending is not None:
            self._ending.cancel()
        super().connection_lost(error)


def connection(engine: "Engine", tls: SSLContext | None = None) -> Listener:
    """Return the protocol of one connection."""
    return Listener(
        Letterbox(engine),
        data_size_limit=LARGEST,
        enable_SMTPUTF8=True,
        hostname="asura",
        ident="asura",
        timeout=IDLE_S,
        tls_context=tls,
        loop=asyncio.get_running_loop(),
    )


def read_mail(raw: bytes) -> tuple[str, str]:
    """Return the subject and the text of a mail, however broken it is."""
    try:
        message: Any = email.message_from_bytes(raw, policy=policy.default)
        subject = " ".join(str(message["subject"] or "").split())
        return subject, _text(message)
    except Exception:  # The parser of the standard library fails in many ways on what is no mail.
        return "", raw.partition(b"\r\n\r\n")[2].decode("utf-8", "replace")


def _text(message: EmailMessage) -> str:
    part = message.get_body(("plain", "html"))
    if part is None:
        return ""
    payload = part.get_payload(decode=True)
    charset = part.get_content_charset() or "utf-8"
    try:
        text = payload.decode(charset, "replace") if isinstance(payload, bytes) else str(payload)
    except LookupError:
        text = payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
    return _plain(text) if part.get_content_type() == "text/html" else text.replace("\r\n", "\n")


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def _plain(html: str) -> str:
    parser = _Words()
    parser.feed(re.sub(r"(?is)<(script|style)\b.*?</\1\s*>", " ", html[:LARGEST]))
    return " ".join(" ".join(parser.words).split())

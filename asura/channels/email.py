"""The e-mail channel: text and HTML by SMTP, over STARTTLS, TLS, or plainly where that was asked for."""

import asyncio
import ipaddress
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import parseaddr
from functools import partial
from ssl import SSLError
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec

from asura.channels.exchange import TOTAL_S, redact, unreachable
from asura.channels.mail import compose
from asura.domain.fields import Secret, field
from asura.domain.message import Message
from asura.domain.rendering import one_line, shorten
from asura.errors import DeliveryError, Fault, Invalid
from asura.net.errors import NetError
from asura.net.network import Network
from asura.net.tls import TlsSettings, classify

if TYPE_CHECKING:
    from aiosmtplib import SMTP

DEFAULT_PORT = {"tls": 465, "plain": 25, "starttls": 587}
EXCERPT = 200
WHO = "The mail server"


class Params(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings of e-mail."""

    host: Annotated[
        str,
        field(
            "SMTP server",
            "The host that takes your mail.",
            placeholder="smtp.example.com",
            min_length=1,
            max_length=253,
        ),
    ]
    port: Annotated[
        Annotated[int, msgspec.Meta(ge=1, le=65535)] | None,
        field("Port", "Empty: 587 for STARTTLS, 465 for TLS, 25 for plain."),
    ] = None
    tls_mode: Annotated[
        Literal["starttls", "tls", "plain"],
        field(
            "Encryption",
            "starttls begins plainly and must become encrypted before anything is said, tls is encrypted from the "
            "first byte, plain is never encrypted, not even the password.",
            labels={"starttls": "STARTTLS", "tls": "TLS", "plain": "None"},
        ),
    ] = "starttls"
    username: Annotated[str, field("User name", "Empty: the server takes mail without.", max_length=320)] = ""
    password: Annotated[Secret | None, field("Password", "For this user name; often an app password.")] = None
    sender: Annotated[
        str,
        field(
            "From",
            "The address that the mails come from, also as Name <address>.",
            placeholder="asura <alerts@example.com>",
            max_length=400,
        ),
    ] = msgspec.field(name="from")
    to: Annotated[
        list[Annotated[str, msgspec.Meta(max_length=400)]],
        field("To", "Who gets the mails, one address each.", min_length=1, max_length=50),
    ]
    verify: Annotated[
        bool, field("Check the certificate", "Off accepts any certificate: only for a server of yours.", advanced=True)
    ] = True
    helo: Annotated[
        str,
        field(
            "Own name",
            "How asura greets the server; empty: by its address.",
            advanced=True,
            pattern=r"^[A-Za-z0-9.\-\[\]:]{0,253}$",
        ),
    ] = ""


class MailRefused(DeliveryError):
    """What is wrong is this mail or its receiver: the server may well take others."""


class EmailChannel:
    """Sends one mail to all receivers; its Message-ID is the message's key."""

    name = "email"
    title = "E-mail"
    params = Params
    carries_key = True
    within_s = TOTAL_S

    def validate(self, params: Params) -> None:
        """Raise Invalid naming each address that is none, and a half login."""
        addresses = [("settings.from", params.sender)] + [(f"settings.to[{i}]", to) for i, to in enumerate(params.to)]
        faults = [Fault(path, words) for path, text in addresses if (words := _address_fault(text))]
        if bool(params.username) != bool(params.password):
            path = "settings.username" if params.password else "settings.password"
            faults.append(Fault(path, "User name and password belong together: set both or none."))
        if any(not character.isprintable() or character.isspace() for character in params.host):
            faults.append(Fault("settings.host", "This is not the name of a host."))
        if faults:
            raise Invalid(*faults)

    async def send(self, params: Params, message: Message, net: Network) -> str:
        """Send one mail; returns the server's words, with the receivers that it refused while it took others."""
        return await deliver(params, partial(compose, message, sender=params.sender, to=params.to), net, self.within_s)


async def deliver(params: Params, composed: Callable[[], EmailMessage], net: Network, within_s: float = TOTAL_S) -> str:
    """Send what `composed` returns to all receivers and return the server's words; raises DeliveryError."""
    return await _in_words(params, lambda: _deliver(params, composed, net), within_s)


async def greet(params: Params, net: Network, within_s: float = TOTAL_S) -> str:
    """Connect, encrypt and sign in as for a mail, and send none; returns what was done, or raises DeliveryError."""
    return await _in_words(params, lambda: _greet(params, net), within_s)


async def _in_words(params: Params, exchange: Callable[[], Awaitable[str]], within_s: float) -> str:
    """Return what an exchange with the server returns; whatever goes wrong in it is a DeliveryError in plain words."""
    from aiosmtplib import SMTPException

    try:
        async with asyncio.timeout(within_s):
            return await exchange()
    except TimeoutError as late:
        raise DeliveryError(f"{WHO} {params.host} did not answer within {within_s:g} s.") from late
    except NetError as failed:
        raise unreachable(f"{WHO} {params.host}", failed.reason, failed.message) from None
    except SMTPException as refused:
        raise _refusal(refused, params) from None
    except ValueError as unusable:
        raise MailRefused(_told(f"The mail cannot be sent: {unusable}", params), permanent=True) from None
    except OSError as broken:
        raise DeliveryError(_told(f"{WHO} {params.host} broke the connection off: {broken}", params)) from None


async def _deliver(params: Params, composed: Callable[[], EmailMessage], net: Network) -> str:
    async with _signed_in(params, net) as client:
        refused, said = await client.send_message(
            composed(),
            sender=_mailbox(params.sender),
            recipients=[_mailbox(to) for to in params.to],
        )
    left_out = "".join(f" Refused: {address} ({answer.code} {answer.message})." for address, answer in refused.items())
    return _told(f"250 {said}{left_out}", params)


async def _greet(params: Params, net: Network) -> str:
    async with _signed_in(params, net) as client:
        await client.noop()
    sealed = {"starttls": "STARTTLS", "tls": "TLS", "plain": "no encryption"}[params.tls_mode]
    return f"{sealed}, {f'signed in as {params.username}' if params.username else 'no user name'}"


@asynccontextmanager
async def _signed_in(params: Params, net: Network) -> "AsyncIterator[SMTP]":
    """Lend a connection that is as encrypted as was asked for, and signed in where there is a user name."""
    from aiosmtplib import SMTPException

    client = await _connected(params, net)
    try:
        if params.tls_mode == "starttls":
            await _start_tls(client, params, net)
        if params.username and params.password:
            await client.login(params.username, params.password.reveal())
        yield client
        # What was done is done: whatever happens while saying good-bye changes nothing.
        with suppress(SMTPException, OSError, TimeoutError):
            await client.quit(timeout=2)
    finally:
        client.close()


async def _connected(params: Params, net: Network) -> "SMTP":
    from aiosmtplib import SMTP, SMTPException

    port = params.port or DEFAULT_PORT[params.tls_mode]
    sock = await net.channel_dialer.socket(params.host, port)
    try:
        client = SMTP(
            hostname=params.host,
            sock=sock,
            use_tls=params.tls_mode == "tls",
            # Never by itself: what was asked for is done, or the mail is not sent.
            start_tls=False,
            tls_context=net.tls.get(TlsSettings(verify=params.verify)),
            local_hostname=params.helo or _address_literal(sock.getsockname()[0]),
            timeout=None,
        )
        await client.connect()
    except BaseException as failed:
        sock.close()
        if isinstance(failed, SMTPException) and isinstance(failed.__cause__, SSLError):
            raise classify(failed.__cause__, params.host) from None
        raise
    return client


async def _start_tls(client: "SMTP", params: Params, net: Network) -> None:
    await client.ehlo()
    if not client.supports_extension("starttls"):
        raise DeliveryError(
            f"{WHO} {params.host} does not offer STARTTLS, so nothing was sent. Choose tls or another port, "
            "or plain if the way to it is safe without encryption."
        )
    try:
        await client.starttls(server_hostname=params.host)
    except SSLError as failed:
        raise classify(failed, params.host) from None


def _refusal(refused: Exception, params: Params) -> DeliveryError:
    from aiosmtplib import (
        SMTPAuthenticationError,
        SMTPDataError,
        SMTPRecipientsRefused,
        SMTPResponseException,
        SMTPTimeoutError,
    )

    where = f"{WHO} {params.host}"
    if isinstance(refused, SMTPRecipientsRefused):
        listed = "; ".join(f"{one.recipient}: {one.code} {one.message}" for one in refused.recipients)
        words = _told(f"{where} refused every receiver: {listed}", params)
        return MailRefused(words, permanent=all(one.code >= 500 for one in refused.recipients))
    if isinstance(refused, SMTPAuthenticationError):
        words = f"{where} refused user name and password: {refused.code} {refused.message}"
        return DeliveryError(_told(words, params), permanent=refused.code >= 500)
    if isinstance(refused, SMTPResponseException):
        words = _told(f"{where} answered {refused.code} {refused.message}", params)
        # A server that will not take this text may take another one; for now it may be busy, whatever the text.
        of_the_mail = isinstance(refused, SMTPDataError) and refused.code >= 500
        return (MailRefused if of_the_mail else DeliveryError)(words, permanent=refused.code >= 500)
    if isinstance(refused, SMTPTimeoutError):
        return DeliveryError(f"{where} did not answer in time.")
    if isinstance(refused, ConnectionError):
        return DeliveryError(f"{where} ended the connection before it took the mail.")
    return MailRefused(_told(f"{where} could not take the mail: {refused}", params), permanent=True)


def _told(words: str, params: Params) -> str:
    return shorten(redact(one_line(words), (params.password,) if params.password else ()), EXCERPT + 100)


def _address_literal(address: str) -> str:
    # RFC 5321 4.1.3: who has no name greets by address; looking our own name up could hang.
    ip = ipaddress.ip_address(address.partition("%")[0])
    return f"[{ip}]" if ip.version == 4 else f"[IPv6:{ip}]"


def _mailbox(text: str) -> str:
    return parseaddr(text)[1]


def _address_fault(text: str) -> str:
    if not text.isprintable() or any(character in text for character in "\\,;"):
        return "An address is one line: somebody@example.com or Name <somebody@example.com>."
    try:
        mailbox = Address(addr_spec=_mailbox(text))
    except Exception:  # The parser's own errors are of many kinds, and all mean the same.
        return "This is not an e-mail address."
    return "" if mailbox.username and mailbox.domain else "This is not an e-mail address."


CHANNEL = EmailChannel()

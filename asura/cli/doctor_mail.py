"""`asura doctor` looks at the mail servers: connects, encrypts and signs in, and sends nothing unless asked to."""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import Any

import msgspec

from asura.channels import email
from asura.channels.letters import Letter
from asura.channels.mail import compose_letter
from asura.cli.doctor_channels import allow, may_not_reach
from asura.cli.doctor_finding import Finding, ok, problem, warn
from asura.domain import fields
from asura.errors import DeliveryError
from asura.net.network import Network
from asura.parts import TLS_MODES
from asura.settings import Settings
from asura.settings_smtp import Smtp

WITHIN_S = 10.0
NOBODY = "nobody@asura.invalid"


class MailServer(msgspec.Struct, frozen=True, kw_only=True):
    """A mail server: who uses it, what it said, or why it could not be used."""

    used_by: str
    where: str
    said: str = ""
    error: str = ""
    plain_login: bool = False
    # The host, where asura does not let itself go there.
    private: str = ""


class Mail(msgspec.Struct, frozen=True, kw_only=True):
    """All of them, and the mail that was sent for a try."""

    servers: tuple[MailServer, ...] = ()
    sent_to: str = ""
    sent: str = ""
    refused: str = ""


async def look(
    settings: Settings,
    channels: Sequence[tuple[str, dict[str, Any]]],
    net: Network,
    *,
    send_to: str,
    now: datetime,
) -> Mail:
    """Return what the mail servers of the settings and of the channels say; `send_to` gets a mail, where it is set."""
    wanted = [
        (name, of_settings(smtp, send_to or NOBODY), net.allowing(smtp.host))
        for name, smtp in (("smtp", settings.smtp), ("subscriptions.smtp", settings.subscriptions.smtp))
        if smtp.host
    ]
    own = wanted[:1]
    for slug, config in channels:
        found = of_channel(config)
        if found is not None:
            wanted.append((f"channel {slug}", found, net))
    servers = await asyncio.gather(*(_greeted(*one) for one in wanted))
    mail = Mail(servers=tuple(servers), sent_to=send_to)
    if not send_to:
        return mail
    if not own:
        return msgspec.structs.replace(mail, refused="smtp.host is not set")
    return await _try(mail, own[0][1], own[0][2], now)


def judge(seen: Mail) -> Iterator[Finding]:
    """Yield what is to be said about the mail servers."""
    for one in seen.servers:
        text = f"{one.where} ({one.used_by})"
        if one.error and one.private:
            yield problem("mail server", f"{text}: {one.error}", allow(one.private))
        elif one.error:
            yield problem("mail server", f"{text}: {one.error}", f"correct {one.used_by}, then: asura doctor")
        elif one.plain_login:
            yield warn("mail server", f"{text}: the password travels unencrypted", f"{one.used_by}: starttls or tls")
        else:
            yield ok("mail server", f"{text}: {one.said}")
    if not seen.servers and not seen.sent_to:
        yield ok("mail server", "none is set: links are shown, and not mailed")
    if seen.sent_to and seen.refused:
        yield problem("mail", f"not sent to {seen.sent_to}: {seen.refused}", "correct the section smtp")
    elif seen.sent_to:
        yield ok("mail", f"sent to {seen.sent_to}: {seen.sent}")


def of_settings(smtp: Smtp, to: str) -> email.Params:
    """Return a mail server of the settings as the channel of e-mail knows it."""
    return email.Params(
        host=smtp.host,
        port=smtp.port or None,
        tls_mode=TLS_MODES[smtp.tls_mode],
        username=smtp.username,
        password=smtp.password,
        sender=smtp.sender,
        to=[to],
    )


def of_channel(config: dict[str, Any]) -> email.Params | None:
    """Return the mail server of a channel; None for one of another type, or whose settings make no sense."""
    if config.get("type") != "email" or config.get("enabled") is False:
        return None
    try:
        return fields.convert(config.get("settings"), email.Params)
    except (msgspec.ValidationError, TypeError):
        return None


async def _greeted(used_by: str, params: email.Params, net: Network) -> MailServer:
    where = f"{params.host}:{params.port or email.DEFAULT_PORT[params.tls_mode]}"
    plain = params.tls_mode == "plain" and bool(params.username)
    try:
        said = await email.greet(params, net, WITHIN_S)
    except DeliveryError as failed:
        private = params.host if await may_not_reach(params.host, net) else ""
        return MailServer(used_by=used_by, where=where, error=failed.reason, private=private)
    return MailServer(used_by=used_by, where=where, said=said, plain_login=plain)


async def _try(mail: Mail, params: email.Params, net: Network, now: datetime) -> Mail:
    letter = Letter(
        key=f"doctor-{now.timestamp():.0f}",
        at=now,
        badge="Test",
        title="A mail from asura doctor",
        paragraphs=("Somebody asked asura to send this, to see whether mails arrive. They do.",),
        action="",
        url="",
    )
    composed = partial(compose_letter, letter, sender=params.sender, to=mail.sent_to)
    try:
        return msgspec.structs.replace(mail, sent=await email.deliver(params, composed, net, WITHIN_S))
    except DeliveryError as failed:
        return msgspec.structs.replace(mail, refused=failed.reason)

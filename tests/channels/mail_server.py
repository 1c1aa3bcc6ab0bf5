"""A real SMTP server on loopback, by aiosmtpd, that can be told to misbehave."""

import asyncio
import email
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import trustme
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

USER, PASSWORD = "alerts", "pa55-w0rd-of-smtp"


@dataclass
class Mailbox:
    """What arrived, and how the server is to answer."""

    answers: dict[str, str] = field(default_factory=dict)
    strips_starttls: bool = False
    mails: list[EmailMessage] = field(default_factory=list)
    envelopes: list[Any] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    port: int = 0

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        self.commands.append(f"EHLO {hostname}")
        session.host_name = hostname
        return [line for line in responses if not (self.strips_starttls and "STARTTLS" in line)]

    async def handle_MAIL(self, server, session, envelope, address, options):
        if "MAIL" in self.answers:
            return self.answers["MAIL"]
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        answer = self.answers.get(address) or self.answers.get("RCPT")
        if answer:
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if "DATA" in self.answers:
            return self.answers["DATA"]
        self.envelopes.append(envelope)
        self.encrypted.append(session.ssl is not None or server.transport.get_extra_info("ssl_object") is not None)
        self.mails.append(email.message_from_bytes(envelope.content, policy=default))
        return "250 queued as 42"

    def login(self, server, session, envelope, mechanism, data) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.logins.append(mechanism)
        if data.login == USER.encode() and data.password == PASSWORD.encode():
            return AuthResult(success=True)
        message = self.answers.get("AUTH", f"535 5.7.8 {data.password.decode()} is wrong")
        return AuthResult(success=False, handled=False, message=message)


def certificates(folder: Path, name: str = "localhost") -> tuple[ssl.SSLContext, str]:
    """Return a server's context for a name, and the file of the authority to trust."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    path = folder / f"ca-{name}.pem"
    authority.cert_pem.write_to_path(str(path))
    return context, str(path)


@asynccontextmanager
async def mail_server(
    mailbox: Mailbox | None = None,
    *,
    starttls: ssl.SSLContext | None = None,
    tls: ssl.SSLContext | None = None,
    auth: bool = False,
) -> AsyncIterator[Mailbox]:
    """Run a mail server; `starttls` offers it, `tls` speaks it from the first byte."""
    box = mailbox or Mailbox()
    loop = asyncio.get_running_loop()
    settings: dict[str, Any] = {"tls_context": starttls, "hostname": "mail.test", "loop": loop, "enable_SMTPUTF8": True}
    if auth:
        settings |= {"authenticator": box.login, "auth_require_tls": False}
    server = await loop.create_server(lambda: SMTP(box, **settings), "127.0.0.1", 0, ssl=tls)
    box.port = server.sockets[0].getsockname()[1]
    try:
        yield box
    finally:
        server.close()
        await asyncio.sleep(0.05)

"""A message as an e-mail: text and HTML, with the headers that let mailboxes thread it and machines ignore it."""

import re
from datetime import UTC
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import asura
from asura.domain.message import Message
from asura.domain.rendering import Tone, clean, facts, one_line, shorten, tone

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = Path(asura.__file__).parent / "templates" / "email"
# What each tone looks like: the bar on a light and on a dark ground, and the word in the badge.
LOOK = {
    Tone.BAD: ("#c62828", "Down"),
    Tone.WARNING: ("#9a6700", "Warning"),
    Tone.GOOD: ("#15803d", "Recovered"),
    Tone.NOTE: ("#4f46e5", "Note"),
    Tone.BLIND: ("#626b7a", "Not watching"),
}
_NOT_IN_AN_ID = re.compile(r"[^A-Za-z0-9._-]")


def compose(message: Message, *, sender: str, to: list[str]) -> EmailMessage:
    """Return the mail; the same message gives the same Message-ID each time, so that a repeat can be recognised."""
    mail = EmailMessage(policy=SMTP)
    mail["Subject"] = shorten(one_line(message.title), 200) or "asura"
    mail["From"] = sender
    mail["To"] = ", ".join(to)
    mail["Date"] = format_datetime(message.at.astimezone(UTC))
    mail["Message-ID"] = _mail_id(message.key or f"message-{message.id}", sender)
    if message.thread:
        # The first mail of a thread answers to a mail that never was; mailboxes thread by the common ancestor.
        mail["In-Reply-To"] = mail["References"] = _mail_id(f"thread-{message.thread}", sender)
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    mail["X-Asura-Event"] = one_line(message.event)
    mail["X-Asura-Delivery"] = one_line(message.key)
    if tone(message) is Tone.BAD:
        mail["Importance"] = "high"
    mail.set_content(_render("message.txt.j2", message), cte="quoted-printable")
    mail.add_alternative(_render("message.html.j2", message), subtype="html", cte="quoted-printable")
    return mail


def _render(template: str, message: Message) -> str:
    colour, badge = LOOK[tone(message)]
    return (
        _environment()
        .get_template(template)
        .render(
            title=one_line(message.title),
            paragraphs=clean(message.text).splitlines(),
            facts=facts(message),
            url=message.url if message.url.startswith(("https://", "http://")) else "",
            colour=colour,
            badge=badge,
            at=f"{message.at.astimezone(UTC):%d %b %Y, %H:%M:%S} UTC",
        )
    )


@cache
def _environment() -> "Environment":
    # Loaded with the first mail: a process that sends none does not pay for it.
    from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(["html.j2"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _mail_id(text: str, sender: str) -> str:
    try:
        domain = parseaddr(sender)[1].rpartition("@")[2].encode("idna").decode()
    except UnicodeError:
        domain = ""
    return f"<{_NOT_IN_AN_ID.sub('-', text)}@{_NOT_IN_AN_ID.sub('-', domain) or 'asura.invalid'}>"

"""A message as an e-mail: text and HTML, with the headers that let mailboxes thread it and machines ignore it."""

import re
from datetime import UTC, datetime
from email.headerregistry import BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import format_datetime, formataddr, parseaddr
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import asura
from asura.channels.letters import Circular, Letter
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
OPEN = "Open in asura"
_NOT_IN_AN_ID = re.compile(r"[^A-Za-z0-9._-]")


class Whole(UnstructuredHeader, BaseHeader):
    """A header that stays on one line, whatever its length: folded, its address or id would be encoded, and broken."""

    def fold(self, *, policy: Policy) -> str:
        """Return the line."""
        return f"{self.name}: {self}{policy.linesep}"


def _policy() -> Policy:
    known = HeaderRegistry()
    for name in ("list-unsubscribe", "list-id", "references", "in-reply-to", "message-id"):
        known.map_to_type(name, Whole)
    return SMTP.clone(header_factory=known)


def compose(message: Message, *, sender: str, to: list[str]) -> EmailMessage:
    """Return the mail; the same message gives the same Message-ID each time, so that a repeat can be recognised."""
    mail = _headed(message.title, message.at, key=message.key or f"message-{message.id}", sender=sender, to=to)
    if message.thread:
        # The first mail of a thread answers to a mail that never was; mailboxes thread by the common ancestor.
        mail["In-Reply-To"] = mail["References"] = _mail_id(f"thread-{message.thread}", sender)
    mail["X-Asura-Event"] = one_line(message.event)
    mail["X-Asura-Delivery"] = one_line(message.key)
    if tone(message) is Tone.BAD:
        mail["Importance"] = "high"
    colour, badge = LOOK[tone(message)]
    return _filled(
        mail,
        title=one_line(message.title),
        paragraphs=clean(message.text).splitlines(),
        facts=facts(message),
        url=message.url,
        action=OPEN,
        colour=colour,
        badge=badge,
        at=message.at,
    )


def compose_letter(letter: Letter, *, sender: str, to: str) -> EmailMessage:
    """Return the mail of a letter."""
    return _filled(
        _headed(letter.title, letter.at, key=letter.key, sender=sender, to=[to]),
        title=one_line(letter.title),
        paragraphs=[one_line(one) for one in letter.paragraphs],
        facts=(),
        url=letter.url,
        action=letter.action,
        colour=LOOK[Tone.NOTE][0],
        badge=letter.badge,
        at=letter.at,
    )


def compose_circular(circular: Circular, *, sender: str, to: str) -> EmailMessage:
    """Return the mail of a circular, made out to one receiver; the same one has the same Message-ID each time."""
    mail = _headed(circular.subject, circular.at, key=circular.key, sender=sender, to=[to])
    if not parseaddr(sender)[0]:
        mail.replace_header("From", formataddr((one_line(circular.sign), parseaddr(sender)[1])))
    mail["In-Reply-To"] = mail["References"] = _mail_id(f"thread-{circular.thread}", sender)
    mail["Precedence"] = "bulk"
    if circular.unsubscribe:
        mail["List-Id"] = f"<{_NOT_IN_AN_ID.sub('-', circular.list_id)}>"
        # RFC 8058: the mailbox ends it by itself, without a page and a question.
        mail["List-Unsubscribe"] = f"<{circular.unsubscribe}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    _filled(
        mail,
        title=one_line(circular.title),
        paragraphs=circular.plain.splitlines(),
        html=circular.html,
        facts=circular.facts,
        url=circular.url,
        action=circular.action,
        colour=LOOK[circular.tone][0],
        badge=circular.badge,
        at=circular.at,
        stamp=circular.stamp,
        sign=one_line(circular.sign),
        language=circular.language,
        why=circular.why,
        foot=circular.foot,
    )
    # Of the whole: what is set before goes with the first part.
    mail["Content-Language"] = circular.language
    return mail


def _headed(title: str, at: datetime, *, key: str, sender: str, to: list[str]) -> EmailMessage:
    mail = EmailMessage(policy=_policy())
    mail["Subject"] = shorten(one_line(title), 200) or "asura"
    mail["From"] = sender
    mail["To"] = ", ".join(to)
    mail["Date"] = format_datetime(at.astimezone(UTC))
    mail["Message-ID"] = _mail_id(key, sender)
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    return mail


def _filled(mail: EmailMessage, *, url: str, at: datetime, **shown: Any) -> EmailMessage:
    """Return the mail with its text and HTML."""
    usual = {"html": "", "sign": "asura", "stamp": _instant(at), "language": "en", "why": "", "foot": ()}
    shown = usual | shown | {"url": url if url.startswith(("https://", "http://")) else ""}
    text, html = (_environment().get_template(f"message.{kind}.j2").render(**shown) for kind in ("txt", "html"))
    mail.set_content(text, cte="quoted-printable")
    mail.add_alternative(html, subtype="html", cte="quoted-printable")
    return mail


def _instant(at: datetime) -> str:
    return f"{at.astimezone(UTC):%d %b %Y, %H:%M:%S} UTC"


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

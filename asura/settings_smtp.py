"""The settings of the mail server for what asura itself sends: invitations and links for a new password."""

from typing import Annotated, Any

import msgspec

from asura.domain.fields import Secret
from asura.domain.user import email_fault
from asura.settings_values import SECRET, TEXT, Kind, Section, one_of, setting, whole


def _sender(raw: Any) -> str:
    text: str = TEXT.read(raw).strip()
    inner = text[text.rfind("<") + 1 : -1] if text.endswith(">") else text
    if text and (email_fault(inner) is not None or not text.isprintable()):
        raise ValueError("expected an address such as asura@example.com or asura <asura@example.com>")
    return text


class Smtp(Section, frozen=True, kw_only=True):
    """Mail server for invitations, new passwords and subscribers. Channels of e-mail have settings of their own."""

    host: Annotated[str, setting("Name of the mail server; empty: links are shown and not mailed.", TEXT)] = ""
    port: Annotated[int, setting("Its port; 0: 587 for starttls, 465 for tls, 25 for none.", whole(0, 65535))] = 0
    username: Annotated[str, setting("Name to sign in with; empty: none.", TEXT)] = ""
    password: Annotated[Secret | None, setting("Password of `username`.", SECRET)] = None
    sender: Annotated[str, setting("Address that the mails come from.", Kind("e-mail address", _sender))] = (
        msgspec.field(name="from", default="")
    )
    tls_mode: Annotated[
        str,
        setting("Encryption; none sends everything openly.", one_of("starttls", "tls", "none", also={"plain": "none"})),
    ] = "starttls"


def smtp_faults(smtp: Smtp, section: str = "smtp") -> list[tuple[str, str]]:
    """Return (key, message) of each combination of these settings that cannot work."""
    faults = []
    if smtp.host and not smtp.sender:
        faults.append((f"{section}.from", f"is needed beside {section}.host"))
    if any(not sign.isprintable() or sign.isspace() for sign in smtp.host):
        faults.append((f"{section}.host", "is not the name of a host"))
    if bool(smtp.username) != bool(smtp.password):
        missing = "password" if smtp.username else "username"
        faults.append((f"{section}.{missing}", "user name and password belong together"))
    return faults

"""Mails links to those they are for: invitations, and links for a new password."""

import logging
from functools import partial
from typing import Literal

import msgspec

from asura.channels.letters import Letter
from asura.clock import Clock
from asura.domain.fields import Secret
from asura.errors import DeliveryError
from asura.net.network import Network
from asura.store.invitations import Invitation

LOG = logging.getLogger(__name__)
# Somebody waits for the answer.
WITHIN_S = 15.0
ROLES = {"admin": "an administrator", "editor": "an editor", "viewer": "a viewer"}
STRANGER = "If you do not know what this is about, do nothing: nothing happens."


class MailServer(msgspec.Struct, frozen=True, kw_only=True):
    """The mail server of the settings."""

    host: str
    sender: str
    port: int | None = None
    tls_mode: Literal["starttls", "tls", "plain"] = "starttls"
    username: str = ""
    password: Secret | None = None


class Postman:
    """Sends letters by the mail server of the settings, which may be on a private address because they name it."""

    def __init__(self, net: Network, clock: Clock, server: MailServer, *, url: str) -> None:
        self._net = net.allowing(server.host)
        self._clock = clock
        self._server = server
        self._url = url

    async def send(self, invitation: Invitation, link: str, name: str | None) -> str:
        """Mail a link (`name`: of the user whose new password it is for); returns why it did not go out, or nothing."""
        # Late: what sends mails and messages is loaded when it is needed.
        from asura.channels.email import Params, deliver
        from asura.channels.exchange import redact
        from asura.channels.mail import compose_letter

        server = Params(**msgspec.structs.asdict(self._server), to=[invitation.email])
        letter = self.letter(invitation, link, name)
        composed = partial(compose_letter, letter, sender=server.sender, to=invitation.email)
        try:
            await deliver(server, composed, self._net, WITHIN_S)
        except DeliveryError as failed:
            why = redact(failed.reason, (Secret(link), Secret(link.rpartition("#")[2])))
            LOG.warning("the link for %s was not mailed: %s", invitation.email, why)
            return why
        LOG.info("the link for %s was mailed", invitation.email)
        return ""

    def letter(self, invitation: Invitation, link: str, name: str | None) -> Letter:
        """Return the letter for a link."""
        once = f"The link works once, until {invitation.expires_at:%d %b %Y, %H:%M} UTC."
        if name is not None:
            title, badge, action = "A new password for asura", "New password", "Choose a new password"
            what = f"With this link you choose a new password for {name} at {self._url}."
        else:
            title, badge, action = "You are invited to asura", "Invitation", "Make your account"
            role = ROLES.get(invitation.role, invitation.role)
            what = f"{invitation.created_by} invites you to asura at {self._url}, as {role}."
        return Letter(
            key=f"link-{invitation.hash[:32]}",
            at=self._clock.now(),
            badge=badge,
            title=title,
            paragraphs=(what, once, STRANGER),
            action=action,
            url=link,
        )

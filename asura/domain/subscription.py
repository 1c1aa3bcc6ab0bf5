"""What becomes of subscriptions to status pages, and of the messages to those who subscribed: pure decisions."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import blake2b
from typing import Literal, TypeAlias
from urllib.parse import urlsplit

import msgspec

from asura.domain import routing
from asura.domain.channel import Notification
from asura.domain.fields import Secret
from asura.domain.user import email_fault

Kind: TypeAlias = Literal["email", "webhook", "slack", "discord"]
KINDS: tuple[Kind, ...] = ("email", "webhook", "slack", "discord")
# Lanes of the outbox: the mail server, letters about a subscription itself, and below them one for each webhook.
MAIL_LANE, LETTER_LANE = 0, -1
CONFIRM, KNOWN = "subscriber.confirm", "subscriber.known"
# Nobody is pestered by what others type into a form.
LETTER_EVERY = timedelta(hours=1)
UNCONFIRMED_FOR = timedelta(days=2)
GIVE_UP_AFTER = timedelta(hours=24)
ENDED_AFTER = timedelta(days=7)
LONGEST_URL = 2_000
MOST_COMPONENTS = 500
_MAILBOX = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}")
# Nothing that a reader of headers leaves out: `a@b.c(1)` and `a@b.c(2)` would be two, and the same mailbox.
_LABEL = re.compile(r"[A-Za-z0-9_-]{1,63}")
_SIGNS_THAT_CALCULATE = ("=", "+", "-", "@", "\t", "\r")


class Subscriber(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who is told by a page, once `confirmed_at` is set. `components` are ids; none is everything.

    `letter_at` is when the last letter about the subscription itself was written, `failing_since` from when on nothing
    could be delivered.
    """

    id: int = 0
    page_id: int
    kind: Kind
    address: Secret
    token: Secret
    components: tuple[int, ...] = ()
    language: str = "en"
    created_at: datetime
    confirmed_at: datetime | None = None
    letter_at: datetime | None = None
    failing_since: datetime | None = None


class Asked(StrEnum):
    """What becomes of a wish to subscribe. Whoever wished hears the same of each."""

    NEW = "new"
    REMINDED = "reminded"
    KNOWN = "known"
    QUIET = "quiet"
    FULL = "full"


class Untold(StrEnum):
    """Why a message to a subscriber is not sent."""

    GONE = "subscriber_gone"
    NOT_CONFIRMED = "not_confirmed"
    NOT_OFFERED = "not_offered"
    TOO_LATE = "too_late"


def asked(found: Subscriber | None, now: datetime, *, count: int, most: int) -> Asked:
    """Return what becomes of a wish to subscribe by mail, of somebody who is `found` among the `count` of a page."""
    if found is None:
        return Asked.NEW if count < most else Asked.FULL
    if found.letter_at is not None and now - found.letter_at < LETTER_EVERY:
        return Asked.QUIET
    return Asked.REMINDED if found.confirmed_at is None else Asked.KNOWN


def untold(notification: Notification, subscriber: Subscriber | None, now: datetime, *, offered: bool) -> Untold | None:
    """Return why a message whose turn has come is not sent; None when it is."""
    if subscriber is None:
        return Untold.GONE
    if subscriber.confirmed_at is None and notification.event != CONFIRM:
        return Untold.NOT_CONFIRMED
    if not offered:
        return Untold.NOT_OFFERED
    return Untold.TOO_LATE if now - notification.created_at > GIVE_UP_AFTER else None


def retry_at(notification: Notification, now: datetime, *, retry_after: float | None, chance: float) -> datetime | None:
    """Return when to try a failed message again, None when to give up: what is a day old is no news."""
    again = routing.retry_at(notification, now, retry_after=retry_after, chance=chance)
    return again if again is not None and again <= notification.created_at + GIVE_UP_AFTER else None


def is_over(subscriber: Subscriber, now: datetime, *, gone: bool, given_up: bool) -> bool:
    """Return whether a failed message ends a subscription: a webhook that is gone, or has taken nothing for a week.

    Mail never does: what is wrong may be our own mail server.
    """
    if subscriber.kind == "email":
        return False
    failing = subscriber.failing_since
    return gone or (given_up and failing is not None and now - failing >= ENDED_AFTER)


def digest(text: str) -> str:
    """Return what stands for a key or a thread inside those of a single subscriber."""
    return blake2b(text.encode("utf-8", "replace"), digest_size=12).hexdigest()


def tidied(kind: Kind, address: str) -> str:
    """Return an address as it is kept; international names of hosts in their ASCII form."""
    text = address.strip()
    local, at, domain = text.rpartition("@")
    if kind != "email" or not at or domain.isascii():
        return text
    try:
        return f"{local}@{domain.encode('idna').decode()}"
    except UnicodeError:
        return text


def identity(kind: Kind, address: str) -> str:
    """Return what two ways of writing one address share."""
    return address.casefold() if kind == "email" else address


def address_fault(kind: Kind, address: str) -> str | None:
    """Return what is wrong with a tidy address, or None."""
    if not address:
        return "is required"
    if kind == "email":
        return email_fault(address) or (None if _is_mailbox(address) else "must be an e-mail address")
    if len(address) > LONGEST_URL:
        return f"must have at most {LONGEST_URL} characters"
    try:
        host = urlsplit(address).hostname
    except ValueError:
        host = None
    return None if host and address.startswith(("https://", "http://")) else "must be a web address with https://"


def masked(kind: Kind, address: str) -> str:
    """Return as much of an address as those see who may not know it."""
    if kind == "email":
        local, _, domain = address.rpartition("@")
        return f"{local[:1]}***@{domain}"
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.hostname}/***"


def cell(text: str) -> str:
    """Return a text for a cell of CSV that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_SIGNS_THAT_CALCULATE) else text


def chosen(wanted: Iterable[int], offered: Iterable[int]) -> tuple[int, ...]:
    """Return the components that somebody wants to hear of; all of them is none, as is nothing that is there."""
    there = set(offered)
    found = set(wanted) & there
    return () if found == there else tuple(sorted(found))


def _is_mailbox(address: str) -> bool:
    local, _, domain = address.rpartition("@")
    return bool(_MAILBOX.fullmatch(local)) and all(_LABEL.fullmatch(label) for label in domain.split("."))

"""Answers about subscribers of status pages."""

from typing import Literal

import msgspec

from asura.web.shapes.common import Instant

KindWord = Literal["email", "webhook", "slack", "discord"]


class Subscriber(msgspec.Struct):
    """Somebody who is told by a page. Viewers see a part of the address only; no component is every component.

    `failing_since`: from when on nothing could be delivered.
    """

    id: int
    kind: KindWord
    address: str
    components: list[int]
    confirmed: bool
    created_at: Instant
    confirmed_at: Instant | None
    failing_since: Instant | None


class SubscriberCount(msgspec.Struct):
    """How many are told in one way, and how many have not confirmed."""

    kind: KindWord
    confirmed: int
    unconfirmed: int


class SubscriberCounts(msgspec.Struct):
    """How many a page has, and by which ways one may subscribe to it now."""

    total: int
    data: list[SubscriberCount]
    offered: list[KindWord]


class Taken(msgspec.Struct):
    """What everybody hears who wants to subscribe."""

    message: str

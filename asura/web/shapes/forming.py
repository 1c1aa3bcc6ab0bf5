"""Answers that forms are made of: the types with their schemas, and when a schedule comes next."""

from typing import Any

import msgspec

from asura.web.shapes.common import Instant


class CheckTypes(msgspec.Struct):
    """Each check type with the schema of its settings and its defaults, and the schema that all monitors share."""

    data: list[dict[str, Any]]
    monitor: dict[str, Any]


class ChannelTypes(msgspec.Struct):
    """Each channel type with the schema of its settings, and the schema that all channels share."""

    data: list[dict[str, Any]]
    channel: dict[str, Any]


class Occurrences(msgspec.Struct):
    """When a schedule comes next, the first one first."""

    timezone: str
    data: list[Instant]


class LastAttempt(msgspec.Struct):
    """The newest attempt of a channel to deliver something."""

    at: Instant
    ok: bool
    answer: str
    duration_ms: float
    event: str


class ChannelTally(msgspec.Struct):
    """How one channel fares. `waiting` were not tried yet, `failing` are tried again, `dead` were given up."""

    channel_id: int
    last: LastAttempt | None
    sent_24h: int
    dead_24h: int
    waiting: int
    failing: int


class ChannelTallies(msgspec.Struct):
    """How each channel fares."""

    data: list[ChannelTally]

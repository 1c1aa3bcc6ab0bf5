"""A notice about ourselves: no monitor is down, and people want to know all the same."""

import sqlite3
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec

from asura.domain import wording
from asura.domain.channel import Channel, Notification
from asura.domain.incident import EventType
from asura.domain.message import Message
from asura.store import outbox

ABOUT_PROBES = frozenset(
    {EventType.PROBE_OFFLINE, EventType.PROBE_ONLINE, EventType.REGION_FAILING, EventType.REGION_RECOVERED}
)


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """What is told. `number` and the event make its key: a notice of the same event and number is told once."""

    event: EventType
    number: int
    title: str
    text: str
    severity: str = "warning"
    reason: str
    # What it is about, for notices that belong together; they are told in their order.
    subject: str = ""


def tell(db: sqlite3.Connection, notice: Notice, channels: Iterable[Channel], now: datetime, *, url: str) -> int:
    """Write a notice to the outbox for every default channel that wants it; return to how many."""
    told = 0
    for channel in channels:
        config = channel.config
        if config.default and config.enabled and notice.event.value in config.events:
            outbox.add(db, _notification(channel.id, notice, now, url=url))
            told += 1
    return told


def _notification(channel_id: int, notice: Notice, now: datetime, *, url: str) -> Notification:
    key = wording.message_key(None, notice.number, channel_id, notice.subject and f"{notice.event}/{notice.subject}")
    message = Message(
        id=0,
        event=notice.event.value,
        at=now,
        title=notice.title,
        text=notice.text,
        severity=notice.severity,
        url=f"{url}/probes" if notice.event in ABOUT_PROBES else url,
        key=key,
        thread=wording.thread_key(None, notice.subject),
    )
    payload: dict[str, Any] = msgspec.to_builtins(message)
    return Notification(
        channel_id=channel_id,
        incident_id=None,
        monitor_id=None,
        event=message.event,
        key=key,
        thread=message.thread,
        payload=payload,
        reason=notice.reason,
        created_at=now,
        next_attempt_at=now,
    )

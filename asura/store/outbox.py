"""The outbox: messages written with the transition that they tell of, and every attempt to deliver them."""

import sqlite3
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

import aiosqlite
import msgspec

from asura.domain.channel import Delivery, Notification, NotificationStatus
from asura.domain.instant import at_ms, from_ms
from asura.errors import Conflict, NotFound
from asura.store import columns

FIELDS = (
    "channel_id, incident_id, monitor_id, event, key, thread, payload, status, reason, created_at, next_attempt_at, "
    "attempts, finished_at, subscriber_id"
)
ADD = f"""
    INSERT INTO notifications ({FIELDS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING
"""
SELECT = f"SELECT id, {FIELDS} FROM notifications"
BY_KEY = f"{SELECT} WHERE key = ?"
GET = f"{SELECT} WHERE id = ? AND subscriber_id IS NULL"
MONITOR_OF = "SELECT monitor_id FROM notifications WHERE id = ?"
RELEASE = "UPDATE notifications SET boot = NULL WHERE status IN ('pending', 'failed') AND boot IS NOT ?"
# The turn of a message comes when no earlier one of the same incident is unfinished in its channel.
ITS_TURN = """
    status IN ('pending', 'failed') AND boot IS NULL
    AND NOT EXISTS (SELECT 1 FROM notifications AS earlier INDEXED BY notifications_lane
        WHERE notifications.incident_id IS NOT NULL
        AND earlier.status IN ('pending', 'failed') AND earlier.channel_id = notifications.channel_id
        AND earlier.incident_id = notifications.incident_id AND earlier.id < notifications.id)
    AND NOT EXISTS (SELECT 1 FROM notifications AS earlier INDEXED BY notifications_lane
        WHERE notifications.incident_id IS NULL
        AND earlier.status IN ('pending', 'failed') AND earlier.channel_id = notifications.channel_id
        AND earlier.incident_id IS NULL AND earlier.thread = notifications.thread AND earlier.id < notifications.id)
"""
DUE = f"""
    {SELECT} WHERE next_attempt_at <= :now AND channel_id NOT IN (SELECT value FROM json_each(:busy))
    AND subscriber_id IS NULL AND {ITS_TURN}
    ORDER BY next_attempt_at, id LIMIT :count
"""
NEXT_AT = f"""
    SELECT next_attempt_at FROM notifications WHERE subscriber_id IS NULL AND {ITS_TURN}
    ORDER BY next_attempt_at LIMIT 1
"""
CLAIM = "UPDATE notifications SET boot = ? WHERE id = ?"
UNCLAIM = "UPDATE notifications SET boot = NULL WHERE id = ?"
HOLD = "UPDATE notifications SET boot = NULL, next_attempt_at = ? WHERE id = ?"
FINISH = """
    UPDATE notifications SET boot = NULL, attempts = attempts + 1, status = :status, finished_at = :finished_at,
    next_attempt_at = coalesce(:next_attempt_at, next_attempt_at) WHERE id = :id
"""
ADD_DELIVERY = "INSERT INTO deliveries (notification_id, at, ok, answer, duration_ms) VALUES (?, ?, ?, ?, ?)"
RETRY = """
    UPDATE notifications SET status = 'pending', next_attempt_at = ?, finished_at = NULL, attempts = 0
    WHERE id = ? AND status IN ('dead', 'failed') AND subscriber_id IS NULL
"""
DROP = """
    UPDATE notifications SET status = 'dropped', reason = ?, finished_at = ?, boot = NULL
    WHERE id = ? AND status IN ('pending', 'failed')
"""
DROP_UNTIL = """
    UPDATE notifications SET status = 'dropped', reason = :reason, finished_at = :now, boot = NULL
    WHERE status IN ('pending', 'failed') AND created_at <= :until
"""
UNFINISHED = "SELECT count(*) FROM notifications WHERE status IN ('pending', 'failed')"
MATCHING = """
    (:statuses IS NULL OR status IN (SELECT value FROM json_each(:statuses)))
    AND (:incident IS NULL OR incident_id = :incident)
    AND (:within IS NULL OR monitor_id IN (SELECT value FROM json_each(:within)))
    AND id < :before ORDER BY id DESC LIMIT :count
"""
# Who subscribed to a status page is nobody's business.
PAGE = f"{SELECT} INDEXED BY notifications_to_channels WHERE subscriber_id IS NULL AND {MATCHING}"
PAGE_OF_CHANNEL = f"{SELECT} WHERE channel_id = :channel AND subscriber_id IS NULL AND {MATCHING}"
PAGE_OF_INCIDENT = (
    f"{SELECT} WHERE incident_id = :incident AND (:channel IS NULL OR channel_id = :channel) AND {MATCHING}"
)
OF_INCIDENT = f"{SELECT} WHERE incident_id = ? ORDER BY id"
DELIVERIES = """
    SELECT notification_id, at, ok, answer, duration_ms FROM deliveries
    WHERE notification_id IN (SELECT value FROM json_each(?)) ORDER BY notification_id, id
"""
_BEYOND = 1 << 62
_UNFINISHED = frozenset({NotificationStatus.PENDING, NotificationStatus.FAILED})

Told = tuple[Notification, list[Delivery]]


def add(db: sqlite3.Connection, notification: Notification) -> Notification:
    """Put a message into the outbox; one of the same key is there only once, and what is there is returned."""
    db.execute(ADD, _values(notification))
    return of_row(db.execute(BY_KEY, (notification.key,)).fetchone())


def release(db: sqlite3.Connection, boot: str) -> None:
    """At the start: what another boot was sending when it ended is pending again."""
    db.execute(RELEASE, (boot,))


def due(db: sqlite3.Connection, now: datetime, *, busy: Collection[int] = (), limit: int = 256) -> list[Notification]:
    """Return the messages whose turn it is, the longest waiting first; none of the channels that are busy."""
    query = {"now": at_ms(now), "busy": columns.to_json(list(busy)).decode(), "count": limit}
    return [of_row(row) for row in db.execute(DUE, query)]


def next_at(db: sqlite3.Connection) -> datetime | None:
    """Return when the next message that nobody has claimed falls due; None when nothing waits."""
    row = db.execute(NEXT_AT).fetchone()
    return None if row is None else from_ms(row[0])


def claim(db: sqlite3.Connection, ids: Iterable[int], boot: str) -> None:
    """Mark messages as being sent by this boot."""
    db.executemany(CLAIM, [(boot, one) for one in ids])


def unclaim(db: sqlite3.Connection, ids: Iterable[int]) -> None:
    """Give back messages that were claimed and not handled."""
    db.executemany(UNCLAIM, [(one,) for one in ids])


def hold(db: sqlite3.Connection, notification_id: int, until: datetime) -> None:
    """Give a message back until an instant; that is no attempt."""
    db.execute(HOLD, (at_ms(until), notification_id))


def finish(
    db: sqlite3.Connection,
    notification_id: int,
    delivery: Delivery,
    *,
    status: NotificationStatus,
    next_attempt_at: datetime | None = None,
) -> None:
    """Record an attempt, and what became of the message by it; nothing when its monitor was deleted meanwhile."""
    query = {
        "id": notification_id,
        "status": status.value,
        "finished_at": None if status in _UNFINISHED else at_ms(delivery.at),
        "next_attempt_at": columns.ms(next_attempt_at),
    }
    if db.execute(FINISH, query).rowcount:
        answer = columns.text(delivery.answer)
        db.execute(ADD_DELIVERY, (notification_id, at_ms(delivery.at), delivery.ok, answer, delivery.duration_ms))


def retry(db: sqlite3.Connection, notification_id: int, now: datetime) -> Notification:
    """Make a failed or dead message due now; Conflict when it is neither, NotFound when there is none."""
    changed = db.execute(RETRY, (at_ms(now), notification_id)).rowcount
    row = db.execute(GET, (notification_id,)).fetchone()
    if row is None:
        raise NotFound(f"there is no notification {notification_id}")
    found = of_row(row)
    if not changed:
        raise Conflict(f"notification {notification_id} is {found.status.value}: only a failed or dead one is retried")
    return found


def monitor_of(db: sqlite3.Connection, notification_id: int) -> int | None:
    """Return the monitor that a message tells of; None when of none, or there is no such message."""
    row = db.execute(MONITOR_OF, (notification_id,)).fetchone()
    return None if row is None else row[0]


def drop(db: sqlite3.Connection, notification_id: int, reason: str, now: datetime) -> None:
    """Decide against telling, with the reason."""
    db.execute(DROP, (columns.text(reason), at_ms(now), notification_id))


def drop_until(db: sqlite3.Connection, until: datetime, reason: str, now: datetime) -> int:
    """Decide against telling what was written up to an instant, with the reason; return how much that is."""
    return db.execute(DROP_UNTIL, {"until": at_ms(until), "reason": reason, "now": at_ms(now)}).rowcount


async def unfinished(reader: aiosqlite.Connection) -> int:
    """Return how many messages have neither gone out nor been given up."""
    return int(next(iter(await reader.execute_fetchall(UNFINISHED)))[0])


async def page(
    reader: aiosqlite.Connection,
    *,
    statuses: Collection[NotificationStatus] | None = None,
    channel_id: int | None = None,
    incident_id: int | None = None,
    within: Collection[int] | None = None,
    cursor: str | None = None,
    limit: int = 100,
) -> tuple[list[Told], str | None]:
    """Return messages (of the monitors `within`) with every attempt, newest first, and the next page's cursor."""
    query = {
        "before": _BEYOND if cursor is None else columns.cursor_values(cursor, int)[0],
        "statuses": columns.to_json(sorted(one.value for one in statuses)).decode() if statuses else None,
        "channel": channel_id,
        "incident": incident_id,
        "within": None if within is None else columns.to_json(sorted(within)).decode(),
        "count": limit + 1,
    }
    text = PAGE if channel_id is None else PAGE_OF_CHANNEL
    rows = list(await reader.execute_fetchall(text if incident_id is None else PAGE_OF_INCIDENT, query))
    next_cursor = columns.cursor_of(rows[limit - 1][0]) if len(rows) > limit else None
    return await _with_deliveries(reader, rows[:limit]), next_cursor


async def of_incident(reader: aiosqlite.Connection, incident_id: int) -> list[Told]:
    """Return the messages of an incident with every attempt, in the order in which they were written."""
    return await _with_deliveries(reader, list(await reader.execute_fetchall(OF_INCIDENT, (incident_id,))))


async def _with_deliveries(reader: aiosqlite.Connection, rows: Sequence[Any]) -> list[Told]:
    told: dict[int, Told] = {row[0]: (of_row(row), []) for row in rows}
    ids = columns.to_json(list(told)).decode()
    for notification_id, at, ok, answer, duration_ms in await reader.execute_fetchall(DELIVERIES, (ids,)):
        told[notification_id][1].append(
            Delivery(
                notification_id=notification_id, at=from_ms(at), ok=bool(ok), answer=answer, duration_ms=duration_ms
            )
        )
    return list(told.values())


def _values(notification: Notification) -> tuple[Any, ...]:
    return (
        notification.channel_id,
        notification.incident_id,
        notification.monitor_id,
        notification.event,
        notification.key,
        notification.thread,
        columns.to_json(notification.payload),
        notification.status.value,
        columns.text(notification.reason),
        at_ms(notification.created_at),
        at_ms(notification.next_attempt_at),
        notification.attempts,
        columns.ms(notification.finished_at),
        notification.subscriber_id,
    )


def of_row(row: Sequence[Any]) -> Notification:
    """Return the message of a row that `SELECT` gives."""
    values = dict(zip(("id", *FIELDS.split(", ")), row, strict=True))
    values["payload"] = columns.from_json(values["payload"])
    values["status"] = NotificationStatus(values["status"])
    for name in ("created_at", "next_attempt_at", "finished_at"):
        values[name] = columns.instant(values[name])
    return msgspec.convert(values, Notification)

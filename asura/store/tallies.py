"""How channels fare: the last attempt of each, and what became of the messages of a day."""

from datetime import datetime
from typing import Any

import aiosqlite
import msgspec

from asura.domain.instant import at_ms, from_ms

FINISHED = """
    SELECT channel_id, status, count(*) FROM notifications INDEXED BY notifications_by_end
    WHERE finished_at IS NOT NULL AND subscriber_id IS NULL AND finished_at >= ? GROUP BY channel_id, status
"""
UNFINISHED = """
    SELECT channel_id, status, count(*) FROM notifications INDEXED BY notifications_lane
    WHERE status IN ('pending', 'failed') AND channel_id > 0 GROUP BY channel_id, status
"""
LAST = """
    SELECT deliveries.at, deliveries.ok, deliveries.answer, deliveries.duration_ms, notifications.event
    FROM notifications INDEXED BY notifications_by_channel
    JOIN deliveries ON deliveries.notification_id = notifications.id
    WHERE notifications.channel_id = ? ORDER BY notifications.id DESC, deliveries.id DESC LIMIT 1
"""


class LastAttempt(msgspec.Struct, frozen=True):
    """The newest attempt of a channel, and the event that it told of."""

    at: datetime
    ok: bool
    answer: str
    duration_ms: float
    event: str


class Tally(msgspec.Struct, frozen=True):
    """How one channel fares: what was sent and given up since an instant, what waits, and what is being retried."""

    channel_id: int
    last: LastAttempt | None
    counts: dict[str, int]


async def of_channels(reader: aiosqlite.Connection, channel_ids: list[int], *, since: datetime) -> list[Tally]:
    """Return the tally of each channel: what ended from `since` on, and all that is pending or failed now."""
    counts: dict[int, dict[str, int]] = {one: {} for one in channel_ids}
    for text, values in ((FINISHED, (at_ms(since),)), (UNFINISHED, ())):
        for channel_id, status, count in await reader.execute_fetchall(text, values):
            counts.setdefault(channel_id, {})[status] = count
    return [Tally(one, await _last(reader, one), counts[one]) for one in channel_ids]


async def _last(reader: aiosqlite.Connection, channel_id: int) -> LastAttempt | None:
    rows: Any = await reader.execute_fetchall(LAST, (channel_id,))
    for at, ok, answer, duration_ms, event in rows:
        return LastAttempt(from_ms(at), bool(ok), answer, duration_ms, event)
    return None

"""How channels fare: the newest attempt, and counts of what ended lately and of what waits."""

from pathlib import Path

from asura.domain.channel import Delivery, NotificationStatus
from asura.store import outbox, tallies
from asura.store.db import Store
from tests.store.kit import after, notification, opened

SENT, FAILED, DEAD = NotificationStatus.SENT, NotificationStatus.FAILED, NotificationStatus.DEAD


async def tell(
    store: Store, key: str, status: NotificationStatus | None, *, channel_id: int = 1, at: float = 0
) -> None:
    one = await store.write(lambda db: outbox.add(db, notification(channel_id, None, key=key)))
    if status is None:
        return
    told = Delivery(notification_id=one.id, at=after(seconds=at), ok=status is SENT, answer=f"of {key}", duration_ms=5)
    retry = after(seconds=at + 60) if status is FAILED else None
    await store.write(lambda db: outbox.finish(db, one.id, told, status=status, next_attempt_at=retry))


async def test_counts_are_of_the_day_and_what_waits_is_always_counted(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await tell(store, "old", SENT, at=10)
        await tell(store, "new", SENT, at=100)
        await tell(store, "dead", DEAD, at=101)
        await tell(store, "again", FAILED, at=20)
        await tell(store, "waits", None)
        await tell(store, "other", DEAD, channel_id=2, at=100)
        async with store.read() as reader:
            first, second, silent = await tallies.of_channels(reader, [1, 2, 3], since=after(seconds=50))
    assert first.counts == {"sent": 1, "dead": 1, "failed": 1, "pending": 1}
    assert second.counts == {"dead": 1}
    assert (silent.counts, silent.last) == ({}, None)


async def test_the_last_attempt_is_that_of_the_newest_message_that_was_tried(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await tell(store, "first", SENT, at=10)
        await tell(store, "second", DEAD, at=20)
        await tell(store, "waits", None)
        async with store.read() as reader:
            (found,) = await tallies.of_channels(reader, [1], since=after(seconds=0))
    assert found.last is not None
    assert (found.last.answer, found.last.ok, found.last.at) == ("of second", False, after(seconds=20))

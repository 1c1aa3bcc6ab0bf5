"""The outbox: each message once, in order per channel and incident, never held by a dead boot."""

import random
from pathlib import Path

import pytest

from asura.domain.channel import Delivery, Notification, NotificationStatus
from asura.errors import Conflict, Invalid, NotFound
from asura.store import incidents, outbox
from asura.store.db import Store
from tests.store.kit import START, after, incident, notification, opened

SENT, FAILED, DEAD = NotificationStatus.SENT, NotificationStatus.FAILED, NotificationStatus.DEAD


async def put(store: Store, key: str, channel_id: int = 1, incident_id: int | None = None, **other) -> Notification:
    return await store.write(lambda db: outbox.add(db, notification(channel_id, incident_id, key=key, **other)))


async def due(store: Store, seconds: float = 0, **other) -> list[str]:
    return [one.key for one in await store.write(lambda db: outbox.due(db, after(seconds=seconds), **other))]


async def finish(store: Store, one: Notification, status: NotificationStatus, again: float | None = None) -> None:
    told = Delivery(
        notification_id=one.id, at=after(seconds=1), ok=status is SENT, answer="\ud800 answer", duration_ms=5.5
    )
    retry = None if again is None else after(seconds=again)
    await store.write(lambda db: outbox.finish(db, one.id, told, status=status, next_attempt_at=retry))


async def add_incidents(store: Store, count: int) -> None:
    await store.write(lambda db: [incidents.save(db, incident(1)) for _ in range(count)])


async def test_a_message_of_the_same_key_is_stored_once(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        first = await put(store, "k", payload={"text": "first \ud800"})
        again = await put(store, "k", channel_id=2, payload={"text": "second"})
        assert again == first
        assert first.payload == {"text": "first ?"}
        assert first.id == 1
        assert await due(store) == ["k"]


async def test_messages_of_one_incident_go_to_a_channel_in_order(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await add_incidents(store, 2)
        opened_one = await put(store, "opened", incident_id=1)
        resolved = await put(store, "resolved", incident_id=1)
        await put(store, "other-incident", incident_id=2)
        await put(store, "other-channel", channel_id=2, incident_id=1)
        assert await due(store) == ["opened", "other-incident", "other-channel"]
        await store.write(lambda db: outbox.claim(db, [opened_one.id], "boot"))
        assert await due(store) == ["other-incident", "other-channel"]
        await finish(store, opened_one, FAILED, again=60)
        assert await due(store) == ["other-incident", "other-channel"]
        assert await due(store, 60) == ["other-incident", "other-channel", "opened"]
        await finish(store, opened_one, SENT)
        assert await due(store) == ["resolved", "other-incident", "other-channel"]
        await finish(store, resolved, DEAD)
        assert await due(store) == ["other-incident", "other-channel"]


async def test_messages_without_incident_are_in_order_per_thread(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await put(store, "blind", thread="self")
        await put(store, "sees-again", thread="self")
        await put(store, "test", thread="test")
        assert await due(store) == ["blind", "test"]


async def test_busy_channels_and_limits_are_honoured(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await add_incidents(store, 6)
        for n in range(6):
            await put(store, f"k-{n}", channel_id=n % 2 + 1, incident_id=n + 1, next_attempt_at=after(seconds=-n))
        assert await due(store, limit=2) == ["k-5", "k-4"]
        assert await due(store, busy={2}) == ["k-4", "k-2", "k-0"]
        assert await due(store, -3) == ["k-5", "k-4", "k-3"]


async def test_next_at_is_that_of_messages_that_can_be_sent(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await add_incidents(store, 2)
        assert await store.write(outbox.next_at) is None
        first = await put(store, "opened", incident_id=1, next_attempt_at=after(seconds=50))
        await put(store, "resolved", incident_id=1)
        assert await store.write(outbox.next_at) == after(seconds=50)
        await store.write(lambda db: outbox.claim(db, [first.id], "boot"))
        assert await store.write(outbox.next_at) is None
        await store.write(lambda db: outbox.unclaim(db, [first.id]))
        assert await store.write(outbox.next_at) == after(seconds=50)
        await store.write(lambda db: outbox.claim(db, [first.id], "boot"))
        await store.write(lambda db: outbox.hold(db, first.id, after(seconds=70)))
        assert await store.write(outbox.next_at) == after(seconds=70)
        assert (await every(store))[0].attempts == 0


async def every(store: Store, **wanted) -> list[Notification]:
    async with store.read() as reader:
        found, _ = await outbox.page(reader, **wanted)
    return sorted((one for one, _ in found), key=lambda one: one.id)


async def test_a_claim_of_an_earlier_boot_is_released_at_the_start(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        one = await put(store, "k")
        await store.write(lambda db: outbox.claim(db, [one.id], "boot-1"))
        await store.write(lambda db: outbox.release(db, "boot-1"))
        assert await due(store) == []
        await store.write(lambda db: outbox.release(db, "boot-2"))
        assert await due(store) == ["k"]


async def test_every_attempt_is_recorded(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await add_incidents(store, 1)
        one = await put(store, "k", incident_id=1)
        await finish(store, one, FAILED, again=60)
        assert [(r.status, r.attempts, r.finished_at, r.next_attempt_at) for r in await every(store)] == [
            (FAILED, 1, None, after(seconds=60))
        ]
        await finish(store, one, SENT)
        async with store.read() as reader:
            [(stored, deliveries)] = await outbox.of_incident(reader, 1)
            assert await outbox.of_incident(reader, 2) == []
        assert (stored.status, stored.attempts, stored.finished_at) == (SENT, 2, after(seconds=1))
        assert [(d.ok, d.answer, d.duration_ms) for d in deliveries] == [
            (False, "? answer", 5.5),
            (True, "? answer", 5.5),
        ]


async def test_a_dead_message_can_be_retried_and_a_sent_one_not(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        dead, sent = await put(store, "dead"), await put(store, "sent", thread="other")
        await finish(store, dead, DEAD)
        await finish(store, sent, SENT)
        assert await due(store, 99) == []
        again = await store.write(lambda db: outbox.retry(db, dead.id, after(seconds=9)))
        assert (again.status, again.finished_at, again.next_attempt_at) == (
            NotificationStatus.PENDING,
            None,
            after(seconds=9),
        )
        assert await due(store, 9) == ["dead"]
        with pytest.raises(Conflict, match="sent"):
            await store.write(lambda db: outbox.retry(db, sent.id, START))
        with pytest.raises(NotFound):
            await store.write(lambda db: outbox.retry(db, 99, START))


async def test_a_dropped_message_keeps_the_reason_and_frees_its_turn(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        first = await put(store, "first")
        await put(store, "second")
        await store.write(lambda db: outbox.drop(db, first.id, "channel_disabled", after(seconds=3)))
        stored = (await every(store))[0]
        assert (stored.status, stored.reason, stored.finished_at) == (
            NotificationStatus.DROPPED,
            "channel_disabled",
            after(seconds=3),
        )
        assert await due(store) == ["second"]
        await finish(store, first, SENT)
        await store.write(lambda db: outbox.drop(db, first.id, "too_late", START))
        assert (await every(store))[0].status is SENT


async def test_pages_are_filtered_and_continue(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await add_incidents(store, 3)
        made = [await put(store, f"k-{n}", channel_id=n % 2 + 1, incident_id=n % 3 + 1) for n in range(12)]
        for one in made[:4]:
            await finish(store, one, SENT)

        async def keys(**wanted) -> list[str]:
            found: list[str] = []
            cursor = None
            while True:
                async with store.read() as reader:
                    page, cursor = await outbox.page(reader, cursor=cursor, limit=2, **wanted)
                found += [one.key for one, _ in page]
                if cursor is None:
                    return found

        def expected(keep) -> list[str]:
            return [f"k-{n}" for n in reversed(range(12)) if keep(n)]

        assert await keys() == expected(lambda n: True)
        assert await keys(statuses=[SENT]) == expected(lambda n: n < 4)
        assert await keys(channel_id=2) == expected(lambda n: n % 2 == 1)
        assert await keys(incident_id=2) == expected(lambda n: n % 3 == 1)
        assert await keys(channel_id=2, incident_id=2, statuses=[SENT]) == ["k-1"]
        assert await keys(channel_id=9) == []
        async with store.read() as reader:
            with pytest.raises(Invalid, match="cursor"):
                await outbox.page(reader, cursor="nonsense")


async def test_any_life_of_an_outbox_sends_each_message_once_and_in_order(tmp_path: Path) -> None:
    chance = random.Random(5)
    async with opened(tmp_path) as store:
        await add_incidents(store, 4)
        lanes: dict[tuple[int, int], list[str]] = {}
        for n in range(80):
            lane = (chance.randrange(3), chance.randrange(4) + 1)
            lanes.setdefault(lane, []).append(f"k-{n}")
            await put(store, f"k-{n}", *lane)
        sent: dict[tuple[int, int], list[str]] = {}
        for turn in range(400):
            now = after(seconds=turn)
            found = await store.write(lambda db, now=now: outbox.due(db, now, limit=5))
            await store.write(lambda db, f=found: outbox.claim(db, [one.id for one in f], "boot"))
            for one in found:
                if chance.random() < 0.4:
                    await finish(store, one, FAILED, again=turn + chance.randrange(3))
                else:
                    sent.setdefault((one.channel_id, one.incident_id or 0), []).append(one.key)
                    await finish(store, one, SENT)
            if not found and await store.write(outbox.next_at) is None:
                break
        assert sent == lanes


async def test_an_attempt_for_a_message_that_was_deleted_meanwhile_is_forgotten(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        one = await put(store, "k")
        await store.write(lambda db: db.execute("DELETE FROM notifications"))
        await finish(store, one, SENT)
        assert await every(store) == []


async def test_what_was_written_before_an_instant_is_dropped_with_its_reason_and_the_rest_waits(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        told = await put(store, "told")
        await finish(store, told, SENT)
        await put(store, "old")
        await put(store, "new", created_at=after(seconds=60))
        assert (
            await store.write(lambda db: outbox.drop_until(db, after(seconds=59), "restored", after(seconds=90))) == 1
        )
        async with store.read() as reader:
            assert await outbox.unfinished(reader) == 1
            kept = {one.key: (one.status.value, one.reason) for one, _ in (await outbox.page(reader))[0]}
        assert kept["old"] == ("dropped", "restored")
        assert (kept["told"][0], kept["new"][0]) == ("sent", "pending")

"""The notifier: in order per incident, a lane for each channel, and no message lost or sent for nothing."""

import sqlite3
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec

from asura.domain.channel import Channel
from asura.domain.message import Message
from asura.errors import DeliveryError
from tests.engine.kit import copied, offer, rows
from tests.engine.post import Post, post, put
from tests.world import DEGRADED, DOWN, UP

QUICK = {"retries": 0, "failure_threshold": 1, "interval": 60}


def states(told: list[Any]) -> list[str]:
    return [notification.status.value for notification, _ in told]


async def test_messages_of_one_incident_keep_their_order_over_failures(tmp_path: Path) -> None:
    async with post(tmp_path) as w:
        await w.channel()
        shop = await w.monitor(**QUICK)
        w.refusing["ops"] = DeliveryError("503")
        await offer(w, (shop, DOWN))
        await w.deliver()
        await w.engine.incidents.acknowledge(1, "ada")
        await offer(w, (shop, UP))
        await w.deliver()
        assert [len(attempts) for _, attempts in await w.outbox()] == [1, 0, 0], "the later ones wait for the first"
        w.refusing.clear()
        w.clock.turn(10)
        await w.deliver()
        assert [title.split(":")[0] for _, title in w.take()] == ["DOWN", "ACKNOWLEDGED", "UP"]


async def test_a_channel_that_hangs_delays_no_other_and_sends_one_at_a_time(tmp_path: Path) -> None:
    async with post(tmp_path) as w:
        slow, ops = await w.channel("slow"), await w.channel("ops")
        w.hanging.add("slow")
        await put(w, slow, "a", "b", "c")
        await put(w, ops, "d", "e")
        await w.deliver()
        assert sorted(w.take()) == [("ops", "d"), ("ops", "e")]
        assert w.stuck == 1


async def test_a_long_queue_of_a_hanging_channel_delays_no_other(tmp_path: Path) -> None:
    async with post(tmp_path) as w:
        slow, ops = await w.channel("slow"), await w.channel("ops")
        w.hanging.add("slow")
        await put(w, slow, *(f"s{number}" for number in range(450)))
        await put(w, ops, "at last")
        await w.deliver()
        assert w.take() == [("ops", "at last")]


async def test_after_a_crash_what_was_under_way_is_sent_again_under_the_same_key(tmp_path: Path) -> None:
    async with post(tmp_path / "first") as w:
        ops = await w.channel()
        await put(w, ops, "told", "under way")
        w.during = lambda channel, message: _hang_on(w, message)
        await w.deliver()
        assert w.take() == [("ops", "told")]
        folder = copied(w.folder)
    async with post(folder) as w:
        await w.deliver()
        assert w.take() == [("ops", "under way")], "what was told is not told again"
        assert [message.key for message in w.messages] == [f"{ops.id}-under way"]


async def _hang_on(w: Post, message: Message) -> None:
    if message.title == "under way":
        await w.hang()


async def test_a_transient_failure_is_tried_again_after_growing_pauses(tmp_path: Path) -> None:
    async with post(tmp_path) as w:
        ops = await w.channel()
        w.refusing["ops"] = DeliveryError("503")
        await put(w, ops, "news")
        pauses = []
        for _ in range(6):
            due = await w.deliver()
            assert due is not None
            pauses.append((due - w.clock.now()).total_seconds())
            w.clock.turn(pauses[-1])
        for number, pause in enumerate(pauses):
            assert 2 * 2**number * 0.75 <= pause <= 2 * 2**number * 1.25
        ((failed, attempts),) = await w.outbox()
        assert (failed.status.value, [attempt.ok for attempt in attempts]) == ("failed", [False] * 6)


async def test_after_a_day_of_failures_it_is_a_dead_letter(tmp_path: Path) -> None:
    async with post(tmp_path) as w:
        ops = await w.channel()
        w.refusing["ops"] = DeliveryError("503")
        await put(w, ops, "old", created_at=w.clock.now() - timedelta(hours=23, minutes=59, seconds=50))
        assert states(await w.outbox()) == ["pending"]
        while (due := await w.deliver()) is not None and states(await w.outbox()) == ["failed"]:
            w.clock.turn((due - w.clock.now()).total_seconds())
        ((dead, attempts),) = await w.outbox()
        assert dead.status.value == "dead"
        assert attempts[-1].at - dead.created_at <= timedelta(hours=24, minutes=15)


async def test_a_permanent_failure_is_a_dead_letter_at_once_and_blocks_nothing_behind_it(tmp_path: Path) -> None:
    async with post(tmp_path) as w:
        await w.channel()
        shop = await w.monitor(**QUICK)
        w.refusing["ops"] = DeliveryError("404: no such hook", permanent=True)
        await offer(w, (shop, DOWN))
        await w.deliver()
        w.refusing.clear()
        await offer(w, (shop, UP))
        await w.deliver()
        assert [title for _, title in w.take()] == ["UP: Shop, after 0 s"]
        (dead, attempts), _ = await w.outbox()
        assert (dead.status.value, [attempt.answer for attempt in attempts]) == ("dead", ["404: no such hook"])
        assert (w.engine.notifier.failed, w.engine.notifier.dead) == (1, 1)


async def test_a_provider_that_asks_for_quiet_gets_it_for_everything_that_waits(tmp_path: Path) -> None:
    async with post(tmp_path) as w:
        ops = await w.channel()
        w.refusing["ops"] = DeliveryError("429", retry_after=120)
        await put(w, ops, *(f"n{number}" for number in range(30)))
        await w.deliver()
        assert sum(len(attempts) for _, attempts in await w.outbox()) == 1
        w.refusing.clear()
        w.clock.turn(119)
        await w.deliver()
        assert w.take() == []
        w.clock.turn(2)
        await w.deliver()
        assert len(w.take()) == 30


async def test_what_a_deleted_or_disabled_channel_was_to_tell_is_dropped_with_the_reason(tmp_path: Path) -> None:
    async with post(tmp_path) as w:
        gone, off = await w.channel("gone"), await w.channel("off")
        await put(w, gone, "a")
        await put(w, off, "b")
        desk = w.engine.channels
        await desk.delete(gone.id)
        await desk.replace(off.id, desk.prepare({"enabled": False}, old=off.config, partial=True))
        await put(w, gone, "c")
        await w.deliver()
        told = {n.payload["title"]: (n.status.value, n.reason) for n, _ in await w.outbox()}
        dropped = ("dropped", "channel_deleted")
        assert told == {"a": dropped, "b": ("dropped", "channel_disabled"), "c": dropped}


async def test_in_a_demo_nothing_is_sent_and_the_explanation_says_why(tmp_path: Path) -> None:
    async with post(tmp_path) as w:
        await w.channel()
        w.engine.notifier.demo = True
        await offer(w, (await w.monitor(**QUICK), DOWN))
        await w.deliver()
        assert w.take() == []
        assert states(await w.outbox()) == ["dropped"]
        told = (await w.engine.explain(1))[0]["channels"][0]
        assert (told["outcome"], told["reason"], told["attempts"]) == ("dropped", "demo", [])


async def test_news_of_a_snoozed_incident_is_held_until_the_snooze_ends(tmp_path: Path) -> None:
    async with post(tmp_path) as w:
        await w.channel()
        shop = await w.monitor(**QUICK)
        await offer(w, (shop, DEGRADED))
        await w.deliver()
        assert w.take() == [("ops", "DEGRADED: Shop")]
        await w.engine.incidents.snooze(1, w.clock.now() + timedelta(minutes=30), "ada")
        await offer(w, (shop, DOWN))
        await w.deliver()
        w.clock.turn(1790)
        await w.deliver()
        assert w.take() == []
        w.clock.turn(15)
        await w.deliver()
        assert w.take() == [("ops", "DOWN: Shop")]


async def test_a_bug_in_a_channel_is_a_failed_attempt_and_no_more(tmp_path: Path) -> None:
    async with post(tmp_path) as w:
        ops = await w.channel()
        await put(w, ops, "news")
        w.during = _stumble
        await w.deliver()
        ((failed, (attempt,)),) = await w.outbox()
        assert (failed.status.value, attempt.answer) == ("failed", "asura itself failed: ZeroDivisionError")
        w.during = None
        w.clock.turn(10)
        await w.deliver()
        assert w.take() == [("ops", "news")]


async def _stumble(channel: Channel, message: Message) -> None:
    raise ZeroDivisionError


async def test_a_message_that_cannot_be_read_is_put_off_and_holds_up_no_other(tmp_path: Path) -> None:
    async with post(tmp_path) as w:
        ops = await w.channel()
        await put(w, ops, "broken", payload={"made": "by another version"})
        await put(w, ops, "fine")
        await w.deliver()
        assert w.take() == [("ops", "fine")]
        assert [notification.next_attempt_at > w.clock.now() for notification, _ in await w.outbox()] == [True, False]


async def test_a_monitor_deleted_while_its_message_is_under_way_harms_no_other_message(tmp_path: Path) -> None:
    async with post(tmp_path) as w:
        await w.channel()
        shop, blog = await w.monitor("shop", **QUICK), await w.monitor("blog", **QUICK)
        await offer(w, (shop, DOWN), (blog, DOWN))
        w.during = lambda channel, message: _delete(w, shop.id)
        await w.deliver()
        assert w.take() == [("ops", "DOWN: Shop"), ("ops", "DOWN: Blog")]
        assert states(await w.outbox()) == ["sent"]


async def _delete(w: Post, monitor_id: int) -> None:
    if w.engine.live.state(monitor_id) is not None:
        await w.engine.monitors.delete(monitor_id)


async def test_a_claim_that_could_not_be_given_back_is_not_lost(tmp_path: Path) -> None:
    async with post(tmp_path) as w:
        ops = await w.channel()
        await put(w, ops, "one", "two")
        w.during = lambda channel, message: w.store.write(_no_more_updates)  # type: ignore[assignment,return-value]
        notifier = w.engine.notifier
        await notifier.tick(w.clock.now())
        await notifier.drain()
        assert w.take() == [("ops", "one")], "sent, but that could not be stored"
        w.during = None
        await w.store.write(lambda db: db.execute("DROP TRIGGER stuck").fetchall())
        await w.deliver()
        assert w.take() == [("ops", "one"), ("ops", "two")]
        assert len({message.key for message in w.messages}) == 2, "the repeat can be recognised"
        assert await rows(w.store, "SELECT count(*) FROM notifications WHERE boot IS NOT NULL") == [(0,)]


def _no_more_updates(db: sqlite3.Connection) -> None:
    db.execute("CREATE TRIGGER stuck BEFORE UPDATE ON notifications BEGIN SELECT RAISE(ROLLBACK, 'disk'); END")


async def test_events_tell_the_dashboard_of_each_attempt(tmp_path: Path) -> None:
    async with post(tmp_path) as w:
        await w.channel()
        shop = await w.monitor(**QUICK)
        await offer(w, (shop, DOWN))
        seen = w.engine.events.latest_id
        await w.deliver()
        assert len(w.take()) == 1
        assert w.engine.events.latest_id != seen
        assert (w.engine.notifier.sent, w.engine.notifier.failed) == (1, 0)


async def test_the_stored_message_is_what_goes_out(tmp_path: Path) -> None:
    async with post(tmp_path) as w:
        ops = await w.channel()
        await put(w, ops, "news")
        await w.deliver()
        assert w.take() == [("ops", "news")]
        ((stored, _),) = await w.outbox()
        (message,) = w.messages
        assert msgspec.to_builtins(message) | {"id": 0, "key": ""} == stored.payload | {"at": stored.payload["at"]}

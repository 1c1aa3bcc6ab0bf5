"""One transition is one transaction: state, incident, events and messages are stored together or not at all."""

import sqlite3
from pathlib import Path

import msgspec
import pytest

from asura.domain.result import Evidence
from asura.domain.wording import message_key
from asura.store import incidents, outbox
from asura.store.db import Store
from tests.engine.kit import accept, count, offer, refuse, rows
from tests.world import DOWN, UP, world

QUICK = {"retries": 0, "failure_threshold": 1, "interval": 60}
TABLES = ("tail", "spans", "incidents", "events", "evidence", "notifications")


async def test_when_the_message_cannot_be_stored_nothing_is(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.channel()
        shop = await w.monitor(**QUICK)
        before = [await count(w.store, table) for table in TABLES]
        await refuse(w.store, "notifications")
        await offer(w, (shop, DOWN))
        assert [await count(w.store, table) for table in TABLES] == before
        assert (w.status(), w.engine.live.open_incidents()) == ("up", [])
        await accept(w.store, "notifications")
        await offer(w, (shop, DOWN))
        await w.settle()
        assert w.take() == [("ops", "DOWN: Shop")]


async def test_a_move_by_hand_whose_message_cannot_be_stored_did_not_happen(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.channel()
        shop = await w.monitor(**QUICK)
        await offer(w, (shop, DOWN))
        await w.settle()
        w.take()
        await refuse(w.store, "notifications")
        with pytest.raises(sqlite3.IntegrityError):
            await w.engine.incidents.acknowledge(1, "ada")
        (incident,) = w.engine.live.open_incidents()
        assert incident.status.value == "open"
        assert await rows(w.store, "SELECT status FROM incidents") == [("open",)]
        await accept(w.store, "notifications")
        await w.engine.incidents.acknowledge(1, "ada")
        await w.settle()
        assert w.take() == [("ops", "ACKNOWLEDGED: Shop (by ada)")]


async def test_everybody_is_recorded_with_why_they_are_told_or_not(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.channel("ops")
        mine = await w.channel("mine", default=False)
        await w.channel("off", enabled=False)
        shop = await w.monitor(**QUICK, channel_ids=[mine.slug, "off"])
        await offer(w, (shop, DOWN))
        await w.settle()
        assert w.take() == [("mine", "DOWN: Shop")]
        async with w.store.read() as reader:
            (opened,) = await incidents.events(reader, 1)
        reasons = {choice["channel"]: choice["reason"] for choice in opened.detail["routing"]}
        assert reasons == {"ops": "not_listed_by_monitor", "mine": "listed_by_monitor", "off": "channel_disabled"}


async def test_when_every_listed_channel_was_deleted_the_default_ones_are_told(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.channel("ops")
        mine = await w.channel("mine", default=False)
        shop = await w.monitor(**QUICK, channel_ids=[mine.id])
        await w.engine.channels.delete(mine.id)
        await offer(w, (shop, DOWN))
        await w.settle()
        assert w.take() == [("ops", "DOWN: Shop")]


async def test_the_message_is_complete_and_carries_its_stable_key(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        channel = await w.channel()
        shop = await w.monitor(**QUICK)
        await offer(w, (shop, DOWN))
        await w.settle()
        assert w.take() == [("ops", "DOWN: Shop")]
        (message,) = w.messages
        ((stored, (delivery,)),) = await _outbox(w.store)
        assert message.key == stored.key == message_key(1, 1, channel.id)
        assert (message.id, message.url) == (stored.id, "https://asura.example/incidents/1")
        assert (message.severity, message.event) == ("critical", "incident.opened")
        assert message.incident is not None and message.incident["cause"] == "connect_refused"
        assert message.monitor is not None and message.monitor["status"] == "down"
        assert (delivery.ok, delivery.answer) == (True, "accepted")


async def test_messages_of_one_incident_share_a_thread_and_no_key(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.channel()
        shop = await w.monitor(**QUICK)
        for outcome in (DOWN, UP, DOWN):
            await offer(w, (shop, outcome))
        await w.settle()
        assert len(w.take()) == 3
        threads: dict[int, set[str]] = {}
        for message in w.messages:
            assert message.incident is not None
            threads.setdefault(message.incident["id"], set()).add(message.thread)
        assert [len(ones) for ones in threads.values()] == [1, 1]
        assert threads[1] != threads[2]
        assert len({message.key for message in w.messages}) == 3


async def test_what_was_seen_is_kept_with_the_incident(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop = await w.monitor(**QUICK)
        seen = Evidence(address="192.0.2.7:443", request="GET / HTTP/1.1")
        await offer(w, (shop, msgspec.structs.replace(DOWN, evidence=seen)))
        async with w.store.read() as reader:
            (sighting,) = await incidents.evidence(reader, 1)
        assert (sighting.evidence, sighting.reason, sighting.message) == (seen, "connect_refused", DOWN.message)


def _deep(levels: int) -> list[object]:
    inner: list[object] = []
    for _ in range(levels):
        inner = [inner]
    return inner


@pytest.mark.parametrize("fact", [_deep(2_000), object()], ids=["deep", "of no kind"])
async def test_what_was_seen_and_cannot_be_written_down_holds_up_no_transition(
    tmp_path: Path, fact: object, caplog: pytest.LogCaptureFixture
) -> None:
    async with world(tmp_path) as w:
        await w.channel()
        shop = await w.monitor(**QUICK)
        await offer(w, (shop, msgspec.structs.replace(DOWN, evidence=Evidence(facts={"a": fact}))))
        await w.settle()
        assert (w.status(), w.take()) == ("down", [("ops", "DOWN: Shop")])
        assert [await count(w.store, table) for table in ("incidents", "evidence")] == [1, 0]
    told = [line for line in caplog.messages if "left out" in line]
    assert len(told) == 1 and "incident 1" in told[0]


async def _outbox(store: Store) -> list[outbox.Told]:
    async with store.read() as reader:
        return (await outbox.page(reader))[0]

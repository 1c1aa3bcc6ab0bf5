"""Who is told, how often, and what happens when the provider or asura itself is interrupted; on a fake clock."""

import hashlib
import hmac
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

import pytest

from asura.engine.engine import Engine
from asura.errors import DeliveryError
from asura.net.network import NetworkConfig, open_network
from asura.store import outbox
from tests.channels.services import Reply, provider
from tests.engine.kit import copied
from tests.world import DOWN, UP, World, world

QUICK = {"interval": 60, "retries": 0, "failure_threshold": 1}


class Outside(World):
    """A world whose messages really go out, by the channel types there are, to servers on this machine."""

    async def start(self) -> None:
        await super().start()
        await self.net.close()
        self.net = open_network(NetworkConfig(allow_private_channels=("127.0.0.0/8",)))
        self.engine = Engine(self.store, self.net, self.clock, self.options)
        await self.engine.start()


async def test_a_monitor_with_its_own_channels_tells_those_and_no_other(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.channel("ops")
        await w.channel("shop-team", default=False)
        await w.channel("boss", default=False, events=["incident.resolved"])
        await w.monitor("shop", **QUICK, channel_ids=["shop-team", "boss"])
        await w.monitor("blog", **QUICK)
        for target in ("shop", "blog"):
            w.say(DOWN, target)
        await w.advance(61)
        assert sorted(w.take()) == [("ops", "DOWN: Blog"), ("shop-team", "DOWN: Shop")]
        for target in ("shop", "blog"):
            w.say(UP, target)
        await w.advance(61)
        told = {(channel, title.split(",")[0]) for channel, title in w.take()}
        assert told == {("ops", "UP: Blog"), ("shop-team", "UP: Shop"), ("boss", "UP: Shop")}
        await w.advance(300)


async def test_two_hundred_that_fail_at_once_are_each_told_once_to_everybody(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.channel("ops")
        await w.channel("chat")
        names = [f"m{number}" for number in range(200)]
        desk = w.engine.monitors
        for name in names:
            body = {"name": name, "type": "fake", "target": name, **QUICK}
            await desk.create(desk.prepare(body), slug=name)
        await w.settle()
        for name in names:
            w.say(DOWN, name)
        await w.advance(61)
        told = Counter(w.take())
        assert told == {(channel, f"DOWN: {name}"): 1 for channel in ("ops", "chat") for name in names}
        assert len(w.open_incidents()) == 200
        assert len({message.key for message in w.messages}) == 400
        await w.advance(120)


@pytest.mark.starts_empty("its messages really go out, and those of others must not")
async def test_a_webhook_that_asks_for_quiet_gets_it_and_then_everything_in_order(tmp_path: Path) -> None:
    busy = Reply(429, headers={"Retry-After": "90"})
    async with provider(busy, Reply(200)) as fake:
        w = Outside(tmp_path)
        await w.start()
        settings = {"url": f"{fake.url}/hook", "secret": "of the hook"}
        desk = w.engine.channels
        await desk.create(desk.prepare({"name": "hook", "type": "webhook", "default": True, "settings": settings}))
        await w.monitor(**QUICK)
        w.say(DOWN)
        await w.advance(61)
        assert [request.json["event"] for request in fake.received] == ["incident.opened"]
        w.say(UP)
        await w.advance(60)
        assert len(fake.received) == 1, "the news of the end waits behind the news of the begin"
        await w.advance(60)
        assert [request.json["event"] for request in fake.received[1:]] == ["incident.opened", "incident.resolved"]
        first, second, _ = fake.received
        assert first.headers["x-asura-delivery"] == second.headers["x-asura-delivery"], "the same key at each try"
        for request in fake.received:
            signed = f"{request.headers['x-asura-timestamp']}.".encode() + request.body
            digest = hmac.new(b"of the hook", signed, hashlib.sha256).hexdigest()
            assert request.headers["x-asura-signature"] == f"sha256={digest}"
        await w.advance(300)
        assert len(fake.received) == 3, "and nothing else was sent"
        await w.stop()


@pytest.mark.parametrize("how", ["stopped", "power cut"])
async def test_what_was_believed_before_the_end_is_told_once_after_the_start(tmp_path: Path, how: str) -> None:
    async with world(tmp_path / "first") as w:
        await w.channel()
        await w.monitor(**QUICK)
        w.refusing["ops"] = DeliveryError("the network is gone")
        w.say(DOWN)
        await w.advance(61)
        (before,) = w.open_incidents()
        now = w.clock.now()
        folder = copied(w.folder)
        if how == "stopped":
            await w.engine.stop()
            folder = copied(w.folder, "stopped")
    async with _later(folder, now) as w:
        w.say(DOWN)
        await w.advance(120)
        assert w.take() == [("ops", "DOWN: Shop")]
        (after,) = w.open_incidents()
        assert after == before, "it is the same incident, begun when it began"
        async with w.store.read() as reader:
            found = await outbox.of_incident(reader, before.id)
        ((told, attempts),) = [one for one in found if one[0].channel_id not in w.before.channels]
        assert [attempt.ok for attempt in attempts][-1] is True
        assert not any(attempt.ok for attempt in attempts[:-1])
        assert w.messages[0].key == told.key
        await w.restart(after=5)
        await w.advance(120)


@asynccontextmanager
async def _later(folder: Path, at: datetime) -> AsyncIterator[World]:
    """Lend a world that starts on a folder a few seconds after an instant."""
    one = World(folder)
    one.clock.turn((at - one.clock.now()).total_seconds() + 5)
    await one.start()
    try:
        yield one
        assert one.take() == [], "and nothing else was sent"
    finally:
        await one.close()

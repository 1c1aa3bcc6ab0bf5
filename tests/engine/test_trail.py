"""What people do is written down in the transaction that does it; what asura finds by itself is not."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from asura.engine import trail
from asura.engine.acting import COMMAND_LINE, OURSELVES, Acting, acting, become, who
from asura.errors import Conflict, DeliveryError, StoreUnavailable
from asura.store import audit
from asura.store.audit import Entry, Wanted
from tests.engine.kit import break_commits, count, mend_commits, offer
from tests.world import DOWN, World, world

ADA = Acting("ada", "192.0.2.7")


async def written(w: World) -> list[Entry]:
    """Return the log, oldest first."""
    async with w.store.read() as reader:
        found, _ = await audit.page(reader, Wanted(), limit=500)
    return found[::-1]


async def told(w: World) -> list[tuple[str, str, int | None]]:
    return [(one.entity, one.action, one.entity_id) for one in await written(w)]


async def patch(w: World, monitor_id: int, **fields: Any) -> None:
    view = w.engine.live.find(monitor_id)
    assert view is not None
    desk = w.engine.monitors
    await desk.replace(monitor_id, desk.prepare(fields, old=view.monitor.config, partial=True))


async def test_a_row_says_who_from_where_and_what(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        monitor = await w.monitor(interval=60)
        with acting(ADA):
            await patch(w, monitor.id, interval=30)
        made, edited = await written(w)
    assert (made.actor, made.address, made.action, made.before) == ("asura", "", "create", None)
    assert made.after is not None
    assert made.after["slug"] == monitor.slug
    assert (edited.actor, edited.address) == ADA
    assert (edited.before, edited.after) == ({"interval": 60.0}, {"interval": 30.0})
    assert edited.at == w.clock.now()


async def test_each_thing_done_to_a_monitor_is_one_row(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        desk, monitor = w.engine.monitors, await w.monitor(interval=60)
        await desk.pause(monitor.id)
        await desk.pause(monitor.id)
        await desk.resume(monitor.id)
        await patch(w, monitor.id, name=monitor.config.name)
        copy = await desk.clone(monitor.id)
        await desk.delete(monitor.id)
        assert await told(w) == [
            ("monitor", "create", monitor.id),
            ("monitor", "pause", monitor.id),
            ("monitor", "resume", monitor.id),
            ("monitor", "create", copy.id),
            ("monitor", "delete", monitor.id),
        ]


async def test_those_that_lose_a_reference_are_written_down_too(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        channel = await w.channel()
        parent = await w.monitor("parent")
        child = await w.monitor("child", depends_on=[parent.id], channel_ids=[channel.id])
        before = await count(w.store, "audit")
        await w.engine.monitors.delete(parent.id)
        await w.engine.channels.delete(channel.id)
        rows = (await written(w))[before:]
    assert [(one.entity, one.action, one.entity_id) for one in rows] == [
        ("monitor", "delete", parent.id),
        ("monitor", "update", child.id),
        ("channel", "delete", channel.id),
        ("monitor", "update", child.id),
    ]
    assert (rows[1].before, rows[1].after) == ({"depends_on": [parent.id]}, {"depends_on": []})


async def test_what_could_not_be_stored_is_not_written_down(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        monitor = await w.monitor()
        await break_commits(w.store, "monitors")
        await break_a_rename(w, monitor.id)
        await mend_commits(w.store)
        await w.monitor("other")
        assert [action for _, action, _ in await told(w)] == ["create", "create"]
        assert (await audit.verify(w.store)).ok


async def break_a_rename(w: World, monitor_id: int) -> None:
    """Fail by a slug that is taken: a change that fails alone, after it wrote its row."""
    other = w.engine.live.find(monitor_id)
    assert other is not None
    with pytest.raises((Conflict, StoreUnavailable)):
        await w.engine.monitors.create(other.monitor.config, slug=other.monitor.slug)


async def test_what_people_do_about_an_incident_is_written_down_and_what_happens_by_itself_is_not(
    tmp_path: Path,
) -> None:
    async with world(tmp_path) as w:
        monitor = await w.monitor(retries=0, failure_threshold=1)
        await offer(w, (monitor, DOWN))
        incident_id = w.engine.live.open_incidents()[0].id
        before, desk = await count(w.store, "audit"), w.engine.incidents
        await desk.acknowledge(incident_id, "ada", "on it")
        with pytest.raises(Conflict):
            await desk.acknowledge(incident_id, "ada")
        await desk.note(incident_id, "ada", "a fuse")
        await desk.resolve(incident_id, "ada")
        rows = (await written(w))[before:]
    assert before == 1
    assert [(one.entity, one.action) for one in rows] == [
        ("incident", "acknowledge"), ("incident", "note"), ("incident", "resolve")
    ]  # fmt: skip
    assert rows[0].before == {"status": "open", "acknowledged_by": None}
    assert rows[0].after == {"status": "acknowledged", "acknowledged_by": "ada", "note": "on it"}
    assert rows[1].after == {"note": "a fuse"}


async def test_keys_and_channels_are_written_down_without_what_is_secret(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        key, token = await w.engine.keys.create("ci", "editor", ["read"])
        await w.engine.keys.revoke(key.id)
        await w.channel()
        rows = await written(w)
    assert [(one.entity, one.action, one.name) for one in rows[:2]] == [
        ("key", "create", "ci"),
        ("key", "delete", "ci"),
    ]
    assert rows[0].after == {"name": "ci", "role": "editor", "scopes": ["read"]}
    assert rows[2].entity == "channel"
    assert token not in str(rows)
    assert key.hash not in str(rows)


async def test_a_rotated_token_a_reload_and_a_retry_are_written_down(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        w.refusing["ops"] = DeliveryError("gone", permanent=True)
        await w.channel("ops")
        beat = await w.heartbeat()
        monitor = await w.monitor(retries=0, failure_threshold=1)
        await offer(w, (monitor, DOWN))
        await w.settle()
        before = await count(w.store, "audit")
        await w.engine.pings.rotate(beat.id)
        await trail.reloaded(w.store, w.clock.now())
        await trail.retry(w.store, 1, w.clock.now())
        rows = (await written(w))[before:]
    assert [(one.actor, one.entity, one.action) for one in rows] == [
        ("asura", "monitor", "rotate"),
        ("configuration file", "configuration", "reload"),
        ("asura", "notification", "retry"),
    ]
    assert rows[0].before is None


async def test_who_acts_is_known_to_what_is_stored_meanwhile_and_to_nobody_else(tmp_path: Path) -> None:
    seen: list[Acting] = []
    async with world(tmp_path) as w:
        with acting(ADA):
            await asyncio.gather(w.store.write(lambda _: seen.append(who())))
            become(COMMAND_LINE)
            await w.store.write(lambda _: seen.append(who()))
        await w.store.write(lambda _: seen.append(who()))
    assert seen == [ADA, COMMAND_LINE, OURSELVES]

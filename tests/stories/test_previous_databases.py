"""Databases of earlier versions: everything in them means the same, and a story goes on where they stopped.

With what the previous release left behind (tests/canary.py) one more is here. Nothing is known of the contents of that
one, so it is held that all rows are still there, all seals open, the audit log is whole, that a monitor fails, is told
of and recovers, and that those that were there before are checked.
"""

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import msgspec
import pytest

from asura.checks import check_types
from asura.domain.fields import Secret
from asura.store import audit, migrate, monitors
from asura.web.app import WebOptions, create_app
from tests import canary
from tests.canary import Played, left_at
from tests.databases import SCHEMAS, expected, unpacked
from tests.fixtures.databases.facts import V1, facts
from tests.world import DOWN, UP, World

pytestmark = pytest.mark.starts_empty("each begins on a database of its own")
TABLES = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
# What an engine that starts adds to, or tidies up.
ALIVE = frozenset({"meta", "words", "gaps", "status_pages", "tail", "purges"})

# Whoever wanted to know that asura cannot see wants to know these, from the schema on that brought them.
SINCE = {"probe.offline": 5, "probe.online": 5, "backup.failed": 6, "backup.succeeded": 6}


@contextlib.asynccontextmanager
async def today(folder: Path) -> AsyncIterator[World]:
    """Run today's engine on a folder, some seconds after what ran on it was stopped; nothing leaves this process."""
    world, real = World(folder), dict(check_types())
    with contextlib.closing(sqlite3.connect(folder / "asura.db")) as db:
        world.clock.wall = left_at(db) + timedelta(seconds=75)
    check_types().update({name: Played(one, world.check.run) for name, one in real.items()})
    try:
        await world.start()
        try:
            yield world
        finally:
            await world.stop()
    finally:
        check_types().update(real)


@contextlib.asynccontextmanager
async def asking(world: World, token: str = "") -> AsyncIterator[httpx2.AsyncClient]:
    """Yield a client of today's HTTP; without a token it is a browser on a page of ours."""
    site = create_app(world.engine, WebOptions(rate_limit_per_sec=0))
    headers = {"Authorization": f"Bearer {token}"} if token else {"Origin": "https://asura.example"}
    transport = httpx2.ASGITransport(app=site)
    async with httpx2.AsyncClient(transport=transport, base_url="https://asura.example", headers=headers) as client:
        yield client


def rows(path: Path) -> dict[str, int]:
    """Return how many rows each table has that only people change."""
    with contextlib.closing(sqlite3.connect(path)) as db:
        names = [row[0] for row in db.execute(TABLES)]
        return {name: db.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in names if name not in ALIVE}


def secrets_in(value: Any) -> Iterator[str]:
    if isinstance(value, Secret):
        yield value.reveal()
    elif isinstance(value, dict):
        for one in value.values():
            yield from secrets_in(one)


async def goes_on(world: World) -> None:
    """A monitor fails, is told of, and recovers; those that were there before are checked."""
    await world.advance(30)
    world.take()
    world.check.made.clear()
    await world.monitor("till", interval=20, retries=0, regions=["local"])
    channel = await world.channel("new")
    world.say(DOWN, "till")
    await world.advance(60)
    told = [one for one in world.take() if one[0] == "new" and "Till" in one[1]]
    assert told == [("new", "DOWN: Till")]
    world.say(UP, "till")
    await world.advance(60)
    told = [one for one in world.take() if one[0] == "new" and "Till" in one[1]]
    assert len(told) == 1 and told[0][1].startswith("UP: Till, after "), told
    await world.advance(240)
    due = [
        state.monitor.config.target
        for state in world.engine.live.states()
        if state.monitor.config.enabled and state.monitor.config.type != "heartbeat"
        and state.monitor.config.interval <= 300
    ]  # fmt: skip
    assert set(due) <= set(world.check.made)
    await world.engine.channels.delete(channel.id)


async def is_sound(world: World) -> None:
    async with world.store.read() as reader:
        assert [row[0] for row in await reader.execute_fetchall("PRAGMA integrity_check")] == ["ok"]
        assert await reader.execute_fetchall("PRAGMA foreign_key_check") == []
        assert [row[0] for row in await reader.execute_fetchall("PRAGMA user_version")] == [migrate.newest()]
    assert (await audit.verify(world.store)).ok


async def lets_in(world: World, keep: dict[str, Any], schema: int) -> None:
    """Everything that let in lets in: keys, a session, a password, a token, the key of a probe."""
    async with asking(world, keep["reader"]) as reader:
        assert (await reader.get(f"{V1}/overview")).status_code == 200
        assert (await reader.post(f"{V1}/monitors", json={})).status_code == 403
    async with asking(world) as browser:
        if schema >= 2:
            waiting = asyncio.ensure_future(browser.post(f"{V1}/heartbeat/{keep['token']}"))
            while not waiting.done():
                await asyncio.sleep(0.001)
                await world.settle()
            assert (await waiting).text == "OK"
        if schema >= 3:
            browser.cookies.update(keep["cookies"])
            assert (await browser.get(f"{V1}/me")).json()["name"] == "anna"
            ben = await browser.post(f"{V1}/login", json={"username": "Ben", "password": keep["password"]})
            assert ben.status_code == 200 and ben.json()["tags"] == ["shop"]
        if schema >= 4:
            inside = "/status/inside/history.rss"
            assert (await browser.get(inside)).status_code == 401
            assert (await browser.get(inside, auth=("", keep["password"]))).status_code == 200
    if schema >= 5:
        async with asking(world, keep["probe"]) as probe:
            who = {"region": "eu-west", "name": "eu-1", "boot": "0123456789abcdef"}
            answer = await probe.get(f"{V1}/internal/monitors", params=who)
            assert answer.status_code == 200 and len(answer.json()["monitors"]) == 6


@pytest.mark.parametrize("schema", SCHEMAS)
async def test_a_database_of_an_earlier_version_means_the_same_and_goes_on(schema: int, tmp_path: Path) -> None:
    path, told = unpacked(schema, tmp_path), expected(schema)
    before, keep = rows(path), told["keep"]
    async with today(tmp_path) as world:
        async with asking(world, keep["admin"]) as client:
            found = msgspec.to_builtins(await facts(client, schema))
        for channel in found["/channels"]:
            channel["events"] = [one for one in channel["events"] if SINCE.get(one, 1) <= schema]
        for name, was in told["facts"].items():
            assert found[name] == was, name
        opened = {one.config.name: set(secrets_in(one.config.settings)) for one in world.engine.live.channels.values()}
        assert opened["Ops"] == {keep["secrets"]["secret"], keep["secrets"]["header"]}
        assert opened["Mail"] == {keep["secrets"]["secret"]}
        shop = world.engine.live.find("shop")
        assert shop is not None and keep["secrets"]["secret"] in set(secrets_in(shop.monitor.config.settings))
        await is_sound(world)
        await lets_in(world, keep, schema)
        # What could not be delivered by the old version is delivered by this one.
        await world.advance(300)
        assert ("Ops", "DOWN: Certificate") in world.take()
        await goes_on(world)
        await is_sound(world)
    assert len(list((tmp_path / "backups").glob("asura-schema-*.db"))) == (schema < migrate.newest())
    after = rows(path)
    assert all(after[name] >= count for name, count in before.items()), (before, after)


if canary.FOLDER:

    async def test_what_the_previous_release_left_behind_goes_on(tmp_path: Path) -> None:
        canary.copy(tmp_path)
        before = rows(tmp_path / "asura.db")
        async with today(tmp_path) as world:
            stored = await world.store.write(lambda db: monitors.load_all(db, world.store.vault))
            assert len(stored) == len(list(world.engine.live.states()))
            assert len(world.engine.live.channels) == before["channels"]
            await is_sound(world)
            await goes_on(world)
            await is_sound(world)
        after = rows(tmp_path / "asura.db")
        assert all(after[name] >= count for name, count in before.items()), (before, after)

"""Packing changes nothing of what is read, whatever comes before, meanwhile, and after."""

import asyncio
import random
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from asura.domain.status import Finding
from tests.store.kit import START, add_monitor, add_monitors, after, append, down, opened, pack_all, rows, up
from tests.store.told import by_time, everything, mixed, plain


async def test_packing_and_restarts_change_nothing_of_what_is_read(tmp_path: Path) -> None:
    chance = random.Random(7)
    async with opened(tmp_path) as store:
        ids = await add_monitors(store, 4)
        made = mixed(ids, chance, hours=30)
        shuffled = [made[n : n + 13] for n in range(0, len(made), 13)]
        for batch in shuffled:
            await append(store, *batch)
    for hours in (0, 5, 30, 60):
        async with opened(tmp_path) as store:
            await pack_all(store, after(hours=hours), limit=3)
            for one in ids:
                found = await everything(store, one)
                assert sorted(map(repr, plain(found))) == sorted(map(repr, plain(by_time(made, one))))
                assert [r.at for r in found] == sorted((r.at for r in found), reverse=True)
    async with opened(tmp_path) as store:
        assert store.stats()["open_results"] == 0
        assert await rows(store, "SELECT count(*) FROM tail") == [(1,)]
        assert len(await everything(store, ids[0])) == len(by_time(made, ids[0]))


async def test_late_results_join_what_is_packed(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        monitor = await add_monitor(store)
        early = [up(monitor.id, after(minutes=n)) for n in range(0, 60, 2)]
        await append(store, *early)
        await pack_all(store, after(hours=2))
        late = [down(monitor.id, after(minutes=n), "late") for n in range(1, 60, 2)]
        await append(store, *late)
        assert len(await everything(store, monitor.id)) == 60
    async with opened(tmp_path) as store:
        assert len(await everything(store, monitor.id)) == 60
        await pack_all(store, after(hours=2))
        assert await rows(store, "SELECT count(*) FROM blobs") == [(1,)]
        assert await rows(store, "SELECT checks, failures FROM hours") == [(60, 30)]
        assert await rows(store, "SELECT checks, failures FROM days") == [(60, 30)]
        found = await everything(store, monitor.id)
        assert [one.finding for one in found[:4]] == [Finding.DOWN, Finding.UP, Finding.DOWN, Finding.UP]
        last = await store.write(store.results.load)
        assert [one.at for one in last] == [after(minutes=n) for n in range(40, 60)]


async def test_results_that_come_while_their_hour_is_being_packed_are_kept(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        monitor = await add_monitor(store)
        await append(store, down(monitor.id, START, "first"))

        def change(db: sqlite3.Connection) -> None:
            store.results.append(db, [down(monitor.id, after(minutes=1), "second")])
            store.results.pack(db, after(hours=2), limit=10)
            store.results.append(db, [down(monitor.id, after(minutes=2), "third")])

        await store.write(change)
        assert [one.message for one in await everything(store, monitor.id)] == ["third", "second", "first"]
    async with opened(tmp_path) as store:
        assert [one.message for one in await everything(store, monitor.id)] == ["third", "second", "first"]
        await pack_all(store, after(hours=2))
        assert [one.message for one in await everything(store, monitor.id)] == ["third", "second", "first"]
        assert await rows(store, "SELECT checks FROM hours") == [(3,)]


async def test_a_pack_that_fails_to_commit_is_done_again(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        ids = await add_monitors(store, 5)
        await append(store, *(up(one, START) for one in ids))

        def change(db: sqlite3.Connection) -> None:
            store.results.pack(db, after(hours=2), limit=10)
            raise KeyError("a bug")

        with pytest.raises(KeyError):
            await store.write(change)
        assert store.stats()["open_results"] == 5
        await pack_all(store, after(hours=2))
        assert store.stats()["open_results"] == 0
        assert await rows(store, "SELECT count(*), sum(checks) FROM hours") == [(5, 5)]


async def test_packing_goes_in_small_steps_and_leaves_open_hours_alone(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        ids = await add_monitors(store, 10)
        await append(store, *(up(one, after(minutes=minute)) for minute in (0, 59, 61) for one in ids))
        assert await pack_all(store, after(hours=1, minutes=5)) == 1
        assert store.stats()["open_results"] == 30
        assert await pack_all(store, after(hours=1, minutes=7), limit=3) == 5
        assert store.stats()["open_results"] == 10


async def test_the_tail_is_trimmed_in_steps_and_its_ids_only_grow(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        monitor = await add_monitor(store)

        def change(db: sqlite3.Connection) -> None:
            for n in range(1200):
                store.results.append(db, [up(monitor.id, after(seconds=n))])

        await store.write(change)
        await pack_all(store, after(hours=3))
        assert await rows(store, "SELECT id FROM tail") == [(1200,)]
    async with opened(tmp_path) as store:
        await append(store, up(monitor.id, after(hours=3)))
        assert await rows(store, "SELECT max(id) FROM tail") == [(1201,)]
        assert len(await everything(store, monitor.id)) == 1201


async def test_readers_see_each_result_once_while_packing_goes_on(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        ids = await add_monitors(store, 3)
        for hour in range(12):
            await append(store, *(up(one, after(hours=hour, minutes=n)) for n in range(60) for one in ids))
        done = asyncio.Event()
        looks = 0

        async def packing() -> None:
            for hour in range(14):
                before = looks
                await pack_all(store, after(hours=hour) + timedelta(minutes=10), limit=1)
                while looks == before:
                    await asyncio.sleep(0)
            done.set()

        task = asyncio.create_task(packing())
        while not done.is_set():
            for one in ids:
                assert len(await everything(store, one)) == 720
            looks += 1
        await task
        assert looks >= 14

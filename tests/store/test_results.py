"""Results from append to load: memory and tail tell the same story, also after a restart."""

import random
import sqlite3
import time
from datetime import datetime
from pathlib import Path

import pytest

from asura.clock import SystemClock
from asura.domain.result import Result
from asura.errors import StoreUnavailable
from asura.store import monitors
from asura.store.db import Store
from tests.store.kit import START, add_monitor, add_monitors, after, append, down, opened, pack_all, rows, up
from tests.store.told import by_time, everything, mixed, plain


async def test_an_appended_result_is_found_at_once_with_all_it_had(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        monitor = await add_monitor(store)
        first = up(monitor.id, after(milliseconds=1234), latency_ms=12.345, code=204)
        second = down(monitor.id, after(seconds=60), "connection refused by 10.0.0.1", counted=False, generation=3)
        await append(store, first, second)
        found = await everything(store, monitor.id)
        assert plain(found) == plain([second, first])
        assert found[1].phases.dns == pytest.approx(1.0, rel=0.04)
        assert found[1].phases.tls is None
        assert store.stats()["rows"] == store.stats()["open_results"] == 2


async def test_a_batch_is_one_row(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        ids = await add_monitors(store, 50)
        await append(store, *(up(one, START) for one in ids))
        await append(store)
        assert await rows(store, "SELECT count(*) FROM tail") == [(1,)]


async def test_a_batch_that_is_rolled_back_is_not_remembered(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        monitor = await add_monitor(store)

        def change(db: sqlite3.Connection) -> None:
            store.results.append(db, [up(monitor.id, START, region="new-region")])
            raise KeyError("a bug")

        with pytest.raises(KeyError):
            await store.write(change)
        assert await everything(store, monitor.id) == []
        await append(store, up(monitor.id, START, region="other"), up(monitor.id, START, region="new-region"))
        assert {one.region for one in await everything(store, monitor.id)} == {"other", "new-region"}


async def test_a_full_disk_loses_the_batch_loudly_and_memory_agrees(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        ids = await add_monitors(store, 20)
        chance = random.Random(1)
        batch = [up(one, after(seconds=n), latency_ms=chance.random() * 99) for n in range(400) for one in ids]
        pages = await store.write(lambda db: db.execute("PRAGMA page_count").fetchone()[0])
        await store.write(lambda db: db.execute(f"PRAGMA max_page_count={pages + 3}").fetchone())
        with pytest.raises(StoreUnavailable):
            await append(store, *batch)
        assert await everything(store, ids[0]) == []
        await store.write(lambda db: db.execute("PRAGMA max_page_count=1000000").fetchone())
        await append(store, *batch)
        assert len(await everything(store, ids[0])) == 400


async def test_load_returns_the_last_results_of_each_monitor_and_region(tmp_path: Path) -> None:
    chance = random.Random(10)
    async with opened(tmp_path) as store:
        ids = await add_monitors(store, 3)
        made = mixed(ids, chance, hours=20)
        await append(store, *made)
    for hours in (0, 10, 40):
        async with opened(tmp_path) as store:
            await pack_all(store, after(hours=hours))
            found = await store.write(store.results.load)
            assert await store.write(lambda db, store=store: store.results.load(db, last=3))
            for one in ids:
                for region in ("local", "eu-west"):
                    expected = [r for r in by_time(made, one) if r.region == region][-20:]
                    got = [r for r in found if (r.monitor_id, r.region) == (one, region)]
                    assert sorted(map(repr, plain(got))) == sorted(map(repr, plain(expected)))
                    assert [r.at for r in got] == [r.at for r in expected]


async def test_a_rare_monitors_streak_is_carried_over_many_hours(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        monitor = await add_monitor(store, interval=86_400)
        for day in range(30):
            await append(store, down(monitor.id, after(days=day), f"day {day}"))
            await pack_all(store, after(days=day, hours=3))
    async with opened(tmp_path) as store:
        last = await store.write(store.results.load)
        assert [one.message for one in last] == [f"day {day}" for day in range(10, 30)]


async def test_forgotten_monitors_fail_no_batch_and_leave_nothing(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        gone, kept = await add_monitors(store, 2)
        await append(store, up(gone, START), up(kept, START))
        await pack_all(store, after(hours=2))
        await append(store, up(gone, after(hours=2)), up(kept, after(hours=2)))

        def change(db: sqlite3.Connection) -> None:
            store.results.forget(db, gone)
            monitors.delete(db, gone)

        await store.write(change)
        assert await everything(store, gone) == []
        await append(store, up(gone, after(hours=3)), down(kept, after(hours=3)))
        assert await everything(store, gone) == []
        assert len(await everything(store, kept)) == 3
        await pack_all(store, after(hours=9))
        for table in ("blobs", "hours", "days", "carry"):
            ids = await rows(store, f"SELECT DISTINCT id >> 12 & 2147483647 FROM {table}")
            assert ids == [(kept,)], table


async def test_a_monitor_deleted_without_forgetting_is_not_packed_and_not_replayed(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        gone, kept = await add_monitors(store, 2)
        await append(store, up(gone, START), down(kept, START, "kept"))
        await store.write(lambda db: monitors.delete(db, gone))
    async with opened(tmp_path) as store:
        assert store.stats()["open_results"] == 1
        assert [one.message for one in await store.write(store.results.load)] == ["kept"]
        await append(store, up(gone, START))
        await pack_all(store, after(hours=3))
        assert await rows(store, "SELECT count(*) FROM blobs") == [(1,)]


@pytest.mark.parametrize(
    "result", [up(0, START), up(2**31, START), up(1, datetime.max.replace(tzinfo=START.tzinfo))], ids=str
)
async def test_what_cannot_be_stored_is_refused_and_fails_alone(tmp_path: Path, result: Result) -> None:
    async with opened(tmp_path) as store:
        monitor = await add_monitor(store)
        with pytest.raises(ValueError, match="cannot be stored"):
            await append(store, result)
        await append(store, up(monitor.id, START))


async def test_odd_messages_are_stored_as_text(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        monitor = await add_monitor(store)
        await append(store, down(monitor.id, START, "\ud800 \0 é " + "x" * 5000))
        await pack_all(store, after(hours=2))
        message = (await everything(store, monitor.id))[0].message
        assert message.startswith("?  é xxx")
        assert len(message) <= 1000


async def test_an_hour_of_ten_thousand_monitors_is_replayed_quickly(tmp_path: Path) -> None:
    """CPU, not wall-clock: the budget is a second for 600,000 results, here a sixth of it for a tenth."""
    async with opened(tmp_path) as store:
        ids = await add_monitors(store, 100)
        for minute in range(60):
            await append(store, *(up(one, after(minutes=minute, seconds=n % 60)) for n, one in enumerate(ids * 10)))

    async def replayed_in() -> float:
        store = Store.open(tmp_path, clock=SystemClock())

        def timed(db: sqlite3.Connection) -> float:
            begin = time.thread_time()
            store.results.load(db)
            return time.thread_time() - begin

        took = await store.write(timed)
        assert store.stats()["open_results"] == 60_000
        await store.close()
        return took

    # What shares the machine makes it slower, never faster.
    assert min([await replayed_in() for _ in range(3)]) < 0.166

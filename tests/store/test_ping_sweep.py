"""The log of pings is cut at its old end, in steps; the newest ping of each heartbeat always stays."""

from datetime import timedelta
from pathlib import Path

import pytest

from asura.domain.ping import Ping
from asura.store import heartbeats, pings, retention
from asura.store.retention import Retention
from tests.store.beats import FULL, NOW, append, chain, ids, logged, row, save, sweep, unsaved, wait_for_pings
from tests.store.kit import opened, rows

LATER = NOW + timedelta(days=100)


async def test_a_thousand_pings_of_each_heartbeat_stay_and_the_chain_is_cut_at_its_old_end(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await wait_for_pings(store, 1, 2)
        busy = [logged(n, max(0, 3 * n - 3), at=3 * n) for n in range(1, 1501)]
        calm = [logged(n, max(0, 45 * n - 44), at=45 * n + 1, monitor_id=2) for n in range(1, 101)]
        await append(store, *sorted(busy + calm, key=lambda one: one.id))
        await save(store, 1, total=1500, last_id=4500)
        await save(store, 2, total=100, last_id=4501)
        assert await sweep(store, limit=10) > 5
        assert await chain(store, 4500) == list(range(1500, 500, -1))
        assert await chain(store, 4501, of=2) == list(range(100, 0, -1))
        assert await rows(store, "SELECT monitor_id, count(*) FROM pings GROUP BY 1") == [(1, 1000), (2, 100)]


async def test_bodies_of_the_hundred_newest_pings_stay_and_the_others_lose_theirs_alone(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await wait_for_pings(store, 1)
        await append(store, *(logged(n, n - 1, ping=Ping(at=NOW, body=b"x")) for n in range(1, 251)))
        await save(store, 1, total=250, last_id=250)
        await sweep(store)
        assert await rows(store, "SELECT min(id), count(*) FROM ping_bodies") == [(151, 100)]
        assert len(await ids(store)) == 250


async def test_what_is_too_old_goes_but_the_newest_ping_of_each_with_its_body(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await wait_for_pings(store, 1, 2)
        await append(store, *(logged(n, n - 1, ping=FULL) for n in range(1, 4)), logged(1, at=4, monitor_id=2))
        await save(store, 1, total=3, last_id=3)
        await save(store, 2, total=1, last_id=4)
        await sweep(store, NOW + timedelta(days=89))
        assert await ids(store) == [1, 2, 3, 4]
        await sweep(store, LATER)
        assert await ids(store) == [3, 4]
        async with store.read() as reader:
            assert await pings.body(reader, 1, 3, 3) == (FULL.body, 150_000)


async def test_what_a_saved_state_does_not_know_of_yet_stays_however_old(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await wait_for_pings(store, 1)
        await append(store, *(logged(n, n - 1) for n in range(1, 11)))
        await save(store, 1, total=6, last_id=6)
        await sweep(store, LATER)
        assert await ids(store) == [6, 7, 8, 9, 10]
        assert await unsaved(store) == [7, 8, 9, 10]


async def test_pings_of_a_deleted_monitor_go_and_no_id_is_given_twice(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await append(store, *(logged(n, n - 1, ping=FULL) for n in range(1, 4)))
        keep = Retention()
        while await store.write(lambda db: retention.sweep(db, NOW, keep, limit=10)):
            pass
        assert await ids(store) == []
        assert await rows(store, "SELECT id FROM ping_bodies") == []
        assert await store.write(pings.next_id) == 4
    async with opened(tmp_path) as store:
        assert await store.write(pings.next_id) == 4


async def test_pings_of_an_earlier_heartbeat_of_a_monitor_go_and_those_of_the_new_one_stay(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await wait_for_pings(store, 1)
        await append(store, *(logged(n, n - 1) for n in range(1, 8)))
        await store.write(lambda db: heartbeats.delete(db, 1))
        await store.write(lambda db: heartbeats.insert(db, row(store, 1, "anew")))
        await append(store, logged(1, at=8), logged(2, 8, at=9))
        await save(store, 1, total=2, last_id=9)
        await sweep(store)
        # Of numbers that the new one came to nobody can tell whose they were: they go when they are too old.
        assert await ids(store) == [1, 8, 9]
        await sweep(store, LATER)
        assert await ids(store) == [9]


async def test_the_days_are_those_of_the_settings(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await wait_for_pings(store, 1)
        await append(store, *(logged(n, n - 1) for n in range(1, 4)))
        await save(store, 1, total=3, last_id=3)
        for days, left in ((8, [1, 2, 3]), (6, [3])):
            keep = Retention(ping_days=days)
            while await store.write(lambda db, keep=keep: retention.sweep(db, NOW + timedelta(days=7), keep, limit=10)):
                pass
            assert await ids(store) == left


@pytest.mark.parametrize("count", [0, 1, 159, 160, 161, 320])
async def test_a_walk_ends_and_begins_anew_whatever_the_log_is_long(tmp_path: Path, count: int) -> None:
    async with opened(tmp_path) as store:
        await wait_for_pings(store, 1)
        await append(store, *(logged(n, n - 1) for n in range(1, count + 1)))
        await save(store, 1, total=count, last_id=count)
        assert await sweep(store, limit=10) == count // 160 + 1
        await sweep(store, LATER, limit=10)
        assert await ids(store) == ([count] if count else [])


async def test_a_step_takes_few_long_bodies_and_goes_on_after_a_restart(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await append(store, *(logged(n, n - 1, ping=FULL) for n in range(1, 31)))
        assert await store.write(lambda db: pings.sweep(db, NOW, days=90, limit=10))
        assert await ids(store) == list(range(10, 31))
    async with opened(tmp_path) as store:
        assert await store.write(lambda db: pings.sweep(db, NOW, days=90, limit=10))
        assert await ids(store) == list(range(19, 31))


async def test_a_start_looks_only_at_what_came_after_the_last_walk(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await wait_for_pings(store, 1, 2)
        await append(store, logged(1, monitor_id=2), *(logged(n, n - 1, at=n + 1) for n in range(1, 301)))
        await save(store, 1, total=300, last_id=301)

        async def noted() -> int:
            return await store.write(lambda db: pings._noted(db, pings.SAVED_UPTO))

        # The second heartbeat's only ping is not in its state yet: everything after it has to be looked at.
        await sweep(store, limit=5)
        assert (await noted(), await unsaved(store)) == (0, [1])
        await save(store, 2, total=1, last_id=1)
        await sweep(store, limit=5)
        assert (await noted(), await unsaved(store)) == (301, [])
        await append(store, logged(2, 1, at=400, monitor_id=2))
        await sweep(store, limit=5)
        assert (await noted(), await unsaved(store)) == (301, [400])
        await save(store, 2, total=2, last_id=400)
        await sweep(store, LATER)
        assert (await noted(), await unsaved(store), await ids(store)) == (400, [], [301, 400])


async def test_what_was_not_saved_is_found_however_walks_and_saves_and_pings_mix(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await wait_for_pings(store, 1, 2, 3)
        last, total, known = {1: 0, 2: 0, 3: 0}, {1: 0, 2: 0, 3: 0}, {1: 0, 2: 0, 3: 0}
        owner: dict[int, int] = {}
        for ping_id in range(1, 200):
            one = 1 + ping_id * ping_id % 3
            total[one] += 1
            await append(store, logged(total[one], last[one], at=ping_id, monitor_id=one))
            owner[ping_id], last[one] = one, ping_id
            if ping_id % 7 == 0:
                saved = 1 + ping_id % 3
                known[saved] = last[saved]
                await save(store, saved, total=total[saved], last_id=last[saved])
            if ping_id % 5 == 0:
                await store.write(lambda db: pings.sweep(db, NOW, days=90, limit=1))
            assert await unsaved(store) == [n for n in owner if n > known[owner[n]]]

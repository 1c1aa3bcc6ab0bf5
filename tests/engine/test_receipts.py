"""A batch is taken once, whatever is sent again, cannot be stored, or comes from a process that is over."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from asura.engine.receipts import Receipts
from asura.errors import Conflict, StoreUnavailable
from tests.engine.kit import accept, break_commits, count, mend_commits, refuse
from tests.engine.probes_kit import Place, place, saw, stored
from tests.world import DOWN, world

QUICK: dict[str, Any] = {"retries": 0, "failure_threshold": 1, "interval": 60}


async def test_a_batch_that_comes_twice_is_taken_once(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop = await w.monitor(**QUICK)
        eu = await place(w)
        batch = eu.batch(saw(shop, at=w.clock.now()))
        first, second = await eu.take(batch), await eu.take(batch)
        assert (first.known, second.known, second.news) == (False, True, 0)
        assert len(await stored(w, shop)) == 1
        other = Place(w, eu.probe, boot=eu.boot)
        assert (await other.deliver(saw(shop, at=w.clock.now()), seq=1)).known is False


async def test_a_batch_that_comes_again_while_it_is_being_stored_waits_for_the_same_answer(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop = await w.monitor(**QUICK)
        eu = await place(w)
        batch = eu.batch(saw(shop, at=w.clock.now()))
        first, second, third = (eu.send(batch) for _ in range(3))
        await asyncio.sleep(0)
        third.cancel()
        assert not first.done() and not second.done() and w.engine.judge.waiting == 1
        await w.engine.judge.judge(w.clock.now())
        answers = [await first, await second]
        assert [(one.news, one.known) for one in answers] == [(1, False), (1, True)]
        assert len(await stored(w, shop)) == 1


async def test_what_was_taken_is_known_after_a_restart(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop = await w.monitor(**QUICK)
        eu = await place(w)
        batches = [eu.batch(saw(shop, at=w.clock.now())) for _ in range(4)]
        for batch in (batches[3], batches[0], batches[1]):
            await eu.take(batch)
        await w.restart(after=2)
        eu.everything()
        assert [(await eu.take(batch)).known for batch in batches] == [True, True, False, True]
        assert len(await stored(w, shop)) == 4


async def test_where_nothing_can_be_stored_a_batch_is_refused_and_taken_when_it_comes_again(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop = await w.monitor(**QUICK, regions=["eu"])
        eu = await place(w)
        batch = eu.batch(saw(shop, at=w.clock.now()))
        await break_commits(w.store)
        taking = eu.send(batch)
        await asyncio.sleep(0)
        with pytest.raises(StoreUnavailable):
            await w.engine.judge.judge(w.clock.now())
        with pytest.raises(StoreUnavailable):
            await taking
        assert (w.engine.judge.waiting, w.status()) == (0, "pending")
        await mend_commits(w.store)
        taken = await eu.take(batch)
        assert (taken.news, taken.known, w.status()) == (1, False, "up")
        assert len(await stored(w, shop)) == 1


async def test_one_monitor_that_cannot_be_stored_does_not_cost_the_others_theirs(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shops = [await w.monitor(f"m{number}", **QUICK, regions=["eu"]) for number in range(5)]
        eu, us = await place(w), await place(w, "us")
        us_only = await w.monitor("other", **QUICK, regions=["us"])
        w.clock.turn(1)
        await refuse(w.store, "spans", f"NEW.monitor_id = {shops[2].id}")
        batch = eu.batch(*(saw(shop, DOWN, at=w.clock.now()) for shop in shops))
        both = [eu.send(batch), us.send(us.batch(saw(us_only, at=w.clock.now())))]
        await asyncio.sleep(0)
        await w.engine.judge.judge(w.clock.now())
        assert [(await one).news for one in both] == [5, 1]
        assert [w.status(f"m{number}") for number in range(5)] == ["down", "down", "pending", "down", "down"]
        assert [len(await stored(w, shop)) for shop in shops] == [1, 1, 0, 1, 1]
        assert w.engine.judge.refused == 1 and w.status("other") == "up"
        await accept(w.store, "spans")
        assert (await eu.take(batch)).known
        receipts = Receipts()
        await receipts.load(w.store)
        assert receipts.has((eu.probe.id, eu.boot, batch.seq)) and receipts.has((us.probe.id, us.boot, 0))


async def test_that_a_batch_was_taken_is_forgotten_rather_than_its_results(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop = await w.monitor(**QUICK)
        eu = await place(w)
        await refuse(w.store, "probe_batches")
        taken = await eu.deliver(saw(shop, at=w.clock.now()))
        assert (taken.news, len(await stored(w, shop))) == (1, 1)


async def test_a_million_processes_of_one_probe_take_bounded_room(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop = await w.monitor(**QUICK)
        eu = await place(w)
        for number in range(200):
            # The last one is silent by then, and gives way.
            w.clock.turn(60)
            eu.boot = f"{number:08x}"
            eu.pull()
            await eu.deliver(saw(shop, at=w.clock.now()), seq=number * 1_000_003)
        receipts, intake = w.engine.intake._receipts, w.engine.intake
        assert len(receipts._taken[eu.probe.id]) == await count(w.store, "probe_batches") == 64
        assert len(intake._processes) == 1 and receipts._pending == {}


async def test_a_process_whose_place_was_taken_is_told_so_and_nothing_of_it_counts(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop = await w.monitor(**QUICK)
        eu = await place(w)
        w.clock.turn(60)
        new = Place(w, eu.probe, boot="ffffffff-1111")
        new.pull()
        with pytest.raises(Conflict, match="another process"):
            await eu.deliver(saw(shop, DOWN, at=w.clock.now()))
        assert await stored(w, shop) == []


async def test_of_thousands_of_results_each_thousand_or_so_is_a_commit_of_its_own(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        # Of what is retried ten times every five seconds, so many can come at once.
        shop = await w.monitor(**(QUICK | {"interval": 5, "retries": 10}))
        eu = await place(w)
        at = w.clock.now()
        before = int(w.store.stats()["commits"])
        sent = [
            eu.send(eu.batch(*(saw(shop, at=at + timedelta(milliseconds=turn)) for turn in range(500))))
            for _ in range(12)
        ]
        await asyncio.sleep(0)
        await w.engine.judge.judge(at)
        taken = [await one for one in sent]
        assert sum(one.news + one.history for one in taken) == 6000
        assert int(w.store.stats()["commits"]) - before == 3
